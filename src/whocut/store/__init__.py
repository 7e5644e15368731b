"""Immutable Parquet files behind a manifest that is swapped atomically."""
