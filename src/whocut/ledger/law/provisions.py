"""Which provisions an answer used, and what each did in it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from whocut.ledger.law.finding import Finding, Verdict
from whocut.ledger.law.instrument import Addressees, Basis, InForce
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import ActorKind, Label, LegalQuestion, Role, UsedProvision
from whocut.ledger.law.reach import Cover, Lift, Reach, binds, stands
from whocut.ledger.law.relevance import relevant_to
from whocut.ledger.law.rules import Exemption, Persons, Rule

__all__ = ["in_force_there", "used_in", "used_provision"]

_STANDING: Final = frozenset({InForce.YES, InForce.OWN})
_RANK: Final = (
    Role.BAN,
    Role.EXEMPTION,
    Role.DOUBTFUL,
    Role.REPEAL,
    Role.NOT_REACHED,
    Role.CONSIDERED,
    Role.POWER,
    Role.BINDS_THE_STATE,
    Role.ADDRESSES_STATES,
    Role.GUIDANCE,
)


def used_provision(
    law: Law, id_: str, day: date, role: Role, *, decides: bool, why: str = ""
) -> UsedProvision:
    """Describe one version as an answer uses it."""
    family, version = law.versions[id_]
    return UsedProvision(
        id=id_,
        family=family.id,
        title=version.title,
        in_force_from=version.begins,
        in_force_to=version.ends,
        role=role,
        decides=decides,
        basis=Basis.OWN if version.is_own(day) else Basis.SOURCE,
        read=version.source.read.value,
        confidence=version.confidence,
        url=version.source.url,
        why=why,
    )


def used_in(
    law: Law, question: LegalQuestion, findings: Iterable[Finding], label: Label, day: date
) -> tuple[UsedProvision, ...]:
    """List what the findings used, each once in its weightiest role, and what was looked at."""
    found: dict[str, UsedProvision] = {}
    for finding in findings:
        for verdict in finding.verdicts:
            for one in _of_verdict(law, verdict, label, day):
                _keep(found, one)
    for one in list(_guidance(law, found, day)):
        _keep(found, one)
    for one in looked_at(law, question, day):
        _keep(found, one)
    return tuple(sorted(found.values(), key=lambda one: (_RANK.index(one.role), one.id)))


def _keep(found: dict[str, UsedProvision], one: UsedProvision) -> None:
    known = found.get(one.id)
    if known is None or (_weight(one) < _weight(known)):
        found[one.id] = one


def _weight(one: UsedProvision) -> tuple[bool, int]:
    return not one.decides, _RANK.index(one.role)


def _of_verdict(law: Law, verdict: Verdict, label: Label, day: date) -> Iterator[UsedProvision]:
    decides = verdict.label is label
    reached = verdict.reached.reach
    if verdict.label is not None:
        role = Role.BAN
    elif verdict.rule.repeals:
        role, decides = Role.REPEAL, label is Label.PERMITTED_NOT_REQUIRED
    else:
        role = Role.NOT_REACHED
        decides = label is Label.PERMITTED_NOT_REQUIRED and reached is Reach.OTHER_PERSONS
    for id_ in verdict.rule.provisions:
        why = verdict.reached.why or verdict.rule.why
        yield used_provision(law, id_, day, role, decides=decides, why=why)
    for exemption, lift in verdict.lifts:
        known = _role_of(law, verdict, exemption, lift, day)
        if known is not None:
            tells = known in {Role.EXEMPTION, Role.DOUBTFUL} or lift.cover is Cover.OUTSIDE
            yield used_provision(
                law, exemption.provision, day, known, decides=decides and tells, why=lift.why
            )


def _role_of(
    law: Law, verdict: Verdict, exemption: Exemption, lift: Lift, day: date
) -> Role | None:
    if lift.cover is Cover.YES:
        return Role.EXEMPTION
    if lift.cover in {Cover.DOUBT, Cover.OWN}:
        return Role.DOUBTFUL if verdict.label is Label.UNCLEAR else Role.CONSIDERED
    is_for_others = exemption.holder or exemption.only_named or exemption.binds
    if is_for_others or law.version(exemption.provision).in_force(day) is not InForce.YES:
        return None
    return Role.CONSIDERED


def in_force_there(law: Law, question: LegalQuestion, day: date) -> Iterator[UsedProvision]:
    """Give the bans that bind an actor in its places, for a question that could not be read."""
    if not question.places or question.actor_kind not in {ActorKind.COMPANY, ActorKind.OPERATOR}:
        return
    ids = {
        id_
        for rule in relevant_to(law, question).weighed
        if rule.persons is not Persons.NAMED and stands(law, rule, day) is InForce.YES
        for id_ in rule.provisions
    }
    for id_ in sorted(ids):
        yield used_provision(
            law,
            id_,
            day,
            Role.CONSIDERED,
            decides=False,
            why="in force there; what it says of this was not asked",
        )


def looked_at(law: Law, question: LegalQuestion, day: date) -> Iterator[UsedProvision]:
    """Give what a reader asks about and what lets go: it is weighed, and decides nothing."""
    for rule in relevant_to(law, question).looked_at:
        why = _why_looked_at(law, question, rule, day) if rule.holds_on(day) else ""
        if not why:
            yield from _own_exemptions(law, question, rule, day)
            continue
        for id_ in rule.provisions:
            if law.version(id_).in_force(day) in _STANDING:
                yield used_provision(law, id_, day, Role.NOT_REACHED, decides=False, why=why)
        for one in law.exemptions_of[rule.id]:
            is_for_all = not (one.holder or one.only_named or one.binds)
            if is_for_all and law.version(one.provision).in_force(day) is InForce.YES:
                yield used_provision(
                    law, one.provision, day, Role.CONSIDERED, decides=False, why=why
                )
    services = [law.services_by_id[asked.id] for asked in question.services]
    for guide in law.guidance:
        is_of_service = any(one.marks & set(guide.services) for one in services)
        if is_of_service and law.version(guide.provision).in_force(day) in _STANDING:
            yield used_provision(
                law, guide.provision, day, Role.GUIDANCE, decides=False, why=guide.why
            )


def _own_exemptions(
    law: Law, question: LegalQuestion, rule: Rule, day: date
) -> Iterator[UsedProvision]:
    """Give what is thought to leave a service alone, where a rule of that programme is in force."""
    if stands(law, rule, day) not in _STANDING:
        return
    marks = {mark for asked in question.services for mark in law.services_by_id[asked.id].marks}
    for place in question.places:
        if not law.is_within(place, rule.places, day):
            continue
        if binds(law, rule, question, place, day) is None:
            continue
        for one in law.exemptions_of[rule.id]:
            is_own = law.version(one.provision).in_force(day) is InForce.OWN
            if is_own and any(marks & set(clause.services) for clause in one.covers):
                yield used_provision(
                    law,
                    one.provision,
                    day,
                    Role.CONSIDERED,
                    decides=False,
                    why="thought to leave this service alone; that is own knowledge",
                )


def _why_looked_at(law: Law, question: LegalQuestion, rule: Rule, day: date) -> str:
    """Say why a rule that does not reach is named, or nothing."""
    people, places = question.people, question.places
    apart = (*people.nationals_of, *people.origins)
    binding = any(binds(law, rule, question, place, day) is not None for place in places)
    is_theirs = any(law.is_within(one, rule.places, day) for one in apart)
    if binding and (is_theirs or set(rule.near) & {*apart, *places}):
        return "it is about that place, and not about these people or this service there"
    lists = (
        listing
        for id_ in people.named
        for listing in law.named_by_id[id_].listed
        if listing.rule == rule.id and listing.holds_on(day)
    )
    if not binding and any(lists):
        return "it lists this name, and does not bind this actor there"
    cited = {rule.power_of, *rule.binds} & set(question.cited)
    marks = {mark for asked in question.services for mark in law.services_by_id[asked.id].marks}
    speaks = marks & {*rule.services, *rule.doubtful_services}
    near = any(law.is_within(one, rule.places, day) for one in (*places, *apart))
    near = near or bool(set(rule.near) & {*places, *apart})
    if cited and speaks and near:
        return "the law that is named as the ground: it is not found to ask this of this actor"
    if binding and rule.persons is Persons.NAMED and _names_ever(law, question, rule):
        return "it lists this name on other days"
    return ""


def _names_ever(law: Law, question: LegalQuestion, rule: Rule) -> bool:
    named = (law.named_by_id[id_] for id_ in question.people.named)
    is_home = any(law.is_within(one, rule.places, date.max) for one in question.places)
    return is_home and any(listing.rule == rule.id for one in named for listing in one.listed)


def _guidance(law: Law, found: dict[str, UsedProvision], day: date) -> Iterator[UsedProvision]:
    for one in law.guidance:
        if not set(one.on) & found.keys():
            continue
        if law.family(one.provision).addresses is Addressees.STATES:
            continue
        if law.version(one.provision).in_force(day) in _STANDING:
            yield used_provision(law, one.provision, day, Role.GUIDANCE, decides=False)
