"""Caps: one steady rate on all networks of a country, as policing and shaping give it.

Distance gives steady rates as well, where transfers wait for round trips: only a transfer of many
of them shows a cap.
"""

from math import log

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, group
from whocut.access.slowdown.medians import Floats, deviation_of, median_of
from whocut.access.slowdown.thresholds import (
    CAP_SPREAD,
    LEAST_CAPPED,
    LEAST_NETWORKS,
    LEAST_ROUND_TRIPS,
)

__all__ = ["SpeedRows", "Speeds", "measure_speeds"]


class SpeedRows(Struct, frozen=True):
    """One entry a (network, target, week)."""

    log_rate: Floats
    within: Floats
    """Median absolute deviation from it."""
    n_rate: Ints
    log_round_trips: Floats


class Speeds(Struct, frozen=True):
    """One entry a (country, target, week)."""

    log_rate: Floats
    """Median over networks; NaN where there is none."""
    is_steady: npt.NDArray[np.bool_]
    """The rates agree, within networks and between them, and are not those of distance."""


def measure_speeds(cells: Groups, rows: SpeedRows) -> Speeds:
    """Give the middle rate of each cell, and say whether all its rates are one.

    Shapes: cells groups the rows by (country, target, week).
    """
    log_rate = rows.log_rate
    middle = np.full(len(cells), np.nan)
    is_steady = np.zeros(len(cells), np.bool_)
    known = ~np.isnan(log_rate)
    if known.any():
        inner = group(cells.of_row[known])
        middle[inner.keys[0]] = median_of(inner, log_rate[known])
    # One or two measurements agree with themselves.
    enough = known & (rows.n_rate >= LEAST_CAPPED)
    if enough.any():
        inner = group(cells.of_row[enough])
        found = median_of(inner, log_rate[enough])
        between = deviation_of(inner, log_rate[enough], found)
        spread = np.maximum(between, median_of(inner, rows.within[enough]))
        trips = median_of(inner, np.nan_to_num(rows.log_round_trips[enough]))
        is_steady[inner.keys[0]] = (
            (spread <= CAP_SPREAD)
            & (inner.count() >= LEAST_NETWORKS)
            & (trips >= log(LEAST_ROUND_TRIPS))
        )
    return Speeds(middle, is_steady)
