"""One backbone and one network below it: what was seen before and after, and what left."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from whocut.routes.observed.eyes import Eyes, sighting
from whocut.routes.observed.finding import Evidence, Sighting
from whocut.routes.observed.log import RouteLog
from whocut.routes.observed.timing import Limits

__all__ = ["Fates", "Pair"]

NOTHING = Evidence(0, 0, 0, 0, 0, 0, None, None)


@dataclass(frozen=True)
class Fates:
    """What became of the prefixes that left an adjacency; numbers of prefixes."""

    gone: tuple[int, ...]
    """Seen nowhere."""
    renumbered: tuple[int, ...]
    """Seen with another origin, without the customer."""
    left_below: tuple[int, ...]
    """Seen with the same origin, without the customer."""
    kept: tuple[int, ...]
    """Seen by the customer, without the adjacency."""
    new_origins: tuple[int, ...]
    """Of the renumbered, the commonest first."""


@dataclass(frozen=True)
class Pair:
    """The rows of a log that are about one adjacency: those of every prefix it ever carried."""

    whole: RouteLog
    customer: int
    limits: Limits

    @cached_property
    def log(self) -> RouteLog:
        """The rows."""
        return self.whole.narrowed(self.whole.carried_by(self.customer))

    @cached_property
    def on(self) -> NDArray[np.bool_]:
        """Mark the states in which the backbone hands the prefix to the customer."""
        found: NDArray[np.bool_] = self.log.below == self.customer
        return found

    @cached_property
    def eyes(self) -> Eyes:
        """The vantages that can be asked."""
        vantage, log = self.log.vantage, self.log
        return Eyes.of(log, vantage[self.on & log.first], vantage[self.on & log.last], self.limits)

    @cached_property
    def asked(self) -> NDArray[np.bool_]:
        """Mark the rows of vantages that can be asked."""
        return self.eyes.good[self.log.vantage]

    @cached_property
    def was(self) -> NDArray[np.bool_]:
        """Mark the states before, of vantages that can be asked."""
        return self.on & self.log.first & self.asked

    @cached_property
    def prefixes_before(self) -> NDArray[np.int32]:
        """Prefixes seen by the adjacency before, by those that can be asked."""
        return np.unique(self.log.prefix[self.was])

    @cached_property
    def prefixes_after(self) -> NDArray[np.int32]:
        """Prefixes seen by the adjacency at the end, by anybody."""
        return np.unique(self.log.prefix[self.on & self.log.last])

    @cached_property
    def prefixes_lost(self) -> NDArray[np.int32]:
        """Prefixes that nobody sees by the adjacency any more."""
        return np.setdiff1d(self.prefixes_before, self.prefixes_after)

    def sightings(self) -> tuple[Sighting, Sighting, Sighting]:
        """Count before, after, and at any time; every vantage counts."""
        log = self.log
        return (
            sighting(log, self.on & log.first),
            sighting(log, self.on & log.last),
            sighting(log, self.on),
        )

    def path_share(self) -> float:
        """Share of the paths before, of vantages that can be asked, that are no more at the end."""
        cells = self.log.cell
        before = np.unique(cells[self.was])
        after = np.unique(cells[self.on & self.log.last])
        if len(before) == 0:
            return 0.0
        return 1.0 - len(np.intersect1d(before, after, assume_unique=True)) / len(before)

    def texts(self, prefixes: Iterable[int]) -> tuple[str, ...]:
        """Write prefixes out."""
        return tuple(sorted(self.log.tables.prefix_text(at) for at in prefixes))

    def fates(self) -> Fates:
        """Sort the prefixes that left by what is seen of them at the end."""
        log = self.log
        n_prefixes = log.tables.n_prefixes
        is_lost = np.zeros(n_prefixes, np.bool_)
        is_lost[self.prefixes_lost] = True
        rows = np.flatnonzero(log.last & is_lost[log.prefix] & (log.path >= 0))
        has_customer = np.zeros(n_prefixes, np.bool_)
        is_seen = np.zeros(n_prefixes, np.bool_)
        origins: dict[int, set[int]] = {}
        for prefix, path in zip(log.prefix[rows].tolist(), log.path[rows].tolist(), strict=True):
            hops = log.paths[path]
            is_seen[prefix] = True
            has_customer[prefix] |= self.customer in hops
            origins.setdefault(prefix, set()).add(hops[-1])
        before = self._origins_before(is_lost)
        lists: dict[str, list[int]] = {"gone": [], "renumbered": [], "left": [], "kept": []}
        counted: dict[int, int] = {}
        for prefix in self.prefixes_lost.tolist():
            now = origins.get(prefix, set())
            if not is_seen[prefix]:
                lists["gone"].append(prefix)
            elif has_customer[prefix]:
                lists["kept"].append(prefix)
            elif now.isdisjoint(before[prefix]):
                lists["renumbered"].append(prefix)
                for origin in now:
                    counted[origin] = counted.get(origin, 0) + 1
            else:
                lists["left"].append(prefix)
        return Fates(
            gone=tuple(lists["gone"]),
            renumbered=tuple(lists["renumbered"]),
            left_below=tuple(lists["left"]),
            kept=tuple(lists["kept"]),
            new_origins=tuple(sorted(counted, key=lambda asn: (-counted[asn], asn))),
        )

    def _origins_before(self, is_picked: NDArray[np.bool_]) -> dict[int, set[int]]:
        log = self.log
        rows = np.flatnonzero(self.was & is_picked[log.prefix])
        found: dict[int, set[int]] = {}
        for prefix, path in zip(log.prefix[rows].tolist(), log.path[rows].tolist(), strict=True):
            found.setdefault(prefix, set()).add(log.paths[path][-1])
        return found

    def detoured(self, prefixes: Iterable[int]) -> NDArray[np.int32]:
        """Pick the prefixes to which some vantage still goes by the backbone, and it another way.

        A backbone that has a customer's own route takes it: that it goes another way shows that it
        has it no more. A vantage that avoids the backbone shows nothing.
        """
        log = self.log
        is_picked = np.zeros(log.tables.n_prefixes, np.bool_)
        is_picked[list(prefixes)] = True
        cells = np.unique(log.cell[self.was & is_picked[log.prefix]])
        is_detour = log.last & (log.below >= 0) & ~self.on & np.isin(log.cell, cells)
        return np.unique(log.prefix[is_detour])

    def turns(self, prefixes: Iterable[int]) -> "Turns":
        """Find the last time that each path of some prefixes left the adjacency for good."""
        log = self.log
        is_picked = np.zeros(log.tables.n_prefixes, np.bool_)
        is_picked[list(prefixes)] = True
        cells = np.unique(log.cell[self.was & is_picked[log.prefix]])
        rows = np.flatnonzero(self.on & self.asked & np.isin(log.cell, cells))
        # The log is sorted by cell, then time: the last state of a cell is before another cell.
        cell = log.cell[rows]
        is_last = np.ones(len(rows), np.bool_)
        is_last[:-1] = cell[1:] != cell[:-1]
        rows = rows[is_last & (log.end_s[rows] < np.inf)]
        return Turns(log, rows, self.limits)

    def turns_at(self, time_s: float) -> "Turns":
        """Find the states that ended around a time, of paths that were there before."""
        log = self.log
        is_near = np.abs(log.end_s - time_s) <= self.limits.settle_s
        cells = np.unique(log.cell[self.was])
        rows = np.flatnonzero(self.on & self.asked & is_near & np.isin(log.cell, cells))
        return Turns(log, rows, self.limits)

    def arrivals(self, prefixes: Iterable[int], time_s: float) -> Evidence:
        """Count the paths that came to the adjacency around a time."""
        log = self.log
        is_picked = np.zeros(log.tables.n_prefixes, np.bool_)
        is_picked[list(prefixes)] = True
        is_near = np.abs(log.start_s - time_s) <= self.limits.settle_s
        rows = np.flatnonzero(self.on & self.asked & is_near & is_picked[log.prefix])
        asns = {log.tables.vantages[at].asn for at in log.vantage[rows].tolist()}
        times = log.start_s[rows]
        return Evidence(
            *(0, 0, len(rows), len(asns), 0, 0),
            float(times.min()) if len(rows) else None,
            float(times.max()) if len(rows) else None,
        )


@dataclass(frozen=True)
class Turns:
    """States by an adjacency that were each the last of its cell; ``rows`` number them."""

    log: RouteLog
    rows: NDArray[np.int64]
    limits: Limits

    @cached_property
    def _told(self) -> NDArray[np.int64]:
        return self.rows[self.log.is_told[self.rows + 1]]

    def onset_s(self) -> float | None:
        """Tell when the change began; nothing if updates show less than half of it."""
        log, told = self.log, self._told
        if len(told) == 0 or len(told) < self.limits.most * len(self.rows):
            return None
        told = told[log.end_s[told] >= self._last_stage_s()]
        firsts: dict[int, float] = {}
        for at, time_s in zip(log.vantage[told].tolist(), log.end_s[told].tolist(), strict=True):
            who = log.tables.vantages[at].asn
            firsts[who] = min(time_s, firsts.get(who, np.inf))
        ordered = sorted(firsts.values())
        return ordered[int(self.limits.onset_quantile * (len(ordered) - 1))]

    def _last_stage_s(self) -> float:
        """Tell when the last stage that counts began; a quiet time lies between two stages.

        Vantages that find a nearer way to a customer turn when that comes up, not when it is cut.
        """
        times = np.sort(self.log.end_s[self._told])
        begins = np.flatnonzero(np.diff(times, prepend=-np.inf) > self.limits.settle_s)
        sizes = np.diff(begins, append=len(times))
        counted = begins[sizes >= self.limits.stage_from * len(times)]
        return float(times[counted[-1] if len(counted) else 0])

    def evidence(self) -> Evidence:
        """Count the messages, and by how many ASes they came."""
        log, told = self.log, self._told
        after = self._settled(told)
        is_withdrawn = log.path[after] < 0
        following = self._settled(self.rows)
        detours = following[log.below[following] >= 0]
        return Evidence(
            int(is_withdrawn.sum()),
            self._n_asns(after[is_withdrawn]),
            int((~is_withdrawn).sum()),
            self._n_asns(after[~is_withdrawn]),
            len(self.rows) - len(told),
            self._n_asns(detours),
            float(log.end_s[told].min()) if len(told) else None,
            float(log.end_s[told].max()) if len(told) else None,
        )

    def _settled(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the state of each cell when it had settled: ways are tried out on the way there."""
        log, at = self.log, rows + 1
        limit_s = log.end_s[rows] + self.limits.settle_s
        while True:
            goes_on = log.end_s[at] <= limit_s
            if not goes_on.any():
                return at
            at = at + goes_on

    def _n_asns(self, rows: NDArray[np.int64]) -> int:
        vantages = np.unique(self.log.vantage[rows]).tolist()
        return len({self.log.tables.vantages[at].asn for at in vantages})
