"""When it ended, and how long after its announcement it was seen."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from whocut.attribution.bundle import Claim, RouteChange, Span
from whocut.attribution.finding import Act, Lag
from whocut.attribution.grading import Graded
from whocut.attribution.items import Item, share_layer
from whocut.attribution.roles import Cast
from whocut.attribution.stretch import Stretch, read_stretch
from whocut.attribution.vocabulary import ABOVE_NETWORK, Change, ClaimType, HypothesisId, Room
from whocut.ledger.vocabulary import CarriedOut

__all__ = ["acts_of", "end_of", "lags_of"]

_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_FORWARD: Final = frozenset({ClaimType.ANNOUNCES, ClaimType.ORDERS, ClaimType.ADMITS})


def end_of(graded: Graded, items: Sequence[Item], asked: Stretch) -> tuple[date, str] | None:
    """Give the day on which a cut was over, and the evidence of it; none while it lasts."""
    seen = [one.item for one in graded.carrying if one.item.room in _EVENT_ROOMS]
    ends = sorted(
        (day, name)
        for day, name in _ends(graded, seen, items)
        if asked.last is None or day <= asked.last
    )
    for day, name in reversed(ends):
        if not any(one.when.first is not None and one.when.first >= day for one in seen):
            return day, name
    return None


def _ends(
    graded: Graded, seen: Sequence[Item], items: Sequence[Item]
) -> Iterator[tuple[date, str]]:
    for one in items:
        if one.aside is not None:
            continue
        evidence = one.evidence
        if isinstance(evidence, Claim) and one.said is not None and one.said.is_own:
            if one.said.stated is graded.id:
                yield from _claimed_end(evidence)
        elif isinstance(evidence, Span) and one in seen:
            end = read_stretch(evidence.end or evidence.end_high)
            if end.first is not None:
                yield end.first, one.id
        elif isinstance(evidence, RouteChange) and evidence.change is Change.GAINED:
            yield from _returned(one, graded)
        elif {"measured.served", "measured.weighs"} <= one.facts:
            yield from _served_after(one, seen)


def _claimed_end(claim: Claim) -> Iterator[tuple[date, str]]:
    if claim.type is ClaimType.RESTORES and claim.carried_out not in (
        CarriedOut.NO,
        CarriedOut.PARTLY,
    ):
        day = read_stretch(claim.effective).first or read_stretch(claim.when).first
        yield day if day is not None else date.max, claim.id
    elif claim.ended:
        last = read_stretch(claim.ended).last
        if last is not None:
            yield last, claim.id


def _returned(one: Item, graded: Graded) -> Iterator[tuple[date, str]]:
    lost = any(
        x.item.room is Room.ROUTE and x.item.provider == one.provider for x in graded.carrying
    )
    if graded.id is HypothesisId.OPERATOR_WITHDREW and lost and one.when.first is not None:
        yield one.when.first, one.id


def _served_after(one: Item, seen: Sequence[Item]) -> Iterator[tuple[date, str]]:
    lasts = [x.when.last for x in seen]
    if not lasts or one.when.first is None or any(day is None for day in lasts):
        return
    latest = max(day for day in lasts if day is not None)
    if one.when.first > latest and all(share_layer(one.layer, x.layer) for x in seen):
        yield one.when.first, one.id


def acts_of(items: Sequence[Item], cast: Cast) -> tuple[Act, ...]:
    """List refusals to cut and restorations that were read in the parties' own words."""
    acts = []
    for one in items:
        said, claim = one.said, one.evidence
        if one.aside is not None or said is None or not isinstance(claim, Claim):
            continue
        if said.speaker is None or "source.read" not in one.facts or "source.weak" in one.facts:
            continue
        if said.type is ClaimType.REFUSES_TO_CUT and "claim.speaker_may" in one.facts:
            act, day = "refused_to_cut", claim.when
        elif said.type is ClaimType.RESTORES and said.is_own:
            act, day = "restored", claim.effective or claim.when
        else:
            continue
        name = cast.parties[said.speaker].name or said.speaker
        acts.append(Act(said.speaker, name, act, one.id, day))
    return tuple(acts)


def lags_of(graded: Sequence[Graded]) -> tuple[Lag, ...]:
    """Put the day for which a cut was announced beside the day on which it was first seen."""
    lags = []
    for one in graded:
        events = [x.item for x in one.carrying if x.item.room in _EVENT_ROOMS]
        told = sorted(_announced(one, events))
        seen = sorted((x.when.first, x.id) for x in events if x.when.first is not None)
        if one.holds and told and seen:
            (announced, a), (observed, b) = told[0], seen[0]
            days = (observed - announced).days
            lags.append(Lag(one.id, announced.isoformat(), observed.isoformat(), days, (a, b)))
    return tuple(lags)


def _announced(graded: Graded, events: Sequence[Item]) -> Iterator[tuple[date, str]]:
    for one in graded.carrying:
        claim = one.item.evidence
        if not isinstance(claim, Claim) or one.item.said is None or not one.item.said.is_own:
            continue
        is_above = one.item.layer in ABOVE_NETWORK
        if is_above and not any(one.item.layer == event.layer for event in events):
            continue  # closed accounts were announced; what was seen is something else
        if claim.type in _FORWARD:
            day = read_stretch(claim.effective).first or read_stretch(claim.when).first
            if day is not None:
                yield day, claim.id
