"""A state's own act: no sanctions law asks for it; what binds the state stands beside it."""

from collections.abc import Iterator
from datetime import date

from whocut.ledger.law.confidence import confidence_of
from whocut.ledger.law.context import beside
from whocut.ledger.law.instrument import Basis, InForce, Whom
from whocut.ledger.law.law import Law
from whocut.ledger.law.provisions import used_provision
from whocut.ledger.law.question import (
    Assessment,
    Context,
    Label,
    LegalQuestion,
    Role,
    UsedProvision,
)
from whocut.ledger.law.rules import Beside, NotParty, Rule
from whocut.ledger.law.sentences import state_reasons

__all__ = ["assess_state"]


def assess_state(law: Law, question: LegalQuestion, day: date) -> Assessment:
    """Answer for a state body or a court, by the same rule for every state."""
    used: dict[str, UsedProvision] = {}
    context: dict[str, Context] = {}
    for rule in _powers(law, question, day):
        for id_ in rule.provisions:
            standing = law.version(id_).in_force(day)
            if standing in {InForce.YES, InForce.OWN}:
                used.setdefault(
                    id_, used_provision(law, id_, day, Role.POWER, decides=True, why=rule.why)
                )
            else:
                why = "a power of this state that was not in force that day"
                context.setdefault(id_, beside(law, id_, why))
    for one in law.beside_states:
        if not _bears(law, one, question, day):
            continue
        absent = _not_party(law, one.provision, question, day)
        if absent is not None:
            context.setdefault(one.provision, beside(law, one.provision, _absence(absent)))
        elif law.version(one.provision).in_force(day) in {InForce.YES, InForce.OWN}:
            role = _role(law, one.provision, question)
            used[one.provision] = used_provision(
                law, one.provision, day, role, decides=False, why=one.why
            )
    found = tuple(used.values())
    confidence, capped_by = confidence_of(law, question, Label.OWN_CHOICE, found, day)
    return Assessment(
        label=Label.OWN_CHOICE,
        confidence=confidence,
        confidence_capped_by=capped_by,
        provisions=found,
        context=tuple(one for id_, one in context.items() if id_ not in used),
        reasons=tuple(state_reasons(law, question, found, context.values())),
    )


def _role(law: Law, id_: str, question: LegalQuestion) -> Role:
    is_union = set(question.actor_jurisdictions) <= set(law.unions_of_parties)
    binds = law.family(id_).binds.whom is Whom.STATES and not is_union
    return Role.BINDS_THE_STATE if binds else Role.ADDRESSES_STATES


def _powers(law: Law, question: LegalQuestion, day: date) -> Iterator[Rule]:
    """Give the state's own rules that speak of this service, and of these names where told."""
    own = law.jurisdictions(question.actor_jurisdictions, day)
    for rule in law.rules:
        if rule.power_of not in own:
            continue
        if not any(_speaks_of(law, rule, asked.id) for asked in question.services):
            continue
        named = [law.named_by_id[id_] for id_ in question.people.named]
        lists = {rule.id, rule.same_list_as}
        is_listed = any(listing.rule in lists for one in named for listing in one.listed)
        is_open = any(one.kind in rule.may_list for one in named)
        if not named or is_listed or is_open:
            yield rule


def _speaks_of(law: Law, rule: Rule, service: str) -> bool:
    marks = law.services_by_id[service].marks
    return bool(marks & {*rule.services, *rule.doubtful_services})


def _bears(law: Law, one: Beside, question: LegalQuestion, day: date) -> bool:
    if one.services and not any(
        law.services_by_id[asked.id].marks & set(one.services) for asked in question.services
    ):
        return False
    if not one.abroad:
        return True
    own = law.jurisdictions(question.actor_jurisdictions, day)
    return not all(law.is_within(place, own, day) for place in question.places)


def _not_party(law: Law, id_: str, question: LegalQuestion, day: date) -> NotParty | None:
    family = law.family(id_).id
    for one in law.not_parties:
        is_about = one.covenant == family and set(one.codes) & set(question.actor_jurisdictions)
        if is_about and one.holds_on(day):
            return one
    return None


def _absence(one: NotParty) -> str:
    told = "" if one.basis is Basis.SOURCE else " (own knowledge)"
    return f"this state is no party to it{f': {one.note}' if one.note else ''}{told}"
