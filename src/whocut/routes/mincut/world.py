"""Whether a set leaves a country's networks under half of the world, every state counting the same.

A set is to be counted by what it carries, not by what it owns: the two largest holders of addresses
are near half of the world by themselves. So whoever is in the set refuses to carry the country's
traffic onward, and may still be reached; and each state weighs the same, within it each network by
its addresses. Then more blocks never isolate less, which the search rests on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph
from whocut.routes.mincut.blocks import GOES_ALONG, Blocks
from whocut.routes.mincut.views import group_views
from whocut.routes.mincut.world_kernel import LANES, missed_shares
from whocut.routes.topology import Topology

__all__ = ["World", "make_world"]

_Floats = NDArray[np.float64]
_EPSILON = 1e-9
"""Sums of shares are rounded; what is this close to half is not under it."""


@dataclass(frozen=True, eq=False)
class World:
    """What is asked of a set of blocks."""

    graph: KernelGraph
    block: NDArray[np.int32]
    """Of each class; where its ASes differ, one of its own (stubs carry nobody)."""
    carriers: NDArray[np.int64]
    """Classes of the blocks that carry somebody."""
    always_off: NDArray[np.uint8]
    """Flags of the classes that go along with any set."""
    block_count: int
    classes: NDArray[np.int32]
    """The country's classes that have addresses and stand for all that see the same; those that
    stand for most addresses first."""
    weights: _Floats
    """Addresses that each stands for."""
    shares: _Floats
    """Share of the world of each class; all foreign classes make 1."""
    least: float
    """A network that reaches less of the world than this is isolated."""
    order: tuple[int, ...]
    """Blocks that carry somebody, those with fewest links first; the others change nothing."""

    def isolated(self, chosen: int) -> float:
        """Add up the addresses that a set isolates."""
        return sum(isolated for isolated, _ in self._parts(chosen))

    def question(self, needed: float) -> Callable[[int], bool]:
        """Ask whether a set isolates at least so many addresses; stop when it is settled."""
        spare = float(self.weights.sum()) - needed

        def is_enough(chosen: int) -> bool:
            isolated = kept = 0.0
            for more, left in self._parts(chosen):
                isolated += more
                kept += left
                if isolated >= needed or kept > spare:
                    break
            return isolated >= needed

        return is_enough

    def _parts(self, chosen: int) -> Iterator[tuple[float, float]]:
        """Tell the addresses isolated, and those not, of some destinations at a time."""
        packed = np.frombuffer(chosen.to_bytes(self.block_count // 8 + 1, "little"), np.uint8)
        is_chosen = np.unpackbits(packed, bitorder="little")
        off = self.always_off.copy()
        off[self.carriers] = is_chosen[self.block[self.carriers]]
        graph = self.graph._replace(node_off=off)
        missed = np.zeros(LANES)
        for at in range(0, len(self.classes), LANES):
            lanes = self.classes[at : at + LANES]
            missed_shares(graph, self.block, lanes, self.shares, missed)
            weights = self.weights[at : at + LANES]
            isolated = float(weights[1.0 - missed[: len(lanes)] < self.least - _EPSILON].sum())
            yield isolated, float(weights.sum()) - isolated


def make_world(
    topology: Topology, country: str, blocks: Blocks, addresses: _Floats, *, least: float = 0.5
) -> World:
    """Weigh the world outside of a country."""
    is_home = topology.in_country(country)
    home = topology.class_sums(np.where(is_home, addresses, 0.0))
    classes, weights = _standing(topology, home, is_home)
    block = _class_blocks(topology, blocks)
    can_refuse = np.diff(topology.down_start) > 0
    links = np.diff(topology.down_start) + np.diff(topology.peer_start)
    named = can_refuse & (block >= 0)
    linked = np.bincount(block[named], links[named], minlength=blocks.count)
    return World(
        graph=_graph(topology),
        block=block,
        carriers=np.flatnonzero(named),
        always_off=(can_refuse & (block == GOES_ALONG)).astype(np.uint8),
        block_count=blocks.count,
        classes=classes,
        weights=weights,
        shares=_shares(topology, is_home, addresses),
        least=least,
        order=tuple(at for at in np.argsort(linked, kind="stable").tolist() if linked[at] > 0),
    )


def _standing(
    topology: Topology, home: _Floats, is_home: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], _Floats]:
    classes = np.flatnonzero(home > 0).astype(np.int32)
    is_home_class = is_home[topology.members[topology.member_start[:-1]]]
    stand_for = group_views(topology, is_home_class, classes)
    chosen, place = np.unique(stand_for, return_inverse=True)
    weights = np.bincount(place, home[classes]).astype(np.float64)
    order = np.argsort(-weights, kind="stable")
    return chosen[order], weights[order]


def _class_blocks(topology: Topology, blocks: Blocks) -> NDArray[np.int32]:
    members = blocks.block_of[topology.members]
    block = members[topology.member_start[:-1]]
    differs = members != np.repeat(block, topology.member_count)
    mixed = np.unique(np.repeat(np.arange(len(block)), topology.member_count)[differs])
    block[mixed] = blocks.count + np.arange(len(mixed))
    return block.astype(np.int32)


def _shares(topology: Topology, is_home: NDArray[np.bool_], addresses: _Floats) -> _Floats:
    """Give each state the same weight; networks of no known country have none."""
    counted = ~is_home & (topology.country != topology.countries.index(""))
    by_state = np.bincount(
        topology.country[counted], addresses[counted], minlength=len(topology.countries)
    )
    total = by_state[topology.country]
    shares = np.zeros(len(addresses))
    np.divide(addresses, total, out=shares, where=counted & (total > 0))
    return topology.class_sums(shares / max(int((by_state > 0).sum()), 1))


def _graph(topology: Topology) -> KernelGraph:
    return KernelGraph(
        n_leaf=topology.n_leaf,
        n_stub=topology.n_stub,
        up_start=topology.up_start,
        up=topology.up,
        peer_start=topology.peer_start,
        peer=topology.peer,
        down_start=topology.down_start,
        down=topology.down,
        down_edge=topology.down_edge,
        is_masked=True,
        up_off=np.zeros(1, np.uint8),
        peer_off=np.zeros(1, np.uint8),
        node_off=np.zeros(topology.class_count, np.uint8),
    )
