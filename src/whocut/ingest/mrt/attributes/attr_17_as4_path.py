"""AS4_PATH: the true path beside one of two-byte numbers (RFC 6793 sections 4.2.3 and 6)."""

from whocut.ingest.mrt.attributes.attr_02_as_path import CONFEDERATION, path_length
from whocut.ingest.mrt.attributes.decoded import PathSegment
from whocut.ingest.mrt.wire import SegmentType

__all__ = ["AS_TRANS", "merge_as4_path", "without_confederations"]

AS_TRANS = 23456


def without_confederations(segments: tuple[PathSegment, ...]) -> tuple[PathSegment, ...]:
    """Drop segments of confederations, which may not stand in AS4_PATH (RFC 6793 section 6)."""
    return tuple(segment for segment in segments if segment.type not in CONFEDERATION)


def merge_as4_path(
    as_path: tuple[PathSegment, ...], as4_path: tuple[PathSegment, ...]
) -> tuple[PathSegment, ...]:
    """Put the head of AS_PATH before AS4_PATH, so that the whole is as long as AS_PATH.

    A confederation's segment is kept where it leads or touches what is kept.
    """
    missing = path_length(as_path) - path_length(as4_path)
    if missing < 0:
        return as_path
    head: list[PathSegment] = []
    for segment in as_path:
        if segment.type in CONFEDERATION:
            head.append(segment)
            continue
        if missing == 0:
            break
        if segment.type is SegmentType.AS_SET:
            head.append(segment)
            missing -= 1
            continue
        head.append(PathSegment(segment.type, segment.asns[:missing]))
        if len(segment.asns) > missing:
            break
        missing -= len(segment.asns)
    return (*head, *as4_path)
