"""The answer for one sort of person, service and place, with every rule that was weighed."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.law.instrument import InForce, InstrumentKind
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import AskedService, Label, LegalQuestion, Told
from whocut.ledger.law.reach import (
    Cover,
    Lift,
    Person,
    Point,
    Reach,
    Reached,
    binds,
    is_about,
    lift_of,
    reach_of,
    stands,
)
from whocut.ledger.law.relevance import relevant_to
from whocut.ledger.law.rules import Demand, Exemption, Persons, Rule

__all__ = ["Finding", "People", "Verdict", "find", "people_of", "worst"]

_ORDER: Final = (
    Label.REQUIRED,
    Label.UNCLEAR,
    Label.EXPRESSLY_EXEMPTED,
    Label.PERMITTED_NOT_REQUIRED,
)


class Verdict(Struct, frozen=True, kw_only=True):
    """What one rule says."""

    rule: Rule
    reached: Reached
    lifts: tuple[tuple[Exemption, Lift], ...]
    label: Label | None
    """None: it does not reach."""
    leaning: Label | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """What all rules say together."""

    label: Label
    leaning: Label | None
    verdicts: tuple[Verdict, ...]

    @property
    def deciding(self) -> tuple[Verdict, ...]:
        """The verdicts that carry the label; where nothing is forbidden, all of them."""
        if self.label is Label.PERMITTED_NOT_REQUIRED:
            return self.verdicts
        return tuple(one for one in self.verdicts if one.label is self.label)


class People(Struct, frozen=True, kw_only=True):
    """The sorts of person of a population: those it is about, and those who may be among them."""

    main: tuple[Person, ...]
    others: tuple[tuple[str, Person], ...]


def people_of(law: Law, question: LegalQuestion, asked: AskedService) -> People:
    """Part a population by what rules tell apart."""
    told = question.people
    standings = [
        name
        for name, value in (("blocked", told.blocked), ("government", told.government))
        if value is Told.ONLY
    ]
    if not standings:
        standings = ["ordinary"]
        standings += ["blocked"] * (told.blocked is Told.INCLUDED)
        standings += ["government"] * (told.government is Told.INCLUDED)
    usual = law.services_by_id[asked.id].usually.person
    kinds = [told.person or usual] if told.person or usual else ["natural", "legal"]
    owner = told.owned_by if told.owned_by in {"US", "EU"} else ""
    main = tuple(
        Person(standing=standing, person=kind, owner=owner, in_eea=told.resides_in == "EEA")
        for standing in standings
        for kind in (["legal"] if standing == "government" else kinds)
    )
    return People(main=main, others=tuple(_others(question, main[0], usual)))


def _others(question: LegalQuestion, first: Person, usual: str) -> Iterator[tuple[str, Person]]:
    told = question.people

    def changed(**fields: object) -> Person:
        given = {name: getattr(first, name) for name in first.__struct_fields__}
        return Person(**{**given, **fields})

    if told.blocked is Told.NOT_TOLD and first.standing == "ordinary":
        yield "blocked", changed(standing="blocked")
    if told.government is Told.NOT_TOLD and first.standing == "ordinary":
        yield "government", changed(standing="government", person="legal")
    if usual and not told.person and first.standing != "government":
        yield "natural", changed(person="natural" if usual == "legal" else "legal")
    if not told.owned_by:
        yield "owned_us", changed(owner="US")
        yield "owned_eu", changed(owner="EU")
    if not told.resides_in:
        yield "resident_eea", changed(in_eea=True)


def find(point: Point) -> Finding:
    """Weigh every rule for one person."""
    rules = relevant_to(point.law, point.question).weighed
    weighed = (_verdict(point, rule) for rule in rules)
    verdicts = tuple(one for one in weighed if one is not None)
    labels = [one.label for one in verdicts if one.label is not None]
    label = worst(labels) if labels else Label.PERMITTED_NOT_REQUIRED
    leanings = [one.leaning for one in verdicts if one.label is Label.UNCLEAR and one.leaning]
    leaning = worst(leanings) if leanings and label is Label.UNCLEAR else None
    return Finding(label=label, leaning=leaning, verdicts=verdicts)


def worst(labels: list[Label]) -> Label:
    """Give the label that binds most."""
    return min(labels, key=_ORDER.index)


def _verdict(point: Point, rule: Rule) -> Verdict | None:
    law, day = point.law, point.day
    standing = stands(law, rule, day)
    if standing not in {InForce.YES, InForce.OWN} or not _is_near(point, rule):
        return None
    reached = reach_of(point, rule)
    exemptions = _in_force(law, rule, day)
    if reached.reach <= Reach.OTHER_PERSONS:
        if standing is InForce.OWN or not _is_worth_telling(law, rule, reached):
            return None
        is_about_it = reached.reach is Reach.OTHER_PERSONS
        weighed = tuple((one, Lift(Cover.NO)) for one in exemptions if is_about_it)
        return Verdict(rule=rule, reached=reached, lifts=weighed, label=None)
    lifts = tuple((one, lift_of(point, one)) for one in exemptions)
    label, leaning = _outcome(rule, reached, [lift for _, lift in lifts])
    return Verdict(rule=rule, reached=reached, lifts=lifts, label=label, leaning=leaning)


def _is_near(point: Point, rule: Rule) -> bool:
    law, question, place, day = point.law, point.question, point.place, point.day
    if not is_about(law, rule, question, place, day):
        return False
    return binds(law, rule, question, place, day) is not None


def _is_worth_telling(law: Law, rule: Rule, reached: Reached) -> bool:
    """Say whether an answer tells of a rule that does not reach."""
    if rule.persons is Persons.NAMED:
        return reached.reach is Reach.OTHER_PERSONS
    # A control of other items says nothing of this service.
    is_of_others = reached.reach is Reach.NO and not reached.why
    return not (is_of_others and _is_export_control(law, rule))


def _is_export_control(law: Law, rule: Rule) -> bool:
    kinds = {law.family(one).kind for one in rule.provisions}
    return kinds == {InstrumentKind.EXPORT_CONTROL}


def _in_force(law: Law, rule: Rule, day: date) -> tuple[Exemption, ...]:
    key = (rule.id, day)
    known = law.lifting.get(key)
    if known is None:
        known = law.lifting[key] = tuple(
            one
            for one in law.exemptions_of[rule.id]
            if law.version(one.provision).in_force(day) in {InForce.YES, InForce.OWN}
        )
    return known


_LEANINGS: Final = {
    "required": Label.REQUIRED,
    "exempted": Label.EXPRESSLY_EXEMPTED,
}


def _outcome(rule: Rule, reached: Reached, lifts: list[Lift]) -> tuple[Label | None, Label | None]:
    if rule.demands is Demand.MEASURES:
        return None, None
    # An exemption of this list says nothing of another list.
    lifts = [] if reached.other_list else lifts
    best = max(lifts, key=lambda one: one.cover, default=Lift(Cover.NO))
    if best.cover is Cover.YES:
        return Label.EXPRESSLY_EXEMPTED, None
    if best.cover in {Cover.DOUBT, Cover.OWN}:
        return Label.UNCLEAR, _LEANINGS.get(best.leaning)
    if reached.reach is Reach.DOUBT:
        return Label.UNCLEAR, None
    if reached.own:
        return Label.UNCLEAR, Label.REQUIRED
    return Label.REQUIRED, None
