"""Find the records that speak of a domain, a network or an actor, and those tied to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, TypeVar

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.law.rules import Union
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import EdgeKind
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "LedgerIndex",
    "actors_of",
    "covers",
    "index_ledger",
    "life_of",
    "networks_of",
]

_K = TypeVar("_K", str, int)
_EVERYBODY: Final = "WORLD"
_SAME_CUT: Final = frozenset(
    {EdgeKind.RESTORES, EdgeKind.SUPERSEDES, EdgeKind.SAME_EVENT, EdgeKind.PART_OF}
)
"""Ties of records that tell of one cut; a retaliation, a pretext or another reading is another."""


class LedgerIndex(Struct, frozen=True):
    """The ledger and its actors, by what joins them to measurements and routes."""

    ledger: Ledger
    actors: Mapping[str, Actor]
    by_domain: Mapping[str, tuple[str, ...]]
    by_asn: Mapping[int, tuple[str, ...]]
    by_actor: Mapping[str, tuple[str, ...]]
    tied: Mapping[str, tuple[str, ...]]
    """Records that tell of the same cut."""
    owners: Mapping[str, tuple[str, ...]]
    """Actors by their own domains."""
    runners: Mapping[int, tuple[str, ...]]
    """Actors by their networks, a child before its parent."""
    unions: tuple[Union, ...]
    """Unions of states, with their members."""

    def of_domain(self, domain: str) -> list[CutRecord]:
        """List the records of a domain."""
        return self._records(self.by_domain.get(registrable_domain(domain), ()))

    def of_asn(self, asn: int) -> list[CutRecord]:
        """List the records of a network."""
        return self._records(self.by_asn.get(asn, ()))

    def of_actor(self, actor: str) -> list[CutRecord]:
        """List the records in which an actor decided, carried out, or was followed."""
        return self._records(self.by_actor.get(actor, ()))

    def with_ties(self, records: Iterable[CutRecord]) -> list[CutRecord]:
        """Add the records that tell of the same cut, in the order of their ids."""
        wanted = {one.id for one in records}
        open_ones = list(wanted)
        while open_ones:
            for other in self.tied.get(open_ones.pop(), ()):
                if other not in wanted:
                    wanted.add(other)
                    open_ones.append(other)
        return self._records(sorted(wanted))

    def owner_of(self, domain: str) -> tuple[Actor, ...]:
        """Give the actors whose own domain this is."""
        return tuple(self.actors[one] for one in self.owners.get(registrable_domain(domain), ()))

    def runner_of(self, asn: int) -> tuple[Actor, ...]:
        """Give the actors that run a network."""
        return tuple(self.actors[one] for one in self.runners.get(asn, ()))

    def _records(self, ids: Iterable[str]) -> list[CutRecord]:
        return [self.ledger.records[one] for one in ids]


def index_ledger(
    ledger: Ledger, actors: Mapping[str, Actor], unions: tuple[Union, ...] = ()
) -> LedgerIndex:
    """Index a ledger by what joins it to the rest."""
    domains: defaultdict[str, dict[str, None]] = defaultdict(dict)
    asns: defaultdict[int, dict[str, None]] = defaultdict(dict)
    parties: defaultdict[str, dict[str, None]] = defaultdict(dict)
    tied: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for record in ledger.records.values():
        for joined in record.domains:
            domains[registrable_domain(joined.domain)][record.id] = None
        for asn in networks_of(record, actors):
            asns[asn][record.id] = None
        for actor in actors_of(record):
            parties[actor][record.id] = None
        for edge in record.edges:
            if edge.kind in _SAME_CUT and edge.to in ledger.records:
                tied[record.id][edge.to] = None
                tied[edge.to][record.id] = None
    return LedgerIndex(
        ledger=ledger,
        actors=actors,
        by_domain=_frozen(domains),
        by_asn=_frozen(asns),
        by_actor=_frozen(parties),
        tied=_frozen(tied),
        owners=_owners(actors),
        runners=_runners(actors),
        unions=unions,
    )


def _frozen(found: Mapping[_K, Mapping[str, None]]) -> dict[_K, tuple[str, ...]]:
    return {key: tuple(ids) for key, ids in found.items()}


def actors_of(record: CutRecord) -> tuple[str, ...]:
    """Give the actors who decided, carried out, or whose rule was followed."""
    parts = record.parties
    named = (*parts.decider, *parts.executor, *parts.upstream)
    return tuple(dict.fromkeys(one.actor for one in named))


def networks_of(record: CutRecord, actors: Mapping[str, Actor]) -> tuple[int, ...]:
    """Give the networks of a record: its own, and of a record on routes those of who decided.

    Networks of those cut off are not among them: many are cut off by many.
    """
    found = [one.asn for one in record.networks if one.role != "affected"]
    if record.layer.value.value == "route":
        deciders = (actors.get(one.actor) for one in record.parties.decider)
        found += [asn for one in deciders if one is not None for asn in one.all_asns]
    return tuple(dict.fromkeys(found))


def _owners(actors: Mapping[str, Actor]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for actor in actors.values():
        if not actor.is_unnamed:
            for domain in actor.domains:
                found[registrable_domain(domain)].append(actor.id)
    return {domain: tuple(ids) for domain, ids in found.items()}


def _runners(actors: Mapping[str, Actor]) -> dict[int, tuple[str, ...]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for actor in actors.values():
        for asn in actor.all_asns:
            found[asn].append(actor.id)
    parents = {one.parent for one in actors.values()}
    return {
        asn: tuple(sorted(ids, key=lambda one: (one in parents, one))) for asn, ids in found.items()
    }


def covers(record: CutRecord, country: str, unions: Iterable[Union], part: str = "") -> bool:
    """Say whether a record's places hold a country, or the part of it that is asked about.

    What was done to a part is not told of the country.
    """
    day = life_of(record)[0] or date.max
    for place in record.population.places:
        is_member = any(one.union == place and one.holds(country, day) for one in unions)
        if is_member or place in {country, _EVERYBODY} or (part and place == part):
            return True
    return False


def life_of(record: CutRecord) -> tuple[date | None, date | None]:
    """Give the first and the last day that a record tells of; None where it is open."""
    dates = record.dates
    begun = [
        parse_edtf(one.on)
        for one in (*dates.announced, *dates.effective, *dates.first_observed, *dates.disclosed)
    ]
    first = min((one.earliest for one in begun if one.earliest is not None), default=None)
    ended = [parse_edtf(one.on) for one in dates.ended]
    last = max((one.latest for one in ended if one.latest is not None), default=None)
    return first, last
