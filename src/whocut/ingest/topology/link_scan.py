"""Compiled scan of ``a|b|relation[|source]`` lines; imported only where a file is read.

Half a million lines take some 10 ms so, and half a second line by line in Python.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "BAD_FIRST",
    "BAD_RELATION",
    "BAD_SECOND",
    "BAD_SOURCE",
    "SELF_LINK",
    "TOO_LARGE",
    "scan_links",
]

BAD_FIRST, BAD_SECOND, BAD_RELATION, BAD_SOURCE, TOO_LARGE, SELF_LINK = 1, 2, 3, 4, 5, 6
_SHORTEST_LINE = 6
"""``1|2|0`` and the end of its line."""
_LAST_ASN = 2**32 - 1
_HASH, _BAR, _MINUS, _NEWLINE, _RETURN = 35, 124, 45, 10, 13
_ZERO, _ONE, _TWO, _NINE = 48, 49, 50, 57
_MOST_DIGITS = 10
_FIRST_PRINTED, _LAST_PRINTED = 33, 126


@njit(cache=True, boundscheck=False)
def _scan(buffer, links, relations):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0911, PLR0912
    """Return (links read, lines that name a source, fault, where its line begins)."""
    size = len(buffer)
    at = 0
    count = 0
    sourced = 0
    while at < size:
        line = at
        if buffer[at] == _HASH:
            while at < size and buffer[at] != _NEWLINE:
                at += 1
            at += 1
            continue
        for field in range(2):
            first = at
            value = np.int64(0)
            while at < size and _ZERO <= buffer[at] <= _NINE and at - first <= _MOST_DIGITS:
                value = value * 10 + (np.int64(buffer[at]) - _ZERO)
                at += 1
            is_padded = at - first > 1 and buffer[first] == _ZERO
            if at == first or is_padded or at >= size or buffer[at] != _BAR:
                if at - first > _MOST_DIGITS:
                    return count, sourced, TOO_LARGE, line
                return count, sourced, field + 1, line
            if value > _LAST_ASN:
                return count, sourced, TOO_LARGE, line
            links[count, field] = value
            at += 1
        if links[count, 0] == links[count, 1]:
            return count, sourced, SELF_LINK, line
        if at + 1 < size and buffer[at] == _MINUS and buffer[at + 1] == _ONE:
            relations[count] = -1
            at += 2
        elif at < size and _ZERO <= buffer[at] <= _TWO:
            relations[count] = np.int8(buffer[at]) - _ZERO
            at += 1
        else:
            return count, sourced, BAD_RELATION, line
        if at < size and buffer[at] == _BAR:
            at += 1
            first = at
            while at < size and _FIRST_PRINTED <= buffer[at] <= _LAST_PRINTED:
                if buffer[at] == _BAR:
                    return count, sourced, BAD_SOURCE, line
                at += 1
            if at == first:
                return count, sourced, BAD_SOURCE, line
            sourced += 1
        elif at < size and buffer[at] != _NEWLINE and buffer[at] != _RETURN:
            return count, sourced, BAD_RELATION, line
        if at < size and buffer[at] == _RETURN:
            at += 1
        if at < size and buffer[at] != _NEWLINE:
            return count, sourced, BAD_SOURCE, line
        at += 1
        count += 1
    return count, sourced, 0, 0


def scan_links(
    text: bytes,
) -> tuple[NDArray[np.uint32], NDArray[np.int8], int, int, int]:
    """Read every link of a text: pairs, relations, lines with a source, fault, where it begins.

    What stands before a fault is read; a fault of 0 is none.
    """
    buffer = np.frombuffer(text, np.uint8)
    most = len(text) // _SHORTEST_LINE + 1
    links = np.empty((most, 2), np.uint32)
    relations = np.empty(most, np.int8)
    count, sourced, fault, line = _scan(buffer, links, relations)
    return links[:count], relations[:count], int(sourced), int(fault), int(line)
