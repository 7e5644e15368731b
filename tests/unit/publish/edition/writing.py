"""Write one part of an edition into a file of its own."""

import sqlite3
from collections.abc import Callable
from pathlib import Path


def written(place: Path, write: Callable[[sqlite3.Connection], None]) -> Path:
    """Write tables to a new file and give its path."""
    path = place / "part.sqlite"
    connection = sqlite3.connect(path)
    write(connection)
    connection.commit()
    connection.close()
    return path
