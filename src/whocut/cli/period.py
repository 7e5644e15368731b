"""Weeks as they are asked for, and as they are told."""

from datetime import date, timedelta
from typing import Annotated, Final

from cyclopts import Parameter

from whocut.access.period import Period
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError
from whocut.store.weeks import monday

__all__ = ["WeekOption", "asked_week", "period_words"]

WeekOption = Annotated[
    str | None,
    Parameter(name="--week", help="One week: 2024-W05, or a day in it; short for its two ends."),
]
_SUNDAY: Final = timedelta(days=6)


def period_words(period: Period) -> str:
    """Say which weeks these are, and why these."""
    first, last = period.since, monday(period.until)
    if first == last:
        return f"the week of {first}"
    rule = ""
    if not period.is_asked:
        rest = "the last that were measured; --since opens more"
        rule = ", all that were measured" if period.is_all else f", {rest}"
    return f"{count_of(period.weeks, 'week')} from {first} to {period.until}{rule}"


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
