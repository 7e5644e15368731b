"""Five hundred and twelve destinations side by side, a bit each: who has a route at all.

Rows that say the same as a pattern row cost one comparison: nearly all classes of a connected world
reach the same destinations, so only what differs is weighed.
"""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, kernel, lean_kernel

__all__ = ["BITS", "reach_batches"]

_WORDS = 8
BITS = 64 * _WORDS
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
        row = climbed[at]
        for edge in range(graph.up_start[at + n_leaf], graph.up_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.up_off[edge] or graph.node_off[up[edge]]):
                continue
            is_on[up[edge] - n_leaf] = 1
            other = climbed[up[edge] - n_leaf]
            for word in range(_WORDS):
                other[word] |= row[word]


@lean_kernel
def _cross(graph: KernelGraph, climbed: _U64, held: _U64, is_on: _U8) -> None:
    n_leaf, peer = graph.n_leaf, graph.peer
    for at in range(len(is_on)):
        if not is_on[at]:
            continue
        row = climbed[at]
        for edge in range(graph.peer_start[at + n_leaf], graph.peer_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.peer_off[edge] or graph.node_off[peer[edge]]):
                continue
            other = held[peer[edge] - n_leaf]
            for word in range(_WORDS):
                other[word] |= row[word]


@lean_kernel
def _pull(graph: KernelGraph, row: _U64, held: _U64, at: int) -> None:
    if graph.is_masked and graph.node_off[at]:
        return
    for edge in range(graph.up_start[at], graph.up_start[at + 1]):
        if graph.is_masked and graph.up_off[edge]:
            continue
        other = held[graph.up[edge] - graph.n_leaf]
        for word in range(_WORDS):
            row[word] |= other[word]


@lean_kernel
def _weigh(row: _U64, pattern: _U64, weight: float, word_sums: _F64, lane_sums: _F64) -> None:
    for word in range(_WORDS):
        differs = row[word] ^ pattern[word]
        if differs == 0:
            continue
        if differs == np.uint64(0xFFFFFFFFFFFFFFFF):
            word_sums[word] += weight
            continue
        sums = lane_sums[word * 64 : word * 64 + 64]
        for lane in range(64):
            bit = (differs >> np.uint64(lane)) & np.uint64(1)
            sums[lane] += weight * np.float64(np.int64(bit))


@lean_kernel
def _weigh_all(graph: KernelGraph, held: _U64, spare: _U64, weights: _F64, sums: _F64) -> None:
    """Add up the weight of the rows that differ from the pattern, lane by lane.

    ``spare`` is [2, words]: the pattern, and room for a row; ``sums`` has a place for each lane,
    and then one for each word.
    """
    n_leaf = graph.n_leaf
    pattern, row = spare[0], spare[1]
    lane_sums, word_sums = sums[:BITS], sums[BITS:]
    for at in range(n_leaf, weights.shape[1]):
        _weigh(held[at - n_leaf], pattern, weights[0, at], word_sums, lane_sums)
    for at in range(n_leaf):
        for word in range(_WORDS):
            row[word] = 0
        _pull(graph, row, held, at)
        _weigh(row, pattern, weights[0, at], word_sums, lane_sums)
    for lane in range(BITS):
        lane_sums[lane] += word_sums[lane >> 6]


@lean_kernel
def _come_down(graph: KernelGraph, held: _U64) -> None:
    for at in range(len(graph.up_start) - 2, graph.n_leaf - 1, -1):
        _pull(graph, held[at - graph.n_leaf], held, at)


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
