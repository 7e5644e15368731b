"""AS paths in compiled code: check, copy, merge AS4_PATH (attr_02_as_path, attr_17_as4_path)."""

# ruff: noqa: PLR0917, SIM110 - kernels take arrays by place and leave by many doors

from whocut.ingest.mrt.kernels.compiled import Bytes, Words, compiled, inlined, u8, u16, u32

__all__ = ["SEGMENT_STARTS", "copy_path", "has_zero", "is_path_whole", "merge_paths", "path_length"]

SEGMENT_STARTS = 0x80
"""Set in the segment type of each segment's first AS number."""

_AS_SET, _AS_SEQUENCE, _CONFED_SEQUENCE, _CONFED_SET = 1, 2, 3, 4


@inlined
def is_path_whole(buf: Bytes, at: int, end: int, asn_bytes: int) -> bool:
    """Say whether the segments fill the attribute (RFC 7606 section 7.2)."""
    while at < end:
        if end - at < 2:
            return False
        kind, count = u8(buf, at), u8(buf, at + 1)
        at += 2
        if kind < _AS_SET or kind > _CONFED_SET or count == 0 or count * asn_bytes > end - at:
            return False
        at += count * asn_bytes
    return True


@compiled
def path_length(buf: Bytes, at: int, end: int, asn_bytes: int) -> int:
    """Count as route selection does."""
    length = 0
    while at < end:
        kind, count = u8(buf, at), u8(buf, at + 1)
        if kind == _AS_SEQUENCE:
            length += count
        elif kind == _AS_SET:
            length += 1
        at += 2 + count * asn_bytes
    return length


@inlined
def _copy_segment(
    buf: Bytes, at: int, count: int, asn_bytes: int, asns: Words, segments: Bytes, n: int
) -> int:
    """Copy ``count`` AS numbers of the segment at ``at``."""
    kind = u8(buf, at)
    at += 2
    for k in range(count):
        if asn_bytes == 4:
            asns[n + k] = u32(buf, at)
        else:
            asns[n + k] = u16(buf, at)
        segments[n + k] = kind
        at += asn_bytes
    if count:
        segments[n] = kind | SEGMENT_STARTS
    return n + count


@inlined
def copy_path(
    buf: Bytes,
    at: int,
    end: int,
    asn_bytes: int,
    asns: Words,
    segments: Bytes,
    n: int,
    keeps_confederations: bool,
) -> int:
    """Copy a whole path; gives the next free place."""
    while at < end:
        kind, count = u8(buf, at), u8(buf, at + 1)
        if keeps_confederations or kind < _CONFED_SEQUENCE:
            n = _copy_segment(buf, at, count, asn_bytes, asns, segments, n)
        at += 2 + count * asn_bytes
    return n


@compiled
def merge_paths(
    buf: Bytes, at: int, end: int, at4: int, end4: int, asns: Words, segments: Bytes, n: int
) -> int:
    """Copy the head of AS_PATH, then AS4_PATH (RFC 6793 section 4.2.3)."""
    missing = path_length(buf, at, end, 2) - path_length(buf, at4, end4, 4)
    if missing < 0:
        return copy_path(buf, at, end, 2, asns, segments, n, True)
    while at < end:
        kind, count = u8(buf, at), u8(buf, at + 1)
        if kind >= _CONFED_SEQUENCE:
            n = _copy_segment(buf, at, count, 2, asns, segments, n)
        elif missing == 0:
            break
        elif kind == _AS_SET:
            n = _copy_segment(buf, at, count, 2, asns, segments, n)
            missing -= 1
        else:
            n = _copy_segment(buf, at, min(count, missing), 2, asns, segments, n)
            if count > missing:
                break
            missing -= count
        at += 2 + count * 2
    return copy_path(buf, at4, end4, 4, asns, segments, n, False)


@inlined
def has_zero(asns: Words, start: int, end: int) -> bool:
    """Say whether AS 0 is on the path (RFC 7607 section 2)."""
    for k in range(start, end):
        if asns[k] == 0:
            return True
    return False
