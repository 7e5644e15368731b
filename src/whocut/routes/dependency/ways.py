"""All best paths from one network to another, written out."""

from typing import Final

import numpy as np
from msgspec import Struct

from whocut.model.errors import UsageError
from whocut.routes.kernels import NO_ROUTE, distance_rows, own_class_values
from whocut.routes.topology import Topology

__all__ = ["MOST_WAYS", "Ways", "ways_between"]

_KIND: Final = ("customer", "peer", "provider")
_LENGTH: Final = 63
MOST_WAYS: Final = 100_000


class Ways(Struct, frozen=True):
    """Best paths, the likeliest first."""

    source: int
    target: int
    kind: str
    """What gives the source its route: customer, peer, provider; empty where it has none."""
    hops: int
    count: int
    """Of all best paths, listed or not."""
    paths: tuple[tuple[tuple[int, ...], float], ...]
    """Each with its part where equal next hops share alike."""


def ways_between(topology: Topology, source: int, target: int, *, limit: int = 0) -> Ways:
    """List the best paths by policy; ``limit`` keeps the likeliest, 0 all.

    Raises: UsageError if either has no link, or there are too many paths to write out.
    """
    start, end = topology.class_index(source), topology.class_index(target)
    asked = np.array([end], np.int32)
    row = distance_rows(topology, asked)[0]
    value = int(own_class_values(topology, asked)[0] if start == end else row[start])
    if value == NO_ROUTE:
        return Ways(source, target, "", 0, 0, ())
    seen = _Graph(topology, row, end)
    count = seen.count(start, value)
    if count > MOST_WAYS:
        raise UsageError(
            f"AS{source} has {count:,} best paths to AS{target}, too many to write out"
        )
    found: list[tuple[tuple[int, ...], float]] = []
    stack: list[tuple[tuple[int, ...], float, int, int]] = [((source,), 1.0, start, value)]
    while stack:
        path, part, at, own = stack.pop()
        hops = seen.hops(at, own)
        for hop in reversed(hops):
            if hop == end and (own & _LENGTH) == 1:
                found.append(((*path, target), part / len(hops)))
            else:
                asn = int(topology.first_asn[hop])
                stack.append(((*path, asn), part / len(hops), hop, int(row[hop])))
    found.sort(key=lambda each: (-each[1], each[0]))
    return Ways(
        source, target, _KIND[value >> 6], value & _LENGTH, count,
        tuple(found[:limit] if limit else found),
    )  # fmt: skip


class _Graph:
    """Next hops towards one destination, found when they are asked for."""

    def __init__(self, topology: Topology, row: np.ndarray, end: int) -> None:
        self._topology = topology
        self._row = row
        self._end = end
        self._counts: dict[tuple[int, int], int] = {}

    def hops(self, at: int, value: int) -> list[int]:
        """List the best next hops of a class, ascending by AS number."""
        topology, row = self._topology, self._row
        kind, length = value >> 6, value & _LENGTH
        if kind == 0:
            places = topology.down[topology.down_start[at] : topology.down_start[at + 1]]
            wanted = row[places] == length - 1
        elif kind == 1:
            places = topology.peer[topology.peer_start[at] : topology.peer_start[at + 1]]
            wanted = row[places] == length - 1
        else:
            places = topology.up[topology.up_start[at] : topology.up_start[at + 1]]
            wanted = (row[places] != NO_ROUTE) & ((row[places] & _LENGTH) == length - 1)
        found = np.unique(places[wanted])
        return sorted(found.tolist(), key=lambda hop: int(topology.first_asn[hop]))

    def count(self, at: int, value: int) -> int:
        """Count the best paths of a class."""
        if value & _LENGTH == 0:
            return 1
        key = (at, value)
        if key not in self._counts:
            self._counts[key] = sum(
                1
                if hop == self._end and value & _LENGTH == 1
                else self.count(hop, int(self._row[hop]))
                for hop in self.hops(at, value)
            )
        return self._counts[key]
