"""Random internets of many shapes, small enough for the plain reference, and masks over them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import numpy as np

from whocut.ingest.topology import LinkTally, Relationships
from whocut.routes.mask import Mask, make_mask
from whocut.routes.reference import Internet
from whocut.routes.topology import Topology, build_topology

__all__ = [
    "SHAPES",
    "Registrations",
    "SmallInternet",
    "draw_internet",
    "draw_mask",
    "relationships",
]


@dataclass(frozen=True, eq=False)
class Registrations:
    asn: np.ndarray
    org: np.ndarray
    org_country: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SmallInternet:
    topology: Topology
    sales: frozenset[tuple[int, int]]
    peerings: frozenset[tuple[int, int]]

    @property
    def whole(self) -> Internet:
        return Internet(self.sales, self.peerings)

    def masked(self, mask: Mask) -> Internet:
        """Cut AS by AS what the mask cuts class by class."""
        topology = self.topology
        classes = np.arange(topology.class_count)
        buyer = np.repeat(classes, np.diff(topology.up_start))
        sold_off = {
            (int(topology.up[edge]), int(buyer[edge])) for edge in np.flatnonzero(mask.up_off)
        }
        side = np.repeat(classes, np.diff(topology.peer_start))
        peer_off = {
            (int(side[edge]), int(topology.peer[edge])) for edge in np.flatnonzero(mask.peer_off)
        }
        place = {int(asn): topology.class_index(int(asn)) for asn in topology.asns}
        return Internet(
            frozenset(each for each in self.sales if _places(place, each) not in sold_off),
            frozenset(each for each in self.peerings if _places(place, each) not in peer_off),
            frozenset(asn for asn, at in place.items() if mask.node_off[at]),
        )


def _places(place: dict[int, int], link: tuple[int, int]) -> tuple[int, int]:
    return place[link[0]], place[link[1]]


def relationships(
    sales: set[tuple[int, int]] | frozenset[tuple[int, int]],
    peerings: set[tuple[int, int]] | frozenset[tuple[int, int]] = frozenset(),
) -> Relationships:
    """Write links as a month's file would give them."""
    sold = np.array(sorted(sales), np.uint32).reshape(-1, 2)
    peers = np.array(sorted((min(each), max(each)) for each in peerings), np.uint32).reshape(-1, 2)
    none = np.zeros(0, np.uint32)
    day = date(2022, 3, 1)
    return Relationships(
        day=day,
        serial=1,
        provider=sold[:, 0].copy(),
        customer=sold[:, 1].copy(),
        peer_a=peers[:, 0].copy(),
        peer_b=peers[:, 1].copy(),
        clique=(),
        collectors=(),
        sha256="0" * 64,
        source="drawn links",
        months=(day,),
        sibling_a=none,
        sibling_b=none,
        exchanges=(),
        collector_days=(),
        tally=LinkTally(lines=len(sold) + len(peers)),
    )


def _tree(rng: random.Random, size: int) -> tuple[set, set]:
    return {(rng.randrange(at), at) for at in range(1, size)}, set()


def _dense_core(rng: random.Random, size: int) -> tuple[set, set]:
    core = rng.randint(2, max(2, size // 2))
    sales = {(a, b) for a in range(core) for b in range(a + 1, core) if rng.random() < 0.5}
    peers = {(a, b) for a in range(core) for b in range(a + 1, core) if rng.random() < 0.4}
    for at in range(core, size):
        sales |= {(rng.randrange(core), at) for _ in range(rng.randint(1, 3))}
    return sales, peers


def _peers_only(rng: random.Random, size: int) -> tuple[set, set]:
    share = rng.uniform(0.1, 0.7)
    return set(), {(a, b) for a in range(size) for b in range(a) if rng.random() < share}


def _chain(rng: random.Random, size: int) -> tuple[set, set]:
    sales = {(at, at + 1) for at in range(size - 1)}
    peers = {tuple(sorted(rng.sample(range(size), 2))) for _ in range(rng.randint(0, 3))}
    return sales, peers


def _merging_stubs(rng: random.Random, size: int) -> tuple[set, set]:
    core = max(2, size // 4)
    sales = {(a, b) for a in range(core) for b in range(a + 1, core) if rng.random() < 0.6}
    peers = {(a, b) for a in range(core) for b in range(a + 1, core) if rng.random() < 0.3}
    kinds = [
        (rng.sample(range(core), rng.randint(0, 2)), rng.sample(range(core), rng.randint(0, 2)))
        for _ in range(3)
    ]
    for at in range(core, size):
        providers, sides = rng.choice(kinds)
        sales |= {(each, at) for each in providers}
        peers |= {(each, at) for each in sides if each not in providers}
    if rng.random() < 0.5:  # stubs of two kinds that all peer with each other
        first, second = range(core, size, 2), range(core + 1, size, 2)
        peers |= {(a, b) for a in first for b in second}
    return sales, peers


def _anything(rng: random.Random, size: int) -> tuple[set, set]:
    share_sold, share_peers = rng.uniform(0.02, 0.4), rng.uniform(0.0, 0.3)
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    sales = {each for each in pairs if rng.random() < share_sold}
    return sales, {each for each in pairs if rng.random() < share_peers}


def _cycles(rng: random.Random, size: int) -> tuple[set, set]:
    sales, peers = _anything(rng, size)
    back = {tuple(reversed(each)) for each in sales if rng.random() < 0.15}
    return (sales | back) - {each for each in back if tuple(reversed(each)) in back}, peers


SHAPES = {
    "tree": _tree,
    "dense core": _dense_core,
    "peers only": _peers_only,
    "chain": _chain,
    "merging stubs": _merging_stubs,
    "anything": _anything,
    "cycles": _cycles,
}


def draw_internet(rng: random.Random, shape: str, size: int) -> SmallInternet:
    """Draw links and countries; AS numbers are in no order."""
    while True:
        sold, sides = SHAPES[shape](rng, size)
        if sold or sides:
            break
    numbers = rng.sample(range(1, 1_000), size)
    sales = {(numbers[a], numbers[b]) for a, b in sold}
    peerings = {(numbers[a], numbers[b]) for a, b in sides}
    traded = {frozenset(each) for each in sales}
    peerings = {each for each in peerings if frozenset(each) not in traded}
    registry = None
    if rng.random() < 0.7:
        known = sorted(rng.sample(numbers, rng.randint(1, size)))
        countries = ("IR", "RU", "TM")
        orgs = [rng.randrange(3) for _ in known]
        registry = Registrations(np.array(known, np.uint32), np.array(orgs, np.int32), countries)
    apart = rng.sample(numbers, 1) if rng.random() < 0.3 else []
    topology = build_topology(relationships(sales, peerings), registry, apart=apart)
    sales -= {(each.provider, each.customer) for each in topology.broken}
    return SmallInternet(topology, frozenset(sales), frozenset(peerings))


def draw_mask(rng: random.Random, topology: Topology) -> Mask:
    """Flag links to providers, links between peers, classes, or all three."""
    share = rng.uniform(0.0, 0.4)

    def flags(count: int) -> np.ndarray | None:
        if rng.random() < 0.4:
            return None
        return np.array([rng.random() < share for _ in range(count)], np.bool_)

    return make_mask(
        topology,
        up=flags(len(topology.up)),
        peer=flags(len(topology.peer)),
        node=flags(topology.class_count),
    )
