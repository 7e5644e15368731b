"""Read places from words: codes, names, what people and firms of a place are called, towns."""

import re
from typing import Final

from whocut.ledger.law.law import Law
from whocut.ledger.law.places import country_named, is_place

__all__ = ["all_places", "countries_in", "places_in"]

_PART: Final = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b")
_AND: Final = re.compile(r"\s*(?:,|/|&|\band\b|\bor\b)\s*")
_SHORTEST_NAME: Final = 4
_LONGEST_NAME: Final = 5


def places_in(law: Law, text: str) -> tuple[str, ...]:
    """Find the places of a text, each once."""
    codes = [code for code in _PART.findall(text) if is_place(code)]
    reading = law.place_book.read(_PART.sub(" ", text))
    left = list(reading.left)
    codes += [hit.value for hit in reading.hits]
    codes += countries_in(left)
    return tuple(dict.fromkeys(codes))


def all_places(law: Law, text: str) -> tuple[str, ...]:
    """Read a text that is nothing but places; empty if anything else stands in it."""
    found: list[str] = []
    for part in _AND.split(text):
        name = re.sub(r"^(?:the|elsewhere in|all of)\s+", "", part.strip(), flags=re.IGNORECASE)
        if not name:
            continue
        reading = law.place_book.read(name)
        code = None if reading.left or len(reading.hits) != 1 else reading.hits[0].value
        code = code or country_named(name) or (name if is_place(name) else None)
        if code is None:
            return ()
        found.append(code)
    return tuple(dict.fromkeys(found))


def countries_in(left: list[tuple[int, str]]) -> list[str]:
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
