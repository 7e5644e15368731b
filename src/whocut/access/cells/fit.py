"""Tallies of all countries to cells: counts, probabilities, answers."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from whocut.access.cells.answer import (
    REFUSAL_SIGNS,
    Answers,
    CellFacts,
    answer_cells,
    speaks_for,
)
from whocut.access.cells.cell_facts import elsewhere, facts_of
from whocut.access.cells.coded import Rows, code_tallies
from whocut.access.cells.contrast import outlook_of, posteriors
from whocut.access.cells.emission import QUARTERS, emissions_of
from whocut.access.cells.grouping import Groups, Ints, encode, group
from whocut.access.cells.habit import BARE, Alike, habit_factors, habit_levels
from whocut.access.cells.hypotheses import CAUSES, Evidence, weigh_cells
from whocut.access.cells.leading import leading_mechanisms
from whocut.access.cells.model_data import MODEL, MODEL_VERSION
from whocut.access.cells.patterns import Patterns, repeated_cells, repeated_rows
from whocut.access.cells.symbols import NET_FAIL_INDEX, SYMBOL_INDEX, is_mask, places_of
from whocut.model.cell_schema import CELL
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import Cause

__all__ = ["fit_cells"]

_CHUNK_NETWORKS: Final = 1 << 16
"""(cell, network) rows weighed at once: some 100 MB of grids."""
_CHUNK_TALLIES: Final = 1 << 17
"""Tallies fitted at once, about: whole targets, some 300 MB."""
_SYMBOLS: Final = len(MODEL.symbol_ids)


def fit_cells(tallies: pa.Table) -> pa.Table:
    """Fit the cells of some targets from their tallies in all countries.

    Shapes: every tally of a (target, week) in the world must be given, for the contrast between
    countries; the result has one row per (origin, country, target, week). It depends on the set of
    rows alone.
    """
    if not tallies.num_rows:
        return arrow_schema(CELL).empty_table()
    targets, _ = encode(tallies["target"])
    order = np.argsort(targets, kind="stable")
    sizes = np.cumsum(np.bincount(targets))
    # Whole targets at a time, so that memory is bounded however many there are.
    cuts = np.unique(sizes[np.searchsorted(sizes, np.arange(0, len(order), _CHUNK_TALLIES))])
    parts = [
        _fit(tallies.take(pa.array(order[begin:end])))
        for begin, end in pairwise((0, *cuts, len(order)))
        if begin < end
    ]
    table = pa.concat_tables(parts)
    by = [(name, "ascending") for name in (*CELL.sorted_by, "probe_cc")]
    return table.take(pc.sort_indices(table, by)).combine_chunks()


def _fit(tallies: pa.Table) -> pa.Table:
    rows = code_tallies(tallies)
    counts, lossy = _count(rows)
    weighed = _weigh(counts, lossy, rows.cells)
    bare, path, service = _habits(rows)
    alike = group(weighed.of_cell, bare + 1, path - path.min(), service - service.min())
    distinct, symbol = alike.keys[0], alike.keys[1] - 1
    factor = habit_factors(symbol, alike.keys[2] + path.min(), alike.keys[3] + service.min())
    outlook = outlook_of(weighed.evidence.likelihood[distinct].T, factor)
    posterior = posteriors(outlook, alike.of_row, _starts(rows.worlds))
    facts = facts_of(rows)
    return _table(rows, weighed, facts, answer_cells(posterior, facts))


def _habits(rows: Rows) -> tuple[Ints, Ints, Ints]:
    """Give each cell's most frequent bare failure, -1 for none, and the levels of its habits."""
    is_bare = np.zeros(_SYMBOLS, bool)
    is_bare[places_of(tuple(BARE))] = True
    own = np.flatnonzero(is_bare[rows.symbol])
    cell = rows.cells.of_row[rows.networks.of_row[own]]
    found = group(cell, rows.symbol[own])
    n = found.sum(rows.numbers("n")[own])
    order = np.lexsort((found.keys[1], -n, found.keys[0]))
    first = order[np.flatnonzero(np.diff(found.keys[0][order], prepend=-1))]
    names = ("others_alike", "others_refused", "others")
    counts = (np.asarray(rows.tallies[name].to_numpy(), np.int64)[own] for name in names)
    result = [np.full(len(rows.cells), -1), *np.zeros((2, len(rows.cells)), np.int64)]
    result[0][found.keys[0][first]] = found.keys[1][first]
    levels = habit_levels(rows.symbol[own], Alike(*counts))
    for place, level in enumerate(levels, start=1):
        by_symbol = np.zeros(len(found), np.int64)
        by_symbol[found.of_row] = level
        result[place][found.keys[0][first]] = by_symbol[first]
    return result[0], result[1], result[2]


def _starts(groups: Groups) -> Ints:
    """Give where each group begins, of groups whose rows stand side by side."""
    return np.flatnonzero(np.diff(groups.of_row, prepend=-1))


def _count(rows: Rows) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Count effective verdicts by (network, symbol) in quarters; and how lossy each line was."""
    weight = rows.numbers("n_effective")
    bad = rows.numbers("n_bad_day") / np.maximum(rows.numbers("n"), 1)
    bad *= is_mask("is_failure")[rows.symbol]
    place = rows.networks.of_row * _SYMBOLS
    size = len(rows.networks) * _SYMBOLS
    own = np.bincount(place + rows.symbol, weight * (1 - bad), minlength=size)
    failed = np.bincount(place + NET_FAIL_INDEX, weight * bad, minlength=size)
    quarters = np.rint((own + failed) * QUARTERS)
    quarters = np.where(own + failed > 0, np.clip(quarters, 1, 255), 0)
    lossy = np.zeros(len(rows.networks))
    lossy[rows.networks.of_row] = rows.numbers("network_lossy")
    levels = np.array(MODEL.network.lossy_levels)
    nearest = np.abs(lossy[:, None] - levels).argmin(axis=1)
    return quarters.reshape(-1, _SYMBOLS).astype(np.uint8), nearest


class _Weighed(Struct, frozen=True):
    """Evidence of the distinct cells, and which of them each cell is."""

    evidence: Evidence
    of_cell: Ints


def _weigh(counts: npt.NDArray[np.uint8], lossy: Ints, cells: Groups) -> _Weighed:
    """Weigh each distinct cell once; most cells are like many others."""
    patterns = repeated_rows(np.column_stack((counts, lossy.astype(np.uint8))))
    found = repeated_cells(patterns.of_row, _starts(cells))
    parts = [
        _weigh_chunk(patterns, found.rows[begin:end], found.starts[first:last] - begin)
        for first, last, begin, end in _chunks(found.starts, len(found.rows))
    ]
    likelihood = np.concatenate([part.likelihood for part in parts])
    extent = np.concatenate([part.extent for part in parts])
    return _Weighed(Evidence(likelihood, extent), found.of_cell)


def _chunks(starts: Ints, total: int) -> list[tuple[int, int, int, int]]:
    """Cut cells into chunks of bounded size: first and last cell, first and last row."""
    ends = np.append(starts[1:], total)
    chunks: list[tuple[int, int, int, int]] = []
    first = 0
    while first < len(starts):
        most = starts[first] + _CHUNK_NETWORKS
        last = max(int(np.searchsorted(ends, most, side="right")), first + 1)
        chunks.append((first, last, int(starts[first]), int(ends[last - 1])))
        first = last
    return chunks


def _weigh_chunk(patterns: Patterns, of_row: Ints, starts: Ints) -> Evidence:
    used, pattern = np.unique(of_row, return_inverse=True)
    distinct = patterns.distinct[used]
    counts, levels = distinct[:, :_SYMBOLS], distinct[:, _SYMBOLS]
    lossy = np.array(MODEL.network.lossy_levels)[levels]
    pattern = pattern.reshape(-1)

    def has(symbols: Ints) -> npt.NDArray[np.bool_]:
        n = counts[:, symbols].sum(axis=1, dtype=np.int64)
        found: npt.NDArray[np.bool_] = np.add.reduceat(n[pattern], starts) > 0
        return found

    has_path, has_refusal = has(speaks_for(Cause.INTERFERED)), has(places_of(REFUSAL_SIGNS))
    has_bot, has_down = has(places_of(("bot",))), has(places_of(("down",)))
    # Signs of two causes at least: a cell with one is not weighed for pairs.
    has_two = has_path.astype(int) + has_refusal + has_bot + has_down > 1
    return weigh_cells(emissions_of(counts, lossy), pattern, starts, has_two)


def _table(rows: Rows, weighed: _Weighed, facts: CellFacts, answers: Answers) -> pa.Table:
    keys = dict(zip(("target", "week", "origin", "probe_cc"), rows.cells.keys, strict=True))
    served = facts.by_symbol[:, [SYMBOL_INDEX["served"], SYMBOL_INDEX["served_thin"]]].sum(axis=1)
    mostly = (served * 2 > facts.n_usable) & (facts.n_usable > 0)
    at = np.arange(len(rows.cells))
    extent = weighed.evidence.extent[weighed.of_cell, np.maximum(answers.lead, 0)]
    has_lead = answers.lead >= 0
    mechanism, layer = leading_mechanisms(
        rows.tallies, rows.symbol, rows.cells.of_row[rows.networks.of_row], answers.lead
    )
    columns: dict[str, Any] = {
        **{name: rows.names[name].take(pa.array(key)) for name, key in keys.items()},
        "n": facts.n_all,
        "n_usable": facts.n_usable,
        "n_served": served,
        "n_networks": facts.n_networks,
        "n_networks_cut": facts.networks_cut,
        "n_countries": facts.n_countries,
        "n_countries_served": elsewhere(rows.worlds, mostly),
        "answer": answers.answer,
        "shortfall": answers.shortfall,
        "mechanism": mechanism,
        "layer": layer,
        **{f"p_{cause.value}": answers.probability[:, place] for place, cause in enumerate(CAUSES)},
        "p_two": answers.two,
        "p_cut": answers.cut,
        "lead": answers.lead_name,
        "extent": np.where(has_lead, extent[:, 0], 0.0),
        "extent_low": np.where(has_lead, extent[:, 1], 0.0),
        "extent_high": np.where(has_lead, extent[:, 2], 0.0),
        "second": answers.second_name,
        "model": np.full(len(at), MODEL_VERSION),
    }
    return _as_cells(columns)


def _as_cells(columns: dict[str, Any]) -> pa.Table:
    schema = arrow_schema(CELL)
    arrays = []
    for field in schema:
        values = columns[field.name]
        if isinstance(values, np.ndarray) and pa.types.is_integer(field.type):
            values = np.rint(values).astype(np.int64)
        arrays.append(pa.array(values) if isinstance(values, np.ndarray) else values)
    return pa.table(arrays, names=schema.names).cast(schema)
