"""Hegemony and transit influence from observed paths: what collectors' peers chose, and only that.

Paths of one AS's several sessions weigh 1/sessions each, so that an AS counts once (CTI, PAM 2022,
section 4). Where a list of relations is given, transit influence counts the part of a path from its
first sale downwards, as the paper's provider-customer filter does; else the whole path.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.dependency.trim import TRIM, trimmed_mean
from whocut.routes.observed.feed import RouteBatch, Tables, concatenate
from whocut.routes.observed.paths import PathBook, unprepended
from whocut.routes.observed.weights import own_addresses

__all__ = ["ObservedCarrier", "ObservedDependency", "observed_dependency", "routes_into"]

_Floats = NDArray[np.float64]


class ObservedCarrier(Struct, frozen=True):
    """One network on observed paths into a country; shares of its addresses."""

    asn: int
    carried: float
    hegemony: float
    influence: float


class ObservedDependency(Struct, frozen=True):
    """What the paths say; ``paths`` tells it from what is simulated."""

    vantages: tuple[int, ...]
    unit: str
    is_filtered: bool
    """Whether transit influence counts sales only."""
    carriers: tuple[ObservedCarrier, ...]
    paths: str = "observed"


def routes_into(routes: Iterable[RouteBatch], asns: Collection[int]) -> RouteBatch:
    """Keep the routes whose origin is one of these networks, each AS written once in a row."""
    wanted = np.array(sorted(asns), np.uint32)
    return concatenate(_into(batch, wanted) for batch in routes)


def _into(batch: RouteBatch, wanted: NDArray[np.uint32]) -> RouteBatch:
    if not len(batch.hops):
        return batch.rows(np.zeros(len(batch), np.bool_))
    last = np.clip(batch.start[1:] - 1, 0, len(batch.hops) - 1)
    is_path = (np.diff(batch.start) > 0) & batch.is_up
    return unprepended(batch.rows(is_path & np.isin(batch.hops[last], wanted)))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Weights by vantage AS and path."""

    row: NDArray[np.int64]
    path: NDArray[np.int64]
    weight: _Floats
    totals: _Floats


def observed_dependency(
    found: RouteBatch,
    tables: Tables,
    vantages: Collection[int],
    sales: Collection[tuple[int, int]] | None = None,
    *,
    trim: float = TRIM,
) -> ObservedDependency:
    """Measure the paths of these vantage ASes; ``found`` comes from ``routes_into``.

    ``sales`` are pairs of provider and customer.
    """
    names = tuple(sorted(vantages))
    book = PathBook.of(found)
    used = np.unique(found.prefix)
    weights = np.zeros(max(1, tables.n_prefixes))
    weights[used] = own_addresses([tables.prefix_text(at) for at in used.tolist()])
    unit = "IPv4 addresses"
    if not weights.any():
        weights[used], unit = 1.0, "prefixes"
    rows = _gather(found, book, tables, names, weights)
    carried: dict[int, _Floats] = {}
    sold: dict[int, _Floats] = {}
    sells = frozenset(sales) if sales is not None else None
    for row, path, weight in zip(
        rows.row.tolist(), rows.path.tolist(), rows.weight.tolist(), strict=True
    ):
        hops = book.paths[path]
        first = _first_sale(hops, sells)
        for at in range(1, len(hops) - 1):
            if hops[at]:
                _add(carried, hops[at], row, weight, len(names))
                if at >= first:
                    _add(sold, hops[at], row, weight / (len(hops) - 1 - at), len(names))
    return ObservedDependency(
        names, unit, sells is not None, _carriers(carried, sold, rows.totals, trim)
    )


def _gather(
    found: RouteBatch, book: PathBook, tables: Tables, names: tuple[int, ...], weights: _Floats
) -> _Rows:
    """Share each prefix of a vantage AS out among its sessions that tell of it."""
    known = np.array([one.asn for one in tables.vantages] or [0], np.int64)
    asn = known[found.vantage]
    kept = np.isin(asn, names) & (book.row >= 0)
    row = np.searchsorted(np.array(names, np.int64), asn[kept]).astype(np.int64)
    prefix, path = found.prefix[kept].astype(np.int64), book.row[kept].astype(np.int64)
    key = row * max(1, tables.n_prefixes) + prefix
    _, place, sessions = np.unique(key, return_inverse=True, return_counts=True)
    weight = weights[prefix] / sessions[place]
    pairs, at = np.unique(row * max(1, len(book.paths)) + path, return_inverse=True)
    sums = np.bincount(at, weights=weight, minlength=len(pairs)).astype(np.float64)
    totals = np.bincount(row, weights=weight, minlength=len(names)).astype(np.float64)
    rows, paths = np.divmod(pairs, max(1, len(book.paths)))
    return _Rows(rows, paths, sums, totals)


def _first_sale(hops: tuple[int, ...], sells: frozenset[tuple[int, int]] | None) -> int:
    """Find where a path begins to go down; behind its end if it never does."""
    if sells is None:
        return 0
    for at in range(len(hops) - 1):
        if (hops[at], hops[at + 1]) in sells:
            return at
    return len(hops)


def _add(sums: dict[int, _Floats], asn: int, row: int, weight: float, count: int) -> None:
    if asn not in sums:
        sums[asn] = np.zeros(count)
    sums[asn][row] += weight


def _carriers(
    carried: dict[int, _Floats], sold: dict[int, _Floats], totals: _Floats, trim: float
) -> tuple[ObservedCarrier, ...]:
    heard = totals > 0
    if not carried or not heard.any():
        return ()
    asns = sorted(carried)
    none = np.zeros(len(totals))
    table = np.stack([carried[asn] for asn in asns])[:, heard] / totals[heard]
    sales = np.stack([sold.get(asn, none) for asn in asns])[:, heard] / totals[heard]
    found = [
        ObservedCarrier(asn, float(mean), float(trimmed), float(influence))
        for asn, mean, trimmed, influence in zip(
            asns, table.mean(axis=1), trimmed_mean(table, trim=trim), sales.mean(axis=1),
            strict=True,
        )
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.influence, -one.carried, one.asn)))
