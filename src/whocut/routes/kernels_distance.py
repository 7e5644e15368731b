"""Sixty-four destinations side by side: the best route of every class, one byte a destination.

A value is kind * 64 + length: the smaller is the one preferred. Kind 0 is a customer's route or the
destination itself, 1 a peer's, 2 a provider's; 255 is no route. Three sweeps over the classes in
their order: customer routes climb, cross to peers once, and come down to customers. A row that is
handed on holds what the neighbour would hold, so that a link costs one minimum. Lengths stop at
63, which says that a route was too long to tell.
"""

from typing import NamedTuple

import numpy as np
from numba import uint8
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import (
    LANES,
    add_hops,
    copy_row,
    hand_down,
    keep_lower,
    note_longest,
)

__all__ = [
    "Sweep",
    "climb",
    "climb_sales",
    "finish_inner",
    "hop_batches",
    "make_sweep",
    "pull",
    "row_batch",
    "start_lanes",
]

_TOO_LONG = 63
_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_F64 = NDArray[np.float64]


class Sweep(NamedTuple):
    """What a batch works on; all but the last three have a row for a class from ``n_leaf``."""

    values: _U8
    is_on: _U8
    """Whether a class has a customer route."""
    climbed: _I32
    """Rows that are on, customers first."""
    inner: _U8
    """How the others of a destination's own class reach it, lane by lane."""
    row: _U8
    longest: _U8
    """The greatest length met, lane by lane."""


@kernel
def make_sweep(graph: KernelGraph) -> Sweep:
    """Make room for a batch."""
    rows = len(graph.up_start) - 1 - graph.n_leaf
    return Sweep(
        np.empty((rows, LANES), np.uint8),
        np.empty(rows, np.uint8),
        np.empty(rows, np.int32),
        np.empty(LANES, np.uint8),
        np.empty((1, LANES), np.uint8),
        np.zeros((1, LANES), np.uint8),
    )


@lean_kernel
def start_lanes(graph: KernelGraph, values: _U8, is_on: _U8, lanes: _I32) -> None:
    """Put each destination into its lane: itself, or its providers where it has no row."""
    values[:] = 255
    is_on[:] = 0
    n_leaf, up = graph.n_leaf, graph.up
    for lane in range(len(lanes)):
        start = lanes[lane]
        if graph.is_masked and graph.node_off[start]:
            continue
        if start >= n_leaf:
            values[start - n_leaf, lane] = 0
            is_on[start - n_leaf] = 1
            continue
        for edge in range(graph.up_start[start], graph.up_start[start + 1]):
            if not (graph.is_masked and (graph.up_off[edge] or graph.node_off[up[edge]])):
                values[up[edge] - n_leaf, lane] = 1
                is_on[up[edge] - n_leaf] = 1


@lean_kernel
def climb_sales(graph: KernelGraph, values: _U8, is_on: _U8, climbed: _I32, given: _U8) -> int:
    """Fill in customer routes; list and count the classes that have one, customers first."""
    n_leaf, up = graph.n_leaf, graph.up
    count = 0
    for at in range(len(is_on)):
        if not is_on[at]:
            continue
        climbed[count] = at
        count += 1
        row = values[at]
        for lane in range(LANES):
            value = row[lane]
            given[0, lane] = uint8(min(value, uint8(62)) + 1) if value < 64 else uint8(255)
        for edge in range(graph.up_start[at + n_leaf], graph.up_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.up_off[edge] or graph.node_off[up[edge]]):
                continue
            is_on[up[edge] - n_leaf] = 1
            keep_lower(values, up[edge] - n_leaf, given, 0)
    return count


@lean_kernel
def _cross(graph: KernelGraph, values: _U8, climbed: _I32, count: int, given: _U8) -> None:
    n_leaf, peer = graph.n_leaf, graph.peer
    for place in range(count):
        at = climbed[place]
        row = values[at]
        for lane in range(LANES):
            value = row[lane]
            given[0, lane] = uint8(min(value, uint8(62)) + 65) if value < 64 else uint8(255)
        for edge in range(graph.peer_start[at + n_leaf], graph.peer_start[at + n_leaf + 1]):
            if graph.is_masked and (graph.peer_off[edge] or graph.node_off[peer[edge]]):
                continue
            keep_lower(values, peer[edge] - n_leaf, given, 0)


@lean_kernel
def climb(graph: KernelGraph, sweep: Sweep, lanes: _I32) -> int:
    """Fill in customer and peer routes; list and count the classes with a customer route."""
    start_lanes(graph, sweep.values, sweep.is_on, lanes)
    count = climb_sales(graph, sweep.values, sweep.is_on, sweep.climbed, sweep.row)
    _cross(graph, sweep.values, sweep.climbed, count, sweep.row)
    _start_inner(graph, sweep.inner, sweep.values, lanes)
    return count


@lean_kernel
def _start_inner(graph: KernelGraph, inner: _U8, values: _U8, lanes: _I32) -> None:
    """Say how the others of a destination's own class reach it through their peers.

    To be called before values are handed down.
    """
    inner[:] = 255
    for lane in range(len(lanes)):
        start = lanes[lane]
        if not graph.n_leaf <= start < graph.n_stub:
            continue
        for edge in range(graph.peer_start[start], graph.peer_start[start + 1]):
            value = values[graph.peer[edge] - graph.n_leaf, lane]
            if value < 64 and not (graph.is_masked and graph.peer_off[edge]):
                inner[lane] = min(inner[lane], uint8(min(value, uint8(62)) + 65))


@lean_kernel
def finish_inner(graph: KernelGraph, inner: _U8, handed: _U8, lanes: _I32) -> None:
    """Add how they reach it through their providers, whose rows hold what they hand down."""
    for lane in range(len(lanes)):
        start = lanes[lane]
        if start >= graph.n_stub:
            continue
        for edge in range(graph.up_start[start], graph.up_start[start + 1]):
            if not (graph.is_masked and graph.up_off[edge]):
                inner[lane] = min(inner[lane], handed[graph.up[edge] - graph.n_leaf, lane])


@inner_kernel
def pull(graph: KernelGraph, rows: _U8, row: int, handed: _U8, at: int) -> None:
    """Take the best of a class's row and of what its providers hand down."""
    if graph.is_masked and graph.node_off[at]:
        return
    for edge in range(graph.up_start[at], graph.up_start[at + 1]):
        if not (graph.is_masked and graph.up_off[edge]):
            keep_lower(rows, row, handed, graph.up[edge] - graph.n_leaf)


@lean_kernel
def _come_down(graph: KernelGraph, sweep: Sweep, rows: _U8) -> None:
    """Write the values of all classes; turn those of the sweep into what is handed down."""
    n_leaf, values = graph.n_leaf, sweep.values
    for at in range(len(rows) - 1, n_leaf - 1, -1):
        pull(graph, values, at - n_leaf, values, at)
        copy_row(rows, at, values, at - n_leaf)
        note_longest(sweep.longest, 0, values, at - n_leaf)
        hand_down(values, at - n_leaf, values, at - n_leaf)
    for at in range(n_leaf):
        for lane in range(LANES):
            rows[at, lane] = 255
        pull(graph, rows, at, values, at)
        note_longest(sweep.longest, 0, rows, at)


@kernel
def row_batch(graph: KernelGraph, rows: _U8, inner: _U8, lanes: _I32) -> bool:
    """Write the value of every class, and that of the destination's own class; false if too long.

    ``rows`` is [classes, 64].
    """
    sweep = make_sweep(graph)
    climb(graph, sweep, lanes)
    _come_down(graph, sweep, rows)
    finish_inner(graph, sweep.inner, sweep.values, lanes)
    inner[:] = sweep.inner
    for lane in range(len(lanes)):
        is_off = graph.is_masked and graph.node_off[lanes[lane]]
        rows[lanes[lane], lane] = 255 if is_off else 0
    return bool(sweep.longest.max() < _TOO_LONG)


@inner_kernel
def _add_row(sweep: Sweep, rows: _U8, row: int, weight: float, sums: _F64) -> None:
    """Add a source's lengths; where it has no route, 63 hops are added and noted as missed.

    ``sums`` is [2, 64]: hops, and weight missed.
    """
    if add_hops(sums, 0, rows, row, weight):
        for lane in range(LANES):
            sums[1, lane] += weight if rows[row, lane] == 255 else 0.0
    note_longest(sweep.longest, 0, rows, row)


@lean_kernel
def _add_up(graph: KernelGraph, sweep: Sweep, weights: _F64, sums: _F64) -> None:
    """Add up the lengths of all sources on the way down."""
    n_leaf, values = graph.n_leaf, sweep.values
    for at in range(len(graph.up_start) - 2, n_leaf - 1, -1):
        pull(graph, values, at - n_leaf, values, at)
        _add_row(sweep, values, at - n_leaf, weights[0, at], sums)
        hand_down(values, at - n_leaf, values, at - n_leaf)
    for at in range(n_leaf):
        for lane in range(LANES):
            sweep.row[0, lane] = 255
        pull(graph, sweep.row, 0, values, at)
        _add_row(sweep, sweep.row, 0, weights[0, at], sums)


@kernel
def hop_batches(graph: KernelGraph, sums: _F64, destinations: _I32, weights: _F64) -> bool:
    """Add up the weight that reaches each destination and its hops; false if a route is too long.

    ``sums`` is [destinations, 2]; ``weights`` is [2, classes]: as a source, and of a destination's
    own class what its other ASes weigh.
    """
    sweep = make_sweep(graph)
    batch_sums = np.empty((2, LANES), np.float64)
    for begin in range(0, len(destinations), LANES):
        lanes = destinations[begin : begin + LANES]
        batch_sums[:] = 0
        climb(graph, sweep, lanes)
        _add_up(graph, sweep, weights, batch_sums)
        finish_inner(graph, sweep.inner, sweep.values, lanes)
        sums[begin : begin + len(lanes)] = batch_sums.T[: len(lanes)]
        _settle(graph, sums[begin:], sweep.inner, lanes, weights)
    return bool(sweep.longest.max() < _TOO_LONG)


@kernel
def _settle(graph: KernelGraph, sums: _F64, inner: _U8, lanes: _I32, weights: _F64) -> None:
    """Make of hops added and weight missed the weight that reaches a destination, and its hops.

    Takes out what the row of the destination's own class has added; puts in its other ASes.
    """
    total = weights[0].sum()
    for lane in range(len(lanes)):
        start = lanes[lane]
        weight, weight_inside = weights[0, start], weights[1, start]
        own = inner[lane]
        if start >= graph.n_leaf:
            own = 255 if graph.is_masked and graph.node_off[start] else 0
        missed = sums[lane, 1]
        length = sums[lane, 0] - 63.0 * missed
        if own == 255:
            missed -= weight
        else:
            length -= weight * (own & 63)
        reached = total - missed - weight
        if inner[lane] != 255:
            reached += weight_inside
            length += weight_inside * (inner[lane] & 63)
        sums[lane, 0] = reached
        sums[lane, 1] = length
