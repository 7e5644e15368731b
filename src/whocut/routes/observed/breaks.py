"""Breaks: which networks a backbone no longer carries, how much, since when, and why not."""

from collections.abc import Callable, Collection, Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from whocut.routes.observed.eyes import vantage_losses
from whocut.routes.observed.finding import BREAKS, Evidence, PairFinding, Reason, VantageLoss
from whocut.routes.observed.log import RouteLog
from whocut.routes.observed.meeting import Doubt
from whocut.routes.observed.pair import NOTHING, Fates, Pair
from whocut.routes.observed.passing import Passing, find_gain, find_gap
from whocut.routes.observed.ties import NO_TIES, Ties
from whocut.routes.observed.timing import LIMITS, Limits

__all__ = ["Breaks", "find_breaks", "neighbours_below"]


class Breaks(Struct, frozen=True):
    """All findings of one backbone in one window."""

    backbone: int
    before_s: float
    after_s: float
    has_updates: bool
    has_after: bool
    n_vantages: int
    pairs: tuple[PairFinding, ...]
    vantage_losses: tuple[VantageLoss, ...]
    doubts: tuple[Doubt, ...]
    """Where RIBs and updates do not meet: changes that may be missed."""


def neighbours_below(log: RouteLog) -> tuple[int, ...]:
    """Name every AS that the backbone was ever seen to hand traffic to."""
    return tuple(np.unique(log.below[log.below > 0]).tolist())


def find_breaks(
    log: RouteLog,
    customers: Iterable[int] | None = None,
    country_of: Callable[[int], str] | None = None,
    ties: Ties = NO_TIES,
    limits: Limits = LIMITS,
) -> Breaks:
    """Judge the adjacencies of a backbone with some networks, or with all that are below it.

    Peers come and go in a part of their prefixes all the time, as paths become longer or shorter
    elsewhere: name customers, or read what is told of others with that in mind.
    """
    known = neighbours_below(log)
    wanted = known if customers is None else sorted(set(customers) & set(known))
    found = [_judge(Pair(log, customer, limits), ties) for customer in wanted]
    uppers = _uppers_before(
        log, {one.customer for one in found if one.reason is Reason.CUSTOMER_GONE}
    )
    found = [_cut_alone(one, found, uppers, country_of, limits) for one in found]
    found = [replace(one, together=_together(one, found, country_of, limits)) for one in found]
    losses = vantage_losses(log, limits)
    n_vantages = len({log.tables.vantages[at].asn for at in np.flatnonzero(log.routes_before)})
    return Breaks(
        log.backbone, log.before_s, log.after_s, log.has_updates, log.has_after, n_vantages,
        tuple(found), losses, log.meeting.doubts(limits),
    )  # fmt: skip


def _judge(pair: Pair, ties: Ties) -> PairFinding:
    before, after, during = pair.sightings()
    eyes = pair.eyes
    base = PairFinding(
        pair.log.backbone, pair.customer, Reason.NONE, before, after, during,
        0.0, 0.0, None, None, NOTHING, (),
        lost_vantages=eyes.asns(pair.log, eyes.lost),
        blind_vantages=eyes.asns(pair.log, eyes.blind),
    )  # fmt: skip
    n_before = len(pair.prefixes_before)
    if before.n_prefixes and not n_before:
        why = Reason.VANTAGE_LOST if eyes.lost.any() else Reason.NOT_SEEN
        return base if after.n_prefixes else replace(base, reason=why)
    if len(pair.prefixes_lost):
        found = _judge_loss(pair, base)
        if found.reason is not Reason.NONE:
            return found
    passing = find_gap(pair) if n_before else None
    passing = passing or find_gain(pair, ties)
    return base if passing is None else _told(pair, base, passing)


def _told(pair: Pair, base: PairFinding, passing: Passing) -> PairFinding:
    return replace(
        base,
        reason=passing.reason,
        prefix_share=passing.share if passing.reason is Reason.MAINTENANCE else 0.0,
        start_s=passing.start_s,
        end_s=passing.end_s,
        evidence=_passing_evidence(pair, passing),
        prefixes=pair.texts(passing.prefixes),
        others=passing.others,
    )


def _passing_evidence(pair: Pair, passing: Passing) -> Evidence:
    """Count the messages within the settling time of the beginning."""
    if passing.reason is Reason.MAINTENANCE:
        return pair.turns_at(passing.start_s).evidence()
    return pair.arrivals(passing.prefixes, passing.start_s)


def _judge_loss(pair: Pair, base: PairFinding) -> PairFinding:
    """Name what left by what became of most of it."""
    fates = pair.fates()
    n_before, n_lost = len(pair.prefixes_before), len(pair.prefixes_lost)
    is_whole = n_lost >= pair.limits.whole_from * n_before
    reason, about = _reason(fates, n_lost, pair.limits.most, is_whole=is_whole)
    if reason is Reason.PREFIX_FILTER and len(about) <= (1 - pair.limits.whole_from) * n_before:
        return base
    turns = pair.turns(about)
    start_s = turns.onset_s()
    others: tuple[int, ...] = fates.new_origins if reason is Reason.RENUMBERING else ()
    if reason is Reason.SESSIONS_ENDED:
        earlier = () if start_s is None else _new_providers(pair, about, start_s)
        reason = Reason.MOVED if earlier else reason
        others = earlier or _new_providers(pair, about, None)
    if reason in BREAKS and len(pair.detoured(about)) < pair.limits.most * len(about):
        reason = Reason.TURNED_AWAY
    return replace(
        base,
        reason=reason,
        prefix_share=len(about) / n_before,
        path_share=pair.path_share(),
        start_s=start_s,
        evidence=turns.evidence(),
        prefixes=pair.texts(about),
        others=others,
        is_still_seen=len(fates.gone) < n_lost,
    )


def _reason(
    fates: Fates, n_lost: int, most: float, *, is_whole: bool
) -> tuple[Reason, tuple[int, ...]]:
    """Choose the reason and the prefixes that it is about.

    A loss in part is judged by what the customer still carries: other prefixes may have left for
    reasons of their own at the same time.
    """
    if is_whole:
        wholes = (
            (Reason.RENUMBERING, fates.renumbered),
            (Reason.CUSTOMER_GONE, fates.gone),
            (Reason.MOVED_BELOW, fates.left_below),
        )
        for reason, prefixes in wholes:
            if len(prefixes) > most * n_lost:
                return reason, prefixes
        everything = (*fates.kept, *fates.left_below, *fates.renumbered, *fates.gone)
        return Reason.SESSIONS_ENDED, everything
    parts = (
        (Reason.PREFIX_FILTER, fates.kept),
        (Reason.MOVED_BELOW, (*fates.left_below, *fates.renumbered)),
        (Reason.PREFIXES_GONE, fates.gone),
    )
    return next((one for one in parts if one[1]), (Reason.NONE, ()))


def _new_providers(pair: Pair, prefixes: tuple[int, ...], break_s: float | None) -> tuple[int, ...]:
    """Name providers that most of the prefixes had not been seen by.

    With a time, only those that stood a while before it: the customer had taken them already.
    """
    log, limits = pair.log, pair.limits
    is_about = np.zeros(log.tables.n_prefixes, np.bool_)
    is_about[list(prefixes)] = True
    is_asked = is_about[log.prefix] & (log.path >= 0) & ~log.first
    if break_s is None:
        is_asked &= log.last
    else:
        lead_s = limits.lead_fraction * limits.settle_s
        is_asked &= (log.start_s <= break_s - lead_s) & (log.end_s >= break_s)
    rows = np.flatnonzero(is_asked)
    carried: dict[int, set[int]] = {}
    for prefix, path in zip(log.prefix[rows].tolist(), log.path[rows].tolist(), strict=True):
        hops = log.paths[path]
        at = hops.index(pair.customer) if pair.customer in hops else 0
        if at and (hops[at - 1], pair.customer) not in log.edges_before:
            carried.setdefault(hops[at - 1], set()).add(prefix)
    return tuple(
        sorted(asn for asn, found in carried.items() if len(found) >= limits.most * len(prefixes))
    )


def _uppers_before(log: RouteLog, customers: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {customer: set() for customer in customers}
    for upper, lower in log.edges_before:
        if lower in found:
            found[lower].add(upper)
    return found


def _is_with(
    one: PairFinding,
    other: PairFinding,
    country_of: Callable[[int], str] | None,
    limits: Limits,
) -> bool:
    """Tell whether the sessions of another ended at the same time, in the same country."""
    if other.reason is not Reason.SESSIONS_ENDED or other.customer == one.customer:
        return False
    if one.start_s is None or other.start_s is None:
        return False
    is_near = abs(one.start_s - other.start_s) <= limits.settle_s
    return is_near and (
        country_of is None or country_of(one.customer) == country_of(other.customer)
    )


def _cut_alone(
    one: PairFinding,
    found: Iterable[PairFinding],
    uppers: dict[int, set[int]],
    country_of: Callable[[int], str] | None,
    limits: Limits,
) -> PairFinding:
    """Tell one that had no other provider, and went when others were cut, from a dead one."""
    if one.reason is not Reason.CUSTOMER_GONE or uppers[one.customer] != {one.backbone}:
        return one
    if any(_is_with(one, other, country_of, limits) for other in found):
        return replace(one, reason=Reason.SESSIONS_ENDED)
    return one


def _together(
    one: PairFinding,
    found: Iterable[PairFinding],
    country_of: Callable[[int], str] | None,
    limits: Limits,
) -> tuple[int, ...]:
    if one.reason not in (Reason.SESSIONS_ENDED, Reason.MOVED):
        return ()
    return tuple(
        sorted(other.customer for other in found if _is_with(one, other, country_of, limits))
    )
