"""Means and concentrations of shares: the arithmetic that the measures have in common."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["TRIM", "concentration", "count_holding", "trimmed_mean"]

_Floats = NDArray[np.float64]
TRIM = 0.1
"""Part of the viewpoints left out at either end (Fontugne, Shah and Aben, PAM 2018, section 3)."""


def trimmed_mean(values: _Floats, *, trim: float = TRIM) -> _Floats:
    """Average each row without its lowest and its highest part.

    AS hegemony (Fontugne, Shah and Aben, PAM 2018, section 3, arXiv 1711.02805):
    viewpoints that are too near to an AS, or too far from it, do not decide. Of n values
    floor(n * trim) go at each end.
    """
    count = values.shape[1]
    cut = int(count * trim + 1e-9)
    if cut == 0 or 2 * cut >= count:
        return np.asarray(values.mean(axis=1))
    kept = np.partition(values, (cut, count - cut - 1), axis=1)[:, cut : count - cut]
    return np.asarray(kept.mean(axis=1))


def concentration(shares: _Floats) -> float:
    """Give the Herfindahl-Hirschman index: the sum of squares of shares, scaled to make one.

    1 where one has all; 1/n where n have the same; 0 where there is nothing.
    """
    total = float(shares.sum())
    return float(((shares / total) ** 2).sum()) if total > 0 else 0.0


def count_holding(weights: _Floats, part: float) -> int:
    """Count the fewest that together hold a part of the whole."""
    total = float(weights.sum())
    if total <= 0:
        return 0
    held = np.cumsum(np.sort(weights)[::-1])
    return int(np.searchsorted(held, part * total * (1 - 1e-12))) + 1
