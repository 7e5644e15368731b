"""Announced and observed side by side: the moments that a bundle tells of, in order of time."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Bundle, Cell, Claim, RouteChange, Span
from whocut.attribution.stretch import Stretch, read_stretch
from whocut.attribution.vocabulary import Change, ClaimType
from whocut.ledger.vocabulary import Grade
from whocut.model.taxonomy import CellAnswer

__all__ = ["Moment", "MomentKind", "timeline_of"]

_SERVED: Final = frozenset(
    {CellAnswer.SERVED, CellAnswer.INSUFFICIENT, CellAnswer.MEASUREMENT_FAULT}
)
_FORWARD: Final = frozenset({ClaimType.ANNOUNCES, ClaimType.ORDERS, ClaimType.ADMITS})


class MomentKind(StrEnum):
    """What a moment is, and whether it was told or seen."""

    ANNOUNCED = "announced"
    EFFECTIVE = "effective"
    REPORTED = "reported"
    REFUSED_TO_CUT = "refused_to_cut"
    RESTORED = "restored"
    ENDED = "ended"
    SEEN_BEFORE = "seen_before"
    """Links as before, in a table of routes."""
    SEEN_GONE = "seen_gone"
    """The first table of routes in which links are gone."""
    SEEN_STAYED = "seen_stayed"
    SEEN_GAINED = "seen_gained"
    SEEN_BEGUN = "seen_begun"
    """The week in which measurements first show the cut."""
    SEEN_ENDED = "seen_ended"
    SEEN_CUT = "seen_cut"
    SEEN_SERVED = "seen_served"


class Moment(Struct, frozen=True):
    """Something told or seen, with its first and last possible day."""

    kind: MomentKind
    first: date | None
    last: date | None
    evidence: str
    who: str = ""
    """Id of the party that says so; empty where it is measured, or no party speaks."""
    source: str = ""
    is_lead: bool = False
    """Told by what nobody here has read."""
    n: int | None = None
    """Customers at risk, or measurements."""
    n_hit: int | None = None
    """Customers that lost or gained the link."""

    @property
    def is_seen(self) -> bool:
        """Say whether it was observed, and not told."""
        return self.kind.value.startswith("seen_")


def timeline_of(bundle: Bundle) -> tuple[Moment, ...]:
    """List what was told and what was seen, by its first day; each told moment once."""
    found: dict[tuple[str, ...], Moment] = {}
    for one in bundle.evidence:
        for moment in _moments(one):
            if moment.first is None and moment.last is None:
                continue
            told_once = (moment.kind.value, moment.who, str(moment.first), str(moment.last))
            key = told_once if not moment.is_seen else (*told_once, moment.evidence)
            known = found.get(key)
            if known is None or (known.is_lead and not moment.is_lead):
                found[key] = moment
    return tuple(sorted(found.values(), key=_order))


def _order(moment: Moment) -> tuple[date, date, bool, str]:
    first = moment.first or moment.last or date.max
    return first, moment.last or date.max, moment.is_seen, moment.evidence


def _moments(one: object) -> Iterator[Moment]:
    if isinstance(one, Claim):
        yield from _told(one)
    elif isinstance(one, RouteChange):
        yield from _routed(one)
    elif isinstance(one, Span):
        yield from _spanned(one)
    elif isinstance(one, Cell) and one.answer not in _SERVED:
        yield _at(MomentKind.SEEN_CUT, read_stretch(one.when), one.id, n=one.n)
    elif isinstance(one, Cell) and one.answer is CellAnswer.SERVED:
        yield _at(MomentKind.SEEN_SERVED, read_stretch(one.when), one.id, n=one.n)


def _told(claim: Claim) -> Iterator[Moment]:
    when, effective = read_stretch(claim.when), read_stretch(claim.effective)
    if claim.type is ClaimType.REFUSES_TO_CUT:
        yield _said(MomentKind.REFUSED_TO_CUT, when, claim)
    elif claim.type is ClaimType.RESTORES:
        yield _said(MomentKind.RESTORED, effective if effective.is_known else when, claim)
    elif claim.type in _FORWARD:
        yield _said(MomentKind.ANNOUNCED, when, claim)
        yield _said(MomentKind.EFFECTIVE, effective, claim)
    elif claim.type is ClaimType.REPORTS:
        yield _said(MomentKind.REPORTED, effective if effective.is_known else when, claim)
    if claim.ended and claim.type in {*_FORWARD, ClaimType.REPORTS}:
        yield _said(MomentKind.ENDED, read_stretch(claim.ended), claim)


def _said(kind: MomentKind, when: Stretch, claim: Claim) -> Moment:
    return Moment(
        kind=kind,
        first=when.first,
        last=when.last,
        evidence=claim.id,
        who=claim.speaker or "",
        source=claim.source.publisher or claim.source.title,
        is_lead=claim.source.grade is Grade.LEAD,
    )


def _at(
    kind: MomentKind,
    when: Stretch,
    evidence: str,
    *,
    n: int | None = None,
    n_hit: int | None = None,
) -> Moment:
    return Moment(kind, when.first, when.last, evidence, n=n, n_hit=n_hit)


def _routed(one: RouteChange) -> Iterator[Moment]:
    if one.change is Change.LOST:
        yield _at(MomentKind.SEEN_BEFORE, _snapshot(one.last_before), one.id, n=one.n)
    kinds = {
        Change.LOST: MomentKind.SEEN_GONE,
        Change.GAINED: MomentKind.SEEN_GAINED,
        Change.STAYED: MomentKind.SEEN_STAYED,
    }
    yield _at(kinds[one.change], _snapshot(one.first_after), one.id, n=one.n, n_hit=one.n_lost)


def _snapshot(month: str) -> Stretch:
    """Give the day of a table of routes: those of a month are of its first days."""
    first = read_stretch(month).first
    return Stretch(first, first)


def _spanned(span: Span) -> Iterator[Moment]:
    low, high = read_stretch(span.onset_low), read_stretch(span.onset_high or span.onset)
    if span.onset or span.onset_low:
        begun = Stretch(low.first or high.first, high.last)
        yield _at(MomentKind.SEEN_BEGUN, begun, span.id, n=span.n)
    if span.end or span.end_high:
        low, high = read_stretch(span.end_low or span.end), read_stretch(span.end_high or span.end)
        yield _at(MomentKind.SEEN_ENDED, Stretch(low.first, high.last), span.id, n=span.n)
