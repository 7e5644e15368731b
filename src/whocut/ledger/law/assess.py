"""Answer what the law of one day said of a cut by a company, an operator or a state."""

from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from whocut.ledger.law.confidence import confidence_of
from whocut.ledger.law.context import context_of
from whocut.ledger.law.finding import Finding, find, people_of, worst
from whocut.ledger.law.instrument import Certainty
from whocut.ledger.law.law import Law
from whocut.ledger.law.provisions import in_force_there, used_in
from whocut.ledger.law.question import (
    ActorKind,
    AskedService,
    Assessment,
    Label,
    LegalQuestion,
    OtherAnswer,
    Part,
    UsedProvision,
)
from whocut.ledger.law.reach import Person, Point
from whocut.ledger.law.relevance import days_of_change
from whocut.ledger.law.rules import Persons
from whocut.ledger.law.sentences import (
    IF,
    claimed_law,
    domestic_operator,
    foreign_law,
    mixed_parts,
    mixed_people,
    not_recognised,
    not_seen,
    not_this_kind,
    reasons_of,
    who_of,
)
from whocut.ledger.law.state_act import assess_state

__all__ = ["assess_question", "assess_span"]

_FREE: Final = frozenset({Label.PERMITTED_NOT_REQUIRED, Label.EXPRESSLY_EXEMPTED})
_RAISING: Final = frozenset({"blocked", "government"})


class _Answer:
    """One service in one place, as it is put together."""

    def __init__(
        self, law: Law, question: LegalQuestion, asked: AskedService, place: str, day: date
    ) -> None:
        people = people_of(law, question, asked)
        # Whether a person that a list names was blocked that day is known: it is not one of many.
        self._is_told_by_name = any(
            rule.persons is Persons.LISTED and listing.rule == rule.id
            for id_ in question.people.named
            for listing in law.named_by_id[id_].listed
            for rule in law.rules
        )
        self.place = place
        self.asked = asked

        def weighed(person: Person) -> Finding:
            return find(
                Point(law=law, question=question, asked=asked, person=person, place=place, day=day)
            )

        self.mains = [(one, weighed(one)) for one in people.main]
        self.findings = [one for _, one in self.mains]
        self.label = _joined([one.label for one in self.findings])
        leanings = [one.leaning for one in self.findings if one.leaning]
        self.leaning = worst(leanings) if leanings and self.label is Label.UNCLEAR else None
        self.exceptions: list[OtherAnswer] = []
        for name, person in people.others:
            self._weigh_other(name, weighed(person), question)
        self.exceptions = [one for one in self.exceptions if one.then is not self.label]
        self.is_unheld = self.label is Label.PERMITTED_NOT_REQUIRED and not _is_held(
            law, question, place, day
        )
        if self.is_unheld:
            self.label = Label.UNCLEAR

    def _weigh_other(self, name: str, other: Finding, question: LegalQuestion) -> None:
        # A licence that speaks to listed persons speaks to the whole country's service: where
        # nobody told that they are outside, the service is exempted and not merely free.
        is_natural = name == "government" and question.people.person == "natural"
        if (
            name in _RAISING
            and not is_natural
            and not (name == "blocked" and self._is_told_by_name)
            and self.label is Label.PERMITTED_NOT_REQUIRED
            and other.label is Label.EXPRESSLY_EXEMPTED
        ):
            self.label = Label.EXPRESSLY_EXEMPTED
            self.findings.append(other)
            return
        if len({one.label for _, one in self.mains}) > 1:
            # The sentence on the parts of this population says more than an exception could.
            return
        if other.label is not self.label and not {other.label, self.label} <= _FREE:
            self.exceptions.append(OtherAnswer(if_=IF[name], then=other.label))


def assess_question(law: Law, question: LegalQuestion, day: date) -> Assessment:
    """Say what the law of a day said of an act; no answer says more than its provisions."""
    if question.unread or not question.services or not question.places:
        return _unclear(not_recognised(question), tuple(in_force_there(law, question, day)))
    if question.actor_kind in {ActorKind.OTHER, ActorKind.UNKNOWN}:
        return _unclear(not_this_kind(question))
    if question.actor_kind is ActorKind.STATE:
        return assess_state(law, question, day)
    return _assess_company(law, question, day)


def assess_span(
    law: Law, question: LegalQuestion, start: date, end: date
) -> list[tuple[date, date, Assessment]]:
    """Answer for every day from ``start`` to ``end``, both within, as spans of one answer each."""
    if end < start:
        raise ValueError(f"the span ends on {end}, before it begins on {start}")
    changes = days_of_change(law, question)
    begins = [start, *(day for day in changes if start < day <= end)]
    spans: list[tuple[date, date, Assessment]] = []
    for number, first in enumerate(begins):
        last = end if number + 1 == len(begins) else begins[number + 1] - timedelta(days=1)
        found = assess_question(law, question, first)
        if spans and _says_the_same(spans[-1][2], found):
            spans[-1] = (spans[-1][0], last, spans[-1][2])
        else:
            spans.append((first, last, found))
    return spans


def _says_the_same(one: Assessment, other: Assessment) -> bool:
    return replace(one, context=(), reasons=()) == replace(other, context=(), reasons=())


def _unclear(reason: str, shown: tuple[UsedProvision, ...] = ()) -> Assessment:
    return Assessment(
        label=Label.UNCLEAR, confidence=Certainty.LOW, reasons=(reason,), provisions=shown
    )


def _assess_company(law: Law, question: LegalQuestion, day: date) -> Assessment:
    answers = [
        _Answer(law, question, asked, place, day)
        for place in question.places
        for asked in question.services
    ]
    label = _whole(answers)
    leanings = [one.leaning for one in answers if one.leaning]
    findings = [finding for one in answers for finding in one.findings]
    used = used_in(law, question, findings, label, day)
    reasons = [
        *reasons_of(law, question, [(one.asked, one.place, one.findings) for one in answers], day),
        *foreign_law(law, question, day),
    ]
    if label is Label.PERMITTED_NOT_REQUIRED and _is_domestic_operator(law, question, day):
        label = Label.UNCLEAR
        reasons.append(domestic_operator(question))
    reasons += [
        mixed_people([(who_of(person), one.label) for person, one in answer.mains])
        for answer in answers
        if len({one.label for _, one in answer.mains}) > 1 and answer.label is Label.UNCLEAR
    ]
    reasons += [not_seen(question, one.place) for one in answers if one.is_unheld]
    if label is Label.PERMITTED_NOT_REQUIRED and question.claimed_law:
        label = Label.UNCLEAR
        reasons.append(claimed_law(question))
    if label is Label.UNCLEAR and len({one.label for one in answers}) > 1:
        reasons.append(mixed_parts([(one.asked, one.place, one.label) for one in answers], law))
    confidence, capped_by = confidence_of(law, question, label, used, day)
    return Assessment(
        label=label,
        leaning=worst(leanings) if leanings and label is Label.UNCLEAR else None,
        confidence=confidence,
        confidence_capped_by=capped_by,
        provisions=used,
        context=context_of(law, question, used, day),
        reasons=tuple(dict.fromkeys(reasons)),
        exceptions=_distinct(answers, label),
        not_if=_not_if(findings, label),
        parts=tuple(
            Part(place=one.place, service=one.asked.id, label=one.label) for one in answers
        ),
    )


def _joined(labels: list[Label]) -> Label:
    """Join the answers for sorts of person: none banned and some exempted is exempted."""
    found = set(labels)
    if len(found) == 1:
        return labels[0]
    if found == {Label.PERMITTED_NOT_REQUIRED, Label.EXPRESSLY_EXEMPTED}:
        return Label.EXPRESSLY_EXEMPTED
    return Label.UNCLEAR


def _whole(answers: list[_Answer]) -> Label:
    """Join the answers: services of one place may all be free, places must say the same."""
    by_place: dict[str, set[Label]] = {}
    for one in answers:
        by_place.setdefault(one.place, set()).add(one.label)
    free = Label.PERMITTED_NOT_REQUIRED
    found = {
        labels.copy().pop() if len(labels) == 1 else free if labels <= _FREE else Label.UNCLEAR
        for labels in by_place.values()
    }
    return found.pop() if len(found) == 1 else Label.UNCLEAR


def _is_held(law: Law, question: LegalQuestion, place: str, day: date) -> bool:
    """Say whether enough of the actor's law is held here for its silence to mean something."""
    if law.holds(question.actor_jurisdictions, place, day):
        return True
    return _is_named_at_home(law, question, day)


def _is_named_at_home(law: Law, question: LegalQuestion, day: date) -> bool:
    """Say whether the list that names what is cut at home is held, with its days."""
    own = law.jurisdictions(question.actor_jurisdictions, day)
    rules = {rule.id for rule in law.rules if rule.power_of in own}
    named = [law.named_by_id[id_] for id_ in question.people.named]
    is_home = all(law.is_within(place, own, day) for place in question.places)
    return (
        is_home
        and bool(named)
        and all(any(one.rule in rules for one in name.listed) for name in named)
    )


def _is_domestic_operator(law: Law, question: LegalQuestion, day: date) -> bool:
    """Say whether an operator acts at home, where an order that is not held may bind it."""
    own = law.jurisdictions(question.actor_jurisdictions, day)
    if question.actor_kind is not ActorKind.OPERATOR or _is_named_at_home(law, question, day):
        return False
    return all(law.is_within(place, own, day) for place in question.places)


def _distinct(answers: list[_Answer], label: Label) -> tuple[OtherAnswer, ...]:
    found = [one for answer in answers for one in answer.exceptions if one.then is not label]
    return tuple(dict.fromkeys(found))


def _not_if(findings: list[Finding], label: Label) -> tuple[str, ...]:
    if label is not Label.REQUIRED:
        return ()
    found = [
        verdict.rule.unless
        for finding in findings
        for verdict in finding.deciding
        if verdict.rule.unless
    ]
    return tuple(dict.fromkeys(found))
