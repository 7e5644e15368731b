"""What may be at work in a cell, and how likely its networks are under each: summed over a grid.

A hypothesis reaches an unknown share of the country's networks, its extent. Given the extent each
network is reached or not, independently; the likelihood of the cell is the product over networks,
averaged over the extent's prior on a grid. Nothing is sampled.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.emission import PATH_ANY, Emissions, Floats, mode_index
from whocut.access.cells.model_data import MODEL, Mode
from whocut.model.taxonomy import Cause

__all__ = ["CAUSES", "HYPOTHESES", "Evidence", "Hypothesis", "grid_masses", "weigh_cells"]

CAUSES: Final = tuple(Cause)
_STEPS: Final = 4096


class Hypothesis(Struct, frozen=True):
    """One thing that may be at work."""

    id: str
    causes: dict[Cause, float]
    """Causes that are at work under it; less than one where it may be either of two."""
    prior: float
    extent: tuple[float, float]
    modes: tuple[str, ...]
    """The mode, or the pair of modes; empty where it is served."""

    @property
    def is_pair(self) -> bool:
        """Say whether two causes are at work."""
        return len(self.modes) == 2


class Evidence(Struct, frozen=True):
    """What the networks of each cell say."""

    likelihood: Floats
    """Log-likelihood by cell and hypothesis."""
    extent: Floats
    """By cell, cause and (mean, low, high): the share of networks that the cause reaches."""


def _causes(mode: Mode) -> dict[Cause, float]:
    if not mode.edge:
        return {mode.cause: 1.0}
    return {Cause.REFUSED_SERVICE: 1 - mode.edge, Cause.REFUSED_EDGE: mode.edge}


def _singles() -> list[Hypothesis]:
    central = MODEL.central
    singles: list[Hypothesis] = []
    for mode in MODEL.mode:
        own = (_causes(mode), mode.prior, mode.extent, (mode.id,))
        if mode.cause is Cause.INTERFERED:
            prior = mode.prior * central.share
            singles.append(Hypothesis(mode.id, own[0], prior * (1 - central.part), *own[2:]))
            part = (prior * central.part, central.part_extent, (mode.id,))
            singles.append(Hypothesis(f"{mode.id}.part", own[0], *part))
        elif mode.cause is not Cause.SERVED:
            singles.append(Hypothesis(mode.id, *own))
    path = sum(mode.prior for mode in MODEL.mode if mode.cause is Cause.INTERFERED)
    rest = ((1 - central.share) * path, MODEL.two.extent, (PATH_ANY,))
    return [*singles, Hypothesis(PATH_ANY, {Cause.INTERFERED: 1.0}, *rest)]


def _pairs() -> list[Hypothesis]:
    found = []
    for pair in MODEL.two.pairs:
        total = sum(_prior(name) for name in pair.others)
        for other in pair.others:
            causes = {**_causes_of(pair.first), **_causes_of(other)}
            prior = pair.prior * _prior(other) / total
            modes = (pair.first, other)
            found.append(Hypothesis("+".join(modes), causes, prior, MODEL.two.other_extent, modes))
    return found


def _causes_of(name: str) -> dict[Cause, float]:
    if name == PATH_ANY:
        return {Cause.INTERFERED: 1.0}
    return _causes(MODEL.mode[mode_index(name)])


def _prior(name: str) -> float:
    if name == PATH_ANY:
        path = (mode.prior for mode in MODEL.mode if mode.cause is Cause.INTERFERED)
        return (1 - MODEL.central.share) * sum(path)
    return MODEL.mode[mode_index(name)].prior


_SERVED: Final = Hypothesis("served", {Cause.SERVED: 1.0}, _prior("served"), (1.0, 1.0), ())
_SINGLE: Final = _singles()
_PAIR: Final = _pairs()
HYPOTHESES: Final = (_SERVED, *_SINGLE, *_PAIR)
"""Served first, then single causes, and last the pairs."""


@cache
def grid_masses(extent: tuple[float, float], points: int) -> Floats:
    """Give the prior mass of each cell of an even grid over the extent, under a Beta prior."""
    fine = (np.arange(_STEPS) + 0.5) / _STEPS
    density = fine ** (extent[0] - 1) * (1 - fine) ** (extent[1] - 1)
    edges = np.linspace(0, _STEPS, points + 1).astype(int)
    masses = np.add.reduceat(density, edges[:-1])
    result: Floats = masses / masses.sum()
    return result


def weigh_cells(
    emissions: Emissions,
    pattern: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    has_two: npt.NDArray[np.bool_],
) -> Evidence:
    """Weigh every hypothesis in every cell.

    Shapes: ``pattern`` names the pattern of each (cell, network); ``starts`` where each cell begins
    in it; ``has_two`` the cells that hold both signs of interference and of a refusal, without
    which a pair is not weighed.
    """
    likelihood = np.full((len(starts), len(HYPOTHESES)), -np.inf)
    likelihood[:, 0] = np.add.reduceat(emissions.reached_not[pattern], starts)
    extents = _Extents(len(starts))
    points = (np.arange(MODEL.grid.points) + 0.5) / MODEL.grid.points
    reached, not_reached = np.log(points), np.log1p(-points)
    away = emissions.reached_not[:, None] + not_reached
    for place, one in enumerate(_SINGLE, start=1):
        there = _under(emissions, one.modes[0])
        a_network = np.logaddexp(there[:, None] + reached, away)
        total = np.add.reduceat(a_network[pattern], starts, axis=0)
        total += np.log(grid_masses(one.extent, MODEL.grid.points))
        likelihood[:, place] = np.logaddexp.reduce(total, axis=1)
        for cause, share in one.causes.items():
            extents.add(cause, total + np.log(one.prior * share))
    _weigh_pairs(emissions, (pattern, starts), np.flatnonzero(has_two), likelihood, extents)
    return Evidence(likelihood, extents.summary())


def _under(emissions: Emissions, mode: str) -> Floats:
    return emissions.path_any if mode == PATH_ANY else emissions.modes[:, mode_index(mode)]


class _Extents:
    """What is known of the extent of each cause, over its hypotheses."""

    def __init__(self, cells: int) -> None:
        self._logs = np.full((cells, len(CAUSES), MODEL.grid.points), -np.inf)

    def add(self, cause: Cause, logs: Floats, cells: npt.NDArray[np.int64] | None = None) -> None:
        """Add one hypothesis' log-mass over the grid."""
        rows = slice(None) if cells is None else cells
        place = CAUSES.index(cause)
        self._logs[rows, place] = np.logaddexp(self._logs[rows, place], logs)

    def summary(self) -> Floats:
        """Give mean, low and high end of the shortest interval, by cell and cause."""
        points = MODEL.grid.points
        most = self._logs.max(axis=2, keepdims=True)
        masses = np.exp(self._logs - np.where(np.isfinite(most), most, 0.0))
        masses /= np.maximum(masses.sum(axis=2, keepdims=True), 1e-300)
        mean = masses @ ((np.arange(points) + 0.5) / points)
        flat = masses.reshape(-1, points)
        low, high = _shortest(flat, MODEL.grid.interval)
        shape = mean.shape
        return np.stack([mean, low.reshape(shape), high.reshape(shape)], axis=2)


def _shortest(masses: Floats, probability: float) -> tuple[Floats, Floats]:
    """Find the shortest interval of a probability; within a grid cell the mass is even.

    Such intervals reach 0 or 1 where the mass lies there, and still hold their probability when
    averaged over the prior.
    """
    rows = len(masses)
    below = np.concatenate((np.zeros((rows, 1)), np.cumsum(masses, axis=1)), axis=1)
    best_low, best_high = np.zeros(rows), np.ones(rows)
    for tail in np.linspace(0, 1 - probability, 11):
        low = _quantile(masses, below, tail)
        high = _quantile(masses, below, tail + probability)
        is_shorter = high - low < best_high - best_low - 1e-12
        best_low = np.where(is_shorter, low, best_low)
        best_high = np.where(is_shorter, high, best_high)
    return best_low, best_high


def _quantile(masses: Floats, below: Floats, probability: float) -> Floats:
    points = masses.shape[1]
    if probability <= 0:
        return np.zeros(len(masses))
    if probability >= 1 - 1e-12:
        return np.ones(len(masses))
    cell = np.minimum((below[:, 1:] < probability).sum(axis=1), points - 1)
    rows = np.arange(len(masses))
    inside = (probability - below[rows, cell]) / np.maximum(masses[rows, cell], 1e-300)
    result: Floats = (cell + np.clip(inside, 0, 1)) / points
    return result


def _weigh_pairs(
    emissions: Emissions,
    networks: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    cells: npt.NDArray[np.int64],
    likelihood: Floats,
    extents: _Extents,
) -> None:
    """Weigh the pairs, on a coarser grid over both extents, where there are signs of both."""
    if not len(cells):
        return
    pattern, starts = networks
    ends = np.append(starts[1:], len(pattern))
    lengths = (ends - starts)[cells]
    own_starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    rows = np.repeat(starts[cells] - own_starts, lengths) + np.arange(lengths.sum())
    used, own = np.unique(pattern[rows], return_inverse=True)
    points = MODEL.grid.two_points
    grid = (np.arange(points) + 0.5) / points
    first, other = np.log(grid)[:, None], np.log(grid)
    not_first, not_other = np.log1p(-grid)[:, None], np.log1p(-grid)
    masses = np.log(grid_masses(MODEL.two.extent, points))[:, None]
    finer = MODEL.grid.points // points
    for number, one in enumerate(_PAIR):
        modes = [_under(emissions, name)[used][:, None, None] for name in one.modes]
        terms = (
            modes[0] + first + not_other,
            modes[1] + not_first + other,
            emissions.both[used, number][:, None, None] + first + other,
            emissions.reached_not[used][:, None, None] + not_first + not_other,
        )
        a_network = np.logaddexp(np.logaddexp(terms[0], terms[1]), np.logaddexp(terms[2], terms[3]))
        total = np.add.reduceat(a_network[own.reshape(-1)], own_starts, axis=0)
        total += masses + np.log(grid_masses(one.extent, points))
        place = len(HYPOTHESES) - len(_PAIR) + number
        likelihood[cells, place] = np.logaddexp.reduce(total.reshape(len(cells), -1), axis=1)
        for mode, axis in zip(one.modes, (2, 1), strict=True):
            marginal = np.logaddexp.reduce(total, axis=axis) + np.log(one.prior / finer)
            for cause, share in _causes_of(mode).items():
                extents.add(cause, np.repeat(marginal + np.log(share), finer, axis=1), cells)
