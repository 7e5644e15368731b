"""One Executor seam: here, in local processes, or on a Dask cluster by its address."""
