"""How many must agree to cut a country off: the minimum sets that ship."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.routes.results_file import month_of, read_rows

if TYPE_CHECKING:  # the search loads what a reader has no need of
    from whocut.routes.mincut.found import MinimumSet

__all__ = ["MINIMUM_COLUMNS", "ShippedMinimum", "minimum_row", "read_minimum_sets"]

MINIMUM_COLUMNS: Final = (
    *("date", "country", "by", "left", "share", "size", "bound", "proof"),
    *("isolated", "isolated_before", "members"),
)
_MOST_MEMBERS: Final = 12
"""Sets up to this size are named."""
_DIGITS: Final = 4


class ShippedMinimum(Struct, frozen=True, kw_only=True):
    """The smallest set found whose exit isolates a share of a country's addresses."""

    day: date
    country: str
    by: Literal["ases", "organisations", "jurisdictions"]
    left: Literal["nothing", "under_half"]
    share: float
    """Share asked for."""
    size: int | None
    """None if no set does it."""
    bound: int
    """No set smaller than this does it."""
    proof: str
    isolated: float
    isolated_before: float
    members: tuple[str, ...]
    """Who, where they are few."""

    @property
    def is_exact(self) -> bool:
        """Say whether no smaller set does it."""
        return self.proof != "open"


def minimum_row(day: str, found: "MinimumSet") -> dict[str, str]:
    """Write a minimum set as a row."""
    members = found.members or ()
    values = (
        *(day, found.country, found.kind.value, found.criterion.value, f"{found.share:g}"),
        "" if found.size is None else str(found.size),
        *(str(found.bound), found.proof.value),
        *(_share(found.isolated), _share(found.isolated_before)),
        " ".join(members) if len(members) <= _MOST_MEMBERS else "",
    )
    return dict(zip(MINIMUM_COLUMNS, values, strict=True))


def _share(value: float) -> str:
    return f"{round(value, _DIGITS) + 0.0:.{_DIGITS}f}".rstrip("0").rstrip(".")


def read_minimum_sets(folder: Path | None = None) -> Iterator[ShippedMinimum]:
    """Read what ships, or what a folder holds.

    Raises: DamagedDataError naming file and line.
    """
    path = (folder or shipped_path("results", "routes")) / "mincut.csv"
    for number, row in enumerate(read_rows(path, MINIMUM_COLUMNS), 2):
        try:
            day = month_of(row["date"])
            given = {
                **row,
                "day": day,
                "size": int(row["size"]) if row["size"] else None,
                "bound": int(row["bound"]),
                "members": tuple(row["members"].split()),
                **{name: float(row[name]) for name in ("share", "isolated", "isolated_before")},
            }
            yield msgspec.convert(given, ShippedMinimum)
        except (ValueError, msgspec.ValidationError) as error:
            raise DamagedDataError(f"line {number}: {error}", source=str(path)) from error
