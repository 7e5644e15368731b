"""Build the edition of what is there now, beside the others, and put it in force in one step."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from whocut.publish.edition.access_tables import write_access
from whocut.publish.edition.finding_reuse import FindingsBefore
from whocut.publish.edition.findings import write_findings
from whocut.publish.edition.inputs import Inputs, find_inputs, pinned
from whocut.publish.edition.ledger_source import read_source
from whocut.publish.edition.ledger_tables import write_ledger
from whocut.publish.edition.opening import (
    current_key,
    path_of_key,
    put_in_force,
)
from whocut.publish.edition.progress import Progress, Told
from whocut.publish.edition.reports import published_counts, write_reports
from whocut.publish.edition.reuse import take_over
from whocut.publish.edition.routes import write_routes
from whocut.publish.edition.terms import write_search
from whocut.store.snapshot import Snapshot

__all__ = ["build_edition", "edition_path", "write_edition"]

_PAGE_BYTES: Final = 4096
_CACHE_KIB: Final = 65536


def build_edition(
    observatory: Path, *, ledger: Path | None = None, progress: Told | None = None
) -> Path:
    """Build the edition of what an observatory and the ledger hold now, and put it in force.

    Where it is there already, nothing is built. ``ledger`` is a directory of records, by default
    the one that ships. A build that is killed leaves the edition that was in force.
    """
    snapshot = pinned(observatory)
    with snapshot or contextlib.nullcontext():
        inputs = find_inputs(snapshot, observatory, ledger)
        path = path_of_key(observatory, inputs.key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _beside(path) as draft:
                before = current_key(observatory)
                known = path_of_key(observatory, before) if before else None
                write_edition(draft, inputs, snapshot, Progress(progress), before=known)
    if current_key(observatory) != inputs.key:
        put_in_force(observatory, inputs.key)
    return path


def edition_path(observatory: Path, *, ledger: Path | None = None) -> Path:
    """Name the file of the edition that is called for now, whether it was built or not."""
    snapshot = pinned(observatory)
    with snapshot or contextlib.nullcontext():
        inputs = find_inputs(snapshot, observatory, ledger)
    return path_of_key(observatory, inputs.key)


def write_edition(
    path: Path,
    inputs: Inputs,
    snapshot: Snapshot | None,
    progress: Progress,
    *,
    before: Path | None = None,
) -> None:
    """Write a whole edition to a file that is not there yet: the same inputs, the same tables.

    What an edition before it has from the same inputs is taken over; without one the files are the
    same byte for byte.
    """
    connection = sqlite3.connect(path, uri=True)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute("CREATE TABLE edition_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        meta = {"key": inputs.key, "rest": inputs.rest, "reports": inputs.reports}
        meta["snapshot"] = str(inputs.sequence)
        connection.executemany("INSERT INTO edition_meta VALUES (?, ?)", meta.items())
        connection.commit()
        source = read_source(inputs.ledger)
        if not take_over(connection, before, inputs, progress):
            write_ledger(connection, source, progress)
            write_routes(connection, folder=None, progress=progress)
        write_access(connection, snapshot, progress)
        reports = published_counts(inputs.counts)
        write_reports(connection, reports)
        with contextlib.closing(FindingsBefore(before, inputs)) as known:
            write_findings(connection, snapshot, source, progress, reports, before=known)
        write_search(connection, source, progress)
        connection.commit()
        connection.execute("ANALYZE")
    finally:
        connection.close()


_PRAGMAS: Final = (
    f"PRAGMA page_size = {_PAGE_BYTES}",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "PRAGMA journal_mode = OFF",  # a draft that is killed is thrown away
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = MEMORY",
)


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Write beside a file, and rename into its place what is whole and on the disk."""
    draft = path.with_name(f".{path.stem}.{os.getpid()}.draft")
    _remove_drafts(path.parent)
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _remove_drafts(directory: Path) -> None:
    """Remove what builds have left that were killed."""
    for draft in directory.glob(".*.draft"):
        pid = draft.name.rsplit(".", 2)[-2]
        if not (pid.isdigit() and Path(f"/proc/{pid}").exists()):
            draft.unlink(missing_ok=True)
