"""Look up the verdicts that answers are exemplified with, many at once: a file is opened once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

__all__ = ["Examples"]

_COLUMNS: Final = ("measurement_uid", "rule_id", "fingerprints", "doubt", "next_step")


class Examples:
    """Verdicts of one country by their measurement."""

    def __init__(self, snapshot: Snapshot, country: str) -> None:
        self._snapshot = snapshot
        self._country = country
        self._found: dict[str, dict[str, Any]] = {}

    def look_up(self, tallies: Iterable[Mapping[str, Any]]) -> None:
        """Read the verdict that each tally names, where the observatory has it."""
        by_day: dict[date, set[str]] = {}
        for row in tallies:
            by_day.setdefault(row["last"].date(), set()).add(row["example_uid"])
        for day, uids in sorted(by_day.items()):
            if not self._snapshot.files("verdict", cc=self._country, since=day, until=day):
                continue
            read = rows(
                *(self._snapshot, "verdict"),
                cc=self._country,
                since=day,
                until=day,
                columns=_COLUMNS,
            )
            kept = read.filter(pc.is_in(read["measurement_uid"], value_set=pa.array(sorted(uids))))
            self._found |= {row["measurement_uid"]: row for row in kept.to_pylist()}

    def verdict(self, tally: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the verdict that a tally names; None where the observatory has none."""
        return self._found.get(tally["example_uid"])
