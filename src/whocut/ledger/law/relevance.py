"""Which rules can matter for a question on any day, and on which days its answer can change."""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.question import ActorKind, LegalQuestion, People, Told
from whocut.ledger.law.rules import Persons, Rule

__all__ = ["Relevant", "days_of_change", "relevant_to"]

_Key = tuple[tuple[str, ...], tuple[str, ...], People, tuple[str, ...]]


class Relevant(Struct, frozen=True, kw_only=True):
    """The rules that a question can meet."""

    weighed: tuple[Rule, ...]
    """Those that may reach, or just fail to."""
    looked_at: tuple[Rule, ...]
    """Those and what is named beside them."""


def relevant_to(law: Law, question: LegalQuestion) -> Relevant:
    """Give the rules that a question can meet on whatever day."""
    key: _Key = (
        question.actor_jurisdictions,
        question.places,
        question.people,
        question.cited,
    )
    known = law.relevant.get(key)
    if isinstance(known, Relevant):
        return known
    found = _relevant_to(law, question)
    law.relevant[key] = found
    return found


def _relevant_to(law: Law, question: LegalQuestion) -> Relevant:
    own = law.jurisdictions(question.actor_jurisdictions, date.min)
    own |= law.jurisdictions(question.actor_jurisdictions, date.max)
    weighed = tuple(
        rule
        for rule in law.rules
        if _may_bind(law, rule, question, own) and _may_be_about(law, rule, question)
    )
    looked_at = tuple(
        rule for rule in law.rules if rule in weighed or _may_be_named(law, rule, question, own)
    )
    return Relevant(weighed=weighed, looked_at=looked_at)


def _may_bind(law: Law, rule: Rule, question: LegalQuestion, own: frozenset[str]) -> bool:
    if "ANY" in rule.binds or own & set(rule.binds):
        return True
    return rule.territorial is not None and any(
        law.may_be_within(place, rule.places) for place in question.places
    )


def _may_be_about(law: Law, rule: Rule, question: LegalQuestion) -> bool:
    people = question.people
    if any(law.may_be_within(one, rule.places) for one in (*question.places, *people.nationals_of)):
        return True
    if rule.persons is not Persons.LISTED:
        return False
    may_be_listed = rule.elsewhere and people.blocked in {Told.ONLY, Told.INCLUDED}
    return may_be_listed or _lists(law, rule, people.named)


def _may_be_named(law: Law, rule: Rule, question: LegalQuestion, own: frozenset[str]) -> bool:
    people = question.people
    apart = (*people.nationals_of, *people.origins)
    if {rule.power_of, *rule.binds} & set(question.cited) or _lists(law, rule, people.named):
        return True
    if not _may_bind(law, rule, question, own):
        return False
    return bool(set(rule.near) & {*apart, *question.places}) or any(
        law.may_be_within(one, rule.places) for one in apart
    )


def _lists(law: Law, rule: Rule, names: Iterable[str]) -> bool:
    named = (law.named_by_id[one] for one in names)
    return any(listing.rule == rule.id for one in named for listing in one.listed)


def days_of_change(law: Law, question: LegalQuestion) -> tuple[date, ...]:
    """Give the days on which the answer to a question can change, in order."""
    is_state = question.actor_kind is ActorKind.STATE
    found = _days_of_state(law, question) if is_state else _days(law, question)
    return tuple(sorted(set(found)))


def _days_of_state(law: Law, question: LegalQuestion) -> Iterator[date]:
    own = law.jurisdictions(question.actor_jurisdictions, date.min)
    own |= law.jurisdictions(question.actor_jurisdictions, date.max)
    ids = {one.provision for one in law.beside_states}
    for rule in law.rules:
        if rule.power_of in own:
            ids.update(rule.provisions)
            yield from law.days_of_rule(rule)
    for id_ in ids:
        yield from law.version(id_).days_of_change()
    for one in law.not_parties:
        yield from (day for day in one.bounds if day is not None)
    yield from law.days_of_unions


def _days(law: Law, question: LegalQuestion) -> Iterator[date]:
    rules = relevant_to(law, question).looked_at
    ids: set[str] = set()
    for rule in rules:
        ids.update(rule.provisions)
        ids.update(one.provision for one in law.exemptions_of[rule.id])
        yield from law.days_of_rule(rule)
    marks = {mark for asked in question.services for mark in law.services_by_id[asked.id].marks}
    for one in law.guidance:
        if set(one.on) & ids or marks & set(one.services):
            ids.add(one.provision)
    for id_ in ids:
        yield from law.version(id_).days_of_change()
    for name in question.people.named:
        for listing in law.named_by_id[name].listed:
            yield from (day for day in listing.bounds if day is not None)
    yield from law.days_of_unions
