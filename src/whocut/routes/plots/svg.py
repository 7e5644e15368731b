"""The frame of every chart: text made harmless, styles for light, dark and print, and its words.

What a chart shows is told twice: by shapes, and in words in ``desc``, for those who hear it. Kinds
of marks differ by pattern or dash and not by colour alone.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

__all__ = [
    "LEFT",
    "RIGHT",
    "ROW",
    "WIDTH",
    "Kind",
    "Panel",
    "box",
    "document",
    "harmless",
    "label",
    "number",
    "path",
    "percent",
    "ticks",
]

WIDTH: Final = 800
LEFT, RIGHT = 290, 630
"""Where bars begin and end; to the left of them names, to the right figures."""
ROW: Final = 20
_MARGIN: Final = 16
_HEADING: Final = 26
_NOTE_COLUMNS: Final = 118
_NAME_COLUMNS: Final = 40
_TITLE_COLUMNS: Final = 100
_MOST_WORDS: Final = 4_000
Kind = Literal["first", "second", "third", "empty"]

_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks of direction, halves of pairs, private and unused characters, ends of lines."""
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MOST_MARKS: Final = 2
# Viewers that know no variables skip @supports and keep the plain colours.
_STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #1b1f23; unicode-bidi: isolate; }
.heading { font-weight: 600; font-size: 13px; } .name { font-size: 16px; font-weight: 600; }
.faint { fill: #59636e; font-size: 11px; } .told { font-size: 11px; } .paper { fill: #fff; }
.rule { stroke: #d0d7de; stroke-width: 1; fill: none; }
.band { stroke: #1b1f23; stroke-width: 1.5; fill: none; }
.mark { stroke: #1b1f23; stroke-dasharray: 2 3; fill: none; }
.first { fill: #4f8fd0; stroke: #0b5cad; }
.second { fill: url(#lines); stroke: #a04a00; }
.third { fill: url(#dots); stroke: #4d2d8f; }
.empty { fill: none; stroke: #59636e; }
.stroke { fill: none; stroke-width: 2; }
.stroke.second { stroke-dasharray: 7 4; } .stroke.third { stroke-dasharray: 2 4; }
.lines { stroke: #a04a00; stroke-width: 2; } .dots { fill: #4d2d8f; }
@supports (fill: var(--ink)) {
svg { --paper: #fff; --ink: #1b1f23; --faint: #59636e; --rule: #d0d7de; --fill: #4f8fd0;
  --first: #0b5cad; --second: #a04a00; --third: #4d2d8f; }
@media (prefers-color-scheme: dark) { svg { --paper: #14171a; --ink: #eceff2; --faint: #9aa4ae;
  --rule: #3a424a; --fill: #2f6ea8; --first: #7db8ff; --second: #ffb26b; --third: #c9b3ff; } }
@media print { svg { --paper: #fff; --ink: #000; --faint: #333; --rule: #999; --fill: #bbb;
  --first: #000; --second: #000; --third: #000; } }
text { fill: var(--ink); } .faint { fill: var(--faint); } .paper { fill: var(--paper); }
.rule { stroke: var(--rule); } .band, .mark { stroke: var(--ink); }
.first { fill: var(--fill); stroke: var(--first); } .stroke { fill: none; }
.second, .lines { stroke: var(--second); } .third { stroke: var(--third); }
.dots { fill: var(--third); } .empty { stroke: var(--faint); }
}
"""
_PATTERNS: Final = (
    '<defs><pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V6" class="lines"/>'
    '</pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1.3" class="dots"/></pattern></defs>'
)


class Panel(Struct, frozen=True):
    """One part of a chart, drawn from the height 0 down."""

    height: float
    markup: tuple[str, ...]
    words: tuple[str, ...]
    """What it shows, in words."""


def harmless(text: str, columns: int = _NAME_COLUMNS) -> str:
    """Show what strangers wrote in so many columns, with nothing that turns text around.

    Such characters are shown as escapes, and marks that pile up on one letter are left out.
    """
    shown: list[str] = []
    used = marks = 0
    for char in text[: 8 * columns]:
        category = unicodedata.category(char)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > _MOST_MARKS:
                continue
            piece, width = char, 0
        else:
            marks = 0
            is_harmful = category in _HARMFUL
            piece = f"\\u{ord(char):04x}" if is_harmful else char
            is_wide = not is_harmful and unicodedata.east_asian_width(char) in "WF"
            width = 2 if is_wide else len(piece)
        if used + width > columns - 1:
            return "".join((*shown, "…"))
        shown.append(piece)
        used += width
    return "".join(shown) + ("…" if len(text) > 8 * columns else "")


def _escaped(text: str) -> str:
    return re.sub("[&<>\"']", lambda found: _ENTITIES[found[0]], text)


def number(value: float) -> str:
    """Write a place on the page."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no place on a page")
    return f"{value:.1f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.1f} %"


def label(
    x: float,
    y: float,
    text: str,
    *,
    at: Literal["start", "middle", "end"] = "start",
    style: str = "",
    columns: int = _NAME_COLUMNS,
) -> str:
    """Write text, harmless and cut."""
    styled = f' class="{style}"' if style else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" text-anchor="{at}"{styled}>'
        f"{_escaped(harmless(text, columns))}</text>"
    )


def box(  # noqa: PLR0917 - four of them are the place
    x: float, y: float, width: float, height: float, kind: Kind, words: str = ""
) -> str:
    """Draw a bar; ``words`` are shown where the pointer rests."""
    shape = (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0.0))}" '
        f'height="{number(max(height, 0.0))}" class="{kind}"'
    )
    if not words:
        return f"{shape}/>"
    return f"{shape}><title>{_escaped(harmless(words, _TITLE_COLUMNS))}</title></rect>"


def path(places: Sequence[tuple[float, float]], style: str) -> str:
    """Draw a line through places."""
    joined = "L".join(f"{number(x)} {number(y)}" for x, y in places)
    return f'<path d="M{joined}" class="{style}"/>'


def ticks(top: float) -> tuple[float, ...]:
    """Choose the marks of a scale that begins with 0 and holds ``top``."""
    if top <= 0:
        return (0.0, 1.0)
    size = 10.0 ** math.floor(math.log10(top))
    limit = next(step * size for step in (1, 2, 2.5, 5, 10) if top <= step * size * (1 + 1e-9))
    return (0.0, limit / 2, limit)


def document(title: str, panels: Sequence[Panel], notes: Sequence[str]) -> str:
    """Put panels and notes into one file; the notes say what the chart rests on."""
    shown = harmless(title, _TITLE_COLUMNS)
    lines = [line for note in notes for line in _folded(note)]
    body: list[str] = [label(_MARGIN, 28, title, style="name", columns=_TITLE_COLUMNS)]
    y = 44.0
    for panel in panels:
        body.append(f'<g transform="translate(0 {number(y)})">{"".join(panel.markup)}</g>')
        y += panel.height + _MARGIN
    for line in lines:
        y += 15
        body.append(label(_MARGIN, y, line, style="faint", columns=_NOTE_COLUMNS + 2))
    height = number(y + _MARGIN)
    words = " ".join((*(word for panel in panels for word in panel.words), *notes))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc" lang="en">\n'
        f'<title id="title">{_escaped(shown)}</title>\n'
        f'<desc id="desc">{_escaped(harmless(words, _MOST_WORDS))}</desc>\n'
        f"<style>{_STYLE}</style>\n{_PATTERNS}\n"
        f'<rect width="{WIDTH}" height="{height}" class="paper"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _folded(text: str) -> list[str]:
    lines: list[str] = []
    for word in harmless(text, _MOST_WORDS).split():
        if lines and len(lines[-1]) + 1 + len(word) <= _NOTE_COLUMNS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
