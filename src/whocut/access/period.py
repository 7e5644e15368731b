"""Which weeks an answer speaks of: those asked for, else the last quarter of a year measured."""

from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from whocut.store.weeks import monday

__all__ = ["DEFAULT_WEEKS", "Period", "Question", "period_of"]

DEFAULT_WEEKS: Final = 13
"""Weeks of an answer where no days are asked for: a quarter. provisional"""
_SUNDAY: Final = timedelta(days=6)


class Question(Struct, frozen=True):
    """One question; ``None`` leaves a side open."""

    country: str
    domain: str | None = None
    since: date | None = None
    until: date | None = None


class Period(Struct, frozen=True):
    """Whole weeks, from a Monday to a Sunday."""

    since: date
    until: date
    is_asked: bool
    """Somebody asked for these days; else it is the last quarter that was measured."""
    is_all: bool
    """Nothing was measured before."""

    @property
    def weeks(self) -> int:
        """How many weeks these are."""
        return ((self.until - self.since).days + 1) // 7


def period_of(question: Question, first: date, last: date) -> Period:
    """Choose the weeks of an answer, given the first and the last Monday with rows."""
    is_asked = question.since is not None or question.until is not None
    until = monday(min(question.until or last, last))
    since = until - timedelta(weeks=DEFAULT_WEEKS - 1)
    if is_asked:
        since = monday(max(question.since or first, first))
    return Period(max(since, first), until + _SUNDAY, is_asked, since <= first)
