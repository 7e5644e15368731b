"""Read a case as people write it, by the vocabulary alone: the unknown is named, not guessed."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import folded
from whocut.ledger.law.place_words import places_in
from whocut.ledger.law.places import country_named, is_place
from whocut.ledger.law.population_words import read_population
from whocut.ledger.law.question import (
    ActorKind,
    LegalQuestion,
    People,
    Told,
)
from whocut.ledger.law.service_words import ReadServices, read_services
from whocut.model.errors import InputError

__all__ = ["Case", "names_in", "read_case"]

_WANTED: Final = ("actor_kind", "actor_jurisdiction", "population", "service_category", "day")
_NEGATIONS: Final = frozenset(
    {
        "not",
        "no",
        "non",
        "without",
        "except",
        "excluding",
        "excl",
        "unless",
        "neither",
        "nor",
        "but",
    }
)
_OTHERS: Final = frozenset(
    {"rival", "rivals", "competitor", "competitors", "unlike", "other", "not"}
)
_ENDS: Final = frozenset(
    {"ends", "end", "terminates", "cancels", "revokes", "withdraws", "closes", "disconnects"}
)
_CITED: Final = re.compile(
    r"\b(?P<whose>(?:the\s+)?[A-Z][\w.]*)\s+(?:\w+\s+)?(?:law|laws|sanctions|package|packages|rules|"
    r"regulations?|listings?|lists?|demand|demands|request|order|orders|ban|act|decree|register|"
    r"regulator|sanction)\b"
)
_ORDERED: Final = re.compile(
    r"\b(?:on|after|under|following|by|upon|obeying|citing|at)\s+(?:an?\s+|the\s+)?"
    r"(?:[\w'-]+\s+){0,4}?(?:order|orders|demand|demands|decree|injunction|request|instruction|ruling)\b",
    re.IGNORECASE,
)
_SELLS: Final = frozenset({"sales", "sells", "selling", "sale"})


class Case(Struct, frozen=True, kw_only=True):
    """A dated case, what it asks, and what its author expects."""

    title: str
    question: LegalQuestion
    day: date
    expected: str | None = None
    provisions: tuple[str, ...] = ()


def read_case(law: Law, mapping: Mapping[str, Any], source: str) -> Case:
    """Read one case.

    Raises: InputError naming the field, for what is absent or no day.
    """
    for field in _WANTED:
        if not _text(mapping, field):
            raise InputError("a case needs this field", source=source, field=field)
    day = _day(_text(mapping, "day"), source)
    title = _text(mapping, "case")
    unread: list[str] = []
    kind = _kind(law, _text(mapping, "actor_kind"), unread)
    codes = _jurisdictions(law, _text(mapping, "actor_jurisdiction"), unread)
    population = read_population(law, _text(mapping, "population"))
    services = read_services(law, _text(mapping, "service_category"))
    places = population.places
    if not places and not population.unread:
        # Words that name no place at all ("private users") leave it to the title.
        places = tuple(one for one in places_in(law, title) if one not in codes)
    if not places:
        unread.append(f"population {_text(mapping, 'population')!r}")
    if not services.services:
        unread.append(f"service_category {_text(mapping, 'service_category')!r}")
    for field, words in (
        ("population", population.unread),
        ("service_category", services.unread),
    ):
        if _NEGATIONS & {word.casefold() for word in words}:
            unread.append(f"{field} {_text(mapping, field)!r}: what is it not?")
    names = [*population.people.named, *services.named, *names_in(law, title)]
    question = LegalQuestion(
        actor_kind=kind,
        actor_jurisdictions=codes,
        actor_id=_holder(law, _text(mapping, "actor") or title),
        places=places,
        whole=population.whole,
        people=_with(population.people, services, tuple(dict.fromkeys(names))),
        services=services.services,
        contracts=services.contracts or population.contracts or _contracts(title),
        amount=services.amount or population.amount,
        payment=services.payment or population.payment,
        cited=cited_in(law, title, codes),
        claimed_law=order_in(title),
        unread=tuple(unread),
        unread_words=(*population.unread, *services.unread),
    )
    expected = _text(mapping, "expected") or None
    provisions = mapping.get("provisions") or ()
    return Case(
        title=title or "(without a title)",
        question=question,
        day=day,
        expected=expected,
        provisions=tuple(str(one) for one in provisions),
    )


def _text(mapping: Mapping[str, Any], field: str) -> str:
    value = mapping.get(field)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value).strip()


def _day(text: str, source: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        reason = f"not a day (wanted YYYY-MM-DD): {text!r}"
        raise InputError(reason, source=source, field="day") from error


def _kind(law: Law, text: str, unread: list[str]) -> ActorKind:
    words = folded(text)
    for one in law.actor_kinds:
        if words in {folded(known) for known in one.words}:
            return ActorKind(one.kind)
    unread.append(f"actor_kind {text!r}")
    return ActorKind.UNKNOWN


def _jurisdictions(law: Law, text: str, unread: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    words = {folded(word): one.code for one in law.place_words for word in one.words}
    for part in re.split(r"[,;/+&]|\band\b", text):
        name = part.strip()
        if not name:
            continue
        code = words.get(folded(name)) or country_named(name)
        if code is None and is_place(name):
            code = name
        if code is None:
            unread.append(f"actor_jurisdiction {name!r}")
        else:
            found.append(code)
    if not found and not unread:
        unread.append(f"actor_jurisdiction {text!r}")
    return tuple(dict.fromkeys(found))


def _holder(law: Law, text: str) -> str | None:
    """Say which holder of a licence acts: named, and not as somebody's rival."""
    words = folded(text).split()
    if _OTHERS & set(words) or re.search(r"\w's\b", text):
        return None
    for one in law.holders:
        if set(one.words) & set(words):
            return one.id
    return None


def names_in(law: Law, text: str) -> list[str]:
    """Find the named persons and outlets of a text."""
    return [hit.value for hit in law.name_book.read(text).hits]


def cited_in(law: Law, title: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Find whose law a title names as the ground: the EU package, a Russian demand."""
    found: list[str] = []
    for match in _CITED.finditer(title):
        found += places_in(law, match["whose"])
    return tuple(dict.fromkeys(code for code in found if code not in own))


def order_in(title: str) -> str:
    """Say what order of a state a title gives as the ground, if any."""
    found = _ORDERED.search(title)
    return "" if found is None else f"an order or a demand of a state ({found[0].strip()!r})"


def _contracts(title: str) -> str:
    words = set(folded(title).split())
    if words & _SELLS and "new" in words:
        return "new"
    return "existing" if words & _ENDS else ""


def _with(people: People, services: ReadServices, names: tuple[str, ...]) -> People:
    """Add names, and what the words of the service told where those of the population did not."""
    told = services.people
    return People(
        blocked=_or(people.blocked, told.get("blocked")),
        government=_or(people.government, told.get("government")),
        person=people.person or told.get("person", ""),
        owned_by=people.owned_by or told.get("owned_by", ""),
        resides_in=people.resides_in,
        nationals_of=people.nationals_of,
        origins=people.origins,
        listed_by=people.listed_by or services.listed_by,
        named=names,
    )


def _or(first: Told, second: str | None) -> Told:
    return Told(second) if first is Told.NOT_TOLD and second is not None else first
