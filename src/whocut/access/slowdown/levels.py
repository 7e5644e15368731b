"""Take a log rate apart: the line's level, the service's level, and what is left of it.

By medians, so that one odd target does not move a network, nor one odd country a service. What a
row is held against never holds the row itself: the line is told by the network's other targets, the
service by the other countries.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, group
from whocut.access.slowdown.medians import MAD_SCALE, Floats, median_of, medians_without
from whocut.access.slowdown.thresholds import (
    ASSUMED_FLOOR_VARIANCE,
    ASSUMED_PAIR_VARIANCE,
    ASSUMED_SINGLE_VARIANCE,
    ASSUMED_WEIGHT,
)

__all__ = ["Levels", "Noise", "Rows", "estimate_noise", "take_apart"]

_SWEEPS = 2
_LEAST_WEEKS = 4
"""Weeks a pair needs before its own scatter is looked at."""
_BINS = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 13.0])


class Rows(Struct, frozen=True):
    """Weekly medians as arrays, one entry a (network, target, week)."""

    country: Ints
    network: Ints
    target: Ints
    week: Ints
    """Ordinal of the week: 0 is the first."""
    value: Floats
    """Logarithm; lower is slower."""
    n_effective: Floats
    is_steady: npt.NDArray[np.bool_]
    """Of the row's (country, target, week): all its rates are one, as under a cap."""


class Levels(Struct, frozen=True):
    """What explains each row, and what is left."""

    line: Floats
    """Of the network that week, by its other targets; NaN where it has none."""
    service: Floats
    """Of the target that week, by the other countries; NaN where there is none."""
    raw_line: Floats
    """Median of the other targets as measured, whatever their own levels."""
    other_targets: Ints
    other_countries: Ints
    rest: Floats
    """Value less line and service."""


class Noise(Struct, frozen=True):
    """How much weekly medians and pairs scatter of themselves."""

    floor: float
    single: float
    pair: float

    def of(self, n_effective: Floats) -> Floats:
        """Give the variance of a weekly median of so many measurements."""
        return self.floor + self.single / np.maximum(n_effective, 1.0)


def _sweep(rows: Rows, value: Floats) -> Levels:
    by_line = group(rows.network, rows.week)
    by_place = group(rows.target, rows.week, rows.country)
    by_service = group(by_place.keys[0], by_place.keys[1])
    service = np.zeros(len(value))
    for _ in range(_SWEEPS):
        line = median_of(by_line, value - service)[by_line.of_row]
        own = median_of(by_place, value - line)
        common = median_of(by_service, own)[by_service.of_row]
        service = common[by_place.of_row]
    line_without = medians_without(by_line, value - service)
    own = median_of(by_place, value - median_of(by_line, value - service)[by_line.of_row])
    service_without = medians_without(by_service, own)[by_place.of_row]
    return Levels(
        line_without,
        service_without,
        medians_without(by_line, rows.value),
        by_line.count()[by_line.of_row] - 1,
        (by_service.count()[by_service.of_row] - 1)[by_place.of_row],
        value - line_without - service_without,
    )


def take_apart(rows: Rows, pairs: Groups) -> Levels:
    """Take every row apart, twice: pairs that are always slow or fast move no level.

    Shapes: pairs groups the rows by (network, target).
    """
    first = _sweep(rows, rows.value)
    known = ~np.isnan(first.rest)
    standing = np.zeros(len(pairs))
    if known.any():
        inner = group(pairs.of_row[known])
        standing[inner.keys[0]] = median_of(inner, first.rest[known])
    shift = standing[pairs.of_row]
    second = _sweep(rows, rows.value - shift)
    return Levels(
        second.line,
        second.service,
        second.raw_line,
        second.other_targets,
        second.other_countries,
        second.rest + shift,
    )


def estimate_noise(rest: Floats, pairs: Groups, n_effective: Floats) -> Noise:
    """Estimate the scatter of weekly medians and of pairs; assumptions count as a few pairs."""
    known = ~np.isnan(rest)
    points = [
        (1.0, ASSUMED_FLOOR_VARIANCE + ASSUMED_SINGLE_VARIANCE, ASSUMED_WEIGHT),
        (0.1, ASSUMED_FLOOR_VARIANCE + 0.1 * ASSUMED_SINGLE_VARIANCE, ASSUMED_WEIGHT),
    ]
    pair = ASSUMED_PAIR_VARIANCE
    if known.any():
        inner = group(pairs.of_row[known])
        middles = median_of(inner, rest[known])
        weeks = inner.count()
        often = weeks[inner.of_row] >= _LEAST_WEEKS
        k = weeks[inner.of_row].astype(np.float64)
        # A median over k weeks takes part of their scatter with it.
        scatter = (rest[known] - middles[inner.of_row]) * np.sqrt(k / np.maximum(k - 1, 1))
        points += _binned(np.abs(scatter[often]), n_effective[known][often])
        found = float((MAD_SCALE * np.median(np.abs(middles - np.median(middles)))) ** 2)
        share = len(middles) / (len(middles) + ASSUMED_WEIGHT)
        pair = share * found + (1 - share) * ASSUMED_PAIR_VARIANCE
    floor, single = _line_through(points)
    return Noise(floor, single, max(pair, ASSUMED_FLOOR_VARIANCE))


def _binned(scatter: Floats, n_effective: Floats) -> list[tuple[float, float, float]]:
    places = np.digitize(n_effective, _BINS)
    found = []
    for place in np.unique(places):
        mine = places == place
        variance = float((MAD_SCALE * np.median(scatter[mine])) ** 2)
        inverse = float(np.mean(1 / np.maximum(n_effective[mine], 1.0)))
        found.append((inverse, variance, float(mine.sum()) / _LEAST_WEEKS))
    return found


def _line_through(points: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Fit variance = floor + single / n by least squares; neither is negative."""
    inverse, variance, weight = (np.array(column) for column in zip(*points, strict=True))
    mean_x = np.average(inverse, weights=weight)
    mean_y = np.average(variance, weights=weight)
    spread = float(np.sum(weight * (inverse - mean_x) ** 2))
    slope = float(np.sum(weight * (inverse - mean_x) * (variance - mean_y))) / max(spread, 1e-12)
    single = max(slope, 0.0)
    floor = max(float(mean_y - single * mean_x), ASSUMED_FLOOR_VARIANCE / 5)
    return floor, single
