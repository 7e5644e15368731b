"""What is known of targets before anything is measured: names, groups, lists, and who says so."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct

from whocut.model.taxonomy import ActorKind
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "SERVICE",
    "Catalog",
    "Healthy",
    "Listing",
    "ListingKind",
    "ReadLevel",
    "Sector",
    "Source",
    "Target",
    "TargetClass",
    "names_above",
]

SERVICE = "service"
"""Id of the class that the refusal gap is told of."""


class ReadLevel(StrEnum):
    """How a source was read."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINKED = "linked"
    """Named by another source, not opened."""
    REPOSITORY = "repository"
    OWN_KNOWLEDGE = "own_knowledge"
    """No source: known to whoever wrote it, unverified."""


class ListingKind(StrEnum):
    """What a list or a record says of a name."""

    REFUSED = "refused"
    """Its owner, or the edge or cloud below it, refuses the country, in whole or in part.

    A record of the ledger may speak of accounts, sales or payments only.
    """
    BLOCKED = "blocked"
    """The country's state, or a court, has it blocked."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fact comes from."""

    id: str
    title: str
    publisher: str
    address: str
    terms: str
    read: ReadLevel
    note: str
    commit: str | None = None
    begins: date | None = None
    """First day the source covers: a first_seen on it means then or before."""
    as_of: date | None = None
    """Last day the source covers."""


class Healthy(Struct, frozen=True, forbid_unknown_fields=True):
    """What a target answers where nothing is wrong."""

    id: str
    statuses: tuple[str, ...]
    https: bool
    note: str


class TargetClass(Struct, frozen=True, forbid_unknown_fields=True):
    """A class of targets."""

    id: str
    meaning: str
    is_own: bool = False
    """Of these a country has its own, asked from outside too."""


class Sector(Struct, frozen=True, forbid_unknown_fields=True):
    """A sector of services."""

    id: str
    meaning: str
    ledger: str | None = None
    """Its name in the ledger."""
    statement: str | None = None
    """Its name in the statement of 7 March 2022."""


class Target(Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One name, what it belongs to, and who says so."""

    domain: str
    class_: str
    sector: str
    source: str
    """Who says that it is a target of this class and sector."""
    operator: str | None = None
    actor_kind: ActorKind = ActorKind.UNKNOWN
    country: str | None = None
    """Where its operator sits."""
    audience: str | None = None
    """The one country that it is made for, of media and state services."""
    same_as: str | None = None
    """The target whose further name this is: one service counts once."""
    healthy: str = "page"
    operator_source: str | None = None
    """Who says operator, actor kind, country and audience."""
    note: str | None = None

    @property
    def is_told_apart(self) -> bool:
        """Whether cells know it: they tell registrable domains apart, not the hosts of one."""
        return registrable_domain(self.domain) == self.domain


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """One name on one list of one country."""

    domain: str
    country: str
    kind: ListingKind
    source: str
    first_seen: date | None = None
    removed: date | None = None


class Catalog(Struct, frozen=True):
    """All targets and all that is known of them."""

    targets: tuple[Target, ...]
    listings: tuple[Listing, ...]
    classes: tuple[TargetClass, ...]
    sectors: tuple[Sector, ...]
    healthy: tuple[Healthy, ...]
    sources: tuple[Source, ...]

    def listed(self, country: str, kind: ListingKind) -> frozenset[str]:
        """Find the targets that a list of one country holds, or ever held.

        A listed host or further name speaks for the target it belongs to.
        """
        main = {one.domain: one.same_as or one.domain for one in self.targets}
        return frozenset(
            name
            for listing in self.listings
            if listing.country == country and listing.kind is kind
            for above in names_above(listing.domain)
            if above in main
            for name in (above, main[above])
        )

    def listings_of(self, target: Target) -> tuple[Listing, ...]:
        """Give the listings of a target: of its name and of the hosts below it."""
        return tuple(
            listing for listing in self.listings if target.domain in names_above(listing.domain)
        )


def names_above(domain: str) -> Iterator[str]:
    """Yield a name and every name above it."""
    while domain:
        yield domain
        domain = domain.partition(".")[2]
