"""From actors of the ledger to parties of a question, each with what it is to that question."""

from collections.abc import Iterable, Mapping
from typing import Final

from whocut.attribution.bundle import Party
from whocut.attribution.join.index import LedgerIndex
from whocut.attribution.join.subject import ACCESS, ACCESS_NAME, Subject
from whocut.attribution.vocabulary import PartyKind, Role
from whocut.ledger.actors import Actor
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import LedgerActorKind
from whocut.reference.suffixes import registrable_domain

__all__ = ["parties_of"]

_KINDS: Final[Mapping[LedgerActorKind, PartyKind]] = {
    LedgerActorKind.COMPANY: PartyKind.COMPANY,
    LedgerActorKind.STATE: PartyKind.STATE,
    LedgerActorKind.COURT: PartyKind.COURT,
    LedgerActorKind.OPERATOR: PartyKind.OPERATOR,
    LedgerActorKind.IXP: PartyKind.IXP,
    LedgerActorKind.REGISTRY: PartyKind.REGISTRY,
    LedgerActorKind.CERTIFICATE_AUTHORITY: PartyKind.CERTIFICATE_AUTHORITY,
    LedgerActorKind.PAYMENT_NETWORK: PartyKind.PAYMENT_NETWORK,
    LedgerActorKind.STANDARDS_BODY: PartyKind.STANDARDS_BODY,
    LedgerActorKind.PROJECT: PartyKind.PROJECT,
    LedgerActorKind.ARMED_GROUP: PartyKind.ARMED_GROUP,
    LedgerActorKind.UNKNOWN: PartyKind.UNKNOWN,
}
_OF_SECTOR: Final[Mapping[str, PartyKind]] = {
    "backbone": PartyKind.BACKBONE,
    "cdn": PartyKind.CDN,
    "certificate_authority": PartyKind.CERTIFICATE_AUTHORITY,
    "cloud": PartyKind.CLOUD,
    "domain_registry": PartyKind.REGISTRY,
    "ixp": PartyKind.IXP,
    "mobile_operator": PartyKind.OPERATOR,
    "payment": PartyKind.PAYMENT_NETWORK,
    "registrar": PartyKind.REGISTRAR,
    "satellite": PartyKind.SATELLITE,
}
"""Of a company; others stay companies."""
_ROLES: Final[Mapping[PartyKind, Role]] = {
    PartyKind.STATE: Role.STATE,
    PartyKind.COURT: Role.STATE,
    PartyKind.ARMED_GROUP: Role.STATE,
    PartyKind.OPERATOR: Role.OPERATOR,
    PartyKind.SATELLITE: Role.OPERATOR,
    PartyKind.BACKBONE: Role.PROVIDER,
    PartyKind.IXP: Role.PROVIDER,
}
"""Whatever is asked; the others depend on whose service it is."""
_OBSERVERS: Final = frozenset({PartyKind.STANDARDS_BODY, PartyKind.UNKNOWN})


def parties_of(
    index: LedgerIndex,
    subject: Subject,
    records: Iterable[CutRecord],
    named: Iterable[str],
) -> list[Party]:
    """Give the parties of a question: those that evidence speaks of, and whose service it is."""
    own = _own_service(index, subject, records)
    # A parent is the service only where it speaks or is spoken of; nobody is named as a relative.
    actors = {*named, *own} - {ACCESS}
    own |= {_parent(index, one) for one in own} - {""}
    if subject.network is not None:
        actors.update(one.id for one in index.runner_of(subject.network)[:1])
    found = [
        _party(index.actors[one], subject, own)
        for one in sorted(actors)
        if one in index.actors and not index.actors[one].is_unnamed
    ]
    if subject.service == ACCESS:
        found.append(Party(id=ACCESS, name=ACCESS_NAME, kind=PartyKind.UNKNOWN, role=Role.AFFECTED))
    return sorted(found, key=lambda one: one.id)


def _own_service(
    index: LedgerIndex, subject: Subject, records: Iterable[CutRecord]
) -> frozenset[str]:
    """Give whose service is asked about: who owns the domain; else who cut off a service of it."""
    if subject.service:
        return frozenset({subject.service})
    if not subject.domain:
        return frozenset()
    owners = {one.id for one in index.owner_of(subject.domain)}
    if owners:
        return frozenset(owners)
    return frozenset(
        party.actor
        for record in records
        for party in record.parties.decider
        if any(
            one.role == "service" and registrable_domain(one.domain) == subject.domain
            for one in record.domains
        )
        and party.actor in index.actors
        and _kind(index.actors[party.actor]) in {PartyKind.COMPANY, PartyKind.PROJECT}
    )


def _parent(index: LedgerIndex, actor: str) -> str:
    known = index.actors.get(actor)
    return (known.parent or "") if known else ""


def _kind(actor: Actor) -> PartyKind:
    if actor.kind is LedgerActorKind.COMPANY and actor.sector:
        return _OF_SECTOR.get(actor.sector, PartyKind.COMPANY)
    return _KINDS[actor.kind]


def _party(actor: Actor, subject: Subject, own: frozenset[str]) -> Party:
    kind = _kind(actor)
    return Party(
        id=actor.id,
        name=actor.name,
        kind=kind,
        country=next((one for one in actor.jurisdictions if len(one) == 2), None),
        role=_role(actor, kind, subject, own),
        asns=tuple(sorted({asn for asn in actor.all_asns if asn > 0})),
        domains=tuple(sorted(actor.domains)),
    )


def _role(actor: Actor, kind: PartyKind, subject: Subject, own: frozenset[str]) -> Role:
    fixed = _ROLES.get(kind)
    if fixed is not None:
        return fixed
    if subject.network is not None and subject.network in actor.all_asns:
        return Role.PROVIDER
    if actor.id in own:
        return Role.SERVICE
    if kind is PartyKind.PAYMENT_NETWORK:
        return Role.PAYMENT
    return Role.OBSERVER if kind in _OBSERVERS else Role.EDGE
