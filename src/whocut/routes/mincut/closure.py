"""The smallest set of blocks that leaves a share of a country no foreign network at all.

Every network isolated needs all blocks that it leads to; networks share them. For a price per
address the best choice is a minimum cut of the layered graph (a closure). The choices that win at
some price are corners of a convex hull, and the hull is a lower bound for every share between two
of them: Lagrangian relaxation, solved exactly in whole numbers. Where it does not round up to the
set found, the search branches on one block, in or out.
"""

import heapq
import time
from dataclasses import dataclass
from itertools import count as counter

import numpy as np
from numpy.typing import NDArray

from whocut.routes.mincut.border import Border
from whocut.routes.mincut.flow import FOREVER, Network, build_network, source_side
from whocut.routes.mincut.found import Found, Proof

__all__ = ["least_closure"]

_Numbers = NDArray[np.int64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Problem:
    """The layered graph, contracted: nodes that lead to the same blocks are one group.

    Blocks that the same groups lead to go or stay together: they are one bundle with a cost.
    """

    network: Network
    inner: int
    """Arcs that no cut may cross."""
    leads: NDArray[np.float32]
    """1 where a group (row) leads to a bundle (column)."""
    weights: _Numbers
    """Addresses of each group."""
    costs: _Numbers
    """Blocks of each bundle."""
    bundle_of: _Numbers
    """Of each block."""
    needed: int

    def cost(self, chosen: _Flags) -> int:
        """Count the blocks of a set of bundles."""
        return int(self.costs[chosen].sum())

    def isolated(self, chosen: _Flags) -> _Flags:
        """Say which groups lead to nothing outside of a set."""
        return ~self.leads_to(~chosen)

    def leads_to(self, blocks: _Flags) -> _Flags:
        """Say which groups lead to any of the blocks."""
        found: _Flags = self.leads @ blocks.astype(np.float32) > 0
        return found

    def weight(self, chosen: _Flags) -> int:
        """Add up the addresses that a set isolates."""
        return int(self.weights[self.isolated(chosen)].sum())


@dataclass(frozen=True, eq=False)
class _Corner:
    """A set of bundles, what it costs, and the addresses that it isolates of those that count."""

    chosen: _Flags
    cost: int
    weight: int


@dataclass(frozen=True, eq=False)
class _Bounded:
    """Two corners of the hull on either side of what is needed, and the bound between them."""

    bound: int
    lower: _Corner
    upper: _Corner
    flows: int


def least_closure(border: Border, needed: int, deadline: float) -> Found | None:
    """Find the smallest set of blocks that isolates at least ``needed`` addresses.

    None if no set does. ``deadline`` is a ``time.monotonic``; past it the best found is given with
    its bound.
    """
    if not len(border.blocks):
        return Found(0, 0, Proof.FLOW, 0) if int(border.weights.sum()) >= needed else None
    problem = _problem(border, needed)
    nobody = np.zeros(len(problem.costs), np.bool_)
    root = _bound(problem, nobody, nobody)
    if root is None:
        return None
    best = _best(problem, root)
    if root.bound >= problem.cost(best):
        return _found(problem, best, root.bound, Proof.FLOW, root.flows)
    return _search(problem, root, best, deadline)


def _found(problem: _Problem, chosen: _Flags, bound: int, proof: Proof, flows: int) -> Found:
    return Found(_bits(chosen[problem.bundle_of]), bound, proof, flows)


def _search(problem: _Problem, root: _Bounded, best: _Flags, deadline: float) -> Found:
    ticket = counter()
    nobody = np.zeros_like(best)
    least = problem.cost(best)
    heap = [(root.bound, next(ticket), nobody, nobody, root)]
    flows = root.flows
    while heap:
        bound, _, taken, barred, bounded = heap[0]
        if bound >= least:
            break
        if time.monotonic() > deadline:
            return _found(problem, best, bound, Proof.OPEN, flows)
        heapq.heappop(heap)
        bundle = _branch(problem, bounded, taken, barred)
        for more, less in ((taken | bundle, barred), (taken, barred | bundle)):
            child = _bound(problem, more, less)
            if child is None:
                continue
            flows += child.flows
            if child.bound < least:
                best = min(best, _best(problem, child), key=problem.cost)
                least = problem.cost(best)
                heapq.heappush(heap, (max(child.bound, bound), next(ticket), more, less, child))
    return _found(problem, best, least, Proof.SEARCH, flows)


def _problem(border: Border, needed: int) -> _Problem:
    homes, blocks = len(border.classes), len(border.blocks)
    number: dict[int, int] = {}
    group_of = np.array([number.setdefault(mask, len(number)) for mask in border.masks], np.int64)
    groups = len(number)
    leads = np.zeros((groups, blocks), np.float32)
    for mask, group in number.items():
        packed = np.frombuffer(mask.to_bytes(blocks // 8 + 1, "little"), np.uint8)
        leads[group] = np.unpackbits(packed, count=blocks, bitorder="little")
    leads, bundle_of, costs = np.unique(leads, axis=1, return_inverse=True, return_counts=True)
    bundle_of = bundle_of.reshape(-1)
    is_inner = border.heads < 2 * homes
    tails, heads = _unique_arcs(
        group_of[border.tails],
        np.where(
            is_inner,
            group_of[np.where(is_inner, border.heads, 0)],
            groups + bundle_of[np.where(is_inner, 0, border.heads - 2 * homes)],
        ),
    )
    bundles = len(costs)
    source, sink = groups + bundles, groups + bundles + 1
    network = build_network(
        groups + bundles + 2,
        np.concatenate((tails, np.full(groups, source), groups + np.arange(bundles))),
        np.concatenate((heads, np.arange(groups), np.full(bundles, sink))),
    )
    weights = np.zeros(groups, np.int64)
    np.add.at(weights, group_of[:homes], border.weights)
    return _Problem(network, len(tails), leads, weights, costs, bundle_of, needed)


def _unique_arcs(tails: _Numbers, heads: _Numbers) -> tuple[_Numbers, _Numbers]:
    width = int(heads.max()) + 1
    packed = np.unique((tails * width + heads)[tails != heads])
    return packed // width, packed % width


def _bound(problem: _Problem, taken: _Flags, barred: _Flags) -> _Bounded | None:
    """Bound all sets that hold ``taken`` and nothing of ``barred``; None if none is enough."""
    may_count = ~problem.leads_to(barred)

    def corner_of(chosen: _Flags) -> _Corner:
        counted = may_count & problem.isolated(chosen)
        return _Corner(chosen, problem.cost(chosen), int(problem.weights[counted].sum()))

    upper = corner_of(taken | (problem.leads[may_count].max(axis=0, initial=0) > 0))
    if upper.weight < problem.needed:
        return None
    lower = corner_of(taken)
    if lower.weight >= problem.needed:
        return _Bounded(lower.cost, lower, lower, 0)
    weights = np.where(may_count, problem.weights, 0)
    inner = np.full(problem.inner, FOREVER)
    costs = np.where(taken, 0, problem.costs)
    flows = 0
    while True:
        price, scale = upper.cost - lower.cost, upper.weight - lower.weight
        capacities = np.concatenate((inner, price * weights, scale * costs))
        _, side = source_side(problem.network, capacities)
        flows += 1
        corner = corner_of(taken | side[len(weights) : -2])
        gain = price * (corner.weight - lower.weight) - scale * (corner.cost - lower.cost)
        if gain <= 0:
            over = price * (problem.needed - lower.weight)
            return _Bounded(lower.cost - (-over // scale), lower, upper, flows)
        if corner.weight >= problem.needed:
            upper = corner
        else:
            lower = corner


def _bits(flags: _Flags) -> int:
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def _branch(problem: _Problem, bounded: _Bounded, taken: _Flags, barred: _Flags) -> _Flags:
    """Choose the bundle between the two corners that most addresses depend on."""
    between = bounded.upper.chosen & ~bounded.lower.chosen & ~taken & ~barred
    counted = problem.isolated(bounded.upper.chosen) & ~problem.leads_to(barred)
    resting = (problem.weights * counted).astype(np.float64) @ problem.leads
    bundle = np.zeros_like(taken)
    bundle[np.argmax(np.where(between, resting, -1.0))] = True
    return bundle


def _best(problem: _Problem, bounded: _Bounded) -> _Flags:
    """Make the smallest set at hand of two corners, one too large and one too small."""
    filled = _filled(problem, bounded.lower.chosen)
    return min(
        (_pruned(problem, each) for each in (bounded.upper.chosen, filled)), key=problem.cost
    )


def _filled(problem: _Problem, chosen: _Flags) -> _Flags:
    """Add groups to a set until it is enough, those that gain most for a block first."""
    chosen = chosen.copy()
    priced = problem.leads * problem.costs.astype(np.float32)
    absent = priced @ (~chosen).astype(np.float32)
    weight = int(problem.weights[absent == 0].sum())
    while weight < problem.needed:
        worth = np.minimum(problem.weights, problem.needed - weight) / np.maximum(absent, 1)
        best = int(np.argmax(np.where(absent > 0, worth, -1.0)))
        new = (problem.leads[best] > 0) & ~chosen
        chosen |= new
        absent -= priced[:, new].sum(axis=1)
        weight = int(problem.weights[absent == 0].sum())
    return chosen


def _pruned(problem: _Problem, chosen: _Flags) -> _Flags:
    """Take out bundles that are not needed, those on which the fewest addresses rest first."""
    isolated = problem.isolated(chosen)
    leads, weights = problem.leads[isolated], problem.weights[isolated].astype(np.float64)
    spare = float(weights.sum()) - problem.needed
    resting = weights @ leads
    chosen = chosen & (resting > 0)
    while chosen.any():
        # Of two bundles on which as much rests, the dearer goes.
        worth = np.where(chosen & (resting <= spare), problem.costs / np.maximum(resting, 1), -1.0)
        place = int(np.argmax(worth))
        if worth[place] < 0:
            break
        lost = leads[:, place] > 0
        spare -= float(weights[lost].sum())
        resting = resting - weights[lost] @ leads[lost]
        weights[lost] = 0.0
        chosen &= resting > 0
    return chosen
