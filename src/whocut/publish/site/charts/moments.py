"""The moments of one record on a line of time: a lane for each, every telling where it lies.

A day is a dot; what is told less exactly fills the days that it may mean. Nothing is drawn between
two tellings of one moment: they are never merged.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

__all__ = ["Lane", "LaneMark", "MomentChart", "Telling", "moment_chart"]

WIDTH: Final = 400
_SIDE: Final = 8
_LANE: Final = 30
_AXIS: Final = 20
_LEAST_DAYS: Final = 30
_TICK_ROOM: Final = 220
"""Units that the names of both ends need."""
_LEAST_WIDTH: Final = 3.0
_MARGIN: Final = 0.06
"""Of the days drawn, on either side."""


class Telling(Struct, frozen=True):
    """One telling of a moment before it is drawn."""

    first: date | None
    last: date | None
    is_preferred: bool


class LaneMark(Struct, frozen=True):
    """A telling as it is drawn: a dot at ``x``, or a bar of some width."""

    x: float
    width: float
    """Nought of a day."""
    look: str


class Lane(Struct, frozen=True):
    """One moment."""

    label: str
    label_y: float
    y: float
    marks: tuple[LaneMark, ...]


class MomentChart(Struct, frozen=True):
    """Everything that the template draws."""

    title: str
    width: int
    height: float
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str, str], ...]
    """Place, name and anchor."""
    axis_y: float


def moment_chart(
    title: str, moments: Sequence[tuple[str, Sequence[Telling]]], ends: tuple[str, str]
) -> MomentChart | None:
    """Lay the tellings of each moment over one line of time; None where none has a day.

    ``ends`` names the first and the last day that is told.
    """
    days = [
        day
        for _, tellings in moments
        for one in tellings
        for day in (one.first, one.last)
        if day is not None
    ]
    if not days:
        return None
    first, last = min(days), max(days)
    span = max((last - first).days, _LEAST_DAYS)
    margin = timedelta(days=max(int(span * _MARGIN), 1))
    scale = _Scale(first - margin, span + 2 * margin.days)
    lanes = []
    for number, (label, tellings) in enumerate(moments):
        y = number * _LANE + 20.0
        marks = tuple(scale.mark(one) for one in tellings if one.first or one.last)
        lanes.append(Lane(label, y - 8, y, marks))
    bottom = len(moments) * _LANE + 4.0
    names = [(scale.at(first), ends[0], "start"), (scale.at(last), ends[1], "end")]
    # Two names that would run into each other are one: the table has every day.
    ticks = tuple(names if names[1][0] - names[0][0] >= _TICK_ROOM else names[:1])
    return MomentChart(title, WIDTH, bottom + _AXIS, tuple(lanes), ticks, bottom)


class _Scale:
    def __init__(self, first: date, days: int) -> None:
        self._first, self._days = first, days

    def at(self, day: date) -> float:
        share = (day - self._first).days / self._days
        return round(_SIDE + min(max(share, 0.0), 1.0) * (WIDTH - 2 * _SIDE), 1)

    def mark(self, one: Telling) -> LaneMark:
        look = "c-1" if one.is_preferred else "c-6"
        if one.first == one.last and one.first is not None:
            return LaneMark(self.at(one.first), 0.0, look)
        start = float(_SIDE) if one.first is None else self.at(one.first)
        end = float(WIDTH - _SIDE) if one.last is None else self.at(one.last)
        return LaneMark(start, round(max(end - start, _LEAST_WIDTH), 1), look)
