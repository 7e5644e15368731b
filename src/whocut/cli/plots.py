"""Time series on a terminal, by week; letters for the series, so that nothing hangs on colour."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from cyclopts import Parameter

from whocut.cli.terminal import console, is_terminal

__all__ = ["PlotOption", "is_plot_wanted", "print_weekly", "weekly_plot"]

PlotOption = Annotated[
    bool | None,
    Parameter(
        name="--plot",
        negative="--no-plot",
        help="Draw the weeks, or leave the plot out; country draws it on a terminal unasked.",
    ),
]
_ROWS: Final = 12
_COLUMNS: Final = 100
_LEAST_COLUMNS: Final = 40
_LEAST_WEEKS: Final = 3
"""Fewer make no series."""
_LABEL: Final = 14
"""Columns between two dates below the plot."""
_ASCII: Final = str.maketrans("─│┌┐└┘├┤┬┴┼", "-|+++++++++")


def is_plot_wanted(asked: bool | None, *, is_table: bool, weeks: int) -> bool:
    """Say whether to draw: where asked for, else to a person who has weeks to see."""
    if not is_table:
        return False
    return asked if asked is not None else weeks >= _LEAST_WEEKS and is_terminal(sys.stdout)


def print_weekly(
    title: str, weeks: Sequence[date], series: Mapping[str, Sequence[float | None]]
) -> None:
    """Draw shares by week; the first letter of a series' name stands for it."""
    out = console(width=_COLUMNS)
    width = max(min(out.width, _COLUMNS), _LEAST_COLUMNS)
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    text = weekly_plot(weeks, series, width=width, is_ascii="utf" not in encoding)
    legend = ", ".join(f"{name[0]} = {name[2:]}" for name in series)
    out.print(f"{title}: {legend}", markup=False)
    for line in text.splitlines():
        out.print(line, markup=False, no_wrap=True, crop=True)


def weekly_plot(
    weeks: Sequence[date],
    series: Mapping[str, Sequence[float | None]],
    *,
    width: int,
    is_ascii: bool = False,
) -> str:
    """Plot shares by week as plain text; a week without a value stays empty.

    Shapes: each series is as long as ``weeks`` and is named ``X name``, where X is its letter.
    """
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, _ROWS)
    figure.theme("colorless")
    places = [(week - weeks[0]).days // 7 for week in weeks]
    top = max((value for own in series.values() for value in own if value is not None), default=1)
    top = next(limit for limit in (0.05, 0.1, 0.2, 0.5, 1.0) if top <= limit or limit == 1.0)
    for name, own in series.items():
        known = [(x, y) for x, y in zip(places, own, strict=True) if y is not None]
        if known:
            xs, ys = zip(*known, strict=True)
            figure.draw(figure.signal(list(xs), list(ys), marker=name[0]))
    figure.ruler("y").lim(0, top)
    figure.ruler("y").ticks([0, top / 2, top], ["0 %", f"{top * 50:g} %", f"{top * 100:g} %"])
    last = max(places[-1], 1)
    figure.ruler("x").lim(0, last)
    step = max(1, -(-last * _LABEL // max(width - 8, 1)))
    marks = list(range(0, last + 1, step))
    figure.ruler("x").ticks(marks, [str(weeks[0] + timedelta(weeks=mark)) for mark in marks])
    text: str = plotext.uncolorize(str(figure.build()))
    figure.clear()
    text = "\n".join(line.rstrip() for line in text.splitlines())
    return text.translate(_ASCII) if is_ascii else text
