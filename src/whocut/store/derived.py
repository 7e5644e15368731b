"""Which tables of the second pass are out of date, told from the manifest alone.

A derivation notes what a part of a derived table was made from: a hash over the input files' own
hashes and the version of the model. There is one for each (country, quarter) of ``tally`` (which
speaks for ``network_week`` too), one for each quarter of ``cell``, of all countries at once, since
every cell looks at the other countries, and one for each country of ``span``. Likewise one for each
(country, quarter) of ``timing_week``, and one for each quarter of ``slowdown``, made from that
quarter's weeks and, for their past, those of the quarter before.

A day belongs to the quarter in which the Monday of its week lies.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from msgspec import Struct

from whocut.model.cell_schema import CELL_TABLES
from whocut.model.schema import TABLE_VERSION
from whocut.model.timing_schema import SLOWDOWN, TIMING_WEEK
from whocut.store.manifest import Derivation, FileEntry, Manifest

__all__ = [
    "ALL_TIME",
    "DERIVED_TABLES",
    "Part",
    "cell_parts",
    "quarter_of",
    "slowdown_parts",
    "span_parts",
    "stale_quarters",
    "still_derived",
    "tally_parts",
    "timing_parts",
]

DERIVED_TABLES: Final = frozenset(
    table.name for table in (*CELL_TABLES, TIMING_WEEK, SLOWDOWN)
)
ALL_TIME: Final = "0001-01-01"
"""The day under which files are filed that hold all time."""
_LAYOUT: Final = 2
"""Raised when the same rows would be written to other files."""


class Part(Struct, frozen=True):
    """A part of a derived table, and the files it is to be made from."""

    derivation: Derivation
    inputs: tuple[FileEntry, ...]

    @property
    def rows(self) -> int:
        """Rows of the files to read."""
        return sum(entry.rows for entry in self.inputs)


@lru_cache(maxsize=1 << 14)
def quarter_of(day: str) -> str:
    """Give the first day of the quarter in which the Monday of a day's week lies, both ISO 8601."""
    when = date.fromisoformat(day)
    monday = when - timedelta(days=when.weekday())
    return monday.replace(month=(monday.month - 1) // 3 * 3 + 1, day=1).isoformat()


def tally_parts(files: Iterable[FileEntry], model: str) -> list[Part]:
    """List the (country, quarter) parts that the verdicts call for."""
    inputs: dict[tuple[str, str], list[FileEntry]] = defaultdict(list)
    for entry in files:
        if entry.table == "verdict":
            inputs[entry.cc, quarter_of(entry.day)].append(entry)
    return _parts("tally", inputs, model)


def cell_parts(files: Iterable[FileEntry], model: str) -> list[Part]:
    """List the quarters that the tallies call for, all countries together."""
    inputs: dict[tuple[str, str], list[FileEntry]] = defaultdict(list)
    for entry in files:
        if entry.table == "tally":
            inputs["", entry.day].append(entry)
    return _parts("cell", inputs, model)


def span_parts(files: Iterable[FileEntry], model: str) -> list[Part]:
    """List the countries that the cells call for, all time together."""
    inputs: dict[tuple[str, str], list[FileEntry]] = defaultdict(list)
    for entry in files:
        if entry.table == "cell":
            inputs[entry.cc, ALL_TIME].append(entry)
    return _parts("span", inputs, model)


def timing_parts(files: Iterable[FileEntry], model: str) -> list[Part]:
    """List the (country, quarter) parts that the timings call for."""
    inputs: dict[tuple[str, str], list[FileEntry]] = defaultdict(list)
    for entry in files:
        if entry.table == "timing":
            inputs[entry.cc, quarter_of(entry.day)].append(entry)
    return _parts(TIMING_WEEK.name, inputs, model)


def slowdown_parts(files: Iterable[FileEntry], model: str) -> list[Part]:
    """List the quarters that the weekly timings call for, with the quarter before each."""
    by_quarter: dict[str, list[FileEntry]] = defaultdict(list)
    for entry in files:
        if entry.table == TIMING_WEEK.name:
            by_quarter[entry.day].append(entry)
    inputs = {
        ("", day): [*by_quarter.get(_quarter_before(day), ()), *entries]
        for day, entries in by_quarter.items()
    }
    return _parts(SLOWDOWN.name, inputs, model)


def _quarter_before(day: str) -> str:
    return quarter_of((date.fromisoformat(day) - timedelta(weeks=2)).isoformat())


def still_derived(before: Manifest, after: Iterable[FileEntry]) -> tuple[Derivation, ...]:
    """Keep the notes of the parts whose verdicts are the same as before.

    The files of the others stay and can be read, but nothing calls them current any more.
    """
    if not before.derived:
        return ()
    changed = {
        (entry.cc, quarter_of(entry.day))
        for entry in {*before.files}.symmetric_difference(after)
        if entry.table == "verdict"
    }
    quarters = {day for _, day in changed}
    touched = {cc for cc, _ in changed}
    return tuple(
        note
        for note in before.derived
        if not (
            (note.table in {"tally", "timing_week"} and (note.cc, note.day) in changed)
            or (note.table == "cell" and note.day in quarters)
            or (
                note.table == "slowdown"
                and not quarters.isdisjoint((note.day, _quarter_before(note.day)))
            )
            or (note.table == "span" and note.cc in touched)
        )
    )


def stale_quarters(manifest: Manifest, model: str, cc: str | None = None) -> tuple[str, ...]:
    """List the quarters with verdicts, of one country or any, that no current cells speak for."""
    current = {
        note.day for note in manifest.derived if note.table == "cell" and note.model == model
    }
    wanted = {quarter_of(entry.day) for entry in manifest.files_of("verdict", cc)}
    return tuple(sorted(wanted - current))


def _parts(table: str, inputs: Mapping[tuple[str, str], list[FileEntry]], model: str) -> list[Part]:
    parts = []
    for (cc, day), entries in sorted(inputs.items()):
        entries.sort()
        digest = hashlib.sha256(f"{_LAYOUT} {TABLE_VERSION} {table} {model}\n".encode())
        for entry in entries:
            digest.update(f"{entry.cc} {entry.day} {entry.sha256}\n".encode())
        note = Derivation(table, cc, day, digest.hexdigest(), model)
        parts.append(Part(note, tuple(entries)))
    return parts
