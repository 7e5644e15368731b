"""Spells: from the day a cut took effect to the day the service was back, for places that share it.

A record of several places whose service came back on different days is several spells. A spell
without an end is open: it is counted up to a stated day and never dropped. A record that can give
no spell is left out, with the reason.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from whocut.ledger.edtf import Edtf, Span, days_between, parse_edtf
from whocut.ledger.grade import grade_of_record, grade_of_value, weakest
from whocut.ledger.load import Ledger
from whocut.ledger.moments import moments_of, restored_by
from whocut.ledger.record import CutRecord, Dated
from whocut.ledger.vocabulary import CarriedOut, DateKind, Grade, Kind

__all__ = [
    "LeftOut",
    "Return",
    "Spell",
    "Why",
    "covers_place",
    "newest_day",
    "restores_in_part",
    "returns_without_spell",
    "span_between",
    "spells_of",
    "why_not_counted",
]


class Why(StrEnum):
    """Why a record gives no figure."""

    REFUSAL = "refusal"
    """Nothing was cut."""
    RESTORATION = "restoration"
    """It ends cuts and is none."""
    RUMOUR = "rumour"
    RETRACTED = "retracted"
    NOT_CARRIED_OUT = "not_carried_out"
    CARRIED_OUT_UNKNOWN = "carried_out_unknown"
    SERIES = "series"
    """Many cuts told together: the first day and the last are not those of one cut."""
    NO_DAY_OF_EFFECT = "no_day_of_effect"
    """Announced or disclosed; when it took effect is not told."""
    UNBOUNDED_DATE = "unbounded_date"
    LATER = "later"
    """It takes effect after the stated day."""
    END_OF_WHICH_PLACES = "end_of_which_places"
    """Its end is told as of all of its places, and a record of that day restores some of them."""
    RESTORED_IN_PART = "restored_in_part"
    """Some of those who cut restored it; of the others no end is told."""
    BACKWARDS = "backwards"
    """The dates told put the end before the start."""
    OWN_CHOICE = "own_choice"
    """A state's own act, of which no sanctions law speaks: nothing exempts from it."""
    NOTHING_TO_EXEMPT = "nothing_to_exempt"
    """The law required no such cut on any day, and no exemption names it."""
    LAW_UNCLEAR = "law_unclear"
    NOT_EXEMPTED = "not_exempted"
    """No exemption is in force: there is no day from which a return could be counted."""
    BACK_BEFORE = "back_before"
    """The service was back before the exemption came, or without one."""


class LeftOut(Struct, frozen=True, order=True):
    """A record, or some of its places, that gives no figure."""

    record: str
    why: Why
    places: tuple[str, ...]
    grade: Grade


class Return(Struct, frozen=True):
    """The end of a cut, by whom it is told: the record's own, or the one that restores it."""

    tellings: tuple[Edtf, ...]
    told_in: str
    """The id of the record whose dates these are."""
    grade: Grade


class _Start(Struct, frozen=True):
    kind: DateKind
    tellings: tuple[Edtf, ...]
    grade: Grade


class Spell(Struct, frozen=True, kw_only=True):
    """One cut, in those of its places that it ended in together."""

    record: CutRecord
    places: tuple[str, ...]
    start: tuple[Edtf, ...]
    """Every telling of it."""
    start_kind: DateKind
    end: Return | None
    """None: no end is told by the stated day; the spell is open."""
    days: Span
    """To the end, or to the stated day where it is open."""
    start_grade: Grade
    """The weaker of the record's and its start's."""
    grade: Grade
    """The weakest of the record's, its start's and its end's."""

    @property
    def is_open(self) -> bool:
        """Say whether no end is told."""
        return self.end is None


_STARTS: Final = (DateKind.EFFECTIVE, DateKind.FIRST_OBSERVED)
_KINDS: Final = {
    Kind.REFUSAL: Why.REFUSAL,
    Kind.RESTORATION: Why.RESTORATION,
    Kind.RUMOUR: Why.RUMOUR,
    Kind.SERIES: Why.SERIES,
}
_PLANNED: Final = frozenset({Why.NOT_CARRIED_OUT, Why.CARRIED_OUT_UNKNOWN})
_EVERYWHERE: Final = "WORLD"


def newest_day(ledger: Ledger) -> date:
    """Give the newest day on which something of the ledger happened or began.

    A plan of which it is not told that it was carried out gives no day.
    """
    days = [
        moment.when.earliest
        for record in ledger.records.values()
        if why_not_counted(record) not in _PLANNED
        for moment in moments_of(record)
        if moment.when.earliest is not None
    ]
    return max(days, default=date.min)


def covers_place(named: Sequence[str], place: str) -> bool:
    """Say whether places that are named take in a place: itself, its country, or everybody."""
    return place in named or place.partition("-")[0] in named or _EVERYWHERE in named


def span_between(starts: Sequence[Edtf], ends: Sequence[Edtf]) -> Span | None:
    """Count the days between two moments, each told once or more: the least and the most of all.

    None where a date has no bound on the side that counts. Days below nought are nought, as the
    order of the two is known; where even the most is below, the dates contradict it, and stay so.
    """
    spans = [days_between(start, end) for start in starts for end in ends]
    least, most = [one.least for one in spans], [one.most for one in spans]
    if not spans or None in least or None in most:
        return None
    longest = max(one for one in most if one is not None)
    shortest = min(one for one in least if one is not None)
    return Span(
        least=max(shortest, 0) if longest >= 0 else shortest,
        most=longest,
        is_qualified=any(one.is_qualified for one in spans),
    )


def why_not_counted(record: CutRecord) -> Why | None:
    """Say why a record is no cut that came to pass; None where it is one."""
    if record.retracted is not None:
        return Why.RETRACTED
    if record.carried_out is not None:
        if record.carried_out.value is CarriedOut.NO:
            return Why.NOT_CARRIED_OUT
        if record.carried_out.value is CarriedOut.UNKNOWN:
            return Why.CARRIED_OUT_UNKNOWN
    return _KINDS.get(record.kind)


def spells_of(ledger: Ledger, as_of: date) -> tuple[list[Spell], list[LeftOut]]:
    """Give the spells of all records as of a day, and what gives none."""
    restorations = restored_by(ledger.records)
    spells: list[Spell] = []
    left_out: list[LeftOut] = []
    for name in sorted(ledger.records):
        record = ledger.records[name]
        made = _spells_of_record(ledger, record, restorations.get(name, []), as_of)
        spells += [one for one in made if isinstance(one, Spell)]
        left_out += [one for one in made if isinstance(one, LeftOut)]
    return spells, left_out


def returns_without_spell(
    ledger: Ledger, spells: Sequence[Spell], as_of: date
) -> list[tuple[CutRecord, Return]]:
    """Give the restorations that end no spell, as their cut is not recorded or gives none."""
    used = {one.end.told_in for one in spells if one.end is not None}
    found: list[tuple[CutRecord, Return]] = []
    for name in sorted(ledger.records):
        record = ledger.records[name]
        if record.kind is not Kind.RESTORATION or name in used:
            continue
        came = _restoration(ledger, record)
        if came is None or _is_later(came.tellings, as_of):
            continue
        if all(one.earliest is not None and one.latest is not None for one in came.tellings):
            found.append((record, came))
    return found


def restores_in_part(cut: CutRecord, restoration: CutRecord) -> bool:
    """Say whether a restoration is of some of those who decided a cut, and not of the others."""
    cutting = {one.actor for one in cut.parties.decider}
    restoring = {one.actor for one in restoration.parties.decider}
    return bool(cutting & restoring) and not cutting <= restoring


def _spells_of_record(
    ledger: Ledger, record: CutRecord, restorations: Sequence[CutRecord], as_of: date
) -> list[Spell | LeftOut]:
    places = record.population.places
    start = _start(ledger, record)
    why = why_not_counted(record) or _why_no_start(start, as_of)
    if why is not None or start is None:
        return [LeftOut(record.id, why or Why.NO_DAY_OF_EFFECT, places, grade_of_record(record))]
    grouped: dict[str, tuple[Return | Why | None, list[str]]] = {}
    for place in places:
        end = _end(ledger, record, place, restorations)
        if isinstance(end, Return) and _is_later(end.tellings, as_of):
            end = None
        key = end.told_in if isinstance(end, Return) else str(end)
        grouped.setdefault(key, (end, []))[1].append(place)
    return [
        LeftOut(record.id, end, tuple(shared), start.grade)
        if isinstance(end, Why)
        else _spell(record, tuple(shared), start, end, as_of)
        for end, shared in grouped.values()
    ]


def _spell(
    record: CutRecord, places: tuple[str, ...], start: _Start, end: Return | None, as_of: date
) -> Spell | LeftOut:
    until = end.tellings if end is not None else (parse_edtf(as_of.isoformat()),)
    grade = weakest((start.grade, end.grade)) if end is not None else start.grade
    days = span_between(start.tellings, until)
    if days is None:
        return LeftOut(record.id, Why.UNBOUNDED_DATE, places, grade)
    if days.most is not None and days.most < 0:
        return LeftOut(record.id, Why.BACKWARDS, places, grade)
    return Spell(
        record=record,
        places=places,
        start=start.tellings,
        start_kind=start.kind,
        end=end,
        days=days,
        start_grade=start.grade,
        grade=grade,
    )


def _why_no_start(start: _Start | None, as_of: date) -> Why | None:
    if start is None:
        return Why.NO_DAY_OF_EFFECT
    if any(one.earliest is None or one.latest is None for one in start.tellings):
        return Why.UNBOUNDED_DATE
    return Why.LATER if _is_later(start.tellings, as_of) else None


def _is_later(tellings: Sequence[Edtf], as_of: date) -> bool:
    return all(one.earliest is not None and one.earliest > as_of for one in tellings)


def _start(ledger: Ledger, record: CutRecord) -> _Start | None:
    for kind in _STARTS:
        told: tuple[Dated, ...] = getattr(record.dates, kind.value)
        if told:
            return _Start(kind, _read(record, kind), _grade(ledger, record, told))
    return None


def _grade(ledger: Ledger, record: CutRecord, told: Sequence[Dated]) -> Grade:
    """Grade a date: by its preferred telling, and no better than the event."""
    return weakest((grade_of_record(record), grade_of_value(ledger, record, told[0])))


def _read(record: CutRecord, kind: DateKind) -> tuple[Edtf, ...]:
    return tuple(one.when for one in moments_of(record) if one.kind is kind)


def _end(
    ledger: Ledger, record: CutRecord, place: str, restorations: Sequence[CutRecord]
) -> Return | Why | None:
    told = [_restoration(ledger, one) for one in restorations]
    here = [one for one in restorations if covers_place(one.population.places, place)]
    if any(restores_in_part(record, one) for one in here):
        return Why.RESTORED_IN_PART
    back = [
        absence
        for one, absence in zip(restorations, told, strict=True)
        if absence is not None and one in here
    ]
    if back:
        # The first that brought it back; what came later restored something else, or it again.
        return min(back, key=lambda one: (_earliest(one), one.told_in))
    if not record.dates.ended:
        return None
    own = Return(
        _read(record, DateKind.ENDED), record.id, _grade(ledger, record, record.dates.ended)
    )
    is_of_some = any(absence is not None and _is_same_day(own, absence) for absence in told)
    return Why.END_OF_WHICH_PLACES if is_of_some else own


def _restoration(ledger: Ledger, record: CutRecord) -> Return | None:
    if record.retracted is not None or record.kind is Kind.RUMOUR:
        return None
    if record.carried_out is not None and record.carried_out.value in (
        CarriedOut.NO,
        CarriedOut.UNKNOWN,
    ):
        return None
    start = _start(ledger, record)
    return Return(start.tellings, record.id, start.grade) if start is not None else None


def _is_same_day(one: Return, other: Return) -> bool:
    return any(
        (a.earliest or date.min) <= (b.latest or date.max)
        and (b.earliest or date.min) <= (a.latest or date.max)
        for a in one.tellings
        for b in other.tellings
    )


def _earliest(one: Return) -> date:
    return min(day.earliest or date.min for day in one.tellings)
