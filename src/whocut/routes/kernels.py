"""Policy reachability over the whole Internet: who reaches whom, how far, and through whom.

Routes are those of Gao and Rexford (IEEE/ACM ToN 9(6), 2001): a customer's route before a peer's
before a provider's, then the shortest; what a peer or a provider gave goes to customers only. This
is reachability by policy, not capacity. Weights are of classes; a destination's own AS is no
source.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from whocut.model.errors import UsageError
from whocut.routes import kernels_bits as bits
from whocut.routes import kernels_distance as distance
from whocut.routes import kernels_lengths as lengths
from whocut.routes import kernels_trace as trace
from whocut.routes import kernels_transit as transit
from whocut.routes.kernels_graph import KernelGraph
from whocut.routes.kernels_lanes import LANES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from whocut.routes.mask import Mask
    from whocut.routes.topology import Topology

__all__ = [
    "LONGEST_ROUTE",
    "NO_ROUTE",
    "Ties",
    "distance_rows",
    "hop_weights",
    "inner_weights",
    "kernel_graph",
    "length_sums",
    "own_class_values",
    "reached_pairs",
    "reached_weights",
    "traced_mass",
    "transit_mass",
]

NO_ROUTE = 255
LONGEST_ROUTE = 62
"""AS hops; a value has six bits for them."""
Ties = Literal["equal", "lowest_asn"]
_Answer = TypeVar("_Answer")
_NO_FLAGS = np.zeros(1, np.uint8)
_PARTS = 16


def distance_rows(
    topology: Topology, destinations: NDArray[np.int32], mask: Mask | None = None
) -> NDArray[np.uint8]:
    """Say for each destination what route every class has: kind * 64 + length, 255 for none.

    Kind 0 is a customer's route or the destination itself, 1 a peer's, 2 a provider's; lengths in
    AS hops.
    Raises: UsageError if a route has more than 62 hops.
    """
    return _rows(topology, destinations, mask)[0]


def own_class_values(
    topology: Topology, destinations: NDArray[np.int32], mask: Mask | None = None
) -> NDArray[np.uint8]:
    """Say how the other ASes of each destination's own class reach it."""
    return _rows(topology, destinations, mask)[1]


def inner_weights(
    topology: Topology,
    sources: NDArray[np.float64],
    destinations: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Say what the other ASes of a destination's own class weigh, in the mean over its ASes.

    Weights are of ASes; without ``destinations`` all ASes of a class count alike.
    """
    wanted = np.ones(len(topology.asns)) if destinations is None else destinations
    whole = topology.class_sums(wanted)
    pairs = topology.class_sums(sources) * whole - topology.class_sums(sources * wanted)
    pairs[topology.member_count == 1] = 0  # and not what rounding leaves
    return np.divide(pairs, whole, out=np.zeros_like(pairs), where=whole > 0)


def reached_weights(
    topology: Topology,
    destinations: NDArray[np.int32],
    source_weights: NDArray[np.float64],
    mask: Mask | None = None,
    *,
    workers: int = 2,
    inner_weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Add up the weight of the sources that reach each destination.

    ``inner_weights``: what the other ASes of a destination's own class weigh; by default the mean
    over its ASes, which is exact where all of them are equal as destinations.
    """
    asked, order = _in_lane_order(topology, destinations)
    weights = _weights(topology, source_weights, inner_weights)
    graph = kernel_graph(topology, mask)
    reached = np.zeros(len(asked))

    def run(part: slice) -> None:
        bits.reach_batches(graph, reached[part], asked[part], weights)

    _in_threads(run, len(asked), bits.BITS, workers)
    return _back(reached, order)


def reached_pairs(
    topology: Topology,
    destinations: NDArray[np.int32],
    destination_weights: NDArray[np.float64],
    source_weights: NDArray[np.float64],
    mask: Mask | None = None,
    *,
    workers: int = 2,
    inner_weights: NDArray[np.float64] | None = None,
) -> float:
    """Add up, over the pairs that have a route, the product of their weights (one a class)."""
    reached = reached_weights(
        topology,
        destinations,
        source_weights,
        mask,
        workers=workers,
        inner_weights=inner_weights,
    )
    return float(reached @ _of_classes(topology, destination_weights)[destinations])


def hop_weights(
    topology: Topology,
    destinations: NDArray[np.int32],
    source_weights: NDArray[np.float64],
    mask: Mask | None = None,
    *,
    inner_weights: NDArray[np.float64] | None = None,
    workers: int = 2,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add up the weight of the sources that reach each destination, and that weight times hops.

    ``inner_weights``: what the other ASes of a destination's own class weigh; by default the mean
    over its ASes, which is exact where all of them are equal as destinations.
    """
    asked, order = _in_lane_order(topology, destinations)
    weights = _weights(topology, source_weights, inner_weights)
    graph = kernel_graph(topology, mask)
    sums = np.zeros((len(asked), 2))

    def run(part: slice) -> bool:
        return distance.hop_batches(graph, sums[part], asked[part], weights)

    if not all(_in_threads(run, len(asked), LANES, workers)):
        raise _too_long(topology)
    return _back(sums[:, 0], order), _back(sums[:, 1], order)


def length_sums(
    topology: Topology,
    destinations: NDArray[np.int32],
    destination_weights: NDArray[np.float64],
    source_weights: NDArray[np.float64],
    mask: Mask,
    *,
    workers: int = 2,
) -> tuple[float, float, float]:
    """Add up, over the pairs that a mask leaves, their weights, and these times hops without it.

    The third is the same times hops with it. No class may weigh both as a source and as a
    destination.
    """
    asked, _ = _in_lane_order(topology, destinations)
    weights = np.vstack(
        [_of_classes(topology, each) for each in (source_weights, destination_weights)]
    )
    graph, cut = kernel_graph(topology, None), kernel_graph(topology, mask)

    def run(part: slice) -> NDArray[np.float64] | None:
        sums = np.zeros(3)
        return sums if lengths.length_batches(graph, cut, asked[part], weights, sums) else None

    total = np.zeros(3)
    for part in _in_threads(run, len(asked), LANES, workers):
        if part is None:
            raise _too_long(topology)
        total += part
    pairs, before, after = total.tolist()
    return pairs, before, after


def transit_mass(
    topology: Topology,
    destinations: NDArray[np.int32],
    destination_weights: NDArray[np.float64],
    source_weights: NDArray[np.float64],
    mask: Mask | None = None,
    *,
    ties: Ties = "equal",
    workers: int = 2,
    inner_weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Add up for each class, over the pairs, the product of their weights that crosses it.

    ``ties``: where several next hops are equally good, all of them share alike at every hop
    (``equal``), or the one with the lowest AS number takes all (``lowest_asn``). The ends of a path
    do not count. Relative error under 1e-5.
    """
    asked, _ = _in_lane_order(topology, destinations)
    wanted = _of_classes(topology, destination_weights)
    asked = asked[wanted[asked] > 0]
    weights = np.vstack((_weights(topology, source_weights, inner_weights), wanted))
    graph = kernel_graph(topology, mask)
    rank = _rank(topology, ties)

    def run(part: slice) -> NDArray[np.float64] | None:
        total = np.zeros(topology.class_count)
        question = transit.TransitQuestion(asked[part], weights, rank)
        return total if transit.transit_batches(graph, total, question) else None

    mass = np.zeros(topology.class_count)
    for part in _in_threads(run, len(asked), LANES, workers):
        if part is None:
            raise _too_long(topology)
        mass += part
    return mass


def traced_mass(
    topology: Topology,
    destinations: NDArray[np.int32],
    destination_weights: NDArray[np.float64],
    viewpoints: NDArray[np.int32],
    mask: Mask | None = None,
    *,
    ties: Ties = "equal",
    by_distance: bool = False,
    workers: int = 2,
    inner_weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Add up, for each viewpoint alone, the weight of the destinations whose paths cross a class.

    Shape: [viewpoints, classes]. ``by_distance``: each share counts 1 / AS hops from the class to
    the destination, as in CTI. ``inner_weights``: what a destination's class weighs for a viewpoint
    in the same class, which is no destination to itself; by default as if its ASes were equal.
    """
    asked, _ = _in_lane_order(topology, destinations)
    views = _destinations(topology, viewpoints)
    wanted = _of_classes(topology, destination_weights)
    asked = asked[wanted[asked] > 0]
    weights = _weights(topology, wanted, inner_weights)
    graph, rank = kernel_graph(topology, mask), _rank(topology, ties)
    mass = np.zeros((len(views), topology.class_count))

    def run(part: slice) -> bool:
        question = trace.TraceQuestion(asked, views[part], weights, rank, by_distance)
        return trace.trace_batches(graph, mass[part], question)

    # Viewpoints are shared out, not destinations: each worker has rows of its own to write to.
    if not all(_in_threads(run, len(views), max(1, -(-len(views) // workers)), workers)):
        raise _too_long(topology)
    return mass


def _rank(topology: Topology, ties: Ties) -> NDArray[np.uint32]:
    if ties == "equal":
        return np.zeros(0, np.uint32)
    if ties != "lowest_asn":
        raise UsageError(f"no rule for ties is called {ties!r}; there are equal and lowest_asn")
    rank = np.empty(topology.class_count, np.uint32)
    rank[np.argsort(topology.first_asn)] = np.arange(1, topology.class_count + 1, dtype=np.uint32)
    return rank


def _rows(
    topology: Topology, destinations: NDArray[np.int32], mask: Mask | None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    asked = _destinations(topology, destinations)
    graph = kernel_graph(topology, mask)
    rows = np.empty((len(asked), topology.class_count), np.uint8)
    own = np.empty(len(asked), np.uint8)
    batch = np.empty((topology.class_count, LANES), np.uint8)
    inner = np.empty(LANES, np.uint8)
    for begin in range(0, len(asked), LANES):
        lanes = asked[begin : begin + LANES]
        if not distance.row_batch(graph, batch, inner, lanes):
            raise _too_long(topology)
        rows[begin : begin + len(lanes)] = batch.T[: len(lanes)]
        own[begin : begin + len(lanes)] = inner[: len(lanes)]
    return rows, own


def kernel_graph(topology: Topology, mask: Mask | None) -> KernelGraph:
    """Gather what kernels are told, always as the same types."""
    up_off = peer_off = node_off = _NO_FLAGS
    if mask is not None:
        up_off, peer_off, node_off = (
            np.array(each, np.uint8)  # a copy can be written to: one type, compiled once
            for each in (mask.up_off, mask.peer_off, mask.node_off)
        )
        wanted = (len(topology.up), len(topology.peer), topology.class_count)
        if (len(up_off), len(peer_off), len(node_off)) != wanted:
            raise UsageError(f"the mask is of another topology than {topology.source}")
        if not np.array_equal(peer_off, peer_off[topology.peer_twin]):
            raise UsageError("the mask cuts a link between peers in one direction only")
    return KernelGraph(
        n_leaf=topology.n_leaf,
        n_stub=topology.n_stub,
        up_start=topology.up_start,
        up=topology.up,
        peer_start=topology.peer_start,
        peer=topology.peer,
        down_start=topology.down_start,
        down=topology.down,
        down_edge=topology.down_edge,
        is_masked=mask is not None,
        up_off=up_off,
        peer_off=peer_off,
        node_off=node_off,
    )


def _destinations(topology: Topology, destinations: NDArray[np.int32]) -> NDArray[np.int32]:
    asked = np.array(destinations, np.int32)
    if len(asked) and not 0 <= asked.min() <= asked.max() < topology.class_count:
        raise UsageError(f"destinations are classes 0 to {topology.class_count - 1}")
    return asked


def _in_lane_order(
    topology: Topology, destinations: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Put destinations with the same providers side by side: their lanes share the way up."""
    asked = _destinations(topology, destinations)
    order = np.argsort(topology.lane_rank[asked], kind="stable")
    return asked[order], order


def _back(found: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    answer = np.empty_like(found)
    answer[order] = found
    return answer


def _weights(
    topology: Topology,
    source_weights: NDArray[np.float64],
    inner_weights: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    weights = _of_classes(topology, source_weights)
    if inner_weights is None:
        inner_weights = weights * (topology.member_count - 1) / topology.member_count
    return np.stack((weights, _of_classes(topology, inner_weights)))


def _of_classes(topology: Topology, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.ascontiguousarray(weights, np.float64)
    if found.shape != (topology.class_count,) or not np.all((found >= 0) & (found < np.inf)):
        raise UsageError(f"weights are {topology.class_count} numbers from 0 up, one a class")
    return found


def _in_threads(
    run: Callable[[slice], _Answer], count: int, lanes: int, workers: int
) -> list[_Answer]:
    """Run parts of whole batches; the kernels let go of the interpreter.

    Parts do not depend on the number of workers, and neither do sums over them.
    """
    batches = -(-count // lanes)
    size = max(1, -(-batches // _PARTS)) * lanes
    parts = [slice(begin, min(begin + size, count)) for begin in range(0, count, size)]
    if workers == 1 or len(parts) == 1:
        return [run(part) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, parts))


def _too_long(topology: Topology) -> UsageError:
    return UsageError(f"{topology.source}: a route has more than {LONGEST_ROUTE} hops")
