"""The kinds of chart: bars with bands, a cascade of steps, months up and down, a curve."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from whocut.routes.dependency.answer import Band
from whocut.routes.plots.svg import (
    LEFT,
    RIGHT,
    ROW,
    Kind,
    Panel,
    box,
    harmless,
    label,
    path,
    percent,
    ticks,
)

__all__ = [
    "BarRow",
    "Month",
    "Track",
    "cascade_panel",
    "curve_panel",
    "month_panel",
    "share_panel",
]

_KINDS: Final[tuple[Kind, ...]] = ("first", "second", "third")
_TOP: Final = 30
_PLOT: Final = 200
_PLOT_LEFT, _PLOT_RIGHT = 70, 770
_MOST_MARKS: Final = 24


class BarRow(Struct, frozen=True):
    """A name and its share, or its shares on two sides, each with its band."""

    name: str
    bands: tuple[Band, ...]


class Track(Struct, frozen=True):
    """A share after each step, the baseline first."""

    name: str
    shares: tuple[float, ...]


class Month(Struct, frozen=True):
    """What was lost and gained up to a month; of each, what stands out."""

    name: str
    lost: int
    lost_odd: int
    gained: int
    gained_odd: int


def share_panel(heading: str, rows: Sequence[BarRow], sides: Sequence[str] = ()) -> Panel:
    """Draw shares as bars, with the band as a line across the end; ``sides`` names the bars."""
    top = ticks(max((band.high for row in rows for band in row.bands), default=0.0))
    size = (RIGHT - LEFT) / top[-1]
    markup = [_heading(heading)]
    words = [f"{heading}:"]
    y = float(_TOP)
    if sides:
        markup += _legend(sides, y)
        words.append(f"{' against '.join(sides)};")
        y += ROW
    begun = y
    for row in rows:
        markup.append(label(LEFT - 8, y + 14, row.name, at="end", columns=36))
        told = []
        for kind, band in zip(_KINDS, row.bands, strict=False):
            text = f"{percent(band.value)} ({100 * band.low:.1f} to {100 * band.high:.1f})"
            markup += _bar(y, size, kind, band, f"{row.name}: {text}")
            markup.append(label(RIGHT + 10, y + 14, text))
            told.append(text)
            y += ROW
        words.append(f"{row.name} {', then '.join(told)};")
        y += 4
    if not rows:
        markup.append(label(LEFT, y + 14, "none"))
        words.append("none;")
        y += ROW
    grid = [_grid_line(LEFT + tick * size, begun, y, percent(tick)) for tick in top]
    return Panel(y + 18, (*grid, *markup), tuple(words))


def _bar(y: float, size: float, kind: Kind, band: Band, words: str) -> list[str]:
    low, high = LEFT + band.low * size, LEFT + band.high * size
    middle = y + 10
    return [
        box(LEFT, y + 3, band.value * size, 14, kind, words),
        path([(low, middle), (high, middle)], "band"),
        path([(low, middle - 4), (low, middle + 4)], "band"),
        path([(high, middle - 4), (high, middle + 4)], "band"),
    ]


def cascade_panel(heading: str, steps: Sequence[str], tracks: Sequence[Track]) -> Panel:
    """Draw what is left after each step as lines that fall at the steps; 0 is the baseline."""
    count = len(steps)
    width = (_PLOT_RIGHT - _PLOT_LEFT) / max(count, 1)
    bottom = _TOP + ROW + _PLOT
    markup = [_heading(heading), *_legend([track.name for track in tracks], _TOP)]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * _PLOT
        markup.append(path([(_PLOT_LEFT, y), (_PLOT_RIGHT, y)], "rule"))
        markup.append(label(_PLOT_LEFT - 8, y + 4, f"{100 * share:.0f} %", at="end", style="faint"))
    for kind, track in zip(_KINDS, tracks, strict=False):
        places = []
        for step, share in enumerate(track.shares[:count]):
            y = bottom - min(max(share, 0.0), 1.0) * _PLOT
            places += [(_PLOT_LEFT + step * width, y), (_PLOT_LEFT + (step + 1) * width, y)]
        if places:
            markup.append(path(places, f"stroke {kind}"))
    words = [f"{heading}:"]
    every = -(-count // _MOST_MARKS)
    y = float(bottom + 18)
    for step in range(0, count, max(every, 1)):
        x = _PLOT_LEFT + (step + 0.5) * width
        markup.append(label(x, y, str(step), at="middle", style="faint"))
    for step, name in enumerate(steps):
        y += 17
        told = ", ".join(f"{track.name} {percent(track.shares[step])}" for track in tracks)
        named = f"{step} {harmless(name, 44)}: {told}"
        markup.append(label(16, y, named, style="told", columns=130))
        words.append(f"step {step}, {name}: {told};")
    return Panel(y + 8, tuple(markup), tuple(words))


def month_panel(heading: str, months: Sequence[Month], unit: str) -> Panel:
    """Draw losses below and gains above a line, month by month; what stands out is filled."""
    top = ticks(float(max((max(each.lost, each.gained) for each in months), default=0)))[-1]
    half = _PLOT / 2
    middle = _TOP + ROW + half
    size = half / top
    width = min((_PLOT_RIGHT - _PLOT_LEFT) / max(len(months), 1), 80.0)
    markup = [_heading(heading), *_legend(("lost, stands out", "gained, stands out"), _TOP)]
    markup.append(box(450, _TOP + 4, 14, 12, "empty"))
    markup.append(label(470, _TOP + 14, "as expected, or not tested"))
    for value in (top, 0.0, -top):
        y = middle - value * size
        markup.append(path([(_PLOT_LEFT, y), (_PLOT_RIGHT, y)], "rule"))
        name = f"{abs(value):,.0f}" + (" gained" if value > 0 else " lost" if value < 0 else "")
        markup.append(label(_PLOT_LEFT - 6, y + 4, name, at="end", style="faint"))
    words = [f"{heading}, {unit}:"]
    every = max(-(-len(months) // 12), 1)
    for place, each in enumerate(months):
        x = _PLOT_LEFT + place * width + width * 0.15
        wide = width * 0.7
        told = (
            f"{each.name}: {each.lost:,} lost, {each.lost_odd:,} stand out; "
            f"{each.gained:,} gained, {each.gained_odd:,} stand out"
        )
        markup += [
            box(x, middle, wide, each.lost * size, "empty", told),
            box(x, middle, wide, each.lost_odd * size, "first", told),
            box(x, middle - each.gained * size, wide, each.gained * size, "empty", told),
            box(x, middle - each.gained_odd * size, wide, each.gained_odd * size, "second", told),
        ]
        if place % every == 0:
            y = middle + half + 18
            markup.append(label(x + wide / 2, y, each.name, at="middle", style="faint"))
        words.append(f"{told};")
    return Panel(middle + half + 28, tuple(markup), tuple(words))


def curve_panel(heading: str, shares: Sequence[float], mark: float, names: Sequence[str]) -> Panel:
    """Draw what the first networks hold together, one network after another, up to a mark."""
    sums: list[float] = []
    for share in shares:
        sums.append(min((sums[-1] if sums else 0.0) + share, 1.0))
    needed = next((at + 1 for at, held in enumerate(sums) if held >= mark), None)
    shown = sums[: max(2 * needed, 10)] if needed else sums
    bottom = _TOP + _PLOT
    width = (_PLOT_RIGHT - _PLOT_LEFT) / max(len(shown), 1)
    markup = [_heading(heading)]
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * _PLOT
        markup.append(path([(_PLOT_LEFT, y), (_PLOT_RIGHT, y)], "rule"))
        markup.append(label(_PLOT_LEFT - 8, y + 4, f"{100 * share:.0f} %", at="end", style="faint"))
    y = bottom - mark * _PLOT
    markup.append(path([(_PLOT_LEFT, y), (_PLOT_RIGHT, y)], "mark"))
    markup.append(label(_PLOT_LEFT - 8, y + 4, f"{100 * mark:.0f} %", at="end", style="faint"))
    places = [(float(_PLOT_LEFT), float(bottom))]
    for at, held in enumerate(shown):
        height = bottom - held * _PLOT
        places += [(_PLOT_LEFT + at * width, height), (_PLOT_LEFT + (at + 1) * width, height)]
    markup.append(path(places, "stroke first"))
    every = max(-(-len(shown) // _MOST_MARKS), 1)
    for at in range(0, len(shown), every):
        x = _PLOT_LEFT + (at + 0.5) * width
        markup.append(label(x, bottom + 16, str(at + 1), at="middle", style="faint"))
    told = (
        f"{needed:,} network{'s reach' if needed > 1 else ' reaches'} {100 * mark:.0f} %."
        if needed
        else f"Those listed do not reach {100 * mark:.0f} %."
    )
    first = "; ".join(
        f"{name} {percent(share)}" for name, share in zip(names, shares, strict=False)
    )
    markup.append(label(_PLOT_LEFT, bottom + 36, told, columns=100))
    return Panel(bottom + 44, tuple(markup), (f"{heading}: {told}", f"The first: {first}."))


def _heading(text: str) -> str:
    return label(16, 16, text, style="heading", columns=108)


def _legend(names: Sequence[str], y: float) -> list[str]:
    markup = []
    x = float(_PLOT_LEFT)
    for kind, name in zip(_KINDS, names, strict=False):
        markup += [box(x, y + 4, 14, 12, kind), label(x + 20, y + 14, name)]
        x += 190 if len(names) < 4 else 150
    return markup


def _grid_line(x: float, begun: float, end: float, name: str) -> str:
    line = path([(x, begun), (x, end)], "rule")
    return line + label(x, end + 14, name, at="middle", style="faint")
