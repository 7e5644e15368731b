"""Lags that need the law of the day: from a cut to its exemption, from an exemption to the return.

Which exemption covers a record's service is not decided here: the law of the day says so
(``whocut.ledger.law``), place by place, over the record's life. Where it says that nothing was
required, there was nothing to exempt; where it is unclear, no lag is told.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.ledger.edtf import Edtf, Span, parse_edtf
from whocut.ledger.lags import Lag, LagKind, Lags, actor_kinds, days_until, texts
from whocut.ledger.lags_regimes import Breadth, first_day
from whocut.ledger.lags_spells import LeftOut, Return, Spell, Why, returns_without_spell, spells_of
from whocut.ledger.law.assess import assess_question
from whocut.ledger.law.instrument import InstrumentKind
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import ActorKind, Assessment, Label, LegalQuestion, Role
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import DateKind

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = ["Asker", "Case", "Days", "Exempted", "breadth_of", "exemption_lags", "restoration_lags"]

Asker = Callable[[CutRecord], LegalQuestion]
"""Puts a record to the law of the day."""


class Case(StrEnum):
    """How the exemption stands to the cut."""

    LATER = "exempted_later"
    """It came into force after the cut took effect, or none has."""
    BEFORE = "already_exempted"
    """It was in force when the cut took effect."""
    CITED = "cited"
    """Sources connect it with the return; it came into force after the cut."""


class Exempted(Struct, frozen=True):
    """When a record's service in one place is first exempted, and by what."""

    on: date | None
    """None: the law required the cut, and exempts it on no day up to the stated one."""
    provisions: tuple[str, ...] = ()
    breadth: Breadth = Breadth.GENERAL
    """What is not exempted waits for a general one, and is counted with those that were."""


class _Clock(Struct, frozen=True):
    """What a restoration lag is counted from."""

    start: tuple[Edtf, ...]
    case: Case
    provisions: tuple[str, ...]
    breadth: Breadth


_BOUND: Final = frozenset({ActorKind.COMPANY, ActorKind.OPERATOR})
"""Whom laws of others bind, so that an answer can change with the day."""
_LIFTING: Final = frozenset(
    {
        InstrumentKind.SANCTIONS_EXEMPTION,
        InstrumentKind.SANCTIONS_REPEAL,
        InstrumentKind.SPECIFIC_LICENCE,
    }
)


class Days:
    """The law's answers, by question and by the days between which none can change.

    Records that ask the same of one place share them. A place is asked with the rules that can hold
    there and on the days on which one of those can change: 337 records take seconds, not minutes.
    """

    def __init__(self, law: Law) -> None:
        self.law = law
        self._here: dict[str, tuple[Law, tuple[date, ...]]] = {}
        self._answers: dict[tuple[LegalQuestion, date], Assessment] = {}

    def exempted_when(
        self, question: LegalQuestion, place: str, first: date, last: date
    ) -> Exempted | Why:
        """Find the first day from one to another on which the law exempts an act in one place."""
        asked = replace(question, places=(place,))
        labels: set[Label] = set()
        for day in self._days(asked, place, first, last):
            answer = self._answer(asked, place, day)
            if answer.label is Label.EXPRESSLY_EXEMPTED:
                provisions = _exempting(answer)
                return Exempted(day, provisions, breadth_of(self.law, provisions))
            labels.add(answer.label)
        if Label.OWN_CHOICE in labels:
            return Why.OWN_CHOICE
        if Label.UNCLEAR in labels:
            return Why.LAW_UNCLEAR
        return Exempted(None) if Label.REQUIRED in labels else Why.NOTHING_TO_EXEMPT

    def _days(self, question: LegalQuestion, place: str, first: date, last: date) -> list[date]:
        if question.actor_kind not in _BOUND or question.unread:
            # A state's own act is its own on every day, and what cannot be read stays unclear.
            return [first]
        _, changes = self._law_here(place)
        return [first, *(day for day in changes if first < day <= last)]

    def _answer(self, question: LegalQuestion, place: str, day: date) -> Assessment:
        # The answer of a day is that of the last day of change by then.
        law, changes = self._law_here(place)
        at = bisect_right(changes, day)
        key = question, changes[at - 1] if at else date.min
        if key not in self._answers:
            self._answers[key] = assess_question(law, question, day)
        return self._answers[key]

    def _law_here(self, place: str) -> tuple[Law, tuple[date, ...]]:
        if place not in self._here:
            self._here[place] = _law_of(self.law, place)
        return self._here[place]


def _law_of(law: Law, place: str) -> tuple[Law, tuple[date, ...]]:
    """Give the law with the rules that hold in a place on any day, and its days of change."""
    ever = [date.min, *(date.fromisoformat(one.to) for union in law.unions for one in union.left)]
    rules = tuple(
        rule for rule in law.rules if any(law.is_within(place, rule.places, day) for day in ever)
    )
    exemptions = {one.provision: one for rule in rules for one in law.exemptions_of[rule.id]}
    # Without instruments, what is left to change are the bounds of rules, lists and clauses.
    bounds = replace(law, families=(), rules=rules, exemptions=tuple(exemptions.values()))
    used = {one for rule in rules for one in rule.provisions} | set(exemptions)
    days = {day for one in used for day in law.version(one).days_of_change()}
    return replace(law, rules=rules), tuple(sorted(days | set(bounds.days_of_change)))


def exemption_lags(
    ledger: Ledger, actors: Mapping[str, "Actor"], days: Days, ask: Asker, as_of: date
) -> Lags:
    """Give the exemption lag of every cut as of a day."""
    spells, left_out = spells_of(ledger, as_of)
    lags: list[Lag] = []
    for spell in spells:
        for places, found in _by_outcome(days, ask, spell, as_of):
            made = (
                found
                if isinstance(found, Why)
                else _exemption_lag(actors, spell, places, found, as_of)
            )
            if isinstance(made, Lag):
                lags.append(made)
            else:
                left_out.append(LeftOut(spell.record.id, made, places, spell.start_grade))
    return Lags(LagKind.EXEMPTION, as_of, tuple(lags), tuple(left_out))


def restoration_lags(
    ledger: Ledger, actors: Mapping[str, "Actor"], days: Days, ask: Asker, as_of: date
) -> Lags:
    """Give the restoration lag of every cut that is exempted, and of every return that tells why.

    A return whose cut is not recorded counts where its sources name the exemption.
    """
    spells, left_out = spells_of(ledger, as_of)
    lags: list[Lag] = []
    for spell in spells:
        for places, clock in _clocks(ledger, days, ask, spell, as_of):
            made = (
                clock
                if isinstance(clock, Why)
                else _restoration_lag(actors, spell, places, clock, as_of)
            )
            if isinstance(made, Lag):
                lags.append(made)
            else:
                left_out.append(LeftOut(spell.record.id, made, places, spell.grade))
    known = {one.record for one in left_out if one.why is Why.RESTORATION}
    for record, came in returns_without_spell(ledger, spells, as_of):
        cited = _cited(days.law, [record], record.population.places, None, came.tellings)
        if cited is None:
            continue
        made = _restoration_lag(
            actors, _as_spell(record, came), record.population.places, cited, as_of
        )
        if isinstance(made, Lag):
            lags.append(made)
            known.discard(record.id)
    kept = [one for one in left_out if one.why is not Why.RESTORATION or one.record in known]
    return Lags(LagKind.RESTORATION, as_of, tuple(lags), tuple(kept))


def _exempting(answer: Assessment) -> tuple[str, ...]:
    return tuple(one.id for one in answer.provisions if one.role is Role.EXEMPTION and one.decides)


def breadth_of(law: Law, provisions: Sequence[str]) -> Breadth:
    """Say whether one of some exemptions is a licence of one company."""
    kinds = {law.family(one).kind for one in provisions}
    return Breadth.SPECIFIC if InstrumentKind.SPECIFIC_LICENCE in kinds else Breadth.GENERAL


def _earliest(spell: Spell) -> date:
    return min(one.earliest for one in spell.start if one.earliest is not None)


def _by_outcome(
    days: Days, ask: Asker, spell: Spell, as_of: date
) -> Iterator[tuple[tuple[str, ...], Exempted | Why]]:
    """Ask the law place by place, and put the places of one answer together."""
    question = ask(spell.record)
    grouped: dict[Exempted | Why, list[str]] = {}
    for place in spell.places:
        found = days.exempted_when(question, place, _earliest(spell), as_of)
        grouped.setdefault(found, []).append(place)
    for outcome, places in grouped.items():
        yield tuple(places), outcome


def _exemption_lag(
    actors: Mapping[str, "Actor"],
    spell: Spell,
    places: tuple[str, ...],
    found: Exempted,
    as_of: date,
) -> Lag | Why:
    case, end = Case.LATER, None
    if found.on is not None:
        end = [parse_edtf(found.on.isoformat())]
        if found.on <= _earliest(spell):
            case, end = Case.BEFORE, list(spell.start)
    if case is Case.LATER and _is_back_before(spell, found.on or as_of):
        return Why.BACK_BEFORE
    days = Span(0, 0) if case is Case.BEFORE else days_until(spell.start, end, as_of)
    if days is None:
        return Why.UNBOUNDED_DATE
    return Lag(
        kind=LagKind.EXEMPTION,
        record=spell.record.id,
        places=places,
        sector=spell.record.sector.value.value,
        actor_kinds=actor_kinds(spell.record, actors),
        instruments=found.provisions,
        breadth=found.breadth,
        case=case,
        start=texts(spell.start),
        end=texts(end or ()),
        days=days,
        grade=spell.start_grade,
    )


def _is_back_before(spell: Spell, day: date) -> bool:
    """Say whether the service was back, for sure, before a day."""
    return spell.end is not None and all(
        one.latest is not None and one.latest < day for one in spell.end.tellings
    )


def _clocks(
    ledger: Ledger, days: Days, ask: Asker, spell: Spell, as_of: date
) -> Iterator[tuple[tuple[str, ...], _Clock | Why]]:
    if spell.end is not None:
        told = [spell.record]
        if spell.end.told_in != spell.record.id:
            told.insert(0, ledger.records[spell.end.told_in])
        cited = _cited(days.law, told, spell.places, spell.start, spell.end.tellings)
        if cited is not None:
            yield spell.places, cited
            return
    for places, found in _by_outcome(days, ask, spell, as_of):
        yield places, _clock_of(spell, found)


def _clock_of(spell: Spell, found: Exempted | Why) -> _Clock | Why:
    if isinstance(found, Why):
        return found
    if found.on is None:
        return Why.NOT_EXEMPTED
    if found.on <= _earliest(spell):
        return _Clock(spell.start, Case.BEFORE, found.provisions, found.breadth)
    if _is_back_before(spell, found.on):
        return Why.BACK_BEFORE
    day = parse_edtf(found.on.isoformat())
    return _Clock((day,), Case.LATER, found.provisions, found.breadth)


def _cited(
    law: Law,
    records: Sequence[CutRecord],
    places: Sequence[str],
    after: Sequence[Edtf] | None,
    until: Sequence[Edtf],
) -> _Clock | None:
    """Find the first exemption that sources connect with a return, in force before it."""
    found: list[tuple[date, str, Edtf]] = []
    for id_ in dict.fromkeys(one.id for record in records for one in record.instruments):
        if id_ not in law.versions or law.family(id_).kind not in _LIFTING:
            continue
        begins = first_day(law.version(id_))
        day = parse_edtf(begins.on) if begins is not None else None
        if day is None or day.earliest is None:
            continue
        is_here = any(law.is_within(one, law.family(id_).territory, day.earliest) for one in places)
        is_in_time = all(_is_by(day.earliest, one.latest) for one in until)
        is_after = after is None or not any(_is_by(day.earliest, one.latest) for one in after)
        if is_here and is_in_time and is_after:
            found.append((day.earliest, id_, day))
    if not found:
        return None
    _, id_, day = min(found, key=lambda one: one[:2])
    return _Clock((day,), Case.CITED, (id_,), breadth_of(law, (id_,)))


def _is_by(day: date, last: date | None) -> bool:
    return last is None or day <= last


def _restoration_lag(
    actors: Mapping[str, "Actor"],
    spell: Spell,
    places: tuple[str, ...],
    clock: _Clock,
    as_of: date,
) -> Lag | Why:
    end = spell.end
    days = days_until(clock.start, end.tellings if end is not None else None, as_of)
    if days is None:
        return Why.UNBOUNDED_DATE
    is_from_cut = clock.case is Case.BEFORE or end is None
    return Lag(
        kind=LagKind.RESTORATION,
        record=spell.record.id,
        told_in=None if end is None or end.told_in == spell.record.id else end.told_in,
        places=places,
        sector=spell.record.sector.value.value,
        actor_kinds=actor_kinds(spell.record, actors),
        instruments=clock.provisions,
        breadth=clock.breadth,
        case=clock.case,
        start=texts(clock.start),
        end=texts(end.tellings) if end is not None else (),
        days=days,
        grade=spell.grade if is_from_cut or end is None else end.grade,
    )


def _as_spell(record: CutRecord, came: Return) -> Spell:
    """Take a return whose cut is not recorded as the end of a spell without a start."""
    return Spell(
        record=record,
        places=record.population.places,
        start=(),
        start_kind=DateKind.EFFECTIVE,
        end=came,
        days=Span(None, None),
        start_grade=came.grade,
        grade=came.grade,
    )
