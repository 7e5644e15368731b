"""Customer cones: whom a network can reach by going down from provider to customer only.

The recursive cone of CAIDA's AS Rank (Luckie and others, IMC 2013, doi 10.1145/2504730.2504735,
section 5): all customers, theirs, and so on. The two narrower cones of that paper, of provider and
peer observed paths and of BGP observed paths, need the paths themselves and cannot be had from a
list of relations.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import kernel
from whocut.routes.topology import Topology

__all__ = ["cone_of", "domestic_cover"]

_Sums = NDArray[np.float64]


def cone_of(
    topology: Topology, asn: int, *, within: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """List the ASes of a cone, itself included, as places in ``topology.asns``.

    ``within``: classes outside are not entered.
    """
    start = topology.index_of(asn)
    at = int(topology.class_of[start])
    if at < topology.n_stub:  # nobody buys from a stub, and others of its class are no part of it
        return np.array([start])
    classes = sorted(_below(topology, [at], within))
    return np.sort(
        np.concatenate(
            [
                topology.members[topology.member_start[each] : topology.member_start[each + 1]]
                for each in classes
            ]
        )
    ).astype(np.int64)


def _below(topology: Topology, start: Iterable[int], within: NDArray[np.bool_] | None) -> set[int]:
    found = set(start)
    front = list(found)
    while front:
        at = front.pop()
        for customer in topology.down[topology.down_start[at] : topology.down_start[at + 1]]:
            each = int(customer)
            if each not in found and (within is None or within[each]):
                found.add(each)
                front.append(each)
    return found


def domestic_cover(
    topology: Topology, is_home: NDArray[np.bool_], weights: NDArray[np.float64], part: float
) -> tuple[int, ...]:
    """Choose networks of a country whose cones within it hold a part of its weight.

    Each time the one that adds most, so that few are needed; not proved to be the fewest. A network
    that buys from several is under each of them.
    """
    home = np.bincount(topology.class_of[is_home], minlength=topology.class_count) > 0
    left = topology.class_sums(np.where(is_home, weights, 0.0))
    goal = float(left.sum()) * (1 - part) + 1e-9 * float(left.sum())
    core = np.flatnonzero(home[topology.n_stub :]).astype(np.int32) + np.int32(topology.n_stub)
    ends, cones = _cones(topology.down_start, topology.down, home, core)
    sums, is_chosen = np.empty(len(core)), np.zeros(len(core), np.bool_)
    chosen: list[int] = []
    while float(left.sum()) > goal:
        _add_up(ends, cones, left, sums)
        sums[is_chosen] = -1.0
        best = int(np.argmax(sums)) if len(sums) else -1
        most = float(sums[best]) if len(sums) else -1.0
        stub = _heaviest_stub(topology, is_home, weights, chosen, left)
        if stub is not None and weights[stub] > most:
            left[topology.class_of[stub]] = max(
                0.0, left[topology.class_of[stub]] - float(weights[stub])
            )
            chosen.append(int(topology.asns[stub]))
            continue
        if most <= 0:
            break
        left[cones[ends[best - 1] if best else 0 : ends[best]]] = 0.0
        is_chosen[best] = True
        chosen.append(int(topology.first_asn[core[best]]))
    return tuple(chosen)


@kernel
def _cones(
    down_start: NDArray[np.int32],
    down: NDArray[np.int32],
    within: NDArray[np.bool_],
    tops: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List the cones of some classes one after the other, and where each ends."""
    met = np.full(len(within), -1, np.int32)
    ends = np.empty(len(tops), np.int64)
    found = np.empty(4 * len(tops), np.int32)
    count = done = 0
    for top in range(len(tops)):
        if count == len(found):
            found = _longer(found)
        met[tops[top]] = top
        found[count] = tops[top]
        count += 1
        while done < count:
            at = found[done]
            done += 1
            for link in range(down_start[at], down_start[at + 1]):
                each = down[link]
                if within[each] and met[each] != top:
                    if count == len(found):
                        found = _longer(found)
                    met[each] = top
                    found[count] = each
                    count += 1
        ends[top] = count
    return ends, found[:count]


@kernel
def _longer(array: NDArray[np.int32]) -> NDArray[np.int32]:
    longer = np.empty(2 * len(array), np.int32)
    longer[: len(array)] = array
    return longer


@kernel
def _add_up(
    ends: NDArray[np.int64], cones: NDArray[np.int32], left: NDArray[np.float64], sums: _Sums
) -> None:
    """Add up what is left in each cone."""
    begin = 0
    for top in range(len(ends)):
        total = 0.0
        for place in range(begin, ends[top]):
            total += left[cones[place]]
        sums[top], begin = total, ends[top]


def _heaviest_stub(
    topology: Topology,
    is_home: NDArray[np.bool_],
    weights: NDArray[np.float64],
    chosen: list[int],
    left: NDArray[np.float64],
) -> int | None:
    """Find the heaviest network that sells to nobody and is under no cone chosen so far."""
    is_free = is_home & (topology.class_of < topology.n_stub) & (left[topology.class_of] > 0)
    is_free &= ~np.isin(topology.asns, np.array(chosen, np.uint32))
    places = np.flatnonzero(is_free)
    return int(places[np.argmax(weights[places])]) if len(places) else None
