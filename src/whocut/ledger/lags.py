"""Three figures in days: exemption lag, restoration lag, length of a cut.

- **Exemption lag by record**: from the day a cut took effect to the first later day on which an
  exemption that covers its service is in force. By regime it stands in ``lags_regimes``.
- **Restoration lag**: from the day that the exemption is in force, or from that of the cut where it
  came later, to the day that the service was back.
- **Length**: from the day a cut took effect to the day that the service was back.

What has not ended is open as of a stated day, and is counted. Grades are groups and never one
figure. A lag is no proof that the one caused the other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from whocut.ledger.edtf import Edtf, Span, parse_edtf
from whocut.ledger.lags_median import MedianDays, median_of_spans
from whocut.ledger.lags_regimes import Breadth
from whocut.ledger.lags_spells import LeftOut, Spell, span_between, spells_of
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Grade

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "GROUPINGS",
    "Lag",
    "LagFigure",
    "LagKind",
    "Lags",
    "figures_of",
    "lengths_of",
]


class LagKind(StrEnum):
    """Which figure."""

    EXEMPTION = "exemption"
    RESTORATION = "restoration"
    LENGTH = "length"


class Lag(Struct, frozen=True, kw_only=True):
    """One span of one record."""

    kind: LagKind
    record: str
    told_in: str | None = None
    """The record that tells its end, where that is another."""
    places: tuple[str, ...]
    sector: str
    actor_kinds: tuple[str, ...]
    instruments: tuple[str, ...]
    """Of a length: those that the record's sources connect with it; else the exemption."""
    breadth: Breadth | None = None
    case: str = ""
    """What is told apart within a kind, as whether the exemption came before the cut."""
    start: tuple[str, ...]
    end: tuple[str, ...] = ()
    """None of it: open."""
    days: Span
    grade: Grade
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether no end is told."""
        return not self.end


class LagFigure(Struct, frozen=True, kw_only=True):
    """The spans of one group: of one kind, case, breadth and grade."""

    kind: LagKind
    case: str
    breadth: Breadth | None
    by: str
    value: str
    grade: Grade
    n: int
    n_open: int
    least: int | None
    """The shortest of those that ended."""
    most: int | None
    """The longest of those that ended."""
    median: MedianDays | None
    """With the open ones."""
    median_of_ended: MedianDays | None
    """Without them, which leans to the short ones."""
    is_about: bool
    """A date of the group is approximate or uncertain."""
    records: tuple[str, ...]
    open_records: tuple[str, ...]


class Lags(Struct, frozen=True):
    """All spans of one kind as of a day, and what gives none."""

    kind: LagKind
    as_of: date
    lags: tuple[Lag, ...]
    left_out: tuple[LeftOut, ...]


_Values = Callable[[Lag], Iterable[str]]

GROUPINGS: Final[Mapping[str, _Values]] = {
    "country": lambda one: one.places,
    "sector": lambda one: (one.sector,),
    "instrument": lambda one: one.instruments or ("none",),
    "record": lambda one: (one.record,),
    "actor_kind": lambda one: one.actor_kinds,
}
"""By what spans are grouped. A place is as the record names it: UA-43 is not UA."""


def lengths_of(ledger: Ledger, actors: Mapping[str, "Actor"], as_of: date) -> Lags:
    """Give the length of every cut as of a day."""
    spells, left_out = spells_of(ledger, as_of)
    lags = tuple(
        Lag(
            kind=LagKind.LENGTH,
            record=one.record.id,
            told_in=_other(one),
            places=one.places,
            sector=one.record.sector.value.value,
            actor_kinds=actor_kinds(one.record, actors),
            instruments=tuple(dict.fromkeys(cited.id for cited in one.record.instruments)),
            start=texts(one.start),
            end=texts(one.end.tellings) if one.end is not None else (),
            days=one.days,
            grade=one.grade,
        )
        for one in spells
    )
    return Lags(LagKind.LENGTH, as_of, lags, tuple(left_out))


def figures_of(lags: Sequence[Lag], by: str) -> list[LagFigure]:
    """Group spans by the values of one axis, each kind, case, breadth and grade by itself."""
    values = GROUPINGS[by]
    grouped: dict[tuple[str, ...], list[Lag]] = {}
    for one in lags:
        for value in dict.fromkeys(values(one)):
            key = (one.kind, one.case, one.breadth or "", value, one.grade)
            grouped.setdefault(key, []).append(one)
    return [_figure(by, key[3], grouped[key]) for key in sorted(grouped, key=_order)]


def actor_kinds(record: CutRecord, actors: Mapping[str, "Actor"]) -> tuple[str, ...]:
    """List the kinds of those who decided."""
    found = (actors.get(one.actor) for one in record.parties.decider)
    return tuple(dict.fromkeys("unknown" if one is None else one.kind.value for one in found))


def texts(tellings: Iterable[Edtf]) -> tuple[str, ...]:
    """Give dates as they are told."""
    return tuple(one.text for one in tellings)


def days_until(start: Sequence[Edtf], end: Sequence[Edtf] | None, as_of: date) -> Span | None:
    """Count the days to an end, or to the stated day where there is none."""
    return span_between(start, end if end is not None else [parse_edtf(as_of.isoformat())])


def _other(one: Spell) -> str | None:
    if one.end is None or one.end.told_in == one.record.id:
        return None
    return one.end.told_in


_GRADES: Final = {Grade.DOCUMENTED.value: 0, Grade.EXCERPT.value: 1, Grade.LEAD.value: 2}


def _order(key: tuple[str, ...]) -> tuple[str, str, str, str, int]:
    kind, case, breadth, value, grade = key
    return kind, case, breadth, value, _GRADES[grade]


def _figure(by: str, value: str, lags: Sequence[Lag]) -> LagFigure:
    first = lags[0]
    ended = [one for one in lags if not one.is_open]
    shortest = [one.days.least for one in ended if one.days.least is not None]
    longest = [one.days.most for one in ended if one.days.most is not None]
    return LagFigure(
        kind=first.kind,
        case=first.case,
        breadth=first.breadth,
        by=by,
        value=value,
        grade=first.grade,
        n=len(lags),
        n_open=len(lags) - len(ended),
        least=min(shortest, default=None),
        most=max(longest, default=None),
        median=median_of_spans([(one.days, one.is_open) for one in lags]),
        median_of_ended=median_of_spans([(one.days, False) for one in ended]),
        is_about=any(one.days.is_qualified for one in lags),
        records=tuple(sorted({one.record for one in lags})),
        open_records=tuple(sorted({one.record for one in lags if one.is_open})),
    )
