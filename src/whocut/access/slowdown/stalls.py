"""Answers that freeze: how many, at how many bytes, and whether other answers freeze as well."""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, group
from whocut.access.slowdown.medians import Floats, deviation_of, median_of
from whocut.access.slowdown.thresholds import (
    LEAST_MEASUREMENTS,
    LEAST_NETWORKS,
    LEAST_STALL_SHARE,
    LEAST_STALLS,
    STALL_SPREAD,
    STALL_SURPLUS,
)

__all__ = ["StallRows", "Stalls", "count_stalls"]

_Z90 = 1.6449


class StallRows(Struct, frozen=True):
    """One entry a (network, target, week)."""

    network: Ints
    n_long: Ints
    n_stalled: Ints
    at: Floats
    """Median of the logarithm of the bytes; NaN where none stalled."""
    within: Floats
    """Its median absolute deviation."""


class Stalls(Struct, frozen=True):
    """One entry a (country, target, week)."""

    n_long: Ints
    n_stalled: Ints
    share: Floats
    share_elsewhere: Floats
    networks: Ints
    """Networks on which answers froze."""
    at: Floats
    """Median of the logarithm of the bytes at which they froze."""
    is_stalled: npt.NDArray[np.bool_]
    is_one_count: npt.NDArray[np.bool_]


def count_stalls(cells: Groups, rows: StallRows) -> Stalls:
    """Hold the stalls of each cell against other countries and the networks' other targets.

    Shapes: cells groups the rows by (country, target, week).
    """
    n_long, n_stalled = rows.n_long, rows.n_stalled
    _, target, week = cells.keys
    long, stalled = cells.sum(n_long), cells.sum(n_stalled)
    by_service = group(target, week)
    long_elsewhere = by_service.sum(long)[by_service.of_row] - long
    stalled_elsewhere = by_service.sum(stalled)[by_service.of_row] - stalled
    by_line = group(rows.network, week[cells.of_row])
    long_beside = cells.sum(by_line.sum(n_long)[by_line.of_row] - n_long)
    stalled_beside = cells.sum(by_line.sum(n_stalled)[by_line.of_row] - n_stalled)
    expected = np.maximum(
        _smoothed(stalled_elsewhere, long_elsewhere), _smoothed(stalled_beside, long_beside)
    )
    least = _lower_end(stalled, long)
    froze = n_stalled > 0
    networks = cells.count(froze)
    middle, spread = _byte_counts(cells, froze, rows.at, rows.within)
    is_stalled = (
        (stalled >= LEAST_STALLS)
        & (networks >= LEAST_NETWORKS)
        & (long_elsewhere >= LEAST_STALLS)  # few of them count for less: they are smoothed
        & (long_beside >= LEAST_MEASUREMENTS)
        & (least >= LEAST_STALL_SHARE)
        & (least >= STALL_SURPLUS * expected)
    )
    return Stalls(
        long.astype(np.int64),
        stalled.astype(np.int64),
        _share(stalled, long),
        _share(stalled_elsewhere, long_elsewhere),
        networks,
        middle,
        is_stalled,
        spread <= STALL_SPREAD,
    )


def _share(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def _smoothed(part: Floats, whole: Floats) -> Floats:
    return (part + 0.5) / (whole + 1.0)


def _lower_end(part: Floats, whole: Floats) -> Floats:
    """Give the lower end of a share's 90 % interval (Wilson 1927)."""
    n = np.maximum(whole, 1.0)
    share = part / n
    middle = share + _Z90**2 / (2 * n)
    reach = _Z90 * np.sqrt(share * (1 - share) / n + _Z90**2 / (4 * n**2))
    low: Floats = (middle - reach) / (1 + _Z90**2 / n)
    return low


def _byte_counts(
    cells: Groups, froze: npt.NDArray[np.bool_], at: Floats, within: Floats
) -> tuple[Floats, Floats]:
    """Give middle and spread of the byte counts: within networks and between them."""
    middle, spread = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    if froze.any():
        inner = group(cells.of_row[froze])
        found = median_of(inner, at[froze])
        between = deviation_of(inner, at[froze], found)
        middle[inner.keys[0]] = found
        spread[inner.keys[0]] = np.maximum(between, median_of(inner, within[froze]))
    return middle, spread
