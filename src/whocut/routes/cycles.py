"""Order the ASes by who sells to whom; where a chain of sales bites its own tail, cut it.

A provider of its own provider is an error of inference (or a complex relation that a list of links
cannot say), and the kernels need an order. Stated rule: in every knot (strongly connected
component) drop the link whose customer has the most neighbours for each neighbour of its provider,
since the larger network hardly buys from the smaller; on a draw the link with the lowest provider,
then the lowest customer. Repeat until no knot is left. Every link so dropped is reported.
"""

from fractions import Fraction

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

__all__ = ["BrokenLink", "break_cycles", "expand_rows", "row_starts", "sale_levels"]

_Indexes = NDArray[np.int32] | NDArray[np.int64]


class BrokenLink(Struct, frozen=True, order=True):
    """A link that the file gives and the topology leaves out."""

    provider: int
    customer: int
    knot: tuple[int, ...]
    """All ASes of the knot that the link was cut from, ascending."""


def row_starts(sources: _Indexes, rows: int) -> NDArray[np.int64]:
    """Say where each row begins once the edges are sorted by their source."""
    return np.concatenate(([0], np.cumsum(np.bincount(sources, minlength=rows)))).astype(np.int64)


def expand_rows(starts: _Indexes, rows: _Indexes) -> NDArray[np.int64]:
    """List the positions of all edges of some rows, row after row."""
    counts = np.asarray(starts[rows + 1] - starts[rows], dtype=np.int64)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts[rows] - (ends - counts), counts) + np.arange(total)


def sale_levels(provider: _Indexes, customer: _Indexes, count: int) -> NDArray[np.int64]:
    """Give each AS the length of the longest chain of customers below it.

    -1 for an AS in a knot, and for all that sell to it, to its providers, and so on.
    """
    order = np.argsort(customer, kind="stable")
    starts, providers = row_starts(customer, count), provider[order]
    waiting = np.bincount(provider, minlength=count)
    levels = np.full(count, -1, np.int64)
    ready, level = np.flatnonzero(waiting == 0), 0
    while len(ready):
        levels[ready] = level
        sold_to = providers[expand_rows(starts, ready)]
        waiting -= np.bincount(sold_to, minlength=count)
        above = np.unique(sold_to)
        ready, level = above[waiting[above] == 0], level + 1
    return levels


def break_cycles(
    provider: _Indexes, customer: _Indexes, neighbours: _Indexes, asns: NDArray[np.uint32]
) -> tuple[NDArray[np.bool_], tuple[BrokenLink, ...]]:
    """Say which sales to keep so that none is left that leads back to its seller.

    All but ``asns`` are indexes into it; ``neighbours`` counts those of each AS, of any relation.
    """
    count = len(asns)
    kept = np.ones(len(provider), np.bool_)
    # A knot lies above something and below something: peel off all that is clear from both ends.
    is_stuck = sale_levels(provider, customer, count) < 0
    is_stuck &= sale_levels(customer, provider, count) < 0
    places = np.flatnonzero(is_stuck[provider] & is_stuck[customer])
    if not len(places):
        return kept, ()
    sales = {(int(provider[place]), int(customer[place])): int(place) for place in places}
    broken: list[BrokenLink] = []
    waiting = _knots(set(sales))
    while waiting:
        knot = waiting.pop()
        inside = {link for link in sales if link[0] in knot and link[1] in knot}
        worst = min(inside, key=lambda link: (-_imbalance(link, neighbours), link))
        kept[sales.pop(worst)] = False
        members = tuple(sorted(int(asns[each]) for each in knot))
        broken.append(BrokenLink(int(asns[worst[0]]), int(asns[worst[1]]), members))
        waiting += _knots(inside - {worst})
    return kept, tuple(sorted(broken))


def _imbalance(link: tuple[int, int], neighbours: _Indexes) -> Fraction:
    return Fraction(int(neighbours[link[1]]), int(neighbours[link[0]]))


def _knots(links: set[tuple[int, int]]) -> list[frozenset[int]]:
    """Find the strongly connected components of more than one AS (Tarjan, without recursion)."""
    below: dict[int, list[int]] = {}
    for provider, customer in sorted(links):
        below.setdefault(provider, []).append(customer)
        below.setdefault(customer, [])
    met: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_stack: list[int] = []
    is_open: set[int] = set()
    found: list[frozenset[int]] = []
    for root, first in below.items():
        if root in met:
            continue
        walk = [(root, iter(first))]
        met[root] = lowest[root] = len(met)
        open_stack.append(root)
        is_open.add(root)
        while walk:
            node, left = walk[-1]
            for following in left:
                if following not in met:
                    met[following] = lowest[following] = len(met)
                    open_stack.append(following)
                    is_open.add(following)
                    walk.append((following, iter(below[following])))
                    break
                if following in is_open:
                    lowest[node] = min(lowest[node], met[following])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
                if lowest[node] == met[node]:
                    knot = set()
                    while node not in knot:
                        knot.add(open_stack.pop())
                    is_open -= knot
                    if len(knot) > 1:
                        found.append(frozenset(knot))
    return found
