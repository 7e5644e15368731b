"""Whom a rule reaches on a day, and what lifts it: one rule, one service, one place, one person."""

from collections.abc import Iterator
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Final

from msgspec import Struct

from whocut.ledger.law.instrument import Basis, InForce
from whocut.ledger.law.law import Law
from whocut.ledger.law.places import ANYWHERE
from whocut.ledger.law.question import ActorKind, AskedService, LegalQuestion, Told
from whocut.ledger.law.rules import Clause, Exemption, Named, Persons, Rule, Service

__all__ = [
    "Cover",
    "Lift",
    "Person",
    "Point",
    "Reach",
    "Reached",
    "binds",
    "is_about",
    "lift_of",
    "reach_of",
    "stands",
]

ORDINARY: Final = "ordinary"
BLOCKED: Final = "blocked"
GOVERNMENT: Final = "government"
_COMMERCIAL: Final = "commercial"


class Person(Struct, frozen=True, kw_only=True):
    """One sort of person within a population."""

    standing: str = ORDINARY
    person: str = ""
    owner: str = ""
    in_eea: bool = False


class Point(Struct, frozen=True, kw_only=True, dict=True):
    """One sort of person, one service, one place, one day: where rules are weighed."""

    law: Law
    question: LegalQuestion
    asked: AskedService
    person: Person
    place: str
    day: date

    @cached_property
    def service(self) -> Service:
        """The service that is asked about."""
        return self.law.services_by_id[self.asked.id]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the question holds."""
        return frozenset(self.question.people.named)


class Reach(IntEnum):
    """Whether a rule reaches."""

    NO = 0
    OTHER_PERSONS = 1
    """It is about this service, and not about these persons."""
    DOUBT = 2
    YES = 3


class Reached(Struct, frozen=True):
    """Whether a rule reaches, and why."""

    reach: Reach
    why: str = ""
    own: bool = False
    """Nothing but own knowledge says so."""
    other_list: bool = False
    """It may be another list that names them, of which no exemption here speaks."""


class Cover(IntEnum):
    """Whether an exemption covers."""

    NO = 0
    OUTSIDE = 1
    """Left out in so many words."""
    OWN = 2
    DOUBT = 3
    YES = 4


class Lift(Struct, frozen=True):
    """Whether an exemption covers, and why."""

    cover: Cover
    why: str = ""
    leaning: str = ""


_YES: Final = Reached(Reach.YES)
_NOT: Final = Reached(Reach.NO)
_NO_LIFT: Final = Lift(Cover.NO)
_NAMES: Final = {GOVERNMENT: "the government", BLOCKED: "blocked persons", ORDINARY: "them"}


def stands(law: Law, rule: Rule, day: date) -> InForce:
    """Say whether a rule with all its provisions is in force: the weakest decides."""
    key = (rule.id, day)
    known = law.standing.get(key)
    if known is None:
        known = law.standing[key] = _stands(law, rule, day)
    return known


def _stands(law: Law, rule: Rule, day: date) -> InForce:
    if not rule.holds_on(day):
        start = rule.bounds[0]
        return InForce.NOT_YET if start is not None and day < start else InForce.ENDED
    found = [law.version(one).in_force(day) for one in rule.provisions]
    for weakest in (InForce.NOT_YET, InForce.ENDED, InForce.UNKNOWN, InForce.OWN):
        if weakest in found:
            return weakest
    own = any(law.version(one).is_own(day) for one in rule.provisions)
    return InForce.OWN if own else InForce.YES


def binds(law: Law, rule: Rule, question: LegalQuestion, place: str, day: date) -> Basis | None:
    """Say by what it is known that a rule binds this actor; None if it does not."""
    if "ANY" in rule.binds:
        return Basis.SOURCE
    if law.jurisdictions(question.actor_jurisdictions, day) & set(rule.binds):
        return Basis.SOURCE
    if rule.territorial is not None and law.is_within(place, rule.places, day):
        return rule.territorial
    return None


def is_about(law: Law, rule: Rule, question: LegalQuestion, place: str, day: date) -> bool:
    """Say whether a rule is about a place, or about nationals who live elsewhere."""
    if law.is_within(place, rule.places, day):
        return True
    if rule.persons is Persons.NATIONALS_OR_RESIDENTS:
        return any(law.is_within(code, rule.places, day) for code in question.people.nationals_of)
    if rule.persons is not Persons.LISTED:
        return False
    return _lists_a_name(law, rule, question) or _may_be_its_list(law, rule, question, place, day)


def _lists_a_name(law: Law, rule: Rule, question: LegalQuestion) -> bool:
    """Say whether a list names one of the question's persons on any day, wherever it acts."""
    named = (law.named_by_id[one] for one in question.people.named)
    return any(listing.rule == rule.id for one in named for listing in one.listed)


def _may_be_its_list(law: Law, rule: Rule, question: LegalQuestion, place: str, day: date) -> bool:
    """Say whether persons told to be listed, and not by whom, may stand on this list."""
    if not rule.elsewhere or question.people.blocked not in {Told.ONLY, Told.INCLUDED}:
        return False
    others = (one for one in law.rules if one is not rule and set(one.binds) & set(rule.binds))
    return not any(
        ANYWHERE not in one.places and law.is_within(place, one.places, day) for one in others
    )


def reach_of(point: Point, rule: Rule) -> Reached:
    """Say whether a rule that is in force reaches a point."""
    law, day = point.law, point.day
    bound = binds(law, rule, point.question, point.place, day)
    if bound is None or not is_about(law, rule, point.question, point.place, day):
        return _NOT
    found: list[Reached] = []
    for weigh in (_by_service, _by_person, _by_place, _by_detail):
        one = weigh(point, rule)
        if one.reach <= Reach.OTHER_PERSONS:
            return one
        found.append(one)
    doubts = [one.why for one in found if one.reach is Reach.DOUBT]
    if doubts and bound is Basis.OWN:
        # Two guesses make no reach: neither the actor nor the name is known to be meant.
        return _NOT
    own = bound is Basis.OWN or any(one.own for one in found)
    own = own or stands(law, rule, day) is InForce.OWN
    other_list = any(one.other_list for one in found)
    return Reached(Reach.DOUBT if doubts else Reach.YES, "; ".join(doubts), own, other_list)


def _by_place(point: Point, rule: Rule) -> Reached:
    law, place = point.law, point.place
    if rule.in_part and place in point.question.whole:
        return Reached(Reach.DOUBT, "it is about a part of the region, and the whole is meant")
    if rule.persons is not Persons.LISTED or law.is_within(place, rule.places, point.day):
        return _YES
    if _lists_a_name(law, rule, point.question):
        return _YES
    why = "on whose list they stand, and under which programme"
    return Reached(Reach.DOUBT, why, other_list=True)


def _by_service(point: Point, rule: Rule) -> Reached:
    marks = point.service.marks
    if marks & set(rule.doubtful_services):
        return Reached(Reach.DOUBT, f"whether it reaches {point.service.name}")
    if marks & set(rule.services) and not marks & set(rule.but_not):
        found = _by_delivery(point, rule)
        is_open = rule.doubtful_cost and point.asked.cost == rule.doubtful_cost
        if found.reach is Reach.YES and is_open:
            return Reached(Reach.DOUBT, "whether it reaches what is free of charge")
        return found
    if rule.doubtful_delivery and point.asked.delivery == rule.doubtful_delivery:
        return Reached(Reach.DOUBT, "whether the download needs a licence")
    return _NOT


def _by_delivery(point: Point, rule: Rule) -> Reached:
    form = point.asked.delivery
    outside = Reached(Reach.NO, "this form of delivery is outside")
    if rule.not_delivery and form == rule.not_delivery:
        return outside
    if rule.doubtful_delivery and form == rule.doubtful_delivery:
        return Reached(Reach.DOUBT, "whether it reaches this form of delivery")
    if not point.service.marks & set(rule.delivery_of) or form == rule.delivery:
        return _YES
    if form:
        return outside
    return Reached(Reach.DOUBT, f"whether it is served from the {rule.delivery}")


def _by_person(point: Point, rule: Rule) -> Reached:
    person = point.person
    if person.owner in rule.not_owned_by:
        return Reached(
            Reach.OTHER_PERSONS, f"customers owned by {person.owner} persons are outside"
        )
    if person.in_eea and "EEA" in rule.not_resident:
        return Reached(
            Reach.OTHER_PERSONS, "residents of the EU, the EEA and Switzerland are outside"
        )
    is_reached = {
        Persons.ANY: True,
        Persons.NATIONALS_OR_RESIDENTS: True,
        Persons.LEGAL_OR_GOVERNMENT: "legal" in person.person or person.standing == GOVERNMENT,
        Persons.GOVERNMENT: person.standing != ORDINARY,
        Persons.LISTED: person.standing == BLOCKED and _is_its_list(point, rule),
        Persons.NAMED: False,
    }[rule.persons]
    if is_reached:
        return _YES
    if rule.persons is Persons.LEGAL_OR_GOVERNMENT:
        return Reached(Reach.OTHER_PERSONS, "natural persons are outside")
    return _by_name(point, rule)


def _is_its_list(point: Point, rule: Rule) -> bool:
    """Say whether the list on which persons stand may be this one: it is none of another state."""
    whose = point.question.people.listed_by
    return not whose or bool(set(whose) & set(rule.binds))


def _by_name(point: Point, rule: Rule) -> Reached:
    """Ask whether a rule lists one of the names of the question."""
    named = [point.law.named_by_id[id_] for id_ in sorted(point.names)]
    bases = {
        listing.basis
        for one in named
        for listing in one.listed
        if listing.rule in {rule.id, rule.same_list_as} and listing.holds_on(point.day)
    }
    if bases:
        return Reached(Reach.YES, own=Basis.SOURCE not in bases)
    if any(_may_be_listed(one, rule, point.day) for one in named):
        return Reached(Reach.DOUBT, "whether its list, which is not held in full, names it")
    if rule.persons is not Persons.NAMED:
        why = "it reaches listed persons only"
        if not _is_its_list(point, rule):
            why = "they stand on a list of another"
        return Reached(Reach.OTHER_PERSONS, why)
    is_about_a_name = point.asked.id == "news_access" or (
        point.question.actor_kind is ActorKind.OPERATOR
    )
    if not named and rule.power_of is not None and is_about_a_name:
        if point.question.people.blocked is Told.EXCLUDED:
            return Reached(Reach.OTHER_PERSONS, "it reaches whom it lists, and this is not listed")
        return Reached(Reach.DOUBT, "which outlet or service it is about")
    return _NOT


def _may_be_listed(named: Named, rule: Rule, day: date) -> bool:
    if any(listing.rule in {rule.id, rule.same_list_as} for listing in named.listed):
        # From which day it is listed is known.
        return False
    since = rule.may_list_from
    return named.kind in rule.may_list and (since is None or day >= date.fromisoformat(since))


def _by_detail(point: Point, rule: Rule) -> Reached:
    if point.day.isoformat() in rule.doubtful_days:
        return Reached(Reach.DOUBT, "whether it was in force on this very day")
    amount = point.question.amount
    if rule.amount and not amount:
        return Reached(Reach.DOUBT, "the amount")
    if rule.amount and amount != rule.amount:
        return Reached(Reach.OTHER_PERSONS, "the amount is below its threshold")
    return _YES


def lift_of(point: Point, exemption: Exemption) -> Lift:
    """Say whether an exemption that is in force covers a point."""
    if not _speaks_to(point, exemption):
        return _NO_LIFT
    for group in exemption.not_for_named:
        if point.names & set(group.names) and group.holds_on(point.day):
            return Lift(Cover.OUTSIDE, "it names this person as outside")
    for clause in exemption.excludes:
        if _mismatch(point, clause) is None:
            return Lift(Cover.OUTSIDE, clause.why)
    lifts = (_by_clause(point, exemption, clause) for clause in exemption.covers)
    found = max(lifts, key=lambda one: one.cover, default=_NO_LIFT)
    if found.cover is Cover.YES and point.names & set(exemption.doubtful_for_named):
        return Lift(Cover.DOUBT, "whether this person is outside")
    return found


def _speaks_to(point: Point, exemption: Exemption) -> bool:
    """Say whether an exemption is for this actor and these names at all."""
    question = point.question
    if exemption.holder is not None and question.actor_id != exemption.holder:
        return False
    if exemption.binds and not set(exemption.binds) & set(question.actor_jurisdictions):
        return False
    return not exemption.only_named or bool(point.names & set(exemption.only_named))


def _by_clause(point: Point, exemption: Exemption, clause: Clause) -> Lift:
    standing = point.person.standing
    is_outside = standing in exemption.not_for and not clause.government
    if is_outside or _mismatch(point, clause) is not None:
        return _NO_LIFT
    version = point.law.version(exemption.provision)
    if version.is_own(point.day) or clause.basis is Basis.OWN:
        return Lift(Cover.OWN, clause.why or "that it covers this is own knowledge", "exempted")
    if standing in exemption.doubtful_for and not clause.government:
        return Lift(Cover.DOUBT, f"whether it holds for {_NAMES[standing]}")
    if clause.doubtful:
        return Lift(Cover.DOUBT, clause.why, clause.leaning)
    open_ = _open_detail(point, clause)
    return Lift(Cover.DOUBT, open_) if open_ else Lift(Cover.YES, clause.why)


def _open_detail(point: Point, clause: Clause) -> str:
    """Say what a case leaves open that a clause turns on."""
    if clause.not_use == _COMMERCIAL and _use_by(point) and not point.asked.use:
        return "whether what a company uses is personal communication"
    if clause.cost and not _cost(point):
        return "whether it is free of charge is not told"
    return ""


def _use_by(point: Point) -> str:
    """Take it that what is told to be for companies serves their business."""
    return _COMMERCIAL if point.question.people.person == "legal" else ""


def _cost(point: Point) -> str:
    return point.asked.cost or point.service.usually.cost


def _mismatch(point: Point, clause: Clause) -> str | None:
    """Name what keeps a clause from speaking of a point; None if nothing does."""
    return next(_mismatches(point, clause), None)


def _mismatches(point: Point, clause: Clause) -> Iterator[str]:
    asked, question = point.asked, point.question
    if not clause.holds_on(point.day):
        yield "day"
    if not point.service.marks & set(clause.services):
        yield "service"
    if clause.use and clause.use not in {asked.use, _use_by(point)}:
        yield "use"
    if clause.not_use and asked.use == clause.not_use:
        yield "use"
    if clause.supports and asked.supports != clause.supports:
        yield "supports"
    if clause.not_supports and asked.supports == clause.not_supports:
        yield "supports"
    if clause.not_delivery and asked.delivery == clause.not_delivery:
        yield "delivery"
    if clause.payment and clause.payment != question.payment:
        yield "payment"
    if clause.contracts and clause.contracts != (question.contracts or "untold"):
        yield "contracts"
    if clause.owned_by and point.person.owner != clause.owned_by:
        yield "owned_by"
    if clause.named and not set(clause.named) & point.names:
        yield "named"
    cost = _cost(point)
    if clause.cost and cost and cost != clause.cost:
        yield "cost"
