"""What a version of an instrument asks for, lifts or leaves out, as the reviewed tables have it."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from whocut.ledger.law.instrument import Basis
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.rules import Clause, Demand, Exemption, Rule

__all__ = ["Ban", "Lifting", "Part", "bans_of", "liftings_of"]

_ALL: Final = "all"
_MOST_SERVICES: Final = 12


class Ban(Struct, frozen=True):
    """A rule that the version carries."""

    rule: Rule
    services: tuple[str, ...]
    """Names; none of them: all services."""
    more: int
    is_measure: bool
    """It asks for something other than a cut."""


class Part(Struct, frozen=True):
    """Some services that an exemption covers, leaves out, or leaves open."""

    services: tuple[str, ...]
    more: int
    why: str
    is_doubtful: bool
    is_own: bool


class Lifting(Struct, frozen=True):
    """An exemption that the version carries."""

    of: tuple[str, ...]
    """Names of the rules that it lifts."""
    covers: tuple[Part, ...]
    excludes: tuple[Part, ...]


@lru_cache(maxsize=512)
def bans_of(version: str) -> tuple[Ban, ...]:
    """List what a version asks for."""
    law = load_law()
    found = []
    for rule in law.rules:
        if version in rule.provisions:
            names, more = _services(law, rule.services)
            found.append(Ban(rule, names, more, rule.demands is Demand.MEASURES))
    return tuple(found)


@lru_cache(maxsize=512)
def liftings_of(version: str) -> tuple[Lifting, ...]:
    """List what a version lifts."""
    law = load_law()
    return tuple(_lifting(law, one) for one in law.exemptions if one.provision == version)


def _lifting(law: Law, one: Exemption) -> Lifting:
    names = {rule.id: rule.name for rule in law.rules}
    return Lifting(
        tuple(names.get(id_, id_) for id_ in one.of),
        tuple(_part(law, clause) for clause in one.covers),
        tuple(_part(law, clause) for clause in one.excludes),
    )


def _part(law: Law, clause: Clause) -> Part:
    names, more = _services(law, clause.services)
    return Part(names, more, clause.why, clause.doubtful, clause.basis is Basis.OWN)


def _services(law: Law, marks: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Name the services of some marks, and say how many more there are; all of them have none."""
    wanted = set(marks)
    if _ALL in wanted:
        return (), 0
    found = [
        one.name for one in law.services if one.id in wanted or not one.marks.isdisjoint(wanted)
    ]
    return tuple(found[:_MOST_SERVICES]), max(len(found) - _MOST_SERVICES, 0)
