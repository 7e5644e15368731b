"""Which months a change is told from: those before it, those after, and what is amiss with them.

A link counts as lost for good if it was there in every month before and in none after. Seen
backwards in time the same rule finds links that were gained for good.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.changes.panel import Panel
from whocut.routes.changes.thresholds import Thresholds

__all__ = [
    "Window",
    "incomplete_months",
    "month_label",
    "months_apart",
    "watcher_notes",
    "window_between",
    "windows_of",
]


class Window(Struct, frozen=True):
    """Columns of a panel before and after a change."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    is_reversed: bool = False
    """Gains: time runs backwards, so ``before`` holds the later months."""

    def reverse(self) -> "Window":
        """Turn time about: what was lost is gained."""
        return Window(before=self.after, after=self.before, is_reversed=not self.is_reversed)

    @property
    def first_after(self) -> int:
        """The first month in which the change shows, in the order of time."""
        return min(self.before) if self.is_reversed else min(self.after)

    @property
    def last_before(self) -> int:
        """The last month without the change, in the order of time."""
        return max(self.after) if self.is_reversed else max(self.before)

    def past(self, panel: Panel) -> NDArray[np.int64]:
        """Give the columns beyond those after: a later return of what was lost.

        Of gains: the columns before the time without, and so an earlier life of the link.
        """
        edge = min(self.after) if self.is_reversed else max(self.after)
        columns = np.arange(len(panel.months))
        found: NDArray[np.int64] = columns[columns < edge if self.is_reversed else columns > edge]
        return found


def window_between(panel: Panel, start: date, end: date, thresholds: Thresholds) -> Window:
    """Compare what held up to one month with what held from another on.

    Months between the two are left out: they may straddle the change.
    Raises: UsageError if either month is not at hand, or they are not in order.
    """
    for each in (start, end):
        if each not in panel.months:
            raise UsageError(f"no relationships of {month_label(each)} at hand")
    if start >= end:
        raise UsageError(f"{month_label(start)} is not before {month_label(end)}")
    first, last = panel.months.index(start), panel.months.index(end)
    return Window(
        before=tuple(_near(panel, range(first, -1, -1), thresholds.months_before)),
        after=tuple(_near(panel, range(last, len(panel.months)), thresholds.months_after)),
    )


def windows_of(panel: Panel, months: Sequence[date], thresholds: Thresholds) -> list[Window]:
    """Give a window for each month that has a month before it; its own state is the first after."""
    wanted = set(months)
    return [
        window_between(panel, panel.months[place - 1], month, thresholds)
        for place, month in enumerate(panel.months)
        if place and month in wanted
    ]


def _near(panel: Panel, columns: Sequence[int], wanted: int) -> list[int]:
    """Take months while they follow one another closely: a far one says nothing of this one."""
    found: list[int] = []
    for column in columns:
        if len(found) == wanted:
            break
        if found and months_apart(panel.months[found[-1]], panel.months[column]) > 2:
            break
        found.append(column)
    return sorted(found)


def months_apart(first: date, second: date) -> int:
    """Count the months between two."""
    return abs((second.year - first.year) * 12 + second.month - first.month)


def month_label(day: date) -> str:
    """Write a month as people type it."""
    return f"{day:%Y-%m}"


def _in_time(window: Window) -> Window:
    return window.reverse() if window.is_reversed else window


def incomplete_months(panel: Panel, window: Window, thresholds: Thresholds) -> tuple[str, ...]:
    """Say where months are wanting, so that what is found may not be for good."""
    ordered = _in_time(window)
    doubts: list[str] = []
    if len(ordered.before) < thresholds.months_before:
        doubts.append("only one month before: a link that comes and goes looks lost")
    if len(ordered.after) < thresholds.months_after:
        doubts.append("only one month after: that the change stays is not shown")
    last, first = max(ordered.before), min(ordered.after)
    gap = months_apart(panel.months[last], panel.months[first])
    if gap > 1 and first == last + 1:
        doubts.append(
            f"no month at hand between {month_label(panel.months[last])} and "
            f"{month_label(panel.months[first])}: the change may lie anywhere there"
        )
    return tuple(doubts)


def watcher_notes(panel: Panel, window: Window) -> tuple[str, ...]:
    """Say which collectors came or went, and from which days' paths the months at the break are."""
    ordered = _in_time(window)
    last, first = max(ordered.before), min(ordered.after)
    notes: list[str] = []
    for column in (last, first):
        days = panel.observed[column]
        if days:
            notes.append(
                f"{month_label(panel.months[column])} is built from paths of {days[0]} to "
                f"{days[1]}: a change within those days lies on both sides"
            )
    for column in range(last, first):
        change = panel.collectors[column]
        pair = f"{month_label(panel.months[column])} and {month_label(panel.months[column + 1])}"
        if not change.is_known:
            notes.append(f"between {pair} it is not known which collectors watched")
        elif change.gone or change.come:
            told = [f"-{name}" for name in change.gone] + [f"+{name}" for name in change.come]
            notes.append(f"between {pair} collectors came or went: {', '.join(told)}")
    return tuple(notes)
