"""The refusal gap: of services tested from a country and served elsewhere, how many refuse it.

Beside it the share that is interfered with in the path, both at once, and cuts by nobody knows
whom. Pure: standings and the catalogue of targets in, figures out. docs/methods/gap.md says what
they do not say.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from whocut.access.shares import Share, estimate_share
from whocut.access.standing import Stand, Standing
from whocut.access.target_model import SERVICE, Catalog, ListingKind, Target

__all__ = [
    "MIN_COMPARISONS",
    "Gap",
    "GapRow",
    "Member",
    "OwnTarget",
    "Place",
    "find_gap",
]

MIN_COMPARISONS: Final = 2
"""Comparison countries in which a target must be served to be served elsewhere. provisional"""
_REFUSED: Final = (Stand.REFUSED, Stand.REFUSED_AND_INTERFERED)
_INTERFERED: Final = (Stand.INTERFERED, Stand.REFUSED_AND_INTERFERED)


class Place(StrEnum):
    """Where a target stands in the count."""

    COUNTED = "counted"
    """Answered here, and served in enough comparison countries."""
    NOT_COMPARED = "not_compared"
    """Answered here, and served in too few comparison countries."""
    UNANSWERED = "unanswered"
    """Measured here, without an answer about the country."""
    NOT_MEASURED = "not_measured"
    """No cell of it here in the period."""


class Member(Struct, frozen=True):
    """One target in the count, and why it stands where it does."""

    target: Target
    place: Place
    here: Standing | None
    served_in: tuple[str, ...]
    """Comparison countries in which it is served."""
    is_listed_refused: bool
    """A list or record of refusals of this country names it."""
    is_listed_blocked: bool
    """A list or record of blocks of this country names it."""


class GapRow(Struct, frozen=True):
    """The figures of one group of targets."""

    group: str
    targets: int
    not_measured: int
    unanswered: int
    not_compared: int
    n: int
    served: int
    refused: Share
    """By the service or its edge; also where the state blocks too."""
    interfered: Share
    """In the path, as a state's block does; also where the service refuses too."""
    both: Share
    unattributed: Share
    changed: int
    """Of the n, those whose answer changed within the period."""


class OwnTarget(Struct, frozen=True):
    """One of the country's own media or state services, asked from outside."""

    target: Target
    inside: Stand | None
    """How it stands at home; not measured there is ``None``."""
    answered: int
    """Comparison countries with an answer."""
    served: tuple[str, ...]
    refused: tuple[str, ...]
    interfered: tuple[str, ...]
    unattributed: tuple[str, ...]


class Gap(Struct, frozen=True):
    """The refusal gap of one country over one period."""

    country: str
    against: tuple[str, ...]
    """Countries that were compared with."""
    services: GapRow
    """All of the class of services."""
    unlisted: GapRow
    """Those of them that no list or record of refusals of this country names."""
    unblocked: GapRow
    """Those of them that no list or record of blocks of this country names."""
    by_sector: tuple[GapRow, ...]
    by_actor_kind: tuple[GapRow, ...]
    by_class: tuple[GapRow, ...]
    own: tuple[OwnTarget, ...]
    members: tuple[Member, ...]
    not_told_apart: int
    """Targets that are hosts of a domain that cells know as one; not counted."""
    further_names: int
    """Further names of a target that is here; not counted twice."""


def find_gap(
    standings: Iterable[Standing],
    catalog: Catalog,
    country: str,
    *,
    against: Collection[str] | None = None,
) -> Gap:
    """Find the refusal gap of a country, against all others with data or those that are named."""
    by_target: dict[str, dict[str, Standing]] = defaultdict(dict)
    seen: set[str] = set()
    for one in standings:
        seen.add(one.country)
        if one.country == country or against is None or one.country in against:
            by_target[one.target][one.country] = one
    compared = tuple(sorted((seen if against is None else set(against)) - {country}))
    main = [one for one in catalog.targets if one.same_as is None]
    kept = [one for one in main if one.is_told_apart]
    refused, blocked = (catalog.listed(country, kind) for kind in ListingKind)
    members = [_member(one, by_target[one.domain], country, refused, blocked) for one in kept]
    services = [one for one in members if one.target.class_ == SERVICE]
    return Gap(
        country=country,
        against=compared,
        services=_row("all services", services),
        unlisted=_row(
            "not on a list of refusals", [one for one in services if not one.is_listed_refused]
        ),
        unblocked=_row(
            "not on a list of blocks", [one for one in services if not one.is_listed_blocked]
        ),
        by_sector=_rows(services, {id(one): one.target.sector for one in services}),
        by_actor_kind=_rows(services, {id(one): one.target.actor_kind for one in services}),
        by_class=_rows(members, {id(one): one.target.class_ for one in members}),
        own=_own(kept, by_target, catalog, country),
        members=tuple(members),
        not_told_apart=len(main) - len(kept),
        further_names=len(catalog.targets) - len(main),
    )


def _member(
    target: Target,
    found: Mapping[str, Standing],
    country: str,
    refused: frozenset[str],
    blocked: frozenset[str],
) -> Member:
    here = found.get(country)
    served = tuple(
        sorted(cc for cc, one in found.items() if cc != country and one.stand is Stand.SERVED)
    )
    if here is None:
        place = Place.NOT_MEASURED
    elif here.stand is Stand.UNANSWERED:
        place = Place.UNANSWERED
    else:
        place = Place.COUNTED if len(served) >= MIN_COMPARISONS else Place.NOT_COMPARED
    return Member(target, place, here, served, target.domain in refused, target.domain in blocked)


def _rows(members: Sequence[Member], groups: Mapping[int, str]) -> tuple[GapRow, ...]:
    """Make one row a group, the best counted first."""
    by_group: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        by_group[groups[id(one)]].append(one)
    rows = (_row(group, found) for group, found in by_group.items())
    return tuple(sorted(rows, key=lambda row: (-row.n, row.group)))


def _row(group: str, members: Sequence[Member]) -> GapRow:
    places = [one.place for one in members]
    counted = [one.here for one in members if one.place is Place.COUNTED and one.here is not None]
    return GapRow(
        group=group,
        targets=len(members),
        not_measured=places.count(Place.NOT_MEASURED),
        unanswered=places.count(Place.UNANSWERED),
        not_compared=places.count(Place.NOT_COMPARED),
        n=len(counted),
        served=_count(counted, (Stand.SERVED,)),
        refused=estimate_share(_count(counted, _REFUSED), [one.p_refused for one in counted]),
        interfered=estimate_share(
            _count(counted, _INTERFERED), [one.p_interfered for one in counted]
        ),
        both=estimate_share(
            _count(counted, (Stand.REFUSED_AND_INTERFERED,)), [one.p_both for one in counted]
        ),
        unattributed=_plain_share([one.stand is Stand.UNATTRIBUTED for one in counted]),
        changed=sum(one.is_changed for one in counted),
    )


def _count(counted: Sequence[Standing], stands: Collection[Stand]) -> int:
    return sum(one.stand in stands for one in counted)


def _plain_share(flags: Sequence[bool]) -> Share:
    """Take cells at their word: that nobody is shown has no probability of its own."""
    return estimate_share(sum(flags), [float(flag) for flag in flags])


def _own(
    targets: Sequence[Target],
    by_target: Mapping[str, Mapping[str, Standing]],
    catalog: Catalog,
    country: str,
) -> tuple[OwnTarget, ...]:
    classes = {one.id for one in catalog.classes if one.is_own}
    return tuple(
        _own_target(one, by_target.get(one.domain, {}), country)
        for one in targets
        if one.class_ in classes and one.country == country
    )


def _own_target(target: Target, found: Mapping[str, Standing], country: str) -> OwnTarget:
    here = found.get(country)
    outside = [one for cc, one in sorted(found.items()) if cc != country]

    def named(stands: Collection[Stand]) -> tuple[str, ...]:
        return tuple(one.country for one in outside if one.stand in stands)

    return OwnTarget(
        target=target,
        inside=here.stand if here else None,
        answered=sum(one.stand is not Stand.UNANSWERED for one in outside),
        served=named((Stand.SERVED,)),
        refused=named(_REFUSED),
        interfered=named(_INTERFERED),
        unattributed=named((Stand.UNATTRIBUTED,)),
    )
