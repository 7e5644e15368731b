"""Stretches of days: what a text such as ``2024-05``, ``2024-W22`` or ``2024-05-01/..`` means."""

import re
from calendar import monthrange
from datetime import date
from typing import Final

from msgspec import Struct

__all__ = ["ALWAYS", "Stretch", "read_stretch"]

_WEEK: Final = re.compile(r"^(\d{4})-W(\d{2})$")
_YEAR: Final = re.compile(r"^\d{4}$")
_MONTH: Final = re.compile(r"^(\d{4})-(\d{2})$")
_DAY: Final = re.compile(
    r"^(\d{4}-\d{2}-\d{2})([T ]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
)


class Stretch(Struct, frozen=True, order=True):
    """Days from the first to the last; None is open, and two times None is not known."""

    first: date | None = None
    last: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether it says anything."""
        return self.first is not None or self.last is not None

    @property
    def days(self) -> int | None:
        """How many days; None where an end is open."""
        if self.first is None or self.last is None:
            return None
        return (self.last - self.first).days + 1

    def meets(self, other: "Stretch") -> bool:
        """Tell whether the two share a day; what is open meets whatever lies there."""
        return not (self.is_after(other) or other.is_after(self))

    def is_after(self, other: "Stretch") -> bool:
        """Tell whether it begins after the other has ended."""
        return self.first is not None and other.last is not None and self.first > other.last

    def shared_days(self, other: "Stretch") -> int:
        """Count the days that both have; open ends reach as far as the other."""
        first = max(self.first or date.min, other.first or date.min)
        last = min(self.last or date.max, other.last or date.max)
        return max(0, (last - first).days + 1)


ALWAYS: Final = Stretch()


_FIRST_YEAR: Final = 1969
_LAST_YEAR: Final = 2199


def _one(text: str) -> Stretch:
    found = _read(text)
    year = found.first.year if found.first is not None else _FIRST_YEAR
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"{text[:40]!r} is of no year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return found


def _read(text: str) -> Stretch:
    if found := _DAY.match(text):
        day = date.fromisoformat(found[1])
        return Stretch(day, day)
    if found := _WEEK.match(text):
        year, week = int(found[1]), int(found[2])
        return Stretch(date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7))
    if found := _MONTH.match(text):
        year, month = int(found[1]), int(found[2])
        return Stretch(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    if _YEAR.match(text):
        return Stretch(date(int(text), 1, 1), date(int(text), 12, 31))
    raise ValueError(f"{text[:40]!r} is no day, week, month or year")


def read_stretch(text: str) -> Stretch:
    """Read a day, a week, a month, a year, or a span of them with a slash; empty is not known.

    Raises: ValueError naming what cannot be read, or a span that ends before it begins.
    """
    text = text.strip()
    if not text:
        return ALWAYS
    begin, slash, end = text.partition("/")
    if not slash:
        return _one(text)
    first = None if begin.strip() in ("", "..") else _one(begin.strip()).first
    last = None if end.strip() in ("", "..") else _one(end.strip()).last
    if first is not None and last is not None and last < first:
        raise ValueError(f"{text[:40]!r} ends before it begins")
    return Stretch(first, last)
