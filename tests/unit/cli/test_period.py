"""Weeks of an answer: asked for, or the last quarter."""

from datetime import date

import pytest

from whocut.access.period import DEFAULT_WEEKS, Question, period_of
from whocut.cli.period import asked_week, period_words
from whocut.model.errors import UsageError

FIRST, LAST = date(2022, 1, 3), date(2024, 3, 4)


def test_a_week_by_number_or_day():
    assert asked_week(None, None, None) is None
    monday, sunday = date(2024, 1, 29), date(2024, 2, 4)
    for text in ("2024-W05", "2024-01-29", "2024-02-04"):
        assert asked_week(text, None, None) == (monday, sunday)
    for text in ("2024-W60", "5", ""):
        with pytest.raises(UsageError):
            asked_week(text, None, None)
    with pytest.raises(UsageError):
        asked_week("2024-W05", monday, None)


def test_the_last_quarter_measured_unless_days_are_asked_for():
    period = period_of(Question("RU"), FIRST, LAST)
    assert (period.weeks, period.since, period.until) == (
        DEFAULT_WEEKS,
        date(2023, 12, 11),
        date(2024, 3, 10),
    )
    assert "--since opens more" in period_words(period)
    young = period_of(Question("RU"), date(2024, 2, 5), LAST)
    assert (young.weeks, young.is_all) == (5, True)
    assert "--since" not in period_words(young)


def test_days_asked_for_are_whole_weeks_within_what_was_measured():
    asked = Question("RU", None, date(2023, 6, 7), date(2023, 6, 20))
    period = period_of(asked, FIRST, LAST)
    assert (period.since, period.until) == (date(2023, 6, 5), date(2023, 6, 25))
    open_end = period_of(Question("RU", None, date(2023, 6, 7)), FIRST, LAST)
    assert open_end.until == date(2024, 3, 10)
    early = period_of(Question("RU", None, None, date(2022, 2, 1)), FIRST, LAST)
    assert (early.since, early.until) == (FIRST, date(2022, 2, 6))
