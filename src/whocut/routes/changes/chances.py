"""Chances and intervals: the over-dispersed binomial, Fisher's exact test, Wilson's interval.

Losses within one cell come together (one contract, one exchange, one fault), so their number varies
more than independent losses would: it is beta-binomial, with a mean and a concentration.
"""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "beta_binomial_loglik",
    "beta_binomial_tail",
    "fisher_tail",
    "lower_wilson",
    "multiple_tail",
    "newcombe",
    "wilson",
]

_Z95 = 1.959963984540054
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def beta_binomial_tail(lost: int, n: int, mean: float, concentration: float) -> float:
    """Give the chance of so many losses or more.

    ``concentration`` is alpha + beta of the beta distribution; larger is nearer to a binomial.
    """
    if lost <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    if mean >= 1.0:
        return 1.0
    alpha, beta = mean * concentration, (1 - mean) * concentration
    base = _log_beta(alpha, beta)
    terms = (
        exp(_log_choose(n, k) + _log_beta(k + alpha, n - k + beta) - base)
        for k in range(lost, n + 1)
    )
    return min(sum(terms), 1.0)


def beta_binomial_loglik(lost: Ints, n: Ints, mean: Floats, concentration: float) -> float:
    """Sum the log chances of cells' losses; what a fit of ``concentration`` makes largest."""
    total = 0.0
    for k, size, rate in zip(lost.tolist(), n.tolist(), mean.tolist(), strict=True):
        alpha, beta = rate * concentration, (1 - rate) * concentration
        total += _log_choose(size, k) + _log_beta(k + alpha, size - k + beta)
        total -= _log_beta(alpha, beta)
    return total


def fisher_tail(lost: int, n: int, other_lost: int, other_n: int) -> float:
    """Give the one-sided exact chance of so many losses here, both shares being one (Fisher)."""
    total, drawn = n + other_n, lost + other_lost
    base = _log_choose(total, drawn)
    first, last = lost, min(n, drawn)
    terms = (
        exp(_log_choose(n, k) + _log_choose(other_n, drawn - k) - base)
        for k in range(first, last + 1)
        if drawn - k <= other_n
    )
    return min(sum(terms), 1.0)


def multiple_tail(chances: Sequence[float], n_tests: int, most: int) -> tuple[float, int]:
    """Weigh several small chances of one country and month together.

    For r from 2 to ``most``: the chance that r of ``n_tests`` independent tests come out at the
    r-th smallest or lower; the least of these, times the number of r tried. Gives that and its r,
    or (1, 0) where fewer than two are given.
    """
    ordered = sorted(chances)[:most]
    tries = range(2, len(ordered) + 1)
    found = [(_binomial_tail(r, n_tests, ordered[r - 1]), r) for r in tries]
    if not found:
        return 1.0, 0
    least, r = min(found)
    return min(least * max(most - 1, 1), 1.0), r


def _binomial_tail(least: int, n: int, chance: float) -> float:
    if chance <= 0.0:
        return 0.0
    if chance >= 1.0:
        return 1.0
    logs = (
        _log_choose(n, k) + k * log(chance) + (n - k) * log1p(-chance) for k in range(least, n + 1)
    )
    return min(sum(exp(each) for each in logs), 1.0)


def wilson(lost: int, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927); (0, 1) of nothing."""
    if n == 0:
        return 0.0, 1.0
    share, square = lost / n, _Z95**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    spread = _Z95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(middle - spread, 0.0), min(middle + spread, 1.0)


def lower_wilson(lost: Ints, n: Ints) -> Floats:
    """Give the lower ends of the 95 % intervals of many shares; 0 of nothing."""
    some, square = np.maximum(n, 1), _Z95**2
    share = lost / some
    middle = (share + square / (2 * some)) / (1 + square / some)
    spread = _Z95 * np.sqrt(share * (1 - share) / some + square / (4 * some**2))
    low: Floats = np.where(n > 0, np.maximum(middle - spread / (1 + square / some), 0.0), 0.0)
    return low


def newcombe(parts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Give a sum of shares with signs and its 95 % interval (Newcombe 1998, method 10).

    Each part is (sign, lost, n); the difference in differences has four. Parts of nothing are left
    out.
    """
    value = below = above = 0.0
    for sign, lost, n in parts:
        if n == 0:
            continue
        share = lost / n
        low, high = wilson(lost, n)
        down, up = (share - low, high - share) if sign > 0 else (high - share, share - low)
        value += sign * share
        below += down**2
        above += up**2
    return value, value - sqrt(below), value + sqrt(above)
