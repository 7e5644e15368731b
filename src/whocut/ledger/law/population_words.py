"""Read who is cut off from the words of a case: places, persons, where they live, sums."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import folded, read_phrases
from whocut.ledger.law.places import EVERYBODY, country_named, is_place
from whocut.ledger.law.question import People, Told

__all__ = ["ReadPopulation", "read_population", "unknown_words", "without_amount"]

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
_ORIGIN: Final = re.compile(
    r"\b(?:(?:with (?:an? )?)?(?:ip|billing|travel|login)[ -]history\s+(?:in|from|of|touching)"
    r"|(?:who (?:once |had |have )?)?(?:visited|travelled to|traveled to)|born in)"
    r"\s+[\w -]+?(?=[,;()]|$)|\b(?:of )?\w+ (?:origin|descent)\b",
    re.IGNORECASE,
)
"""What people are told by, and not where they are."""
_ABROAD: Final = re.compile(r"\b(?:abroad|diaspora|outside the country)\b", re.IGNORECASE)
_NATIONALS: Final = re.compile(r"\b(?:national|nationals|citizen|citizens)\b", re.IGNORECASE)
_EEA_BESIDE_THE_UNION: Final = frozenset({"NO", "IS", "LI", "CH"})
_PART: Final = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b")
_SHORTEST_NAME: Final = 4
_LONGEST_NAME: Final = 5


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
    rest = without_amount(rest, told)
    rest = _without_residence(law, _ORIGIN.sub(" ", rest), told)
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
    nationals_of: tuple[str, ...] = ()
    if "lives_in" in told:
        nationals_of = tuple(dict.fromkeys(one for one in places if one != told["lives_in"]))
        places = [told["lives_in"]] if places else []
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
            nationals_of=nationals_of,
            named=tuple(dict.fromkeys(names)),
        ),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        unread=tuple(unknown_words(left, plain)),
    )


def unknown_words(left: Iterable[tuple[int, str]], plain: frozenset[str]) -> Iterator[str]:
    """Give the words that are left and say something; numbers alone do not."""
    for _, word in left:
        if word.casefold() not in plain and not word.isdigit():
            yield word


def without_amount(text: str, told: dict[str, str]) -> str:
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
    if found is None:
        return _ABROAD.sub(" ", text) if _lives_abroad(law, text, told) else text
    if not _is_of_somewhere(law, text[: found.start()]):
        return text
    words = {folded(word): one.code for one in law.place_words for word in one.words}
    where = folded(found["where"])
    code = words.get(where) or country_named(where)
    if code is None:
        return text
    union = next(one for one in law.unions if one.union == "EU")
    inside = code == "EU" or code in union.members or code in _EEA_BESIDE_THE_UNION
    told["resides_in"] = "EEA" if inside else "not EEA"
    told["lives_in"] = code
    return f"{text[: found.start()]} {text[found.end() :]}"


def _lives_abroad(law: Law, text: str, told: dict[str, str]) -> bool:
    if not _ABROAD.search(text) or not _is_of_somewhere(law, text):
        return False
    told["lives_in"] = EVERYBODY
    return True


def _is_of_somewhere(law: Law, text: str) -> bool:
    """Say whether a text names nationals: by the word, or as in "Iranians"."""
    places = ((folded(word), one.code) for one in law.place_words for word in one.words)
    return bool(_NATIONALS.search(text) or read_phrases(text, places).hits)


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
