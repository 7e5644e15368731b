"""Shares of the paths from viewpoints to a set of networks: who is on the way, who hands over."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.dependency.trim import TRIM, trimmed_mean
from whocut.routes.dependency.walk import Question, Sums, walk_batches
from whocut.routes.kernels import LONGEST_ROUTE, Ties, kernel_graph
from whocut.routes.kernels_views import classes_above
from whocut.routes.mask import Mask
from whocut.routes.topology import Topology

__all__ = [
    "MOST_VIEWPOINTS",
    "Flows",
    "Target",
    "measure_flows",
    "measure_influence",
    "measure_rules",
]

_Floats = NDArray[np.float64]
MOST_VIEWPOINTS = 1_000
"""Each takes a column of every sum."""
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
        if weights is None:  # an average of no row at all would fail
            return np.asarray(self.sold.mean(axis=1))
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
    found = measure_rules(
        topology, target, viewpoints, (ties,), trim=trim, workers=workers, mask=mask
    )
    return found[0]


def measure_rules(
    topology: Topology,
    target: Target,
    viewpoints: Sequence[int],
    rules: Sequence[Ties],
    *,
    trim: float = TRIM,
    workers: int = 2,
    mask: Mask | None = None,
) -> list[Flows]:
    """Do the same for several rules for ties over one and the same routes.

    Raises: UsageError as measure_flows does.
    """
    inquiry = _inquiry(topology, target, viewpoints, rules, trim)
    sums = _walk_all(topology, inquiry, workers, mask)
    return [
        _shares(topology, Sums(*(each[rule] for each in sums)), inquiry)
        for rule in range(len(rules))
    ]


def measure_influence(
    topology: Topology,
    target: Target,
    viewpoints: Sequence[int],
    *,
    ties: Ties = "equal",
    workers: int = 2,
    mask: Mask | None = None,
) -> dict[int, float]:
    """Measure the CTI of each AS alone, which takes the least; those that have none are left out.

    Raises: UsageError as measure_flows does.
    """
    inquiry = _inquiry(topology, target, viewpoints, (ties,), TRIM, is_brief=True)
    sums = _walk_all(topology, inquiry, workers, mask)
    heard = _heard(sums.reached[0])
    sold = (sums.sold[0][:, heard] / sums.reached[0][heard]).mean(axis=1)
    rows = np.flatnonzero(sold)
    asns = topology.first_asn[inquiry.classes[rows]]
    return dict(zip(asns.tolist(), sold[rows].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class _Inquiry:
    """What is asked, as the kernel wants it."""

    question: Question
    asked: NDArray[np.int32]
    """Destinations; those with the same providers side by side, whose lanes share the way up."""
    classes: NDArray[np.int32]
    """Class of each row of the sums."""
    entry_classes: NDArray[np.int64]
    known: tuple[int, ...]
    unheard: tuple[int, ...]
    whole: float
    origins: float


def _walk_all(topology: Topology, inquiry: _Inquiry, workers: int, mask: Mask | None) -> Sums:
    """Add up over all destinations, in so many threads."""
    question, asked = inquiry.question, inquiry.asked
    graph = kernel_graph(topology, mask)
    rules, views = len(question.is_lowest), len(question.views)
    rows = 0 if question.is_brief else len(inquiry.classes)
    entries = 0 if question.is_brief else len(inquiry.entry_classes)

    def run(part: NDArray[np.int32]) -> Sums:
        sums = Sums(
            np.zeros((rules, rows, views)),
            np.zeros((rules, len(inquiry.classes), views)),
            np.zeros((rules, rows, views)),
            np.zeros((rules, entries, views)),
            np.zeros((rules, views)),
            np.zeros((rules, views)),
            np.zeros((rules, rows)),
        )
        if not walk_batches(graph, sums, part, question):
            raise UsageError(f"{topology.source}: a route has more than {LONGEST_ROUTE} hops")
        return sums

    size = -(-len(asked) // _PARTS)
    parts = [asked[begin : begin + size] for begin in range(0, len(asked), size)]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        found = list(pool.map(run, parts))
    for more in found[1:]:
        for whole, part in zip(found[0], more, strict=True):
            np.add(whole, part, out=whole)
    _leave_out_ends(topology, found[0], question)
    return found[0]


def _leave_out_ends(topology: Topology, sums: Sums, question: Question) -> None:
    """Take from each viewpoint what it carries as the beginning of its own paths."""
    columns = np.flatnonzero(question.views >= topology.n_stub)
    rows = question.row[question.views[columns]]
    sums.sold[:, rows, columns] = 0.0
    if not question.is_brief:
        sums.direct[:, columns] += sums.gates[:, rows, columns]
        sums.gates[:, rows, columns] = 0.0
        sums.carried[:, rows, columns] = 0.0


def _known(
    topology: Topology, target: Target, viewpoints: Sequence[int]
) -> tuple[list[int], list[int]]:
    asked = np.array(sorted(set(viewpoints)), np.uint32)
    places = np.minimum(np.searchsorted(topology.asns, asked), len(topology.asns) - 1)
    is_known = (topology.asns[places] == asked) & ~target.is_home[places]
    known, unheard = asked[is_known].tolist(), asked[~is_known].tolist()
    if not known:
        raise UsageError(f"no viewpoint abroad has a link in {topology.source}")
    if len(known) > MOST_VIEWPOINTS:
        raise UsageError(f"{len(known)} viewpoints; at most {MOST_VIEWPOINTS}")
    return known, unheard


def _inquiry(
    topology: Topology,
    target: Target,
    viewpoints: Sequence[int],
    rules: Sequence[Ties],
    trim: float,
    *,
    is_brief: bool = False,
) -> _Inquiry:
    wanted = topology.class_sums(target.weights)
    asked = np.flatnonzero(wanted > 0).astype(np.int32)
    if not len(asked):
        raise UsageError(f"no network asked about has a weight in {topology.source}")
    known, unheard = _known(topology, target, viewpoints)
    places = np.searchsorted(topology.asns, np.array(known, np.uint32))
    views = topology.class_of[places].astype(np.int32)
    origins = topology.class_sums(target.origin_weights)
    home = np.bincount(topology.class_of[target.is_home], minlength=topology.class_count) > 0
    is_entry = home.copy()
    is_entry[asked] = True
    entries = np.flatnonzero(is_entry)
    met = classes_above(kernel_graph(topology, None), np.concatenate((views, asked)))
    classes = met[met >= topology.n_stub]
    question = Question(
        weights=wanted,
        origin_weights=origins,
        views=views,
        own=target.weights[places].astype(np.float64),
        is_home=home.astype(np.uint8),
        row=_rows_of(topology, classes),
        entry_row=_rows_of(topology, entries),
        rank=_rank(topology),
        is_lowest=_lowest(rules),
        trim=trim,
        is_brief=is_brief,
    )
    asked = asked[np.argsort(topology.lane_rank[asked], kind="stable")]
    return _Inquiry(
        question=question,
        asked=asked,
        classes=classes,
        entry_classes=entries,
        known=tuple(known),
        unheard=tuple(unheard),
        whole=float(wanted.sum()),
        origins=float(origins[asked].sum()),
    )


def _rows_of(
    topology: Topology, classes: NDArray[np.int32] | NDArray[np.int64]
) -> NDArray[np.int32]:
    row = np.full(topology.class_count, -1, np.int32)
    row[classes] = np.arange(len(classes), dtype=np.int32)
    return row


def _rank(topology: Topology) -> NDArray[np.uint32]:
    rank = np.empty(topology.class_count, np.uint32)
    rank[np.argsort(topology.first_asn)] = np.arange(1, topology.class_count + 1)
    return rank


def _lowest(rules: Sequence[Ties]) -> NDArray[np.uint8]:
    for each in rules:
        if each not in {"equal", "lowest_asn"}:
            raise UsageError(f"no rule for ties is called {each!r}; there are equal and lowest_asn")
    return np.array([each == "lowest_asn" for each in rules], np.uint8)


def _heard(reached: _Floats) -> NDArray[np.bool_]:
    heard = reached > 0
    if not heard.any():
        raise UsageError("no viewpoint has a route to any of the networks asked about")
    return heard


def _shares(topology: Topology, sums: Sums, inquiry: _Inquiry) -> Flows:
    known, heard = inquiry.known, _heard(sums.reached)
    reached = sums.reached[heard]
    rows = np.flatnonzero(sums.carried.any(axis=1))
    entered = np.flatnonzero(sums.entries.any(axis=1))
    deaf = [asn for asn, is_heard in zip(known, heard, strict=True) if not is_heard]
    origins = inquiry.origins
    return Flows(
        topology=topology,
        viewpoints=tuple(asn for asn, is_heard in zip(known, heard, strict=True) if is_heard),
        unheard=tuple(sorted([*inquiry.unheard, *deaf])),
        asns=topology.first_asn[inquiry.classes[rows]],
        carried=sums.carried[rows][:, heard] / reached,
        sold=sums.sold[rows][:, heard] / reached,
        gates=sums.gates[rows][:, heard] / reached,
        entry_asns=topology.first_asn[inquiry.entry_classes[entered]],
        entries=sums.entries[entered][:, heard] / reached,
        direct=sums.direct[heard] / reached,
        reached=reached / inquiry.whole,
        local=sums.local[rows] / origins if origins else np.zeros(len(rows)),
    )
