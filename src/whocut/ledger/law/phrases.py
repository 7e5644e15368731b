"""Find known phrases in free text, the longest first, and keep what could not be read."""

import re
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from msgspec import Struct

__all__ = ["Hit", "PhraseBook", "Reading", "folded", "read_phrases"]

_TOKEN: Final = re.compile(r"\w+")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b", re.IGNORECASE)
_APOSTROPHE: Final = re.compile(r"['\u2019]")
_T = TypeVar("_T")


class Hit(Struct, Generic[_T], frozen=True):
    """A phrase that was found."""

    at: int
    words: str
    value: _T


class Reading(Struct, Generic[_T], frozen=True):
    """What was found, in the order of the text, and the words that are left, as written."""

    hits: tuple[Hit[_T], ...]
    left: tuple[tuple[int, str], ...]


def _words(text: str) -> list[str]:
    """Part a text into words: "Meduza's" is about Meduza, "d'Ivoire" is one word."""
    return _TOKEN.findall(_APOSTROPHE.sub("", _POSSESSIVE.sub("", text)))


def folded(text: str) -> str:
    """Fold a text to words between single spaces, without case and punctuation."""
    return " ".join(_words(text.casefold()))


class PhraseBook(Generic[_T]):
    """Phrases by their number of words; of one phrase that stands twice the first counts."""

    def __init__(self, phrases: Iterable[tuple[str, _T]]) -> None:
        """Sort the phrases once, to read many texts by them."""
        self._known: dict[int, dict[tuple[str, ...], _T]] = {}
        for words, value in phrases:
            parts = tuple(words.split())
            self._known.setdefault(len(parts), {}).setdefault(parts, value)
        self._lengths = sorted(self._known, reverse=True)

    def read(self, text: str) -> Reading[_T]:
        """Take known phrases out of a text, longest first, each word once."""
        raw = _words(text)
        tokens = [one.casefold() for one in raw]
        free = [True] * len(tokens)
        hits: list[Hit[_T]] = []
        for length in self._lengths:
            known = self._known[length]
            for at in range(len(tokens) - length + 1):
                found = tuple(tokens[at : at + length])
                if found in known and all(free[at : at + length]):
                    free[at : at + length] = [False] * length
                    hits.append(Hit(at, " ".join(found), known[found]))
        left = tuple((at, one) for at, one in enumerate(raw) if free[at])
        return Reading(tuple(sorted(hits, key=lambda one: one.at)), left)


def read_phrases(text: str, phrases: Iterable[tuple[str, _T]]) -> Reading[_T]:
    """Take known phrases out of a text, longest first, each word once."""
    return PhraseBook(phrases).read(text)
