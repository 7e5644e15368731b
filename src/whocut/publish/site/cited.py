"""The sources behind the values of a record: numbers, and how well they witness each."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from whocut.ledger.grade import grade_of_sources, grade_of_value
from whocut.ledger.load import Ledger
from whocut.ledger.record import OWN, Source, Witnessed
from whocut.ledger.vocabulary import Grade
from whocut.publish.edition.ledger_tables import RecordWhole

__all__ = ["CitedSource", "CitedSources", "Mark"]


_KEY: Final = re.compile(r"\bs\d{1,2}\b")


class Mark(Struct, frozen=True):
    """By which sources a value is carried."""

    numbers: tuple[int, ...]
    is_among: bool
    """One of them carries it, and it was not noted which."""
    grade: Grade


class CitedSource(Struct, frozen=True):
    """A source with its number."""

    number: int
    source: Source
    is_own: bool
    alone: Grade
    """What it would make of a value that it alone carries."""


class CitedSources:
    """The sources of one record, numbered: its own, then those it shares; own knowledge last."""

    def __init__(self, whole: RecordWhole) -> None:
        self._record = whole.record
        self._ledger = Ledger({whole.record.id: whole.record}, whole.sources, {})
        keys = sorted(whole.sources, key=lambda key: key == OWN)
        self._numbers = {key: number for number, key in enumerate(keys, 1)}
        self.listed = tuple(
            CitedSource(
                self._numbers[key],
                whole.sources[key],
                key == OWN,
                grade_of_sources([whole.sources[key]]),
            )
            for key in keys
        )

    def mark(self, value: Witnessed) -> Mark:
        """Give the numbers of the sources of a value, and its grade."""
        each = self._known(value.from_)
        among = () if each else self._known(value.among)
        return Mark(
            each or among,
            is_among=len(among) > 1,
            grade=grade_of_value(self._ledger, self._record, value),
        )

    def spelt(self, words: str) -> str:
        """Write the keys of sources that somebody's words name as their numbers: s3 is [3]."""
        return _KEY.sub(
            lambda key: f"[{self._numbers[key[0]]}]" if key[0] in self._numbers else key[0], words
        )

    def _known(self, keys: Sequence[str]) -> tuple[int, ...]:
        return tuple(sorted(self._numbers[key] for key in keys if key in self._numbers))
