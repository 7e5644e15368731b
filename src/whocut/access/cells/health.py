"""How a network fares on targets other than the one in question: bad days and lossy weeks.

A target speaks for a network's health on a day only if the network reached it within some days
before and within some days after. What is cut for weeks therefore says nothing of the line, and a
day on which many targets fail together that worked before and after says that the line was down.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.grouping import Ints, group
from whocut.access.cells.model_data import MODEL

__all__ = ["DayFacts", "Health", "network_health", "owned_by_network"]

_FAR = 1 << 40
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class DayFacts(Struct, frozen=True):
    """One row a (network, target, day): whether it was reached there, or failed on the way."""

    network: Ints
    target: Ints
    day: Ints
    week: Ints
    is_reached: Mask
    is_failed: Mask
    """It failed, and was not reached on that day."""


class Health(Struct, frozen=True):
    """By row of the day facts."""

    is_bad_day: Mask
    """Unrelated targets failed together on that network on that day."""
    lossy: Floats
    """Probability that the network loses exchanges at random that week, by unrelated targets."""
    is_counted: Mask
    """The row speaks for the network's health."""


def _nearest_reached(facts: DayFacts) -> tuple[Ints, Ints]:
    """Give the nearest day before and after on which the target was reached on the network."""
    order = np.lexsort((facts.day, facts.target, facts.network))
    days = facts.day[order]
    pair = group(facts.network[order], facts.target[order]).of_row
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    starts = np.repeat(first, np.diff(np.append(first, len(pair))))
    # The place of the last reached row so far, within its pair, is a running maximum.
    place = np.arange(len(pair))
    reached = np.maximum.accumulate(np.where(facts.is_reached[order], place, -1))
    earlier = np.concatenate(([-1], reached[:-1])) if len(pair) else reached
    before = np.where(earlier >= starts, days[np.maximum(earlier, 0)], -_FAR)
    last = np.concatenate((first[1:], [len(pair)])) - 1
    ends = np.repeat(last, np.diff(np.append(first, len(pair))))
    ahead = np.minimum.accumulate(np.where(facts.is_reached[order], place, len(pair))[::-1])[::-1]
    later = np.concatenate((ahead[1:], [len(pair)])) if len(pair) else ahead
    after = np.where(later <= ends, days[np.minimum(later, len(pair) - 1)], _FAR)
    back = np.empty_like(order)
    back[order] = place
    return before[back], after[back]


def _log_rising(start: float, upto: int) -> Floats:
    """Give log of start (start + 1) ... (start + n - 1) for n from 0."""
    return np.concatenate(([0.0], np.cumsum(np.log(start + np.arange(upto)))))


def _lossy(failed: Ints, tried: Ints) -> Floats:
    """Weigh a lossy line against a clean one by beta-binomial likelihoods."""
    most = int(tried.max()) if len(tried) else 0

    def likelihood(beta: tuple[float, float]) -> Floats:
        lost, passed = _log_rising(beta[0], most), _log_rising(beta[1], most)
        both = _log_rising(beta[0] + beta[1], most)
        found: Floats = lost[failed] + passed[tried - failed] - both[tried]
        return found

    health = MODEL.health
    odds = likelihood(health.lossy) - likelihood(health.clean)
    odds += np.log(health.lossy_prior / (1 - health.lossy_prior))
    result: Floats = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return result


def network_health(facts: DayFacts) -> Health:
    """Say on which days a network failed on unrelated targets, and how lossy its week was."""
    health = MODEL.health
    before, after = _nearest_reached(facts)
    is_near = facts.day - before <= health.window_days
    is_counted = is_near & (after - facts.day <= health.window_days)
    failed = is_counted & facts.is_failed
    days = group(facts.network, facts.day)
    others = days.count(is_counted)[days.of_row] - is_counted
    others_failed = days.count(failed)[days.of_row] - failed
    is_bad = (others_failed >= health.bad_day_failed) & (
        others_failed >= health.bad_day_share * others
    )
    well = is_counted & ~is_bad
    weeks = group(facts.network, facts.week)
    own = group(weeks.of_row, facts.target)
    tried = weeks.count(well)[weeks.of_row] - own.count(well)[own.of_row]
    lost = weeks.count(well & failed)[weeks.of_row] - own.count(well & failed)[own.of_row]
    return Health(is_bad, _lossy(lost, tried), is_counted)


def owned_by_network(network: Ints, target: Ints, week: Ints, symbol: Ints, n: Floats) -> Mask:
    """Say, by row, whether the network alone does the same to most of its targets that week.

    Shapes: rows are counts by (network, target, week, symbol) of one country. What the country's
    other networks do as well, or what they were not asked, is no network's own.
    """
    health = MODEL.health
    pair = group(network, target, week)
    by_end = group(pair.of_row, symbol)
    at = by_end.keys[0]
    total = pair.sum(n)[at]
    is_main = by_end.sum(n) * 2 >= total
    net, aim, when = (key[at] for key in pair.keys)
    end = by_end.keys[1]
    own_week = group(net, when)
    targets = np.bincount(group(*pair.keys[::2]).of_row, minlength=len(own_week))[own_week.of_row]
    alike = group(own_week.of_row, end)
    ended = alike.count(is_main)[alike.of_row] - is_main
    everywhere = group(aim, when)
    networks = np.bincount(group(pair.keys[1], pair.keys[2]).of_row)[everywhere.of_row]
    same = group(everywhere.of_row, end)
    elsewhere = same.count(is_main)[same.of_row] - is_main
    is_asked = is_main & (networks > 1)
    share = np.where(is_asked, elsewhere / np.maximum(networks - 1, 1), 0.0)
    asked = alike.count(is_asked)[alike.of_row]
    rest = alike.sum(share)[alike.of_row] / np.maximum(asked, 1)
    is_own = (targets > health.own_targets) & (asked >= health.own_targets)
    is_own &= (ended >= health.own_share * (targets - 1)) & (rest <= health.rest_share)
    found: Mask = is_own[by_end.of_row]
    return found
