"""``whocut who``: who refused or interfered, at which layer, how, on what evidence and doubt."""

from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.access.agreement import Agreement, agree
from whocut.access.pair_answer import NETWORK_COLUMNS, behind, by_network, most
from whocut.access.period import Question
from whocut.cli.freshness import NO_CELLS, stale_note
from whocut.cli.nodata import documents_hint, documents_steps, explain_absence, explain_name
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.period import WeekOption, asked_week, period_words
from whocut.cli.plots import PlotOption, is_plot_wanted
from whocut.cli.points import Point, point_of
from whocut.cli.question import (
    Country,
    Day,
    FailOn,
    ObservatoryOption,
    as_said,
    asked_country,
    asked_days,
    asked_domain,
    asked_to_fail,
    is_name,
    observatory_directory,
    only_world,
    verdict_rows,
)
from whocut.cli.rows_option import (
    Behind,
    OfOption,
    RowsOf,
    RowsOption,
    asked_rows,
    write_behind,
)
from whocut.cli.who_cells import CellsFound, cells_of
from whocut.cli.who_screen import print_answer
from whocut.cli.wording import headline, network_names
from whocut.model.errors import UsageError
from whocut.model.taxonomy import CUT_OUTCOMES, CellAnswer
from whocut.store.lookup import has_rows
from whocut.store.manifest import Manifest
from whocut.store.observatory import Observatory
from whocut.store.snapshot import Snapshot

__all__ = ["who"]

_NEXT_STEPS: Final = 3
_MORE_STEPS: Final = 5
"""Steps shown where a cell is short of something."""
_OPEN: Final = frozenset({CellAnswer.INSUFFICIENT, CellAnswer.CUT_UNATTRIBUTED})
"""Answers that say of nobody that it was them: documents may."""


class _Answer(Struct, frozen=True):
    """The whole answer, as JSON has it."""

    question: Question
    answer: str
    cell: dict[str, Any] | None
    """The cell that answers; null where there are no cells."""
    spans: list[dict[str, Any]]
    slowdowns: list[dict[str, Any]]
    """Weeks in which it was slower than line, service and its own past explain."""
    elsewhere: list[dict[str, Any]]
    weeks: list[dict[str, Any]]
    statements: list[Point]
    networks: list[dict[str, Any]]
    next_steps: list[str]
    meta: dict[str, Any]


def who(
    domain: Annotated[
        str,
        Parameter(
            help="Domain or URL, as in example.org. Of a network or an actor, as AS174 or cogent, "
            "what documents and routes say."
        ),
    ],
    /,
    *,
    country: Country,
    since: Day = None,
    until: Day = None,
    week: WeekOption = None,
    rows: RowsOption = False,
    of: OfOption = None,
    plot: PlotOption = None,
    fail_on: FailOn = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Say who refused or interfered with a domain in a country, or that nobody did.

    The answer is that of the last week that carries one, of the weeks asked for or the last 13
    measured: the cause, its probability, since when, how other countries fared. Then networks and
    outcomes, what each statement rests on, and what to do next. --rows gives the rows behind it.
    Where nothing is measured: what documents and routes say, with the records of the ledger.
    """
    begin, end = asked_days(since, until)
    begin, end = asked_week(week, begin, end) or (begin, end)
    code = asked_country(country)
    must_fail = asked_to_fail(fail_on)
    opened = asked_rows(rows, of)
    if is_name(domain):
        return explain_name(domain, code, (begin, end), output)
    question = Question(code, asked_domain(domain), begin, end)
    with _snapshot(question, observatory) as snapshot:
        found = cells_of(snapshot, question)
        if found is None:
            return _by_verdicts(snapshot, question, opened, output, must_fail=must_fail)
        if opened is not None:
            write_behind(snapshot, opened, _behind_cells(question, found), output)
        else:
            # An answer comes at once; drawing takes half as long again, and is for those who ask.
            is_table, weeks = output.form == "table", len(found.history)
            drawn = is_plot_wanted(bool(plot), is_table=is_table, weeks=weeks)
            answer = _answer_of(question, found, snapshot.manifest)
            _write(answer, output, found if drawn else None)
    return 4 if must_fail and found.is_cut else 0


def _snapshot(question: Question, observatory: str | None) -> Snapshot:
    try:
        return Observatory(observatory_directory(observatory)).snapshot()
    except UsageError as error:
        # Nobody measured anything here; documents ship, and are told all the same.
        raise UsageError(f"{error}{documents_hint(question)}") from error


def _write(answer: _Answer, output: Output, plotted: CellsFound | None = None) -> None:
    if output.form == "json":
        write_json(answer)
    elif output.form == "table":
        print_answer(answer, plotted.history if plotted else [])
    else:
        write_rows(answer.networks, NETWORK_COLUMNS, output.form)


def _behind_cells(question: Question, found: CellsFound) -> Behind:
    period = found.period
    return Behind(question.country, question.domain, since=period.since, until=period.until)


def _answer_of(question: Question, found: CellsFound, manifest: Manifest) -> _Answer:
    from whocut.cli.cell_wording import cell_headline

    cell = found.cell
    meaning = ""
    if cell["shortfall"]:
        from whocut.cli.shortfall import shortfall_meaning

        meaning = shortfall_meaning(cell["shortfall"])
    most_steps = _MORE_STEPS if cell["shortfall"] else _NEXT_STEPS
    steps = found.next_steps[:most_steps]
    cuts = [point for point in found.points if point.statement.outcome in CUT_OUTCOMES]
    for point in [point for point in cuts if point.measurements][:1]:
        steps.append(f"Look at one: whocut explain {point.measurements[-1]}")
    if cell["answer"] in _OPEN:
        steps.extend(documents_steps(question))
    stale = stale_note(manifest, question.country)
    if stale:
        steps.append(stale)
    return _Answer(
        question=question,
        answer=cell_headline(cell, meaning),
        cell=cell,
        spans=found.spans,
        slowdowns=found.slowdowns,
        elsewhere=found.elsewhere,
        weeks=found.history,
        statements=found.points,
        networks=found.networks(),
        next_steps=steps,
        meta=_cells_meta(found, manifest),
    )


def _cells_meta(found: CellsFound, manifest: Manifest) -> dict[str, Any]:
    tallies = found.tallies
    return {
        "n": sum(row["n"] for row in tallies),
        "n_usable": found.agreement.n_usable,
        "networks": len(found.agreement.networks),
        "first": min((row["first"] for row in tallies), default=None),
        "last": max((row["last"] for row in tallies), default=None),
        "snapshot": manifest.sequence,
        "snapshot_content": manifest.content,
        "rulesets": sorted({source.ruleset for source in manifest.sources}),
        "reference_snapshots": sorted({source.reference_snapshot for source in manifest.sources}),
        "note": found.note,
        "model": found.cell["model"],
        "since": found.period.since,
        "until": found.period.until,
        "period": period_words(found.period),
        "n_before": found.n_before,
        "later_insufficient_weeks": found.later,
    }


def _by_verdicts(
    snapshot: Snapshot,
    question: Question,
    opened: RowsOf | None,
    output: Output,
    *,
    must_fail: bool,
) -> int:
    """Answer from the verdicts themselves: there are no cells of this name in these days."""
    found = verdict_rows(snapshot, question)
    if not found:
        return explain_absence(snapshot, question, output)
    kept, note = only_world(found)
    agreement = agree([as_said(row) for row in kept])
    if opened is not None:
        wanted = Behind(
            question.country,
            question.domain,
            since=question.since,
            until=question.until,
            hosts=True,
        )
        write_behind(snapshot, opened, wanted, output)
    else:
        answer = _answer_of_verdicts(question, kept, agreement, snapshot.manifest, note)
        if not has_rows(snapshot, "cell", cc=question.country):
            answer.next_steps.append(NO_CELLS)
        elif kept[0]["target"] != question.domain:
            target = kept[0]["target"]
            answer.next_steps.append(
                "Cells are of registrable domains, with all their hosts: "
                f"whocut who {target} --country {question.country}"
            )
        _write(answer, output)
    is_cut = any(statement.outcome in CUT_OUTCOMES for statement in agreement.statements)
    return 4 if must_fail and is_cut else 0


def _answer_of_verdicts(
    question: Question,
    kept: list[dict[str, Any]],
    agreement: Agreement,
    manifest: Manifest,
    note: str,
) -> _Answer:
    points = [
        point_of(statement, behind(statement, kept, agreement), agreement.n_usable)
        for statement in agreement.statements
    ]
    return _Answer(
        question=question,
        answer=headline(agreement),
        cell=None,
        spans=[],
        slowdowns=[],
        elsewhere=[],
        weeks=[],
        statements=points,
        networks=by_network(kept),
        next_steps=_next_steps(kept, agreement, points),
        meta=_meta(kept, agreement, manifest, note),
    )


def _meta(
    rows: list[dict[str, Any]], agreement: Agreement, manifest: Manifest, note: str
) -> dict[str, Any]:
    return {
        "n": len(rows),
        "n_usable": agreement.n_usable,
        "networks": len(agreement.networks),
        "first": min(row["measurement_start_time"] for row in rows),
        "last": max(row["measurement_start_time"] for row in rows),
        "snapshot": manifest.sequence,
        "snapshot_content": manifest.content,
        "rulesets": sorted({row["ruleset"] for row in rows}),
        "reference_snapshots": sorted({row["reference_snapshot"] for row in rows}),
        "note": note,
    }


def _next_steps(rows: list[dict[str, Any]], agreement: Agreement, points: list[Point]) -> list[str]:
    steps: list[str] = []
    for point in points:
        own = behind(point.statement, rows, agreement)
        steps.extend(most(row["next_step"] for row in own)[:1])
    if len(agreement.networks) == 1:
        only = network_names(agreement.networks)
        steps.append(f"Only {only} was measured: a second network tells a network from a country.")
    steps = list(dict.fromkeys(steps))[:_NEXT_STEPS]
    cuts = [point for point in points if point.statement.outcome in CUT_OUTCOMES]
    for point in cuts[:1]:
        steps.append(f"Look at one: whocut explain {point.measurements[-1]}")
    return steps
