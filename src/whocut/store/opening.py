"""Open Parquet files where they lie, loading no more than that takes: questions wait for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whocut.model.errors import DamagedDataError
from whocut.store.object_path import AnyPath, ObjectPath, object_file_system

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["open_parquet"]


def open_parquet(
    path: AnyPath, *, texts: Sequence[str] = (), is_mapped: bool = False
) -> "pq.ParquetFile":
    """Open one Parquet file, wherever it lies; ``texts`` come dictionary-encoded.

    Raises: DamagedDataError if it is not there or is none.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if isinstance(path, ObjectPath):
            # Of an object only the columns and row groups asked for are fetched.
            return pq.ParquetFile(
                f"{path.bucket}/{path.key}",
                filesystem=object_file_system(),
                read_dictionary=list(texts),
                pre_buffer=True,
            )
        return pq.ParquetFile(path, read_dictionary=list(texts), memory_map=is_mapped)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
