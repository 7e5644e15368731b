"""Maximum flow (Dinic) over flat arrays, in whole numbers, so that what it proves is exact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import kernel

__all__ = ["FOREVER", "Network", "build_network", "source_side"]

_Numbers = NDArray[np.int64]
FOREVER = np.int64(2**62)
"""Capacity of an arc that no cut may cross."""


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs in rows of their tail, each beside its reverse; capacities come with each question."""

    start: _Numbers
    target: NDArray[np.int32]
    reverse: NDArray[np.int32]
    place: _Numbers
    """Where the arcs given stand among the rows."""
    count: int
    """Nodes, the source and the sink (the last two) among them."""


def build_network(count: int, tails: _Numbers, heads: _Numbers) -> Network:
    """Lay out arcs between ``count`` nodes; the last but one is the source, the last the sink."""
    arcs = len(tails)
    tail = np.concatenate((tails, heads))
    head = np.concatenate((heads, tails))
    order = np.argsort(tail, kind="stable")
    place = np.empty(2 * arcs, np.int64)
    place[order] = np.arange(2 * arcs)
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=count), out=start[1:])
    twin = np.concatenate((place[arcs:], place[:arcs]))
    return Network(
        start, head[order].astype(np.int32), twin[order].astype(np.int32), place[:arcs], count
    )


def source_side(network: Network, capacities: _Numbers) -> tuple[int, NDArray[np.bool_]]:
    """Return the value of the minimum cut, and which nodes stay with the source (the fewest)."""
    left = np.zeros(len(network.target), np.int64)
    left[network.place] = capacities
    level = np.empty(network.count, np.int32)
    value = _dinic(network.start, network.target, network.reverse, left, level)
    return int(value), level >= 0


@kernel
def _dinic(  # noqa: PLR0912, PLR0915 - one loop, in which a call would cost more than the step
    start: _Numbers,
    target: NDArray[np.int32],
    reverse: NDArray[np.int32],
    left: _Numbers,
    level: NDArray[np.int32],
) -> int:
    count = len(level)
    source = count - 2
    sink = count - 1
    value = np.int64(0)
    queue = np.empty(count, np.int32)
    arc = np.empty(count, np.int64)
    way = np.empty(count, np.int64)
    while True:
        level[:] = -1
        level[source] = 0
        queue[0] = source
        first = 0
        last = 1
        while first < last:
            node = queue[first]
            first += 1
            for place in range(start[node], start[node + 1]):
                other = target[place]
                if left[place] > 0 and level[other] < 0:
                    level[other] = level[node] + 1
                    queue[last] = other
                    last += 1
        if level[sink] < 0:
            return int(value)
        arc[:] = start[:-1]
        depth = 0
        node = source
        while True:
            if node == sink:
                least = left[way[0]]
                for step in range(1, depth):
                    least = min(least, left[way[step]])
                value += least
                back = 0
                for step in range(depth - 1, -1, -1):
                    left[way[step]] -= least
                    left[reverse[way[step]]] += least
                    if left[way[step]] == 0:
                        back = step
                depth = back
                node = target[reverse[way[depth]]]
                continue
            is_on = False
            while arc[node] < start[node + 1]:
                place = arc[node]
                other = target[place]
                if left[place] > 0 and level[other] == level[node] + 1:
                    way[depth] = place
                    depth += 1
                    node = other
                    is_on = True
                    break
                arc[node] += 1
            if is_on:
                continue
            if node == source:
                break
            level[node] = -1
            depth -= 1
            node = target[reverse[way[depth]]]
            arc[node] += 1
