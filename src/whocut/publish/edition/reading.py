"""Read an edition: SQLite over one immutable file, one connection a thread.

The file never changes, so that nothing is locked and a reader that has it open keeps it, also when
it is replaced and removed.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec
import zstandard

from whocut.model.errors import DamagedDataError

__all__ = ["Reading", "pack", "unpack"]

_T = TypeVar("_T")
_STATEMENTS: Final = 256
"""Prepared statements kept by each connection."""
_CACHE_KIB: Final = 2048
_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
_LONG: Final = 1024
"""Longer values are compressed: of what the law said of a record, a twentieth is left."""
_LEVEL: Final = 9
_MAGIC: Final = b"\x28\xb5\x2f\xfd"
"""Begins what is compressed; no struct and no array of msgpack begins so."""
_encoder: Final = msgspec.msgpack.Encoder()
_of_thread: Final = threading.local()


def pack(value: object) -> bytes:
    """Write a value as msgpack: the same value, its parts in the same order, as the same bytes."""
    plain = _encoder.encode(value)
    if len(plain) < _LONG:
        return plain
    if not hasattr(_of_thread, "compressor"):
        _of_thread.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    compressed: bytes = _of_thread.compressor.compress(plain)
    return compressed


def unpack(blob: bytes, kind: type[_T]) -> _T:
    """Read a value that ``pack`` wrote."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.msgpack.Decoder(kind)
    if blob[:4] == _MAGIC:
        if not hasattr(_of_thread, "decompressor"):
            _of_thread.decompressor = zstandard.ZstdDecompressor()
        blob = _of_thread.decompressor.decompress(blob)
    found: _T = decoder.decode(blob)
    return found


class Reading:
    """Questions to the file of one edition, from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._first: sqlite3.Connection | None = None
        # A file that is no edition is told at once, and not by the first page.
        try:
            self.rows("SELECT name FROM sqlite_master LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise DamagedDataError(str(error), source=str(path)) from error

    def connection(self) -> sqlite3.Connection:
        """Give this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._connect()
        return found

    def _connect(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path.resolve()))}?mode=ro&immutable=1"
        try:
            found = sqlite3.connect(
                address, uri=True, cached_statements=_STATEMENTS, check_same_thread=False
            )
        except sqlite3.OperationalError:
            # Removed meanwhile; who holds the edition reads on, one thread at a time.
            if self._first is None:
                raise
            return self._first
        found.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        found.execute("PRAGMA query_only = 1")
        self._first = self._first or found
        return found

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of a question."""
        return self.connection().execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Give the first row of a question, if there is one."""
        found: tuple[Any, ...] | None = self.connection().execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - as the column has it
        """Give the first column of the first row, if there is one."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    def blob(self, kind: type[_T], sql: str, *values: object) -> _T | None:
        """Unpack the first column of the first row, if there is one."""
        found = self.row(sql, *values)
        return None if found is None else unpack(found[0], kind)

    def blobs(self, kind: type[_T], sql: str, *values: object) -> list[_T]:
        """Unpack the first column of each row."""
        return [unpack(blob, kind) for (blob, *_) in self.rows(sql, *values)]
