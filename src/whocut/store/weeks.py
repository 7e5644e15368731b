"""Weeks and quarters: derived tables are filed by the quarter in which a week's Monday lies."""

from datetime import date, timedelta
from typing import Final

__all__ = ["WEEKLY", "monday", "quarter"]

WEEKLY: Final = frozenset({"cell", "tally", "network_week", "timing_week", "slowdown"})
"""Tables of weeks, whose files hold a quarter each."""


def monday(day: date) -> date:
    """Give the Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def quarter(day: date) -> date:
    """Give the first day of the quarter in which a day lies."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
