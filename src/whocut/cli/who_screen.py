"""The answer of ``whocut who`` as a person reads it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from whocut.access.period import Question
from whocut.cli.cell_wording import cause_shares, contrast_line, extent_line, span_line
from whocut.cli.output import print_table
from whocut.cli.plots import print_weekly
from whocut.cli.points import Point
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of, day_span, network_names, span
from whocut.model.taxonomy import CUT_CAUSES, Cause

__all__ = ["print_answer"]

_SPANS: Final = 4
_WIDE_COLUMNS: Final = 96
"""Narrower terminals get no layer, which the mechanism begins with."""
_SERIES: Final = (
    ("S served", Cause.SERVED),
    ("R refused by the service", Cause.REFUSED_SERVICE),
    ("E refused by its edge", Cause.REFUSED_EDGE),
    ("I interfered with", Cause.INTERFERED),
)
_SEEN: Final = 0.05
"""A cut that was never more probable than this is not drawn."""


class _Screen(Protocol):
    """What is shown of an answer."""

    @property
    def question(self) -> Question: ...
    @property
    def answer(self) -> str: ...
    @property
    def cell(self) -> dict[str, Any] | None: ...
    @property
    def spans(self) -> list[dict[str, Any]]: ...
    @property
    def slowdowns(self) -> list[dict[str, Any]]: ...
    @property
    def elsewhere(self) -> list[dict[str, Any]]: ...
    @property
    def statements(self) -> list[Point]: ...
    @property
    def networks(self) -> list[dict[str, Any]]: ...
    @property
    def next_steps(self) -> list[str]: ...
    @property
    def meta(self) -> dict[str, Any]: ...


def print_answer(answer: _Screen, plotted: Sequence[Mapping[str, Any]] = ()) -> None:
    """Print an answer: with cells, cause and course first; then networks, evidence, next steps."""
    out = console()
    meta = answer.meta
    print_prose(f"{answer.question.domain} from {answer.question.country}", style="bold")
    print_prose(answer.answer, 2, "bold")
    if meta["note"]:
        print_prose(meta["note"], 2)
    if answer.cell is not None:
        _print_cell(answer, answer.cell)
    if plotted:
        out.print()
        _plot(plotted)
    if answer.cell is not None:
        out.print()
        print_prose(f"Measurements of {meta['period']}:")
        _print_networks(answer.networks, is_wide=out.width >= _WIDE_COLUMNS)
    for point in answer.statements:
        out.print()
        _print_point(point)
    if answer.cell is None:
        out.print()
        _print_networks(answer.networks, is_wide=out.width >= _WIDE_COLUMNS)
    if answer.next_steps:
        out.print()
        print_prose("Next:")
        for step in answer.next_steps:
            print_prose(step, 2)
    out.print()
    _print_foot(meta)


def _print_cell(answer: _Screen, cell: dict[str, Any]) -> None:
    later = answer.meta["later_insufficient_weeks"]
    if later:
        print_prose(f"{count_of(later, 'later week')} with measurements, too few for an answer.", 2)
    known = [one for one in answer.spans if one["cause"] != "none"]
    for one in known[-_SPANS:]:
        print_prose(span_line(one), 2)
    for line in (
        extent_line(cell, answer.question.country),
        cause_shares(cell),
        contrast_line(cell, answer.elsewhere),
    ):
        if line:
            print_prose(line, 2)
    if answer.slowdowns:
        from whocut.cli.slowdown_wording import slowdown_line

        print_prose(slowdown_line(answer.slowdowns[-1]), 2)


def _print_point(point: Point) -> None:
    print_prose(point.sentence, 2)
    if point.rules:
        evidence = f"{point.evidence} " if point.evidence else ""
        print_prose(f"Evidence: {evidence}(whocut explain {point.rules[0]})", 4)
    if point.fingerprints:
        print_prose(f"Fingerprints: {', '.join(point.fingerprints[:3])}", 4)
    if point.doubt:
        print_prose(f"Doubt: {point.doubt}", 4)


def _plot(history: Sequence[Mapping[str, Any]]) -> None:
    weeks = [row["week"] for row in history]
    series = {
        name: [float(row[f"p_{cause.value}"]) for row in history]
        for name, cause in _SERIES
        if cause not in CUT_CAUSES or max(row[f"p_{cause.value}"] for row in history) >= _SEEN
    }
    print_weekly("Probability by week", weeks, series)


def _print_foot(meta: Mapping[str, Any]) -> None:
    days = span(meta["first"], meta["last"]) if meta["first"] is not None else "no tallies"
    rules = ", ".join(meta["rulesets"])
    foot = f"n = {meta['n']}, {days}, state {meta['snapshot']}, rules {rules}"
    if "model" in meta:
        foot += f", model {meta['model']}"
    if meta.get("n_before"):
        since = meta["since"] - timedelta(days=1)
        foot += f"; {meta['n_before']:,} more up to {since}: --since shows them"
    print_prose(foot, style="dim")


def _print_networks(rows: Sequence[Mapping[str, Any]], *, is_wide: bool) -> None:
    kinds = ["outcome", "layer", "mechanism", "strength"]
    if not is_wide:
        kinds.remove("layer")
    cells = [
        (
            network_names([row["probe_asn"]]),
            *(str(row[name]) for name in kinds),
            str(row["n"]),
            day_span(row["first_day"], row["last_day"]),
        )
        for row in rows
    ]
    print_table(("network", *kinds, "n", "days"), cells)
