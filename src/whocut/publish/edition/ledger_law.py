"""Write what the law of each day said of each record, and the instruments it was read from."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from whocut.ledger.law.assess import assess_span
from whocut.ledger.law.record_question import life_of, question_of
from whocut.publish.edition.ledger_rows import InstrumentPage, InstrumentRow, LawFound, LawSpan
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack

__all__ = ["write_law"]

_SCHEMA: Final = """
CREATE TABLE ledger_law (n INTEGER PRIMARY KEY, families BLOB NOT NULL, law BLOB NOT NULL);
CREATE TABLE ledger_instrument (id TEXT PRIMARY KEY, row BLOB NOT NULL, whole BLOB NOT NULL);
CREATE TABLE ledger_version (id TEXT PRIMARY KEY, family TEXT NOT NULL) WITHOUT ROWID;
"""


def write_law(
    connection: sqlite3.Connection,
    source: LedgerSource,
    numbers: Mapping[str, int],
    as_of: date,
    progress: Progress,
) -> None:
    """Write the assessment of every record, and every instrument with its records."""
    connection.executescript(_SCHEMA)
    versions = source.law.versions
    of_family: dict[str, list[str]] = {}
    decided: Counter[str] = Counter()
    for id_ in progress.over("law of the day", list(numbers)):
        found = _law_of(source, id_, as_of)
        told = (numbers[id_], pack(found.instruments), pack(found))
        connection.execute("INSERT INTO ledger_law VALUES (?, ?, ?)", told)
        cited = [one.id for one in source.ledger.records[id_].instruments]
        named = [versions[one][0].id if one in versions else one for one in cited]
        for name in dict.fromkeys([*found.instruments, *named]):
            of_family.setdefault(name, []).append(id_)
            decided[name] += 1
            connection.execute(
                "INSERT OR IGNORE INTO ledger_of VALUES ('instrument', ?, ?)",
                (name, numbers[id_]),
            )
    for family in sorted(source.law.families, key=lambda one: one.id):
        row = InstrumentRow(
            id=family.id,
            title=family.title,
            kind=family.kind.value,
            n_versions=len(family.versions),
            n_records=decided[family.id],
        )
        whole = InstrumentPage(family, tuple(of_family.get(family.id, ())[:_MOST]))
        connection.execute(
            "INSERT INTO ledger_instrument VALUES (?, ?, ?)", (family.id, pack(row), pack(whole))
        )
        connection.executemany(
            "INSERT OR IGNORE INTO ledger_version VALUES (?, ?)",
            ((version.id, family.id) for version in family.versions),
        )


_MOST: Final = 200
"""Records listed with an instrument; ``LedgerPages.of_instrument`` gives them as rows."""


def _law_of(source: LedgerSource, id_: str, as_of: date) -> LawFound:
    record = source.ledger.records[id_]
    life = life_of(record, as_of)
    if life is None:
        return LawFound(id_, (), as_of, ())
    question = question_of(record, source.actors, source.law)
    spans = tuple(LawSpan(*one) for one in assess_span(source.law, question, *life))
    families = [one.family for span in spans for one in span.assessment.provisions if one.decides]
    return LawFound(id_, spans, as_of, tuple(dict.fromkeys(families)))
