"""From many viewpoints to each destination at once: what crosses whom, and who hands over.

For one destination all viewpoints share one graph of best next hops, and a class splits what comes
by in the same way whoever sent it. So each class that is met holds a row, a number for each
viewpoint whose paths come by, and rows are handed on along the next hops: to providers and peers up
the order of classes, then to customers down it. On the way back each class learns what part of its
paths stays in the country from there on; the link that leads into such a part is the border. All
rules for ties are followed over one and the same set of routes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, inner_kernel, kernel, lean_kernel
from whocut.routes.kernels_lanes import LANES
from whocut.routes.kernels_trim import trimmed
from whocut.routes.kernels_views import ViewSweep, make_view_sweep, settle_views, value_at

__all__ = ["Question", "Sums", "walk_batches"]

_U8 = NDArray[np.uint8]
_I32 = NDArray[np.int32]
_U32 = NDArray[np.uint32]
_F64 = NDArray[np.float64]
_NONE = 255
_TOO_LONG = 63


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
    row: _I32
    """Row of each class in the sums; -1 for those that cannot carry anything."""
    entry_row: _I32
    """Row of each class among those of the country and the destinations; -1 for others."""
    rank: _U32
    """Of each class, from 1 up: of equal next hops the lowest takes all, if a rule says so."""
    is_lowest: _U8
    """Of each rule for ties whether it says so; else equal next hops share alike."""
    trim: float
    is_brief: bool
    """Only ``sold`` and ``reached`` are asked for."""


class Sums(NamedTuple):
    """What is found: [rules, classes of the core, viewpoints], or without one of the last two."""

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
    """[slots, viewpoints]"""
    who: _I32
    """Of each slot the viewpoints whose flow comes by, in no order."""
    known: _I32
    """How many these are."""
    slot: _I32
    """Of each class its slot; -1 for none."""
    place: _I32
    """Of each slot its class."""
    first: _I32
    last: _I32
    hops: _I32
    order: _I32
    stays: _F64
    view_of: _I32
    """Of each class of the core the viewpoint that it is; -1 for none."""
    column: _F64
    counts: _I32
    """Slots, hops, slots in order."""


class _Spot(NamedTuple):
    """Where the work stands."""

    rule: int
    lane: int
    end: int
    climbed: int
    """How many classes have a customer route in this batch."""


@kernel
def _make_work(graph: KernelGraph, question: Question) -> _Work:
    count, views = len(graph.up_start) - 1, len(question.views)
    slots = views + count - graph.n_stub + 2
    view_of = np.full(count, -1, np.int32)
    for view in range(views):
        view_of[question.views[view]] = view
    return _Work(
        np.zeros((slots, views)),
        np.empty((slots, views), np.int32),
        np.zeros(slots, np.int32),
        np.full(count, -1, np.int32),
        np.empty(slots, np.int32),
        np.empty(slots, np.int32),
        np.empty(slots, np.int32),
        np.empty(len(graph.up) + len(graph.peer) + 1, np.int32),
        np.empty(slots, np.int32),
        np.zeros(slots),
        view_of,
        np.empty(views),
        np.zeros(3, np.int32),
    )


@inner_kernel
def _new_slot(work: _Work, at: int) -> int:
    found = work.counts[0]
    work.counts[0] += 1
    work.place[found] = at
    work.known[found] = 0
    work.stays[found] = 0
    return int(found)


@inner_kernel
def _slot_of(work: _Work, at: int) -> int:
    if work.slot[at] < 0:
        work.slot[at] = _new_slot(work, at)
    return int(work.slot[at])


@inner_kernel
def _give(work: _Work, slot: int, view: int, part: float) -> None:
    if work.flow[slot, view] == 0:
        work.who[slot, work.known[slot]] = view
        work.known[slot] += 1
    work.flow[slot, view] += part


@inner_kernel
def _find_hops(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph, sweep: ViewSweep, work: _Work, at: int, value: int, spot: _Spot
) -> int:
    """List the best next hops for a route of a value; give where the list ends."""
    count, lane = work.counts[1], spot.lane
    if value >= 128:
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            row = graph.up[edge] - graph.n_leaf
            is_cut = graph.is_masked and graph.up_off[edge]
            work.hops[count] = graph.up[edge]  # stays if it is one
            count += int(sweep.handed[row, lane] == value and not is_cut)
    elif value >= 64:
        place = sweep.place_above[at]
        for near in range(sweep.near_start[place], sweep.near_start[place + 1]):
            work.hops[count] = sweep.near[near] + graph.n_leaf
            count += int(sweep.near_lanes[near] >> np.uint64(lane) & np.uint64(1))
    elif value == 1:
        work.hops[count] = spot.end
        count += 1
    else:
        link = sweep.newest[at - graph.n_leaf]
        while link >= 0:
            work.hops[count] = sweep.buyer[link] + graph.n_leaf
            count += int(sweep.link_lanes[link] >> np.uint64(lane) & np.uint64(1))
            link = sweep.older[link]
    return int(count)


@inner_kernel
def _hand_on(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph,
    sweep: ViewSweep,
    work: _Work,
    question: Question,
    slot: int,
    value: int,
    spot: _Spot,
) -> None:
    first = work.counts[1]
    last = _find_hops(graph, sweep, work, work.place[slot], value, spot)
    if question.is_lowest[spot.rule] and last > first:
        for hop in range(first + 1, last):
            if question.rank[work.hops[hop]] < question.rank[work.hops[first]]:
                work.hops[first] = work.hops[hop]
        last = first + 1
    work.counts[1] = last
    work.first[slot], work.last[slot] = first, last
    work.order[work.counts[2]] = slot
    work.counts[2] += 1
    ways = float(last - first)
    for hop in range(first, last):
        target = _slot_of(work, work.hops[hop])
        for place in range(work.known[slot]):
            view = work.who[slot, place]
            _give(work, target, view, work.flow[slot, view] / ways)


@lean_kernel
def _set_out(
    graph: KernelGraph, sweep: ViewSweep, work: _Work, question: Question, spot: _Spot
) -> None:
    """Give one unit to every viewpoint that has a route, and send on what those in stubs have."""
    end, inner = spot.end, int(sweep.inner[spot.lane])
    weight = question.weights[end]
    twin = -1
    for view in range(len(question.views)):
        at = question.views[view]
        if at == end:
            part = max(0.0, weight - question.own[view]) / weight if inner != _NONE else 0.0
            if part <= 0:
                continue
            if twin < 0:  # the destination's own class once more, on its way to another of its ASes
                twin = _new_slot(work, end)
            _give(work, twin, view, part)
        elif value_at(graph, sweep, at, spot.lane) != _NONE:
            _give(work, _slot_of(work, at), view, 1.0)
    target = _slot_of(work, end)
    work.stays[target] = 1.0
    if twin >= 0:
        _hand_on(graph, sweep, work, question, twin, inner, spot)
    for view in range(len(question.views)):
        at = question.views[view]
        if at < graph.n_stub and at != end and work.slot[at] >= 0:
            value = value_at(graph, sweep, at, spot.lane)
            _hand_on(graph, sweep, work, question, work.slot[at], value, spot)
            work.slot[at] = -1  # others of its class came with it


@lean_kernel
def _walk(
    graph: KernelGraph, sweep: ViewSweep, work: _Work, question: Question, spot: _Spot
) -> None:
    """Send everything on to the destination."""
    for place in range(len(sweep.above)):
        at = sweep.above[place]
        if at >= graph.n_stub and work.slot[at] >= 0:
            value = int(sweep.values[at - graph.n_leaf, spot.lane])
            if value >= 64:
                _hand_on(graph, sweep, work, question, work.slot[at], value, spot)
    for place in range(spot.climbed - 1, -1, -1):
        at = sweep.climbed[place] + graph.n_leaf
        if at >= graph.n_stub and work.slot[at] >= 0 and at != spot.end:
            value = int(sweep.values[at - graph.n_leaf, spot.lane])
            if value < 64:
                _hand_on(graph, sweep, work, question, work.slot[at], value, spot)


@lean_kernel
def _add_local(work: _Work, question: Question, sums: Sums, slot: int, spot: _Spot) -> None:
    end = work.slot[spot.end]
    above, heard = work.known[slot], work.known[end]
    if above <= int((heard - 1) * question.trim + 1e-9) and above < heard - 1:
        return  # so few that all of them go
    at = work.place[slot]
    itself = work.view_of[at]
    seen = heard - int(itself >= 0 and work.flow[end, itself] > 0)
    above = 0
    for place in range(work.known[slot]):
        view = work.who[slot, place]
        if view != itself:
            work.column[above] = work.flow[slot, view] / work.flow[end, view]
            above += 1
    if seen:
        share = trimmed(work.column, above, seen, question.trim)
        row = question.row[at]
        sums.local[spot.rule, row] += question.origin_weights[spot.end] * share


@inner_kernel
def _add_border(work: _Work, question: Question, sums: Sums, slot: int, spot: _Spot) -> None:
    """Add what a foreign class hands to classes of the country."""
    weight = question.weights[spot.end]
    first, last = work.first[slot], work.last[slot]
    for hop in range(first, last):
        entry = question.entry_row[work.hops[hop]]
        part = weight * work.stays[work.slot[work.hops[hop]]] / (last - first)
        if part > 0:
            for place in range(work.known[slot]):
                view = work.who[slot, place]
                sums.entries[spot.rule, entry, view] += part * work.flow[slot, view]


@inner_kernel
def _add_gates(work: _Work, question: Question, sums: Sums, slot: int, spot: _Spot) -> None:
    """Learn what part of a class's paths stays in the country; add what it hands over."""
    at, first, last = work.place[slot], work.first[slot], work.last[slot]
    into = 0.0
    for hop in range(first, last):
        into += work.stays[work.slot[work.hops[hop]]] / float(last - first)
    if question.is_home[at]:
        work.stays[slot] = into
    elif into > 0:
        _add_border(work, question, sums, slot, spot)
        part, row = question.weights[spot.end] * into, question.row[at]
        for place in range(work.known[slot]):
            view = work.who[slot, place]
            if row >= 0:
                sums.gates[spot.rule, row, view] += part * work.flow[slot, view]
            else:
                sums.direct[spot.rule, view] += part * work.flow[slot, view]


@lean_kernel
def _add(  # noqa: PLR0917 - kernels take no named arguments
    graph: KernelGraph,
    sweep: ViewSweep,
    work: _Work,
    question: Question,
    sums: Sums,
    spot: _Spot,
) -> None:
    """Add what one destination's walk has found, from the destination back."""
    rule, weight = spot.rule, question.weights[spot.end]
    end = work.slot[spot.end]
    for place in range(work.known[end]):
        view = work.who[end, place]
        sums.reached[rule, view] += weight * work.flow[end, view]
    for step in range(work.counts[2] - 1, -1, -1):
        slot = work.order[step]
        at = work.place[slot]
        if not question.is_brief:
            _add_gates(work, question, sums, slot, spot)
        row = question.row[at]
        if row < 0:
            continue
        value = sweep.values[at - graph.n_leaf, spot.lane]
        if value < 64:
            part = weight / value
            for place in range(work.known[slot]):
                view = work.who[slot, place]
                sums.sold[rule, row, view] += part * work.flow[slot, view]
        if not question.is_brief:
            for place in range(work.known[slot]):
                view = work.who[slot, place]
                sums.carried[rule, row, view] += weight * work.flow[slot, view]
            _add_local(work, question, sums, slot, spot)


@lean_kernel
def _clear(work: _Work) -> None:
    for slot in range(work.counts[0]):
        work.slot[work.place[slot]] = -1
        for place in range(work.known[slot]):
            work.flow[slot, work.who[slot, place]] = 0
    work.counts[:] = 0


@kernel
def walk_batches(graph: KernelGraph, sums: Sums, destinations: _I32, question: Question) -> bool:
    """Add to ``sums`` what is found for each destination; false if a route is too long."""
    work, sweep = _make_work(graph, question), make_view_sweep(graph, question.views)
    for begin in range(0, len(destinations), LANES):
        lanes = destinations[begin : begin + LANES]
        climbed = settle_views(graph, sweep, lanes)
        if sweep.longest.max() >= _TOO_LONG:
            return False  # and no walk over lengths that are none
        for lane in range(len(lanes)):
            for rule in range(len(question.is_lowest)):
                spot = _Spot(rule, lane, lanes[lane], climbed)
                _set_out(graph, sweep, work, question, spot)
                _walk(graph, sweep, work, question, spot)
                _add(graph, sweep, work, question, sums, spot)
                _clear(work)
    return True
