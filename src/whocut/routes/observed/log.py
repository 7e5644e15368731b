"""All that was seen of a backbone's adjacencies: states of (vantage, prefix) cells over time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.observed.feed import RouteBatch, Routes, Tables, concatenate
from whocut.routes.observed.meeting import Meeting, Seen
from whocut.routes.observed.paths import PathBook, below, passes, unprepended

__all__ = ["RouteLog", "observe"]


@dataclass(frozen=True)
class RouteLog:
    """Every change of state of the watched cells, sorted by cell, then time.

    A cell is one prefix at one vantage; its state holds from ``start_s`` to ``end_s``. The first
    state comes from the RIB before, the last from the RIB after where there is one.

    Shapes: ``vantage``, ``prefix``, ``path`` (-1: no route), ``below``, ``start_s``, ``end_s``,
    ``is_told`` all [n]; ``through_before`` and ``through_after`` by vantage.
    """

    backbone: int
    tables: Tables
    before_s: float
    after_s: float
    has_after: bool
    has_updates: bool
    vantage: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    below: NDArray[np.int64]
    """The AS below the backbone; 0 its own prefix, -1 not by the backbone, -2 no route."""
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    is_told: NDArray[np.bool_]
    """The state began with an update; else a RIB alone shows it."""
    paths: tuple[tuple[int, ...], ...]
    routes_before: NDArray[np.int64]
    routes_after: NDArray[np.int64]
    """All routes of each vantage, watched or not; a vantage that has none is not there."""
    through_before: NDArray[np.int64]
    through_after: NDArray[np.int64]
    """Those of them that pass the backbone."""
    edges_before: frozenset[tuple[int, int]]
    """All adjacencies of watched prefixes before, from the vantage to the origin."""
    ended: tuple[tuple[float, int], ...]
    """When collectors say that their own session with a vantage ended."""
    meeting: Meeting

    @cached_property
    def cell(self) -> NDArray[np.int64]:
        """The cell of each row."""
        base = np.int64(self.tables.n_prefixes)
        return self.vantage.astype(np.int64) * base + self.prefix

    def at(self, time_s: float) -> NDArray[np.bool_]:
        """Mark the states that hold at a time."""
        holds: NDArray[np.bool_] = (self.start_s <= time_s) & (time_s < self.end_s)
        return holds

    @cached_property
    def first(self) -> NDArray[np.bool_]:
        """Mark the states of the RIB before."""
        return self.at(self.before_s)

    @cached_property
    def last(self) -> NDArray[np.bool_]:
        """Mark the states at the end."""
        holds: NDArray[np.bool_] = np.isinf(self.end_s)
        return holds

    @cached_property
    def _by_prefix(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Order the rows by prefix."""
        order = np.argsort(self.prefix, kind="stable")
        return order, self.prefix[order]

    @cached_property
    def _by_below(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Order the rows by the network below the backbone."""
        order = np.argsort(self.below, kind="stable")
        return order, self.below[order]

    def carried_by(self, customer: int) -> NDArray[np.int32]:
        """Find the prefixes that a network below the backbone was ever seen to carry."""
        order, ordered = self._by_below
        begin, end = np.searchsorted(ordered, [customer, customer + 1])
        return np.unique(self.prefix[order[begin:end]])

    def narrowed(self, prefixes: NDArray[np.int32]) -> "RouteLog":
        """Keep the rows of some prefixes: what is asked of one adjacency need not read all."""
        order, ordered = self._by_prefix
        begins = np.searchsorted(ordered, prefixes, side="left")
        ends = np.searchsorted(ordered, prefixes, side="right")
        found = [order[begin:end] for begin, end in zip(begins, ends, strict=True)]
        rows = np.sort(np.concatenate(found)) if found else order[:0]
        return replace(
            self,
            vantage=self.vantage[rows],
            prefix=self.prefix[rows],
            path=self.path[rows],
            below=self.below[rows],
            start_s=self.start_s[rows],
            end_s=self.end_s[rows],
            is_told=self.is_told[rows],
        )


def observe(
    backbone: int, before: Routes, updates: Routes | None, after: Routes | None, tables: Tables
) -> RouteLog:
    """Follow every prefix that the backbone hands to a neighbour, before, after, or in between.

    Raises: UsageError if the RIB before is empty, or nothing is given to compare it with, or what
    is given does not meet it.
    """
    if updates is None and after is None:
        raise UsageError("a break needs a RIB after, or updates, to compare the RIB before with")
    watched = _watch(backbone, [one for one in (before, updates, after) if one is not None])
    first = _Part.read(before, watched, backbone)
    middle = _Part.read(updates or (), watched, backbone)
    last = _Part.read(after or (), watched, backbone)
    if first.n_all == 0:
        _raise_fault(before)
        raise UsageError("the RIB before holds no routes")
    if after is not None and last.n_all == 0:
        _raise_fault(after)
        raise UsageError("the RIB after holds no routes")
    if after is None and middle.n_all == 0 and updates is not None:
        _raise_fault(updates)
    meeting = Meeting(
        first.seen(tables),
        None if updates is None else middle.seen(tables),
        None if after is None else last.seen(tables),
    )
    meeting.check()
    return _assemble(backbone, tables, first, middle, last, meeting=meeting)


def _raise_fault(part: Routes) -> None:
    """Raise what kept an input from being read, where it can tell."""
    for fault in getattr(part, "faults", {}).values():
        raise fault


def _watch(backbone: int, parts: Iterable[Routes]) -> NDArray[np.int32]:
    """Find the prefixes that some vantage reaches by the backbone and a neighbour below it."""
    found: set[int] = set()
    for part in parts:
        for batch in part:
            picked = batch.rows(passes(batch, backbone))
            flat = unprepended(picked)
            found.update(flat.prefix[below(flat, backbone) > 0].tolist())
    return np.array(sorted(found), np.int32)


@dataclass(frozen=True)
class _Part:
    """The watched routes of one input, and how many there are of all."""

    routes: RouteBatch
    n_by_vantage: NDArray[np.int64]
    through: NDArray[np.int64]
    n_all: int
    begin_s: float
    end_s: float

    @classmethod
    def read(cls, part: Iterable[RouteBatch], watched: NDArray[np.int32], backbone: int) -> "_Part":
        kept: list[RouteBatch] = []
        counts = through = np.zeros(0, np.int64)
        n_all, begin_s, end_s = 0, np.inf, -np.inf
        for batch in part:
            if len(batch):
                n_all += len(batch)
                begin_s = min(begin_s, float(batch.time_s.min()))
                end_s = max(end_s, float(batch.time_s.max()))
            counts = _added(counts, np.bincount(batch.vantage))
            through = _added(through, np.bincount(batch.vantage[passes(batch, backbone)]))
            kept.append(unprepended(batch.rows(np.isin(batch.prefix, watched))))
        return cls(concatenate(kept), counts, through, n_all, begin_s, end_s)

    def seen(self, tables: Tables) -> Seen:
        """Tell what it covers."""
        told = [tables.vantages[at] for at in np.flatnonzero(self.n_by_vantage).tolist()]
        peers = frozenset((one.asn, one.address) for one in told)
        return Seen(self.n_all, self.begin_s, self.end_s, peers)


def _added(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    size = max(len(one), len(other))
    return _padded(one, size) + _padded(other, size)


def _padded(counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.pad(counts, (0, size - len(counts))).astype(np.int64)


def _assemble(
    backbone: int, tables: Tables, first: _Part, middle: _Part, last: _Part, *, meeting: Meeting
) -> RouteLog:
    has_after = meeting.after is not None
    before_s = first.end_s
    after_s = last.begin_s if has_after else max(middle.end_s, before_s)
    known = np.concatenate([_pairs(first.routes), _pairs(middle.routes)])
    gone = np.setdiff1d(known, _pairs(last.routes)) if has_after else known[:0]
    absent = _silent(gone, after_s)
    routes = concatenate([first.routes, middle.routes, last.routes, absent])
    source = np.repeat(
        [0, 1, 2, 2],
        [len(first.routes), len(middle.routes), len(last.routes), len(absent)],
    )
    time_s = routes.time_s.copy()
    time_s[source == 0] = before_s
    time_s[source == 2] = after_s
    is_inside = (source != 1) | ((time_s >= before_s) & (time_s <= after_s))
    book = PathBook.of(routes)
    state = np.where(routes.is_up, below(routes, backbone), -2)
    cell = routes.vantage.astype(np.int64) * tables.n_prefixes + routes.prefix
    # Within a second files keep their order; a RIB has the last word.
    order = np.lexsort((np.arange(len(cell)), source, time_s, cell))
    order = order[is_inside[order]]
    cell, path, source = cell[order], book.row[order], source[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (cell[1:] != cell[:-1]) | (path[1:] != path[:-1])
    order, cell = order[is_new], cell[is_new]
    start_s = time_s[order]
    end_s = np.full(len(order), np.inf)
    goes_on = cell[1:] == cell[:-1]
    end_s[:-1][goes_on] = start_s[1:][goes_on]
    size = len(tables.vantages)
    edges = frozenset(
        edge
        for number in np.unique(book.row[: len(first.routes)]).tolist()
        if number >= 0
        for edge in zip(book.paths[number], book.paths[number][1:], strict=False)
    )
    return RouteLog(
        backbone, tables, before_s, after_s, has_after, middle.n_all > 0,
        routes.vantage[order], routes.prefix[order], book.row[order], state[order],
        start_s, end_s, source[is_new] == 1, book.paths,
        _padded(first.n_by_vantage, size),
        _padded((last if has_after else first).n_by_vantage, size),
        _padded(first.through, size),
        _padded((last if has_after else first).through, size),
        edges,
        tuple(end for end in middle.routes.ended if before_s <= end[0] <= after_s),
        meeting,
    )  # fmt: skip


def _pairs(batch: RouteBatch) -> NDArray[np.int64]:
    return (batch.vantage.astype(np.int64) << 32) | batch.prefix


def _silent(pairs: NDArray[np.int64], time_s: float) -> RouteBatch:
    """Make rows that say what a RIB does not hold: no update tells of it."""
    n = len(pairs)
    return RouteBatch(
        np.full(n, time_s),
        (pairs >> 32).astype(np.int32),
        (pairs & 0xFFFFFFFF).astype(np.int32),
        np.zeros(n, np.bool_),
        np.zeros(n + 1, np.int64),
        np.zeros(0, np.uint32),
    )
