"""What the cells say of one country: each target's answer, since when, and what is missing."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from whocut.access.agreement import Statement, agree
from whocut.access.pair_answer import (
    CUT_ANSWERS,
    answer_probability,
    as_tallied,
    rounded,
    span_of,
)
from whocut.access.period import Period, Question, period_of
from whocut.model.taxonomy import CUT_OUTCOMES, Cause, CellAnswer
from whocut.store.lookup import rows, week_range
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CELL_COLUMNS", "CountryCells", "Standing", "country_cells"]

_SEEN: Final = ("origin", "target", "week", "answer", "n", "n_networks")
_TALLIED: Final = (
    *("origin", "target", "probe_asn", "outcome", "layer", "mechanism", "locus"),
    *("actor_kind", "strength", "n", "first", "last"),
)
_SPANS: Final = (
    *("origin", "target", "cause", "onset", "onset_low", "onset_high"),
    *("end", "end_low", "end_high", "last_week"),
)
CELL_COLUMNS: Final = (
    *("target", "outcome", "layer", "mechanism", "locus", "actor_kind", "strength"),
    *("n", "n_usable", "networks", "first_day", "last_day"),
    *("answer", "probability", "week", "shortfall", "p_cut", "lead", "second"),
    *("extent", "extent_low", "extent_high", "since_week", "since_low", "since_high"),
    *("end_week", "weeks", "n_week", "networks_week", "networks_cut", "countries"),
    "countries_served",
)


class Standing(Struct, frozen=True):
    """One target: the cell that answers, its span, and what the tallies say."""

    cell: dict[str, Any]
    weeks: int
    """Weeks of the period in which it was measured."""
    n: int
    """Measurements of the period."""
    span: dict[str, Any] | None
    statement: Statement | None
    """The weightiest of its cuts; ``None`` where no measurement saw one."""
    n_usable: int

    @property
    def is_cut(self) -> bool:
        """Say whether a cut stands against it."""
        return self.cell["answer"] in CUT_ANSWERS

    def row(self) -> dict[str, Any]:
        """Give it as one row; the first twelve columns are as without cells."""
        cell, span, said = self.cell, self.span or {}, self.statement
        return {
            "target": cell["target"],
            "outcome": said.outcome.value if said else _outcome(cell["answer"]),
            "layer": said.layer.value if said else cell["layer"],
            "mechanism": cell["mechanism"] if self.is_cut or said is None else said.mechanism,
            "locus": said.locus.value if said else "unknown",
            "actor_kind": said.actor_kind.value if said else "unknown",
            "strength": said.strength.value if said else "",
            "n": said.n if said else self.n,
            "n_usable": self.n_usable,
            "networks": len(said.networks) if said else cell["n_networks"],
            "first_day": said.first.date() if said else cell["week"],
            "last_day": said.last.date() if said else cell["week"],
            "answer": cell["answer"],
            "probability": round(answer_probability(cell), 4),
            **{name: cell[name] for name in ("week", "shortfall", "p_cut", "lead", "second")},
            **{name: cell[name] for name in ("extent", "extent_low", "extent_high")},
            "since_week": span.get("onset"),
            "since_low": span.get("onset_low"),
            "since_high": span.get("onset_high"),
            "end_week": span.get("end"),
            "weeks": self.weeks,
            "n_week": cell["n"],
            "networks_week": cell["n_networks"],
            "networks_cut": cell["n_networks_cut"],
            "countries": cell["n_countries"],
            "countries_served": cell["n_countries_served"],
        }


def _outcome(answer: str) -> str:
    """Read an answer as the outcome of a measurement, for targets without a cut of their own."""
    if answer in (CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE):
        return "refused"
    if answer == CellAnswer.MEASUREMENT_FAULT:
        return "invalid"
    return "cut_unattributed" if answer == CellAnswer.TWO_CAUSES else answer


class CountryCells(Struct, frozen=True):
    """All targets of one country, the surest cuts first."""

    period: Period
    standings: list[Standing]
    answers: dict[str, int]
    """Targets by answer."""
    shortfalls: dict[str, int]
    """Insufficient targets by what they are short of."""
    weeks: list[dict[str, Any]]
    """Targets by answer, week by week."""
    outcomes: dict[str, int]
    """Measurements by outcome."""
    networks: int
    model: str
    note: str


def country_cells(snapshot: Snapshot, question: Question) -> CountryCells | None:
    """Find what the cells of a country say; ``None`` where there are none in these weeks."""
    ends = week_range(snapshot, "cell", question.country)
    if ends is None:
        return None
    period = period_of(question, *ends)
    days = period.since, period.until
    cells, note = _world(_read(snapshot, question, "cell", days))
    if not cells.num_rows:
        return None
    places, weeks, sizes = _chosen(cells)
    chosen = [rounded(row) for row in cells.take(places).to_pylist()]
    tallies, _ = _world(_read(snapshot, question, "tally", days, _TALLIED))
    spans = _open_spans(snapshot, question, chosen[0]["origin"], days)
    cut = _cut_statements(tallies)
    standings = []
    for cell, n_weeks, n in zip(chosen, weeks, sizes, strict=True):
        statement, n_usable = cut.get(cell["target"], (None, cell["n_usable"]))
        span = span_of(spans.get(cell["target"], ()), cell)
        standings.append(Standing(cell, n_weeks, n, span, statement, n_usable))
    short = Counter(
        one.cell["shortfall"] for one in standings if one.cell["answer"] == CellAnswer.INSUFFICIENT
    )
    return CountryCells(
        period=period,
        standings=sorted(standings, key=_weight),
        answers=dict(Counter(one.cell["answer"] for one in standings).most_common()),
        shortfalls=dict(short.most_common()),
        weeks=_by_week(cells),
        outcomes=_outcomes(tallies),
        networks=len(tallies["probe_asn"].unique()),
        model=chosen[0]["model"],
        note=note,
    )


def _read(
    snapshot: Snapshot,
    question: Question,
    table: str,
    days: tuple[date, date],
    columns: Sequence[str] | None = None,
) -> "pa.Table":
    since, until = days
    return rows(
        snapshot, table, cc=question.country, since=since, until=until, columns=columns
    ).combine_chunks()


def _world(table: "pa.Table") -> "tuple[pa.Table, str]":
    """Keep the world's rows apart from the emulated internet's, and say so."""
    import pyarrow.compute as pc

    is_lab = pc.equal(table["origin"], "lab")
    n_lab = pc.sum(is_lab).as_py() or 0
    if not n_lab:
        return table, ""
    if n_lab < table.num_rows:
        note = f"{n_lab} cells of the emulated internet are left out."
        return table.filter(pc.invert(is_lab)), note
    return table, (
        "These are measurements of the emulated internet (lab), where it is known who did what; "
        "they say nothing of any real country or service."
    )


def _chosen(cells: "pa.Table") -> tuple[list[int], list[int], list[int]]:
    """Choose the row that answers for each target: the last that is not insufficient.

    Gives the places of the rows, and for each the weeks and the measurements of its target.
    """
    best: dict[str, tuple[bool, date, int]] = {}
    weeks: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    columns = (cells[name].to_pylist() for name in ("target", "week", "answer", "n"))
    for place, (target, week, answer, n) in enumerate(zip(*columns, strict=True)):
        mark = (answer != "insufficient", week, place)
        weeks[target] += 1
        sizes[target] += n
        if target not in best or mark > best[target]:
            best[target] = mark
    names = list(best)
    return (
        [best[name][2] for name in names],
        [weeks[name] for name in names],
        [sizes[name] for name in names],
    )


def _open_spans(
    snapshot: Snapshot, question: Question, origin: str, days: tuple[date, date]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _read(snapshot, question, "span", days, _SPANS).to_pylist():
        if row["origin"] == origin:
            found.setdefault(row["target"], []).append(row)
    return found


def _cut_statements(tallies: "pa.Table") -> dict[str, tuple[Statement | None, int]]:
    """Say what the measurements of each target say, where any of them saw a cut."""
    import pyarrow.compute as pc

    outcomes = [outcome.value for outcome in CUT_OUTCOMES]
    is_cut = pc.is_in(tallies["outcome"], value_set=_texts(outcomes))
    targets = tallies["target"].filter(is_cut).unique()
    kept = tallies.filter(pc.is_in(tallies["target"], value_set=targets))
    by_target: dict[str, list[dict[str, Any]]] = {}
    for row in kept.to_pylist():
        by_target.setdefault(row["target"], []).append(row)
    found: dict[str, tuple[Statement | None, int]] = {}
    for target, own in by_target.items():
        agreement = agree([as_tallied(row) for row in own])
        cuts = [one for one in agreement.statements if one.outcome in CUT_OUTCOMES]
        found[target] = (cuts[0] if cuts else None, agreement.n_usable)
    return found


def _texts(values: Sequence[str]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(values, pa.string())


def _outcomes(tallies: "pa.Table") -> dict[str, int]:
    counted: Counter[str] = Counter()
    grouped = tallies.group_by("outcome").aggregate([("n", "sum")]).to_pylist()
    for row in grouped:
        counted[row["outcome"]] = row["n_sum"]
    return dict(counted.most_common())


def _by_week(cells: "pa.Table") -> list[dict[str, Any]]:
    grouped = cells.group_by(["week", "answer"]).aggregate([("answer", "count")]).to_pylist()
    weeks: dict[date, dict[str, int]] = {}
    for row in grouped:
        weeks.setdefault(row["week"], {})[row["answer"]] = row["answer_count"]
    return [
        {
            "week": week,
            "targets": sum(own.values()),
            "answers": {answer: own[answer] for answer in sorted(own)},
        }
        for week, own in sorted(weeks.items())
    ]


def _weight(one: Standing) -> tuple[int, float, int, str]:
    cell = one.cell
    is_insufficient = cell["answer"] == CellAnswer.INSUFFICIENT
    rank = 0 if one.is_cut else 2 if is_insufficient else 1
    chance = cell["p_cut"] if rank == 2 else answer_probability(cell)
    if cell["answer"] == Cause.SERVED:
        rank = 3
    return (rank, -round(chance, 2), -one.n, cell["target"])
