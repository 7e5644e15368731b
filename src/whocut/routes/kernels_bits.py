"""Five hundred and twelve destinations side by side, a bit each: who has a route at all.

Rows that say the same as a pattern row cost one comparison: nearly all classes of a connected world
reach the same destinations, so only what differs is weighed.
"""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import LANES, equal_lanes, join_bits

__all__ = ["BITS", "reach_batches"]

_WORDS = 8
BITS = LANES * _WORDS
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_U8 = NDArray[np.uint8]
_U64 = NDArray[np.uint64]
_I32 = NDArray[np.int32]
_F64 = NDArray[np.float64]


@lean_kernel
def _start(graph: KernelGraph, climbed: _U64, is_on: _U8, lanes: _I32) -> None:
    climbed[:] = 0
    is_on[:] = 0
    n_leaf, up = graph.n_leaf, graph.up
    for lane in range(len(lanes)):
        start = lanes[lane]
        word, bit = lane >> 6, np.uint64(1) << np.uint64(lane & 63)
        if graph.is_masked and graph.node_off[start]:
            continue
        if start >= n_leaf:
            climbed[start - n_leaf, word] |= bit
            is_on[start - n_leaf] = 1
            continue
        for edge in range(graph.up_start[start], graph.up_start[start + 1]):
            if not (graph.is_masked and (graph.up_off[edge] or graph.node_off[up[edge]])):
                climbed[up[edge] - n_leaf, word] |= bit
                is_on[up[edge] - n_leaf] = 1


@lean_kernel
def _climb(graph: KernelGraph, climbed: _U64, is_on: _U8) -> None:
    n_leaf, up = graph.n_leaf, graph.up
    for at in range(len(is_on)):
        if not is_on[at]:
            continue
        for edge in range(graph.up_start[at + n_leaf], graph.up_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.up_off[edge] or graph.node_off[up[edge]]):
                continue
            is_on[up[edge] - n_leaf] = 1
            join_bits(climbed, up[edge] - n_leaf, climbed, at)


@lean_kernel
def _cross(graph: KernelGraph, climbed: _U64, held: _U64, is_on: _U8) -> None:
    n_leaf, peer = graph.n_leaf, graph.peer
    for at in range(len(is_on)):
        if not is_on[at]:
            continue
        for edge in range(graph.peer_start[at + n_leaf], graph.peer_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.peer_off[edge] or graph.node_off[peer[edge]]):
                continue
            join_bits(held, peer[edge] - n_leaf, climbed, at)


@inner_kernel
def _pull(graph: KernelGraph, rows: _U64, row: int, held: _U64, at: int) -> None:
    if graph.is_masked and graph.node_off[at]:
        return
    for edge in range(graph.up_start[at], graph.up_start[at + 1]):
        if not (graph.is_masked and graph.up_off[edge]):
            join_bits(rows, row, held, graph.up[edge] - graph.n_leaf)


@inner_kernel
def _weigh(rows: _U64, row: int, pattern: _U64, weight: float, sums: _F64) -> None:
    """Add a weight where a row differs from the pattern: to the lane, or to the whole word."""
    if equal_lanes(rows, row, pattern, 0) == _ALL:
        return
    for word in range(_WORDS):
        differs = rows[row, word] ^ pattern[0, word]
        if differs == _ALL:
            sums[BITS + word] += weight
        elif differs:
            for lane in range(64):
                bit = (differs >> np.uint64(lane)) & np.uint64(1)
                sums[64 * word + lane] += weight * np.float64(np.int64(bit))


@lean_kernel
def _weigh_all(graph: KernelGraph, held: _U64, spare: _U64, weights: _F64, sums: _F64) -> None:
    """Add up the weight of the rows that differ from the pattern, lane by lane.

    ``spare`` is [2, words]: the pattern, and room for a row; ``sums`` has a place for each lane,
    and then one for each word.
    """
    n_leaf = graph.n_leaf
    for at in range(n_leaf, weights.shape[1]):
        _weigh(held, at - n_leaf, spare, weights[0, at], sums)
    for at in range(n_leaf):
        for word in range(_WORDS):
            spare[1, word] = 0
        _pull(graph, spare, 1, held, at)
        _weigh(spare, 1, spare, weights[0, at], sums)
    for lane in range(BITS):
        sums[lane] += sums[BITS + (lane >> 6)]


@lean_kernel
def _come_down(graph: KernelGraph, held: _U64) -> None:
    for at in range(len(graph.up_start) - 2, graph.n_leaf - 1, -1):
        _pull(graph, held, at - graph.n_leaf, held, at)


@lean_kernel
def _has_bit(row: _U64, lane: int) -> bool:
    return bool((row[lane >> 6] >> np.uint64(lane & 63)) & np.uint64(1))


@lean_kernel
def _has_inner(graph: KernelGraph, climbed: _U64, held: _U64, start: int, lane: int) -> bool:
    """Say whether the others of a destination's own class reach it."""
    if start >= graph.n_stub:
        return False
    for edge in range(graph.up_start[start], graph.up_start[start + 1]):
        if not (graph.is_masked and graph.up_off[edge]) and _has_bit(
            held[graph.up[edge] - graph.n_leaf], lane
        ):
            return True
    for edge in range(graph.peer_start[start], graph.peer_start[start + 1]):
        if not (graph.is_masked and graph.peer_off[edge]) and _has_bit(
            climbed[graph.peer[edge] - graph.n_leaf], lane
        ):
            return True
    return False


@kernel
def reach_batches(graph: KernelGraph, reached: _F64, destinations: _I32, weights: _F64) -> None:
    """Add up the weight of the sources that reach each destination.

    ``weights`` is [2, classes]: as a source, and of a destination's own class what its other ASes
    weigh.
    """
    n_leaf, count = graph.n_leaf, len(graph.up_start) - 1
    climbed = np.empty((count - n_leaf, _WORDS), np.uint64)
    held = np.empty((count - n_leaf, _WORDS), np.uint64)
    is_on = np.empty(count - n_leaf, np.uint8)
    spare = np.zeros((2, _WORDS), np.uint64)
    sums = np.empty(BITS + _WORDS, np.float64)
    total = weights[0].sum()
    for begin in range(0, len(destinations), BITS):
        lanes = destinations[begin : begin + BITS]
        _start(graph, climbed, is_on, lanes)
        _climb(graph, climbed, is_on)
        held[:] = climbed
        _cross(graph, climbed, held, is_on)
        _come_down(graph, held)
        # Any row will do for a pattern; that of the top of the core is like most others.
        for at in range(count - 1, n_leaf - 1, -1):
            spare[0] = held[at - n_leaf]
            if not (graph.is_masked and graph.node_off[at]):
                break
        sums[:] = 0
        _weigh_all(graph, held, spare, weights, sums)
        for lane in range(len(lanes)):
            start = lanes[lane]
            got = total - sums[lane] if _has_bit(spare[0], lane) else sums[lane]
            is_off = graph.is_masked and graph.node_off[start] != 0
            has_inner = not is_off and _has_inner(graph, climbed, held, start, lane)
            if has_inner or (start >= n_leaf and not is_off):  # its own row was weighed, too
                got -= weights[0, start]
            if has_inner:
                got += weights[1, start]
            reached[begin + lane] = got
