"""What an answer looks at besides probabilities: counts by cell."""

from typing import Final

import numpy as np
import numpy.typing as npt

from whocut.access.cells.answer import (
    CUT_SIGNS,
    PATH_MARKS,
    VAGUE_SIGNS,
    CellFacts,
    VagueFacts,
    speaks_for,
)
from whocut.access.cells.coded import Rows, network_own
from whocut.access.cells.emission import Floats
from whocut.access.cells.grouping import Groups, Ints
from whocut.access.cells.hypotheses import CAUSES
from whocut.access.cells.model_data import MODEL
from whocut.access.cells.symbols import NET_FAIL_INDEX, is_mask, places_of

__all__ = ["elsewhere", "facts_of"]

_SYMBOLS: Final = len(MODEL.symbol_ids)


def facts_of(rows: Rows) -> CellFacts:
    """Count what the answers look at, by cell."""
    n = rows.numbers("n")
    cell = rows.cells.of_row[rows.networks.of_row]
    size = len(rows.cells)
    usable = np.flatnonzero(is_mask("is_usable"))
    by_symbol = _by_symbol(rows, n, cell)
    seen = _seen(rows, n)
    n_usable = by_symbol[:, usable].sum(axis=1).astype(np.int64)
    days = np.zeros(size, np.int64)
    np.maximum.at(days, cell, rows.numbers("days").astype(np.int64))

    def networks(symbols: Ints) -> Ints:
        is_seen: npt.NDArray[np.bool_] = np.asarray(seen[:, symbols].any(axis=1))
        return rows.cells.count(is_seen)

    return CellFacts(
        n_usable=n_usable,
        n_all=np.bincount(cell, n, minlength=size).astype(np.int64),
        n_networks=networks(usable),
        most_days=days,
        n_countries=elsewhere(rows.worlds, n_usable > 0),
        by_symbol=by_symbol,
        vague=_vague(rows, n, seen),
        networks_by_cause=np.stack([networks(speaks_for(cause)) for cause in CAUSES], axis=1),
        networks_cut=networks(places_of(CUT_SIGNS)),
        networks_marked=networks(places_of(PATH_MARKS)),
        networks_signed=networks(places_of((*CUT_SIGNS, "bot"))),
    )


def _by_symbol(rows: Rows, n: Floats, cell: Ints) -> Floats:
    """Count verdicts by cell and symbol, the failures of a network's bad days apart."""
    size = len(rows.cells)
    n_bad = network_own(rows)
    place = cell * _SYMBOLS + rows.symbol
    flat = np.bincount(place, n - n_bad, minlength=size * _SYMBOLS)
    counts: Floats = flat.astype(np.float64).reshape(size, _SYMBOLS)
    counts[:, NET_FAIL_INDEX] = np.bincount(cell, n_bad, minlength=size)
    return counts


def _vague(rows: Rows, n: Floats, seen: npt.NDArray[np.bool_]) -> VagueFacts:
    """Count refusals without a reason, and the samples that they are held against."""
    is_vague = np.zeros(_SYMBOLS, bool)
    is_vague[places_of(VAGUE_SIGNS)] = True
    is_answer = (is_mask("is_usable") & ~is_mask("is_failure")) | is_vague
    own = n - network_own(rows)
    network = rows.networks.of_row
    cell = rows.cells.of_row[network]
    is_there: npt.NDArray[np.bool_] = np.asarray(seen[:, is_vague].any(axis=1))

    def count(mask: npt.NDArray[np.bool_]) -> Floats:
        found: Floats = np.bincount(cell, own * mask, minlength=len(rows.cells)).astype(np.float64)
        return found

    answered = is_answer[rows.symbol]
    return VagueFacts(
        n=count(is_vague[rows.symbol]),
        answered=count(answered),
        answered_there=count(answered & is_there[network]),
        networks=rows.cells.count(is_there),
    )


def _seen(rows: Rows, n: Floats) -> npt.NDArray[np.bool_]:
    """Say which symbols were seen on which network of a cell, on good days."""
    seen = np.zeros((len(rows.networks), _SYMBOLS), bool)
    is_good: npt.NDArray[np.bool_] = np.asarray(n > network_own(rows))
    seen[rows.networks.of_row[is_good], rows.symbol[is_good]] = True
    return seen


def elsewhere(worlds: Groups, mask: npt.NDArray[np.bool_]) -> Ints:
    """Count the other countries of the same (target, week) for which something holds."""
    return worlds.count(mask)[worlds.of_row] - mask
