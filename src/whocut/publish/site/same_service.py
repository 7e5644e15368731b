"""For which names an answer speaks: hosts below a domain, and further names of one service.

Measurements are filed under the domain that somebody registered, documents under the name that
their sources give. A service has further names (``same_as`` in the catalogue of targets); what is
told of one of them is told of the service, and the page says whose it is. Other services of one
operator are other services: they answer for nothing.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from whocut.access.targets import load_targets
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "Named",
    "domains_meant",
    "is_known",
    "measured_here",
    "named",
    "service_records",
    "with_restorations",
]

_MOST: Final = 200
_LOOKED_AT: Final = 20


class Named(Struct, frozen=True):
    """A registered domain, and what else is the same service."""

    target: str
    twins: tuple[str, ...]
    """Its further names in the catalogue, those of which this edition knows something."""
    measured: str
    """Whose measurements stand on its pages: its own, else those of the first twin that has any."""
    rows: tuple[PairRow, ...]


def named(edition: Edition, target: str) -> Named:
    """Find for which names a page of a domain speaks."""
    rows = edition.access.target(target)
    twins = _twins(target)
    measured = edition.access.targets_among(twins) if twins else []
    documented = set(edition.ledger.domains_among(twins)) if twins else set()
    known = documented | {one.target for one in measured}
    kept = tuple(one for one in twins if one in known)
    if rows or not measured:
        return Named(target, kept, target, tuple(rows))
    other = next(one for one in kept if any(row.target == one for row in measured))
    return Named(target, kept, other, tuple(one for one in measured if one.target == other))


def measured_here(edition: Edition, target: str, country: str) -> PairRow | None:
    """Give the row of a domain in a country; where it has none, of another name of the service."""
    own = edition.access.pair_row(country, target)
    if own is not None or edition.access.target(target):
        return own
    return next(iter(edition.access.targets_among(_twins(target), country)), None)


def service_records(edition: Edition, target: str) -> list[RecordRow]:
    """List the records of a service under any of its names, with what gave it back."""
    own = edition.ledger.of_domains((target, *_twins(target)), _MOST)
    return with_restorations(edition, own)


def with_restorations(edition: Edition, records: Sequence[RecordRow]) -> list[RecordRow]:
    """Add the records by which some of them were taken back: they need not name the domain."""
    found = {one.id: one for one in records}
    for id_ in dict.fromkeys(id_ for one in records for id_ in one.restored_by):
        row = None if id_ in found else edition.ledger.row(id_)
        if row is not None:
            found[id_] = row
    return sorted(found.values(), key=_newest_first)


def _newest_first(record: RecordRow) -> tuple[bool, int, str]:
    day = record.first_day
    return day is None, -day.toordinal() if day else 0, record.id


def is_known(edition: Edition, target: str) -> bool:
    """Say whether a page of a domain has anything to tell."""
    return bool(
        edition.access.target(target)
        or edition.ledger.of_domain(target, 1)
        or edition.ledger.actor_of_domain(target)
        or edition.ledger.below_domain(target, 1)
        or named(edition, target).twins
    )


def domains_meant(edition: Edition, typed: str, most: int = 6) -> list[str]:
    """List domains that somebody may mean who typed a company, a beginning, or a slip."""
    near = edition.access.find_near(typed)
    found = edition.access.find(typed, _LOOKED_AT) or near
    domains: dict[str, None] = {}
    for one in (*found, *near):
        if one.kind == "domain":
            domains[registrable_domain(one.key)] = None
        elif one.kind == "actor" and (page := edition.ledger.actor(one.key)) is not None:
            domains.update(dict.fromkeys(map(registrable_domain, page.actor.domains)))
    return list(domains)[:most]


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Give all names of a service by each of them; a host below a domain names a part of it."""
    names: dict[str, list[str]] = {}
    for one in load_targets().targets:
        if one.is_told_apart:
            names.setdefault(one.same_as or one.domain, []).append(one.domain)
    return {name: tuple(group) for group in names.values() if len(group) > 1 for name in group}


def _twins(target: str) -> tuple[str, ...]:
    return tuple(one for one in _groups().get(target, ()) if one != target)
