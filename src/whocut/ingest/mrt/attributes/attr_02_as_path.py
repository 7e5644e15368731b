"""AS_PATH: segments of AS numbers (RFC 4271 section 4.3, RFC 5065 section 3)."""

import struct

from whocut.ingest.mrt.attributes.decoded import PathSegment
from whocut.ingest.mrt.wire import SegmentType

__all__ = ["holds_as_zero", "path_length", "take_segments"]

_TYPES = {int(kind): kind for kind in SegmentType}
CONFEDERATION = (SegmentType.AS_CONFED_SEQUENCE, SegmentType.AS_CONFED_SET)


def take_segments(value: bytes, asn_bytes: int) -> tuple[PathSegment, ...] | None:
    """Read the segments; ``None`` if the path is malformed (RFC 7606 section 7.2)."""
    found: list[PathSegment] = []
    at, end = 0, len(value)
    letter = "H" if asn_bytes == 2 else "I"
    while at < end:
        if end - at < 2:
            return None
        kind, count = _TYPES.get(value[at]), value[at + 1]
        at += 2
        if kind is None or count == 0 or count * asn_bytes > end - at:
            return None
        found.append(PathSegment(kind, struct.unpack_from(f">{count}{letter}", value, at)))
        at += count * asn_bytes
    return tuple(found)


def path_length(segments: tuple[PathSegment, ...]) -> int:
    """Count as route selection does: a set is one, a confederation nothing (RFC 5065, 5.3)."""
    length = 0
    for segment in segments:
        if segment.type is SegmentType.AS_SEQUENCE:
            length += len(segment.asns)
        elif segment.type is SegmentType.AS_SET:
            length += 1
    return length


def holds_as_zero(segments: tuple[PathSegment, ...]) -> bool:
    """Say whether AS 0 is on the path, which makes it malformed (RFC 7607 section 2)."""
    return any(0 in segment.asns for segment in segments)
