"""Options that say where the work is done, shared by commands with much of it."""

from typing import Annotated

from cyclopts import Parameter

__all__ = ["ClusterOption", "WorkersOption"]

WorkersOption = Annotated[
    int, Parameter(name="--workers", help="Processes; a file is the unit of work.")
]
ClusterOption = Annotated[
    str | None,
    Parameter(
        name="--cluster",
        help="Dask scheduler to give the work to, as in tcp://10.0.0.1:8786 (manual/cluster.md).",
    ),
]
