"""Immutable Parquet files + a manifest swapped atomically; DuckDB over a pinned snapshot."""
