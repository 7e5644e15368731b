"""The moments of a record in time: which one stands for it, and whether it held on a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.record import CutRecord, Dated
from whocut.ledger.vocabulary import CarriedOut, DateKind, EdgeKind, Kind
from whocut.model.errors import DamagedDataError

__all__ = [
    "InForce",
    "Moment",
    "in_force",
    "is_not_carried_out",
    "leading_moment",
    "moments_of",
    "order_in_time",
    "restored_by",
]

_LEADING = (
    DateKind.EFFECTIVE,
    DateKind.ANNOUNCED,
    DateKind.FIRST_OBSERVED,
    DateKind.DISCLOSED,
    DateKind.ENDED,
)
"""Which moment stands for a record in a list: what happened before what was said of it."""
_BEGINNING = (DateKind.EFFECTIVE, DateKind.FIRST_OBSERVED, DateKind.ANNOUNCED, DateKind.DISCLOSED)
_NEVER_IN_FORCE = frozenset({Kind.REFUSAL, Kind.RESTORATION, Kind.RUMOUR})


class InForce(StrEnum):
    """Whether a cut held on a day, as far as the dates tell."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


class Moment(Struct, frozen=True):
    """One telling of one moment of a record."""

    kind: DateKind
    telling: Dated
    when: Edtf
    number: int
    """Its place among the tellings of this moment, from 0; the first is preferred."""


def moments_of(record: CutRecord) -> Iterator[Moment]:
    """Walk every telling of every moment, by moment, the preferred telling first.

    Raises: DamagedDataError, which names record and field, for a date that is no EDTF.
    """
    for kind in DateKind:
        for number, telling in enumerate(getattr(record.dates, kind.value)):
            try:
                when = parse_edtf(telling.on)
            except ValueError as error:
                field = f"dates.{kind}[{number}].on"
                raise DamagedDataError(str(error), source=record.id, field=field) from error
            yield Moment(kind, telling, when, number)


def leading_moment(record: CutRecord) -> Moment | None:
    """Choose the one date that stands for a record in a list; None where no source tells one."""
    preferred = {one.kind: one for one in moments_of(record) if one.number == 0}
    return next((preferred[kind] for kind in _LEADING if kind in preferred), None)


def order_in_time(record: CutRecord) -> tuple[date, str]:
    """Give the key by which records stand in the order of time; undated ones come last."""
    leading = leading_moment(record)
    if leading is None:
        return date.max, record.id
    return leading.when.earliest or leading.when.latest or date.max, record.id


def is_not_carried_out(record: CutRecord) -> bool:
    """Say whether it was announced and did not come to pass; its dates are those of the plan."""
    return record.carried_out is not None and record.carried_out.value is CarriedOut.NO


def restored_by(records: Mapping[str, CutRecord]) -> dict[str, list[CutRecord]]:
    """Give each record that another restores those others."""
    found: dict[str, list[CutRecord]] = {}
    for record in records.values():
        for edge in record.edges:
            if edge.kind is EdgeKind.RESTORES:
                found.setdefault(edge.to, []).append(record)
    return found


def in_force(record: CutRecord, day: date, restorations: list[CutRecord] | None = None) -> InForce:
    """Tell whether a cut held on a day, by its own dates and by the records that restore it.

    A restoration of the same places by all who cut ends it; one of fewer places, or by some of
    several deciders, leaves it unsure, as does a date that is less exact than a day.
    """
    if record.kind in _NEVER_IN_FORCE or record.retracted is not None or is_not_carried_out(record):
        return InForce.NO
    has_begun = _has_come(_first(record, _BEGINNING), day)
    has_ended = _has_come(_first(record, (DateKind.ENDED,)), day, is_end=True)
    for restoration in restorations or ():
        came = _has_come(_first(restoration, _BEGINNING), day)
        if came is InForce.NO:
            continue
        again = came if _is_whole(record, restoration) else InForce.UNSURE
        has_ended = again if has_ended is InForce.NO or again is InForce.YES else has_ended
    if has_begun is InForce.NO or has_ended is InForce.YES:
        return InForce.NO
    if has_begun is InForce.UNSURE or has_ended is InForce.UNSURE:
        return InForce.UNSURE
    return InForce.YES


def _is_whole(record: CutRecord, restoration: CutRecord) -> bool:
    who = {one.actor for one in record.parties.decider}
    return set(record.population.places) <= set(restoration.population.places) and who <= {
        one.actor for one in restoration.parties.decider
    }


def _first(record: CutRecord, kinds: tuple[DateKind, ...]) -> list[Edtf]:
    """Give all tellings of the first of these moments that is told at all."""
    told = list(moments_of(record))
    for kind in kinds:
        if found := [one.when for one in told if one.kind is kind]:
            return found
    return []


def _has_come(tellings: list[Edtf], day: date, *, is_end: bool = False) -> InForce:
    """Tell whether a moment lies on or before a day; of an end, before it."""
    if not tellings:
        return InForce.NO if is_end else InForce.UNSURE
    answers = {_comes(one, day, is_end=is_end) for one in tellings}
    return answers.pop() if len(answers) == 1 else InForce.UNSURE


def _comes(when: Edtf, day: date, *, is_end: bool) -> InForce:
    first, last = when.earliest, when.latest
    if when.start_is_open or when.start_is_unknown:
        first = None
    if when.end_is_open and first is not None and not is_end:
        # "From this day on" begins on that day.
        last = first
    if last is not None and (last < day if is_end else last <= day):
        return InForce.UNSURE if when.is_qualified else InForce.YES
    if first is not None and (first >= day if is_end else first > day):
        return InForce.UNSURE if when.is_qualified else InForce.NO
    return InForce.UNSURE
