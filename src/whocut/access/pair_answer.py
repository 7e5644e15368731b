"""What the cells of one target in one country answer, and what that rests on.

Rows in, answer out: the command line looks up the rows of one pair, an edition of the pages those
of a whole country, and both get the same answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from whocut.access.agreement import VAGUE_MECHANISMS, Agreement, Said, Statement, agree
from whocut.access.period import Period, Question, period_of
from whocut.model.taxonomy import (
    CUT_CAUSES,
    CUT_OUTCOMES,
    ActorKind,
    CellAnswer,
    Layer,
    Locus,
    Outcome,
    Strength,
)

__all__ = [
    "CUT_ANSWERS",
    "LAB",
    "NETWORK_COLUMNS",
    "Look",
    "PairAnswer",
    "answer_of",
    "answer_probability",
    "as_tallied",
    "behind",
    "by_network",
    "choose_week",
    "examples_to_look_up",
    "look_at",
    "most",
    "of_world",
    "rounded",
    "span_of",
]

LAB: Final = "lab"
"""The origin of measurements of the emulated internet, where it is known who did what."""
CUT_ANSWERS: Final = frozenset(
    {
        *(CellAnswer(cause.value) for cause in CUT_CAUSES),
        CellAnswer.REFUSED,
        CellAnswer.TWO_CAUSES,
        CellAnswer.CUT_UNATTRIBUTED,
    }
)
"""Answers under which a cut stands."""
NETWORK_COLUMNS: Final = (
    "probe_asn",
    "outcome",
    "layer",
    "mechanism",
    "strength",
    "n",
    "first_day",
    "last_day",
)
_NOT_SLOWED: Final = ("none", "insufficient")
_EXAMPLES: Final = 2
_MOST_EXAMPLES: Final = 5
"""Verdicts looked up for one answer: each costs a few milliseconds."""


class Look(Struct, frozen=True):
    """Which rows of a pair an answer is made of."""

    origin: str
    period: Period
    n_before: int
    """Measurements of weeks before the period."""
    n_lab: int
    """Weeks of the emulated internet that are left out beside those of the world."""


class PairAnswer(Struct, frozen=True):
    """What the cells of a pair answer in a period."""

    history: list[dict[str, Any]]
    """Each week of the period, oldest first."""
    cell: dict[str, Any]
    """The cell that answers."""
    later: int
    """Weeks after it whose cells are insufficient."""
    spans: list[dict[str, Any]]
    slowdowns: list[dict[str, Any]]
    """Weeks in which it was slowed, oldest first."""
    tallies: list[dict[str, Any]]
    agreement: Agreement


def look_at(measured: Sequence[dict[str, Any]], question: Question) -> Look | None:
    """Choose the origin and the weeks of an answer; ``None`` where nothing was measured.

    Shapes: ``measured`` has origin, week and n of every week of the pair, in any order.
    """
    kept, n_lab = of_world(measured)
    if not kept:
        return None
    first, last = min(row["week"] for row in kept), max(row["week"] for row in kept)
    period = period_of(question, first, last)
    before = sum(row["n"] for row in kept if row["week"] < period.since)
    origin = min(kept, key=lambda row: row["week"])["origin"]
    return Look(origin, period, before, n_lab)


def answer_of(
    look: Look,
    cells: Iterable[dict[str, Any]],
    tallies: Iterable[dict[str, Any]],
    spans: Iterable[dict[str, Any]],
    slowdowns: Iterable[dict[str, Any]],
) -> PairAnswer | None:
    """Answer from the rows of a pair in the period; ``None`` where it has no cell there."""
    origin = look.origin
    history = sorted(_of(cells, origin), key=lambda row: row["week"])
    if not history:
        return None
    cell = choose_week(history)
    own = _of(tallies, origin)
    return PairAnswer(
        history=history,
        cell=cell,
        later=sum(row["week"] > cell["week"] for row in history),
        spans=_of(spans, origin),
        slowdowns=[row for row in _of(slowdowns, origin) if row["answer"] not in _NOT_SLOWED],
        tallies=own,
        agreement=agree([as_tallied(row) for row in own]),
    )


def choose_week(history: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Choose the week that answers: the last one that is not insufficient, else the last one."""
    answered = [row for row in history if row["answer"] != CellAnswer.INSUFFICIENT]
    return (answered or history)[-1]


def of_world(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Keep the world's rows apart from the emulated internet's, and count those left out.

    Where there are no others, the emulated internet's are kept, and none is left out.
    """
    world = [row for row in rows if row["origin"] != LAB]
    return (world, len(rows) - len(world)) if world else (list(rows), 0)


def rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Round shares to the digits that a 32-bit number carries."""
    return {
        name: round(value, 6) if type(value) is float else value for name, value in row.items()
    }


def answer_probability(cell: Mapping[str, Any]) -> float:
    """Give the probability of what a cell answers; of a cut where it answers nothing."""
    answer = CellAnswer(cell["answer"])
    if answer is CellAnswer.REFUSED:
        both = cell["p_refused_service"] + cell["p_refused_edge"]
        return float(min(both, 1.0))
    if answer is CellAnswer.TWO_CAUSES:
        return float(cell["p_two"])
    if answer in (CellAnswer.CUT_UNATTRIBUTED, CellAnswer.INSUFFICIENT):
        return float(cell["p_cut"])
    return float(cell[f"p_{answer.value}"])


def span_of(spans: Sequence[dict[str, Any]], cell: Mapping[str, Any]) -> dict[str, Any] | None:
    """Find the span in which a cell's week lies, if its cause is the one that answers."""
    about = {cell["answer"], cell["lead"], cell["second"]}
    for span in spans:
        ends = span["end_high"]
        if span["cause"] in about and span["onset_high"] <= cell["week"] <= (ends or date.max):
            return span
    return None


def as_tallied(row: Mapping[str, Any]) -> Said:
    """Turn a tally into what it contributes to an agreement."""
    return Said(
        Outcome(row["outcome"]),
        Layer(row["layer"]),
        row["mechanism"],
        Locus(row["locus"]),
        ActorKind(row["actor_kind"]),
        Strength(row["strength"]),
        row["probe_asn"],
        row["first"],
        row["n"],
        row["last"],
    )


def behind(
    statement: Statement, rows: Iterable[dict[str, Any]], agreement: Agreement
) -> list[dict[str, Any]]:
    """Find the verdicts or tallies behind a statement; an agreement took the vague ones."""
    if statement.is_by_agreement:
        return [row for row in rows if row["mechanism"] in VAGUE_MECHANISMS]
    key = (statement.outcome.value, statement.layer.value, statement.mechanism)
    is_taken = any(one.is_by_agreement for one in agreement.statements)
    if is_taken and statement.mechanism in VAGUE_MECHANISMS:
        return []
    return [row for row in rows if (row["outcome"], row["layer"], row["mechanism"]) == key]


def examples_to_look_up(
    agreement: Agreement, tallies: Sequence[dict[str, Any]]
) -> dict[Statement, list[dict[str, Any]]]:
    """Choose the tallies of each statement whose last verdict is worth a look, the last first."""
    found: dict[Statement, list[dict[str, Any]]] = {}
    left = _MOST_EXAMPLES
    for statement in agreement.statements:
        own = sorted(
            behind(statement, tallies, agreement), key=lambda row: (-row["n"], row["probe_asn"])
        )
        is_cut = statement.outcome in CUT_OUTCOMES
        chosen = own[: min(left, _EXAMPLES if is_cut else 1)]
        left -= len(chosen)
        found[statement] = chosen[::-1]
    return found


def most(values: Iterable[str]) -> tuple[str, ...]:
    """Give the distinct values, the most frequent first."""
    counts = Counter(value for value in values if value)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def by_network(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Count by network and kind; a row is a verdict, or a tally of many."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in NETWORK_COLUMNS[:5])
        if "measurement_start_time" in row:
            first = last = row["measurement_start_time"].date()
            count = 1
        else:
            first, last, count = row["first"].date(), row["last"].date(), row["n"]
        group = groups.get(key)
        if group is None:
            values = (*key, count, first, last)
            groups[key] = dict(zip(NETWORK_COLUMNS, values, strict=True))
        else:
            group["n"] += count
            group["first_day"] = min(group["first_day"], first)
            group["last_day"] = max(group["last_day"], last)
    return sorted(groups.values(), key=lambda row: (row["probe_asn"], -row["n"], row["mechanism"]))


def _of(found: Iterable[dict[str, Any]], origin: str) -> list[dict[str, Any]]:
    return [rounded(row) for row in found if row["origin"] == origin]
