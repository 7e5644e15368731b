"""Compiled scan of prefix and origin lines, and the count of each address once."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "BAD_LENGTH",
    "BAD_ORIGIN",
    "BAD_PREFIX",
    "BITS_BELOW",
    "TOO_LARGE",
    "own_addresses",
    "scan_prefixes",
]

BAD_PREFIX, BAD_LENGTH, BAD_ORIGIN, TOO_LARGE, BITS_BELOW = 1, 2, 3, 4, 5
_SHORTEST_LINE = 11
"""``0.0.0.0/0``, a tab, an AS number of one digit; its end comes on top."""
_LAST_ASN = 2**32 - 1
_HASH, _SEMICOLON, _NEWLINE, _RETURN = 35, 59, 10, 13
_TAB, _SLASH, _DOT, _COLON = 9, 47, 46, 58
_UNDERLINE, _COMMA, _OPEN, _CLOSE = 95, 44, 123, 125
_ZERO, _NINE = 48, 57
_MOST_DIGITS, _MOST_BITS, _LAST_BYTE = 10, 32, 255
_DEEPEST = 33
_SIX_BITS = 128


@njit(cache=True, boundscheck=False)
def _decimal(buffer, at):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Return (value, where it ends); the value is -1 where no plain number stands."""
    size = len(buffer)
    first = at
    value = np.int64(0)
    while at < size and _ZERO <= buffer[at] <= _NINE and at - first <= _MOST_DIGITS:
        value = value * 10 + (np.int64(buffer[at]) - _ZERO)
        at += 1
    if at == first or (at - first > 1 and buffer[first] == _ZERO):
        return np.int64(-1), at
    return value, at


@njit(cache=True, boundscheck=False)
def _scan(buffer, starts, lengths, bounds, origins):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0911, PLR0912, PLR0915
    """Return (prefixes, origins, IPv6 prefixes, fault, where its line begins)."""
    size = len(buffer)
    at = 0
    count = 0
    named = 0
    six = 0
    while at < size:
        line = at
        if buffer[at] == _HASH or buffer[at] == _SEMICOLON:
            while at < size and buffer[at] != _NEWLINE:
                at += 1
            at += 1
            continue
        is_six = False
        while at < size and buffer[at] != _TAB and buffer[at] != _SLASH and buffer[at] != _NEWLINE:
            byte = buffer[at]
            if byte == _COLON:
                is_six = True
            elif not (_ZERO <= byte <= _NINE or byte == _DOT or 97 <= (byte | 32) <= 102):
                return count, named, six, BAD_PREFIX, line
            at += 1
        address = np.int64(0)
        if not is_six:
            at = line
            for octet in range(4):
                value, at = _decimal(buffer, at)
                if value < 0 or value > _LAST_BYTE:
                    return count, named, six, BAD_PREFIX, line
                address = address * 256 + value
                if octet < 3:
                    if at >= size or buffer[at] != _DOT:
                        return count, named, six, BAD_PREFIX, line
                    at += 1
        if at >= size or (buffer[at] != _TAB and buffer[at] != _SLASH):
            return count, named, six, BAD_PREFIX, line
        length, at = _decimal(buffer, at + 1)
        most = _SIX_BITS if is_six else _MOST_BITS
        if length < 0 or length > most or at >= size or buffer[at] != _TAB:
            return count, named, six, BAD_LENGTH, line
        at += 1
        if not is_six and address & ((np.int64(1) << (_MOST_BITS - length)) - 1):
            return count, named, six, BITS_BELOW, line
        before = named
        while True:
            if at < size and buffer[at] == _OPEN:
                at += 1
            value, at = _decimal(buffer, at)
            if value < 0:
                return count, before, six, BAD_ORIGIN, line
            if value > _LAST_ASN:
                return count, before, six, TOO_LARGE, line
            origins[named] = value
            named += 1
            if at < size and buffer[at] == _CLOSE:
                at += 1
            if at < size and (buffer[at] == _UNDERLINE or buffer[at] == _COMMA):
                at += 1
                continue
            break
        if at < size and buffer[at] == _RETURN:
            at += 1
        if at < size and buffer[at] != _NEWLINE:
            return count, before, six, BAD_ORIGIN, line
        at += 1
        if is_six:
            six += 1
            named = before
            continue
        starts[count] = address
        lengths[count] = length
        count += 1
        bounds[count] = named
    return count, named, six, 0, 0


def scan_prefixes(
    text: bytes,
) -> tuple[
    NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint32], int, int, int
]:
    """Read every IPv4 prefix of a text; IPv6 lines are checked and counted.

    Returns starts, lengths, where each prefix's origins begin (one more than prefixes), origins,
    how many IPv6 prefixes, fault, where its line begins.
    """
    buffer = np.frombuffer(text, np.uint8)
    most = len(text) // _SHORTEST_LINE + 1
    starts = np.empty(most, np.uint32)
    lengths = np.empty(most, np.uint8)
    bounds = np.zeros(most + 1, np.int64)
    # Each origin takes a digit and what parts it from the next.
    origins = np.empty(len(text) // 2 + 1, np.uint32)
    count, named, six, fault, line = _scan(buffer, starts, lengths, bounds, origins)
    return (
        starts[:count],
        lengths[:count],
        bounds[: count + 1],
        origins[:named].copy(),
        int(six),
        int(fault),
        int(line),
    )


@njit(cache=True, boundscheck=False)
def _own(starts, lengths):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    own = np.empty(len(starts), np.int64)
    around = np.empty(_DEEPEST, np.int64)
    depth = 0
    for at in range(len(starts)):
        start = np.int64(starts[at])
        size = np.int64(1) << (_MOST_BITS - np.int64(lengths[at]))
        while depth > 0:
            outer = around[depth - 1]
            end = np.int64(starts[outer]) + (np.int64(1) << (_MOST_BITS - np.int64(lengths[outer])))
            if start < end:
                break
            depth -= 1
        if depth > 0:
            own[around[depth - 1]] -= size
        own[at] = size
        around[depth] = at
        depth += 1
    return own


def own_addresses(starts: NDArray[np.uint32], lengths: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the addresses of each prefix that no narrower one covers.

    The prefixes are sorted by start, then length, and free of repeats.
    """
    counted: NDArray[np.int64] = _own(starts, lengths)
    return counted
