"""Cut a stream into records by their lengths, and say where it ends before a record does."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from whocut.ingest.mrt.compression import open_stream
from whocut.ingest.mrt.limits import ReadLimits
from whocut.ingest.mrt.table_dump import TABLE_DUMP_FORMS, UNCOUNTED_BYTES, table_dump_bytes
from whocut.ingest.mrt.wire import MrtType
from whocut.model.errors import InputError

__all__ = ["HEADER_BYTES", "KNOWN_TYPES", "Frame", "cut_short", "read_frames", "too_long"]

HEADER_BYTES = 12
"""Timestamp, type, subtype, length (RFC 6396 section 2)."""
KNOWN_TYPES = frozenset(int(kind) for kind in MrtType)


class Frame(Struct, frozen=True):
    """One record, its body not yet looked into; empty where the type is not read."""

    offset: int
    time_s: int
    type: int
    subtype: int
    length: int
    body: bytes
    entries: int = 1
    """Of a TABLE_DUMP record."""


class _Window:
    """The bytes at hand, and where the first of them stands in the stream."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self.chunks = open_stream(path, limits.chunk_bytes)
        self.data = b""
        self.at = 0
        self.base = 0
        self.failure: InputError | None = None

    def has(self, size: int) -> bool:
        """Fetch until ``size`` bytes are at hand, if so many are left."""
        while len(self.data) - self.at < size:
            try:
                chunk = next(self.chunks)
            except StopIteration:
                return False
            except InputError as error:
                self.failure = error
                self.chunks = iter(())
                return False
            self.base += self.at
            self.data = self.data[self.at :] + chunk
            self.at = 0
        return True

    def skip(self, size: int) -> bool:
        """Pass over bytes without holding them."""
        while size > len(self.data) - self.at:
            size -= len(self.data) - self.at
            self.at = len(self.data)
            if not self.has(1):
                return False
        self.at += size
        return True


def read_frames(path: Path, limits: ReadLimits) -> Iterator[Frame]:
    """Give each whole record.

    Raises: InputError where the stream ends within a record, with the offset of that record, or if
    a record is longer than the limit.
    """
    window = _Window(path, limits)
    while window.has(HEADER_BYTES):
        offset = window.base + window.at
        head = window.data[window.at : window.at + HEADER_BYTES]
        time_s, kind = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:6], "big")
        subtype, length = int.from_bytes(head[6:8], "big"), int.from_bytes(head[8:], "big")
        window.at += HEADER_BYTES
        if kind not in KNOWN_TYPES:
            if not window.skip(length):
                raise cut_short(path, offset, window.failure)
            yield Frame(offset, time_s, kind, subtype, length, b"")
            continue
        if length > limits.max_record_bytes:
            raise too_long(path, offset, length, limits)
        if not window.has(length):
            raise cut_short(path, offset, window.failure)
        entries = 1
        if kind == MrtType.TABLE_DUMP and subtype in TABLE_DUMP_FORMS:
            window.has(length + UNCOUNTED_BYTES)
            body = window.data[window.at : window.at + length + UNCOUNTED_BYTES]
            length, entries = table_dump_bytes(body, length, subtype)
        body = window.data[window.at : window.at + length]
        window.at += length
        yield Frame(offset, time_s, kind, subtype, length, body, entries)
    if window.failure is not None or window.at < len(window.data):
        raise cut_short(path, window.base + window.at, window.failure)


def cut_short(path: Path, offset: int, failure: InputError | None) -> InputError:
    """Say that the stream ends before the record that begins at ``offset``."""
    reason = "the file ends within the record that begins here (decompressed bytes)"
    if failure is not None:
        reason = f"{failure.reason}; the last whole record ends here (decompressed bytes)"
    return InputError(reason, source=str(path), offset=offset)


def too_long(path: Path, offset: int, length: int, limits: ReadLimits) -> InputError:
    """Say that a record claims more bytes than are ever held."""
    return InputError(
        f"a record claims {length} bytes, the limit is {limits.max_record_bytes}",
        source=str(path),
        offset=offset,
        field="length",
    )
