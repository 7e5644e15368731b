"""What users report, as far as the keepers have published it, ready for pages and findings."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from whocut.model.errors import DamagedDataError
from whocut.publish.desk.counts import CountRow, read_counts
from whocut.publish.edition.reading import Reading, pack

__all__ = ["NO_REPORTS", "REPORTS_SCHEMA", "ReportPages", "published_counts", "write_reports"]

REPORTS_SCHEMA: Final = """
CREATE TABLE report (
  n INTEGER PRIMARY KEY, subject TEXT NOT NULL, country TEXT NOT NULL, row BLOB NOT NULL
);
CREATE INDEX report_subject ON report (subject);
CREATE INDEX report_country ON report (country);
"""
_MOST: Final = 200
"""Rows on one page; provisional."""


def published_counts(path: Path | None) -> tuple[CountRow, ...]:
    """Read what was published; a file that is no counts is as none, for the pages must go on.

    ``whocut desk count`` refuses to write such a file, and names what is wrong with one.
    """
    if path is None:
        return ()
    try:
        return read_counts(path).rows
    except (DamagedDataError, OSError):
        return ()


def write_reports(connection: sqlite3.Connection, rows: Iterable[CountRow]) -> None:
    """Write the table of what users report, the newest periods first."""
    connection.executescript(REPORTS_SCHEMA)
    newest = sorted(rows, key=lambda row: (row.period, row.subject), reverse=True)
    connection.executemany(
        "INSERT INTO report VALUES (?, ?, ?, ?)",
        (
            (n, row.subject, row.country.partition("-")[0], pack(row))
            for n, row in enumerate(newest)
        ),
    )


class ReportPages:
    """What users report, ready for pages; there may be nothing."""

    def __init__(self, reading: Reading | None) -> None:
        self._reading = reading

    def of_country(self, country: str) -> list[CountRow]:
        """List the reports from a country and its parts."""
        if self._reading is None:
            return []
        sql = "SELECT row FROM report WHERE country = ? ORDER BY n LIMIT ?"
        return self._reading.blobs(CountRow, sql, country, _MOST)

    def of_subjects(self, subjects: Iterable[str]) -> list[CountRow]:
        """List the reports on some actors or domains."""
        if self._reading is None:
            return []
        wanted = list(dict.fromkeys(subjects))
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT row FROM report WHERE subject IN ({marks}) ORDER BY n LIMIT ?"  # noqa: S608
        return self._reading.blobs(CountRow, sql, *wanted, _MOST)


NO_REPORTS: Final = ReportPages(None)
"""Of an edition that was made without any."""
