"""A statement with what it rests on: rule, evidence, doubt, fingerprints, measurements."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from whocut.access.agreement import VAGUE_MECHANISMS, Agreement, Said, Statement
from whocut.cli.wording import statement_line
from whocut.model.taxonomy import CUT_OUTCOMES, ActorKind, Layer, Locus, Outcome, Strength
from whocut.store.lookup import verdict_at
from whocut.store.snapshot import Snapshot

__all__ = [
    "NETWORK_COLUMNS",
    "Point",
    "as_tallied",
    "behind",
    "by_network",
    "examples_of",
    "most",
    "point_of",
]

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
_EXAMPLES: Final = 2
_MOST_EXAMPLES: Final = 5
"""Verdicts looked up for one answer: each costs a few milliseconds."""
_EXAMPLE_COLUMNS: Final = (
    "measurement_uid",
    "rule_id",
    "fingerprints",
    "chain_grade",
    "doubt",
    "next_step",
    "ruleset",
    "reference_snapshot",
)


class Point(Struct, frozen=True):
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


def most(values: Iterable[str]) -> tuple[str, ...]:
    """Give the distinct values, the most frequent first."""
    counts = Counter(value for value in values if value)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def point_of(statement: Statement, own: Sequence[Mapping[str, Any]], n_usable: int) -> Point:
    """Put a statement together with what the verdicts behind it say."""
    from whocut.access.sentences import rule_sentence

    rules = most(row["rule_id"] for row in own)
    return Point(
        statement=statement,
        sentence=statement_line(statement, n_usable),
        rules=rules,
        evidence=rule_sentence(rules[0]) if rules else "",
        doubt=next(iter(most(row["doubt"] for row in own)), ""),
        fingerprints=most(name for row in own for name in row["fingerprints"]),
        chain_grades=most(row["chain_grade"] for row in own),
        measurements=tuple(row["measurement_uid"] for row in own[-_EXAMPLES:]),
    )


def examples_of(
    snapshot: Snapshot, country: str, agreement: Agreement, tallies: Sequence[dict[str, Any]]
) -> dict[Statement, list[dict[str, Any]]]:
    """Look up a few verdicts for each statement, the last of its largest tallies."""
    found: dict[Statement, list[dict[str, Any]]] = {}
    left = _MOST_EXAMPLES
    for statement in agreement.statements:
        own = sorted(
            behind(statement, tallies, agreement), key=lambda row: (-row["n"], row["probe_asn"])
        )
        is_cut = statement.outcome in CUT_OUTCOMES
        chosen = own[: min(left, _EXAMPLES if is_cut else 1)]
        left -= len(chosen)
        verdicts = (
            verdict_at(snapshot, country, row["example_uid"], row["last"], _EXAMPLE_COLUMNS)
            for row in reversed(chosen)
        )
        found[statement] = [verdict for verdict in verdicts if verdict is not None]
    return found


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
