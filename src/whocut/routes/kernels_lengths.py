"""Lengths of the routes that a cut leaves, before it and after: both maps swept side by side."""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_distance import Sweep, climb, make_sweep, pull
from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import (
    LANES,
    add_hops,
    copy_row,
    equal_lanes,
    hand_down,
    note_longest,
)

__all__ = ["length_batches"]

_TOO_LONG = 63
_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_F64 = NDArray[np.float64]


@inner_kernel
def _add_rows(rows: _U8, weight: float, used: np.uint64, sums: _F64) -> None:
    """Add a source's lengths where it still has a route.

    ``rows`` is [3, 64]: before, after, nobody's. ``sums`` is [4, 64]: hops before, hops after, the
    weight that is left in some lanes only, and in its first place that left in all.
    """
    missing = equal_lanes(rows, 1, rows, 2) & used
    if missing == used:
        return
    if missing:
        for lane in range(LANES):
            if missing >> np.uint64(lane) & np.uint64(1):
                rows[0, lane] = rows[1, lane] = 0
            else:
                sums[2, lane] += weight
    else:
        sums[3, 0] += weight
    add_hops(sums, 0, rows, 0, weight)
    add_hops(sums, 1, rows, 1, weight)


@lean_kernel
def _come_down(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph,
    cut: KernelGraph,
    sweeps: tuple[Sweep, Sweep],
    sources: _F64,
    rows: _U8,
    used: np.uint64,
    sums: _F64,
) -> None:
    before, after, n_leaf = sweeps[0].values, sweeps[1].values, graph.n_leaf
    for at in range(len(sources) - 1, n_leaf - 1, -1):
        row = at - n_leaf
        pull(graph, before, row, before, at)
        pull(cut, after, row, after, at)
        if sources[at] > 0:
            copy_row(rows, 0, before, row)
            copy_row(rows, 1, after, row)
            note_longest(sweeps[1].longest, 0, after, row)
            _add_rows(rows, sources[at], used, sums)
        hand_down(before, row, before, row)
        hand_down(after, row, after, row)
    for at in range(n_leaf):
        if sources[at] > 0:
            copy_row(rows, 0, rows, 2)
            copy_row(rows, 1, rows, 2)
            pull(graph, rows, 0, before, at)
            pull(cut, rows, 1, after, at)
            note_longest(sweeps[1].longest, 0, rows, 1)
            _add_rows(rows, sources[at], used, sums)


@kernel
def length_batches(
    graph: KernelGraph, cut: KernelGraph, destinations: _I32, weights: _F64, totals: _F64
) -> bool:
    """Add to ``totals`` the pairs that are left, their hops before, and their hops after.

    ``weights`` is [2, classes]: as a source and as a destination; no class is both. ``cut`` is the
    same map with a mask. False if a route is too long.
    """
    sweeps = (make_sweep(graph), make_sweep(graph))
    rows, sums = np.full((3, LANES), 255, np.uint8), np.empty((4, LANES))
    for begin in range(0, len(destinations), LANES):
        lanes = destinations[begin : begin + LANES]
        used = np.uint64(0)
        for lane in range(len(lanes)):
            used |= np.uint64(1) << np.uint64(lane)
        sums[:] = 0
        climb(graph, sweeps[0], lanes)
        climb(cut, sweeps[1], lanes)
        _come_down(graph, cut, sweeps, weights[0], rows, used, sums)
        for lane in range(len(lanes)):
            weight = weights[1, lanes[lane]]
            totals[0] += weight * (sums[2, lane] + sums[3, 0])
            totals[1] += weight * sums[0, lane]
            totals[2] += weight * sums[1, lane]
    return bool(sweeps[1].longest.max() < _TOO_LONG)
