"""Read a tar archive as a stream, member by member, holding none (POSIX.1-2017 pax, GNU names)."""

import re
import tarfile
from collections.abc import Iterator

from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason

__all__ = ["tar_members"]

_RECORD_BYTES = 512
_PAX_LENGTH = re.compile(rb"([1-9][0-9]{0,6}) ")
_PAX_SIZE = re.compile(rb"[0-9]{1,18}")
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)


class _Tape:
    """A stream of blocks, read in the sizes that are asked for."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = b""
        self._at = 0
        self.offset = 0
        self.has_failed = False

    def _fill(self) -> bool:
        """Take the next block once the held one is used up."""
        while self._at >= len(self._held):
            if self.has_failed:
                return False
            try:
                self._held = next(self._blocks)
            except StopIteration:
                return False
            except (RecordRefusedError, OSError):
                self.has_failed = True
                raise
            self._at = 0
        return True

    def stream(self, size: int) -> Iterator[bytes]:
        """Give the next ``size`` bytes as they come; fewer only at the end of the stream."""
        left = size
        while left > 0 and self._fill():
            if self._at == 0 and len(self._held) <= left:
                part = self._held
            else:
                part = self._held[self._at : self._at + left]
            self._at += len(part)
            self.offset += len(part)
            left -= len(part)
            yield part

    def read(self, size: int) -> bytes:
        """Read ``size`` bytes, fewer only at the end of the stream."""
        return b"".join(self.stream(size))


def tar_members(
    blocks: Iterator[bytes], limits: ReadLimits
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give the name and the bytes of each regular member.

    Archives that follow one another in one stream are all read.
    Raises: RecordRefusedError where a header is broken or the archive ends within a member.
    """
    tape = _Tape(blocks)
    name: str | None = None
    size: int | None = None
    is_closed = False
    while not tape.has_failed:
        start = tape.offset
        header = tape.read(_RECORD_BYTES)
        if not header:
            break
        info = _parse_header(header, start)
        if info is None:
            is_closed = True
            continue
        is_closed = False
        length = info.size if size is None else size
        if info.type in _REGULAR:
            yield from _member(tape, name or info.name, length, start)
            name = size = None
        elif info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            extension = _extension(tape, info, start, limits)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                name = extension.rstrip(b"\0").decode("utf-8", "replace")
            else:
                pax_name, size = _pax_fields(extension, start)
                name = pax_name or name
        else:
            for _ in tape.stream(_padded(length)):
                pass
            name = size = None
    if not is_closed and not tape.has_failed:
        raise RecordRefusedError(
            RefusalReason.TRUNCATED_ARCHIVE, f"the archive ends at byte {tape.offset} unclosed"
        )


def _parse_header(header: bytes, start: int) -> tarfile.TarInfo | None:
    """Parse one header; ``None`` for the zeros that close an archive."""
    if len(header) < _RECORD_BYTES:
        raise RecordRefusedError(
            RefusalReason.TRUNCATED_ARCHIVE, f"the archive ends within the header at byte {start}"
        )
    if not any(header):
        return None
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "replace")
    except (tarfile.HeaderError, ValueError) as error:
        raise RecordRefusedError(
            RefusalReason.CORRUPT_ARCHIVE, f"broken tar header at byte {start}: {error}"
        ) from None
    if info.size < 0:
        raise RecordRefusedError(
            RefusalReason.CORRUPT_ARCHIVE, f"a member of negative size at byte {start}"
        )
    return info


def _padded(size: int) -> int:
    return -(-size // _RECORD_BYTES) * _RECORD_BYTES


def _member(tape: _Tape, name: str, size: int, start: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    end = tape.offset + _padded(size)
    data_end = tape.offset + size

    def data() -> Iterator[bytes]:
        yield from tape.stream(size)
        if tape.offset < data_end:
            tape.has_failed = True
            raise RecordRefusedError(
                RefusalReason.TRUNCATED_ARCHIVE,
                f"the archive ends within the member that begins at byte {start}",
            )

    yield name, data()
    for _ in tape.stream(end - tape.offset):
        pass


def _extension(tape: _Tape, info: tarfile.TarInfo, start: int, limits: ReadLimits) -> bytes:
    if info.size > limits.max_member_name_bytes:
        raise RecordRefusedError(
            RefusalReason.CORRUPT_ARCHIVE, f"an extended header of {info.size} bytes at {start}"
        )
    return tape.read(_padded(info.size))[: info.size]


def _pax_fields(extension: bytes, start: int) -> tuple[str | None, int | None]:
    """Read path and size from a pax extended header: lines of ``length key=value``."""
    name: str | None = None
    size: int | None = None
    rest = extension
    while rest:
        found = _PAX_LENGTH.match(rest)
        if found is None:
            raise _broken_extension(start)
        record, rest = rest[: int(found[1])], rest[int(found[1]) :]
        key, _, value = record[found.end() :].rstrip(b"\n").partition(b"=")
        if key == b"path":
            name = value.decode("utf-8", "replace")
        elif key == b"size":
            if not _PAX_SIZE.fullmatch(value):
                raise _broken_extension(start)
            size = int(value)
    return name, size


def _broken_extension(start: int) -> RecordRefusedError:
    return RecordRefusedError(
        RefusalReason.CORRUPT_ARCHIVE, f"broken extended header at byte {start}"
    )
