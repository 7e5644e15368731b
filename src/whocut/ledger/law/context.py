"""What stands beside an answer for a company: versions of other days, principles, views."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from whocut.ledger.law.instrument import InForce
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import Context, LegalQuestion, UsedProvision
from whocut.ledger.law.reach import binds, is_about
from whocut.ledger.law.relevance import relevant_to
from whocut.ledger.law.rules import Persons, Rule

__all__ = ["beside", "context_of"]

_WHY: Final = {
    InForce.NOT_YET: "not yet in force that day",
    InForce.ENDED: "no longer in force that day",
    InForce.UNKNOWN: "whether it was in force that day is not known",
    InForce.OWN: "known from nobody but ourselves",
}


def beside(law: Law, id_: str, why: str) -> Context:
    """Describe a version that is shown and decides nothing."""
    family, version = law.versions[id_]
    return Context(
        id=id_,
        family=family.id,
        title=version.title,
        in_force_from=version.begins,
        in_force_to=version.ends,
        why=why,
    )


def context_of(
    law: Law, question: LegalQuestion, used: Iterable[UsedProvision], day: date
) -> tuple[Context, ...]:
    """List what is shown beside an answer for a company or an operator."""
    ids = {one.id for one in used}
    found: dict[str, Context] = {}
    for id_, why in _of_other_days(law, question, day):
        if id_ not in ids:
            found.setdefault(id_, beside(law, id_, why))
    for group in (law.beside_companies, law.views):
        for one in group:
            if law.version(one.provision).in_force(day) is InForce.YES and one.provision not in ids:
                found.setdefault(one.provision, beside(law, one.provision, one.why))
    return tuple(found.values())


def _of_other_days(law: Law, question: LegalQuestion, day: date) -> Iterator[tuple[str, str]]:
    for rule in _near(law, question, day):
        for id_ in rule.provisions:
            standing = law.version(id_).in_force(day)
            if standing in _WHY and standing is not InForce.OWN:
                yield id_, _WHY[standing]
        for one in law.exemptions_of[rule.id]:
            standing = law.version(one.provision).in_force(day)
            if one.holder is not None and one.holder != question.actor_id:
                yield one.provision, "a licence that is true of one company only"
            elif standing in _WHY:
                yield one.provision, _WHY[standing]
        ids = {*rule.provisions, *(one.provision for one in law.exemptions_of[rule.id])}
        for guide in law.guidance:
            standing = law.version(guide.provision).in_force(day)
            if set(guide.on) & ids and standing in _WHY:
                yield guide.provision, _WHY[standing]


def _near(law: Law, question: LegalQuestion, day: date) -> Iterator[Rule]:
    """Give the rules that bind the actor in one of the places, on whatever days."""
    for rule in relevant_to(law, question).weighed:
        if rule.persons is Persons.NAMED and not question.people.named:
            continue
        for place in question.places:
            is_near = is_about(law, rule, question, place, day)
            if is_near and binds(law, rule, question, place, day) is not None:
                yield rule
                break
