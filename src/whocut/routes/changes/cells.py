"""Count losses by (provider, customer country), each against its two controls.

Counted in customers' organisations: ten networks of one customer that leave together are one loss.
The provider's losses elsewhere tell how it fares at large; the losses of other providers in the
same country and month tell how the country fares. What both lead one to expect is the product of
the two rates over the world's rate, and never under the provider's own: a calm country does not
make a provider's ordinary losses odd.

A false accusation is the worst fault, so small controls err to one side: they are drawn up to the
world's rate, but not down to it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.changes.chances import lower_wilson
from whocut.routes.changes.panel import Panel
from whocut.routes.changes.reasons import REASONS, LostLinks, Reason
from whocut.routes.changes.thresholds import Thresholds

__all__ = ["Cells", "count_cells", "expect"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_WITHDRAWN = REASONS.index(Reason.WITHDRAWN)
_VANISHED = REASONS.index(Reason.VANISHED_CUSTOMER)
_MOST = 0.9
"""No expectation is so high that nothing could exceed it."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One row for each provider and customer country, where the country is known."""

    unit: Ints
    country: Ints
    n: Ints
    """Customers at risk that still live."""
    n_lost: Ints
    """Of those: lost without another reason."""
    n_elsewhere: Ints
    n_lost_elsewhere: Ints
    n_others: Ints
    """Customer links of other providers in the country."""
    n_lost_others: Ints
    world: tuple[int, int]
    """Lost, and all, in all cells."""

    @property
    def n_beyond(self) -> Ints:
        """Links of other providers in other countries."""
        found: Ints = self.world[1] - self.n - self.n_elsewhere - self.n_others
        return found

    @property
    def n_lost_beyond(self) -> Ints:
        """Of those: lost."""
        found: Ints = self.world[0] - self.n_lost - self.n_lost_elsewhere - self.n_lost_others
        return found


def count_cells(panel: Panel, lost: LostLinks) -> Cells:
    """Count the customers at risk, and the withdrawn, of every provider in every country.

    A customer counts as lost if a link of it was withdrawn and none is kept or lost for another
    reason.
    """
    lives = lost.reason != _VANISHED
    rows, reason = lost.at_risk[lives], lost.reason[lives]
    pair, place = np.unique(panel.pair[rows], return_inverse=True)
    withdrawn = np.zeros(len(pair), np.bool_)
    withdrawn[place[reason == _WITHDRAWN]] = True
    withdrawn[place[reason != _WITHDRAWN]] = False
    size = len(panel.country)
    unit, country = pair // size, panel.country[pair % size]
    is_known = np.array([code != "" for code in panel.countries])[country]
    cell, inverse = np.unique(
        unit[is_known] * len(panel.countries) + country[is_known], return_inverse=True
    )
    n = np.bincount(inverse, minlength=len(cell))
    n_lost = np.bincount(inverse[withdrawn[is_known]], minlength=len(cell))
    return _with_controls(cell // len(panel.countries), cell % len(panel.countries), n, n_lost)


def _with_controls(unit: Ints, country: Ints, n: Ints, n_lost: Ints) -> Cells:
    def rest(group: Ints, count: Ints) -> Ints:
        sums = np.bincount(group, weights=count, minlength=int(group.max(initial=0)) + 1)
        found: Ints = sums[group].astype(np.int64) - count
        return found

    return Cells(
        unit=unit,
        country=country,
        n=n,
        n_lost=n_lost,
        n_elsewhere=rest(unit, n),
        n_lost_elsewhere=rest(unit, n_lost),
        n_others=rest(country, n),
        n_lost_others=rest(country, n_lost),
        world=(int(n_lost.sum()), int(n.sum())),
    )


def expect(cells: Cells, thresholds: Thresholds) -> Floats:
    """Give the share of losses that the controls lead one to expect in each cell."""
    rate = cells.world[0] / max(cells.world[1], 1)
    if rate == 0.0:
        return np.zeros(len(cells.n))
    weight = thresholds.provider_weight
    drawn = (cells.n_lost_elsewhere + weight * rate) / (cells.n_elsewhere + weight)
    elsewhere = np.maximum(drawn, cells.n_lost_elsewhere / np.maximum(cells.n_elsewhere, 1))
    weight = thresholds.country_weight
    drawn = (cells.n_lost_others + weight * rate) / (cells.n_others + weight)
    others = np.maximum(drawn, lower_wilson(cells.n_lost_others, cells.n_others))
    expected: Floats = np.minimum(elsewhere * np.maximum(others / rate, 1.0), _MOST)
    return expected
