"""AS paths as columns: who stands below whom, who originates, which paths are the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.observed.feed import RouteBatch

__all__ = ["PathBook", "below", "passes", "unprepended"]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(29)


def unprepended(batch: RouteBatch) -> RouteBatch:
    """Write every AS once where a path repeats it in a row."""
    hops, start = batch.hops, batch.start
    if len(hops) == 0:
        return batch
    kept = np.ones(len(hops), np.bool_)
    kept[1:] = hops[1:] != hops[:-1]
    firsts = start[:-1][np.diff(start) > 0]
    kept[firsts] = True
    before = np.zeros(len(hops) + 1, np.int64)
    np.cumsum(kept, out=before[1:])
    return RouteBatch(
        batch.time_s, batch.vantage, batch.prefix, batch.is_up,
        before[start], hops[kept], batch.ended,
    )  # fmt: skip


def passes(batch: RouteBatch, asn: int) -> NDArray[np.bool_]:
    """Mark the rows whose path holds an AS."""
    before = np.zeros(len(batch.hops) + 1, np.int64)
    np.cumsum(batch.hops == asn, out=before[1:])
    return (before[batch.start[1:]] - before[batch.start[:-1]]) > 0


def below(batch: RouteBatch, asn: int) -> NDArray[np.int64]:
    """Give the next AS after ``asn`` towards the origin: 0 at its end, -1 where it is not passed.

    The batch is ``unprepended``. Where a path is poisoned and holds the AS twice, the last counts.
    """
    found = np.full(len(batch), -1, np.int64)
    at = np.flatnonzero(batch.hops == asn)
    row = np.searchsorted(batch.start, at, side="right") - 1
    is_end = at + 1 == batch.start[row + 1]
    following = np.zeros(len(at), np.int64)
    following[~is_end] = batch.hops[at[~is_end] + 1]
    found[row] = following
    return found


@dataclass(frozen=True)
class PathBook:
    """Every path once. ``row`` gives the number of each row's path; -1 where it has none."""

    paths: tuple[tuple[int, ...], ...]
    row: NDArray[np.int32]

    @classmethod
    def of(cls, batch: RouteBatch) -> "PathBook":
        """Find equal paths by a hash of 64 bits: of a million, two meet once in 10^7 runs."""
        lengths = np.diff(batch.start)
        row = np.full(len(batch), -1, np.int32)
        filled = np.flatnonzero(lengths > 0)
        if len(filled) == 0:
            return cls((), row)
        place = (np.arange(len(batch.hops)) - np.repeat(batch.start[:-1], lengths)).astype(
            np.uint64
        )
        mixed = (batch.hops.astype(np.uint64) + (place << np.uint64(33))) * _MIX
        mixed ^= mixed >> _FOLD
        mixed *= _MIX
        mixed ^= mixed >> _FOLD
        keys = np.add.reduceat(mixed, batch.start[:-1][filled])
        _, first, number = np.unique(keys, return_index=True, return_inverse=True)
        row[filled] = number
        start, hops = batch.start, batch.hops
        paths = tuple(
            tuple(hops[start[at] : start[at + 1]].tolist()) for at in filled[first].tolist()
        )
        return cls(paths, row)
