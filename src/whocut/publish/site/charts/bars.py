"""Rows of bars over one axis of time: what begins, ends or changes in each stretch of it.

Rows that count the same share a scale; one that gives probabilities has its own. The number stands
over the bar where there is room for it. A stretch without a value has no bar at all, so that
nothing measured never looks like nothing found.
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from msgspec import Struct

__all__ = ["Bar", "BarChart", "BarRow", "Series", "Tick", "bar_chart"]

WIDTH: Final = 400
"""Units of the drawing: it is as wide as the page, so that its letters can be read on a phone."""
_SIDE: Final = 4
_LABEL_HEIGHT: Final = 15
_BAR_HEIGHT: Final = 26
_NUMBER_HEIGHT: Final = 10
_GAP: Final = 8
_AXIS_HEIGHT: Final = 16
_LETTER: Final = 4.9
"""Units that a letter of a tick's name needs."""
_NUMBER_ROOM: Final = 11
_LEAST: Final = 1.5
"""A value above nothing is at least this high."""


class Series(Struct, frozen=True):
    """One row before it is drawn: a value for each stretch, None where there is none."""

    label: str
    values: tuple[float | None, ...]
    look: str
    """The class of its bars; each look has a fill of its own besides its colour."""
    most: float = 0.0
    """The value of a full bar; the greatest of the row where none is given."""
    shown: tuple[str, ...] = ()
    """The values in words; without them no number stands over a bar."""


class Bar(Struct, frozen=True):
    """One bar."""

    x: float
    y: float
    width: float
    height: float
    number: str
    number_x: float
    number_y: float


class BarRow(Struct, frozen=True):
    """One row of bars."""

    label: str
    label_y: float
    base: float
    look: str
    bars: tuple[Bar, ...]


class Tick(Struct, frozen=True):
    """A name under the axis."""

    x: float
    label: str
    anchor: str


class BarChart(Struct, frozen=True):
    """Everything that the template draws."""

    title: str
    width: int
    height: float
    rows: tuple[BarRow, ...]
    ticks: tuple[Tick, ...]
    axis_y: float


def bar_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> BarChart:
    """Lay rows of bars over an axis of which ``labels`` names each stretch."""
    step = (WIDTH - 2 * _SIDE) / max(len(labels), 1)
    rows = []
    y = 0.0
    for one in series:
        base = y + _LABEL_HEIGHT + _NUMBER_HEIGHT + _BAR_HEIGHT
        label_y = y + _LABEL_HEIGHT - 4
        rows.append(BarRow(one.label, label_y, base, one.look, _bars(one, step, base)))
        y = base + _GAP
    return BarChart(title, WIDTH, y + _AXIS_HEIGHT, tuple(rows), _ticks(labels, step), y + 10)


def _bars(series: Series, step: float, base: float) -> tuple[Bar, ...]:
    known = [value for value in series.values if value is not None]
    most = series.most or max(known, default=0.0)
    width = max(step * 0.76, 1.0)
    bars = []
    for place, value in enumerate(series.values):
        if value is None or most <= 0:
            continue
        height = 0.0 if value <= 0 else max(min(value / most, 1.0) * _BAR_HEIGHT, _LEAST)
        x = _SIDE + place * step + (step - width) / 2
        is_named = series.shown and value > 0 and step >= _NUMBER_ROOM
        bars.append(
            Bar(
                x=round(x, 1),
                y=round(base - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                number=series.shown[place] if is_named else "",
                number_x=round(x + width / 2, 1),
                number_y=round(base - height - 2, 1),
            )
        )
    return tuple(bars)


def _ticks(labels: Sequence[str], step: float) -> tuple[Tick, ...]:
    """Name as many stretches as there is room for, the first always."""
    room = _LETTER * (max(map(len, labels), default=0) + 1)
    every = max(1, ceil(room / step))
    ticks = []
    for place in range(0, len(labels), every):
        middle = _SIDE + (place + 0.5) * step
        if middle < room / 2:
            ticks.append(Tick(_SIDE, labels[place], "start"))
        elif middle > WIDTH - room / 2:
            ticks.append(Tick(WIDTH - _SIDE, labels[place], "end"))
        else:
            ticks.append(Tick(round(middle, 1), labels[place], "middle"))
    return tuple(ticks)
