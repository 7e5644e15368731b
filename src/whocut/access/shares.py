"""A share of targets with its interval: how many, and how sure each of them is."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["INTERVAL", "Share", "estimate_share"]

INTERVAL: Final = 0.9
"""Probability of the interval; that of the cells' own intervals."""
_CELLS: Final = 1 << 13
"""Steps of the angle on which the distribution is laid out."""
_NEGLIGIBLE: Final = 1e-9


class Share(Struct, frozen=True):
    """How many of n, and the interval in which the share lies; nothing of nothing is no share."""

    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    expected: float | None
    """Mean probability of the n; above or below the share where cells are unsure."""


def estimate_share(k: int, probabilities: Sequence[float]) -> Share:
    """Give the share of k of n with an interval that holds two doubts.

    That of the sample: the n are some of many services (Jeffreys: Beta(k + 1/2, n - k + 1/2);
    Brown, Cai, DasGupta 2001, section 3.1.3). That of each member: it counts with its
    ``probabilities``, so that the number is itself uncertain (Poisson binomial); the Jeffreys
    distributions of all numbers are mixed by their probability. As in that paper the interval
    reaches 0 (or 1) where none (or all) cannot be excluded, and it always holds the counted share.
    """
    n = len(probabilities)
    if n == 0:
        return Share(0, 0, None, None, None, None)
    chances = np.clip(np.asarray(probabilities, np.float64), 0.0, 1.0)
    numbers = _poisson_binomial(chances)
    low, high = _quantiles(numbers, n)
    tail = (1 - INTERVAL) / 2
    if numbers[0] >= tail:
        low = 0.0
    if numbers[n] >= tail:
        high = 1.0
    share = k / n
    return Share(k, n, share, min(low, share), max(high, share), float(chances.mean()))


def _poisson_binomial(chances: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Give the probability of each number of successes, 0 to n."""
    found = np.zeros(len(chances) + 1)
    if np.all((chances == 0) | (chances == 1)):
        # Counted, and not in doubt: the sum below comes to the same.
        found[np.count_nonzero(chances)] = 1.0
        return found
    found[0] = 1.0
    for place, chance in enumerate(chances, start=1):
        found[1 : place + 1] = found[1 : place + 1] * (1 - chance) + found[:place] * chance
        found[0] *= 1 - chance
    return found


@cache
def _angles() -> "tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]":
    """Give the logarithms of sine and cosine at each step, and where the steps end."""
    angle = (np.arange(_CELLS) + 0.5) * (np.pi / 2 / _CELLS)
    edges = (np.arange(_CELLS) + 1.0) * (np.pi / 2 / _CELLS)
    return np.log(np.sin(angle)), np.log(np.cos(angle)), edges


def _quantiles(numbers: "NDArray[np.float64]", n: int) -> tuple[float, float]:
    # With share = sin(angle)^2 Jeffreys' density is sin^2k cos^2(n-k): smooth up to both ends.
    log_sine, log_cosine, edges = _angles()
    k = np.flatnonzero(numbers > _NEGLIGIBLE)
    log_density = 2 * np.outer(k, log_sine)
    log_density += 2 * np.outer(n - k, log_cosine)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    density /= density.sum(axis=1, keepdims=True)
    mixed = numbers[k] @ density
    reached = np.cumsum(mixed) / mixed.sum()
    tail = (1 - INTERVAL) / 2
    low, high = np.interp([tail, 1 - tail], reached, edges)
    return float(np.sin(low) ** 2), float(np.sin(high) ** 2)
