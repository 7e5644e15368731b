"""What is given away of each record: its row as CSV, its line of JSON, and how to cite it."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from whocut.ledger.export.bibtex import escaped
from whocut.ledger.export.lines import line_of_record
from whocut.ledger.export.rows import TABLE_OF, rows_by
from whocut.ledger.export.tabular import csv_text
from whocut.ledger.load import ledger_path
from whocut.ledger.record import CutRecord
from whocut.ledger.release import canonical_json, read_chain, record_hash
from whocut.ledger.sentences import sentence_of
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack

__all__ = ["CSV_HEAD", "Citing", "GivenRow", "write_given"]

_SCHEMA: Final = """
CREATE TABLE ledger_given (
  n INTEGER PRIMARY KEY, csv TEXT NOT NULL, json TEXT NOT NULL, citing BLOB NOT NULL
);
"""
_COLUMNS: Final = tuple(column.name for column in TABLE_OF["record"].columns)
CSV_HEAD: Final = csv_text([], _COLUMNS)
"""The heading of the rows, as ``whocut ledger export --form csv`` writes it."""


class Citing(Struct, frozen=True, array_like=True):
    """By what a record is cited, and how anybody can check that it was not altered."""

    sha256: str
    """Of its canonical JSON."""
    release: int | None
    """The newest release; None where there is none."""
    released_on: str
    seal: str
    is_as_released: bool
    """The release holds it with this very hash."""
    bibtex: str


class GivenRow(Struct, frozen=True):
    """One record as it is given away, and its place in the order of the list."""

    n: int
    text: str


def write_given(
    connection: sqlite3.Connection,
    source: LedgerSource,
    numbers: Mapping[str, int],
    progress: Progress,
) -> None:
    """Write what is given away of every record."""
    connection.executescript(_SCHEMA)
    ledger, actors = source.ledger, source.actors
    citing = _Citations(source)
    for id_, number in progress.over("records given away", list(numbers.items())):
        record = ledger.records[id_]
        row = csv_text(rows_by("record", ledger, actors, [record]), _COLUMNS)
        line = canonical_json(line_of_record(ledger, actors, record)).decode()
        connection.execute(
            "INSERT INTO ledger_given VALUES (?, ?, ?, ?)",
            (number, row.removeprefix(CSV_HEAD), line, pack(citing.of(record))),
        )


class _Citations:
    """Cites records by the newest release of the ledger they stand in."""

    def __init__(self, source: LedgerSource) -> None:
        self._source = source
        files = source.ledger.files.values()
        root = next((one.parent.parent for one in files), ledger_path())
        manifests = read_chain(root).manifests
        self._newest = manifests[-1] if manifests else None
        released = self._newest.records if self._newest is not None else ()
        self._released = {one.id: one.sha256 for one in released}

    def of(self, record: CutRecord) -> Citing:
        newest, sha256 = self._newest, record_hash(record)
        return Citing(
            sha256=sha256,
            release=None if newest is None else newest.number,
            released_on="" if newest is None else newest.date.isoformat(),
            seal="" if newest is None else newest.sha256,
            is_as_released=self._released.get(record.id) == sha256,
            bibtex=self._bibtex(record, sha256),
        )

    def _bibtex(self, record: CutRecord, sha256: str) -> str:
        source = self._source
        title = escaped(sentence_of(source.ledger, source.actors, record))
        note = f"SHA-256 of the canonical JSON: {sha256}"
        if self._newest is not None:
            note += f"; release {self._newest.number} of the ledger, seal {self._newest.sha256}"
        fields = {
            "title": f"{{{{{title}}}}}",
            "author": "{{whocut}}",
            "howpublished": f"{{whocut ledger, record {escaped(record.id)}}}",
            "note": f"{{{escaped(note)}}}",
        }
        if self._newest is not None:
            fields["year"] = f"{{{self._newest.date.year}}}"
        lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
        return f"@misc{{whocut-{record.id},\n{lines}}}\n"
