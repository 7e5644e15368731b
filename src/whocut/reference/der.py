"""Read DER, no more of it than certificates need (ITU-T X.690 section 10).

Certificates arrive by the thousand and from hostile peers: every length is checked against its
container, nothing is copied, and damage is one exception.
"""

__all__ = ["DerError", "children", "content", "header"]

_LONG_FORM = 0x80
_MAX_LENGTH_OCTETS = 4
_MULTI_OCTET_TAG = 0x1F


class DerError(ValueError):
    """The bytes are not the DER that was expected; the message says where."""


def header(data: bytes, at: int, limit: int) -> tuple[int, int, int]:
    """Read one tag and length at ``at``; return tag, start and end of the content.

    Raises: DerError if the element is cut, has no minimal length or leaves its container.
    """
    try:
        tag = data[at]
        length = data[at + 1]
        start = at + 2
        if length >= _LONG_FORM:
            octets = length - _LONG_FORM
            if not 0 < octets <= _MAX_LENGTH_OCTETS:
                raise DerError(f"unsupported length at byte {at}")
            first = data[start]
            length = int.from_bytes(data[start : start + octets], "big")
            if first == 0 or length < _LONG_FORM:
                raise DerError(f"length is not minimal at byte {at}")
            start += octets
    except IndexError:
        raise DerError(f"cut short at byte {at}") from None
    end = start + length
    if end > limit:
        raise DerError(f"element at byte {at} leaves its container")
    if tag & _MULTI_OCTET_TAG == _MULTI_OCTET_TAG:
        raise DerError(f"unsupported tag at byte {at}")
    return tag, start, end


def content(data: bytes, at: int, limit: int, tag: int) -> tuple[int, int]:
    """Read the element at ``at``, which must carry ``tag``; return start and end of its content.

    Raises: DerError if it carries another tag or is damaged.
    """
    # Most elements are short: this is header() without the call, a third of a certificate's cost.
    if at + 2 <= limit and data[at] == tag:
        length = data[at + 1]
        if length < _LONG_FORM and at + 2 + length <= limit:
            return at + 2, at + 2 + length
    found, start, end = header(data, at, limit)
    if found != tag:
        raise DerError(f"tag {found:#04x} where {tag:#04x} belongs, at byte {at}")
    return start, end


def children(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """List the elements between ``start`` and ``end`` as tag, content start, content end.

    Raises: DerError if one of them is damaged.
    """
    found = []
    at = start
    while at < end:
        element = header(data, at, end)
        found.append(element)
        at = element[2]
    return found
