"""Who carries a country, as a RIB shows it: shares of its prefixes by the networks on the way."""

from collections.abc import Collection, Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.observed.feed import RouteBatch, Routes, Tables, concatenate
from whocut.routes.observed.paths import PathBook, unprepended
from whocut.routes.observed.timing import LIMITS, Limits
from whocut.routes.observed.weights import own_addresses

__all__ = ["Carrier", "CountryRoutes", "country_routes"]


class Carrier(Struct, frozen=True):
    """One network outside a country on the way to it.

    Shares are means over vantage ASes; ``low`` and ``high`` are the least and most of the middle 80
    per cent of them, which is how far the answer depends on who is asked.
    """

    asn: int
    gate_share: float
    """Of the country's prefixes, those that it hands to a network of the country. A vantage that
    does so itself is no carrier between two others, and does not count."""
    gate_low: float
    gate_high: float
    transit_share: float
    """Those that it carries at any place of the path, the vantage itself left out."""
    transit_low: float
    transit_high: float
    gate_address_share: float
    """As ``gate_share``, with every IPv4 address counted once."""
    transit_address_share: float
    n_gate_prefixes: int
    n_gate_vantages: int
    neighbours: tuple[int, ...]
    """Networks of the country that it hands traffic to."""


class CountryRoutes(Struct, frozen=True):
    """Who carries a country: observed, not simulated."""

    country: str
    begin_s: float
    end_s: float
    n_prefixes: int
    n_addresses: int
    n_origins: int
    vantages: tuple[int, ...]
    """ASes abroad with a full view of the country."""
    domestic_vantages: tuple[int, ...]
    """Left out: they see the country from within."""
    partial_vantages: tuple[int, ...]
    """Left out: they tell less than half of what the fullest tells."""
    direct_share: float
    """Of the prefixes, those that a vantage hands over itself, with nobody between."""
    concentration: float
    """Herfindahl-Hirschman index of the gates' shares of addresses, or of prefixes where there are
    only IPv6 prefixes; 1 where one network is the only gate."""
    carriers: tuple[Carrier, ...]


def country_routes(
    routes: Routes,
    tables: Tables,
    country: str,
    asns: Collection[int],
    limits: Limits = LIMITS,
) -> CountryRoutes:
    """Read a RIB and tell who hands traffic to a country's networks, and who is on the way.

    ``asns`` are those registered in the country: a network can be elsewhere than it is registered.
    """
    inside = frozenset(asns)
    domestic = np.array(sorted(inside), np.uint32)
    found = concatenate(_of_country(batch, domestic) for batch in routes)
    book = PathBook.of(found)
    ways = [_Way.of(hops, inside) for hops in book.paths]
    seen = _Seen.of(found, book, tables, domestic, limits)
    used, weights = np.unique(found.prefix), np.zeros(tables.n_prefixes)
    weights[used] = own_addresses([tables.prefix_text(at) for at in used.tolist()])
    by_prefix = _Shares(seen, ways, np.ones(tables.n_prefixes))
    by_address = _Shares(seen, ways, weights)
    carriers = [_carrier(asn, by_prefix, by_address) for asn in by_prefix.asns()]
    carriers.sort(key=lambda one: (-one.gate_share, -one.transit_share, one.asn))
    main = by_address if weights.sum() else by_prefix
    gates = np.array([main.mean("gate", asn) for asn in by_prefix.asns()])
    total = float(gates.sum())
    return CountryRoutes(
        country,
        float(found.time_s.min()) if len(found) else 0.0,
        float(found.time_s.max()) if len(found) else 0.0,
        len(used),
        int(weights.sum()),
        len({hops[-1] for hops in book.paths}),
        seen.asns, seen.domestic, seen.partial,
        by_prefix.mean("direct", 0),
        float(((gates / total) ** 2).sum()) if total else 0.0,
        tuple(carriers),
    )  # fmt: skip


def _of_country(batch: RouteBatch, domestic: NDArray[np.uint32]) -> RouteBatch:
    """Keep the routes whose origin is of the country."""
    last = np.maximum(batch.start[1:] - 1, 0)
    if len(batch.hops) == 0:
        return batch.rows(np.zeros(len(batch), np.bool_))
    origin = batch.hops[np.minimum(last, len(batch.hops) - 1)]
    is_path = np.diff(batch.start) > 0
    return unprepended(batch.rows(is_path & batch.is_up & np.isin(origin, domestic)))


class _Way(Struct, frozen=True):
    """What one path says of the way into the country."""

    gate: int
    """The last network abroad; 0 where it is the vantage, or the path never leaves the country."""
    is_direct: bool
    entry: int
    abroad: tuple[int, ...]

    @classmethod
    def of(cls, hops: tuple[int, ...], domestic: frozenset[int]) -> "_Way":
        at = len(hops)
        while at and hops[at - 1] in domestic:
            at -= 1
        gate = hops[at - 1] if at > 1 else 0
        abroad = {asn for asn in hops[1:] if asn not in domestic and asn}
        return cls(gate, at == 1, hops[at] if at < len(hops) else 0, tuple(sorted(abroad)))


class _Seen(Struct, frozen=True):
    """The rows that count: one route a vantage AS and prefix, of full views from abroad."""

    asn: NDArray[np.int64]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    asns: tuple[int, ...]
    domestic: tuple[int, ...]
    partial: tuple[int, ...]

    @classmethod
    def of(
        cls,
        found: RouteBatch,
        book: PathBook,
        tables: Tables,
        domestic: NDArray[np.uint32],
        limits: Limits,
    ) -> "_Seen":
        known = np.array([one.asn for one in tables.vantages] or [0], np.int64)
        asn = known[found.vantage]
        # Several sessions of one AS: for each prefix the first counts.
        key = asn * max(1, tables.n_prefixes) + found.prefix
        _, rows = np.unique(key, return_index=True)
        asn, prefix, path = asn[rows], found.prefix[rows], book.row[rows]
        names, counts = np.unique(asn, return_counts=True)
        at_home = np.isin(names, domestic)
        most = counts[~at_home].max(initial=0)
        is_partial = ~at_home & (counts < limits.full_from * most)
        good = names[~at_home & ~is_partial]
        kept = np.isin(asn, good)
        return cls(
            asn[kept], prefix[kept], path[kept],
            tuple(good.tolist()), tuple(names[at_home].tolist()), tuple(names[is_partial].tolist()),
        )  # fmt: skip


class _Shares:
    """Shares of each network, by vantage, under one way to weigh prefixes."""

    def __init__(self, seen: _Seen, ways: list[_Way], weights: NDArray[np.float64]) -> None:
        self._at = {asn: number for number, asn in enumerate(seen.asns)}
        self._n = len(seen.asns)
        self._totals = np.zeros(self._n)
        self._sums: dict[tuple[str, int], NDArray[np.float64]] = {}
        self.n_gate_prefixes: dict[int, int] = {}
        self.entries: dict[int, set[int]] = {}
        self._add(seen, ways, weights)

    def _add(self, seen: _Seen, ways: list[_Way], weights: NDArray[np.float64]) -> None:
        """Sum up by vantage and path first: paths are far fewer than rows."""
        vantage = np.array([self._at[asn] for asn in seen.asn.tolist()], np.int64)
        weight = weights[seen.prefix]
        np.add.at(self._totals, vantage, weight)
        key = vantage * max(1, len(ways)) + seen.path
        keys, row = np.unique(key, return_inverse=True)
        sums = np.bincount(row, weights=weight, minlength=len(keys))
        for key_, weight_ in zip(keys.tolist(), sums.tolist(), strict=True):
            who, path = divmod(key_, max(1, len(ways)))
            way = ways[path]
            if way.is_direct:
                self._sum("direct", 0)[who] += weight_
            if way.gate:
                self._sum("gate", way.gate)[who] += weight_
                self.entries.setdefault(way.gate, set()).add(way.entry)
            for asn in way.abroad:
                self._sum("transit", asn)[who] += weight_
        gates = np.array([way.gate for way in ways] or [0], np.int64)
        pairs = np.unique(np.stack([gates[seen.path], seen.prefix.astype(np.int64)]), axis=1)
        asns, counts = np.unique(pairs[0], return_counts=True)
        self.n_gate_prefixes = dict(zip(asns.tolist(), counts.tolist(), strict=True))

    def _sum(self, kind: str, asn: int) -> NDArray[np.float64]:
        return self._sums.setdefault((kind, asn), np.zeros(self._n))

    def asns(self) -> list[int]:
        """Name every network that is a gate or on the way."""
        return sorted({asn for _, asn in self._sums if asn})

    def by_vantage(self, kind: str, asn: int) -> NDArray[np.float64]:
        """Give the share at each vantage."""
        sums = self._sums.get((kind, asn), np.zeros(self._n))
        return np.divide(sums, self._totals, out=np.zeros(self._n), where=self._totals > 0)

    def mean(self, kind: str, asn: int) -> float:
        """Give the mean share over vantages."""
        return float(self.by_vantage(kind, asn).mean()) if self._n else 0.0

    def spread(self, kind: str, asn: int) -> tuple[float, float]:
        """Give the ends of the middle 80 per cent of vantages."""
        low, high = np.quantile(self.by_vantage(kind, asn), [0.1, 0.9])
        return float(low), float(high)


def _carrier(asn: int, by_prefix: _Shares, by_address: _Shares) -> Carrier:
    gate_low, gate_high = by_prefix.spread("gate", asn)
    transit_low, transit_high = by_prefix.spread("transit", asn)
    at_gate = by_prefix.by_vantage("gate", asn)
    return Carrier(
        asn,
        by_prefix.mean("gate", asn), gate_low, gate_high,
        by_prefix.mean("transit", asn), transit_low, transit_high,
        by_address.mean("gate", asn), by_address.mean("transit", asn),
        by_prefix.n_gate_prefixes.get(asn, 0),
        int((at_gate > 0).sum()),
        _sorted(by_prefix.entries.get(asn, ())),
    )  # fmt: skip


def _sorted(found: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(found))
