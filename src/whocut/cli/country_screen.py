"""The answer of ``whocut country`` as a person reads it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from whocut.access.pair_answer import CUT_ANSWERS
from whocut.cli.cell_wording import answer_name, chance, percent
from whocut.cli.country_cells import CountryCells
from whocut.cli.output import print_table
from whocut.cli.period import period_words
from whocut.cli.plots import print_weekly
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.model.taxonomy import CellAnswer

__all__ = ["print_country"]

_WIDE_COLUMNS: Final = 120
"""Narrower terminals get no extent and no column of countries."""
_GROUPS: Final = (
    ("R refused", ("refused_service", "refused_edge", "refused")),
    ("I interfered with", ("interfered",)),
    ("2 two causes", ("two_causes",)),
    ("C cut, by whom is not shown", ("cut_unattributed",)),
)


def print_country(
    found: CountryCells,
    country: str,
    shown: Sequence[Mapping[str, Any]],
    n_listed: int,
    *,
    is_drawn: bool,
) -> None:
    """Print targets by answer, the cut ones in a table, and what the insufficient ones lack."""
    out = console()
    targets = sum(found.answers.values())
    n_cut = sum(n for answer, n in found.answers.items() if answer in CUT_ANSWERS)
    print_prose(
        f"{country}: a cut stands at {n_cut:,} of {count_of(targets, 'measured target')}; "
        f"{count_of(sum(found.outcomes.values()), 'measurement')}, "
        f"{count_of(found.networks, 'network')}, {period_words(found.period)}.",
        style="bold",
    )
    if found.note:
        print_prose(found.note)
    _print_counts(found, targets)
    if is_drawn:
        out.print()
        _plot(found.weeks)
    if shown:
        out.print()
        _print_targets(shown, is_wide=out.width >= _WIDE_COLUMNS)
    if n_listed > len(shown):
        print_prose(f"{n_listed - len(shown):,} more rows: --limit 0 shows them.")
    print_prose(f"Next: whocut who DOMAIN --country {country}")


def _print_counts(found: CountryCells, targets: int) -> None:
    for answer, n in found.answers.items():
        line = f"{answer}: {n:,} ({percent(n / targets)})"
        if answer_name(answer) != answer:
            line += f", {answer_name(answer)}"
        if answer == CellAnswer.INSUFFICIENT:
            short = ", ".join(f"{name} {count:,}" for name, count in found.shortfalls.items())
            line += f": {short} (whocut explain {next(iter(found.shortfalls))})" if short else ""
        print_prose(f"{line}.", 2)
    counts = ", ".join(f"{outcome} {n:,}" for outcome, n in found.outcomes.items())
    if counts:
        print_prose(f"Measurements by outcome: {counts}.")


def _print_targets(rows: Sequence[Mapping[str, Any]], *, is_wide: bool) -> None:
    headings = ["target", "answer", "p", "mechanism", "since", "week", "n", "networks"]
    if is_wide:
        headings += ["extent", "elsewhere served"]
    table = []
    for row in rows:
        cells = [
            str(row["target"]),
            f"{row['answer']}: {row['shortfall']}" if row["shortfall"] else str(row["answer"]),
            chance(row["probability"]),
            str(row["mechanism"]),
            _since(row),
            str(row["week"]),
            str(row["n_week"]),
            f"{row['networks_cut']} of {row['networks_week']}",
        ]
        if is_wide:
            low, high = percent(row["extent_low"]), percent(row["extent_high"])
            is_cut = row["answer"] in CUT_ANSWERS
            cells.append(f"{percent(row['extent'])} ({low} to {high})" if is_cut else "")
            cells.append(f"{row['countries_served']} of {row['countries']}")
        table.append(cells)
    print_table(headings, table)


def _since(row: Mapping[str, Any]) -> str:
    if row["since_week"] is not None:
        end = f" to {row['end_week']}" if row["end_week"] is not None else ""
        return f"{row['since_week']}{end}"
    return f"before {row['since_high']}" if row["since_high"] is not None else ""


def _plot(weeks: Sequence[Mapping[str, Any]]) -> None:
    series: dict[str, list[float | None]] = {}
    for name, answers in _GROUPS:
        own = [sum(row["answers"].get(answer, 0) for answer in answers) for row in weeks]
        if any(own):
            series[name] = [n / row["targets"] for n, row in zip(own, weeks, strict=True)]
    if series:
        print_weekly(
            "Share of the targets measured, by week and answer",
            [row["week"] for row in weeks],
            series,
        )
