"""Read who is cut off from the words of a case: places, persons, where they live, sums."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import folded
from whocut.ledger.law.place_words import countries_in
from whocut.ledger.law.places import EVERYBODY, is_place
from whocut.ledger.law.population_marks import Marks, marks_of
from whocut.ledger.law.question import People, Told

__all__ = ["ReadPopulation", "read_population", "unknown_words"]

_PART: Final = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b")
_OF_OUTLET: Final = re.compile(
    r"\b(?:content|channels?|sites?|apps?|pages?|programmes?|traffic)\s+(?:of|from|by)\s+"
    r"(?P<what>[^,;()]+)",
    re.IGNORECASE,
)
"""What is cut, and not who is cut off."""


class ReadPopulation(Struct, frozen=True, kw_only=True):
    """A population as read."""

    places: tuple[str, ...]
    whole: tuple[str, ...] = ()
    people: People
    contracts: str
    amount: str
    payment: str = ""
    unread: tuple[str, ...]


class _Found:
    """What the words of a population gave, before it is put together."""

    def __init__(self, law: Law, text: str) -> None:
        self.law = law
        self.places = [code for code in _PART.findall(text) if is_place(code)]
        self.whole = [code for code in self.places if code in law.in_part]
        self.part: list[str] = []
        self.names: list[str] = []
        rest = _PART.sub(lambda found: " " if is_place(found[0]) else found[0], text)
        rest, outlet = _without_outlets(rest)
        self.marks = marks_of(law, rest)
        self.told = dict(self.marks.told)
        self.left = self._read(self.marks.left)
        hits = law.population_book.read(outlet).hits
        self.names += [hit.value[1] for hit in hits if hit.value[0] == "named"]

    def _read(self, text: str) -> list[tuple[int, str]]:
        reading = self.law.population_book.read(text)
        for hit in reading.hits:
            sets, value = hit.value
            if sets == "place":
                self.places.append(value)
                if self.law.whole_phrases.get(hit.words) == value:
                    self.whole.append(value)
                else:
                    # "UA-14 (so-called DNR)": the words say which part is meant.
                    self.part.append(value)
            elif sets == "named":
                self.names.append(value)
            elif sets != "nothing":
                self.told.setdefault(sets, value)
        left = list(reading.left)
        self.places += countries_in(left)
        return left


def read_population(law: Law, text: str) -> ReadPopulation:
    """Read who is cut off from free text."""
    found = _Found(law, text)
    marks, told = found.marks, found.told
    places = _settled(law, marks, told, found.places, found.names)
    nationals_of: tuple[str, ...] = ()
    if marks.lives_in:
        nationals_of = tuple(dict.fromkeys(one for one in places if one not in marks.lives_in))
        places = list(marks.lives_in) if places else []
    countries = {one.partition("-")[0] for one in places if "-" in one}
    return ReadPopulation(
        places=tuple(dict.fromkeys(one for one in places if one not in countries)),
        whole=tuple(dict.fromkeys(one for one in found.whole if one not in found.part)),
        people=People(
            blocked=Told(told.get("blocked", Told.NOT_TOLD)),
            government=Told(told.get("government", Told.NOT_TOLD)),
            person=told.get("person", ""),
            owned_by=told.get("owned_by", ""),
            resides_in=told.get("resides_in", ""),
            nationals_of=nationals_of,
            origins=marks.origins,
            listed_by=marks.listed_by,
            named=tuple(dict.fromkeys(found.names)),
        ),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        payment=told.get("payment", ""),
        unread=tuple(unknown_words(found.left, law.population_plain_words)),
    )


def _settled(
    law: Law, marks: Marks, told: dict[str, str], places: list[str], names: list[str]
) -> list[str]:
    """Say where people are whose place no word gives."""
    if places:
        return places
    if told.get("resides_in") == "EEA":
        del told["resides_in"]
        return ["EU"]
    if told.get("resides_in") == "not EEA":
        del told["resides_in"]
        return [EVERYBODY]
    homes = [law.named_by_id[name].place for name in names]
    known = [home for home in homes if home]
    if known:
        return known
    return [EVERYBODY] if marks.origins or marks.elsewhere else []


def _without_outlets(text: str) -> tuple[str, str]:
    """Part the outlet whose content is cut from the people who are cut off from it."""
    found = _OF_OUTLET.search(text)
    if found is None or not text[: found.start()].strip(" ,;"):
        return text, ""
    return f"{text[: found.start()]} {text[found.end() :]}", found["what"]


def unknown_words(left: Iterable[tuple[int, str]], plain: frozenset[str]) -> Iterator[str]:
    """Give the words that are left and say something; numbers alone do not."""
    for _, word in left:
        if word.casefold() not in plain and not word.isdigit() and len(folded(word)) > 1:
            yield word
