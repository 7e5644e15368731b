"""What the ledger holds of a country under each of the statement's five calls, on a day.

Counts stand by who acted (state, company, other) and by grade, and are never added over grades.
There is no figure over the calls and no order of countries: the card counts records, and records
measure attention as much as events. Where it is not established who acted, the act stands in a
group of its own, and is nobody's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.ledger.filters import places_within
from whocut.ledger.grade import grade_of_record
from whocut.ledger.harms import Call, Harms, calls_of
from whocut.ledger.lags_spells import covers_place, restores_in_part
from whocut.ledger.law.instrument import Family, InForce, Version
from whocut.ledger.load import Ledger
from whocut.ledger.moments import InForce as Holds
from whocut.ledger.moments import in_force, moments_of, restored_by
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import Voice, voice_of
from whocut.ledger.vocabulary import CarriedOut, DateKind, EdgeKind, Grade, Kind, LedgerLayer

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "GROUPS",
    "NOT_ESTABLISHED",
    "CallCard",
    "Card",
    "Entry",
    "Material",
    "Standing",
    "cards_of_all",
    "scorecard_of",
    "wide_places",
]

NOT_ESTABLISHED: Final = "not_established"
GROUPS: Final = ("state", "company", "other", NOT_ESTABLISHED)
"""By whom an act was; the last holds what is disputed, denied, or measured only."""
_WIDE: Final = ("EU", "WORLD")
_OPEN_VOICES: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED, Voice.DENIED})


class Standing(StrEnum):
    """How a record stands on a day."""

    IN_FORCE = "in_force"
    """It took effect, and no end of it is told by that day."""
    UNSURE = "unsure"
    """The dates do not tell, or tell both; or it is announced, and not told that it took effect."""
    ENDED = "ended"
    RESTORED = "restored"
    """A record of its own tells that the service was given back."""
    REFUSED = "refused_to_cut"
    NOT_COUNTED = "not_counted"
    """A rumour, retracted, announced and not carried out, or of a later day."""


_KEPT: Final[Mapping[Kind, Standing]] = {
    Kind.REFUSAL: Standing.REFUSED,
    Kind.RESTORATION: Standing.RESTORED,
}


class Material(Struct, frozen=True, kw_only=True):
    """What cards are made from."""

    ledger: Ledger
    actors: Mapping[str, "Actor"]
    harms: Harms
    versions: Mapping[str, tuple[Family, Version]]


class Entry(Struct, frozen=True, kw_only=True):
    """One record on a card."""

    record: str
    standing: Standing
    groups: tuple[str, ...]
    grade: Grade
    rules: Mapping[int, tuple[str, ...]]
    """The ids of the rules that bring it under each call."""
    is_layer_known: bool


class CallCard(Struct, frozen=True, kw_only=True):
    """One call: what stands under it, and the provisions that bear on each group of actors."""

    call: Call
    entries: tuple[Entry, ...]
    provisions: Mapping[str, tuple[str, ...]]
    """Those in force on the day, by group; none is shown where nobody is established."""

    def count(self, standing: Standing, group: str, grade: Grade) -> int:
        """Count the records of one standing, group and grade."""
        return len(self.ids(standing, group, grade))

    def ids(self, standing: Standing, group: str, grade: Grade) -> list[str]:
        """List them."""
        return [
            one.record
            for one in self.entries
            if one.standing is standing and group in one.groups and one.grade is grade
        ]


class Card(Struct, frozen=True, kw_only=True):
    """One country on one day."""

    country: str
    day: date
    calls: tuple[CallCard, ...]
    not_counted: tuple[str, ...]
    without_call: tuple[str, ...]
    """Counted under no call, as no rule fits."""


def scorecard_of(material: Material, country: str, day: date) -> Card:
    """Give the card of a country with its parts, or of EU or WORLD as a whole, on a day."""
    restorations = restored_by(material.ledger.records)
    entries = [
        _entry(material, record, places, restorations.get(name, []), day)
        for name, record in sorted(material.ledger.records.items())
        if (places := places_within(record, country))
    ]
    return _card(material, country, day, [one for one in entries if one is not None])


def cards_of_all(material: Material, day: date) -> list[Card]:
    """Give the card of every country that a record names, in the order of their codes."""
    restorations = restored_by(material.ledger.records)
    by_country: dict[str, list[Entry]] = {}
    for name, record in sorted(material.ledger.records.items()):
        for country in dict.fromkeys(one.partition("-")[0] for one in record.population.places):
            places = places_within(record, country)
            entry = _entry(material, record, places, restorations.get(name, []), day)
            by_country.setdefault(country, []).extend([] if entry is None else [entry])
    return [_card(material, one, day, by_country[one]) for one in sorted(by_country)]


def wide_places(ledger: Ledger) -> dict[str, list[CutRecord]]:
    """Give the records that name the EU or the world as a whole: no country's card counts them."""
    return {
        wide: [one for one in ledger.records.values() if wide in one.population.places]
        for wide in _WIDE
    }


def _card(material: Material, country: str, day: date, entries: Sequence[Entry]) -> Card:
    counted = [one for one in entries if one.standing is not Standing.NOT_COUNTED]
    return Card(
        country=country,
        day=day,
        calls=tuple(
            CallCard(
                call=call,
                entries=tuple(one for one in counted if call.number in one.rules),
                provisions={
                    group: _holding(call.provisions(group), material.versions, day)
                    for group in GROUPS
                    if group != NOT_ESTABLISHED
                },
            )
            for call in material.harms.call
        ),
        not_counted=tuple(one.record for one in entries if one.standing is Standing.NOT_COUNTED),
        without_call=tuple(one.record for one in counted if not one.rules),
    )


def _holding(
    ids: Iterable[str], versions: Mapping[str, tuple[Family, Version]], day: date
) -> tuple[str, ...]:
    holding = {InForce.YES, InForce.OWN}
    return tuple(one for one in ids if versions[one][1].in_force(day) in holding)


def _entry(
    material: Material,
    record: CutRecord,
    places: Sequence[str],
    restorations: Sequence[CutRecord],
    day: date,
) -> Entry | None:
    """Make the entry of a record; None for a restoration whose cut is counted as restored."""
    ledger = material.ledger
    if record.kind is Kind.RESTORATION and _is_told_by_its_cut(ledger, record):
        return None
    calls = calls_of(material.harms, record, material.actors, ledger.records)
    return Entry(
        record=record.id,
        standing=_standing(record, places, restorations, day),
        groups=_groups(material, record),
        grade=grade_of_record(record),
        rules={call: tuple(rule.id for rule in rules) for call, rules in calls.items()},
        is_layer_known=record.layer.value is not LedgerLayer.UNSTATED,
    )


def _is_told_by_its_cut(ledger: Ledger, record: CutRecord) -> bool:
    cuts = [
        ledger.records[edge.to]
        for edge in record.edges
        if edge.kind is EdgeKind.RESTORES and edge.to in ledger.records
    ]
    return any(not restores_in_part(cut, record) for cut in cuts)


def _groups(material: Material, record: CutRecord) -> tuple[str, ...]:
    if voice_of(material.ledger, record) in _OPEN_VOICES:
        return (NOT_ESTABLISHED,)
    known = (material.actors.get(one.actor) for one in record.parties.decider)
    groups = ("other" if one is None else material.harms.group_of(one.kind) for one in known)
    return tuple(dict.fromkeys(groups))


def _standing(
    record: CutRecord, places: Sequence[str], restorations: Sequence[CutRecord], day: date
) -> Standing:
    carried_out = None if record.carried_out is None else record.carried_out.value
    is_told = record.retracted is None and record.kind is not Kind.RUMOUR
    if not is_told or carried_out is CarriedOut.NO or not _has_begun(record, day):
        return Standing.NOT_COUNTED
    if record.kind in _KEPT:
        return _KEPT[record.kind]
    here = replace(record, population=replace(record.population, places=tuple(places)))
    if in_force(_without_end(here), day) is Holds.NO:
        # Announced by then, and to take effect later.
        return Standing.NOT_COUNTED
    is_sure = carried_out is CarriedOut.YES or bool(
        record.dates.effective or record.dates.first_observed
    )
    return _standing_of_cut(here, restorations, day, is_sure=is_sure)


def _standing_of_cut(
    here: CutRecord, restorations: Sequence[CutRecord], day: date, *, is_sure: bool
) -> Standing:
    back = [one for one in restorations if _brings_back(one, here.population.places)]
    if any(restores_in_part(here, one) and _has_begun(one, day) for one in back):
        return Standing.UNSURE
    if in_force(_without_end(here), day, back) is Holds.NO:
        return Standing.RESTORED
    holds = in_force(here, day, back)
    if holds is Holds.NO:
        # An end that is told as of all places, while a record restores others, is in doubt here.
        return Standing.ENDED if len(back) == len(restorations) else Standing.UNSURE
    return Standing.IN_FORCE if holds is Holds.YES and is_sure else Standing.UNSURE


def _brings_back(restoration: CutRecord, places: Sequence[str]) -> bool:
    named = restoration.population.places
    return any(covers_place(named, one) for one in places)


def _without_end(record: CutRecord) -> CutRecord:
    return replace(record, dates=replace(record.dates, ended=()))


def _has_begun(record: CutRecord, day: date) -> bool:
    """Say whether anything but its end is told of by that day."""
    first = [
        moment.when.earliest
        for moment in moments_of(record)
        if moment.kind is not DateKind.ENDED and moment.when.earliest is not None
    ]
    return not first or min(first) <= day
