"""Rules on what a record names: actors, instruments, places, networks, domains, mechanisms."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pycountry
from msgspec import Struct

from whocut.ledger.check.judgement import load_judgement
from whocut.ledger.check.provenance import actors_of
from whocut.ledger.check.rule import Hit, Rule, Subject
from whocut.ledger.record import Population
from whocut.ledger.vocabulary import LedgerLayer
from whocut.reference.suffixes import registrable_domain

__all__ = ["RULES"]

_NOBODY: Final = "nobody"
_SOURCES: Final = "sources"
_WHOLE: Final = "record"
"""A conflict that is on no single field."""
_BLOCS: Final = frozenset({"EU", "WORLD"})
_NETWORK_ROLES: Final = ("actor", "affected", "executor")
_DOMAIN_ROLES: Final = ("service", "affected")
_FIELD: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+|\[\d{1,4}\])*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_STEP: Final = re.compile(r"[a-z0-9_-]+")
_OTHER_FAMILIES: Final = {"sale": (LedgerLayer.ACCOUNT, LedgerLayer.PAYMENT)}
"""Mechanisms whose first part is no layer."""


def _actor(subject: Subject) -> Iterator[Hit]:
    known = subject.known.actors
    for field, name in _named_actors(subject):
        if name not in known:
            yield field, f"no actor has the id {name!r} (data/actors)"


def _named_actors(subject: Subject) -> Iterator[tuple[str, str]]:
    record = subject.record
    for role in record.parties.__struct_fields__:
        for number, party in enumerate(getattr(record.parties, role)):
            yield f"parties.{role}[{number}].actor", party.actor
    for number, ground in enumerate(record.grounds):
        if ground.claimant != _SOURCES:
            yield f"grounds[{number}].claimant", ground.claimant
    for number, one in enumerate(record.attribution.hypotheses):
        field = f"attribution.hypotheses[{number}]"
        if one.actor != _NOBODY:
            yield f"{field}.actor", one.actor
        if one.claimant != _SOURCES:
            yield f"{field}.claimant", one.claimant
    for number, reply in enumerate(record.replies):
        yield f"replies[{number}].by", reply.by


def _decider(subject: Subject) -> Iterator[Hit]:
    if not subject.record.parties.decider:
        yield "parties.decider", "nobody decided; an actor of kind unknown stands for one not known"


def _reply(subject: Subject) -> Iterator[Hit]:
    actors = actors_of(subject.record)
    for number, reply in enumerate(subject.record.replies):
        if reply.by not in actors:
            yield f"replies[{number}].by", f"{reply.by!r} is no actor of this record"


def _instrument(subject: Subject) -> Iterator[Hit]:
    for number, one in enumerate(subject.record.instruments):
        if one.id not in subject.known.instruments:
            yield f"instruments[{number}].id", f"no instrument has the id {one.id!r}"


def _place(subject: Subject) -> Iterator[Hit]:
    for name in ("population", "stated_population"):
        population: Population | None = getattr(subject.record, name)
        if population is None:
            continue
        for number, place in enumerate(population.places):
            field = f"{name}.places[{number}]"
            if not _is_place(place):
                yield field, f"{place!r} is in neither ISO 3166-1 nor ISO 3166-2"
            elif place in population.places[:number]:
                yield field, f"{place!r} stands twice"


def _is_place(place: str) -> bool:
    return place in _BLOCS or place in (_subdivisions() if "-" in place else _countries())


@cache
def _countries() -> frozenset[str]:
    return frozenset(one.alpha_2 for one in pycountry.countries)


@cache
def _subdivisions() -> frozenset[str]:
    return frozenset(one.code for one in pycountry.subdivisions)


def _domain(subject: Subject) -> Iterator[Hit]:
    seen: set[str] = set()
    for number, one in enumerate(subject.record.domains):
        field = f"domains[{number}]"
        above = registrable_domain(one.domain)
        if not _HOST.fullmatch(one.domain):
            yield f"{field}.domain", f"{one.domain!r} is no name in small A-labels ({above})"
        elif one.domain.rpartition(".")[2].isdigit() or "." not in one.domain:
            yield f"{field}.domain", f"{one.domain!r} is no domain that somebody registered"
        elif one.domain in seen:
            yield f"{field}.domain", f"{one.domain!r} stands twice"
        seen.add(one.domain)
        if one.role not in _DOMAIN_ROLES:
            yield f"{field}.role", f"{one.role!r} is none of {', '.join(_DOMAIN_ROLES)}"


def _host(subject: Subject) -> Iterator[Hit]:
    for number, one in enumerate(subject.record.domains):
        above = registrable_domain(one.domain)
        if _HOST.fullmatch(one.domain) and one.domain != above:
            reason = f"{one.domain} is a host below {above}: right if no more was cut"
            yield f"domains[{number}].domain", reason


def _network(subject: Subject) -> Iterator[Hit]:
    seen: set[int] = set()
    for number, one in enumerate(subject.record.networks):
        field = f"networks[{number}]"
        for reserved in load_judgement().reserved_networks:
            if reserved.first <= one.asn <= reserved.last:
                why = f"{reserved.name}, {reserved.source}"
                yield f"{field}.asn", f"AS{one.asn} is nobody's ({why})"
        if one.asn in seen:
            yield f"{field}.asn", f"AS{one.asn} stands twice"
        seen.add(one.asn)
        if one.role not in _NETWORK_ROLES:
            yield f"{field}.role", f"{one.role!r} is none of {', '.join(_NETWORK_ROLES)}"


def _mechanism(subject: Subject) -> Iterator[Hit]:
    stated = subject.record.mechanism
    if stated is not None and stated.value not in subject.known.mechanisms:
        yield "mechanism.value", f"no mechanism has the id {stated.value!r} (data/taxonomy)"


def _mechanism_layer(subject: Subject) -> Iterator[Hit]:
    stated, layer = subject.record.mechanism, subject.record.layer.value
    if stated is None or stated.value not in subject.known.mechanisms:
        return
    family = stated.value.partition(".")[0]
    fitting: tuple[str, ...] = _OTHER_FAMILIES.get(family, (family,))
    if layer not in fitting:
        yield "mechanism.value", f"{stated.value} is of layer {' or '.join(fitting)}, not {layer}"


def _conflict(subject: Subject) -> Iterator[Hit]:
    for number, one in enumerate(subject.record.conflicts):
        if one.field != _WHOLE and not _has_field(subject.record, one.field):
            yield f"conflicts[{number}].field", f"a record has no field {one.field!r}"


def _has_field(part: object, field: str) -> bool:
    """Say whether a field such as ``dates.effective[0].on`` could stand in a record."""
    for step in _STEP.findall(field) if _FIELD.fullmatch(field) else ("",):
        if part is None or part == ():
            return True  # a conflict may be on what the record leaves out
        if isinstance(part, Struct):
            names = dict(zip(part.__struct_encode_fields__, part.__struct_fields__, strict=True))
            if step not in names:
                return False
            part = getattr(part, names[step])
        elif isinstance(part, dict) and step in part:
            part = part[step]
        elif isinstance(part, tuple) and step.isdigit() and int(step) < len(part):
            part = part[int(step)]
        else:
            return False
    return True


RULES: Final = (
    Rule("ledger.check.actor.known", "Every actor that is named has an entry.", _actor),
    Rule("ledger.check.actor.decider", "Every record has a decider.", _decider),
    Rule("ledger.check.actor.reply", "A reply comes from an actor of the record.", _reply),
    Rule("ledger.check.instrument.known", "Every instrument that is cited exists.", _instrument),
    Rule("ledger.check.place.known", "A place is of ISO 3166, EU or WORLD.", _place),
    Rule("ledger.check.domain.form", "A domain is in small A-labels.", _domain),
    Rule(
        "ledger.check.domain.host",
        "A domain is registrable, as cells have it, unless no more than a host below was cut.",
        _host,
        is_warning=True,
    ),
    Rule("ledger.check.network.holder", "An autonomous system can have a holder.", _network),
    Rule("ledger.check.mechanism.known", "A mechanism is in the taxonomy.", _mechanism),
    Rule("ledger.check.conflict.field", "A conflict is on a field of a record.", _conflict),
    Rule("ledger.check.mechanism.layer", "A mechanism fits the layer.", _mechanism_layer),
)
