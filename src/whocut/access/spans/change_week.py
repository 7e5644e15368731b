"""In which week did it change: the posterior of one change between two states."""

from typing import Final

import numpy as np
from msgspec import Struct

from whocut.access.spans.chain import Floats, Ints
from whocut.access.spans.thresholds import INTERVAL_MASS

__all__ = ["ChangeWeek", "Window", "find_change"]

_LEAST: Final = 1e-9
"""No week is impossible: logarithms stay finite."""


class Window(Struct, frozen=True):
    """The measured weeks around one change, the state before it first.

    Weeks are counted, not dated. To find an end, turn the window round.
    """

    weeks: Ints
    before: Floats
    """Likelihood of the state before."""
    after: Floats
    """Likelihood of the state after."""
    n: Floats
    """Usable verdicts."""
    n_other: Floats
    """Those of them that the target was not served."""
    told: Floats
    """Share of the week that tells of the target."""


class ChangeWeek(Struct, frozen=True):
    """First week of the state after: the likeliest, and an interval."""

    low: int
    mode: int
    high: int


def find_change(window: Window) -> ChangeWeek:
    """Find the first week of the later state, with its 90 % interval.

    Every week counts alike beforehand; weeks that were not measured are candidates as any other.
    A change may fall inside a week: then the week shows both states, or, where it was measured a
    few times only, perhaps the earlier alone. Among weeks that are equally likely the latest is
    given: the one nearest to where the later state was seen.
    """
    before, after = np.log(window.before), np.log(window.after)
    ahead = np.concatenate([[0.0], np.cumsum(before)[:-1]])
    behind = np.cumsum(after[::-1])[::-1]
    score = ahead + behind  # the state before until the week before, the one after from it on
    in_week = ahead + np.log(window.after + _mixed(window)) + behind - after
    offsets = window.weeks - window.weeks[0]
    spread = np.full(int(offsets[-1]) + 1, -np.inf)
    for row in range(1, len(offsets)):
        spread[offsets[row - 1] + 1 : offsets[row]] = score[row]
        spread[offsets[row]] = in_week[row]
    spread[0] = np.log(_mixed(window)[0]) + behind[0] - after[0]
    mass = np.exp(spread - spread.max())
    low, mode, high = _densest(mass / mass.sum())
    first = int(window.weeks[0])
    return ChangeWeek(first + low, first + mode, first + high)


def _mixed(window: Window) -> Floats:
    """Likelihood of a week in which it changed; a week of one state alone has 1 at most.

    If the change falls anywhere in the week, any number of its n verdicts may lie before it: all
    of them in one case of n + 1. A week with both kinds speaks for it, the more the evener, if what
    is not served there tells of the target at all.
    """
    n = np.maximum(window.n, 0.0)
    share = np.divide(window.n_other, n, out=np.zeros_like(n), where=n > 0)
    return _LEAST + window.told * (1.0 + 8.0 * share * (1.0 - share) * n) / (n + 1.0)


def _densest(mass: Floats) -> tuple[int, int, int]:
    """Grow an interval from the mode over the likelier neighbour; ties come in together."""
    mode = int(len(mass) - 1 - np.argmax(np.isclose(mass[::-1], mass.max(), rtol=1e-9)))
    low = high = mode
    held = float(mass[mode])
    edge = held
    while low > 0 or high < len(mass) - 1:
        left = float(mass[low - 1]) if low > 0 else -1.0
        right = float(mass[high + 1]) if high < len(mass) - 1 else -1.0
        best = max(left, right)
        if held >= INTERVAL_MASS and not np.isclose(best, edge, rtol=1e-9):
            break
        if left >= right:
            low -= 1
        else:
            high += 1
        held += best
        edge = best
    return low, mode, high
