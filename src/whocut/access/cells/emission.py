"""How likely a network's counts are under each mode: Dirichlet-multinomial, from tables.

Counts are effective ones in quarters, so that they are small integers: a network gives at most a
few verdicts a day (``most_a_day``). Equal patterns of counts are worked out once.
"""

from functools import cache
from math import lgamma
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.model_data import MODEL, Mode
from whocut.model.taxonomy import Cause

__all__ = [
    "PAIRS",
    "PATH_ANY",
    "QUARTERS",
    "Emissions",
    "Floats",
    "emissions_of",
    "mean_of",
    "mode_index",
]

Floats: TypeAlias = npt.NDArray[np.float64]
PATH_ANY: Final = "path.any"
"""Interference whose means is each network's own."""
PAIRS: Final = tuple((pair.first, other) for pair in MODEL.two.pairs for other in pair.others)
"""Two modes at once: first and other."""
QUARTERS: Final = 4
"""Resolution of an effective count."""
_MOST: Final = 256
"""Counts of one symbol are held in a byte."""


class Emissions(Struct, frozen=True):
    """Log-likelihoods of patterns, one row a pattern."""

    modes: Floats
    """By mode, in the order of the model, each with the odd network mixed in."""
    reached_not: Floats
    """Of a network that nothing reaches: served, by a good or a lossy line, or odd."""
    path_any: Floats
    """Of interference whose means is the network's own."""
    both: Floats
    """By pair, in the order of ``PAIRS``: a network that meets both of its causes."""


def mode_index(name: str) -> int:
    """Give the place of a mode in the model."""
    return next(index for index, mode in enumerate(MODEL.mode) if mode.id == name)


def mean_of(mode: Mode) -> Floats:
    """Give the mean share of each symbol under a mode, noise and floor included."""
    network = MODEL.network
    odd = MODEL.mode[mode_index("odd")]
    is_noisy = mode.id not in ("served", "served.lossy", "odd")
    noise = network.noise if is_noisy else 0.0
    mean = (1 - noise) * _normalised(mode.emits) + noise * _normalised(odd.emits)
    size = len(MODEL.symbol_ids)
    return (1 - network.floor) * mean + network.floor / size


def _normalised(weights: dict[str, float]) -> Floats:
    mean = np.array([weights.get(name, 0.0) for name in MODEL.symbol_ids])
    result: Floats = mean / mean.sum()
    return result


def _means_of(name: str) -> Floats:
    """Give the mean of a mode, or the mean over the path's modes, in their priors' proportions."""
    if name != PATH_ANY:
        return mean_of(MODEL.mode[mode_index(name)])
    path = [mode for mode in MODEL.mode if mode.cause is Cause.INTERFERED]
    weights = np.array([mode.prior for mode in path])
    mixed: Floats = np.average([mean_of(mode) for mode in path], axis=0, weights=weights)
    return mixed


def _both_means() -> list[Floats]:
    return [(_means_of(first) + _means_of(other)) / 2 for first, other in PAIRS]


@cache
def _tables() -> tuple[Floats, Floats, Floats]:
    """Tabulate differences of log-gamma.

    Shapes: by (mode, symbol, quarters); their base by mode; the concentrations by mode.
    """
    means = [mean_of(mode) for mode in MODEL.mode] + _both_means()
    sizes = [mode.concentration for mode in MODEL.mode]
    sizes += [MODEL.two.concentration] * len(PAIRS)
    table = np.empty((len(means), len(MODEL.symbol_ids), _MOST))
    for row, (mean, size) in enumerate(zip(means, sizes, strict=True)):
        for symbol, share in enumerate(mean):
            alpha = size * share
            base = lgamma(alpha)
            table[row, symbol] = [lgamma(alpha + q / QUARTERS) - base for q in range(_MOST)]
    return table, np.array([lgamma(size) for size in sizes]), np.array(sizes)


def _raw(patterns: npt.NDArray[np.uint8]) -> Floats:
    table, base, sizes = _tables()
    totals = patterns.sum(axis=1, dtype=np.int64)
    found = np.zeros((len(patterns), len(sizes)))
    for symbol in range(patterns.shape[1]):
        has = np.flatnonzero(patterns[:, symbol])
        found[has] += table[:, symbol, :][:, patterns[has, symbol]].T
    most = int(totals.max()) if len(totals) else 0
    ending = np.array([[lgamma(size + q / QUARTERS) for q in range(most + 1)] for size in sizes])
    result: Floats = found + base - ending[:, totals].T
    return result


def emissions_of(patterns: npt.NDArray[np.uint8], lossy: Floats) -> Emissions:
    """Give the log-likelihood of each pattern under each mode.

    Shapes: patterns has one row a pattern and one column a symbol, in quarters; ``lossy`` is the
    probability, by pattern, that the network's line loses exchanges at random.
    """
    raw = _raw(patterns)
    own = len(MODEL.mode)
    odd_share = MODEL.network.odd
    odd = np.log(odd_share) + raw[:, mode_index("odd")]
    kept = np.log1p(-odd_share)
    good = raw[:, mode_index("served")] + np.log1p(-lossy)
    with np.errstate(divide="ignore"):
        bad = raw[:, mode_index("served.lossy")] + np.log(lossy)
    path = [index for index, mode in enumerate(MODEL.mode) if mode.cause is Cause.INTERFERED]
    weights = np.array([MODEL.mode[index].prior for index in path])
    any_path = np.logaddexp.reduce(raw[:, path] + np.log(weights / weights.sum()), axis=1)
    return Emissions(
        modes=np.logaddexp(kept + raw[:, :own], odd[:, None]),
        reached_not=np.logaddexp(kept + np.logaddexp(good, bad), odd),
        path_any=np.logaddexp(kept + any_path, odd),
        both=np.logaddexp(kept + raw[:, own:], odd[:, None]),
    )
