"""What happened when: every telling of every moment of records, on one axis of time."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.edtf import Edtf
from whocut.ledger.moments import is_not_carried_out, moments_of
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import DateKind, Kind

__all__ = ["Axis", "Event", "axis_of", "events_of", "mark_of"]

_MARKS: Final = {
    DateKind.ANNOUNCED: "A",
    DateKind.EFFECTIVE: "E",
    DateKind.FIRST_OBSERVED: "O",
    DateKind.DISCLOSED: "D",
    DateKind.ENDED: "X",
}
_KIND_MARKS: Final = {Kind.RESTORATION: "R", Kind.REFUSAL: "N", Kind.RUMOUR: "?"}


class Event(Struct, frozen=True):
    """One telling of one moment of a record; it fills the days from ``first`` to ``last``."""

    record: CutRecord
    moment: DateKind
    on: str
    when: Edtf
    number: int
    """Its place among the tellings of this moment, from 0; the first is preferred."""
    first: date | None
    """None where no first day is told."""
    last: date | None

    @property
    def is_one_day(self) -> bool:
        """Say whether it is told to the day."""
        return self.first is not None and self.first == self.last


class Axis(Struct, frozen=True):
    """A stretch of time drawn in columns."""

    first: date
    last: date
    columns: int

    def column(self, day: date) -> int:
        """Give the column of a day; a day beyond an end stands at that end."""
        days = max((self.last - self.first).days, 1)
        at = (min(max(day, self.first), self.last) - self.first).days
        return at * (self.columns - 1) // days

    def line(self, events: Sequence[Event], *, span: str = "~", held: str = "=") -> str:
        """Draw the events of one record.

        ``span`` fills the days of a date less exact than a day, ``held`` those between the start of
        a cut and its end, where both are told.
        """
        cells = [" "] * self.columns
        preferred = {one.moment: one for one in events if one.number == 0}
        start, end = preferred.get(DateKind.EFFECTIVE), preferred.get(DateKind.ENDED)
        if start is not None and end is not None and start.last is not None and end.first:
            # A plan that was withdrawn before its day has its end first, and draws nothing.
            for at in range(self.column(start.last), self.column(end.first) + 1):
                cells[at] = held
        drawn = [one for one in events if not (one.first is None and one.last is None)]
        for one in drawn:
            if not one.is_one_day:
                until = self.column(one.last or self.last)
                for at in range(self.column(one.first or self.first), until + 1):
                    cells[at] = span
        for one in sorted(drawn, key=lambda one: one.moment is DateKind.EFFECTIVE):
            # The mark of a span stands in its middle: its first day is no more likely than others.
            first, last = self.column(one.first or self.first), self.column(one.last or self.last)
            cells[(first + last) // 2] = mark_of(one)
        return "".join(cells)

    def years(self) -> str:
        """Draw the years beneath, each where it begins, as many as there is room for."""
        cells = [" "] * (self.columns + 4)
        free_from = 0
        for year in range(self.first.year, self.last.year + 1):
            at = self.column(max(date(year, 1, 1), self.first))
            if at >= free_from:
                cells[at : at + 4] = str(year)
                free_from = at + 5
        return "".join(cells).rstrip()


def events_of(records: Iterable[CutRecord]) -> list[Event]:
    """List every telling of every moment in the order of time, the first possible day first."""
    events = [
        Event(
            record,
            one.kind,
            one.telling.on,
            one.when,
            one.number,
            *_days(one.when),
        )
        for record in records
        for one in moments_of(record)
    ]
    return sorted(events, key=lambda one: (one.first or one.last or date.max, one.record.id))


def axis_of(events: Sequence[Event], columns: int) -> Axis | None:
    """Lay an axis over the events; None where none of them has a day."""
    days = [day for one in events for day in (one.first, one.last) if day is not None]
    return Axis(min(days), max(days), columns) if days else None


def mark_of(event: Event) -> str:
    """Give the letter of an event: what it is, or for a restoration or refusal, that."""
    if event.moment is DateKind.EFFECTIVE and is_not_carried_out(event.record):
        return "P"
    if event.moment is DateKind.ENDED:
        return _MARKS[event.moment]
    return _KIND_MARKS.get(event.record.kind, _MARKS[event.moment])


def _days(when: Edtf) -> tuple[date | None, date | None]:
    if when.end_is_open and when.earliest is not None:
        # "From that day on" is told of that day; how long it went on is not a date of the start.
        return when.earliest, when.earliest
    return when.earliest, when.latest
