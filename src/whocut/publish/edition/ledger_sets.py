"""Which records have a value, as one bit a record: counts of any selection in microseconds.

A set is a number whose bit ``n`` is the record of that place in the list; 10,000 records and 300
values are 400 kB, read once a thread of answers needs them.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from whocut.ledger.counts import AXES, ByGrade
from whocut.ledger.vocabulary import Grade
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.edition.reading import Reading, unpack

__all__ = ["SET_AXES", "RecordSets", "bits_of", "first_of", "write_sets"]

SET_AXES: Final = (*AXES, "grade", "told")
"""Axes whose values have sets."""
_SCHEMA: Final = """
CREATE TABLE ledger_set (
  axis TEXT NOT NULL, value TEXT NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (axis, value)
) WITHOUT ROWID
"""
_SELECTIONS: Final = 64
"""Selections that are no value of an axis, kept while the choices of one page are counted."""


def write_sets(connection: sqlite3.Connection) -> None:
    """Write the set of every value, from ``ledger_of``."""
    connection.execute(_SCHEMA)
    for axis in SET_AXES:
        numbers: dict[str, list[int]] = {}
        for value, n in connection.execute(
            "SELECT value, n FROM ledger_of WHERE axis = ? ORDER BY value, n", (axis,)
        ):
            numbers.setdefault(value, []).append(n)
        for value, found in numbers.items():
            bits = bits_of(found)
            packed = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
            connection.execute("INSERT INTO ledger_set VALUES (?, ?, ?)", (axis, value, packed))


def bits_of(numbers: Iterable[int]) -> int:
    """Give places in the list as a set."""
    found = list(numbers)
    packed = bytearray(max(found, default=0) // 8 + 1)
    for n in found:
        packed[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(packed, "little")


def first_of(bits: int, most: int) -> list[int]:
    """Give the first places of a set."""
    digits = f"{bits:b}"[::-1]
    found: list[int] = []
    place = digits.find("1")
    while place >= 0 and len(found) < most:
        found.append(place)
        place = digits.find("1", place + 1)
    return found


class RecordSets:
    """The sets of one edition."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sets: dict[str, dict[str, int]] = {axis: {} for axis in SET_AXES}
        for axis, value, packed in reading.rows("SELECT axis, value, bits FROM ledger_set"):
            self._sets[axis][value] = int.from_bytes(packed, "little")
        self._grades: Mapping[str, int] = {
            one.value: self._sets["grade"].get(one.value, 0) for one in Grade
        }
        self._selected = lru_cache(maxsize=_SELECTIONS)(self._select)

    @property
    def everything(self) -> int:
        """The set of all records."""
        return self._grades["documented"] | self._grades["excerpt"] | self._grades["lead"]

    def of_value(self, axis: str, value: str) -> int:
        """Give the records that have a value; none where no record has it."""
        return self._sets[axis].get(value, 0)

    def in_order(self, bits: int, order: str, start: int, most: int) -> list[int]:
        """Give places of a set from one on: ``newest``, ``oldest``, by ``grade``, or by ``id``.

        What has no date stands last; those of one grade stand the newest first.
        """
        if order == "newest":
            return first_of(bits, start + most)[start:]
        if order == "id":
            return [n for n in self._by_id if bits >> n & 1][start : start + most]
        parts = [bits & one for one in self._grades.values()]
        if order == "oldest":
            dated = bits & ((1 << self._n_dated) - 1)
            parts = [dated, bits & ~dated]
        found: list[int] = []
        for part in parts:
            places = first_of(part, part.bit_count())
            found += places[::-1] if order == "oldest" else places
        return found[start : start + most]

    @cached_property
    def _n_dated(self) -> int:
        """So many records have a date: they stand before those that have none."""
        last = self._reading.value("SELECT MAX(n) FROM ledger_moment")
        return 0 if last is None else int(last) + 1

    @cached_property
    def _by_id(self) -> list[int]:
        return [n for (n,) in self._reading.rows("SELECT n FROM ledger_record ORDER BY id")]

    def rows(self, numbers: Iterable[int]) -> list[RecordRow]:
        """Read the rows of records by their places in the list."""
        sql = "SELECT row FROM ledger_record WHERE n = ?"
        return [unpack(self._reading.value(sql, n), RecordRow) for n in numbers]

    def selected(self, sql: str, values: tuple[object, ...]) -> int:
        """Give the records whose places in the list a question finds."""
        return self._selected(sql, values)

    def _select(self, sql: str, values: tuple[object, ...]) -> int:
        return bits_of(n for (n,) in self._reading.rows(sql, *values))

    def counts(self, axis: str, among: int) -> dict[str, ByGrade]:
        """Count some records by the values of an axis, each grade by itself."""
        graded = {grade: bits & among for grade, bits in self._grades.items()}
        found = {}
        for value, bits in self._sets[axis].items():
            if bits & among:
                found[value] = ByGrade(
                    **{grade: (bits & one).bit_count() for grade, one in graded.items()}
                )
        return found

    def graded(self, among: int) -> ByGrade:
        """Count some records, each grade by itself."""
        return ByGrade(
            **{grade: (bits & among).bit_count() for grade, bits in self._grades.items()}
        )
