"""Which provisions an answer used, and what each did in it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from whocut.ledger.law.finding import Finding, Verdict
from whocut.ledger.law.instrument import Addressees, Basis, InForce
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import Label, Role, UsedProvision
from whocut.ledger.law.reach import Cover, Lift, Reach
from whocut.ledger.law.rules import Exemption

__all__ = ["used_in", "used_provision"]

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
    law: Law, findings: Iterable[Finding], label: Label, day: date
) -> tuple[UsedProvision, ...]:
    """List what the findings used, each once in its weightiest role."""
    found: dict[str, UsedProvision] = {}
    for finding in findings:
        for verdict in finding.verdicts:
            for one in _of_verdict(law, verdict, label, day):
                _keep(found, one)
    for one in list(_guidance(law, found, day)):
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


def _guidance(law: Law, found: dict[str, UsedProvision], day: date) -> Iterator[UsedProvision]:
    for one in law.guidance:
        if not set(one.on) & found.keys():
            continue
        if law.family(one.provision).addresses is Addressees.STATES:
            continue
        if law.version(one.provision).in_force(day) is InForce.YES:
            yield used_provision(law, one.provision, day, Role.GUIDANCE, decides=False)
