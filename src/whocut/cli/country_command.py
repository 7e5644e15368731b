"""``whocut country``: what is cut off in one country, target by target."""

from collections import Counter, defaultdict
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.access.agreement import Said, Statement, agree
from whocut.cli.nodata import explain_absence
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import (
    Day,
    FailOn,
    ObservatoryOption,
    Question,
    as_said,
    asked_country,
    asked_day,
    asked_to_fail,
    observatory_directory,
    only_world,
    verdict_rows,
)
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of, day_span, span
from whocut.model.taxonomy import CUT_OUTCOMES
from whocut.store.observatory import Observatory

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


def country(
    code: Annotated[str, Parameter(help="Country of the probes, two letters.")],
    /,
    *,
    since: Day = None,
    until: Day = None,
    all_targets: Annotated[
        bool, Parameter(name="--all", negative="", help="Also targets without a cut.")
    ] = False,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    fail_on: FailOn = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Show what is cut off in a country: who, how, how sure, on how much.

    One row a target and way of being cut; proof first, then the number of measurements.
    """
    question = Question(
        asked_country(code), None, asked_day(since, "--since"), asked_day(until, "--until")
    )
    must_fail = asked_to_fail(fail_on)
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        found = verdict_rows(snapshot, question)
        if not found:
            return explain_absence(snapshot, question, output)
        sequence = snapshot.manifest.sequence
    kept, note = only_world(found)
    standings = _standings(kept)
    cut = [one for one in standings if one.statement.outcome in CUT_OUTCOMES]
    shown = standings if all_targets else cut
    rows = [_row(one) for one in (shown if limit == 0 or output.form != "table" else shown[:limit])]
    if output.form == "json":
        write_json(
            {
                "question": question,
                "outcomes": _counts(kept),
                "targets": rows,
                "meta": {"n": len(kept), "snapshot": sequence, "note": note},
            }
        )
    elif output.form == "table":
        _print(question, kept, standings, shown=rows, n_shown=len(shown), note=note)
    else:
        write_rows(rows, _COLUMNS, output.form)
    return 4 if must_fail and cut else 0


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
