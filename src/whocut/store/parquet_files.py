"""Immutable Parquet files of an observatory: their bytes are a function of their rows alone."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from whocut.model.schema import TABLES, arrow_schema
from whocut.store.durable import write_whole
from whocut.store.manifest import FileEntry
from whocut.store.object_path import AnyPath, ObjectPath

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Place", "in_order", "write_rows"]

_ROW_GROUP: Final = 1 << 14
"""Rows of a row group. provisional"""
_LOOKED_UP: Final = frozenset({"cell", "tally", "span"})
_LOOKED_UP_ROW_GROUP: Final = 1 << 12
"""Of tables in which a target is looked up: the least that is decoded for it. From 16,384 to 4,096
a look-up of 13 columns takes half the time, a scan of a file half as much again, the bytes are the
same (tests/bench/bench_questions.py)."""
_MOST_CODES: Final = 1 << 62


class Place(Struct, frozen=True):
    """Where a file is filed."""

    table: str
    cc: str
    day: str


def write_rows(directory: AnyPath, scratch: AnyPath, place: Place, rows: pa.Table) -> FileEntry:
    """Write one file of a table; its name is the head of its hash.

    Shapes: rows are in order and in one chunk. A file that is there already is left as it is; an
    object is written again, which makes it young, so that no collector takes it meanwhile.
    """
    sink = pa.BufferOutputStream()
    # Fixed options, one chunk: the bytes depend on the rows alone.
    pq.write_table(
        rows,
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=_LOOKED_UP_ROW_GROUP if place.table in _LOOKED_UP else _ROW_GROUP,
        version="2.6",
        use_dictionary=True,
        write_statistics=True,
    )
    content = sink.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    path = f"{place.table}/cc={place.cc}/day={place.day}/{digest[:32]}.parquet"
    target = directory / path
    if isinstance(target, ObjectPath):
        target.write_bytes(content)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content, scratch=Path(str(scratch)))
    return FileEntry(place.table, place.cc, place.day, path, rows.num_rows, len(content), digest)


def in_order(rows: pa.Table, table: str) -> pa.Table:
    """Cast rows to the schema of their table and put them in its order.

    Sorts by one whole number per row, made of the rank of each key: on ten text keys a few times
    faster than comparing texts, and nothing is moved where the rows are in order already.
    """
    import numpy as np

    schema = arrow_schema(TABLES[table])
    codes = _row_codes(rows, TABLES[table].sorted_by)
    rows = rows.select(schema.names)
    if not bool(np.all(codes[1:] >= codes[:-1])):
        rows = rows.take(pa.array(np.argsort(codes, kind="stable")))
    return rows.cast(schema).combine_chunks()


def _row_codes(rows: pa.Table, keys: tuple[str, ...]) -> "NDArray[np.int64]":
    """Rank the rows by several columns at once."""
    import numpy as np

    codes, size = np.zeros(rows.num_rows, np.int64), 1
    for key in keys:
        ranks, count = _ranks(rows[key])
        if size * count > _MOST_CODES:
            known, codes = np.unique(codes, return_inverse=True)
            codes = codes.astype(np.int64)
            size = len(known)
        codes = codes * count + ranks
        size *= count
    return codes


def _ranks(column: pa.ChunkedArray) -> "tuple[NDArray[np.int64], int]":
    """Give each value its place among the distinct values of a column."""
    import numpy as np

    encoded = column.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    places = pc.rank(encoded.dictionary, sort_keys="ascending", tiebreaker="dense")
    ranks = places.to_numpy(zero_copy_only=False).astype(np.int64)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    if encoded.null_count:
        raise ValueError("a key column holds a null")
    return ranks[indices], max(len(ranks), 1) + 1
