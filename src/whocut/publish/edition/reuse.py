"""Take over from the edition before what is made from the same inputs: the ledger, and routes.

An ingest changes what was measured and not what documents say; to put ten thousand records to the
law of every day again would take minutes.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from whocut.publish.edition.inputs import Inputs
from whocut.publish.edition.progress import Progress

__all__ = ["take_over"]

_PARTS: Final = ("ledger_", "routes_")
"""Tables made from nothing but the ledger, the other data that ships, and the code."""
_BEFORE: Final = "before"


def take_over(
    connection: sqlite3.Connection, before: Path | None, inputs: Inputs, progress: Progress
) -> bool:
    """Copy the tables of ledger and routes from an edition; False where they are out of date."""
    if before is None or not before.is_file():
        return False
    address = f"file:{quote(str(before.resolve()))}?mode=ro&immutable=1"
    with contextlib.suppress(sqlite3.DatabaseError):
        connection.execute(f"ATTACH ? AS {_BEFORE}", (address,))
        try:
            sql = f"SELECT value FROM {_BEFORE}.edition_meta WHERE name = 'rest'"  # noqa: S608 - ours
            found = connection.execute(sql).fetchone()
            if found is None or found[0] != inputs.rest:
                return False
            progress.say("taken over", 0, 1)
            _copy_parts(connection)
            progress.say("taken over", 1, 1)
            return True
        finally:
            connection.commit()
            connection.execute(f"DETACH {_BEFORE}")
    return False


def _copy_parts(connection: sqlite3.Connection) -> None:
    sql = f"SELECT type, name, sql FROM {_BEFORE}.sqlite_master WHERE sql NOT NULL ORDER BY rowid"  # noqa: S608 - ours
    found = [row for row in connection.execute(sql) if row[1].startswith(_PARTS)]
    whole = [name for _, name, made in found if made.startswith("CREATE VIRTUAL")]
    # What is behind a table of words is made with it, and filled with its own.
    behind = tuple(f"{one}_" for one in whole)
    for kind, name, made in found:
        if kind == "table" and not (whole and name.startswith(behind)):
            connection.execute(made)
    for kind, name, made in found:
        if kind != "table" or name in whole:
            continue
        connection.execute(f'DELETE FROM main."{name}"')  # noqa: S608 - ours
        order = "" if "WITHOUT ROWID" in made else " ORDER BY rowid"
        connection.execute(
            f'INSERT INTO main."{name}" SELECT * FROM {_BEFORE}."{name}"{order}'  # noqa: S608 - ours
        )
    for kind, _, made in found:
        if kind == "index":
            connection.execute(made)
