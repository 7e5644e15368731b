"""Findings, ready for pages."""

import sqlite3

from whocut.publish.edition.ledger_tables import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.store.snapshot import Snapshot

__all__ = ["FindingPages", "write_findings"]


def write_findings(
    connection: sqlite3.Connection,
    snapshot: Snapshot | None,
    source: LedgerSource,
    progress: Progress,
) -> None:
    """Write the tables of findings."""


class FindingPages:
    """Findings, ready for pages."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
