"""``whocut country``: what is cut off in one country, target by target."""

from collections import Counter, defaultdict
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.access.agreement import Said, Statement, agree
from whocut.access.period import Question
from whocut.cli.freshness import NO_CELLS, stale_note
from whocut.cli.nodata import explain_absence
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.period import WeekOption, asked_week, period_words
from whocut.cli.plots import PlotOption, is_plot_wanted
from whocut.cli.question import (
    Day,
    FailOn,
    ObservatoryOption,
    as_said,
    asked_country,
    asked_days,
    asked_to_fail,
    observatory_directory,
    only_world,
    verdict_rows,
)
from whocut.cli.rows_option import Behind, OfOption, RowsOption, asked_rows, write_behind
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of, day_span, span
from whocut.model.taxonomy import CUT_OUTCOMES
from whocut.store.lookup import has_rows
from whocut.store.observatory import Observatory
from whocut.store.snapshot import Snapshot

__all__ = ["country"]

_COLUMNS = (
    "target",
    "outcome",
    "layer",
    "mechanism",
    "locus",
    "actor_kind",
    "strength",
    "n",
    "n_usable",
    "networks",
    "first_day",
    "last_day",
)


_WIDE_COLUMNS: Final = 130
"""Narrower terminals get no layer, which the mechanism begins with, and only the last day."""


class _Standing(Struct, frozen=True):
    """What stands against one target, or that nothing does."""

    target: str
    n_usable: int
    statement: Statement


class _Options(Struct, frozen=True):
    """How the answer is to be given."""

    output: Output
    is_all: bool
    limit: int
    plot: bool | None

    def shown(self, count: int) -> int:
        """Say how many of the rows are written."""
        return count if self.limit == 0 or self.output.form != "table" else self.limit


def country(
    code: Annotated[str, Parameter(help="Country of the probes, two letters.")],
    /,
    *,
    since: Day = None,
    until: Day = None,
    week: WeekOption = None,
    all_targets: Annotated[
        bool, Parameter(name="--all", negative="", help="Also targets without a cut.")
    ] = False,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    rows: RowsOption = False,
    of: OfOption = None,
    plot: PlotOption = None,
    fail_on: FailOn = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Show what is cut off in a country: who, how, how sure, on how much, since when.

    One row a target: its answer in the last week that carries one, of the weeks asked for or the
    last 13 measured; the surest cuts first. Then the targets by answer, and what the others lack.
    """
    begin, end = asked_days(since, until)
    begin, end = asked_week(week, begin, end) or (begin, end)
    question = Question(asked_country(code, "CODE"), None, begin, end)
    must_fail = asked_to_fail(fail_on)
    opened = asked_rows(rows, of)
    options = _Options(output, all_targets, limit, plot)
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        if opened is not None:
            write_behind(snapshot, opened, _behind(snapshot, question), output)
            return 4 if must_fail and _is_cut(snapshot, question) else 0
        if has_rows(snapshot, "cell", cc=question.country):
            is_cut = _by_cells(snapshot, question, options)
            if is_cut is not None:
                return 4 if must_fail and is_cut else 0
        found = verdict_rows(snapshot, question)
        if not found:
            return explain_absence(snapshot, question, output)
        is_cut = _by_verdicts(found, question, options, snapshot)
    return 4 if must_fail and is_cut else 0


def _behind(snapshot: Snapshot, question: Question) -> Behind:
    """Say which rows stand behind the answer: those of its weeks, where there are cells."""
    from whocut.access.period import period_of
    from whocut.store.lookup import week_range

    ends = week_range(snapshot, "cell", question.country)
    if ends is None:
        return Behind(question.country, since=question.since, until=question.until)
    period = period_of(question, *ends)
    return Behind(question.country, since=period.since, until=period.until)


def _is_cut(snapshot: Snapshot, question: Question) -> bool:
    """Say whether a cut stands, without an answer."""
    from whocut.cli.country_cells import country_cells

    found = country_cells(snapshot, question)
    if found is not None:
        return any(one.is_cut for one in found.standings)
    kept, _ = only_world(verdict_rows(snapshot, question))
    return any(one.statement.outcome in CUT_OUTCOMES for one in _standings(kept))


def _by_cells(snapshot: Snapshot, question: Question, options: _Options) -> bool | None:
    """Answer from the cells, and say whether a cut stands; ``None``: there are none."""
    from whocut.cli.country_cells import CELL_COLUMNS, country_cells
    from whocut.cli.country_screen import print_country

    found = country_cells(snapshot, question)
    if found is None:
        return None
    cut = [one for one in found.standings if one.is_cut]
    listed = found.standings if options.is_all else cut
    shown = [one.row() for one in listed[: options.shown(len(listed))]]
    form = options.output.form
    stale = stale_note(snapshot.manifest, question.country)
    if form == "json":
        meta = {
            "n": sum(found.outcomes.values()),
            "snapshot": snapshot.manifest.sequence,
            "note": found.note,
            "networks": found.networks,
            "model": found.model,
            "since": found.period.since,
            "until": found.period.until,
            "period": period_words(found.period),
            "stale": stale,
        }
        document: dict[str, Any] = {"question": question, "outcomes": found.outcomes}
        document |= {"answers": found.answers, "shortfalls": found.shortfalls}
        write_json(document | {"weeks": found.weeks, "targets": shown, "meta": meta})
    elif form == "table":
        drawn = is_plot_wanted(options.plot, is_table=True, weeks=len(found.weeks))
        print_country(found, question.country, shown, len(listed), is_drawn=drawn)
        if stale:
            print_prose(stale)
    else:
        write_rows(shown, CELL_COLUMNS, form)
    return bool(cut)


def _by_verdicts(
    found: list[dict[str, Any]], question: Question, options: _Options, snapshot: Snapshot
) -> bool:
    """Answer from the verdicts themselves, and say whether a cut stands."""
    kept, note = only_world(found)
    standings = _standings(kept)
    cut = [one for one in standings if one.statement.outcome in CUT_OUTCOMES]
    listed = standings if options.is_all else cut
    rows = [_row(one) for one in listed[: options.shown(len(listed))]]
    form = options.output.form
    if form == "json":
        write_json(
            {
                "question": question,
                "outcomes": _counts(kept),
                "targets": rows,
                "meta": {"n": len(kept), "snapshot": snapshot.manifest.sequence, "note": note},
            }
        )
    elif form == "table":
        _print(question, kept, standings, shown=rows, n_shown=len(listed), note=note)
        if not has_rows(snapshot, "cell", cc=question.country):
            print_prose(NO_CELLS)
    else:
        write_rows(rows, _COLUMNS, form)
    return bool(cut)


def _standings(rows: list[dict[str, Any]]) -> list[_Standing]:
    by_target: dict[str, list[Said]] = defaultdict(list)
    for row in rows:
        by_target[row["target"]].append(as_said(row))
    standings: list[_Standing] = []
    for target, said in by_target.items():
        agreement = agree(said)
        cuts = [one for one in agreement.statements if one.outcome in CUT_OUTCOMES]
        standings.extend(
            _Standing(target, agreement.n_usable, statement)
            for statement in cuts or agreement.statements[:1]
        )
    heaviest: dict[str, tuple[bool, str, int]] = {}
    for one in standings:
        heaviest[one.target] = min(_weight(one), heaviest.get(one.target, _weight(one)))
    return sorted(standings, key=lambda one: (heaviest[one.target], one.target, _weight(one)))


def _weight(one: _Standing) -> tuple[bool, str, int]:
    statement = one.statement
    is_no_cut = statement.outcome not in CUT_OUTCOMES
    return (is_no_cut, statement.strength.value, -statement.n)


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(row["outcome"] for row in rows).most_common())


def _row(one: _Standing) -> dict[str, Any]:
    statement = one.statement
    return {
        "target": one.target,
        "outcome": statement.outcome.value,
        "layer": statement.layer.value,
        "mechanism": statement.mechanism,
        "locus": statement.locus.value,
        "actor_kind": statement.actor_kind.value,
        "strength": statement.strength.value,
        "n": statement.n,
        "n_usable": one.n_usable,
        "networks": len(statement.networks),
        "first_day": statement.first.date(),
        "last_day": statement.last.date(),
    }


def _print(
    question: Question,
    rows: list[dict[str, Any]],
    standings: list[_Standing],
    *,
    shown: list[dict[str, Any]],
    n_shown: int,
    note: str,
) -> None:
    out = console()
    targets = {one.target for one in standings}
    cut = {one.target for one in standings if one.statement.outcome in CUT_OUTCOMES}
    times = [row["measurement_start_time"] for row in rows]
    print_prose(
        f"{question.country}: a cut was seen at {len(cut):,} of "
        f"{count_of(len(targets), 'measured target')}; {count_of(len(rows), 'measurement')}, "
        f"{count_of(len({row['probe_asn'] for row in rows}), 'network')}, "
        f"{span(min(times), max(times))}.",
        style="bold",
    )
    if note:
        print_prose(note)
    counts = ", ".join(f"{outcome} {n:,}" for outcome, n in _counts(rows).items())
    print_prose(f"Measurements by outcome: {counts}.")
    if shown:
        out.print()
        _print_targets(shown, is_wide=out.width >= _WIDE_COLUMNS)
    if n_shown > len(shown):
        print_prose(f"{n_shown - len(shown)} more rows: --limit 0 shows them.")
    print_prose(f"Next: whocut who DOMAIN --country {question.country}")


def _print_targets(rows: list[dict[str, Any]], *, is_wide: bool) -> None:
    names = ["target", "outcome", "layer", "mechanism", "strength"]
    if not is_wide:
        names.remove("layer")
    print_table(
        (*names, "n", "networks", "days" if is_wide else "last day"),
        [
            (
                *(str(row[name]) for name in names),
                f"{row['n']} of {row['n_usable']}",
                str(row["networks"]),
                day_span(row["first_day"] if is_wide else row["last_day"], row["last_day"]),
            )
            for row in rows
        ],
    )
