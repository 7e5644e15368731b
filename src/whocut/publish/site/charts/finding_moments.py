"""Moments of a finding on one axis of time: each told or seen, in a row of its own."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from whocut.publish.site.charts.bars import WIDTH, Tick

__all__ = ["FindingChart", "MomentMark", "ShownMoment", "finding_chart"]

_SIDE: Final = 6
_ROW: Final = 26
_MARK_HEIGHT: Final = 9
_AXIS_HEIGHT: Final = 16
_LEAST_WIDTH: Final = 5.0
_MOST_TICKS: Final = 5
_LETTER: Final = 4.8
"""Units that a letter needs, about."""
_ONE_DAY: Final = timedelta(days=1)


class ShownMoment(Struct, frozen=True):
    """One moment before it is drawn: its first and last day, and what it is called."""

    first: date | None
    last: date | None
    label: str
    is_seen: bool


class MomentMark(Struct, frozen=True):
    """One mark with its label."""

    x: float
    y: float
    width: float
    height: float
    label: str
    label_x: float
    label_y: float
    anchor: str
    look: str


class FindingChart(Struct, frozen=True):
    """Everything that the template draws."""

    title: str
    width: int
    height: float
    marks: tuple[MomentMark, ...]
    ticks: tuple[Tick, ...]
    axis_y: float


def finding_chart(
    title: str, moments: Sequence[ShownMoment], ticks: Sequence[tuple[date, str]]
) -> FindingChart:
    """Lay moments over one axis; an end that is open reaches to the edge."""
    known = [day for one in moments for day in (one.first, one.last) if day is not None]
    known += [day for day, _ in ticks]
    low, high = min(known), max(known)
    span = max((high - low) / _ONE_DAY, 1.0)

    def place(day: date) -> float:
        return _SIDE + (day - low) / _ONE_DAY / span * (WIDTH - 2 * _SIDE)

    marks = []
    for row, one in enumerate(moments):
        left, right = place(one.first or low), place(one.last or high)
        width = max(right - left, _LEAST_WIDTH)
        left = min(left, WIDTH - _SIDE - width)
        anchor, label_x = _label_place(left, left + width, one.label)
        y = row * _ROW + 14
        marks.append(
            MomentMark(
                x=round(left, 1),
                y=y,
                width=round(width, 1),
                height=_MARK_HEIGHT,
                label=one.label,
                label_x=round(label_x, 1),
                label_y=y - 3,
                anchor=anchor,
                look="look-2" if one.is_seen else "look-7",
            )
        )
    height = len(moments) * _ROW + _AXIS_HEIGHT + 4
    shown = tuple(
        Tick(round(place(day), 1), label, _anchor(place(day))) for day, label in ticks[:_MOST_TICKS]
    )
    return FindingChart(title, WIDTH, height, tuple(marks), shown, height - 4)


def _label_place(left: float, right: float, label: str) -> tuple[str, float]:
    """Put a label beside its mark, and within the drawing."""
    room = len(label) * _LETTER
    if left > WIDTH / 2:
        return ("end", right) if right - room > _SIDE else ("start", float(_SIDE))
    return ("start", left) if left + room < WIDTH - _SIDE else ("end", float(WIDTH - _SIDE))


def _anchor(x: float) -> str:
    if x < WIDTH / 6:
        return "start"
    return "end" if x > WIDTH * 5 / 6 else "middle"
