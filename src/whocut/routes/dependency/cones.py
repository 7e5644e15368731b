"""Customer cones: whom a network can reach by going down from provider to customer only.

The recursive cone of CAIDA's AS Rank (Luckie and others, IMC 2013, doi 10.1145/2504730.2504735,
section 5): all customers, theirs, and so on. The two narrower cones of that paper, of provider and
peer observed paths and of BGP observed paths, need the paths themselves and cannot be had from a
list of relations.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from whocut.routes.topology import Topology

__all__ = ["cone_of", "domestic_cover"]


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
    cones = _home_cones(topology, home)
    chosen: list[int] = []
    while float(left.sum()) > goal:
        sums = {at: float(left[cone].sum()) for at, cone in cones.items()}
        stub = _heaviest_stub(topology, is_home, weights, chosen, left)
        best = max(sums, key=lambda at: (sums[at], -at)) if sums else -1
        if stub is not None and (best < 0 or weights[stub] > sums[best]):
            left[topology.class_of[stub]] = max(
                0.0, left[topology.class_of[stub]] - float(weights[stub])
            )
            chosen.append(int(topology.asns[stub]))
            continue
        if best < 0 or sums[best] <= 0:
            break
        left[cones.pop(best)] = 0.0
        chosen.append(int(topology.first_asn[best]))
    return tuple(chosen)


def _home_cones(topology: Topology, home: NDArray[np.bool_]) -> dict[int, NDArray[np.int64]]:
    core = np.flatnonzero(home[topology.n_stub :]) + topology.n_stub
    return {
        int(at): np.array(sorted(_below(topology, [int(at)], home)), np.int64)
        for at in core.tolist()
    }


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
