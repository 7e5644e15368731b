"""``whocut who``: who refused or interfered, at which layer, how, on what evidence and doubt."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter
from msgspec import Struct

from whocut.access.agreement import Agreement, Statement, agree
from whocut.cli.nodata import explain_absence
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import (
    VERDICT_COLUMNS,
    Country,
    Day,
    FailOn,
    ObservatoryOption,
    Question,
    as_said,
    asked_country,
    asked_day,
    asked_domain,
    asked_to_fail,
    observatory_directory,
    only_world,
    verdict_rows,
)
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import day_span, headline, network_names, span, statement_line
from whocut.model.taxonomy import CUT_OUTCOMES
from whocut.store.manifest import Manifest
from whocut.store.observatory import Observatory

__all__ = ["who"]

_NETWORK_COLUMNS = (
    "probe_asn",
    "outcome",
    "layer",
    "mechanism",
    "strength",
    "n",
    "first_day",
    "last_day",
)
_ROW_COLUMNS = (
    "measurement_uid",
    "measurement_start_time",
    "probe_asn",
    "input",
    "outcome",
    "layer",
    "mechanism",
    "strength",
    "rule_id",
)
_EXAMPLES = 2
_NEXT_STEPS = 3


class _Point(Struct, frozen=True):
    """One statement with what it rests on."""

    statement: Statement
    sentence: str
    rules: tuple[str, ...]
    """Rules that decided, the most frequent first."""
    evidence: str
    """The first rule's own sentence."""
    doubt: str
    fingerprints: tuple[str, ...]
    chain_grades: tuple[str, ...]
    measurements: tuple[str, ...]
    """A few ids to look at."""


class _Answer(Struct, frozen=True):
    """The whole answer, as JSON has it."""

    question: Question
    answer: str
    statements: list[_Point]
    networks: list[dict[str, Any]]
    next_steps: list[str]
    meta: dict[str, Any]


def who(
    domain: Annotated[str, Parameter(help="Domain or URL, as in example.org.")],
    /,
    *,
    country: Country,
    since: Day = None,
    until: Day = None,
    rows: Annotated[
        bool, Parameter(negative="", help="Write the verdicts themselves, one a row.")
    ] = False,
    fail_on: FailOn = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Say who refused or interfered with a domain in a country, or that nobody did.

    The answer comes first, in words, with its evidence and its doubt; then a table of networks and
    outcomes; then what to do next. --rows gives the verdicts behind it.
    """
    question = Question(
        asked_country(country),
        asked_domain(domain),
        asked_day(since, "--since"),
        asked_day(until, "--until"),
    )
    must_fail = asked_to_fail(fail_on)
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        found = verdict_rows(snapshot, question)
        if not found:
            return explain_absence(snapshot, question, output)
        manifest = snapshot.manifest
    kept, note = only_world(found)
    agreement = agree([as_said(row) for row in kept])
    if rows:
        if note:
            output.say(note)
        columns = _ROW_COLUMNS if output.form == "table" else VERDICT_COLUMNS
        write_rows(kept, columns, output.form)
    elif output.form in ("jsonl", "csv", "parquet"):
        write_rows(_by_network(kept), _NETWORK_COLUMNS, output.form)
    else:
        points = [_point(statement, kept, agreement) for statement in agreement.statements]
        answer = _Answer(
            question=question,
            answer=headline(agreement),
            statements=points,
            networks=_by_network(kept),
            next_steps=_next_steps(kept, agreement, points),
            meta=_meta(kept, agreement, manifest, note),
        )
        if output.form == "json":
            write_json(answer)
        else:
            _print_answer(answer)
    is_cut = any(statement.outcome in CUT_OUTCOMES for statement in agreement.statements)
    return 4 if must_fail and is_cut else 0


def _behind(
    statement: Statement, rows: list[dict[str, Any]], agreement: Agreement
) -> list[dict[str, Any]]:
    """Find the verdicts behind a statement; an agreement took those that no other one has."""
    if not statement.is_by_agreement:
        return [row for row in rows if _kind(row) == _key(statement)]
    others = {_key(one) for one in agreement.statements if not one.is_by_agreement}
    return [row for row in rows if _kind(row) not in others and row["outcome"] in CUT_OUTCOMES]


def _key(statement: Statement) -> tuple[str, str, str]:
    return (statement.outcome.value, statement.layer.value, statement.mechanism)


def _kind(row: dict[str, Any]) -> tuple[str, str, str]:
    return (row["outcome"], row["layer"], row["mechanism"])


def _most(values: list[str]) -> tuple[str, ...]:
    counts = Counter(value for value in values if value)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _point(statement: Statement, rows: list[dict[str, Any]], agreement: Agreement) -> _Point:
    from whocut.access.rules import load_rules

    own = _behind(statement, rows, agreement)
    rules = _most([row["rule_id"] for row in own])
    sentences = {str(rule.id): rule.sentence for rule in load_rules()}
    return _Point(
        statement=statement,
        sentence=statement_line(statement, agreement.n_usable),
        rules=rules,
        evidence=sentences.get(rules[0], "") if rules else "",
        doubt=next(iter(_most([row["doubt"] for row in own])), ""),
        fingerprints=_most([name for row in own for name in row["fingerprints"]]),
        chain_grades=_most([row["chain_grade"] for row in own]),
        measurements=tuple(row["measurement_uid"] for row in own[-_EXAMPLES:]),
    )


def _by_network(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[date]] = {}
    for row in rows:
        key = tuple(row[name] for name in _NETWORK_COLUMNS[:5])
        groups.setdefault(key, []).append(row["measurement_start_time"].date())
    table = [
        dict(zip(_NETWORK_COLUMNS, (*key, len(days), min(days), max(days)), strict=True))
        for key, days in groups.items()
    ]
    return sorted(table, key=lambda row: (row["probe_asn"], -row["n"], row["mechanism"]))


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


def _next_steps(
    rows: list[dict[str, Any]], agreement: Agreement, points: list[_Point]
) -> list[str]:
    steps: list[str] = []
    for point in points:
        own = _behind(point.statement, rows, agreement)
        steps.extend(_most([row["next_step"] for row in own])[:1])
    if len(agreement.networks) == 1:
        only = network_names(agreement.networks)
        steps.append(f"Only {only} was measured: a second network tells a network from a country.")
    steps = list(dict.fromkeys(steps))[:_NEXT_STEPS]
    cuts = [point for point in points if point.statement.outcome in CUT_OUTCOMES]
    for point in cuts[:1]:
        steps.append(f"Look at one: whocut explain {point.measurements[-1]}")
    return steps


def _print_answer(answer: _Answer) -> None:
    out = console()
    meta = answer.meta
    print_prose(f"{answer.question.domain} from {answer.question.country}", style="bold")
    print_prose(answer.answer, 2, "bold")
    if meta["note"]:
        print_prose(meta["note"], 2)
    for point in answer.statements:
        out.print()
        print_prose(point.sentence, 2)
        if point.rules:
            evidence = f"{point.evidence} " if point.evidence else ""
            print_prose(f"Evidence: {evidence}(whocut explain {point.rules[0]})", 4)
        if point.fingerprints:
            print_prose(f"Fingerprints: {', '.join(point.fingerprints[:3])}", 4)
        if point.doubt:
            print_prose(f"Doubt: {point.doubt}", 4)
    out.print()
    headings = ("network", "outcome", "layer", "mechanism", "strength", "n", "days")
    print_table(headings, [_network_cells(row) for row in answer.networks])
    if answer.next_steps:
        out.print()
        print_prose("Next:")
        for step in answer.next_steps:
            print_prose(step, 2)
    out.print()
    days = span(meta["first"], meta["last"])
    rules = ", ".join(meta["rulesets"])
    print_prose(f"n = {meta['n']}, {days}, state {meta['snapshot']}, rules {rules}", style="dim")


def _network_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        network_names([row["probe_asn"]]),
        *(row[name] for name in ("outcome", "layer", "mechanism", "strength")),
        str(row["n"]),
        day_span(row["first_day"], row["last_day"]),
    )
