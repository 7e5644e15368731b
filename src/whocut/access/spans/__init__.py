"""Onset and end of what cut a target off: from cells to spans (docs/methods/access.md)."""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from whocut.access.spans.chain import CellPrior, Evidence, Floats, Ints, smooth, weigh_weeks
from whocut.access.spans.change_week import ChangeWeek, Window, find_change
from whocut.access.spans.segments import CLEAR, Segment, cut_series
from whocut.access.spans.thresholds import SPAN_FLOOR, SPAN_VERSION
from whocut.model.cell_schema import SPAN
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import Cause, CellAnswer

__all__ = ["SPAN_VERSION", "CellPrior", "find_spans"]

_SCHEMA: Final = arrow_schema(SPAN)
_EPOCH: Final = date(1970, 1, 1)
_ORDER: Final = [(name, "ascending") for name in SPAN.sorted_by]
_WEEK_DAYS: Final = 7
_REFUSALS: Final = (Cause.REFUSED_SERVICE.value, Cause.REFUSED_EDGE.value)
_LEADS: Final = {
    CellAnswer.REFUSED.value: _REFUSALS,
    CellAnswer.CUT_UNATTRIBUTED.value: (*_REFUSALS, Cause.INTERFERED.value),
}
"""Causes that lead the cells of a span which is named more vaguely."""


class _Weeks(Struct, frozen=True):
    """The columns that spans are told from, sorted by series and week."""

    cells: pa.Table
    week: Ints
    """Mondays, counted in weeks."""
    first_day: int
    """Days from 1970-01-01 to the Monday that is week 0."""
    n_usable: Floats
    n_other: Floats
    evidence: Evidence
    posterior: Floats


def find_spans(cells: pa.Table, *, prior: CellPrior | None = None) -> pa.Table:
    """Find what cut targets off, from which week to which.

    Shapes: CELL rows of one country in, all weeks of each target among them; SPAN rows out.
    ``prior`` is the one that the cells' probabilities hold; the cell model's own by default. The
    order of the rows is no matter. A gap in measuring is no change: it widens the intervals of
    changes beside it.
    """
    if cells.num_rows == 0:
        return _SCHEMA.empty_table()
    keys = ("origin", "probe_cc", "target", "week")
    cells = cells.take(pc.sort_indices(cells, [(key, "ascending") for key in keys]))
    starts, lengths = _series(cells)
    evidence = weigh_weeks(cells, prior or _shipped_prior())
    days = cells.column("week").cast(pa.int32()).to_numpy().astype(np.int64)
    n_usable = cells.column("n_usable").to_numpy().astype(np.float64)
    weeks = _Weeks(
        cells=cells,
        week=(days - days.min()) // _WEEK_DAYS,
        first_day=int(days.min()),
        n_usable=n_usable,
        n_other=np.clip(n_usable - cells.column("n_served").to_numpy(), 0.0, None),
        evidence=evidence,
        posterior=smooth(evidence.likelihood, starts, lengths),
    )
    rows: list[dict[str, Any]] = []
    for segments in cut_series(weeks.posterior, evidence, n_usable, starts, lengths):
        rows.extend(_spans_of(segments, weeks))
    return pa.Table.from_pylist(rows, schema=_SCHEMA).sort_by(_ORDER)


def _shipped_prior() -> CellPrior:
    from whocut.access.cells import MODEL, PRIOR

    pairs = (pair for pair in MODEL.two.pairs if pair.first.startswith("path."))
    return CellPrior(PRIOR, sum(pair.prior for pair in pairs))


def _series(cells: pa.Table) -> tuple[Ints, Ints]:
    """Say where each series begins and how long it is."""
    is_new = np.zeros(cells.num_rows, dtype=bool)
    is_new[0] = True
    for key in ("origin", "probe_cc", "target"):
        codes = cells.column(key).combine_chunks().dictionary_encode().indices.to_numpy()
        is_new[1:] |= codes[1:] != codes[:-1]
    starts = np.flatnonzero(is_new).astype(np.int64)
    return starts, np.diff(np.append(starts, cells.num_rows))


def _spans_of(segments: list[Segment], weeks: _Weeks) -> list[dict[str, Any]]:
    rows = []
    for place, segment in enumerate(segments):
        for cause in segment.causes:
            if place and cause in segments[place - 1].causes:
                continue
            end = place
            while end + 1 < len(segments) and cause in segments[end + 1].causes:
                end += 1
            row = _span(cause, segments, place, end, weeks)
            if row is not None:
                rows.append(row)
    return rows


def _span(
    cause: str, segments: list[Segment], place: int, end: int, weeks: _Weeks
) -> dict[str, Any] | None:
    own = segments[place : end + 1]
    core = _core(own, weeks)
    p = _probability(cause, own, core, weeks)
    if p < SPAN_FLOOR or not _is_enough(weeks, core):
        return None
    first, last = own[0].first, own[-1].last
    onset = _onset(segments[place - 1], own[0], weeks) if place else None
    gone = _end(own[-1], segments[end + 1], weeks) if end + 1 < len(segments) else None
    rows = np.arange(first, last + 1)
    cells = weeks.cells.slice(first, len(rows))
    mechanism, layer = _mechanism(cause, cells)
    return {
        "origin": cells.column("origin")[0].as_py(),
        "probe_cc": cells.column("probe_cc")[0].as_py(),
        "target": cells.column("target")[0].as_py(),
        "cause": cause,
        "mechanism": mechanism,
        "layer": layer,
        "onset_low": _monday(weeks, onset.low) if onset else None,
        "onset_high": _monday(weeks, onset.high if onset else int(weeks.week[first])),
        "onset": _monday(weeks, onset.mode) if onset else None,
        "end_low": _monday(weeks, gone.low) if gone else None,
        "end_high": _monday(weeks, gone.high) if gone else None,
        "end": _monday(weeks, gone.mode) if gone else None,
        "last_week": _monday(weeks, int(weeks.week[core[-1]])),
        "p": p,
        "n": int(weeks.n_usable[rows].sum()),
        "n_networks": pc.max(cells.column("n_networks")).as_py(),
        "weeks": len(rows),
        "model": cells.column("model")[-1].as_py(),
    }


def _is_enough(weeks: _Weeks, core: Ints) -> bool:
    """Say whether a span rests on as much as a cell's answer: more weeks may bring it together.

    One measurement is an anecdote, however sure it is; one network, unless it says so often.
    """
    from whocut.access.cells import MODEL

    n = weeks.n_usable[core].sum()
    cells = weeks.cells.slice(int(core[0]), len(core))
    networks = pc.max(cells.column("n_networks_cut")).as_py()
    if n < MODEL.floor.measurements:
        return False
    return bool(networks >= MODEL.floor.networks or n >= MODEL.floor.one_network_measurements)


def _monday(weeks: _Weeks, week: int) -> date:
    return _EPOCH + timedelta(days=weeks.first_day + week * _WEEK_DAYS)


def _onset(before: Segment, after: Segment, weeks: _Weeks) -> ChangeWeek:
    return find_change(_window(before, after, weeks, slice(before.first, after.last + 1)))


def _end(before: Segment, after: Segment, weeks: _Weeks) -> ChangeWeek:
    """Find an end as the onset that it is when time runs backwards."""
    turned = slice(after.last, before.first - 1 if before.first else None, -1)
    found = find_change(_window(after, before, weeks, turned, sign=-1))
    return ChangeWeek(1 - found.high, 1 - found.mode, 1 - found.low)


def _window(one: Segment, other: Segment, weeks: _Weeks, rows: slice, sign: int = 1) -> Window:
    is_cut_alike = CLEAR not in (one.state, other.state)
    return Window(
        weeks=sign * weeks.week[rows],
        before=_likelihood(one, weeks, is_cut_alike)[rows],
        after=_likelihood(other, weeks, is_cut_alike)[rows],
        n=weeks.n_usable[rows],
        n_other=weeks.n_other[rows],
        told=weeks.evidence.told[rows],
    )


def _likelihood(segment: Segment, weeks: _Weeks, is_cut_alike: bool) -> Floats:
    if is_cut_alike:
        return weeks.evidence.likelihood[:, segment.state]
    return weeks.evidence.cut_likelihood[:, 0 if segment.state == CLEAR else 1]


def _core(own: list[Segment], weeks: _Weeks) -> Ints:
    """Find the rows from the first week in which it surely was at work to the last.

    Weeks at its edges may be another's: they blur when it changed, not whether it was.
    """
    rows = np.arange(own[0].first, own[-1].last + 1)
    cut = 1.0 - weeks.posterior[rows, CLEAR]
    sure = np.flatnonzero(cut >= min(SPAN_FLOOR, cut.max()))
    return rows[sure[0] : sure[-1] + 1]


def _probability(cause: str, own: list[Segment], core: Ints, weeks: _Weeks) -> float:
    """Average over the weeks of its core."""
    share = np.concatenate([np.full(s.last - s.first + 1, s.causes[cause]) for s in own])
    cut = 1.0 - weeks.posterior[core, CLEAR]
    return float((share[core - own[0].first] * cut).mean())


def _mechanism(cause: str, cells: pa.Table) -> tuple[str, str]:
    """Find the mechanism most often seen in weeks that this cause leads.

    A cell has the mechanism of its leading cause only: that of a second cause is not known here.
    """
    seen: dict[tuple[str, str], int] = {}
    columns = ("mechanism", "layer", "lead", "n_usable")
    for mechanism, layer, lead, n in zip(
        *(cells.column(name).to_pylist() for name in columns), strict=True
    ):
        if mechanism != "none" and lead in _LEADS.get(cause, (cause,)):
            seen[mechanism, layer] = seen.get((mechanism, layer), 0) + n
    if not seen:
        return "none", "none"
    return max(seen, key=lambda key: (seen[key], key))
