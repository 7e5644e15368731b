"""Read a case as people write it, by the vocabulary alone: the unknown is named, not guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import Hit, folded, read_phrases
from whocut.ledger.law.places import country_named, is_place
from whocut.ledger.law.question import (
    ActorKind,
    AskedService,
    LegalQuestion,
    People,
    Told,
)
from whocut.model.errors import InputError

__all__ = ["Case", "names_in", "read_case", "read_population", "read_services"]

_PEOPLE: Final = ("blocked", "government", "person")
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
_AMOUNT: Final = re.compile(
    r"\b(?P<sign>over|above|more than|at least|under|below|less than|up to|at most)?\s*"
    r"(?:(?:EUR|€)\s*(?P<after>\d[\d., ]*\d|\d)"
    r"|(?P<before>\d[\d., ]*\d|\d)\s*(?:EUR\b|euros?\b|€))",
    re.IGNORECASE,
)
_THRESHOLD_EUR: Final = 10_000
_OVER: Final = frozenset({"over", "above", "more than"})
_UNDER: Final = frozenset({"under", "below", "less than", "up to", "at most"})
_RESIDENT: Final = re.compile(
    r"\b(?:resident|residents|residing|living|residence|residence permit)\s+(?:in|of)\s+"
    r"(?:the\s+)?(?P<where>[\w ]+?)\s*(?=[,;()]|$)",
    re.IGNORECASE,
)
_NATIONALS: Final = re.compile(r"\b(?:national|nationals|citizen|citizens)\b", re.IGNORECASE)
_EEA_BESIDE_THE_UNION: Final = frozenset({"NO", "IS", "LI", "CH"})
_PART: Final = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b")
_OTHERS: Final = frozenset(
    {"rival", "rivals", "competitor", "competitors", "unlike", "other", "not"}
)
_ENDS: Final = frozenset(
    {"ends", "end", "terminates", "cancels", "revokes", "withdraws", "closes", "disconnects"}
)
_SELLS: Final = frozenset({"sales", "sells", "selling", "sale"})
_SHORTEST_NAME: Final = 4
_LONGEST_NAME: Final = 5


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
    if not population.places:
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
        places=population.places,
        people=_with(population.people, services.people, tuple(dict.fromkeys(names))),
        services=services.services,
        contracts=services.contracts or population.contracts or _contracts(title),
        amount=services.amount or population.amount,
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
    phrases = ((folded(word), one.id) for one in law.named for word in one.words)
    return [hit.value for hit in read_phrases(text, phrases).hits]


def _contracts(title: str) -> str:
    words = set(folded(title).split())
    if words & _SELLS and "new" in words:
        return "new"
    return "existing" if words & _ENDS else ""


def _with(people: People, told: Mapping[str, str], names: tuple[str, ...]) -> People:
    """Add names, and what the words of the service told where those of the population did not."""
    return People(
        blocked=_or(people.blocked, told.get("blocked")),
        government=_or(people.government, told.get("government")),
        person=people.person or told.get("person", ""),
        owned_by=people.owned_by,
        resides_in=people.resides_in,
        named=names,
    )


def _or(first: Told, second: str | None) -> Told:
    return Told(second) if first is Told.NOT_TOLD and second is not None else first


class ReadPopulation(Struct, frozen=True, kw_only=True):
    """A population as read."""

    places: tuple[str, ...]
    people: People
    contracts: str
    amount: str
    unread: tuple[str, ...]


def read_population(law: Law, text: str) -> ReadPopulation:
    """Read who is cut off from free text."""
    places = [code for code in _PART.findall(text) if is_place(code)]
    rest = _PART.sub(lambda found: " " if is_place(found[0]) else found[0], text)
    told: dict[str, str] = {}
    rest = _without_amount(rest, told)
    rest = _without_residence(law, rest, told)
    reading = read_phrases(rest, _population_phrases(law))
    names: list[str] = []
    for hit in reading.hits:
        sets, value = hit.value
        if sets == "place":
            places.append(value)
        elif sets == "named":
            names.append(value)
        else:
            told.setdefault(sets, value)
    left = list(reading.left)
    places += _countries(left)
    if not places and told.get("resides_in") == "EEA":
        places.append("EU")
        del told["resides_in"]
    countries = {one.partition("-")[0] for one in places if "-" in one}
    plain = law.population_plain_words
    return ReadPopulation(
        places=tuple(dict.fromkeys(one for one in places if one not in countries)),
        people=People(
            blocked=Told(told.get("blocked", Told.NOT_TOLD)),
            government=Told(told.get("government", Told.NOT_TOLD)),
            person=told.get("person", ""),
            owned_by=told.get("owned_by", ""),
            resides_in=told.get("resides_in", ""),
            named=tuple(dict.fromkeys(names)),
        ),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        unread=tuple(_unknown(left, plain)),
    )


def _unknown(left: Iterable[tuple[int, str]], plain: frozenset[str]) -> Iterator[str]:
    for _, word in left:
        if word.casefold() not in plain and not word.isdigit():
            yield word


def _without_amount(text: str, told: dict[str, str]) -> str:
    """Take a sum in euros out of a text, and say on which side of the threshold it lies."""
    found = _AMOUNT.search(text)
    if found is None:
        return text
    digits = re.sub(r"\D", "", found["after"] or found["before"])
    sign = (found["sign"] or "").casefold()
    value = int(digits)
    is_more = value > _THRESHOLD_EUR and sign not in _UNDER
    if is_more or (value == _THRESHOLD_EUR and sign in _OVER):
        told["amount"] = "over_10000_eur"
    elif value <= _THRESHOLD_EUR and sign not in {*_OVER, "at least"}:
        told["amount"] = "up_to_10000_eur"
    return f"{text[: found.start()]} {text[found.end() :]}"


def _without_residence(law: Law, text: str, told: dict[str, str]) -> str:
    """Take the residence of nationals of elsewhere out of a text."""
    found = _RESIDENT.search(text)
    if found is None or not _NATIONALS.search(text[: found.start()]):
        return text
    words = {folded(word): one.code for one in law.place_words for word in one.words}
    where = folded(found["where"])
    code = words.get(where) or country_named(where)
    if code is None:
        return text
    union = next(one for one in law.unions if one.union == "EU")
    inside = code == "EU" or code in union.members or code in _EEA_BESIDE_THE_UNION
    told["resides_in"] = "EEA" if inside else "not EEA"
    return f"{text[: found.start()]} {text[found.end() :]}"


def _population_phrases(law: Law) -> Iterator[tuple[str, tuple[str, str]]]:
    for phrase in law.phrases:
        yield from ((folded(word), (phrase.sets, phrase.value)) for word in phrase.words)
    for place in law.place_words:
        yield from ((folded(word), ("place", place.code)) for word in place.words)
    for named in law.named:
        yield from ((folded(word), ("named", named.id)) for word in named.words)


def _countries(left: list[tuple[int, str]]) -> list[str]:
    """Take country codes in capitals and country names out of the words that are left."""
    found: list[str] = []
    for at, word in list(left):
        if len(word) == 2 and word.isupper() and is_place(word):
            found.append(word)
            left.remove((at, word))
    for length in range(_LONGEST_NAME, 0, -1):
        for start in range(len(left) - length + 1):
            group = left[start : start + length]
            if len(group) < length or group[-1][0] - group[0][0] != length - 1:
                continue
            name = " ".join(word for _, word in group)
            code = country_named(name) if len(name) >= _SHORTEST_NAME else None
            if code is not None:
                found.append(code)
                for one in group:
                    left.remove(one)
    return found


class ReadServices(Struct, frozen=True, kw_only=True):
    """Services as read."""

    services: tuple[AskedService, ...]
    named: tuple[str, ...]
    contracts: str
    amount: str
    people: dict[str, str]
    """What the words told of the people served."""
    unread: tuple[str, ...]


def read_services(law: Law, text: str) -> ReadServices:
    """Read what was cut from free text."""
    told: dict[str, str] = {}
    reading = read_phrases(_without_amount(text, told), _service_phrases(law))
    services = [hit for hit in reading.hits if hit.value[0] == "service"]
    traits = {folded(word): (one.trait, one.value) for one in law.traits for word in one.words}
    kept: list[Hit[tuple[str, str]]] = []
    for hit in services:
        # "ERP, cloud" is one service with its form; "cloud" alone is the service.
        is_form = hit.words in traits and any(
            other.words not in traits for other in services if other is not hit
        )
        if is_form:
            told.setdefault(*traits[hit.words])
        else:
            kept.append(hit)
    for hit in reading.hits:
        if hit.value[0] not in {"service", "named"}:
            told.setdefault(*hit.value)
    ids: list[str] = []
    for hit in kept:
        ids += law.services_by_id[hit.value[1]].stands_for or (hit.value[1],)
    asked = tuple(
        AskedService(
            id=id_,
            cost=told.get("cost", ""),
            use=told.get("use", ""),
            delivery=told.get("delivery", ""),
            supports=told.get("supports", ""),
        )
        for id_ in dict.fromkeys(ids)
    )
    plain = law.service_plain_words
    return ReadServices(
        services=asked,
        named=tuple(hit.value[1] for hit in reading.hits if hit.value[0] == "named"),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        people={name: value for name, value in told.items() if name in _PEOPLE},
        unread=tuple(_unknown(reading.left, plain)),
    )


def _service_phrases(law: Law) -> Iterator[tuple[str, tuple[str, str]]]:
    for service in law.services:
        yield from ((folded(word), ("service", service.id)) for word in service.words)
    for trait in law.traits:
        yield from ((folded(word), (trait.trait, trait.value)) for word in trait.words)
    for phrase in law.phrases:
        if phrase.sets in _PEOPLE:
            yield from ((folded(word), (phrase.sets, phrase.value)) for word in phrase.words)
    for named in law.named:
        yield from ((folded(word), ("named", named.id)) for word in named.words)
