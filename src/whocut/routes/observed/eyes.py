"""Which vantages can be asked about an adjacency: those that are there, and see the backbone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.observed.finding import Sighting, VantageLoss
from whocut.routes.observed.log import RouteLog
from whocut.routes.observed.timing import Limits

__all__ = ["Eyes", "sighting", "vantage_losses"]


def _is_lost(log: RouteLog, limits: Limits) -> NDArray[np.bool_]:
    """Mark vantages that went away; the routes that one tells side by side count together."""
    peers = [(vantage.asn, vantage.address) for vantage in log.tables.vantages]
    numbers: dict[tuple[int, str], int] = {}
    of = np.array([numbers.setdefault(peer, len(numbers)) for peer in peers], np.int64)
    before = np.bincount(of, log.routes_before, minlength=len(numbers))[of]
    after = np.bincount(of, log.routes_after, minlength=len(numbers))[of]
    lost: NDArray[np.bool_] = (log.routes_before > 0) & (after < limits.lost_below * before)
    return lost


@dataclass(frozen=True)
class Eyes:
    """Vantages of one adjacency, by number."""

    good: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    blind: NDArray[np.bool_]

    @classmethod
    def of(
        cls, log: RouteLog, saw: NDArray[np.int32], sees: NDArray[np.int32], limits: Limits
    ) -> "Eyes":
        """Sort out the vantages; ``saw`` and ``sees`` hold one vantage a path, before and after.

        The adjacency's own paths do not count when it is asked whether a vantage sees the backbone:
        a vantage that loses one customer of many is what we look for.
        """
        size = len(log.tables.vantages)
        own_before = np.bincount(saw, minlength=size)
        own_after = np.bincount(sees, minlength=size)
        lost = _is_lost(log, limits)
        rest_before = log.through_before - own_before
        rest_after = log.through_after - own_after
        blind = ~lost & (rest_before > 0) & (rest_after < limits.blind_below * rest_before)
        return cls(
            (log.routes_before > 0) & ~lost & ~blind,
            lost & (own_before > 0),
            blind & (own_before > 0),
        )

    def asns(self, log: RouteLog, picked: NDArray[np.bool_]) -> tuple[int, ...]:
        """Name the ASes of some vantages."""
        found = {log.tables.vantages[at].asn for at in np.flatnonzero(picked).tolist()}
        return tuple(sorted(found))


def vantage_losses(log: RouteLog, limits: Limits) -> tuple[VantageLoss, ...]:
    """List the vantages that went away."""
    found = []
    for at in np.flatnonzero(_is_lost(log, limits)).tolist():
        vantage = log.tables.vantages[at]
        ends = [time_s for time_s, who in log.ended if who == at]
        found.append(
            VantageLoss(
                vantage.asn,
                vantage.address,
                int(log.routes_before[at]),
                int(log.routes_after[at]),
                # A session that came back and ended again: the last end is the one that stayed.
                max(ends, default=None),
            )
        )
    return tuple(found)


def sighting(log: RouteLog, rows: NDArray[np.bool_]) -> Sighting:
    """Count prefixes, vantage ASes and paths of some rows."""
    cells = np.unique(log.cell[rows])
    numbers = np.unique(log.vantage[rows]).tolist()
    asns = {log.tables.vantages[at].asn for at in numbers}
    return Sighting(len(np.unique(log.prefix[rows])), len(asns), len(cells))
