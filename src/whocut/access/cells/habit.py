"""How the other targets of a country end: the same bare failure at many of them is the path's."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from whocut.access.cells.emission import PATH_ANY, Floats, mode_index
from whocut.access.cells.grouping import Ints, group
from whocut.access.cells.hypotheses import HYPOTHESES
from whocut.access.cells.model_data import MODEL
from whocut.access.cells.symbols import SYMBOL_INDEX, is_mask
from whocut.model.taxonomy import Cause

__all__ = ["BARE", "habit_factors", "habit_levels", "targets_alike"]

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
_STEP: Final = 2.0
"""Levels of the factor are powers of this."""


def targets_alike(target: Ints, week: Ints, symbol: Ints, n: Floats) -> tuple[Ints, Ints]:
    """Count, for each row, the other targets that end as it does, and the other targets.

    Shapes: rows are counts by (target, week, symbol) of one country; the first result is 0 for
    rows whose symbol is no bare failure.
    """
    habit = MODEL.habit
    usable = is_mask("is_usable")[symbol]
    weeks = group(target, week)
    of_symbol = group(weeks.of_row, symbol)
    total = weeks.sum(n * usable)[of_symbol.keys[0]]
    is_week = (of_symbol.sum(n) >= habit.week_share * total) & (total >= 2)
    by_target = group(weeks.keys[0][of_symbol.keys[0]], of_symbol.keys[1])
    is_alike = by_target.count(is_week) >= habit.weeks
    bare = np.zeros(len(MODEL.symbol_ids), bool)
    bare[[SYMBOL_INDEX[name] for name in BARE]] = True
    is_alike &= bare[by_target.keys[1]]
    alike = np.bincount(by_target.keys[1][is_alike], minlength=len(bare))
    own = is_alike[by_target.of_row[of_symbol.of_row]]
    others = len(np.unique(target)) - 1
    return (alike[symbol] - own) * bare[symbol], np.full(len(target), others, np.int64)


@cache
def _expected() -> tuple[Floats, Floats]:
    """Give, by symbol, the share of targets that path and service are expected to end so."""
    path, service = np.zeros((2, len(MODEL.symbol_ids)))
    for name, mode in BARE.items():
        place = SYMBOL_INDEX[name]
        path[place] = MODEL.mode[mode_index(f"path.{mode}")].prior
        service[place] = sum(
            one.prior
            for one in MODEL.mode
            if one.cause is Cause.REFUSED_SERVICE and one.emits.get(name, 0) > 0.5
        )
    return path, service


def habit_levels(symbol: Ints, alike: Floats, others: Floats) -> Ints:
    """Give the level of the factor by which the path's prior is moved, for each row."""
    habit = MODEL.habit
    path, service = _expected()
    base = np.where(path > 0, path, 1.0)[symbol]
    by_path = np.maximum(alike - others * service[symbol], 0.0)
    share = (by_path + habit.weight * base) / (others + habit.weight)
    factor = np.clip(share / base, habit.least, habit.most)
    level = np.rint(np.log(factor) / np.log(_STEP)).astype(np.int64)
    return np.where(path[symbol] > 0, level, 0)


def habit_factors(symbol: Ints, level: Ints) -> Floats:
    """Give the factor on the prior of each hypothesis.

    Shapes: one bare symbol and level a cell, -1 for no symbol; by hypothesis and cell.
    """
    factor = np.ones((len(HYPOTHESES), len(symbol)))
    names = [*MODEL.symbol_ids, ""]
    wanted = np.array([BARE.get(name, "") for name in names], dtype="U16")[symbol]
    moved = _STEP ** level.astype(np.float64)
    for place, one in enumerate(HYPOTHESES):
        if Cause.INTERFERED in one.causes and one.modes != (PATH_ANY,) and not one.is_pair:
            own: npt.NDArray[np.bool_] = wanted == one.modes[0].removeprefix("path.")
            factor[place] = np.where(own, moved, 1.0)
    return factor
