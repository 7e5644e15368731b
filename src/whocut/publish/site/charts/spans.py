"""Bars of days, one under the other, on a scale of roots: a week and ten years on one sheet."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

from msgspec import Struct

__all__ = ["SpanBar", "SpanChart", "SpanRow", "span_chart"]

WIDTH: Final = 400
_SIDE: Final = 4
_ROW: Final = 32
_NUMBER_ROOM: Final = 70
_LEAST_WIDTH: Final = 2.0


class SpanRow(Struct, frozen=True):
    """A number of days between bounds, before it is drawn."""

    label: str
    least: int
    most: int | None
    is_open: bool
    """It is at least so long, and its end is not known."""


class SpanBar(Struct, frozen=True):
    """One row: sure days as a bar, days that may be as another behind it."""

    label: str
    label_y: float
    y: float
    sure: float
    maybe: float
    number: str
    number_x: float
    arrow: str
    """Points of an arrow at the end of what is open; empty where there is none."""


class SpanChart(Struct, frozen=True):
    """Everything that the template draws."""

    title: str
    width: int
    height: float
    bars: tuple[SpanBar, ...]


def span_chart(
    title: str, rows: Sequence[SpanRow], number: Callable[[float], str]
) -> SpanChart | None:
    """Draw rows of days; None where there are none."""
    if not rows:
        return None
    longest = max(max(one.least, one.most or 0) for one in rows)
    scale = (WIDTH - 2 * _SIDE - _NUMBER_ROOM) / max(sqrt(longest), 1.0)
    bars = []
    for place, one in enumerate(rows):
        y = place * _ROW + 16.0
        sure = round(max(sqrt(max(one.least, 0)) * scale, _LEAST_WIDTH), 1)
        most = one.least if one.most is None else one.most
        maybe = round(max(sqrt(max(most, 0)) * scale, sure), 1)
        end = _SIDE + maybe
        arrow = f"{end},{y} {end + 7},{y + 5} {end},{y + 10}" if one.is_open else ""
        shown = number(one.least) if most == one.least else f"{number(one.least)}-{number(most)}"
        bars.append(
            SpanBar(
                label=one.label,
                label_y=y - 4,
                y=y,
                sure=sure,
                maybe=maybe,
                number=f"> {shown}" if one.is_open else shown,
                number_x=round(end + (11 if one.is_open else 4), 1),
                arrow=arrow,
            )
        )
    return SpanChart(title, WIDTH, len(rows) * _ROW + 4.0, tuple(bars))
