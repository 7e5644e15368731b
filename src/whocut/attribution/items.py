"""Evidence made ready for weighing: its facts, days, layer, group and witness; or set aside."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution.bundle import (
    AnyEvidence,
    Bundle,
    Cell,
    Claim,
    Context,
    Control,
    Measured,
    Outage,
    Question,
    Report,
    RouteChange,
    Slowdown,
    Span,
)
from whocut.attribution.claim_facts import Said, claim_facts, read_claim
from whocut.attribution.links import provider_of
from whocut.attribution.measured_facts import measured_facts, slowdown_facts
from whocut.attribution.other_facts import control_facts, outage_facts, report_facts, route_facts
from whocut.attribution.roles import Cast
from whocut.attribution.stretch import ALWAYS, Stretch, read_stretch
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import ClaimType, EvidenceKind, HypothesisId, Role, Room
from whocut.ledger.vocabulary import Stance

__all__ = ["Aside", "Item", "asked_days", "begins", "items_of", "kind_of", "share_layer"]

_NETWORK: Final = frozenset({"dns", "tcp", "tls", "http"})
_ANY: Final = "any"
_FORWARD: Final = frozenset({ClaimType.ANNOUNCES, ClaimType.ORDERS})
_OWN_ACTS: Final = _FORWARD | {ClaimType.ADMITS}
_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})


class Aside(StrEnum):
    """Why evidence is not weighed."""

    OTHER_COUNTRY = "other_country"
    OTHER_TARGET = "other_target"
    OTHER_ORIGIN = "other_origin"
    OTHER_TIME = "other_time"


class Item(Struct, frozen=True):
    """One piece of evidence, ready for weighing."""

    evidence: AnyEvidence
    room: Room
    facts: frozenset[str]
    said: Said | None
    group: str
    witness: str
    """Who saw or said it; the groups of one witness are no two witnesses."""
    when: Stretch
    """Days of which it tells."""
    layer: str
    """Class of layers: network, route, another layer, or any."""
    provider: str | None = None
    """Whose links a route change tells of, or who speaks of its own doing."""
    aside: Aside | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return self.evidence.id


def kind_of(one: AnyEvidence) -> EvidenceKind:
    """Give the kind of a piece of evidence."""
    return EvidenceKind(str(one.__struct_config__.tag))


def share_layer(one: str, other: str) -> bool:
    """Tell whether two classes of layers can speak of the same thing."""
    return one == other or _ANY in (one, other)


def asked_days(question: Question) -> Stretch:
    """Give the time that is asked about."""
    return Stretch(read_stretch(question.since).first, read_stretch(question.until).last)


def _layer(one: AnyEvidence, cast: Cast, said: Said | None) -> str:
    if isinstance(one, RouteChange):
        # Of routes, whatever is written.
        return "route"
    if one.layer in _NETWORK:
        return "network"
    if one.layer not in ("none", "unstated"):
        return one.layer
    if isinstance(one, Measured | Slowdown):
        return "network"
    role = cast.role_of(said.about) if said is not None else None
    return {Role.PAYMENT: "payment", Role.PROVIDER: "route"}.get(role, _ANY) if role else _ANY


def _span_days(one: Span) -> Stretch:
    texts = (one.onset or one.onset_low or one.onset_high, one.end or one.end_low)
    onset, end = (read_stretch(text) for text in texts)
    last = end.first - timedelta(days=1) if end.first is not None else None
    if last is None:
        week = read_stretch(one.last_week)
        last = week.first + timedelta(days=6) if week.first is not None else None
    if onset.first is not None and last is not None:
        last = max(last, onset.first)
    return Stretch(onset.first, last)


def _claim_days(one: Claim) -> Stretch:
    """Say from when to when a claim holds: from the last day that its words can mean."""
    said, effective = read_stretch(one.when), read_stretch(one.effective)
    ended = read_stretch(one.ended)
    if one.type is ClaimType.RESTORES:
        back = effective.first or said.first
        return Stretch(None, back - timedelta(days=1) if back is not None else None)
    begun = effective.last or effective.first or said.last or said.first
    last = ended.last
    if begun is not None and last is not None and last < begun:
        begun = effective.first or said.first
        begun = begun if begun is not None and begun <= last else last
    return Stretch(begun, last)


def _days(one: AnyEvidence, asked: Stretch) -> Stretch:
    stated = read_stretch(one.when)
    if isinstance(one, Claim):
        return _claim_days(one)
    if isinstance(one, Span) and not stated.is_known:
        stated = _span_days(one)
    if isinstance(one, Cell | Slowdown) and stated.days == 1 and stated.first is not None:
        # A week is given by its Monday.
        stated = Stretch(stated.first, _plus(stated.first, 6))
    if isinstance(one, RouteChange) and not stated.is_known:
        before, after = read_stretch(one.last_before), read_stretch(one.first_after)
        stated = Stretch(after.first or before.last, after.last)
    return stated if stated.is_known else asked


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=days) if day < date.max - timedelta(days=days) else date.max


def _room(one: AnyEvidence) -> Room:
    if isinstance(one, Claim):
        return Room.CLAIM
    if isinstance(one, RouteChange):
        return Room.ROUTE
    if isinstance(one, Report):
        return Room.REPORT
    return Room.CONTEXT if isinstance(one, Context) else Room.MEASUREMENT


def _source_name(one: AnyEvidence) -> str:
    source = one.source
    return (source.publisher or source.url or source.title).strip().lower()


def _claim_witness(one: Claim, said: Said) -> str:
    if one.source.stance is Stance.PRIMARY and said.speaker is not None:
        return f"party:{said.speaker}"
    if one.group:
        return f"claim:{one.group}"
    outsider = said.speaker if said.speaker is not None and not said.is_own else ""
    name = one.source.publisher.strip().lower() or outsider or _source_name(one)
    return f"claim:{name or said.speaker or ''}"


def _witness(one: AnyEvidence, said: Said | None) -> str:
    if isinstance(one, Claim) and said is not None:
        return _claim_witness(one, said)
    if isinstance(one, RouteChange):
        return f"route:{one.platform or 'caida'}"
    if isinstance(one, Report):
        return "users"
    if isinstance(one, Outage | Control):
        return f"measurement:{one.platform or _source_name(one) or 'outside'}"
    return f"measurement:{one.platform or 'ooni'}"


def _group(one: AnyEvidence, room: Room, witness: str) -> str:
    # Measurements, routes and claims are never one group, whatever they are called.
    return f"{room.value}:{one.group}" if one.group else witness


def _facts(one: AnyEvidence, said: Said | None, cast: Cast, tables: Tables) -> Iterator[str]:
    if isinstance(one, Cell | Span):
        yield from measured_facts(one, tables)
    elif isinstance(one, Slowdown):
        yield from slowdown_facts(one, tables)
    elif isinstance(one, RouteChange):
        yield from route_facts(one, tables)
    elif isinstance(one, Claim) and said is not None:
        yield from claim_facts(one, said, cast)
    elif isinstance(one, Report):
        yield from report_facts(one, tables)
    elif isinstance(one, Outage):
        yield from outage_facts(one, cast)
    elif isinstance(one, Control):
        yield from control_facts(one, tables)
    elif isinstance(one, Context):
        yield "context.law"


def _is_of(domain: str, other: str) -> bool:
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")


def begins(one: Claim) -> Stretch:
    """Say from when on something can be done: what is announced or ordered, not before that."""
    said = one.when if one.type in _FORWARD else ""
    return Stretch(read_stretch(one.effective or said).first, None)


def _aside(
    one: AnyEvidence, question: Question, room: Room, days: Stretch, asked: Stretch
) -> Aside | None:
    if one.origin and one.origin != question.origin:
        return Aside.OTHER_ORIGIN
    if one.country is not None and one.country != question.country:
        return Aside.OTHER_COUNTRY
    if one.target and question.target and not _is_of(one.target, question.target):
        return Aside.OTHER_TARGET
    if isinstance(one, Claim) and one.type in _OWN_ACTS and begins(one).is_after(asked):
        return Aside.OTHER_TIME
    ended = isinstance(one, Claim) and days.last is not None and one.type is not ClaimType.RESTORES
    if isinstance(one, RouteChange):
        # A change of links lasts until another is told of.
        days = Stretch(days.first, None)
    if room in _EVENT_ROOMS or ended:
        return None if days.meets(asked) else Aside.OTHER_TIME
    return None


def _provider(one: AnyEvidence, said: Said | None, cast: Cast) -> str | None:
    if said is not None:
        return said.about
    return provider_of(one, cast) if isinstance(one, RouteChange) else None


def items_of(bundle: Bundle, cast: Cast, tables: Tables) -> tuple[Item, ...]:
    """Make all evidence of a bundle ready, in the bundle's order."""
    asked = asked_days(bundle.question)
    items: list[Item] = []
    for one in bundle.evidence:
        said = read_claim(one, cast) if isinstance(one, Claim) else None
        room, witness = _room(one), _witness(one, said)
        days = _days(one, asked if isinstance(one, Measured | Slowdown) else ALWAYS)
        items.append(
            Item(
                evidence=one,
                room=room,
                facts=frozenset(_facts(one, said, cast, tables)),
                said=said,
                group=_group(one, room, witness),
                witness=witness,
                when=days,
                layer=_layer(one, cast, said),
                provider=_provider(one, said, cast),
                aside=_aside(one, bundle.question, room, days, asked),
            )
        )
    ends = [one for one in items if {"claim.restores", "claim.own", "source.read"} <= one.facts]
    return tuple(_until_restored(one, ends) for one in items)


def _until_restored(one: Item, restorations: Iterable[Item]) -> Item:
    """End what a party says that it did on the day before it lifts it; a state's, any state."""
    said, begun = one.said, one.when.first
    if said is None or said.type not in _OWN_ACTS or begun is None or one.when.last is not None:
        return one
    is_state = said.stated is HypothesisId.STATE_INTERFERES
    ends = [
        by.when.last
        for by in restorations
        if by.said is not None
        and by.aside is None
        and by.said.stated is said.stated
        and (is_state or by.said.speaker == said.speaker)
        and share_layer(by.layer, one.layer)
        and by.when.last is not None
        and by.when.last >= begun
    ]
    return replace(one, when=Stretch(begun, min(ends))) if ends else one
