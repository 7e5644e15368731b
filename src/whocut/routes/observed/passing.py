"""What came and went within the window: maintenance, leaks, stand-ins, and plain noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from whocut.routes.observed.finding import Reason
from whocut.routes.observed.log import RouteLog
from whocut.routes.observed.pair import Pair
from whocut.routes.observed.spells import longest_gap, united
from whocut.routes.observed.ties import Ties

__all__ = ["Passing", "find_gain", "find_gap"]


@dataclass(frozen=True)
class Passing:
    """Something that began and ended."""

    reason: Reason
    start_s: float
    end_s: float
    prefixes: tuple[int, ...]
    share: float
    others: tuple[int, ...] = ()


def find_gap(pair: Pair) -> Passing | None:
    """Find a loss that came back: of most prefixes at once, for long enough, seen by good eyes."""
    log, limits = pair.log, pair.limits
    is_kept = np.zeros(log.tables.n_prefixes, np.bool_)
    is_kept[np.intersect1d(pair.prefixes_before, pair.prefixes_after)] = True
    rows = pair.on & pair.asked & is_kept[log.prefix]
    found = _gap(pair, rows)
    if found is None:
        return None
    middle = (found[0] + found[1]) / 2
    seeing = ~_blind_at(pair, middle)
    if not (pair.was & seeing[log.vantage]).any():
        return None
    found = _gap(pair, rows & seeing[log.vantage])
    if found is None or _is_hidden(pair, (found[0] + found[1]) / 2):
        return None
    begin_s, end_s, n_gone = found
    if end_s - begin_s < limits.settle_s:
        return None
    prefixes = tuple(np.flatnonzero(is_kept).tolist())
    share = min(1.0, n_gone / max(1, len(prefixes)))
    return Passing(Reason.MAINTENANCE, begin_s, end_s, prefixes, share)


def _gap(pair: Pair, rows: NDArray[np.bool_]) -> tuple[float, float, int] | None:
    log = pair.log
    spells = united(log.prefix[rows], log.start_s[rows], log.end_s[rows])
    return longest_gap(spells, pair.limits.dip_from)


def _blind_at(pair: Pair, time_s: float) -> NDArray[np.bool_]:
    """Mark vantages that at a time saw little of the backbone's other customers."""
    log = pair.whole
    size = len(log.tables.vantages)
    other = (log.below >= 0) & (log.below != pair.customer)
    before = np.bincount(log.vantage[other & log.first], minlength=size)
    then = np.bincount(log.vantage[other & log.at(time_s)], minlength=size)
    blind: NDArray[np.bool_] = (before > 0) & (then < pair.limits.blind_below * before)
    return blind


def _is_hidden(pair: Pair, time_s: float) -> bool:
    """Tell whether nobody who lost sight of the adjacency shows that it was down.

    It was down where a vantage has no route, or still goes by the backbone, and that another way.
    But a leak, or another origin of the prefixes, draws paths away from an adjacency that stands.
    """
    log = pair.log
    origins = {log.paths[number][-1] for number in np.unique(log.path[pair.was]).tolist()}
    cells = np.unique(log.cell[pair.was])
    is_shown = log.at(time_s) & (log.below != -1) & ~pair.on & np.isin(log.cell, cells)
    for number in np.unique(log.path[is_shown]).tolist():
        hops = log.paths[number] if number >= 0 else ()
        if not hops or (hops[-1] in origins and not _has_passing_edge(pair, hops)):
            return False
    return True


def _has_passing_edge(pair: Pair, hops: tuple[int, ...]) -> bool:
    """Tell whether a path uses an adjacency that was not there, and no new one of the customer.

    A customer that is cut comes to be seen by a provider that it kept in reserve.
    """
    new = [edge for edge in pairwise(hops) if edge not in pair.log.edges_before]
    return bool(new) and all(lower != pair.customer for _, lower in new)


def find_gain(pair: Pair, ties: Ties) -> Passing | None:
    """Find prefixes that the adjacency carried for a time, and ask if their usual way stood."""
    log, limits = pair.log, pair.limits
    is_usual = np.zeros(log.tables.n_prefixes, np.bool_)
    is_usual[log.prefix[pair.on & (log.first | log.last)]] = True
    rows = np.flatnonzero(pair.on & ~is_usual[log.prefix] & pair.asked)
    if len(rows) == 0:
        return None
    spells = united(log.prefix[rows], log.start_s[rows], log.end_s[rows])
    lasting = {
        prefix: max(found, key=lambda one: one[1] - one[0])
        for prefix, found in spells.items()
        if max(end - start for start, end in found) >= limits.settle_s
    }
    below = _below_customer(pair, rows, lasting)
    if len(below) < limits.min_leaked:
        return None
    starts = np.array([lasting[prefix][0] for prefix in below])
    ends = np.array([lasting[prefix][1] for prefix in below])
    start_s = float(np.quantile(starts, limits.onset_quantile, method="lower"))
    end_s = float(np.median(ends))
    leaked = [prefix for prefix in below if _is_leaked(pair, prefix, below[prefix], lasting, ties)]
    is_leak = len(leaked) >= limits.most * len(below)
    return Passing(
        Reason.ROUTE_LEAK if is_leak else Reason.STAND_IN,
        start_s,
        end_s,
        tuple(sorted(below)),
        1.0,
        tuple(sorted(set(below.values()))),
    )


def _below_customer(
    pair: Pair, rows: NDArray[np.int64], lasting: dict[int, tuple[float, float]]
) -> dict[int, int]:
    """Name the AS below the customer for each passing prefix; its own new prefixes are left out."""
    log = pair.log
    found: dict[int, int] = {}
    for prefix, path in zip(log.prefix[rows].tolist(), log.path[rows].tolist(), strict=True):
        rest = _beneath(log.paths[path], pair.customer)
        if prefix in lasting and rest:
            found.setdefault(prefix, rest[0])
    return found


def _beneath(hops: tuple[int, ...], asn: int) -> tuple[int, ...]:
    """Cut a path behind an AS."""
    return hops[len(hops) - hops[::-1].index(asn) :]


def _is_leaked(
    pair: Pair, prefix: int, beneath: int, lasting: dict[int, tuple[float, float]], ties: Ties
) -> bool:
    """Tell a prefix that was leaked from one that the customer stood in for.

    Relations decide where they are given. Without them: who was seen to hand traffic to the
    customer, and now gets traffic from it, is a provider whose routes are leaked; else it is a leak
    if the usual way stood all the while.
    """
    is_valley = ties.is_valley(pair.customer, beneath)
    if is_valley is not None:
        return is_valley
    known = pair.log.edges_before
    if (beneath, pair.customer) in known and (pair.customer, beneath) not in known:
        return True
    return _is_usual_way_open(pair, prefix, lasting[prefix])


def _is_usual_way_open(pair: Pair, prefix: int, spell: tuple[float, float]) -> bool:
    """Tell whether the way by which vantages reached a prefix stood while they took another.

    Where the new path of a vantage joins its old one, the old one came from some adjacency. If a
    vantage still uses that for the prefix, nobody had to stand in for it.
    """
    log = pair.log.narrowed(np.array([prefix], np.int32))
    asked = pair.eyes.good[log.vantage]
    then = asked & log.at((spell[0] + spell[1]) / 2)
    old = dict(_paths(log, asked & log.first))
    usual = {
        edge
        for vantage, new in _paths(log, then & (log.below == pair.customer))
        if (edge := _joined(old.get(vantage, ()), _beneath(new, pair.customer))) is not None
    }
    return any(
        not usual.isdisjoint(zip((0, *hops), hops, strict=False)) for _, hops in _paths(log, then)
    )


def _joined(old: tuple[int, ...], beneath: tuple[int, ...]) -> tuple[int, int] | None:
    """Give the adjacency by which an old path came to where the new one joins it."""
    for asn in beneath:
        if asn in old:
            at = old.index(asn)
            return (old[at - 1] if at else 0), asn
    return None


def _paths(log: RouteLog, rows: NDArray[np.bool_]) -> Iterator[tuple[int, tuple[int, ...]]]:
    at = np.flatnonzero(rows & (log.path >= 0))
    for vantage, path in zip(log.vantage[at].tolist(), log.path[at].tolist(), strict=True):
        yield vantage, log.paths[path]
