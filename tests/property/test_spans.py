"""What may not matter to onset and end, and what time turned round does to them."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.access.cell_series import CAUSES, PRIOR, CellRows, monday
from whocut.access.spans import find_spans
from whocut.model.taxonomy import Cause

_Rows = list[dict[str, object]]
_CUTS = (Cause.SERVED, Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE, Cause.INTERFERED)


@st.composite
def _weeks(draw: st.DrawFn) -> list[dict[Cause, float]]:
    """Some weeks of one cause, then some of another, each with what noise it has."""
    weeks = []
    for _ in range(draw(st.integers(1, 4))):
        cause = draw(st.sampled_from(CAUSES))
        for _ in range(draw(st.integers(1, 8))):
            sure = draw(st.sampled_from((0.4, 0.8, 0.97, 0.999)))
            other = draw(st.sampled_from([one for one in _CUTS if one is not cause]))
            weeks.append({cause: sure, other: 1 - sure})
    return weeks


def _table(series: dict[str, list[dict[Cause, float]]], skipped: int = 0, at: int = 0) -> pa.Table:
    rows = CellRows()
    for target, weeks in series.items():
        for week, p in enumerate(weeks):
            rows.add(week + (skipped if week >= at else 0), p, target=target)
    return rows.table()


def _spans(table: pa.Table) -> _Rows:
    return find_spans(table, prior=PRIOR).to_pylist()


@given(st.lists(_weeks(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_company_of_other_targets_do_not_matter(
    series: list[list[dict[Cause, float]]], rng: random.Random
) -> None:
    named = {f"t{number}.example": weeks for number, weeks in enumerate(series)}
    table = _table(named)
    order = list(range(table.num_rows))
    rng.shuffle(order)
    together = _spans(table)
    assert _spans(table.take(order)) == together
    alone = [span for name, weeks in named.items() for span in _spans(_table({name: weeks}))]
    assert alone == together


@given(_weeks(), st.integers(0, 30), st.integers(1, 30))
def test_an_empty_gap_changes_nothing_but_when(
    weeks: list[dict[Cause, float]], at: int, gap: int
) -> None:
    kept = ("cause", "mechanism", "n", "weeks", "n_networks")
    whole = _spans(_table({"t": weeks}))
    parted = _spans(_table({"t": weeks}, gap, at))

    def told(spans: _Rows) -> list[tuple[object, ...]]:
        return sorted(
            (*(span[name] for name in kept), span["onset"] is None, span["end"] is None)
            for span in spans
        )

    assert told(parted) == told(whole)
    for span in parted:
        if span["onset"] is not None:
            assert span["onset_low"] <= span["onset"] <= span["onset_high"]
        if span["end"] is not None:
            assert span["end_low"] <= span["end"] <= span["end_high"]


@given(_weeks())
def test_time_turned_round_makes_ends_of_onsets(weeks: list[dict[Cause, float]]) -> None:
    table = _table({"t": weeks})
    turned = table.set_column(
        table.schema.get_field_index("week"),
        table.schema.field("week"),
        pa.array([monday(0) - (week - monday(0)) for week in table["week"].to_pylist()]),
    )
    a_week = timedelta(weeks=1)

    def mirrored(day: object) -> object:
        return None if day is None else monday(0) - (day - monday(0)) + a_week

    def ends(spans: _Rows, names: tuple[str, ...], is_turned: bool) -> list[tuple[object, ...]]:
        return sorted(
            ((span["cause"], *(mirrored(span[n]) if is_turned else span[n] for n in names)))
            for span in spans
            if span[names[0]] is not None
        )

    onsets = ("onset", "onset_low", "onset_high")
    forward = [span for span in _spans(table) if span["onset"] is not None]
    backward = [span for span in _spans(turned) if span["end"] is not None]
    assert ends(backward, ("end", "end_high", "end_low"), is_turned=False) == ends(
        forward, onsets, is_turned=True
    )


@given(_weeks())
def test_spans_of_one_cause_follow_each_other_and_none_is_thin(
    weeks: list[dict[Cause, float]],
) -> None:
    table = _table({"t": weeks})
    spans = _spans(table)
    assert all(0.95 <= span["p"] <= 1.0 + 1e-6 for span in spans)
    assert all(span["n"] <= pc.sum(table["n_usable"]).as_py() for span in spans)
    for cause in {span["cause"] for span in spans}:
        own = sorted((s for s in spans if s["cause"] == cause), key=lambda s: s["last_week"])
        for earlier, later in pairwise(own):
            assert earlier["end"] is not None
            assert later["onset"] is not None
            assert earlier["last_week"] < later["last_week"]
