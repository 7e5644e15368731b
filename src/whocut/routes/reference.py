"""The rules of routing in plain Python, AS by AS: what the kernels must agree with.

Nothing here is merged, ordered or packed. An AS picks the best of what its neighbours tell it, and
this is repeated until nobody changes their mind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = [
    "Internet",
    "ReferenceRoute",
    "crossings",
    "reference_hops",
    "reference_reached",
    "reference_traced",
    "reference_transit",
    "routes_to",
]

CUSTOMER, PEER, PROVIDER = 0, 1, 2


@dataclass(frozen=True)
class Internet:
    """Who buys from whom and who peers, less what is cut."""

    sales: frozenset[tuple[int, int]]
    """(provider, customer)."""
    peerings: frozenset[tuple[int, int]]
    """Either order."""
    dead: frozenset[int] = frozenset()
    """ASes that carry nothing and get nothing."""
    neighbours: dict[int, dict[int, int]] = field(default_factory=dict, init=False)
    """For each AS its neighbours, and the kind of route that each of them gives."""

    def __post_init__(self) -> None:
        for provider, customer in self.sales:
            self._join(provider, customer, CUSTOMER)
            self._join(customer, provider, PROVIDER)
        for first, second in self.peerings:
            self._join(first, second, PEER)
            self._join(second, first, PEER)

    def _join(self, one: int, other: int, kind: int) -> None:
        if not {one, other} & self.dead:
            self.neighbours.setdefault(one, {})[other] = kind


@dataclass(frozen=True)
class ReferenceRoute:
    """The best routes of one AS: all of one kind and length."""

    kind: int
    length: int
    next_hops: frozenset[int]


def routes_to(net: Internet, destination: int) -> dict[int, ReferenceRoute]:
    """Find the best routes of every AS that has one."""
    own = ReferenceRoute(CUSTOMER, 0, frozenset())
    routes = {} if destination in net.dead else {destination: own}
    while True:
        settled = dict(routes)
        for asn in net.neighbours:
            if asn != destination:
                best = _best_route(net, asn, routes)
                if best is None:
                    settled.pop(asn, None)
                else:
                    settled[asn] = best
        if settled == routes:
            return routes
        routes = settled


def _best_route(
    net: Internet, asn: int, routes: Mapping[int, ReferenceRoute]
) -> ReferenceRoute | None:
    offers: dict[tuple[int, int], set[int]] = {}
    for neighbour, kind in net.neighbours[asn].items():
        route = routes.get(neighbour)
        if route is None:
            continue
        sells_to_me = kind == PROVIDER
        if route.kind == CUSTOMER or sells_to_me:
            offers.setdefault((kind, route.length + 1), set()).add(neighbour)
    if not offers:
        return None
    kind, length = min(offers)
    return ReferenceRoute(kind, length, frozenset(offers[kind, length]))


def crossings(
    routes: Mapping[int, ReferenceRoute], source: int, *, ties: str = "equal"
) -> dict[int, float]:
    """Say what share of the best paths from a source crosses each AS; the ends do not count."""
    shares: dict[int, float] = {}
    front = {source: 1.0} if source in routes else {}
    while front:
        following: dict[int, float] = {}
        for asn, share in front.items():
            hops = routes[asn].next_hops
            if ties == "lowest_asn" and hops:
                hops = frozenset({min(hops)})
            for hop in hops:
                following[hop] = following.get(hop, 0.0) + share / len(hops)
        front = {asn: share for asn, share in following.items() if routes[asn].length}
        for asn, share in front.items():
            shares[asn] = shares.get(asn, 0.0) + share
    return shares


def reference_reached(net: Internet, destination: int, sources: Mapping[int, float]) -> float:
    """Add up the weights of the sources that have a route."""
    routes = routes_to(net, destination)
    return sum(weight for asn, weight in sources.items() if asn in routes and asn != destination)


def reference_hops(net: Internet, destination: int, sources: Mapping[int, float]) -> float:
    """Add up the weights of the sources times the hops of their route."""
    routes = routes_to(net, destination)
    return sum(weight * routes[asn].length for asn, weight in sources.items() if asn in routes)


def reference_transit(
    net: Internet,
    destinations: Mapping[int, float],
    sources: Mapping[int, float],
    *,
    ties: str = "equal",
) -> dict[int, float]:
    """Add up, over pairs, the product of their weights times the share that crosses each AS."""
    mass: dict[int, float] = {}
    for destination, wanted in destinations.items():
        routes = routes_to(net, destination)
        for source, weight in sources.items():
            for asn, share in crossings(routes, source, ties=ties).items():
                mass[asn] = mass.get(asn, 0.0) + wanted * weight * share
    return mass


def reference_traced(
    net: Internet,
    destinations: Mapping[int, float],
    viewpoints: Iterable[int],
    *,
    ties: str = "equal",
    by_distance: bool = False,
) -> dict[int, dict[int, float]]:
    """Do the same for each viewpoint alone; by distance, a share counts 1/hops to the end."""
    mass: dict[int, dict[int, float]] = {viewpoint: {} for viewpoint in viewpoints}
    for destination, wanted in destinations.items():
        routes = routes_to(net, destination)
        for viewpoint, found in mass.items():
            for asn, share in crossings(routes, viewpoint, ties=ties).items():
                part = wanted * share / (routes[asn].length if by_distance else 1)
                found[asn] = found.get(asn, 0.0) + part
    return mass
