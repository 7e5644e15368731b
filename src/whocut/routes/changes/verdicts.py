"""Which cells are odd: one provider by itself, or several independent ones in one country."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.changes.answer import Verdict
from whocut.routes.changes.cells import Cells, count_cells, expect
from whocut.routes.changes.chances import beta_binomial_tail, multiple_tail
from whocut.routes.changes.panel import Panel
from whocut.routes.changes.reasons import LostLinks, Reason, find_lost_links
from whocut.routes.changes.thresholds import Thresholds
from whocut.routes.changes.window import Window

__all__ = ["Judged", "SeveralProviders", "judge_window"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_LEAST_LOST = 2
"""One lost customer is never odd."""


@dataclass(frozen=True, eq=False)
class SeveralProviders:
    """The providers of one country that are odd together."""

    chance: float
    n_tests: int
    cells: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """A window with its lost links, its cells and what is said of each."""

    window: Window
    lost: LostLinks
    cells: Cells
    expected: Floats
    chance: Floats
    """Of each cell; nan where it is not tested."""
    verdict: tuple[Verdict, ...]
    several: dict[int, SeveralProviders]
    """By country, where there are any."""


def judge_window(panel: Panel, window: Window, thresholds: Thresholds) -> Judged:
    """Find the lost links of a window, count them by cell and test each cell."""
    lost = find_lost_links(panel, window, thresholds)
    cells = count_cells(panel, lost)
    expected = expect(cells, thresholds)
    is_foreign, has_control = tested_cells(panel, cells, thresholds)
    is_tested = is_foreign & has_control
    concentration = (
        thresholds.concentration_gains if window.is_reversed else thresholds.concentration
    )
    chance = np.where(is_tested, 1.0, np.nan)
    for cell in np.flatnonzero(is_tested & (cells.n_lost >= _LEAST_LOST)):
        n_lost, n = int(cells.n_lost[cell]), int(cells.n[cell])
        chance[cell] = beta_binomial_tail(n_lost, n, float(expected[cell]), concentration)
    effect = cells.n_lost / np.maximum(cells.n, 1) - expected
    is_large = is_tested & (effect >= thresholds.least_effect)
    base = Judged(window, lost, cells, expected, chance, (), {})
    several = _several(panel, base, is_tested, is_large, thresholds)
    together = {cell for each in several.values() for cell in each.cells}
    verdict = tuple(
        _verdict(
            is_foreign=bool(is_foreign[cell]),
            has_control=bool(has_control[cell]),
            is_together=cell in together,
            is_odd=bool(is_large[cell])
            and chance[cell] < thresholds.single_p
            and int(cells.n_lost[cell]) >= thresholds.least_lost,
        )
        for cell in range(len(cells.n))
    )
    return Judged(window, lost, cells, expected, chance, verdict, several)


def tested_cells(panel: Panel, cells: Cells, thresholds: Thresholds) -> tuple[Bools, Bools]:
    """Say which cells are of a foreign provider, and which have controls and size enough."""
    home = panel.country[cells.unit]
    is_known = np.array([code != "" for code in panel.countries])[home]
    has_control = (
        is_known
        & (cells.n >= thresholds.least_n)
        & (cells.n_elsewhere >= thresholds.least_elsewhere)
    )
    return home != cells.country, has_control


def _verdict(*, is_foreign: bool, has_control: bool, is_together: bool, is_odd: bool) -> Verdict:
    if not is_foreign:
        return Verdict.DOMESTIC
    if not has_control:
        return Verdict.NO_CONTROL
    if is_together:
        return Verdict.SEVERAL
    return Verdict.SINGLE if is_odd else Verdict.ORDINARY


def _several(
    panel: Panel, judged: Judged, is_tested: Bools, is_large: Bools, thresholds: Thresholds
) -> dict[int, SeveralProviders]:
    cells, chance = judged.cells, judged.chance
    candidates = np.flatnonzero(is_large & (chance < thresholds.several_each))
    found: dict[int, SeveralProviders] = {}
    for country in np.unique(cells.country[candidates]):
        own = candidates[cells.country[candidates] == country]
        own = own[np.argsort(chance[own], kind="stable")]
        apart = _independent(panel, judged.lost, cells, own)
        n_tests = int(np.count_nonzero(is_tested & (cells.country == country)))
        tail, count = multiple_tail(
            [float(chance[cell]) for cell in apart], n_tests, thresholds.several_most
        )
        if count and tail < thresholds.several_p:
            found[int(country)] = SeveralProviders(tail, n_tests, tuple(int(c) for c in apart))
    return found


def _independent(panel: Panel, lost: LostLinks, cells: Cells, ordered: Ints) -> list[int]:
    """Leave out cells most of whose lost customers a cell before lost too: the same few moved."""
    rows = lost.rows_of(Reason.WITHDRAWN)
    unit, buyer = panel.unit[panel.provider[rows]], panel.unit[panel.customer[rows]]
    seen: set[int] = set()
    apart: list[int] = []
    for cell in ordered.tolist():
        is_here = (unit == cells.unit[cell]) & (panel.country[buyer] == cells.country[cell])
        customers = set(buyer[is_here].tolist())
        if 2 * len(customers - seen) > len(customers):
            apart.append(cell)
            seen |= customers
    return apart
