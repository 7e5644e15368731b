"""Take compression and archives off a source, judged by its first bytes and never by its name."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import zstandard
from isal import igzip_lib
from msgspec import Struct

from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason
from whocut.ingest.ooni.tape import tar_members

__all__ = ["Budget", "RecordStream", "unpack"]

IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_TAR_MAGIC = b"ustar"
_TAR_MAGIC_OFFSET = 257
_TAR_HEADER_BYTES = 512
_FOREIGN_MAGIC = {
    b"PK\x03\x04": "zip",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"\x04\x22\x4d\x18": "LZ4",
    b"PAR1": "Parquet",
}

_ZSTD_PIECE_BYTES = 1024
"""Fed at once. A run-length block of 4 bytes gives 128 KiB, so this many give 32 MiB at most."""
_ZSTD_LARGEST_WINDOW_BYTES = 128 * 1024 * 1024
_GZIP_OUTPUT_BYTES = 32 * 1024
"""Taken at once. Where a stream breaks, this much before the break is lost with it at most: less
than one measurement. Feeding small pieces instead would double the time."""
_BLOCK_BYTES = 256 * 1024
"""Handed on at once; larger blocks leave the processor's cache, smaller ones cut more records."""

_MEMBER_UID = re.compile(r"(\d{14}\.\d{6}_[A-Z]{2}_[a-z]+_[0-9a-f]{16})(?:\.|$)")


class RecordStream(Struct):
    """The plain bytes of one file, or of one member of an archive."""

    name: str
    uid_hint: str | None
    """The measurement uid by which OONI names a postcan's members."""
    blocks: Iterator[bytes]


class Budget:
    """What was unpacked since the last record that could be read: a bomb brings none."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._uncredited = 0

    def spend(self, layer: str, bytes_out: int, total_out: int, total_in: int) -> None:
        """Count unpacked bytes.

        Raises: RecordRefusedError (decompression_bomb) beyond the limits.
        """
        self._uncredited += bytes_out
        limits = self._limits
        if self._uncredited > limits.bomb_floor_bytes and total_out > limits.max_ratio * total_in:
            raise RecordRefusedError(
                RefusalReason.DECOMPRESSION_BOMB,
                f"{total_in} bytes of {layer} hold {total_out} and more,"
                f" the last {self._uncredited} of them no record",
            )

    def credit(self) -> None:
        """A record was read: what was unpacked so far was worth it."""
        self._uncredited = 0


def unpack(
    name: str,
    blocks: Iterator[bytes],
    limits: ReadLimits,
    budget: Budget,
    *,
    uid_hint: str | None = None,
    layer: int = 0,
) -> Iterator[RecordStream]:
    """Open every layer and give the plain streams within, one at a time.

    Each stream is read to its end before the next is asked for.
    Raises: RecordRefusedError where a layer is damaged; what was whole came out before.
    """
    head, blocks = _peek(blocks)
    inner = _open_layer(head, blocks, budget)
    is_tar = head[_TAR_MAGIC_OFFSET:].startswith(_TAR_MAGIC)
    if (inner is not None or is_tar) and layer >= limits.max_layers:
        raise RecordRefusedError(
            RefusalReason.TOO_MANY_LAYERS, f"more than {limits.max_layers} layers of packing"
        )
    if inner is not None:
        yield from unpack(name, inner, limits, budget, uid_hint=uid_hint, layer=layer + 1)
    elif is_tar:
        for member, data in tar_members(blocks, limits):
            inside = f"{name}!{member}"
            found = _MEMBER_UID.match(member.rpartition("/")[2])
            hint = found.group(1) if found else None
            try:
                yield from unpack(inside, data, limits, budget, uid_hint=hint, layer=layer + 1)
            except RecordRefusedError as error:
                yield RecordStream(inside, hint, _fail(error))
    else:
        yield RecordStream(name, uid_hint, blocks)


def _peek(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Look at the first bytes, enough for every magic number."""
    head: list[bytes] = []
    size = 0
    while size < _TAR_HEADER_BYTES:
        try:
            block = next(blocks)
        except StopIteration:
            break
        except (RecordRefusedError, OSError) as error:
            if not head:
                raise
            return b"".join(head), chain(head, _fail(error))
        head.append(block)
        size += len(block)
    return b"".join(head), chain(head, blocks)


def _fail(error: Exception) -> Iterator[bytes]:
    """A stream that holds nothing but its damage."""
    yield from ()
    raise error


def _open_layer(head: bytes, blocks: Iterator[bytes], budget: Budget) -> Iterator[bytes] | None:
    if head.startswith(_GZIP_MAGIC):
        return _gather(_inflate(blocks, budget))
    if head.startswith(_ZSTD_MAGIC) or _ZSTD_SKIPPABLE.match(head):
        return _gather(_expand_zstd(_pieces(blocks, _ZSTD_PIECE_BYTES), budget))
    for magic, format_name in _FOREIGN_MAGIC.items():
        if head.startswith(magic):
            raise RecordRefusedError(
                RefusalReason.UNSUPPORTED_FORMAT,
                f"{format_name} is not read here; unpack it first",
            )
    return None


def _pieces(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for block in blocks:
        if len(block) <= size:
            yield block
        else:
            for start in range(0, len(block), size):
                yield block[start : start + size]


def _gather(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces to blocks; what came before a failure is handed on before it."""
    held: list[bytes] = []
    size = 0
    failure: Exception | None = None
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= _BLOCK_BYTES:
                yield b"".join(held)
                held.clear()
                size = 0
    except (RecordRefusedError, OSError) as error:
        failure = error
    if held:
        yield b"".join(held)
    if failure is not None:
        raise failure


def _inflate(pieces: Iterable[bytes], budget: Budget) -> Iterator[bytes]:
    """Inflate gzip, member after member (RFC 1952 section 2.2); trailing zeros are padding."""
    member: igzip_lib.IgzipDecompressor | None = None
    total_in = total_out = 0
    carry = b""
    for fed in pieces:
        total_in += len(fed)
        piece = carry + fed if carry else fed
        carry = b""
        while piece or (member is not None and not member.needs_input):
            if member is None:
                piece = piece.lstrip(b"\0") if total_out else piece
                if len(piece) < len(_GZIP_MAGIC):
                    carry = piece
                    break
                if not piece.startswith(_GZIP_MAGIC):
                    raise RecordRefusedError(
                        RefusalReason.CORRUPT_COMPRESSION,
                        f"no gzip after the end of a gzip stream, by compressed byte {total_in}",
                    )
                member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
            try:
                out = member.decompress(piece, _GZIP_OUTPUT_BYTES)
            except (IsalError, EOFError, ValueError) as error:
                raise RecordRefusedError(
                    RefusalReason.CORRUPT_COMPRESSION, f"{error}, by compressed byte {total_in}"
                ) from None
            total_out += len(out)
            budget.spend("gzip", len(out), total_out, total_in)
            if out:
                yield out
            piece = b""
            if member.eof:
                piece = member.unused_data
                member = None
    if member is not None or carry:
        raise _truncated("gzip", total_in)


def _expand_zstd(pieces: Iterable[bytes], budget: Budget) -> Iterator[bytes]:
    """Expand Zstandard, frame after frame (RFC 8878 section 3.1)."""
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_LARGEST_WINDOW_BYTES)
    frame: zstandard.ZstdDecompressionObj | None = None
    total_in = total_out = 0
    for fed in pieces:
        total_in += len(fed)
        piece = fed
        while piece:
            if frame is None:
                frame = context.decompressobj()
            try:
                out = frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise RecordRefusedError(
                    RefusalReason.CORRUPT_COMPRESSION, f"{error}, by compressed byte {total_in}"
                ) from None
            total_out += len(out)
            budget.spend("Zstandard", len(out), total_out, total_in)
            if out:
                yield out
            piece = b""
            if frame.eof:
                piece = frame.unused_data
                frame = None
    if frame is not None:
        raise _truncated("Zstandard", total_in)


def _truncated(format_name: str, total_in: int) -> RecordRefusedError:
    return RecordRefusedError(
        RefusalReason.TRUNCATED_COMPRESSION,
        f"the {format_name} stream ends at compressed byte {total_in} before its end",
    )
