"""Through whom single viewpoints reach each destination: their best paths, followed one by one.

A few hundred viewpoints touch few classes for a destination, so paths are walked rather than swept.
The next hops of a class towards a destination are looked for once, whoever comes by.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_distance import Sweep, climb, finish_inner, make_sweep, pull
from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import LANES, hand_down, note_longest

__all__ = ["TraceQuestion", "trace_batches"]

_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_U32 = NDArray[np.uint32]
_F64 = NDArray[np.float64]
_TOO_LONG = 63


class TraceQuestion(NamedTuple):
    """What is asked of all batches."""

    destinations: _I32
    viewpoints: _I32
    weights: _F64
    """[2, classes]: as a destination, and what is left of it for a viewpoint in the same class."""
    rank: _U32
    """Of each class, from 1 up, if the best next hop of lowest rank takes all; else empty."""
    by_distance: bool


class _Batch(NamedTuple):
    sweep: Sweep
    handed: _U8
    ends: _I32
    newest: _I32
    """From ``n_leaf``: the last link found from a customer on the way up, as index in ``up``."""
    older: _I32
    """Of each link in ``up``: the one found before it; -1 for none."""
    buyer: _I32
    """Of each link in ``up``: its customer."""


class _Walk(NamedTuple):
    asked: TraceQuestion
    serial: NDArray[np.int64]
    """Of each class: the destination for which its next hops were found last."""
    first: _I32
    last: _I32
    hops: _I32
    """Next hops, class after class."""
    used: NDArray[np.int64]
    """How many hops are kept; how many destinations have been walked; the lane of this one."""
    share: _F64
    front: _I32
    """[2, classes]: where the walk stands, and where it goes."""


@kernel
def _make_batch(graph: KernelGraph) -> _Batch:
    count = len(graph.up_start) - 1
    rows = count - graph.n_leaf
    buyer = np.empty(len(graph.up), np.int32)
    for at in range(count):
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            buyer[edge] = at
    return _Batch(
        make_sweep(graph),
        np.empty((rows, LANES), np.uint8),
        np.empty(LANES, np.int32),
        np.empty(rows, np.int32),
        np.empty(len(graph.up), np.int32),
        buyer,
    )


@kernel
def _make_walk(graph: KernelGraph, asked: TraceQuestion) -> _Walk:
    count = len(graph.up_start) - 1
    return _Walk(
        asked,
        np.full(count, -1, np.int64),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(len(graph.up) + len(graph.peer) + 1, np.int32),
        np.zeros(3, np.int64),
        np.zeros(count, np.float64),
        np.empty((2, count), np.int32),
    )


@lean_kernel
def _settle_batch(graph: KernelGraph, batch: _Batch, lanes: _I32) -> None:
    """Fill in all values from ``n_leaf`` on."""
    sweep, handed = batch.sweep, batch.handed
    count = climb(graph, sweep, lanes)
    for at in range(len(handed) - 1, -1, -1):
        pull(graph, sweep.values, at, handed, at + graph.n_leaf)
        hand_down(handed, at, sweep.values, at)
        note_longest(sweep.longest, 0, sweep.values, at)
    finish_inner(graph, sweep.inner, handed, lanes)
    batch.newest[:] = -1
    for place in range(count):
        at = batch.sweep.climbed[place] + graph.n_leaf
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            if not (graph.is_masked and graph.up_off[edge]):
                above = graph.up[edge] - graph.n_leaf
                batch.older[edge] = batch.newest[above]
                batch.newest[above] = edge


@inner_kernel
def _value_of(graph: KernelGraph, batch: _Batch, at: int, lane: int) -> int:
    if at == batch.ends[lane]:
        return int(batch.sweep.inner[lane]) if at < graph.n_stub else 0
    if at >= graph.n_leaf:
        return int(batch.sweep.values[at - graph.n_leaf, lane])
    value = 255
    if not (graph.is_masked and graph.node_off[at]):
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            if not (graph.is_masked and graph.up_off[edge]):
                value = min(value, int(batch.handed[graph.up[edge] - graph.n_leaf, lane]))
    return value


@inner_kernel
def _find_hops(graph: KernelGraph, batch: _Batch, walk: _Walk, at: int, lane: int) -> None:
    """Keep the best next hops of a class that is more than one hop from the end."""
    value = _value_of(graph, batch, at, lane)
    count = walk.used[0]
    walk.serial[at], walk.first[at] = walk.used[1], count
    if value >= 128:
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            is_cut = graph.is_masked and graph.up_off[edge]
            if not is_cut and batch.handed[graph.up[edge] - graph.n_leaf, lane] == value:
                walk.hops[count] = graph.up[edge]
                count += 1
    elif value >= 64:
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            is_cut = graph.is_masked and graph.peer_off[edge]
            if (
                not is_cut
                and batch.sweep.values[graph.peer[edge] - graph.n_leaf, lane] == value - 65
            ):
                walk.hops[count] = graph.peer[edge]
                count += 1
    else:
        edge = batch.newest[at - graph.n_leaf]
        while edge >= 0:
            if batch.sweep.values[batch.buyer[edge] - graph.n_leaf, lane] == value - 1:
                walk.hops[count] = batch.buyer[edge]
                count += 1
            edge = batch.older[edge]
    walk.last[at] = count
    walk.used[0] = count


@inner_kernel
def _keep_lowest(walk: _Walk, at: int, rank: _U32) -> None:
    first = walk.first[at]
    for place in range(first + 1, walk.last[at]):
        if rank[walk.hops[place]] < rank[walk.hops[first]]:
            walk.hops[first] = walk.hops[place]
    walk.last[at] = walk.used[0] = min(walk.last[at], first + 1)


@lean_kernel
def _follow(graph: KernelGraph, batch: _Batch, walk: _Walk, mass: _F64, view: int) -> None:
    """Walk from one viewpoint to the destination of the walk."""
    asked, lane = walk.asked, walk.used[2]
    start, end = asked.viewpoints[view], batch.ends[lane]
    weight = asked.weights[1 if start == end else 0, end]
    value = _value_of(graph, batch, start, lane)
    if weight == 0 or value == 255:
        return
    length = value & 63
    batch.sweep.longest[0, lane] = max(batch.sweep.longest[0, lane], length)
    walk.front[0, 0] = start
    walk.share[start] = weight
    here, count = 0, 1
    while length > 1:
        found = 0
        for place in range(count):
            at = walk.front[here, place]
            if walk.serial[at] != walk.used[1]:
                _find_hops(graph, batch, walk, at, lane)
                if len(asked.rank):
                    _keep_lowest(walk, at, asked.rank)
            part = walk.share[at] / (walk.last[at] - walk.first[at])
            walk.share[at] = 0
            for hop in range(walk.first[at], walk.last[at]):
                following = walk.hops[hop]
                if walk.share[following] == 0:
                    walk.front[1 - here, found] = following
                    found += 1
                walk.share[following] += part
        here, count, length = 1 - here, found, length - 1
        for place in range(count):
            at = walk.front[here, place]
            mass[view, at] += walk.share[at] / length if asked.by_distance else walk.share[at]
    for place in range(count):
        walk.share[walk.front[here, place]] = 0


@kernel
def trace_batches(graph: KernelGraph, mass: _F64, asked: TraceQuestion) -> bool:
    """Add up what crosses each class; false if a route is too long.

    ``mass`` is [viewpoints, classes].
    """
    batch, walk = _make_batch(graph), _make_walk(graph, asked)
    for begin in range(0, len(asked.destinations), LANES):
        lanes = asked.destinations[begin : begin + LANES]
        batch.ends[: len(lanes)] = lanes
        _settle_batch(graph, batch, lanes)
        if batch.sweep.longest.max() >= _TOO_LONG:
            return False  # and no walk over lengths that are none
        for lane in range(len(lanes)):
            walk.used[0] = 0
            walk.used[1] += 1
            walk.used[2] = lane
            for view in range(len(asked.viewpoints)):
                _follow(graph, batch, walk, mass, view)
    return bool(batch.sweep.longest.max() < _TOO_LONG)
