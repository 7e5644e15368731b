"""The law of a day as it stands for a country: which instruments speak of it and are in force.

It lists texts; what they say of one cut is the assessment of a record (``whocut.ledger.law``), and
never a matter of a list.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from msgspec import Struct

from whocut.ledger.law import load_law
from whocut.ledger.law.instrument import Effect, Family, InForce, InstrumentKind, Version
from whocut.publish.site.places import is_in

__all__ = ["Does", "InForceHere", "law_in_force", "union_of"]


class Does(StrEnum):
    """What a text does for those who are cut off, by its effect."""

    FORBIDS = "forbids"
    LIFTS = "lifts"
    OWN_LAW = "own_law"
    """A law of the country's own state or union, which binds those in it."""
    EXPLAINS = "explains"


class InForceHere(Struct, frozen=True):
    """One version of an instrument, in force on the day, that speaks of the country."""

    does: Does
    family: Family
    version: Version
    places: tuple[str, ...]
    is_own_knowledge: bool
    """Nothing but our own knowledge says that it is in force."""


_HOLDS: Final = (InForce.YES, InForce.OWN)
_LIFTS: Final = (Effect.EXEMPTS, Effect.PERMITS, Effect.REPEALS)
_BY_EFFECT: Final[Mapping[Effect, Does]] = {
    Effect.PROHIBITS: Does.FORBIDS,
    Effect.REQUIRES: Does.FORBIDS,
    **dict.fromkeys(_LIFTS, Does.LIFTS),
}
_ORDER: Final = tuple(Does)


@lru_cache(maxsize=512)
def law_in_force(country: str, day: date) -> tuple[InForceHere, ...]:
    """List what is in force for a country on a day: bans, what lifts them, its own law."""
    own = (country, *union_of(country, day))
    found = [
        InForceHere(
            does=_does(family, own),
            family=family,
            version=version,
            places=tuple(place for place in family.territory if _is_of(place, own)),
            is_own_knowledge=version.is_own(day),
        )
        for family in load_law().families
        if any(_is_of(place, own) for place in family.territory)
        for version in family.versions
        if version.in_force(day) in _HOLDS
    ]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.does), one.version.id)))


def _is_of(place: str, own: tuple[str, ...]) -> bool:
    return any(is_in(place, one) for one in own)


def _does(family: Family, own: tuple[str, ...]) -> Does:
    if family.kind is InstrumentKind.GUIDANCE:
        return Does.EXPLAINS
    if any(_is_of(place, own) for place in family.binds.of):
        return Does.OWN_LAW
    return _BY_EFFECT.get(family.effect, Does.EXPLAINS)


@lru_cache(maxsize=512)
def union_of(country: str, day: date) -> tuple[str, ...]:
    """Name the unions that a country belongs to on a day, whose law names them as a whole."""
    return tuple(one.union for one in load_law().unions if one.holds(country, day))
