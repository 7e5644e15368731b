"""Slowdowns told from hand-made weeks: each trap by itself."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from tests.unit.access.slowdown_worlds import Plan, draw_world
from whocut.access.mechanisms import MECHANISMS as REGISTERED
from whocut.access.slowdown import find_slowdowns, summarise_timings
from whocut.access.slowdown.answers import MECHANISMS
from whocut.model.schema import arrow_schema
from whocut.model.timing_schema import SLOWDOWN, TIMING_WEEK

if TYPE_CHECKING:
    from collections.abc import Callable

WEEKS = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(20)]
LAST = WEEKS[-1]
NETWORKS = {"XA": (1, 2, 3), "XB": (4, 5), "XC": (6,), "XD": (7,)}
OTHERS = tuple(f"other{n}.example" for n in range(5))
TARGET = "target.example"
Rate = "Callable[[str, int, str, date], float]"


def week_row(**changes: Any) -> dict[str, Any]:
    row = dict.fromkeys((field.name for field in arrow_schema(TIMING_WEEK)), None)
    counts = {"n": 8, "days": 5, "n_rate": 8, "days_rate": 5, "n_ttfb": 0, "days_ttfb": 0}
    return {**row, **counts, "n_long": 8, "n_stalled": 0, "origin": "ooni", **changes}


def answers(
    log_rate: Callable[[str, int, str, date], float],
    scatter: float = 0.3,
    trips: float = 50.0,
    **changes: Any,
) -> dict[tuple[str, str, date], dict[str, Any]]:
    """Find slowdowns in a world whose log rates a function gives; a little noise, always the same.
    """
    dice = random.Random("weeks")
    rows = []
    for country, networks in NETWORKS.items():
        for asn in networks:
            for target in (TARGET, *OTHERS):
                for week in WEEKS:
                    value = log_rate(country, asn, target, week)
                    extra = changes if (country, target, week) == ("XA", TARGET, LAST) else {}
                    cell = {
                        "probe_cc": country,
                        "probe_asn": asn,
                        "target": target,
                        "week": week,
                        "log_rate": value + dice.gauss(0, 0.1),
                        "mad_log_rate": scatter,
                        "log_round_trips": log(trips),
                    }
                    rows.append(week_row(**{**cell, **extra}))
    dice.shuffle(rows)
    found = find_slowdowns(pa.Table.from_pylist(rows, schema=arrow_schema(TIMING_WEEK)))
    assert found.schema.equals(arrow_schema(SLOWDOWN), check_metadata=True)
    return {(r["probe_cc"], r["target"], r["week"]): r for r in found.to_pylist()}


def ordinary(country: str, asn: int, target: str, week: date) -> float:
    """Lines and services of their own levels."""
    del country, week
    return 12.0 + 0.3 * asn - 0.2 * len(target)


def slowed(factor: float, since: date) -> Callable[[str, int, str, date], float]:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        lost = factor if (country, target) == ("XA", TARGET) and week >= since else 0.0
        return ordinary(country, asn, target, week) - lost

    return log_rate


def test_nothing_is_slowed() -> None:
    found = answers(ordinary)
    late = [row for (_, _, week), row in found.items() if week >= WEEKS[3]]
    # One network speaks for no country.
    assert {row["answer"] for row in late if row["probe_cc"] < "XC"} == {"none"}
    assert {row["answer"] for row in late if row["probe_cc"] >= "XC"} == {"insufficient"}


def test_a_throttle_is_found_and_stays_found() -> None:
    """Fifteen weeks are longer than the past that is remembered."""
    found = answers(slowed(2.0, WEEKS[5]))
    for week in WEEKS[5:]:
        row = found["XA", TARGET, week]
        assert (row["answer"], row["mechanism"]) == ("throttled", "http.throttle")
        assert row["rate_ratio_low"] < 0.135 < row["rate_ratio_high"] < 0.5
        assert row["n_networks_slow"] == 3
    assert found["XA", TARGET, WEEKS[4]]["answer"] == "none"
    assert found["XB", TARGET, LAST]["answer"] == "none"
    assert found["XA", OTHERS[0], LAST]["answer"] == "none"


def test_a_service_that_became_faster_elsewhere_is_no_throttle() -> None:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        gain = 2.0 if country != "XA" and target == TARGET and week >= WEEKS[10] else 0.0
        return ordinary(country, asn, target, week) + gain

    row = answers(log_rate)["XA", TARGET, LAST]
    assert row["rate_ratio"] < 0.3
    assert row["answer"] == "none"
    assert "its own past" in row["shortfall"]


def test_a_slow_service_is_slow_everywhere() -> None:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        lost = 2.0 if target == TARGET and week >= WEEKS[10] else 0.0
        return ordinary(country, asn, target, week) - lost

    row = answers(log_rate)["XA", TARGET, LAST]
    assert (row["answer"], row["mechanism"]) == ("slow_service", "http.slow.service")
    assert row["service_ratio"] == pytest.approx(0.135, rel=0.3)


def test_a_service_that_was_always_slow_is_slow_too() -> None:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        return ordinary(country, asn, target, week) - (4.0 if target == TARGET else 0.0)

    assert answers(log_rate)["XA", TARGET, LAST]["answer"] == "slow_service"


@pytest.mark.parametrize("cap", [None, 7.0])
def test_a_slow_line_is_slow_for_all_targets(cap: float | None) -> None:
    """Also a full one, that gives every target the same, so that fast targets lose most."""

    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        value = ordinary(country, asn, target, week) + (3.0 if target == TARGET else 0.0)
        if country != "XA" or week < WEEKS[10]:
            return value
        return value - 2.5 if cap is None else min(value, cap)

    row = answers(log_rate)["XA", TARGET, LAST]
    assert (row["answer"], row["mechanism"]) == ("slow_network", "http.slow.network")


def test_one_slow_network_does_not_speak_for_the_country() -> None:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        lost = 3.0 if asn == 1 and target == TARGET and week >= WEEKS[10] else 0.0
        return ordinary(country, asn, target, week) - lost

    row = answers(log_rate)["XA", TARGET, LAST]
    assert row["answer"] == "none"
    assert row["n_networks_slow"] == 1


def test_far_and_always_throttled_look_alike() -> None:
    found = answers(slowed(2.0, WEEKS[0]))
    assert found["XA", TARGET, WEEKS[1]]["answer"] == "insufficient"
    assert "look alike" in found["XA", TARGET, WEEKS[1]]["shortfall"]
    assert found["XA", TARGET, LAST]["answer"] == "none"


def test_a_cap_is_named_where_all_networks_have_the_same_steady_rate() -> None:
    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        if (country, target) == ("XA", TARGET) and week >= WEEKS[10]:
            return 7.0
        return ordinary(country, asn, target, week)

    row = answers(log_rate, mad_log_rate=0.05)["XA", TARGET, LAST]
    assert row["answer"] == "throttled"
    assert row["cap"] == pytest.approx(1096, rel=0.2)
    assert answers(log_rate)["XA", TARGET, LAST]["cap"] is None  # single rates scatter


@pytest.mark.parametrize(
    ("scatter", "trips", "answer"),
    [(0.05, 50, "throttled"), (0.3, 50, "none"), (0.05, 8, "none")],
)
def test_a_cap_shows_without_a_past(scatter: float, trips: float, answer: str) -> None:
    """From the first week on; rates that scatter, or wait for few round trips, may be far."""

    def log_rate(country: str, asn: int, target: str, week: date) -> float:
        return 7.0 if (country, target) == ("XA", TARGET) else ordinary(country, asn, target, week)

    found = answers(log_rate, scatter=scatter, trips=trips)
    assert found["XA", TARGET, LAST]["answer"] == answer
    assert found["XA", OTHERS[0], LAST]["answer"] == "none"


def test_too_few_are_insufficient_and_say_so() -> None:
    row = answers(slowed(2.0, WEEKS[5]), n_rate=1, days_rate=1)["XA", TARGET, LAST]
    assert row["answer"] == "insufficient"
    assert row["shortfall"].startswith("fewer than 10 timed transfers")


@pytest.mark.parametrize(
    ("within", "mechanism"), [(0.05, "http.stall.byte_count"), (0.8, "http.stall")]
)
def test_a_freeze_is_told_by_its_byte_count(within: float, mechanism: str) -> None:
    froze = {"n_stalled": 7, "log_stalled": 9.8, "mad_log_stalled": within, "n_rate": 1}
    row = answers(ordinary, **froze)["XA", TARGET, LAST]
    assert (row["answer"], row["mechanism"]) == ("stalled", mechanism)
    assert row["stalled_share"] == pytest.approx(7 / 8)
    assert row["stalled_share_elsewhere"] == 0
    assert row["stalled_at"] == pytest.approx(18_034, rel=0.01)


def test_another_page_has_no_rate() -> None:
    """A short notice comes fast or slow for its own reasons."""
    timings = draw_world(1, Plan(targets=2, weeks=8, countries=1, throttled=0, frozen=0)).timings
    place = timings.schema.get_field_index("transfer_bytes")
    short = pa.array([17_000] * timings.num_rows, pa.int64())
    noticed = timings.set_column(place, timings.schema.field(place), short)
    assert sum(summarise_timings(timings)["n_rate"].to_pylist()) > 0
    assert sum(summarise_timings(noticed)["n_rate"].to_pylist()) == 0


def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    timings = draw_world(seed, Plan(targets=8, weeks=8)).timings
    dice = random.Random(seed)
    order = list(range(timings.num_rows))
    dice.shuffle(order)
    summaries = summarise_timings(timings)
    assert summarise_timings(timings.take(order)).equals(summaries)
    shuffled = list(range(summaries.num_rows))
    dice.shuffle(shuffled)
    assert find_slowdowns(summaries.take(shuffled)).equals(find_slowdowns(summaries))


def test_no_rows_are_no_slowdowns() -> None:
    nothing = draw_world(1, Plan(targets=2, weeks=8)).timings.slice(0, 0)
    assert find_slowdowns(summarise_timings(nothing)).num_rows == 0


def test_mechanisms_are_registered() -> None:
    assert {*MECHANISMS.values(), "http.stall", "http.stall.byte_count"} <= REGISTERED.keys()
    assert REGISTERED["http.throttle"].ooni == "http.throttling"
