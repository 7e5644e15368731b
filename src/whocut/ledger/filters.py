"""Choose records: by place, actor, sector, layer, ground, grade, time and words."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.grade import grade_of_record
from whocut.ledger.load import Ledger
from whocut.ledger.moments import InForce, in_force, moments_of, order_in_time, restored_by
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    Grade,
    GroundCategory,
    Kind,
    LedgerLayer,
    Sector,
)
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "Filters",
    "actor_family",
    "actor_name",
    "asked_window",
    "is_within",
    "matching",
    "near_names",
    "places_within",
    "words_of",
]


class Filters(Struct, frozen=True, kw_only=True):
    """What is asked for; ``None`` leaves a side open, and all sides that are given must hold."""

    country: str | None = None
    """A country, which finds its subdivisions too (UA finds UA-43); or one subdivision, EU, WORLD.
    A country does not find what names the EU or the world as a whole."""
    actor: str | None = None
    """An actor's id or one of its names; its parents and children are found with it."""
    sector: Sector | None = None
    layer: LedgerLayer | None = None
    action: Action | None = None
    kind: Kind | None = None
    ground: GroundCategory | None = None
    grade: Grade | None = None
    attribution: AttributionStatus | None = None
    since: str | None = None
    """EDTF: something of the record happened, or may have, then or later."""
    until: str | None = None
    """EDTF: something of the record happened, or may have, by then."""
    in_force: date | None = None
    """The cut held on that day, or may have."""
    text: str | None = None
    """Words that all stand in the record, in any case and order."""


def matching(ledger: Ledger, actors: Mapping[str, "Actor"], filters: Filters) -> list[CutRecord]:
    """Choose the records that meet every filter, in the order of time.

    Raises: UsageError for an actor that nobody is called by, and for dates that are none.
    """
    family = actor_family(actors, filters.actor) if filters.actor else None
    window = asked_window(filters.since, filters.until)
    restorations = restored_by(ledger.records) if filters.in_force else {}
    words = filters.text.casefold().split() if filters.text else []

    def meets(record: CutRecord) -> bool:
        return (
            _has_values(record, filters)
            and (filters.country is None or bool(places_within(record, filters.country)))
            and (family is None or not family.isdisjoint(_actors_of(record)))
            and (window is None or _happened_within(record, window))
            and (
                filters.in_force is None
                or in_force(record, filters.in_force, restorations.get(record.id)) is not InForce.NO
            )
            and (not words or _has_words(record, actors, words))
        )

    return sorted(filter(meets, ledger.records.values()), key=order_in_time)


def places_within(record: CutRecord, country: str) -> list[str]:
    """List those places of a record that are the country, or a part of it."""
    code = country.upper()
    return [
        place for place in record.population.places if place == code or place.startswith(f"{code}-")
    ]


def actor_family(actors: Mapping[str, "Actor"], asked: str) -> frozenset[str]:
    """Give the ids of the actor that is called so, of its parents and of its children.

    Raises: UsageError, with near names, where nobody is called so.
    """
    from whocut.ledger.actors import known_as

    known = known_as(actors, asked)
    if known is None and asked not in actors:
        names = {name for actor in actors.values() for name in (actor.id, *_names_of(actor))}
        raise UsageError(f"no actor is called {asked}{near_names(asked, names)}")
    called = {asked if known is None else known.id}
    family = set(called)
    for name in called:
        family.update(_above(actors, name))
    family |= {name for name in actors if not called.isdisjoint(_above(actors, name))}
    return frozenset(family)


def actor_name(actors: Mapping[str, "Actor"], name: str) -> str:
    """Give the name of an actor, in English where there is one; its id where it is not known."""
    if name == "sources":
        return "the sources"
    actor = actors.get(name)
    if actor is None or not actor.names:
        return name
    return next((one.name for one in actor.names if one.lang == "en"), actor.names[0].name)


def asked_window(since: str | None, until: str | None) -> tuple[date, date] | None:
    """Give the days from one date to another, each as wide as it is told; None for all of time.

    Raises: UsageError for a date that is none, and for an end before the start.
    """
    if since is None and until is None:
        return None
    first = _asked_date("--since", since).earliest if since else None
    last = _asked_date("--until", until).latest if until else None
    window = first or date.min, last or date.max
    if window[1] < window[0]:
        raise UsageError(f"--until {until} lies before --since {since}")
    return window


def is_within(when: Edtf, window: tuple[date, date]) -> bool:
    """Tell whether a date overlaps a window; a set of dates by any of them."""
    return any(
        (one.earliest or date.min) <= window[1] and (one.latest or date.max) >= window[0]
        for one in when.choices or (when,)
    )


def near_names(asked: str, names: Iterable[str]) -> str:
    """Word which of these names are near to one that is not among them; empty where none is."""
    known = {name.casefold(): name for name in names}
    wanted = asked.casefold()
    near = [name for name in sorted(known) if wanted in name][:5]
    near += [name for name in difflib.get_close_matches(wanted, known, 5) if name not in near]
    return f"; near: {', '.join(known[name] for name in near[:5])}" if near else ""


def words_of(record: CutRecord, actors: Mapping[str, "Actor"]) -> str:
    """Join all that a search for words looks through."""
    said = [record.id]
    said += [record.how.text] if record.how else []
    said += [record.scope.text] if record.scope else []
    said += [one.text for one in record.grounds]
    said += [one.text for one in (*record.notes, *record.collateral)]
    said += [one.text for one in record.conflicts]
    said += [one.text for one in record.replies]
    said += [one.claim for one in record.attribution.hypotheses]
    said += [*record.population.organisations, *record.population.excepted]
    said += [one.domain for one in record.domains]
    said += [f"AS{one.asn}" for one in record.networks]
    said += [f"{one.title} {one.publisher}" for one in record.sources.values()]
    for name in _actors_of(record):
        said += [name, *(_names_of(actors[name]) if name in actors else ())]
    return "\n".join(said).casefold()


def _has_words(record: CutRecord, actors: Mapping[str, "Actor"], words: list[str]) -> bool:
    text = words_of(record, actors)
    return all(word in text for word in words)


def _names_of(actor: "Actor") -> list[str]:
    return [*(one.name for one in actor.names), *actor.aliases]


def _above(actors: Mapping[str, "Actor"], name: str) -> list[str]:
    """List the parents of an actor, the nearest first."""
    found: list[str] = []
    actor = actors.get(name)
    while actor is not None and actor.parent is not None and actor.parent not in found:
        found.append(actor.parent)
        actor = actors.get(actor.parent)
    return found


def _actors_of(record: CutRecord) -> set[str]:
    """List who decided, carried out or stands behind it, and whom an account names."""
    parties = record.parties
    acting = (*parties.decider, *parties.executor, *parties.upstream)
    named = {one.actor for one in record.attribution.hypotheses}
    return {one.actor for one in acting} | named


def _has_values(record: CutRecord, filters: Filters) -> bool:
    pairs = (
        (filters.sector, record.sector.value),
        (filters.layer, record.layer.value),
        (filters.action, record.action.value),
        (filters.kind, record.kind),
        (filters.attribution, record.attribution.status),
    )
    if any(asked is not None and asked is not value for asked, value in pairs):
        return False
    if filters.ground is not None and all(
        one.category is not filters.ground for one in record.grounds
    ):
        return False
    return filters.grade is None or grade_of_record(record) is filters.grade


def _asked_date(option: str, text: str) -> Edtf:
    try:
        return parse_edtf(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}") from error


def _happened_within(record: CutRecord, window: tuple[date, date]) -> bool:
    return any(is_within(moment.when, window) for moment in moments_of(record))
