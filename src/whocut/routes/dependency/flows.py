"""Shares of the paths from viewpoints to a set of networks: who is on the way, who hands over."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.dependency.trim import TRIM, trimmed_mean
from whocut.routes.dependency.walk import Question, Sums, walk_batch
from whocut.routes.kernels import Ties, distance_rows, own_class_values
from whocut.routes.kernels_graph import KernelGraph
from whocut.routes.mask import Mask
from whocut.routes.topology import Topology

__all__ = ["MOST_VIEWPOINTS", "Flows", "Target", "measure_flows"]

_Floats = NDArray[np.float64]
MOST_VIEWPOINTS = 1_000
"""Each takes a column of every sum."""
_ROWS_AT_ONCE = 512
_NO_ROUTE = 255
_PARTS = 2
"""Destinations are cut into so many parts, however many workers there are: sums do not depend on
these."""


@dataclass(frozen=True, eq=False)
class Target:
    """Whose dependency is asked about; arrays are of the ASes of the topology, in its order."""

    weights: _Floats
    """What each AS weighs as a destination; 0 for those that are not asked about."""
    origin_weights: _Floats
    """What each counts in the mean over origins: its users, or 1."""
    is_home: NDArray[np.bool_]
    """Networks of the country. A path enters it where the last other network hands over."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Shares of what each viewpoint reaches; columns are viewpoints."""

    topology: Topology
    viewpoints: tuple[int, ...]
    """Those that reach anything."""
    unheard: tuple[int, ...]
    """Viewpoints that have no link here, or reach nothing, or are of the country."""
    asns: NDArray[np.uint32]
    """AS number of each row; nobody else carries anything."""
    carried: _Floats
    sold: _Floats
    """On customer routes only, over the hops that are left (CTI)."""
    gates: _Floats
    entry_asns: NDArray[np.uint32]
    entries: _Floats
    """By the network of the country that takes over; a class is named by its lowest number."""
    direct: _Floats
    """Of each viewpoint: handed over by itself."""
    reached: _Floats
    """Of each viewpoint: share of the weight asked about that it has a route to."""
    local: _Floats
    """Of each row: mean over origins of the trimmed mean over viewpoints."""

    def hegemony(self, *, trim: float = TRIM) -> _Floats:
        """Give the AS hegemony of each row (trim.py)."""
        return trimmed_mean(self.carried, trim=trim)

    def influence(self, weights: _Floats | None = None) -> _Floats:
        """Give the CTI of each row: mean over viewpoints, weighted where weights are given."""
        return np.average(self.sold, axis=1, weights=weights)


def measure_flows(
    topology: Topology,
    target: Target,
    viewpoints: Sequence[int],
    *,
    ties: Ties = "equal",
    trim: float = TRIM,
    workers: int = 2,
    mask: Mask | None = None,
) -> Flows:
    """Follow the best paths from every viewpoint to every network asked about.

    A viewpoint of the country itself is left out: it sees the country from within.
    Raises: UsageError if no viewpoint is left, none reaches anything, or there are too many.
    """
    wanted = topology.class_sums(target.weights)
    asked = np.flatnonzero(wanted > 0).astype(np.int32)
    if not len(asked):
        raise UsageError(f"no network asked about has a weight in {topology.source}")
    known, unheard = _known(topology, target, viewpoints)
    question = _question(topology, target, known, wanted, asked, ties, trim)
    entry_classes = np.flatnonzero(question.entry_row >= 0)
    graph = _graph(topology, mask)
    # Destinations with the same providers stand side by side: their lanes share the way up.
    asked = asked[np.argsort(topology.lane_rank[asked], kind="stable")]
    shape = (topology.class_count - topology.n_stub, len(known))

    def run(part: NDArray[np.int32]) -> Sums:
        sums = Sums(
            np.zeros(shape),
            np.zeros(shape),
            np.zeros(shape),
            np.zeros((len(entry_classes), len(known))),
            np.zeros(len(known)),
            np.zeros(len(known)),
            np.zeros(shape[0]),
        )
        for begin in range(0, len(part), _ROWS_AT_ONCE):
            block = part[begin : begin + _ROWS_AT_ONCE]
            inner = _inner_values(topology, block, question, mask)
            rows = distance_rows(topology, block, mask)
            walk_batch(graph, sums, block, rows, inner, question)
        return sums

    size = -(-len(asked) // _PARTS)
    parts = [asked[begin : begin + size] for begin in range(0, len(asked), size)]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        found = list(pool.map(run, parts))
    for more in found[1:]:
        for whole, part in zip(found[0], more, strict=True):
            np.add(whole, part, out=whole)
    _leave_out_ends(topology, found[0], question)
    origins = float(topology.class_sums(target.origin_weights)[asked].sum())
    return _shares(topology, found[0], known, unheard, entry_classes, float(wanted.sum()), origins)


def _inner_values(
    topology: Topology, block: NDArray[np.int32], question: Question, mask: Mask | None
) -> NDArray[np.uint8]:
    """Say how others of a destination's class reach it; only where one of them is a viewpoint."""
    inner = np.full(len(block), _NO_ROUTE, np.uint8)
    is_met = np.isin(block, question.views)
    if is_met.any():
        inner[is_met] = own_class_values(topology, block[is_met], mask)
    return inner


def _leave_out_ends(topology: Topology, sums: Sums, question: Question) -> None:
    """Take from each viewpoint what it carries as the beginning of its own paths."""
    columns = np.flatnonzero(question.views >= topology.n_stub)
    rows = question.views[columns] - topology.n_stub
    sums.direct[columns] += sums.gates[rows, columns]
    for each in (sums.gates, sums.carried, sums.sold):
        each[rows, columns] = 0.0


def _known(
    topology: Topology, target: Target, viewpoints: Sequence[int]
) -> tuple[list[int], list[int]]:
    known: list[int] = []
    unheard: list[int] = []
    for asn in sorted(set(viewpoints)):
        place = int(np.searchsorted(topology.asns, asn))
        is_there = place < len(topology.asns) and int(topology.asns[place]) == asn
        (known if is_there and not target.is_home[place] else unheard).append(asn)
    if not known:
        raise UsageError(f"no viewpoint abroad has a link in {topology.source}")
    if len(known) > MOST_VIEWPOINTS:
        raise UsageError(f"{len(known)} viewpoints; at most {MOST_VIEWPOINTS}")
    return known, unheard


def _question(  # noqa: PLR0917
    topology: Topology,
    target: Target,
    known: Sequence[int],
    wanted: _Floats,
    asked: NDArray[np.int32],
    ties: Ties,
    trim: float,
) -> Question:
    places = np.searchsorted(topology.asns, np.array(known, np.uint32))
    home = np.bincount(topology.class_of[target.is_home], minlength=topology.class_count) > 0
    is_entry = home.copy()
    is_entry[asked] = True
    entry_row = np.full(topology.class_count, -1, np.int32)
    entry_row[is_entry] = np.arange(int(is_entry.sum()), dtype=np.int32)
    rank = np.zeros(0, np.uint32)
    if ties == "lowest_asn":
        rank = np.empty(topology.class_count, np.uint32)
        rank[np.argsort(topology.first_asn)] = np.arange(1, topology.class_count + 1)
    elif ties != "equal":
        raise UsageError(f"no rule for ties is called {ties!r}; there are equal and lowest_asn")
    return Question(
        weights=wanted,
        origin_weights=topology.class_sums(target.origin_weights),
        views=topology.class_of[places].astype(np.int32),
        own=target.weights[places].astype(np.float64),
        is_home=home.astype(np.uint8),
        entry_row=entry_row,
        rank=rank,
        trim=trim,
    )


def _graph(topology: Topology, mask: Mask | None) -> KernelGraph:
    off = np.zeros(1, np.uint8)
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
        up_off=mask.up_off if mask else off,
        peer_off=mask.peer_off if mask else off,
        node_off=mask.node_off if mask else off,
    )


def _shares(  # noqa: PLR0917
    topology: Topology,
    sums: Sums,
    known: list[int],
    unheard: list[int],
    entry_classes: NDArray[np.int64],
    whole: float,
    origins: float,
) -> Flows:
    heard = sums.reached > 0
    if not heard.any():
        raise UsageError("no viewpoint has a route to any of the networks asked about")
    reached = sums.reached[heard]
    rows = np.flatnonzero(sums.carried.any(axis=1))
    entered = np.flatnonzero(sums.entries.any(axis=1))
    deaf = [asn for asn, is_heard in zip(known, heard, strict=True) if not is_heard]
    return Flows(
        topology=topology,
        viewpoints=tuple(asn for asn, is_heard in zip(known, heard, strict=True) if is_heard),
        unheard=tuple(sorted([*unheard, *deaf])),
        asns=topology.first_asn[topology.n_stub + rows],
        carried=sums.carried[rows][:, heard] / reached,
        sold=sums.sold[rows][:, heard] / reached,
        gates=sums.gates[rows][:, heard] / reached,
        entry_asns=topology.first_asn[entry_classes[entered]],
        entries=sums.entries[entered][:, heard] / reached,
        direct=sums.direct[heard] / reached,
        reached=reached / whole,
        local=sums.local[rows] / origins if origins else np.zeros(len(rows)),
    )
