"""Onset and end on constructed series: what is a change and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.access.cell_series import PRIOR, CellRows, monday
from whocut.access.spans import find_spans
from whocut.model.cell_schema import SPAN
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import Cause

SERVED = {Cause.SERVED: 0.99, Cause.INTERFERED: 0.005, Cause.REFUSED_SERVICE: 0.005}
REFUSED = {Cause.REFUSED_SERVICE: 0.99, Cause.INTERFERED: 0.005, Cause.REFUSED_EDGE: 0.005}
EDGE = {Cause.REFUSED_EDGE: 0.99, Cause.INTERFERED: 0.005, Cause.REFUSED_SERVICE: 0.005}
BLOCKED = {Cause.INTERFERED: 0.99, Cause.REFUSED_SERVICE: 0.005, Cause.REFUSED_EDGE: 0.005}
DOWN = {Cause.TARGET_DOWN: 0.99, Cause.SERVED: 0.01}
OFFLINE = {Cause.NETWORK_DOWN: 0.99, Cause.SERVED: 0.01}
FAULT = {Cause.MEASUREMENT_FAULT: 0.99, Cause.SERVED: 0.01}
BOTS = {Cause.BOT_CHECK: 0.99, Cause.SERVED: 0.01}
NOTHING_KNOWN = dict(PRIOR.alone)


def _series(*weeks: dict[Cause, float] | None, first: int = 0, **names: object) -> CellRows:
    rows = CellRows()
    for week, p in enumerate(weeks):
        if p is not None:
            rows.add(first + week, p, **names)
    return rows


def _spans(rows: CellRows) -> list[dict[str, object]]:
    return find_spans(rows.table(), prior=PRIOR).to_pylist()


def test_onset_and_restoration_are_found_to_the_week() -> None:
    [span] = _spans(_series(*[SERVED] * 5, *[REFUSED] * 6, *[SERVED] * 5))
    assert span["cause"] == "refused_service"
    assert (span["onset"], span["end"]) == (monday(5), monday(11))
    assert span["onset_low"] <= span["onset"] <= span["onset_high"] <= monday(6)
    assert monday(10) <= span["end_low"] <= span["end"] <= span["end_high"]
    assert span["last_week"] == monday(10)
    assert (span["n"], span["weeks"], span["n_networks"]) == (60, 6, 3)
    assert span["p"] > 0.98


def test_what_was_at_work_from_the_first_week_on_has_no_onset_and_what_still_is_no_end() -> None:
    [span] = _spans(_series(*[BLOCKED] * 6))
    assert span["onset"] is span["onset_low"] is span["end"] is span["end_low"] is None
    assert span["end_high"] is None
    assert (span["onset_high"], span["last_week"]) == (monday(0), monday(5))


@pytest.mark.parametrize("odd", [REFUSED, BLOCKED])
@pytest.mark.parametrize("place", [0, 7, 13])
def test_one_odd_week_makes_no_span(odd: dict[Cause, float], place: int) -> None:
    weeks = [SERVED] * 14
    weeks[place] = odd
    assert _spans(_series(*weeks)) == []


@pytest.mark.parametrize("odd", [SERVED, BLOCKED, DOWN])
def test_one_odd_week_splits_no_span(odd: dict[Cause, float]) -> None:
    [span] = _spans(_series(*[SERVED] * 3, *[REFUSED] * 5, odd, *[REFUSED] * 5, *[SERVED] * 3))
    assert (span["cause"], span["onset"], span["end"]) == (
        "refused_service",
        monday(3),
        monday(14),
    )


def test_two_certain_weeks_are_a_span() -> None:
    [span] = _spans(_series(*[SERVED] * 6, REFUSED, REFUSED, *[SERVED] * 6))
    assert (span["onset"], span["end"]) == (monday(6), monday(8))


@pytest.mark.parametrize("nothing", [DOWN, OFFLINE, FAULT, BOTS, NOTHING_KNOWN])
def test_weeks_that_say_nothing_of_the_target_are_neither_cut_nor_served(
    nothing: dict[Cause, float],
) -> None:
    assert _spans(_series(*[SERVED] * 5, *[nothing] * 8, *[SERVED] * 5)) == []
    [span] = _spans(_series(*[SERVED] * 4, *[REFUSED] * 4, *[nothing] * 4, *[REFUSED] * 4))
    assert (span["onset"], span["end"]) == (monday(4), None)
    assert _spans(_series(*[nothing] * 40)) == []


def test_a_gap_is_no_change_and_widens_the_interval() -> None:
    gap: list[None] = [None] * 10
    [span] = _spans(_series(*[SERVED] * 4, *[REFUSED] * 3, *gap, *[REFUSED] * 3))
    assert (span["onset"], span["end"], span["weeks"]) == (monday(4), None, 6)
    [span] = _spans(_series(*[SERVED] * 4, *gap, *[REFUSED] * 6))
    assert span["onset"] == monday(14)
    assert (span["onset_low"], span["onset_high"]) == (monday(4), monday(14))
    [span] = _spans(_series(*[REFUSED] * 6, *gap, *[SERVED] * 4))
    assert (span["end_low"], span["end"], span["end_high"]) == (monday(6), monday(6), monday(16))


def test_a_change_of_cause_ends_one_span_and_begins_another() -> None:
    first, second = _spans(_series(*[SERVED] * 3, *[REFUSED] * 5, *[BLOCKED] * 5))
    assert (first["cause"], first["onset"], first["end"]) == (
        "refused_service",
        monday(3),
        monday(8),
    )
    assert (second["cause"], second["onset"], second["end"]) == ("interfered", monday(8), None)


def test_two_causes_have_spans_of_their_own() -> None:
    both = {Cause.REFUSED_SERVICE: 0.97, Cause.INTERFERED: 0.98}
    rows = _series(*[SERVED] * 3, *[BLOCKED] * 4)
    for week in range(7, 12):
        rows.add(week, both, p_two=0.95)
    for week in range(12, 15):
        rows.add(week, REFUSED)
    spans = {span["cause"]: span for span in _spans(rows)}
    assert spans.keys() == {"interfered", "refused_service"}
    assert (spans["interfered"]["onset"], spans["interfered"]["end"]) == (monday(3), monday(12))
    refused = spans["refused_service"]
    assert (refused["onset"], refused["end"]) == (monday(7), None)


def test_weak_weeks_add_up() -> None:
    weak = {Cause.SERVED: 0.25, Cause.REFUSED_SERVICE: 0.72, Cause.INTERFERED: 0.03}
    weak_served = {Cause.SERVED: 0.93, Cause.REFUSED_SERVICE: 0.04, Cause.INTERFERED: 0.03}
    assert _spans(_series(*[weak_served] * 8, weak, n=1)) == []
    [span] = _spans(_series(*[weak_served] * 8, *[weak] * 8, n=1))
    assert span["cause"] == "refused_service"
    assert abs(span["onset"] - monday(8)) <= timedelta(weeks=1)
    assert span["onset_low"] <= monday(8) <= span["onset_high"]


@pytest.mark.parametrize("weeks", [6, 12, 60])
@pytest.mark.parametrize("n", [1, 30])
def test_the_same_ambiguity_every_week_names_nobody(weeks: int, n: int) -> None:
    """Sixty weeks of a hint are the same hint sixty times: who did it does not add up."""
    either = {Cause.INTERFERED: 0.62, Cause.REFUSED_SERVICE: 0.36, Cause.REFUSED_EDGE: 0.02}
    [span] = _spans(_series(*[SERVED] * 4, *[either] * weeks, n=n))
    assert (span["cause"], span["onset"]) == ("cut_unattributed", monday(4))


def test_one_measurement_is_an_anecdote_however_sure_it_is() -> None:
    for weeks in (1, 3):
        assert _spans(_series(*[REFUSED] * weeks, n=1)) == []
    assert len(_spans(_series(*[REFUSED] * 6, n=1))) == 1


@pytest.mark.parametrize("shortfall", ["one_network", "vague_pages", "by_whom", "few_measurements"])
def test_what_cells_lack_and_weeks_do_not_give_names_nobody(shortfall: str) -> None:
    """Few measurements are made up for by more weeks; one network is not."""
    rows = _series(*[SERVED] * 4)
    for week in range(4, 12):
        rows.add(week, REFUSED, shortfall=shortfall, n=2)
    [span] = _spans(rows)
    is_named = shortfall == "few_measurements"
    assert span["cause"] == ("refused_service" if is_named else "cut_unattributed")
    assert span["onset"] == monday(4)


def test_service_or_edge_is_refused() -> None:
    either = {Cause.REFUSED_SERVICE: 0.6, Cause.REFUSED_EDGE: 0.39, Cause.INTERFERED: 0.01}
    [span] = _spans(_series(*[SERVED] * 4, *[either] * 6, *[SERVED] * 4))
    assert (span["cause"], span["onset"], span["end"]) == ("refused", monday(4), monday(10))


def test_a_week_of_both_kinds_lies_in_the_interval() -> None:
    """It began on a Thursday: that week half is served, and alone it says nothing."""
    half = {Cause.SERVED: 0.5, Cause.REFUSED_SERVICE: 0.5}
    rows = _series(*[SERVED] * 5).add(5, half, n=10, n_served=5)
    for week in range(6, 10):
        rows.add(week, REFUSED)
    rows.add(10, half, n=10, n_served=5)
    for week in range(11, 14):
        rows.add(week, SERVED)
    [span] = _spans(rows)
    assert span["onset_low"] <= monday(5) <= span["onset_high"] <= monday(6)
    assert monday(10) <= span["end_low"] <= monday(11) <= span["end_high"]


def test_an_outage_before_an_onset_only_widens_it() -> None:
    """A week half of which the target was down is no week in which the cut began."""
    rows = _series(*[SERVED] * 4).add(4, DOWN, n=30, n_served=20)
    rows.add(5, DOWN, n=30, n_served=2)
    for week in range(6, 10):
        rows.add(week, BLOCKED, n=30, n_served=1)
    [span] = _spans(rows)
    assert span["onset"] == monday(6)
    assert span["onset_low"] == monday(4)


def test_weeks_that_name_nobody_are_lent_no_name() -> None:
    """Cut for long in a way that fits service and path; then proof of interference as well."""
    either = {Cause.REFUSED_SERVICE: 0.7, Cause.INTERFERED: 0.3}
    rows = CellRows()
    for week in range(5):
        rows.add(week, either, shortfall="by_whom")
    for week in range(5, 16):
        rows.add(week, BLOCKED)
    vague, named = _spans(rows)
    assert (vague["cause"], vague["onset"]) == ("cut_unattributed", None)
    assert (named["cause"], named["onset"]) == ("interfered", monday(5))


def test_a_last_week_that_only_began_is_not_yet_an_end() -> None:
    half = {Cause.SERVED: 0.5, Cause.REFUSED_SERVICE: 0.5}
    rows = _series(*[SERVED] * 5, *[REFUSED] * 5).add(10, half, n=2, n_served=1)
    [span] = _spans(rows)
    assert (span["onset"], span["end"]) == (monday(5), None)


def test_the_mechanism_is_the_cause_own() -> None:
    rows = _series(*[SERVED] * 4)
    for week in range(4, 8):
        rows.add(week, REFUSED, mechanism="http.refusal.geo_explicit", layer="http")
    rows.add(8, BLOCKED, mechanism="tls.reset", layer="tls", n=500)
    for week in range(9, 12):
        rows.add(week, REFUSED, mechanism="http.refusal.geo_explicit", layer="http")
    [span] = _spans(rows)
    assert (span["mechanism"], span["layer"]) == ("http.refusal.geo_explicit", "http")


def test_emulated_and_real_series_of_one_target_stay_apart() -> None:
    rows = _series(*[SERVED] * 6)
    for week in range(6):
        rows.add(week, REFUSED, origin="lab")
    [span] = _spans(rows)
    assert span["origin"] == "lab"


def test_no_cells_no_spans() -> None:
    empty = find_spans(CellRows().table(), prior=PRIOR)
    assert empty.schema == arrow_schema(SPAN)
    assert empty.num_rows == 0
