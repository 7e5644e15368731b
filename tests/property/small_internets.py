"""Random small internets, and the plainest search over valley-free paths, as an oracle."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from whocut.ingest.topology import LinkTally, Relationships
from whocut.routes.topology import Topology, build_topology

COUNTRIES = ("AA", "BB", "CC", "DD", "")


@dataclass
class SmallRegistry:
    """Who holds an AS, and where that is registered."""

    asn: np.ndarray
    org: np.ndarray
    org_country: tuple[str, ...]

    def siblings(self, asn: int) -> tuple[int, ...]:
        org = int(self.org[self.asn == asn][0])
        return tuple(int(each) for each in self.asn[self.org == org] if each != asn)


@dataclass
class SmallInternet:
    asns: list[int]
    sales: set[tuple[int, int]]
    """Provider, customer."""
    peers: set[tuple[int, int]]
    country: dict[int, str]
    registry: SmallRegistry
    addresses: dict[int, float]
    topology: Topology

    def weights(self) -> np.ndarray:
        return np.array([self.addresses[int(asn)] for asn in self.topology.asns])

    def home(self, country: str = "AA") -> list[int]:
        return [asn for asn in self.asns if self.country[asn] == country]

    def foreign(self, country: str = "AA") -> list[int]:
        return [asn for asn in self.asns if self.country[asn] != country]

    def reached(
        self,
        start: int,
        off: Collection[int] = (),
        no_sales: Collection[tuple[int, int]] = (),
        no_peers: Collection[tuple[int, int]] = (),
    ) -> dict[int, int]:
        """Reach from one AS: every AS with the hops of the shortest valley-free path."""
        if start in off:
            return {}
        found = {start: 0}
        seen = {(start, True)}
        wave = [(start, True)]
        hops = 0
        while wave:
            hops += 1
            ahead = []
            for asn, climbing in wave:
                for other, still in self._next(asn, climbing, no_sales, no_peers):
                    if other not in off and (other, still) not in seen:
                        seen.add((other, still))
                        found.setdefault(other, hops)
                        ahead.append((other, still))
            wave = ahead
        return found

    def _next(self, asn, climbing, no_sales, no_peers):
        for provider, customer in self.sales:
            if (provider, customer) in no_sales:
                continue
            if provider == asn:
                yield customer, False
            elif customer == asn and climbing:
                yield provider, True
        if climbing:
            for pair in self.peers:
                if asn in pair and pair not in no_peers:
                    yield (pair[0] if pair[1] == asn else pair[1]), False


def small_internet(rng: random.Random, size: int = 12) -> SmallInternet:
    """Draw an internet in which every AS has a link, and AA and another country have addresses."""
    while True:
        asns = sorted(rng.sample(range(1, 100), rng.randint(4, size)))
        rank = asns[:]
        rng.shuffle(rank)
        sales, peers = set(), set()
        density = rng.uniform(0.1, 0.4)
        for place, upper in enumerate(rank):
            for lower in rank[place + 1 :]:
                chance = rng.random()
                if chance < density:
                    sales.add((upper, lower))
                elif chance < density * 1.5:
                    peers.add((min(upper, lower), max(upper, lower)))
        linked = sorted({asn for pair in sales | peers for asn in pair})
        if len(linked) < 3 or not sales:
            continue
        country = {asn: rng.choice(COUNTRIES) for asn in linked}
        country[linked[0]], country[linked[-1]] = "AA", "BB"
        linked = _with_twins(linked, sales, peers, country, rng)
        addresses = {asn: float(rng.choice((0, 1, 2, 5, 10))) for asn in linked}
        for code in ("AA", "BB"):
            addresses[next(asn for asn in linked if country[asn] == code)] = 3.0
        return make_internet(linked, sales, peers, country, addresses, rng)


def _with_twins(linked, sales, peers, country, rng):
    """Add stubs with the links and the country of another, so that classes have several ASes."""
    sellers = {provider for provider, _ in sales}
    stubs = [asn for asn in linked if asn not in sellers]
    found = list(linked)
    for twin in range(100, 100 + rng.randint(0, 3)):
        model = rng.choice(stubs)
        sales |= {(provider, twin) for provider, customer in sales if customer == model}
        peers |= {
            (pair[0] if pair[1] == model else pair[1], twin) for pair in peers if model in pair
        }
        country[twin] = country[model]
        found.append(twin)
    return found


def make_internet(linked, sales, peers, country, addresses, rng) -> SmallInternet:
    holder: dict[int, int] = {}
    countries: list[str] = []
    for asn in linked:
        same = [org for org, code in enumerate(countries) if code == country[asn]]
        if same and rng.random() < 0.4:
            holder[asn] = rng.choice(same)
        else:
            holder[asn] = len(countries)
            countries.append(country[asn])
    registry = SmallRegistry(
        np.array(linked, np.uint32),
        np.array([holder[asn] for asn in linked], np.int32),
        tuple(countries),
    )
    topology = build_topology(relationships(sales, peers), registry)
    return SmallInternet(linked, sales, peers, country, registry, addresses, topology)


def relationships(sales, peers, clique: tuple[int, ...] = ()) -> Relationships:
    """Write links as a month of them."""
    sold, sides = sorted(sales), sorted(peers)
    column = lambda pairs, at: np.array([pair[at] for pair in pairs], np.uint32)  # noqa: E731
    nobody = np.zeros(0, np.uint32)
    return Relationships(
        day=date(2022, 2, 1),
        serial=2,
        provider=column(sold, 0),
        customer=column(sold, 1),
        peer_a=column(sides, 0),
        peer_b=column(sides, 1),
        clique=clique,
        collectors=(),
        sha256=f"{sold}{sides}",
        source="a small internet",
        months=(date(2022, 2, 1),),
        sibling_a=nobody,
        sibling_b=nobody,
        exchanges=(),
        collector_days=(),
        tally=LinkTally(0),
    )
