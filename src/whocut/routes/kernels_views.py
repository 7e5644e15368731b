"""Routes of what a few viewpoints can meet: the sweeps of all classes, cut down to these.

A viewpoint's routes lead up through its providers, at most once across to a peer, then down. So
values from peers and providers are needed of the classes above viewpoints alone, a few hundred of
tens of thousands; customer routes are few for any destination. 64 destinations stand side by side.
"""

from typing import NamedTuple

import numpy as np
from numba import uint8
from numpy.typing import NDArray

from whocut.routes.kernels_distance import climb_sales, finish_inner, pull, start_lanes
from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import (
    LANES,
    equal_lanes,
    hand_down,
    keep_lower,
    note_longest,
    seek_peers,
)

__all__ = ["ViewSweep", "classes_above", "make_view_sweep", "settle_views", "value_at"]

_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_U64 = NDArray[np.uint64]
_NOBODY = 254
"""A value that no class has."""


class ViewSweep(NamedTuple):
    """What a batch works on; rows are classes from ``n_leaf`` on."""

    values: _U8
    offered: _U8
    """What a class with a customer route gives to peers."""
    handed: _U8
    """What a class above viewpoints gives to customers."""
    is_on: _U8
    climbed: _I32
    """Rows with a customer route, customers first."""
    above: _I32
    """Classes above viewpoints, and these, ascending; those without a row are left out."""
    place_above: _I32
    """Of each class its place among them; -1 for others."""
    near_start: _I32
    """Where the peers of each of them begin that have a customer route, and where they end."""
    near: _I32
    near_lanes: _U64
    """For which lanes such a peer is a best next hop, as bits."""
    newest: _I32
    """Of each row the last of its links from customers that are a best next hop; -1 for none."""
    older: _I32
    buyer: _I32
    link_lanes: _U64
    row: _U8
    inner: _U8
    """How the others of a destination's own class reach it, where one of them is a viewpoint."""
    longest: _U8


@kernel
def classes_above(graph: KernelGraph, start: _I32) -> _I32:
    """List some classes, their providers, theirs, and so on, ascending."""
    count = len(graph.up_start) - 1
    is_met = np.zeros(count, np.uint8)
    for at in start:
        is_met[at] = 1
    found = 0
    for at in range(count):  # customers come before their providers
        if is_met[at]:
            found += 1
            for edge in range(graph.up_start[at], graph.up_start[at + 1]):
                is_met[graph.up[edge]] = 1
    above = np.empty(found, np.int32)
    found = 0
    for at in range(count):
        if is_met[at]:
            above[found] = at
            found += 1
    return above


@kernel
def make_view_sweep(graph: KernelGraph, views: _I32) -> ViewSweep:
    """Make room for a batch; ``views`` are the classes of viewpoints."""
    count = len(graph.up_start) - 1
    rows = count - graph.n_leaf
    above = classes_above(graph, views)
    above = above[np.searchsorted(above, graph.n_leaf) :]
    place_above = np.full(count, -1, np.int32)
    peers = 0
    for place in range(len(above)):
        place_above[above[place]] = place
        peers += graph.peer_start[above[place] + 1] - graph.peer_start[above[place]]
    return ViewSweep(
        np.empty((rows, LANES), np.uint8),
        np.empty((rows, LANES), np.uint8),
        np.empty((rows, LANES), np.uint8),
        np.empty(rows, np.uint8),
        np.empty(rows, np.int32),
        above,
        place_above,
        np.zeros(len(above) + 1, np.int32),
        np.empty(peers, np.int32),
        np.empty(peers, np.uint64),
        np.empty(rows, np.int32),
        np.empty(len(graph.up), np.int32),
        np.empty(len(graph.up), np.int32),
        np.empty(len(graph.up), np.uint64),
        np.empty((1, LANES), np.uint8),
        np.empty(LANES, np.uint8),
        np.zeros((1, LANES), np.uint8),
    )


@lean_kernel
def _offer(graph: KernelGraph, sweep: ViewSweep, count: int) -> None:
    """Write what is given to peers; link each class to the customers that may be its next hop."""
    for place in range(count):
        at = sweep.climbed[place]
        sweep.newest[at] = -1
        for lane in range(LANES):
            value = sweep.values[at, lane]
            offer = uint8(min(value, uint8(62)) + 65) if value < 64 else uint8(255)
            sweep.offered[at, lane] = offer
        note_longest(sweep.longest, 0, sweep.values, at)
    links = 0
    for place in range(count):
        at = sweep.climbed[place]
        for lane in range(LANES):
            value = sweep.values[at, lane]
            sweep.row[0, lane] = uint8(value + 1) if value < 63 else uint8(_NOBODY)
        for edge in range(graph.up_start[at + graph.n_leaf], graph.up_start[at + graph.n_leaf + 1]):
            row = graph.up[edge] - graph.n_leaf
            if not sweep.is_on[row] or (graph.is_masked and graph.up_off[edge]):
                continue
            lanes = equal_lanes(sweep.values, row, sweep.row, 0)
            if lanes:
                sweep.buyer[links] = at
                sweep.link_lanes[links] = lanes
                sweep.older[links] = sweep.newest[row]
                sweep.newest[row] = links
                links += 1


@lean_kernel
def _cross(graph: KernelGraph, sweep: ViewSweep) -> None:
    """Give classes above viewpoints what their peers offer; list the peers that count."""
    found = 0
    for place in range(len(sweep.above)):
        at = sweep.above[place]
        row = at - graph.n_leaf
        sweep.near_start[place] = found
        if graph.is_masked and graph.node_off[at]:
            continue
        met = found
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            side = graph.peer[edge] - graph.n_leaf
            if sweep.is_on[side] and not (graph.is_masked and graph.peer_off[edge]):
                sweep.near[met] = side
                met += 1
                keep_lower(sweep.values, row, sweep.offered, side)
        is_end = at < graph.n_stub and sweep.is_on[row]  # then its other ASes want them, too
        seek_peers(sweep.row, 0, sweep.values, row)
        for near in range(found, met):
            side = sweep.near[near]
            lanes = equal_lanes(sweep.values, side, sweep.row, 0)
            if lanes or is_end:
                sweep.near[found], sweep.near_lanes[found] = side, lanes
                found += 1
    sweep.near_start[len(sweep.above)] = found


@lean_kernel
def _start_inner(graph: KernelGraph, sweep: ViewSweep, lanes: _I32) -> None:
    sweep.inner[:] = 255
    for lane in range(len(lanes)):
        place = sweep.place_above[lanes[lane]]
        if place >= 0 and lanes[lane] < graph.n_stub:
            for near in range(sweep.near_start[place], sweep.near_start[place + 1]):
                offer = sweep.offered[sweep.near[near], lane]
                sweep.inner[lane] = min(sweep.inner[lane], offer)
            for near in range(sweep.near_start[place], sweep.near_start[place + 1]):
                offer = sweep.offered[sweep.near[near], lane]
                if offer == sweep.inner[lane] and offer != 255:
                    sweep.near_lanes[near] |= np.uint64(1) << np.uint64(lane)


@lean_kernel
def settle_views(graph: KernelGraph, sweep: ViewSweep, lanes: _I32) -> int:
    """Fill in a batch; count the classes with a customer route."""
    start_lanes(graph, sweep.values, sweep.is_on, lanes)
    count = climb_sales(graph, sweep.values, sweep.is_on, sweep.climbed, sweep.row)
    _offer(graph, sweep, count)
    _cross(graph, sweep)
    _start_inner(graph, sweep, lanes)
    for place in range(len(sweep.above) - 1, -1, -1):
        at = sweep.above[place]
        pull(graph, sweep.values, at - graph.n_leaf, sweep.handed, at)
        note_longest(sweep.longest, 0, sweep.values, at - graph.n_leaf)
        hand_down(sweep.handed, at - graph.n_leaf, sweep.values, at - graph.n_leaf)
    finish_inner(graph, sweep.inner, sweep.handed, lanes)
    return count


@inner_kernel
def value_at(graph: KernelGraph, sweep: ViewSweep, at: int, lane: int) -> int:
    """Say what route a class has that is above viewpoints or has a customer route."""
    if at >= graph.n_leaf:
        return int(sweep.values[at - graph.n_leaf, lane])
    value = 255
    if not (graph.is_masked and graph.node_off[at]):
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            if not (graph.is_masked and graph.up_off[edge]):
                value = min(value, int(sweep.handed[graph.up[edge] - graph.n_leaf, lane]))
    return value
