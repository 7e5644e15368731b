"""What each rule gives on each piece of evidence, and what is explained away or voided."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Cell, Claim, Measured, Outage, RouteChange, Slowdown
from whocut.attribution.items import Item, share_layer
from whocut.attribution.links import may_be_one, moved_by
from whocut.attribution.rules import STATED, FindingRule, Ruleset, Yielding
from whocut.attribution.stretch import Stretch, read_stretch
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import (
    CUTS,
    Direction,
    HypothesisId,
    OutageExtent,
    Room,
    RuleStrength,
)

__all__ = ["Fired", "fired", "is_rebutted_by"]

_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_MOST_SHOWN: Final = 8
"""Ids of what explains or voids one piece of evidence; one is enough."""
_WITHDRAWN: Final = frozenset({"claim.own", "claim.own_act", "claim.not_done", "source.read"})
_WHOLE: Final = frozenset({OutageExtent.COUNTRY, OutageExtent.TARGET})


class Fired(Struct, frozen=True):
    """A rule that fired on an item, for one hypothesis."""

    item: Item
    rule: FindingRule
    hypothesis: HypothesisId
    gives_way: tuple[str, ...] = ()
    """Ids of what explains it away or voids it."""
    way: str = ""
    """explained, voided or partly."""

    @property
    def is_for(self) -> bool:
        """Whether it speaks for the hypothesis."""
        return self.rule.direction is Direction.FOR

    @property
    def counts(self) -> bool:
        """Whether nothing explains it away and it weighs anything."""
        return not self.gives_way and self.rule.nats > 0

    @property
    def carries(self) -> bool:
        """Whether it counts and is more than a hint."""
        return self.counts and self.is_for and self.rule.strength is not RuleStrength.HINT


def _hypothesis(rule: FindingRule, item: Item) -> HypothesisId | None:
    if rule.hypothesis != STATED:
        return HypothesisId(rule.hypothesis)
    return item.said.stated if item.said is not None else None


def _is_explained_in_time(item: Stretch, by: Stretch, tables: Tables) -> bool:
    if not item.meets(by):
        return False
    if not item.is_known or not by.is_known:
        return True
    days = item.days
    if days is None:
        # What goes on without an end is explained only by what does, too.
        return (item.last is not None or by.last is None) and (
            item.first is not None or by.first is None
        )
    if days <= tables.time.short_days:
        return True
    return item.shared_days(by) >= days * tables.time.explained_share


def _explains_place(item: Item, by: Item) -> bool:
    """Tell whether an outage of a region or some networks is as wide as what it would explain."""
    outage, one = by.evidence, item.evidence
    if not isinstance(outage, Outage) or outage.extent in _WHOLE or not isinstance(one, Measured):
        return True
    cut = one.n_networks_cut if isinstance(one, Cell) else None
    cut = cut if cut is not None else one.n_networks
    return (outage.n_networks or 1) >= (cut or 1)


def _explains_as_outage(by: Item) -> bool:
    facts = by.facts
    if "outage.cause_known" in facts or "outage.target" in facts:
        return "outage.others_fine" not in facts or "outage.target" in facts
    if "control.down" in facts and "control.counted" in facts:
        return True
    is_down = not facts.isdisjoint({"measured.target_down", "measured.network_down"})
    return is_down and "measured.weighs" in facts


class _Around(Struct, frozen=True):
    """What may explain or void other evidence: found once, as it is looked for at each piece."""

    outages: tuple[Item, ...]
    bots: tuple[Item, ...]
    served: tuple[Item, ...]
    stayed: tuple[Item, ...]
    faults: tuple[Item, ...]
    """Failures of their own of which parties tell."""
    withdrawn: tuple[Item, ...]
    """Own words of which it is told that they were not carried out."""
    moved: Mapping[str, tuple[str, ...]]
    """Links that ended because their customers moved, with the links that began instead."""


def _moved(weighed: Sequence[Item], tables: Tables) -> dict[str, tuple[str, ...]]:
    """Find what was lost at one of a provider's numbers and gained by the same provider."""
    gained = [one for one in weighed if "route.gained" in one.facts]
    found = {}
    for one in weighed:
        if not isinstance(one.evidence, RouteChange) or "route.lost" not in one.facts:
            continue
        of_it = [
            (by.id, by.evidence)
            for by in gained
            if isinstance(by.evidence, RouteChange) and by.provider == one.provider is not None
        ]
        if by_these := moved_by(one.evidence, of_it, tables):
            found[one.id] = by_these
    return found


def _around(items: Sequence[Item], tables: Tables) -> _Around:
    weighed = [one for one in items if one.aside is None]
    return _Around(
        outages=tuple(one for one in weighed if _explains_as_outage(one)),
        bots=tuple(x for x in weighed if {"measured.bot_check", "measured.weighs"} <= x.facts),
        served=tuple(x for x in weighed if {"measured.served", "measured.weighs"} <= x.facts),
        stayed=tuple(one for one in weighed if "route.stayed" in one.facts),
        faults=tuple(x for x in weighed if "claim.own_fault" in x.facts or _teller(x) is not None),
        withdrawn=tuple(
            one for one in weighed if one.facts >= _WITHDRAWN and "source.weak" not in one.facts
        ),
        moved=_moved(weighed, tables),
    )


def _teller(one: Item) -> str | None:
    return one.evidence.told_by if isinstance(one.evidence, Outage) else None


def _failed_before(item: Item, around: _Around) -> list[str]:
    """Find the outage after which something is said to be back: measured, or the speaker's own.

    That is no account of a cut, whoever tells of the outage; it excuses nothing else.
    """
    speaker = item.said.speaker if item.said is not None else None
    own = [
        by
        for by in around.faults
        if speaker == (by.said.speaker if by.said is not None else _teller(by))
    ]
    return [by.id for by in (*around.outages, *own) if item.when.meets(by.when)]


def _explainers(item: Item, why: Yielding, around: _Around, tables: Tables) -> list[str]:
    if why == "moved":
        return list(around.moved.get(item.id, ()))
    if why == "outage" and "claim.restores" in item.facts:
        return _failed_before(item, around)
    candidates = around.outages if why == "outage" else around.bots
    return [
        by.id
        for by in candidates
        if by is not item
        and (why != "outage" or _explains_place(item, by))
        and _is_explained_in_time(item.when, by.when, tables)
    ]


def _voiders(item: Item, why: Yielding, around: _Around) -> list[str]:
    """Find what shows that something announced did not come to pass."""
    if why == "withdrawn":
        return [by.id for by in around.withdrawn if _withdraws(by, item)]
    begun = item.when.first
    found = []
    for by in around.served if why == "served" else around.stayed:
        same = may_be_one(by.provider, item.provider)
        is_later = begun is None or by.when.first is None or by.when.first >= begun
        fits = same and share_layer(item.layer, by.layer)
        if fits and is_later and by.when.meets(item.when):
            found.append(by.id)
    return found


def _withdraws(by: Item, item: Item) -> bool:
    """Tell whether it is told that what a party announced was not carried out."""
    is_its = by is not item and by.provider == item.provider
    return is_its and share_layer(by.layer, item.layer) and _may_tell_of(by, item)


def _may_tell_of(by: Item, item: Item) -> bool:
    """Tell whether a claim, said no earlier than another, can be of the same act."""
    one, other = by.evidence, item.evidence
    if not isinstance(one, Claim) or not isinstance(other, Claim):
        return False
    if one.effective and other.effective and one.effective != other.effective:
        return False
    return not read_stretch(other.when).is_after(read_stretch(one.when))


def is_rebutted_by(one: Item, by: Item) -> bool:
    """Tell whether evidence against speaks of the same time, layer and provider."""
    if by is one:
        return True
    if isinstance(one.evidence, Slowdown) and "measured.served" in by.facts:
        # What is held at a low rate is served all the same.
        return False
    same = may_be_one(by.provider, one.provider)
    if by.room is Room.CLAIM and one.room is Room.CLAIM:
        # That one announcement came to nothing says nothing of another party's.
        return same and by.witness == one.witness and _may_tell_of(by, one)
    return same and share_layer(one.layer, by.layer) and one.when.meets(by.when)


def _giving_way(one: Fired, by: Iterable[str], way: str) -> Fired:
    return Fired(one.item, one.rule, one.hypothesis, tuple(sorted(by)[:_MOST_SHOWN]), way)


def _explained(one: Fired, around: _Around, tables: Tables) -> Fired:
    for why in one.rule.yields_on(one.item.facts):
        if why in ("outage", "bot_check", "moved"):
            by = _explainers(one.item, why, around, tables)
            if by:
                return _giving_way(one, by, "explained")
    return one


def _voided(
    one: Fired, around: _Around, happened: frozenset[tuple[HypothesisId, str | None]]
) -> Fired:
    if one.hypothesis not in CUTS:
        return one
    if any(key is one.hypothesis and may_be_one(who, one.item.provider) for key, who in happened):
        return one
    for why in one.rule.yields_on(one.item.facts):
        if why in ("served", "stayed", "withdrawn"):
            by = _voiders(one.item, why, around)
            if by:
                return _giving_way(one, by, "voided")
    return one


def fired(items: Sequence[Item], ruleset: Ruleset) -> tuple[Fired, ...]:
    """Fire all rules on all that is not set aside; then explain away, then void.

    What was announced is void only where it was measured as served and never as cut: so the
    measurements that count come first. That links of one provider ended is no sign of another's.
    """
    first: list[Fired] = []
    for item in items:
        if item.aside is not None:
            continue
        for rule in ruleset.firing_on(item.facts):
            hypothesis = _hypothesis(rule, item)
            if hypothesis is not None:
                first.append(Fired(item, rule, hypothesis))
    around = _around(items, ruleset.tables)
    second = [_partly(_explained(one, around, ruleset.tables), items, around) for one in first]
    happened = frozenset(_happened(second))
    return tuple(_voided(one, around, happened) for one in second)


def _partly(one: Fired, items: Sequence[Item], around: _Around) -> Fired:
    """Let links that stayed say nothing against an exit of which others of the provider's tell."""
    if one.is_for or "route.stayed" not in one.item.facts:
        return one
    by = [
        other.id
        for other in items
        if other.aside is None
        and {"route.lost", "route.odd", "route.counted"} <= other.facts
        and other.provider == one.item.provider
        and other.id not in around.moved
    ]
    return _giving_way(one, by, "partly") if by else one


def _happened(found: Iterable[Fired]) -> set[tuple[HypothesisId, str | None]]:
    return {
        (one.hypothesis, one.item.provider)
        for one in found
        if one.carries and one.item.room in _EVENT_ROOMS
    }
