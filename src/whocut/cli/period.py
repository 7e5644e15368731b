"""Which weeks an answer speaks of: those asked for, else the last quarter of a year measured."""

from datetime import date, timedelta
from typing import Annotated, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.cli.question import Question
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError
from whocut.store.weeks import monday

__all__ = ["DEFAULT_WEEKS", "Period", "WeekOption", "asked_week", "period_of"]

DEFAULT_WEEKS: Final = 13
"""Weeks of an answer where no days are asked for: a quarter. provisional"""
WeekOption = Annotated[
    str | None,
    Parameter(name="--week", help="One week: 2024-W05, or a day in it; short for its two ends."),
]
_SUNDAY: Final = timedelta(days=6)


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

    def words(self) -> str:
        """Say which weeks these are, and why these."""
        first, last = self.since, monday(self.until)
        if first == last:
            return f"the week of {first}"
        rule = ""
        if not self.is_asked:
            rest = "the last that were measured; --since opens more"
            rule = ", all that were measured" if self.is_all else f", {rest}"
        return f"{count_of(self.weeks, 'week')} from {first} to {self.until}{rule}"


def asked_week(
    text: str | None, since: date | None, until: date | None
) -> tuple[date, date] | None:
    """Read --week, as its Monday and its Sunday.

    Raises: UsageError if it is no week, or stands beside --since or --until.
    """
    if text is None:
        return None
    if since is not None or until is not None:
        raise UsageError("--week stands alone, without --since and --until")
    try:
        begin = monday(date.fromisoformat(text))
    except ValueError as error:
        raise UsageError(f"--week {text}: not a week, as in 2024-W05 or 2024-01-31") from error
    return begin, begin + _SUNDAY


def period_of(question: Question, first: date, last: date) -> Period:
    """Choose the weeks of an answer, given the first and the last Monday with rows."""
    is_asked = question.since is not None or question.until is not None
    until = monday(min(question.until or last, last))
    since = until - timedelta(weeks=DEFAULT_WEEKS - 1)
    if is_asked:
        since = monday(max(question.since or first, first))
    return Period(max(since, first), until + _SUNDAY, is_asked, since <= first)
