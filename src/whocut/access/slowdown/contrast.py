"""Differences in differences: what is left of a rate, against the pair's own past, by country."""

from math import log
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, group
from whocut.access.slowdown.levels import Levels, Rows, estimate_noise, take_apart
from whocut.access.slowdown.medians import MAD_SCALE, Floats, median_of
from whocut.access.slowdown.thresholds import (
    BASELINE_WEEKS,
    LEAST_BASELINE_WEEKS,
    LEAST_NETWORKS,
    LEAST_OTHER_TARGETS,
    THROTTLE_RATIO,
)

__all__ = ["Contrast", "contrast"]

Mask: TypeAlias = npt.NDArray[np.bool_]
_MEDIAN_VARIANCE = 1.57
"""Variance of a median over that of a mean, for normal noise."""
_LEAST_CELLS = 20
"""Cells from which the scatter of all of them says how far the model understates it."""
_LEAST_SPREAD_NETWORKS = 3
_STEEPEST = log(0.1)
"""A cap takes more from fast lines than from slow ones: beyond a tenth that is no disagreement."""
_FARTHEST = 1.0
"""How far one week may pull a past, in log units."""


class Contrast(Struct, frozen=True):
    """One entry a (country, target, week): the effect and what it rests on."""

    cells: Groups
    """Keys: country, target, week."""
    effect: Floats
    """Log of the ratio to what line, service and past explain; NaN without a contrast."""
    error: Floats
    own: Floats
    """The same without the other countries: its own change; NaN without a past."""
    networks: Ints
    networks_slow: Ints
    countries: Ints
    past: Ints
    """Earlier weeks, at most over the networks."""
    tied: Ints
    """Networks with a past; where they are enough, the effect is theirs alone."""
    service: Floats
    """Log of the service's level elsewhere over its past; NaN without one."""
    service_untied: Floats
    """The same over the middle service."""
    line: Floats
    """Log of the lines' level over their past: more than half of the networks do not exceed it."""
    line_untied: Floats


class _Past:
    """Weighted mean over the last weeks that each key let in, however long ago they were."""

    def __init__(self, size: int) -> None:
        self._values = np.zeros((size, BASELINE_WEEKS))
        self._weights = np.zeros((size, BASELINE_WEEKS))
        self._count = np.zeros(size, np.int64)

    def weight(self, keys: Ints) -> Floats:
        total: Floats = self._weights[keys].sum(axis=1)
        return total

    def count(self, keys: Ints) -> Ints:
        return np.minimum(self._count[keys], BASELINE_WEEKS)

    def mean(self, keys: Ints, extra: float = 0.0) -> Floats:
        """Give the mean, drawn to zero by a prior of so much weight; 0 where there is nothing."""
        weights = self._weights[keys]
        total = weights.sum(axis=1) + extra
        sums = (weights * self._values[keys]).sum(axis=1)
        return np.where(total > 0, sums / np.where(total > 0, total, 1.0), 0.0)

    def add(self, keys: Ints, values: Floats, weights: Floats) -> None:
        """Let in one more week; every key stands once. It takes the place of the oldest."""
        mean = self.mean(keys)
        near = np.clip(values, mean - _FARTHEST, mean + _FARTHEST)
        place = self._count[keys] % BASELINE_WEEKS
        self._values[keys, place] = np.where(self._count[keys] > 0, near, values)
        self._weights[keys, place] = weights
        self._count[keys] += 1


class _Week(Struct):
    """What is found of one week's rows, before they are put together by country."""

    rows: Ints
    rest: Floats
    variance: Floats
    """Of each network by itself."""
    shared: Floats
    """Of what the networks of a country share: distance where there is no past."""
    own: Floats
    past: Ints


def contrast(rows: Rows) -> Contrast:
    """Hold every (country, target, week) against line, service and its own past.

    Weeks are gone through in their order; one in which a target is slowed here does not become
    part of its past, so that a long slowdown does not turn into the normal state.
    """
    pairs = group(rows.network, rows.target)
    levels = take_apart(rows, pairs)
    cells = group(rows.country, rows.target, rows.week)
    line, line_untied = _changes(rows, levels.line, group(rows.network))
    places = group(rows.target, rows.country)
    service, service_untied = _changes(rows, levels.service, places)
    walk = _Walk(rows, pairs, levels, cells, line)
    for week in range(int(rows.week.max()) + 1 if len(rows.week) else 0):
        walk.step(np.flatnonzero(rows.week == week))
    return Contrast(
        cells,
        walk.effect,
        walk.error * _understated(walk.effect, walk.error),
        walk.own,
        walk.networks,
        walk.networks_slow,
        walk.countries,
        walk.past,
        walk.tied,
        _middle(cells, service),
        _middle(cells, service_untied),
        _middle(cells, line),
        _middle(cells, line_untied),
    )


def _middle(cells: Groups, values: Floats) -> Floats:
    """Give the upper median by cell: one slow line of two does not make a slow country."""
    found = np.full(len(cells), np.nan)
    known = ~np.isnan(values)
    if known.any():
        inner = group(cells.of_row[known])
        found[inner.keys[0]] = median_of(inner, values[known], upper=True)
    return found


def _understated(effect: Floats, error: Floats) -> float:
    """Say by how much the effects scatter beyond their errors: most cells are not slowed."""
    known = ~np.isnan(effect)
    if int(known.sum()) < _LEAST_CELLS:
        return 1.0
    return max(1.0, float(MAD_SCALE * np.median(np.abs(effect[known] / error[known]))))


def _changes(rows: Rows, level: Floats, keys: Groups) -> tuple[Floats, Floats]:
    """Give each row its level less its own past, and less the week's middle.

    Levels of lines and services are told apart up to a constant a week; the week's middle change
    takes it out, and with it what everything shares.
    """
    changed = np.full(len(level), np.nan)
    untied = np.full(len(level), np.nan)
    past = _Past(len(keys))
    for week in range(int(rows.week.max()) + 1 if len(rows.week) else 0):
        mine = np.flatnonzero((rows.week == week) & ~np.isnan(level))
        if not len(mine):
            continue
        inner = group(keys.of_row[mine])
        found, key = median_of(inner, level[mine]), inner.keys[0]
        untied[mine] = (found - np.median(found))[inner.of_row]
        is_tied = past.count(key) >= LEAST_BASELINE_WEEKS
        change = np.where(is_tied, found - past.mean(key), np.nan)
        drift = np.median(change[is_tied]) if is_tied.any() else 0.0
        changed[mine] = (change - drift)[inner.of_row]
        is_low = is_tied & (change - drift < log(THROTTLE_RATIO))
        past.add(key[~is_low], found[~is_low], np.ones(int((~is_low).sum())))
    return changed, untied


class _Walk:
    """Goes through the weeks and remembers what was normal."""

    def __init__(
        self, rows: Rows, pairs: Groups, levels: Levels, cells: Groups, line: Floats
    ) -> None:
        self._rows, self._pairs, self._levels = rows, pairs, levels
        self._cells, self._line = cells, line
        noise = self._noise = estimate_noise(levels.rest, pairs, rows.n_effective)
        self._rest = _Past(len(pairs))
        self._own = _Past(len(pairs))
        self._typical = float(np.median(noise.of(rows.n_effective))) if len(rows.week) else 0.0
        size = len(cells)
        self.effect, self.error = np.full(size, np.nan), np.full(size, np.nan)
        self.own = np.full(size, np.nan)
        self.networks, self.networks_slow = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.countries, self.past = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.tied = np.zeros(size, np.int64)

    def step(self, mine: Ints) -> None:
        """Take one week's rows: find the effects, then let what was normal into the past."""
        levels = self._levels
        usable = ~np.isnan(levels.rest[mine]) & (
            levels.other_targets[mine] >= LEAST_OTHER_TARGETS
        )
        mine = mine[usable]
        if not len(mine):
            return
        week = self._hold_against_past(mine)
        slowed = self._put_together(_with_enough_past(week, self._cells))
        # What has no past yet becomes one: far and always slow look alike, unless it is a cap.
        is_new = (week.past < LEAST_BASELINE_WEEKS) & ~self._rows.is_steady[week.rows]
        kept = ~slowed[self._cells.of_row[week.rows]] | is_new
        rows = week.rows[kept]
        pair = self._pairs.of_row[rows]
        weight = 1 / self._noise.of(self._rows.n_effective[rows])
        self._rest.add(pair, levels.rest[rows], weight)
        self._own.add(pair, self._rows.value[rows] - levels.line[rows], weight)

    def _hold_against_past(self, mine: Ints) -> _Week:
        levels, noise = self._levels, self._noise
        pair = self._pairs.of_row[mine]
        value = self._rows.value[mine]
        prior = 1 / noise.pair
        count = self._rest.count(pair)
        is_tied = count >= LEAST_BASELINE_WEEKS
        rest = levels.rest[mine] - self._rest.mean(pair, prior)
        standing = 1 / (self._rest.weight(pair) + prior)
        alone = _MEDIAN_VARIANCE * self._typical
        variance = noise.of(self._rows.n_effective[mine]) + alone / levels.other_targets[mine]
        untied = standing * (1 + 1 / np.maximum(levels.other_countries[mine], 1))
        shared = np.where(is_tied, 0.0, untied) + alone / levels.other_countries[mine]
        # A line that is full gives every target the same: the fast ones lose more. There, and
        # where there is no past, slow is only what is slower than the others on that line.
        is_full = ~is_tied | (self._line[mine] < log(THROTTLE_RATIO) / 2)
        gap = value - levels.raw_line[mine]
        own = value - levels.line[mine] - self._own.mean(pair)
        return _Week(
            mine,
            np.where(is_full, np.maximum(rest, gap), rest),
            variance + np.where(is_tied, standing, 0.0),
            shared,
            np.where(is_tied, own, np.nan),
            count,
        )

    def _put_together(self, week: _Week) -> Mask:
        """Combine networks by country; say of every cell whether it is slowed."""
        inner = group(self._cells.of_row[week.rows])
        cell = inner.keys[0]
        weight = 1 / week.variance
        total = inner.sum(weight)
        effect = inner.sum(weight * week.rest) / total
        networks = inner.count()
        bounded = np.maximum(week.rest, _STEEPEST)
        middle = inner.sum(weight * bounded) / total
        apart = inner.sum(weight * (bounded - middle[inner.of_row]) ** 2) / total
        seen = np.where(
            networks >= _LEAST_SPREAD_NETWORKS, apart / np.maximum(networks - 1, 1), 0.0
        )
        shared = inner.sum(weight * week.shared) / total
        self.effect[cell] = effect
        self.error[cell] = np.sqrt(np.maximum(1 / total, seen) + shared)
        self.networks[cell] = networks
        # Half of the way, in logs: one network's few measurements scatter more than all of them.
        self.networks_slow[cell] = inner.count(week.rest < log(THROTTLE_RATIO) / 2)
        tied = ~np.isnan(week.own)
        self.tied[cell] = inner.count(tied)
        known = inner.sum(weight * tied)
        own = inner.sum(weight * np.where(tied, week.own, 0.0))
        self.own[cell] = np.where(known > 0, own / np.where(known > 0, known, 1.0), np.nan)
        np.maximum.at(self.past, self._cells.of_row[week.rows], week.past)
        np.maximum.at(
            self.countries, self._cells.of_row[week.rows], self._levels.other_countries[week.rows]
        )
        slowed = np.zeros(len(self._cells), np.bool_)
        slowed[cell] = effect < log(THROTTLE_RATIO)
        return slowed


def _with_enough_past(week: _Week, cells: Groups) -> _Week:
    """Leave out networks without a past where enough others have one."""
    cell = cells.of_row[week.rows]
    tied = ~np.isnan(week.own)
    enough = np.bincount(cell[tied], minlength=len(cells)) >= LEAST_NETWORKS
    kept = tied | ~enough[cell]
    return _Week(
        week.rows[kept],
        week.rest[kept],
        week.variance[kept],
        week.shared[kept],
        week.own[kept],
        week.past[kept],
    )
