"""Tables of results that ship: read and written in one way."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from whocut.model.errors import DamagedDataError

__all__ = ["month_of", "read_rows", "write_table"]


def month_of(text: str) -> date:
    """Read a month, as in 2022-05; ValueError if it is none."""
    return date.fromisoformat(f"{text}-01")


def read_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a table whose columns are known.

    Raises: DamagedDataError naming the file, and the line where it has too many fields.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True, restval="", restkey="more")
            if tuple(reader.fieldnames or ()) != columns:
                raise DamagedDataError("line 1 has other columns", source=str(path))
            rows = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    for number, row in enumerate(rows, 2):
        if "more" in row:
            raise DamagedDataError(f"line {number} has too many fields", source=str(path))
    return rows


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table whole, or not at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)
