"""From many viewpoints to each destination at once: what crosses whom, and who hands over.

For one destination all viewpoints share one graph of best next hops, and a class splits what comes
by in the same way whoever sent it. So each class holds one row, a number a viewpoint, and rows are
handed on along the next hops: to providers and peers up the order of classes, then to customers
down it. On the way back each class learns what part of its paths stays in the country from there
on; the link that leads into such a part is the border.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, kernel

__all__ = ["Question", "Sums", "walk_batch"]

_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_U32 = NDArray[np.uint32]
_F64 = NDArray[np.float64]
_NONE = 255


class Question(NamedTuple):
    """What is asked of all destinations."""

    weights: _F64
    """Of each class, as a destination."""
    origin_weights: _F64
    """The same for the mean over origins."""
    views: _I32
    """Class of each viewpoint."""
    own: _F64
    """What each viewpoint itself weighs as a destination: nobody is a destination to itself."""
    is_home: _U8
    entry_row: _I32
    """Row of each class among those of the country and the destinations; -1 for others."""
    rank: _U32
    """Of each class, from 1 up, if the best next hop of lowest rank takes all; else empty."""
    trim: float


class Sums(NamedTuple):
    """What is found; rows are classes of the core, columns viewpoints."""

    carried: _F64
    """Weight whose path crosses a class."""
    sold: _F64
    """The same for customer routes only, each divided by the hops that are left."""
    gates: _F64
    """Weight that a foreign class is the last abroad to carry."""
    entries: _F64
    """Weight that a class of the country is the first to take, for good."""
    direct: _F64
    """Weight that a viewpoint hands over itself."""
    reached: _F64
    local: _F64
    """Sum over origins of the trimmed mean over viewpoints, times the origin's weight."""


class _Work(NamedTuple):
    flow: _F64
    slot: _I32
    """Of each class its row in ``flow``; -1 for none."""
    place: _I32
    """Of each slot its class."""
    first: _I32
    last: _I32
    hops: _I32
    order: _I32
    stays: _F64
    newest: _I32
    older: _I32
    buyer: _I32
    climbed: _I32
    view_of: _I32
    """Of each class of the core the viewpoint that it is; -1 for none."""
    column: _F64
    counts: _I32
    """Slots, hops, classes in order, classes climbed, viewpoints that reach the destination."""


@kernel
def _make_work(graph: KernelGraph, question: Question) -> _Work:
    count, views = len(graph.up_start) - 1, len(question.views)
    slots = views + count - graph.n_stub + 2
    buyer = np.empty(len(graph.up), np.int32)
    for at in range(count):
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            buyer[edge] = at
    view_of = np.full(count, -1, np.int32)
    for view in range(views):
        view_of[question.views[view]] = view
    return _Work(
        np.zeros((slots, views)),
        np.full(count, -1, np.int32),
        np.empty(slots, np.int32),
        np.empty(slots, np.int32),
        np.empty(slots, np.int32),
        np.empty(len(graph.up) + len(graph.peer) + 1, np.int32),
        np.empty(slots, np.int32),
        np.zeros(slots),
        np.full(count, -1, np.int32),
        np.empty(len(graph.up) + 1, np.int32),
        buyer,
        np.empty(count, np.int32),
        view_of,
        np.empty(views),
        np.zeros(5, np.int32),
    )


@kernel
def _slot_of(work: _Work, at: int) -> int:
    found = work.slot[at]
    if found < 0:
        found = work.counts[0]
        work.counts[0] += 1
        work.slot[at] = found
        work.place[found] = at
        work.flow[found] = 0
        work.stays[found] = 0
    return int(found)


@kernel
def _climb(graph: KernelGraph, work: _Work, row_of: _U8, end: int) -> None:
    """Link each class that has a customer route to the customers that it goes by."""
    work.climbed[0] = end
    count, done = 1, 0
    work.newest[end] = -2
    while done < count:
        at = work.climbed[done]
        done += 1
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            above = graph.up[edge]
            if graph.is_masked and graph.up_off[edge]:
                continue
            if work.newest[above] == -1:
                work.newest[above] = -2
                work.climbed[count] = above
                count += 1
            if row_of[above] == row_of[at] + 1:
                work.older[edge] = work.newest[above]
                work.newest[above] = edge
    work.counts[3] = count


@kernel
def _find_hops(  # noqa: PLR0912, PLR0917 - kernels take no named arguments
    graph: KernelGraph, work: _Work, row_of: _U8, at: int, spot: _I32, rank: _U32
) -> tuple[int, int]:
    """List the best next hops for a route of a value; ``spot[1]`` is the value."""
    value = spot[1]
    first = count = work.counts[1]
    if value >= 128:
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            if graph.is_masked and graph.up_off[edge]:
                continue
            given = row_of[graph.up[edge]]
            if given != _NONE and (given & 63) + 129 == value:
                work.hops[count] = graph.up[edge]
                count += 1
    elif value >= 64:
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            if graph.is_masked and graph.peer_off[edge]:
                continue
            if row_of[graph.peer[edge]] == value - 65:
                work.hops[count] = graph.peer[edge]
                count += 1
    else:
        edge = work.newest[at]
        while edge >= 0:
            work.hops[count] = work.buyer[edge]
            count += 1
            edge = work.older[edge]
    if len(rank) and count > first:
        for hop in range(first + 1, count):
            if rank[work.hops[hop]] < rank[work.hops[first]]:
                work.hops[first] = work.hops[hop]
        count = first + 1
    work.counts[1] = count
    return first, count


@kernel
def _hand_on(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph, work: _Work, row_of: _U8, slot: int, spot: _I32, rank: _U32
) -> None:
    at = work.place[slot]
    first, last = _find_hops(graph, work, row_of, at, spot, rank)
    work.first[slot], work.last[slot] = first, last
    work.order[work.counts[2]] = slot
    work.counts[2] += 1
    part = work.column
    for view in range(len(part)):
        part[view] = work.flow[slot, view] / (last - first)
    for hop in range(first, last):
        target = work.flow[_slot_of(work, work.hops[hop])]
        for view in range(len(part)):
            target[view] += part[view]


@kernel
def _walk(graph: KernelGraph, work: _Work, row_of: _U8, question: Question, spot: _I32) -> None:
    """Send one unit from every viewpoint that has a route.

    ``spot``: the value that the destination's own class has, room for a value, the destination.
    """
    inner, end = spot[0], spot[2]
    weight = question.weights[end]
    twin = -1
    for view in range(len(question.views)):
        at = question.views[view]
        part = 1.0
        if at == end:
            part = max(0.0, weight - question.own[view]) / weight if inner != _NONE else 0.0
            if part <= 0:
                continue
            if twin < 0:  # the destination's own class once more, on its way to another of its ASes
                twin = work.counts[0]
                work.counts[0] += 1
                work.place[twin] = end
                work.flow[twin] = 0
                work.stays[twin] = 0
            work.flow[twin, view] += part
        elif row_of[at] != _NONE:
            work.flow[_slot_of(work, at), view] += part
    target = _slot_of(work, end)
    if twin >= 0:
        spot[1] = inner
        _hand_on(graph, work, row_of, twin, spot, question.rank)
    for view in range(len(question.views)):
        at = question.views[view]
        if at < graph.n_stub and at != end and work.slot[at] >= 0:
            slot = work.slot[at]
            spot[1] = row_of[at]
            _hand_on(graph, work, row_of, slot, spot, question.rank)
            work.slot[at] = -1  # others of its class came with it
    for at in range(graph.n_stub, len(graph.up_start) - 1):
        if work.slot[at] >= 0 and row_of[at] >= 64:
            spot[1] = row_of[at]
            _hand_on(graph, work, row_of, work.slot[at], spot, question.rank)
    for at in range(len(graph.up_start) - 2, graph.n_stub - 1, -1):
        if work.slot[at] >= 0 and row_of[at] < 64 and at != end:
            spot[1] = row_of[at]
            _hand_on(graph, work, row_of, work.slot[at], spot, question.rank)
    work.stays[target] = 1.0


@kernel
def _trimmed(column: _F64, trim: float) -> float:
    """Take the mean without the lowest and the highest part; no value is negative.

    ``column`` is written over.
    """
    count = len(column)
    cut = int(count * trim + 1e-9)
    above = 0
    for view in range(count):  # most are zero: only what is above is sorted
        if column[view] > 0:
            column[above] = column[view]
            above += 1
    if above <= cut or count <= 2 * cut:
        return 0.0
    kept = column[:above]
    kept.sort()
    total = 0.0
    for view in range(max(0, cut - (count - above)), above - cut):
        total += kept[view]
    return total / (count - 2 * cut)


@kernel
def _add(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph, work: _Work, row_of: _U8, question: Question, sums: Sums, spot: _I32
) -> None:
    """Add what one destination's walk has found, from the destination back."""
    end = spot[2]
    weight = question.weights[end]
    views = work.flow.shape[1]
    for view in range(views):
        sums.reached[view] += weight * work.flow[work.slot[end], view]
        work.counts[4] += int(work.flow[work.slot[end], view] > 0)
    for step in range(work.counts[2] - 1, -1, -1):
        slot = work.order[step]
        at, first, last = work.place[slot], work.first[slot], work.last[slot]
        is_home = question.is_home[at]
        ways = float(last - first)
        into = 0.0
        for hop in range(first, last):
            into += work.stays[work.slot[work.hops[hop]]] / ways
        row = at - graph.n_stub
        if is_home:
            work.stays[slot] = into
        elif into > 0:
            _add_border(work, question, sums, slot, weight)
            for view in range(views):
                if row >= 0:
                    sums.gates[row, view] += weight * into * work.flow[slot, view]
                else:
                    sums.direct[view] += weight * into * work.flow[slot, view]
        if row < 0:
            continue
        flow, carried, sold = work.flow[slot], sums.carried[row], sums.sold[row]
        for view in range(views):
            carried[view] += weight * flow[view]
        if row_of[at] < 64:
            part = weight / row_of[at]
            for view in range(views):
                sold[view] += part * flow[view]
        _add_local(work, question, sums, slot, row)


@kernel
def _add_border(work: _Work, question: Question, sums: Sums, slot: int, weight: float) -> None:
    """Add what a foreign class hands to classes of the country."""
    first, last = work.first[slot], work.last[slot]
    for hop in range(first, last):
        entry = question.entry_row[work.hops[hop]]
        part = weight * work.stays[work.slot[work.hops[hop]]] / (last - first)
        if part > 0:
            for view in range(work.flow.shape[1]):
                sums.entries[entry, view] += part * work.flow[slot, view]


@kernel
def _add_local(work: _Work, question: Question, sums: Sums, slot: int, row: int) -> None:
    end = work.climbed[0]
    arrived, flow = work.flow[work.slot[end]], work.flow[slot]
    above = 0
    for view in range(len(flow)):
        above += int(flow[view] > 0)
    heard = work.counts[4]
    if above <= int((heard - 1) * question.trim + 1e-9) and above < heard - 1:
        return  # so few that all of them go
    itself = work.view_of[work.place[slot]]
    seen = 0
    for view in range(len(arrived)):
        if arrived[view] > 0 and view != itself:
            work.column[seen] = flow[view] / arrived[view]
            seen += 1
    if seen:
        share = _trimmed(work.column[:seen], question.trim)
        sums.local[row] += question.origin_weights[end] * share


@kernel
def _clear(work: _Work) -> None:
    for slot in range(work.counts[0]):
        work.slot[work.place[slot]] = -1
    for place in range(work.counts[3]):
        work.newest[work.climbed[place]] = -1
    work.counts[:] = 0


@kernel
def walk_batch(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph, sums: Sums, destinations: _I32, rows: _U8, inner: _U8, question: Question
) -> None:
    """Add to ``sums`` what is found for each destination.

    ``rows`` is [destinations, classes]: what route every class has; ``inner`` what the other ASes
    of the destination's own class have.
    """
    work = _make_work(graph, question)
    spot = np.zeros(3, np.int32)
    for place in range(len(destinations)):
        spot[0], spot[2] = inner[place], destinations[place]
        _climb(graph, work, rows[place], destinations[place])
        _walk(graph, work, rows[place], question, spot)
        _add(graph, work, rows[place], question, sums, spot)
        _clear(work)
