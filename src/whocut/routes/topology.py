"""The graph that the kernels run on: ASes, classes of stubs, and their links, as flat arrays."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from whocut.ingest.topology import Relationships
from whocut.model.errors import UsageError
from whocut.routes.classes import Classes, group_classes
from whocut.routes.cycles import BrokenLink, break_cycles, row_starts, sale_levels

__all__ = ["CODE_VERSION", "BrokenLink", "Registry", "Topology", "build_topology"]

CODE_VERSION = 1
"""Counts changes to what is built; part of every key, so that no cache outlives them."""
_ASN_END = 2**32
_Places = NDArray[np.int64]
_Scalar = TypeVar("_Scalar", bound=np.generic)


class Registry(Protocol):
    """What is read of the organisations: who holds an AS number, and where that is registered."""

    @property
    def asn(self) -> NDArray[np.uint32]:
        """AS numbers."""

    @property
    def org(self) -> NDArray[np.int32]:
        """Index of each AS's organisation."""

    @property
    def org_country(self) -> tuple[str, ...]:
        """Country where each organisation is registered."""


@dataclass(frozen=True, eq=False)
class Topology:
    """ASes ascending, classes with every customer before its providers, links as rows of a class.

    Classes: [0, n_leaf) stubs without peers, [n_leaf, n_stub) stubs with peers, [n_stub, m) the
    core. Rows are sorted by AS number. All arrays are read-only.
    """

    asns: NDArray[np.uint32]
    class_of: NDArray[np.int32]
    n_leaf: int
    n_stub: int
    member_start: NDArray[np.int32]
    members: NDArray[np.int32]
    """Indexes into ``asns``, class after class."""
    country: NDArray[np.uint16]
    """Where an AS is registered, which is not always where it stands; index into ``countries``."""
    countries: tuple[str, ...]
    up_start: NDArray[np.int32]
    up: NDArray[np.int32]
    """Providers of a class."""
    down_start: NDArray[np.int32]
    down: NDArray[np.int32]
    """Customers of a class."""
    down_edge: NDArray[np.int32]
    """Index of the same link in ``up``."""
    peer_start: NDArray[np.int32]
    peer: NDArray[np.int32]
    """Peers of a class; every link stands in both directions."""
    peer_twin: NDArray[np.int32]
    """Index of the other direction."""
    depth: int
    """Links of the longest chain of customers: no route is longer than twice that and one."""
    broken: tuple[BrokenLink, ...]
    months: tuple[date, ...]
    source: str
    clique: tuple[int, ...]
    key: str
    """Digest of all that went in, and of the way it was built."""

    @property
    def class_count(self) -> int:
        """Count the classes (m)."""
        return len(self.member_start) - 1

    @cached_property
    def member_count(self) -> NDArray[np.int32]:
        """Count the ASes of each class."""
        return _frozen(np.diff(self.member_start))

    @cached_property
    def first_asn(self) -> NDArray[np.uint32]:
        """Lowest AS number of each class; a class of the core has no other."""
        return _frozen(self.asns[self.members[self.member_start[:-1]]])

    @cached_property
    def class_country(self) -> NDArray[np.uint16]:
        """Country of each class, as an index into ``countries``."""
        return _frozen(self.country[self.members[self.member_start[:-1]]])

    @cached_property
    def lane_rank(self) -> NDArray[np.int32]:
        """Rank of each class so that those with the same providers stand side by side."""
        own = np.arange(self.class_count)
        bought = np.diff(self.up_start)
        edge = np.minimum(self.up_start[:-1], max(len(self.up) - 1, 0))
        first = np.where(bought > 0, self.up[edge], own) if len(self.up) else own
        rank = np.empty(self.class_count, np.int32)
        rank[np.lexsort((own, first))] = np.arange(self.class_count, dtype=np.int32)
        return _frozen(rank)

    def index_of(self, asn: int) -> int:
        """Find an AS in ``asns``; UsageError if it has no link here."""
        # Of the array's own type: for any other the search would first convert all of it.
        place = int(self.asns.searchsorted(np.uint32(asn))) if 0 <= asn < _ASN_END else -1
        if not 0 <= place < len(self.asns) or self.asns[place] != asn:
            raise UsageError(f"AS{asn} has no link in {self.source}")
        return place

    def class_index(self, asn: int) -> int:
        """Find the class of an AS; UsageError if it has no link here."""
        return int(self.class_of[self.index_of(asn)])

    def in_country(self, country: str) -> NDArray[np.bool_]:
        """Say of each AS whether it is registered in a country; of none if nobody is."""
        if country not in self.countries:
            return np.zeros(len(self.asns), np.bool_)
        return np.equal(self.country, self.countries.index(country))

    def class_sums(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up the weights of the ASes of each class."""
        return np.bincount(self.class_of, weights, self.class_count).astype(np.float64, copy=False)


def build_topology(
    relationships: Relationships,
    organisations: Registry | None = None,
    *,
    apart: Collection[int] = (),
) -> Topology:
    """Index the links of a month or of a consensus for the kernels.

    Without ``organisations`` no country is known. ASes named in ``apart`` are merged with no other,
    so that their own links can be masked. A pair that buys and peers at once only buys.
    """
    sold = _unique_pairs(relationships.provider, relationships.customer)
    peers = _unique_pairs(
        np.minimum(relationships.peer_a, relationships.peer_b),
        np.maximum(relationships.peer_a, relationships.peer_b),
    )
    asns = np.unique(np.concatenate((*sold, *peers)))
    provider, customer, first, second = (np.searchsorted(asns, each) for each in (*sold, *peers))
    is_trade = np.isin(
        first * len(asns) + second,
        np.minimum(provider, customer) * len(asns) + np.maximum(provider, customer),
    )
    sides = (
        np.concatenate((first[~is_trade], second[~is_trade])),
        np.concatenate((second[~is_trade], first[~is_trade])),
    )
    neighbours = np.bincount(np.concatenate((provider, customer, sides[0])), minlength=len(asns))
    kept, broken = break_cycles(provider, customer, neighbours, asns)
    provider, customer = provider[kept], customer[kept]
    levels = sale_levels(provider, customer, len(asns))
    country, countries = _countries(asns, organisations)
    label = country.astype(np.int64)
    is_apart = np.isin(asns, np.fromiter(apart, np.uint32, len(apart)))
    label[is_apart] += (np.flatnonzero(is_apart) + 1) << 16
    classes = group_classes(provider, customer, sides, levels, label)
    return Topology(
        asns=_frozen(asns),
        country=_frozen(country),
        countries=countries,
        depth=int(levels.max(initial=0)),
        broken=broken,
        months=relationships.months,
        source=relationships.source,
        clique=relationships.clique,
        key=_key(relationships.sha256, country, countries, apart),
        **_class_arrays(classes),
        **_sale_arrays(classes, provider, customer),
        **_peer_arrays(classes, sides),
    )


def _unique_pairs(
    first: NDArray[np.uint32], second: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    keys = (first.astype(np.uint64) << np.uint64(32)) | second
    if len(keys) and not bool(np.all(keys[1:] > keys[:-1])):
        keys = np.unique(keys)
    first, second = (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
    apart = first != second
    return first[apart], second[apart]


def _countries(
    asns: NDArray[np.uint32], organisations: Registry | None
) -> tuple[NDArray[np.uint16], tuple[str, ...]]:
    if organisations is None or not len(organisations.asn):
        return np.zeros(len(asns), np.uint16), ("",)
    countries = tuple(sorted({"", *organisations.org_country}))
    number = {country: place for place, country in enumerate(countries)}
    of_org = np.array([number[each] for each in organisations.org_country], np.uint16)
    order = np.argsort(organisations.asn, kind="stable")
    known = organisations.asn[order]
    place = np.minimum(np.searchsorted(known, asns), len(known) - 1)
    found = of_org[organisations.org[order][place]]
    return np.where(known[place] == asns, found, np.uint16(0)), countries


def _key(
    sha256: str,
    country: NDArray[np.uint16],
    countries: tuple[str, ...],
    apart: Collection[int],
) -> str:
    said = (str(CODE_VERSION), sha256, *countries, *map(str, sorted(set(apart))))
    digest = hashlib.sha256("\n".join(said).encode())
    digest.update(np.ascontiguousarray(country, "<u2").tobytes())
    return digest.hexdigest()


def _class_arrays(classes: Classes) -> dict[str, Any]:
    members = np.argsort(classes.class_of, kind="stable").astype(np.int32)
    starts = row_starts(classes.class_of, len(classes.speaker))
    return {
        "class_of": _frozen(classes.class_of),
        "n_leaf": classes.n_leaf,
        "n_stub": classes.n_stub,
        "member_start": _frozen(starts.astype(np.int32)),
        "members": _frozen(members),
    }


def _sale_arrays(classes: Classes, provider: _Places, customer: _Places) -> dict[str, Any]:
    count = len(classes.speaker)
    # What a speaker buys, its whole class buys.
    spoken = classes.speaker[classes.class_of[customer]] == customer
    provider, customer = provider[spoken], customer[spoken]
    buyer, seller = classes.class_of[customer], classes.class_of[provider]
    by_buyer = np.lexsort((provider, buyer))
    place = np.empty(len(buyer), np.int32)
    place[by_buyer] = np.arange(len(buyer), dtype=np.int32)
    by_seller = np.lexsort((customer, seller))
    return {
        "up_start": _frozen(row_starts(buyer, count).astype(np.int32)),
        "up": _frozen(seller[by_buyer]),
        "down_start": _frozen(row_starts(seller, count).astype(np.int32)),
        "down": _frozen(buyer[by_seller]),
        "down_edge": _frozen(place[by_seller]),
    }


def _peer_arrays(classes: Classes, sides: tuple[_Places, _Places]) -> dict[str, Any]:
    count = len(classes.speaker)
    speaks = classes.speaker[classes.class_of[sides[0]]] == sides[0]
    speaks &= classes.speaker[classes.class_of[sides[1]]] == sides[1]
    source, target = sides[0][speaks], sides[1][speaks]
    start, end = classes.class_of[source], classes.class_of[target]
    order = np.lexsort((target, start))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    half = len(order) // 2  # the other directions follow in the same order
    twin = np.concatenate((place[half:], place[:half]))
    return {
        "peer_start": _frozen(row_starts(start, count).astype(np.int32)),
        "peer": _frozen(end[order]),
        "peer_twin": _frozen(twin[order]),
    }


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
