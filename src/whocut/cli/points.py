"""A statement with what it rests on: rule, evidence, doubt, fingerprints, measurements."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from whocut.access.agreement import Agreement, Statement
from whocut.access.pair_answer import examples_to_look_up, most
from whocut.cli.wording import statement_line
from whocut.store.lookup import verdict_at
from whocut.store.snapshot import Snapshot

__all__ = ["Point", "examples_of", "point_of"]

_EXAMPLES: Final = 2
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
    for statement, chosen in examples_to_look_up(agreement, tallies).items():
        verdicts = (
            verdict_at(snapshot, country, row["example_uid"], row["last"], _EXAMPLE_COLUMNS)
            for row in chosen
        )
        found[statement] = [verdict for verdict in verdicts if verdict is not None]
    return found
