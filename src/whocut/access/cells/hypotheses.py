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

from whocut.access.cells.emission import Emissions, Floats, mode_index
from whocut.access.cells.model_data import MODEL
from whocut.model.taxonomy import Cause

__all__ = ["CAUSES", "HYPOTHESES", "Evidence", "Hypothesis", "grid_masses", "weigh_cells"]

CAUSES: Final = tuple(Cause)
_STEPS: Final = 4096


class Hypothesis(Struct, frozen=True):
    """One thing that may be at work."""

    id: str
    causes: tuple[Cause, ...]
    prior: float
    extent: tuple[float, float]
    mode: int
    """Place of its mode in the model; -1 where it is served, or the path by any means."""


class Evidence(Struct, frozen=True):
    """What the networks of each cell say."""

    likelihood: Floats
    """Log-likelihood by cell and hypothesis."""
    extent: Floats
    """By cell, cause and (mean, low, high): the share of networks that the cause reaches."""


def _hypotheses() -> tuple[Hypothesis, ...]:
    single = [Hypothesis("served", (Cause.SERVED,), _prior("served"), (1.0, 1.0), -1)]
    share = MODEL.central.share
    for index, mode in enumerate(MODEL.mode):
        if mode.cause is not Cause.SERVED:
            prior = mode.prior * (share if mode.cause is Cause.INTERFERED else 1.0)
            single.append(Hypothesis(mode.id, (mode.cause,), prior, mode.extent, index))
    path = sum(mode.prior for mode in MODEL.mode if mode.cause is Cause.INTERFERED)
    single.append(Hypothesis("path.any", (Cause.INTERFERED,), (1 - share) * path, (1.5, 1.0), -1))
    total = sum(_prior(name) for name in MODEL.two.modes)
    pairs = [
        Hypothesis(
            f"path+{name}",
            (Cause.INTERFERED, MODEL.mode[mode_index(name)].cause),
            MODEL.two.prior * _prior(name) / total,
            MODEL.two.refused_extent,
            mode_index(name),
        )
        for name in MODEL.two.modes
    ]
    return (*single, *pairs)


def _prior(name: str) -> float:
    return MODEL.mode[mode_index(name)].prior


HYPOTHESES: Final = _hypotheses()
"""Served first, then single modes, the path by any means, and last the pairs."""
_SINGLE: Final = [one for one in HYPOTHESES if len(one.causes) == 1][1:]
_PAIRS: Final = [one for one in HYPOTHESES if len(one.causes) == 2]


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
        there = emissions.path_any if one.mode < 0 else emissions.modes[:, one.mode]
        a_network = np.logaddexp(there[:, None] + reached, away)
        total = np.add.reduceat(a_network[pattern], starts, axis=0)
        total += np.log(grid_masses(one.extent, MODEL.grid.points))
        likelihood[:, place] = np.logaddexp.reduce(total, axis=1)
        extents.add(one.causes[0], total + np.log(one.prior))
    _weigh_pairs(emissions, (pattern, starts), np.flatnonzero(has_two), likelihood, extents)
    return Evidence(likelihood, extents.summary())


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
    by_path, by_refusal = np.log(grid)[:, None], np.log(grid)
    no_path, no_refusal = np.log1p(-grid)[:, None], np.log1p(-grid)
    path_masses = np.log(grid_masses(MODEL.two.extent, points))[:, None]
    for number, one in enumerate(_PAIRS):
        terms = (
            emissions.path_any[used][:, None, None] + by_path + no_refusal,
            emissions.modes[used, one.mode][:, None, None] + no_path + by_refusal,
            emissions.both[used, number][:, None, None] + by_path + by_refusal,
            emissions.reached_not[used][:, None, None] + no_path + no_refusal,
        )
        a_network = np.logaddexp(np.logaddexp(terms[0], terms[1]), np.logaddexp(terms[2], terms[3]))
        total = np.add.reduceat(a_network[own.reshape(-1)], own_starts, axis=0)
        total += path_masses + np.log(grid_masses(one.extent, points))
        place = len(HYPOTHESES) - len(_PAIRS) + number
        likelihood[cells, place] = np.logaddexp.reduce(total.reshape(len(cells), -1), axis=1)
        finer = MODEL.grid.points // points
        for cause, axis in zip(one.causes, (2, 1), strict=True):
            marginal = np.logaddexp.reduce(total, axis=axis) + np.log(one.prior / finer)
            extents.add(cause, np.repeat(marginal, finer, axis=1), cells)
