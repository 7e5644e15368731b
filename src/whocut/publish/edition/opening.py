"""Open an edition, and know which one is current.

``<observatory>/editions/<key>.sqlite`` are the files, ``editions/current`` holds the key of the one
in force and is replaced in one step. A reader keeps the file it has open, also when it is removed.
"""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from whocut.model.errors import DamagedDataError, UsageError
from whocut.publish.edition.access import AccessPages
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.findings import FindingPages
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.reports import ReportPages
from whocut.publish.edition.routes import RoutePages
from whocut.store.durable import write_whole

__all__ = [
    "EditionKeeper",
    "current_edition",
    "current_key",
    "editions_directory",
    "open_edition",
    "path_of_key",
    "put_in_force",
]

_CURRENT: Final = "current"
_KEPT: Final = 3
"""The current edition and two before it stay on the disk."""


def editions_directory(observatory: Path) -> Path:
    """Locate the editions of an observatory."""
    return observatory / "editions"


def path_of_key(observatory: Path, key: str) -> Path:
    """Locate the file of one edition."""
    return editions_directory(observatory) / f"{key}.sqlite"


def current_key(observatory: Path) -> str | None:
    """Give the key of the edition in force; None where there is none yet."""
    try:
        key = (editions_directory(observatory) / _CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        return None
    return key or None


def open_edition(path: Path) -> Edition:
    """Open an edition.

    Raises: DamagedDataError if the file is not there, or is no edition.
    """
    if not path.is_file():
        raise DamagedDataError("no such edition", source=str(path))
    reading = Reading(path)
    key = reading.value("SELECT value FROM edition_meta WHERE name = 'key'")
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    return Edition(
        key=str(key),
        made_on=made,
        access=AccessPages(reading),
        ledger=LedgerPages(reading),
        routes=RoutePages(reading),
        findings=FindingPages(reading),
        reports=ReportPages(reading),
    )


def current_edition(observatory: Path) -> Edition:
    """Open the edition in force.

    Raises: UsageError if none was built yet.
    """
    while True:
        key = current_key(observatory)
        if key is None:
            raise UsageError(
                f"{observatory}: no edition of the pages here yet; whocut serve makes one"
            )
        try:
            return open_edition(path_of_key(observatory, key))
        except DamagedDataError:
            if current_key(observatory) == key:
                raise
            # Removed between the two steps: a newer one is in force by now.


def put_in_force(observatory: Path, key: str) -> None:
    """Make an edition the current one, in one step, and remove those before the last two."""
    directory = editions_directory(observatory)
    os.utime(path_of_key(observatory, key))
    write_whole(directory / _CURRENT, f"{key}\n".encode())
    files = sorted(directory.glob("*.sqlite"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in files[_KEPT:]:
        # Whoever has it open keeps it: the file goes when the last of them lets go.
        old.unlink(missing_ok=True)


class EditionKeeper:
    """Give the edition of the moment: looks at most once a second whether another is in force."""

    def __init__(self, observatory: Path, *, every_s: float = 1.0) -> None:
        self._observatory = observatory
        self._every_s = every_s
        self._lock = threading.Lock()
        self._edition = current_edition(observatory)
        self._looked = time.monotonic()

    def __call__(self) -> Edition:
        """Give the edition in force; a page is made from the one it was given."""
        if time.monotonic() - self._looked >= self._every_s and self._lock.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                if current_key(self._observatory) not in (self._edition.key, None):
                    self._edition = current_edition(self._observatory)
            finally:
                self._lock.release()
        return self._edition
