"""Where the networks that hand over to a country are registered, in the results that ship."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.routes.dependency.answer import Band
from whocut.routes.results_file import month_of, read_rows

__all__ = ["STATE_COLUMNS", "StateShare", "read_states"]

STATE_COLUMNS: Final = ("date", "country", "state", "networks", "share", "low", "high")


class StateShare(Struct, frozen=True):
    """Share of a country's addresses that networks registered in one state hand over."""

    day: date
    country: str
    state: str
    """ISO 3166 code; empty where the registration names none."""
    networks: int
    """How many of them do."""
    share: Band


def read_states(folder: Path | None = None) -> Iterator[StateShare]:
    """Read what ships, or what a folder holds; the greatest share of a country first.

    Raises: DamagedDataError naming file and line.
    """
    path = (folder or shipped_path("results", "routes")) / "states.csv"
    for number, row in enumerate(read_rows(path, STATE_COLUMNS), 2):
        try:
            yield StateShare(
                month_of(row["date"]),
                row["country"],
                row["state"],
                int(row["networks"]),
                Band(float(row["share"]), float(row["low"]), float(row["high"])),
            )
        except ValueError as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
