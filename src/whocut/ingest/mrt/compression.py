"""Take the compression off a file, judged by its first bytes and never by its name."""

import bz2
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, cast

import zstandard
from isal import igzip_lib

from whocut.model.errors import InputError

__all__ = ["open_stream", "open_stream_ahead"]

IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]

_GZIP_MAGIC = b"\x1f\x8b"
_BZIP2_MAGIC = b"BZh"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

_READ_BYTES = 256 * 1024
_OUTPUT_BYTES = 256 * 1024
_ZSTD_PIECE_BYTES = 1024
"""Fed at once. A run-length block of 4 bytes gives 128 KiB, so this many give 32 MiB at most."""
_ZSTD_LARGEST_WINDOW_BYTES = 128 * 1024 * 1024
_LONGEST_MAGIC_BYTES = 4


class _Member(Protocol):
    """One gzip member or bzip2 stream, as the decompressors of both libraries have it."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


def open_stream(path: Path, chunk_bytes: int) -> Iterator[bytes]:
    """Give the plain bytes of a file in chunks of about ``chunk_bytes``.

    What stands before the damage of a broken or truncated stream comes out first.
    Raises: InputError if the file cannot be read, or its compression is broken or cut short.
    """
    return _gather(_plain_pieces(path), chunk_bytes)


def open_stream_ahead(path: Path, chunk_bytes: int) -> Iterator[bytes]:
    """Give the same chunks; those of bzip2, by far the slowest, one ahead in a thread of their own.

    Raises: InputError as open_stream does.
    """
    chunks = open_stream(path, chunk_bytes)
    try:
        with path.open("rb") as file:
            is_slow = file.read(3) == _BZIP2_MAGIC
    except OSError:
        is_slow = False  # open_stream says why it cannot be read
    return _read_ahead(chunks) if is_slow else chunks


def _read_ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Fetch the next chunk in a thread of its own while the caller works on this one."""
    with ThreadPoolExecutor(1, thread_name_prefix="whocut-inflate") as pool:
        ahead = pool.submit(next, chunks, None)
        while (chunk := ahead.result()) is not None:
            ahead = pool.submit(next, chunks, None)
            yield chunk


def _plain_pieces(path: Path) -> Iterator[bytes]:
    source = str(path)
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(_READ_BYTES)
            while len(head) < _LONGEST_MAGIC_BYTES and (more := file.read(_READ_BYTES)):
                head += more
            blocks = _blocks(head, file.read)
            if head.startswith(_GZIP_MAGIC):
                yield from _members(source, "gzip", _GZIP_MAGIC, _new_gzip, blocks)
            elif head.startswith(_BZIP2_MAGIC):
                yield from _members(source, "bzip2", _BZIP2_MAGIC, _new_bzip2, blocks)
            elif head.startswith(_ZSTD_MAGIC):
                yield from _zstd(source, blocks)
            else:
                yield from blocks
    except OSError as error:
        raise InputError(error.strerror or str(error), source=source) from error


def _new_gzip() -> _Member:
    member: _Member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    return member


def _new_bzip2() -> _Member:
    return cast(_Member, bz2.BZ2Decompressor())


def _blocks(head: bytes, read: Callable[[int], bytes]) -> Iterator[bytes]:
    while head:
        yield head
        head = read(_READ_BYTES)


def _gather(pieces: Iterable[bytes], chunk_bytes: int) -> Iterator[bytes]:
    """Join pieces to chunks; what came before a failure is handed on before it."""
    held: list[bytes] = []
    size = 0
    failure: InputError | None = None
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= chunk_bytes:
                yield b"".join(held)
                held.clear()
                size = 0
    except InputError as error:
        failure = error
    if held:
        yield b"".join(held)
    if failure is not None:
        raise failure


def _members(
    source: str, form: str, magic: bytes, new: Callable[[], _Member], blocks: Iterable[bytes]
) -> Iterator[bytes]:
    """Decompress member after member (RFC 1952 section 2.2); trailing zeros are padding."""
    member: _Member | None = new()
    total_in = 0
    data = b""
    for block in blocks:
        total_in += len(block)
        data += block
        while data or (member is not None and not member.needs_input):
            if member is None:
                data = data.lstrip(b"\0")
                if len(data) < len(magic):
                    break
                if not data.startswith(magic):
                    raise InputError(
                        f"no {form} after the end of a {form} stream, by compressed byte"
                        f" {total_in}",
                        source=source,
                    )
                member = new()
            try:
                out = member.decompress(data, _OUTPUT_BYTES)
            except (IsalError, EOFError, ValueError, OSError) as error:
                raise InputError(
                    f"the {form} stream is damaged by compressed byte {total_in}: {error}",
                    source=source,
                ) from None
            if out:
                yield out
            data = b""
            if member.eof:
                data = member.unused_data
                member = None
    if member is not None or data:
        raise _cut(source, form, total_in)


def _zstd(source: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Expand Zstandard, frame after frame (RFC 8878 section 3.1)."""
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_LARGEST_WINDOW_BYTES)
    frame: zstandard.ZstdDecompressionObj | None = None
    total_in = 0
    for block in blocks:
        for start in range(0, len(block), _ZSTD_PIECE_BYTES):
            piece = block[start : start + _ZSTD_PIECE_BYTES]
            total_in += len(piece)
            while piece:
                if frame is None:
                    frame = context.decompressobj()
                try:
                    out = frame.decompress(piece)
                except zstandard.ZstdError as error:
                    raise InputError(
                        f"the Zstandard stream is damaged by compressed byte {total_in}: {error}",
                        source=source,
                    ) from None
                if out:
                    yield out
                piece = b""
                if frame.eof:
                    piece = frame.unused_data
                    frame = None
    if frame is not None:
        raise _cut(source, "Zstandard", total_in)


def _cut(source: str, form: str, total_in: int) -> InputError:
    return InputError(
        f"the {form} stream is cut short at compressed byte {total_in}", source=source
    )
