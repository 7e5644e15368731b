"""Through whom everybody reaches everybody: flows along the best paths, 64 destinations at a time.

Sources' weights run along the best next hops. A class whose route is a provider's or a peer's has
got all that it will carry once all its customers are done, so one sweep up the order moves these
flows; customer routes lead down, so one sweep down moves the rest. Within a batch flows are single
precision, sums over batches are double.
"""

from typing import NamedTuple

import numpy as np
from numba import uint8
from numpy.typing import NDArray

from whocut.routes.kernels_distance import Sweep, climb, finish_inner, make_sweep, pull
from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import (
    LANES,
    copy_row,
    count_equal,
    equal_lanes,
    give_equal,
    hand_down,
    note_longest,
    own_share,
    seek_peers,
    share_out,
    take_equal,
)

__all__ = ["TransitQuestion", "transit_batches"]

_FLOAT = np.float32
_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_U32 = NDArray[np.uint32]
_F32 = NDArray[np.float32]
_F64 = NDArray[np.float64]
_NOBODY = 254
"""A value that no class has."""
_TOO_LONG = 63
_FULL = 255


class TransitQuestion(NamedTuple):
    """What is asked of all batches."""

    destinations: _I32
    weights: _F64
    """[3, classes]: as a source; of a destination's own class what its other ASes weigh; as a
    destination."""
    rank: _U32
    """Of each class, from 1 up, if the best next hop of lowest rank takes all; else empty."""


class _Batch(NamedTuple):
    """What a batch works on: rows from ``n_leaf`` on, or of the core, or of the class at hand."""

    sweep: Sweep
    handed: _U8
    """From ``n_leaf``: what a class hands down to its customers."""
    flow: _F32
    """Core: what has arrived; for those on the way down in the end what each next hop gets."""
    chosen: _U32
    """Core: how many customers are best next hops; or the rank of the one that is taken."""
    is_end: _U8
    """Of each class: whether it is a destination of this batch."""
    near_end: _I32
    """From ``n_leaf``: where in ``near`` the row of each class ends, and the next begins."""
    near: _I32
    """Peers with a customer route, class after class, as rows."""
    hits: _I32
    wanted: _F32
    """Weight of each lane's destination."""
    sent: _F32
    crossing: _F32
    """What is sent to peers."""
    sought: _U8
    few: _U8
    """Best next hops counted since they last were added to ``ways``."""
    ways: _F32


@kernel
def _make_batch(graph: KernelGraph) -> _Batch:
    count = len(graph.up_start) - 1
    rows, core = count - graph.n_leaf, count - graph.n_stub
    widest = 0
    for at in range(count):
        widest = max(widest, graph.peer_start[at + 1] - graph.peer_start[at])
    return _Batch(
        make_sweep(graph),
        np.empty((rows, LANES), np.uint8),
        np.zeros((core, LANES), _FLOAT),
        np.zeros((core, LANES), np.uint32),
        np.zeros(count, np.uint8),
        np.empty(rows, np.int32),
        np.empty(len(graph.peer), np.int32),
        np.empty(widest + 1, np.int32),
        np.empty((1, LANES), _FLOAT),
        np.empty((1, LANES), _FLOAT),
        np.empty((1, LANES), _FLOAT),
        np.empty((1, LANES), np.uint8),
        np.zeros((1, LANES), np.uint8),
        np.zeros((1, LANES), _FLOAT),
    )


@lean_kernel
def _settle_values(graph: KernelGraph, batch: _Batch, lanes: _I32) -> int:
    """Fill in all values from ``n_leaf`` on; return how many classes have a customer route."""
    values, handed = batch.sweep.values, batch.handed
    count = climb(graph, batch.sweep, lanes)
    for at in range(len(values) - 1, -1, -1):
        pull(graph, values, at, handed, at + graph.n_leaf)
        hand_down(handed, at, values, at)
    finish_inner(graph, batch.sweep.inner, handed, lanes)
    return count


@inner_kernel
def _add_few(batch: _Batch) -> None:
    """Bytes count fast, but only to 255."""
    for lane in range(LANES):
        batch.ways[0, lane] += _FLOAT(batch.few[0, lane])
        batch.few[0, lane] = 0


@inner_kernel
def _give_to_providers(graph: KernelGraph, batch: _Batch, at: int, is_lowest: bool) -> None:
    first, last = graph.up_start[at], graph.up_start[at + 1]
    row, sent, handed = batch.sweep.row, batch.sent, batch.handed
    if last - first > 1 and not is_lowest:
        for edge in range(first, last):
            if not (graph.is_masked and graph.up_off[edge]):
                count_equal(batch.few, 0, handed, graph.up[edge] - graph.n_leaf, row, 0)
            if (edge - first) % _FULL == _FULL - 1:
                _add_few(batch)
        share_out(sent, 0, batch.ways, 0, batch.few, 0)
    for edge in range(first, last):
        if graph.is_masked and graph.up_off[edge]:
            continue
        above = graph.up[edge]
        give_equal(batch.flow, above - graph.n_stub, sent, 0, handed, above - graph.n_leaf, row, 0)
        if is_lowest:  # what one next hop has got whole, no other gets
            take_equal(sent, 0, handed, above - graph.n_leaf, row, 0)


@lean_kernel
def _list_peers(graph: KernelGraph, batch: _Batch, count: int) -> None:
    """List for each class its peers with a customer route: a fifth of all, on the average."""
    end, near, climbed = batch.near_end, batch.near, batch.sweep.climbed
    for at in range(len(end)):
        end[at] = 0
    for place in range(count):
        at = climbed[place] + graph.n_leaf
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            if not (graph.is_masked and graph.peer_off[edge]):
                end[graph.peer[edge] - graph.n_leaf] += 1
    total = 0
    for at in range(len(end)):
        total, end[at] = total + end[at], total
    for place in range(count):
        at = climbed[place] + graph.n_leaf
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            if not (graph.is_masked and graph.peer_off[edge]):
                row = graph.peer[edge] - graph.n_leaf
                near[end[row]] = climbed[place]
                end[row] += 1


@inner_kernel
def _find_peers(graph: KernelGraph, batch: _Batch, at: int, rank: _U32) -> int:
    """List and count the peers that are a best next hop, and count them lane by lane.

    With ``rank`` the list goes by it.
    """
    values, sought, hits = batch.sweep.values, batch.sought, batch.hits
    row = at - graph.n_leaf
    first = batch.near_end[row - 1] if row else 0
    count = 0
    for place in range(first, batch.near_end[row]):
        side = batch.near[place]
        hits[count] = side  # stays if it is one: without a branch, which nobody could foresee
        count += equal_lanes(values, side, sought, 0) != 0
        count_equal(batch.few, 0, values, side, sought, 0)
        if (place - first) % _FULL == _FULL - 1:
            _add_few(batch)
    if len(rank):
        for place in range(1, count):
            side, before = hits[place], place
            while before and rank[hits[before - 1] + graph.n_leaf] > rank[side + graph.n_leaf]:
                hits[before] = hits[before - 1]
                before -= 1
            hits[before] = side
    return count


@inner_kernel
def _give_to_peers(graph: KernelGraph, batch: _Batch, at: int, rank: _U32) -> None:
    count = _find_peers(graph, batch, at, rank)
    crossing, values = batch.crossing, batch.sweep.values
    for lane in range(LANES):
        crossing[0, lane] = batch.sent[0, lane]
    if len(rank):
        for lane in range(LANES):
            batch.few[0, lane] = 0
            batch.ways[0, lane] = 0
    else:
        share_out(crossing, 0, batch.ways, 0, batch.few, 0)
    for place in range(count):
        side = batch.hits[place]
        core = side + graph.n_leaf - graph.n_stub
        if core >= 0:  # a stub that is a next hop is the end
            give_equal(batch.flow, core, crossing, 0, values, side, batch.sought, 0)
        if len(rank):
            take_equal(crossing, 0, values, side, batch.sought, 0)


@inner_kernel
def _lane_sum(row: _F32) -> float:
    first = second = third = fourth = 0.0
    for lane in range(0, LANES, 4):
        first += row[lane]
        second += row[lane + 1]
        third += row[lane + 2]
        fourth += row[lane + 3]
    return first + second + third + fourth


@inner_kernel
def _load_row(graph: KernelGraph, batch: _Batch, lanes: _I32, at: int, weights: _F64) -> None:
    """Put a class's values and what it sends of its own at hand."""
    row, inner = batch.sweep.row, batch.sweep.inner
    if at < graph.n_leaf:
        for lane in range(LANES):
            row[0, lane] = 255
        pull(graph, row, 0, batch.handed, at)
    else:
        copy_row(row, 0, batch.sweep.values, at - graph.n_leaf)
    note_longest(batch.sweep.longest, 0, row, 0)
    if batch.is_end[at] and at < graph.n_stub:
        for lane in range(len(lanes)):
            if lanes[lane] == at:
                row[0, lane] = inner[lane]
    own_share(batch.sent, 0, batch.wanted, 0, row, 0, weights[0, at])
    if batch.is_end[at] and at < graph.n_stub:
        for lane in range(len(lanes)):
            if lanes[lane] == at and inner[lane] != 255:
                batch.sent[0, lane] = _FLOAT(weights[1, at]) * batch.wanted[0, lane]


@lean_kernel
def _sweep_up(
    graph: KernelGraph, batch: _Batch, total: _F64, lanes: _I32, asked: TransitQuestion
) -> None:
    """Move flows to providers and to peers."""
    is_lowest = len(asked.rank) > 0
    for at in range(len(total)):
        if at < graph.n_leaf and asked.weights[0, at] == 0 and asked.weights[1, at] == 0:
            continue
        _load_row(graph, batch, lanes, at, asked.weights)
        if at >= graph.n_stub:
            arrived = batch.flow[at - graph.n_stub]
            for lane in range(LANES):
                batch.sent[0, lane] += arrived[lane]
            if not batch.sweep.is_on[at - graph.n_leaf]:
                total[at] += _lane_sum(arrived)
                for lane in range(LANES):
                    arrived[lane] = 0
        if at >= graph.n_leaf and seek_peers(batch.sought, 0, batch.sweep.row, 0):
            _give_to_peers(graph, batch, at, asked.rank)
        _give_to_providers(graph, batch, at, is_lowest)


@inner_kernel
def _look_up(batch: _Batch, at: int) -> None:
    """Say what value a provider must have for a class to be its best next hop."""
    values, sought = batch.sweep.values[at], batch.sought[0]
    for lane in range(LANES):
        sought[lane] = uint8(values[lane] + 1) if 0 < values[lane] < 63 else uint8(_NOBODY)


@lean_kernel
def _choose_customers(graph: KernelGraph, batch: _Batch, count: int, rank: _U32) -> None:
    """Count the best customers of each class and destination, or find the one of lowest rank."""
    sought = batch.sought[0]
    for place in range(count):
        at = batch.sweep.climbed[place] + graph.n_leaf
        if at < graph.n_stub:
            continue
        _look_up(batch, at - graph.n_leaf)
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            if graph.is_masked and graph.up_off[edge]:
                continue
            values = batch.sweep.values[graph.up[edge] - graph.n_leaf]
            chosen = batch.chosen[graph.up[edge] - graph.n_stub]
            if len(rank):
                for lane in range(LANES):
                    is_better = chosen[lane] == 0 or rank[at] < chosen[lane]
                    if is_better and values[lane] == sought[lane]:
                        chosen[lane] = rank[at]
            else:
                for lane in range(LANES):
                    chosen[lane] += np.uint32(values[lane] == sought[lane])


@inner_kernel
def _collect(graph: KernelGraph, batch: _Batch, at: int, rank: _U32) -> None:
    """Take from a class's providers what they send down to it."""
    flow, values, core = batch.flow, batch.sweep.values, at - graph.n_stub
    for edge in range(graph.up_start[at], graph.up_start[at + 1]):
        if graph.is_masked and graph.up_off[edge]:
            continue
        row, above = graph.up[edge] - graph.n_leaf, graph.up[edge] - graph.n_stub
        if len(rank):
            for lane in range(LANES):
                is_next = values[row, lane] == batch.sought[0, lane]
                if is_next and batch.chosen[above, lane] == rank[at]:
                    flow[core, lane] += flow[above, lane]
        else:
            give_equal(flow, core, flow, above, values, row, batch.sought, 0)


@lean_kernel
def _sweep_down(
    graph: KernelGraph, batch: _Batch, total: _F64, count: int, asked: TransitQuestion
) -> None:
    """Move flows to customers."""
    wanted = batch.wanted[0]
    for place in range(count - 1, -1, -1):
        at = batch.sweep.climbed[place] + graph.n_leaf
        if at < graph.n_stub:
            continue
        values = batch.sweep.values[at - graph.n_leaf]
        flow, chosen = batch.flow[at - graph.n_stub], batch.chosen[at - graph.n_stub]
        _look_up(batch, at - graph.n_leaf)
        _collect(graph, batch, at, asked.rank)
        for lane in range(LANES):
            flow[lane] = _FLOAT(0) if values[lane] == 0 else flow[lane]
        total[at] += _lane_sum(flow)
        weight = _FLOAT(asked.weights[0, at])
        for lane in range(LANES):
            flow[lane] += weight * wanted[lane]
        if not len(asked.rank):
            for lane in range(LANES):
                flow[lane] = flow[lane] / _FLOAT(max(chosen[lane], np.uint32(1)))
    for place in range(count):
        core = batch.sweep.climbed[place] + graph.n_leaf - graph.n_stub
        if core >= 0:
            batch.flow[core] = 0
            batch.chosen[core] = 0


@kernel
def transit_batches(graph: KernelGraph, total: _F64, asked: TransitQuestion) -> bool:
    """Add to ``total`` what crosses each class; false if a route is too long."""
    batch = _make_batch(graph)
    for begin in range(0, len(asked.destinations), LANES):
        lanes = asked.destinations[begin : begin + LANES]
        batch.wanted[:] = 0
        for lane in range(len(lanes)):
            batch.wanted[0, lane] = asked.weights[2, lanes[lane]]
            batch.is_end[lanes[lane]] = 1
        count = _settle_values(graph, batch, lanes)
        _list_peers(graph, batch, count)
        _sweep_up(graph, batch, total, lanes, asked)
        _choose_customers(graph, batch, count, asked.rank)
        _sweep_down(graph, batch, total, count, asked)
        for lane in range(len(lanes)):
            batch.is_end[lanes[lane]] = 0
    return bool(batch.sweep.longest.max() < _TOO_LONG)
