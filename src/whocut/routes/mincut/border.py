"""The layered valley-free graph of one country, up to the first foreign network of every path.

Each class of the country stands twice: climbing (it may still go up, and across one peering) and
descending (only to customers). A path = up* peer? down*. A network reaches a foreign network if and
only if it reaches a first one, so that a set leaves it nothing if and only if the set holds every
first foreign network that the network's climbing copy leads to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.mincut.blocks import Blocks
from whocut.routes.topology import Topology

__all__ = ["Border", "make_border"]

_Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Border:
    """Nodes: climbing classes [0, h), descending [h, 2h), blocks at the border [2h, ...)."""

    classes: NDArray[np.int32]
    weights: _Numbers
    """Addresses of each of the country's classes, in whole numbers."""
    blocks: _Numbers
    """Numbers of the blocks that stand at the border; the others change nothing."""
    tails: _Numbers
    heads: _Numbers
    masks: tuple[int, ...]
    """For each climbing, then each descending class: a bit for each place in ``blocks`` that it
    leads to."""


def make_border(topology: Topology, blocks: Blocks, addresses: NDArray[np.float64]) -> Border:
    """Build the graph; of ``addresses`` (of each AS) whole numbers are taken."""
    is_home = (blocks.block_of == -1)[topology.members[topology.member_start[:-1]]]
    classes = np.flatnonzero(is_home).astype(np.int32)
    count = len(classes)
    local = np.full(topology.class_count, -1, np.int64)
    local[classes] = np.arange(count)
    rows = np.arange(topology.class_count)
    customer = np.repeat(rows, np.diff(topology.up_start))
    provider = topology.up.astype(np.int64)
    side = np.repeat(rows, np.diff(topology.peer_start))
    other = topology.peer.astype(np.int64)
    inner_up = is_home[customer] & is_home[provider]
    inner_peer = is_home[side] & is_home[other]
    tails = [
        np.arange(count),
        local[customer[inner_up]],
        local[side[inner_peer]],
        count + local[provider[inner_up]],
    ]
    heads = [
        count + np.arange(count),
        local[provider[inner_up]],
        count + local[other[inner_peer]],
        count + local[customer[inner_up]],
    ]
    buys, sells = is_home[customer] & ~is_home[provider], ~is_home[customer] & is_home[provider]
    meets = is_home[side] & ~is_home[other]
    outer, place = _outer_arcs(
        topology,
        blocks,
        np.concatenate((local[customer[buys]], local[side[meets]], count + local[provider[sells]])),
        np.concatenate((provider[buys], other[meets], customer[sells])),
    )
    at_border = np.unique(place)
    number = np.searchsorted(at_border, place)
    weights = np.rint(topology.class_sums(addresses)[classes]).astype(np.int64)
    inner_tails, inner_heads = np.concatenate(tails), np.concatenate(heads)
    return Border(
        classes,
        weights,
        at_border,
        np.concatenate((inner_tails, outer)),
        np.concatenate((inner_heads, 2 * count + number)),
        _masks(count, inner_tails, inner_heads, outer, number),
    )


def _outer_arcs(
    topology: Topology, blocks: Blocks, nodes: _Numbers, foreign: _Numbers
) -> tuple[_Numbers, _Numbers]:
    """Lead a node to the block of every member of a foreign class; each arc once."""
    sizes = topology.member_count[foreign].astype(np.int64)
    first = np.repeat(topology.member_start[foreign] - np.cumsum(sizes) + sizes, sizes)
    block = blocks.block_of[topology.members[first + np.arange(int(sizes.sum()))]]
    node = np.repeat(nodes, sizes)[block >= 0]
    block = block[block >= 0]
    packed = np.unique(node * max(blocks.count, 1) + block)
    return packed // max(blocks.count, 1), packed % max(blocks.count, 1)


def _masks(
    count: int, tails: _Numbers, heads: _Numbers, outer: _Numbers, number: _Numbers
) -> tuple[int, ...]:
    """Add up what each node leads to; classes are numbered with customers first, so no loop is met.

    Descending copies draw on customers, which come before; climbing ones on providers, after them.
    """
    masks = [0] * (2 * count)
    for node, bit in zip(outer.tolist(), number.tolist(), strict=True):
        masks[node] |= 1 << bit
    onward: list[list[int]] = [[] for _ in range(2 * count)]
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        onward[tail].append(head)
    for node in (*range(count, 2 * count), *range(count - 1, -1, -1)):
        for head in onward[node]:
            masks[node] |= masks[head]
    return tuple(masks)
