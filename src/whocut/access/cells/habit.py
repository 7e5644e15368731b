"""How the other targets of a country end: the same bare failure at many of them is the path's."""

from functools import cache
from typing import Final

import numpy as np
from msgspec import Struct

from whocut.access.cells.emission import PATH_ANY, Floats, mode_index
from whocut.access.cells.grouping import Ints, group
from whocut.access.cells.hypotheses import HYPOTHESES
from whocut.access.cells.model_data import MODEL
from whocut.access.cells.symbols import SYMBOL_INDEX, is_mask, places_of
from whocut.model.taxonomy import Cause

__all__ = ["BARE", "Alike", "habit_factors", "habit_levels", "targets_alike"]

BARE: Final[dict[str, str]] = {
    "cut_dns": "dns",
    "tcp_timeout": "tcp_timeout",
    "tcp_refused": "tcp_refused",
    "tls_reset": "tls_reset",
    "tls_timeout": "tls_timeout",
    "tls_other": "tls_other",
    "cut_http": "http",
    "stall": "stall",
}
"""Symbols of a failure that names nobody, and the path's mode that makes them."""
_STEP: Final = 2.0**0.5
"""Levels of a factor are powers of this."""
_PAGES: Final = (
    *("refused_service", "refused_edge", "refused_soft", "vague", "vague_edge", "vague_cloud"),
)
"""Symbols of a page that refuses."""
_MAIN: Final = 0.4
"""Share of a symbol from which a mode is one of it."""
_REFUSALS: Final = (Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE)


class Alike(Struct, frozen=True):
    """By row: other targets of the country that end as it does, by a refusing page, and at all."""

    alike: Ints
    refused: Ints
    others: Ints


def targets_alike(target: Ints, week: Ints, symbol: Ints, n: Floats) -> Alike:
    """Count, for each row, the other targets of the country and how they mostly end.

    Shapes: rows are counts by (target, week, symbol) of one country; ``alike`` is 0 for rows whose
    symbol is no bare failure.
    """
    usable = is_mask("is_usable")[symbol]
    weeks = group(target, week)
    total = weeks.sum(n * usable)[weeks.of_row]
    bare = np.zeros(len(MODEL.symbol_ids), bool)
    bare[places_of(tuple(BARE))] = True
    page = np.zeros(len(MODEL.symbol_ids), bool)
    page[places_of(_PAGES)] = True
    # The page as one more way to end, after the symbols.
    ends = np.where(page[symbol], len(bare), symbol)
    by_end = group(weeks.of_row, ends)
    most = MODEL.habit.week_share * np.maximum(total, 2)
    of_end = np.zeros(len(by_end))
    of_end[by_end.of_row] = most
    is_week = by_end.sum(n) >= of_end
    by_target = group(weeks.keys[0][by_end.keys[0]], by_end.keys[1])
    is_alike = by_target.count(is_week) >= MODEL.habit.weeks
    targets = np.bincount(by_target.keys[1][is_alike], minlength=len(bare) + 1)
    own = is_alike[by_target.of_row[by_end.of_row]]
    is_refused = np.zeros(int(target.max()) + 1, bool)
    is_refused[by_target.keys[0][is_alike & (by_target.keys[1] == len(bare))]] = True
    return Alike(
        (targets[symbol] - (own & ~page[symbol])) * bare[symbol],
        targets[len(bare)] - is_refused[target],
        np.full(len(target), len(np.unique(target)) - 1),
    )


class _Expected(Struct, frozen=True):
    """By symbol: the share of targets that the priors expect to end so; and by a page."""

    path: Floats
    service: Floats
    page: float


@cache
def _expected() -> _Expected:
    path, service = np.zeros((2, len(MODEL.symbol_ids)))
    full = MODEL.central.share * (1 - MODEL.central.part)
    refusers = [one for one in MODEL.mode if one.cause in _REFUSALS]
    for name, mode in BARE.items():
        place = SYMBOL_INDEX[name]
        path[place] = full * MODEL.mode[mode_index(f"path.{mode}")].prior
        service[place] = sum(one.prior for one in refusers if one.emits.get(name, 0) > _MAIN)
    page = sum(
        one.prior
        for one in refusers
        if sum(share for name, share in one.emits.items() if name in _PAGES) > _MAIN
    )
    return _Expected(path, service, page)


def habit_levels(symbol: Ints, alike: Alike) -> tuple[Ints, Ints]:
    """Give the levels of the factors by which the priors of path and service are moved, by row."""
    habit, expected = MODEL.habit, _expected()
    others = alike.others.astype(np.float64)
    weight = others + habit.weight
    page = (alike.refused + habit.weight * expected.page) / weight
    moved_service = page / expected.page
    service = expected.service[symbol] * moved_service
    base = np.where(expected.path > 0, expected.path, 1.0)[symbol]
    by_path = alike.alike - habit.margin * others * service
    by_path = np.maximum(by_path, habit.doubt * alike.alike)
    moved_path = (by_path + habit.weight * base) / (weight * base)
    is_bare = expected.path[symbol] > 0
    return _level(moved_path) * is_bare, _level(moved_service) * is_bare


def _level(factor: Floats) -> Ints:
    bounded = np.clip(factor, MODEL.habit.least, MODEL.habit.most)
    level: Ints = np.rint(np.log(bounded) / np.log(_STEP)).astype(np.int64)
    return level


def habit_factors(symbol: Ints, path: Ints, service: Ints) -> Floats:
    """Give the factor on the prior of each hypothesis.

    Shapes: one bare symbol, -1 for none, and two levels a cell; by hypothesis and cell.
    """
    factor = np.ones((len(HYPOTHESES), len(symbol)))
    names = np.array([*MODEL.symbol_ids, ""])[symbol]
    for place, one in enumerate(HYPOTHESES):
        if one.is_pair or not one.modes or one.modes == (PATH_ANY,):
            continue
        mode = MODEL.mode[mode_index(one.modes[0])]
        main = max(mode.emits, key=lambda name: mode.emits[name])
        level = path if mode.cause is Cause.INTERFERED else service
        if main in BARE and mode.cause in (Cause.INTERFERED, Cause.REFUSED_SERVICE):
            factor[place] = np.where(names == main, _STEP ** level.astype(np.float64), 1.0)
    return factor
