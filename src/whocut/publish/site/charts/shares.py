"""Shares as bars from left to right, each with the band that other rules give as a line over it.

The name stands above its bar, as long names have no room beside it on a phone.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

__all__ = ["ShareChart", "ShareLine", "share_chart"]

WIDTH: Final = 400
"""Units of the drawing, as wide as the page."""
_SIDE: Final = 4
_ROW: Final = 30
_BAR_HEIGHT: Final = 9
_NAME: Final = 11
"""From the top of a row to the foot of its letters."""
_COLUMNS: Final = 44
"""Letters of a name that stand beside the figure."""


class ShareLine(Struct, frozen=True):
    """One share before it is drawn."""

    name: str
    value: float
    low: float
    high: float
    shown: str
    """The share in words."""


class Drawn(Struct, frozen=True):
    """One share as it is drawn."""

    name: str
    shown: str
    name_y: float
    bar_y: float
    width: float
    low_x: float
    high_x: float
    middle: float


class ShareChart(Struct, frozen=True):
    """Everything that the template draws."""

    title: str
    width: int
    height: float
    bar_height: int
    left: int
    rows: tuple[Drawn, ...]


def share_chart(title: str, lines: Sequence[ShareLine]) -> ShareChart:
    """Lay shares under each other; the greatest band fills the width."""
    most = max((line.high for line in lines), default=0.0) or 1.0
    size = (WIDTH - 2 * _SIDE) / most
    rows = []
    for place, line in enumerate(lines):
        top = place * _ROW
        bar_y = top + _NAME + 4
        rows.append(
            Drawn(
                name=line.name if len(line.name) <= _COLUMNS else f"{line.name[:_COLUMNS]}…",
                shown=line.shown,
                name_y=top + _NAME,
                bar_y=bar_y,
                width=round(line.value * size, 1),
                low_x=round(_SIDE + line.low * size, 1),
                high_x=round(_SIDE + line.high * size, 1),
                middle=bar_y + _BAR_HEIGHT / 2,
            )
        )
    height = len(lines) * _ROW + 4
    return ShareChart(title, WIDTH, height, _BAR_HEIGHT, _SIDE, tuple(rows))
