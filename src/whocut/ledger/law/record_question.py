"""Put a record of the ledger to the law of the day, by a reviewed table and by what it tells."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Final

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.law.assess import assess_question
from whocut.ledger.law.case import names_in
from whocut.ledger.law.instrument_files import read_file
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.population_words import read_population
from whocut.ledger.law.question import (
    ActorKind,
    AskedService,
    Assessment,
    LegalQuestion,
    People,
    Told,
)
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Sector
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["assess", "law_kind_of", "life_of", "question_of", "services_for"]

_LISTED: Final = "listed parties"
_STATE_BODIES: Final = "state bodies"
_ORGANISATIONS: Final = "organisations"
_PERSONS: Final = frozenset({"persons", "developers"})
_UNKNOWN: Final = "unknown"


class _ByActor(Struct, frozen=True, forbid_unknown_fields=True):
    actor: str
    sectors: tuple[str, ...]
    services: tuple[str, ...]


class _ByRecord(Struct, frozen=True, forbid_unknown_fields=True):
    record: str
    services: tuple[str, ...]
    why: str
    delivery: str = ""
    cost: str = ""
    blocked: Told | None = None


class _Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    sectors: dict[str, tuple[str, ...]]
    actions: dict[str, tuple[str, ...]]
    actors: tuple[_ByActor, ...]
    records: tuple[_ByRecord, ...]
    actor_kinds: dict[str, str]
    local_grounds: dict[str, str]
    """Grounds that name a law or an order of a place, in words."""


@cache
def _mapping() -> _Mapping:
    path = shipped_path("law", "records.yaml")
    found = read_file(path, _Mapping)
    known = load_law().services_by_id
    groups: list[tuple[str, ...]] = [*found.sectors.values(), *found.actions.values()]
    groups += [one.services for one in found.actors]
    groups += [one.services for one in found.records]
    for id_ in (one for group in groups for one in group):
        if id_ not in known:
            raise DamagedDataError(f"no such service: {id_}", source=str(path), field="services")
    for sector in Sector:
        if sector.value not in found.sectors:
            raise DamagedDataError(f"no service for {sector}", source=str(path), field="sectors")
    return found


def assess(
    record: CutRecord, day: date, actors: Mapping[str, Actor], law: Law | None = None
) -> Assessment:
    """Say what the law of a day said of the act that a record tells of."""
    law = law or load_law()
    return assess_question(law, question_of(record, actors, law), day)


def question_of(
    record: CutRecord, actors: Mapping[str, Actor], law: Law | None = None
) -> LegalQuestion:
    """Ask the law about a record: who decided it, where, for whom, of which service.

    Several deciders of one kind are asked as one that is bound by the laws of each.
    """
    law = law or load_law()
    deciders = [actors[party.actor] for party in record.parties.decider if party.actor in actors]
    kinds = {_mapping().actor_kinds[one.kind.value] for one in deciders}
    kind = ActorKind(kinds.pop()) if len(kinds) == 1 else ActorKind.UNKNOWN
    codes = tuple(dict.fromkeys(code for one in deciders for code in one.jurisdictions))
    unread = []
    if not codes and kind in {ActorKind.COMPANY, ActorKind.OPERATOR, ActorKind.STATE}:
        unread.append("jurisdiction of the decider: no source tells")
    scope = record.scope
    return LegalQuestion(
        actor_kind=kind,
        actor_jurisdictions=codes,
        actor_id=_holder(law, record),
        places=tuple(record.population.places),
        people=_people(law, record),
        services=tuple(_services(record)),
        contracts=scope.accounts[0] if scope is not None and len(scope.accounts) == 1 else "",
        amount=read_population(law, scope.text).amount if scope is not None else "",
        claimed_law=_claimed_law(law, record, codes),
        unread=tuple(unread),
    )


def law_kind_of(actor: Actor) -> ActorKind:
    """Say as what the law takes an actor."""
    return ActorKind(_mapping().actor_kinds[actor.kind.value])


def services_for(sector: str, *, action: str = "", actor: str = "") -> tuple[str, ...]:
    """Give the services that the law speaks of for a sector; an action or an actor says more."""
    return _services_by_table(sector, action, (actor,))


def _services_by_table(sector: str, action: str, actors: Collection[str]) -> tuple[str, ...]:
    mapping = _mapping()
    by_action = mapping.actions.get(action)
    if by_action is not None:
        return by_action
    for by_actor in mapping.actors:
        if by_actor.actor in actors and sector in by_actor.sectors:
            return by_actor.services
    return mapping.sectors[sector]


def _claimed_law(law: Law, record: CutRecord, codes: tuple[str, ...]) -> str:
    """Name the law or the order that is claimed as the ground, where it may not be held."""
    grounds = [one.category.value for one in record.grounds]
    local = _mapping().local_grounds
    for category in grounds:
        if category in local:
            return local[category]
    if "sanctions_law" in grounds and not law.jurisdictions(codes, date.max) & law.held_codes:
        return "sanctions law"
    return ""


def _holder(law: Law, record: CutRecord) -> str | None:
    holders = {one.id for one in law.holders}
    return next((one.actor for one in record.parties.decider if one.actor in holders), None)


def _services(record: CutRecord) -> Iterator[AskedService]:
    own = next((one for one in _mapping().records if one.record == record.id), None)
    plans = record.scope.plans if record.scope is not None else ()
    costs = (own.cost,) if own is not None and own.cost else tuple(plans) or ("",)
    for id_ in _service_ids(record):
        for cost in costs:
            # A cut of paid plans left the free and public ones alone, and the other way round.
            if (id_, cost) in {("code_hosting_public", "paid"), ("code_hosting_private", "free")}:
                continue
            yield AskedService(id=id_, cost=cost, delivery=own.delivery if own is not None else "")


def _service_ids(record: CutRecord) -> tuple[str, ...]:
    mapping, sector = _mapping(), record.sector.value.value
    for by_record in mapping.records:
        if by_record.record == record.id:
            return by_record.services
    deciders = {party.actor for party in record.parties.decider}
    return _services_by_table(sector, record.action.value.value, deciders)


def _people(law: Law, record: CutRecord) -> People:
    users = set(record.scope.users) if record.scope is not None else set()
    text = " ".join(
        (
            record.id.replace("-", " "),
            *record.population.organisations,
            *(one.domain for one in record.domains),
            record.scope.text if record.scope is not None else "",
        )
    )
    told = record.scope.text if record.scope is not None else ""
    deciders = " ".join(party.actor.replace("-", " ") for party in record.parties.decider)
    own = set(names_in(law, deciders))
    public = _STATE_BODIES in users
    person = ""
    if users and users <= _PERSONS:
        person = "natural"
    elif users == {_ORGANISATIONS}:
        person = "legal"
    return People(
        blocked=_blocked(record, users),
        government=_state_bodies(public, only=users == {_STATE_BODIES}),
        person=person,
        resides_in=read_population(law, told).people.resides_in if told else "",
        named=tuple(dict.fromkeys(one for one in names_in(law, text) if one not in own)),
    )


def _blocked(record: CutRecord, users: set[str]) -> Told:
    reviewed = next((one for one in _mapping().records if one.record == record.id), None)
    if reviewed is not None and reviewed.blocked is not None:
        return reviewed.blocked
    if _LISTED not in users:
        return Told.NOT_TOLD
    return Told.ONLY if users == {_LISTED} else Told.INCLUDED


def _state_bodies(told: bool, *, only: bool) -> Told:
    if only:
        return Told.ONLY
    return Told.INCLUDED if told else Told.NOT_TOLD


def life_of(record: CutRecord, until: date) -> tuple[date, date] | None:
    """Give the first and the last day of what a record tells, as far as its dates are known.

    It begins when it took effect, or was first seen, or was announced; without an end it lasts
    to ``until``.
    """
    dates = record.dates
    groups = (dates.effective, dates.first_observed, dates.announced, dates.disclosed)
    begun = next((group[0].on for group in groups if group), None)
    if begun is None:
        return None
    start = parse_edtf(begun).earliest
    if start is None:
        return None
    end = parse_edtf(dates.ended[0].on).latest if dates.ended else None
    return start, max(start, min(end or until, until))
