"""Write one part of an edition into a file of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

from whocut.publish.edition.ledger_source import read_source
from whocut.publish.edition.ledger_tables import write_ledger
from whocut.publish.edition.progress import Progress


@cache
def _shipped_ledger() -> bytes:
    with closing(sqlite3.connect(":memory:")) as made:
        write_ledger(made, read_source(), Progress())
        made.commit()
        return made.serialize()


def write_shipped_ledger(to: sqlite3.Connection) -> None:
    """Write the ledger that ships, as the first of an edition's parts.

    It takes some seconds, so a process does it once and copies it after that.
    """
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(_shipped_ledger())
        made.backup(to)


def written(place: Path, write: Callable[[sqlite3.Connection], None]) -> Path:
    """Write tables to a new file and give its path."""
    path = place / "part.sqlite"
    connection = sqlite3.connect(path)
    write(connection)
    connection.commit()
    connection.close()
    return path
