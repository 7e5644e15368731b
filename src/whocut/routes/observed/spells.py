"""Spells of an adjacency: from when to when some vantage saw each prefix by it."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["longest_gap", "united"]

_Spell = tuple[float, float]


def united(
    prefix: NDArray[np.int32], start_s: NDArray[np.float64], end_s: NDArray[np.float64]
) -> dict[int, list[_Spell]]:
    """Join what vantages saw into spells of each prefix."""
    order = np.lexsort((start_s, prefix))
    found: dict[int, list[_Spell]] = {}
    rows = zip(prefix[order].tolist(), start_s[order].tolist(), end_s[order].tolist(), strict=True)
    for number, start, end in rows:
        spells = found.setdefault(number, [])
        if spells and start <= spells[-1][1]:
            spells[-1] = (spells[-1][0], max(spells[-1][1], end))
        else:
            spells.append((start, end))
    return found


def _gaps(spells: list[_Spell]) -> Iterator[_Spell]:
    for (_, end), (start, _) in pairwise(spells):
        yield end, start


def longest_gap(spells: dict[int, list[_Spell]], share: float) -> tuple[float, float, int] | None:
    """Find the longest time in which at least a share of the prefixes was gone together.

    Returns begin, end and the most prefixes gone at once; only gaps that close are looked at.
    """
    steps = sorted(
        step
        for one in spells.values()
        for end, start in _gaps(one)
        for step in ((end, 1), (start, -1))
    )
    wanted = max(1, share * len(spells))
    best: tuple[float, float, int] | None = None
    n_gone, begin, most = 0, 0.0, 0
    for time_s, change in steps:
        was_gone = n_gone >= wanted
        n_gone += change
        if n_gone >= wanted and not was_gone:
            begin, most = time_s, n_gone
        elif n_gone >= wanted:
            most = max(most, n_gone)
        elif was_gone and (best is None or time_s - begin > best[1] - best[0]):
            best = (begin, time_s, most)
    return best
