"""Worlds in which answers are timed: drifting lines, congested evenings, far targets, few probes.

Everything is drawn from one generator, so that a seed gives the same world again.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from whocut.model.schema import arrow_schema
from whocut.model.timing_schema import TIMING

if TYPE_CHECKING:
    from collections.abc import Sequence

MONDAY = date(2024, 1, 1)
_FIRST_US = 1_704_067_200_000_000
_DAY_US = 86_400_000_000
_COUNTRIES = ("AA", "BB", "CC", "DD", "EE", "FF")


class Plan(NamedTuple):
    """What a world is like; the defaults are an ordinary one."""

    targets: int = 40
    weeks: int = 16
    countries: int = 6
    each: float = 4.0
    """Measurements of a network, target and week, on average."""
    throttled: float = 0.03
    """Share of (country, target) pairs that are throttled for a while."""
    frozen: float = 0.01
    """Share of them whose connections freeze at a byte count for a while."""
    congested_weeks: float = 0.1
    full_lines: float = 0.05
    """Share of (network, week) in which everything runs at one low rate."""
    reroutes: float = 0.05
    """Share of pairs whose way becomes longer or shorter for good: a factor of up to 1.6."""
    slow_services: float = 0.05
    noise: float = 0.5


class World(NamedTuple):
    """Timings, and what is true of each (country, target, week)."""

    timings: pa.Table
    throttled: set[tuple[str, str, date]]
    """Slowed to less than a third, the middle answer."""
    barely: set[tuple[str, str, date]]
    """Under a throttle that takes less: neither a hit nor a false alarm."""
    frozen: set[tuple[str, str, date]]
    slow_services: set[tuple[str, date]]


def _spans(
    dice: np.random.Generator, share: float, shape: tuple[int, ...], weeks: int
) -> np.ndarray:
    """Draw spans of four weeks and more for a share of the places; True while they last."""
    active = np.zeros((*shape, weeks), bool)
    for place in np.argwhere(dice.random(shape) < share):
        first = int(dice.integers(4, weeks - 3))
        last = int(dice.integers(first + 4, weeks + 4))
        active[(*place, slice(first, last))] = True
    return active


def draw_world(seed: int, plan: Plan = Plan()) -> World:  # noqa: B008 - immutable
    """Draw a world and measure it."""
    dice = np.random.default_rng(seed)
    n_t, n_w = plan.targets, plan.weeks
    home = np.concatenate(
        [np.full(int(dice.integers(2, 6)), country) for country in range(plan.countries)]
    )
    n_a = len(home)
    throttled = _spans(dice, plan.throttled, (plan.countries, n_t), n_w)
    frozen = _spans(dice, plan.frozen, (plan.countries, n_t), n_w) & ~throttled
    slow = _spans(dice, plan.slow_services, (n_t,), n_w)
    line = dice.normal(np.log(4e5), 0.8, (n_a, 1)) + np.cumsum(
        dice.normal(0, 0.1, (n_a, n_w)), axis=1
    )
    line -= dice.uniform(1.0, 2.0, (n_a, n_w)) * (dice.random((n_a, n_w)) < plan.congested_weeks)
    is_full = dice.random((n_a, n_w)) < plan.full_lines
    service = dice.normal(0, 0.7, (n_t, 1)) + np.cumsum(dice.normal(0, 0.08, (n_t, n_w)), axis=1)
    service -= np.log(4) * slow
    way = dice.normal(0, 0.6, (plan.countries, n_t, 1)) + dice.uniform(
        -0.5, 0.5, (plan.countries, n_t, 1)
    ) * _spans(dice, plan.reroutes, (plan.countries, n_t), n_w)
    peering = dice.normal(0, 0.3, (n_a, n_t))
    share = np.exp(dice.uniform(np.log(0.08), np.log(0.3), (plan.countries, n_t)))
    is_capping = dice.random((plan.countries, n_t)) < 0.5

    busy = dice.gamma(2.0, 0.5, (n_a, 1, 1)) * plan.each
    counts = dice.poisson(np.broadcast_to(busy, (n_a, n_t, n_w)))
    a, t, w = (np.repeat(axis, counts.ravel()) for axis in np.indices(counts.shape).reshape(3, -1))
    c = home[a]
    day = dice.integers(0, 7, len(a))
    probe = dice.normal(0, 0.3, (n_a, n_w, 7))[a, w, day]
    evening = (dice.random(len(a)) < 0.25) * np.abs(dice.normal(0.8, 0.4, len(a)))
    log_rate = line[a, w] + service[t, w] + way[c, t, w] + peering[a, t] + probe - evening
    log_rate += dice.normal(0, plan.noise, len(a))
    full = np.log(2e4) + dice.normal(0, 0.05, len(a))
    log_rate = np.where(is_full[a, w], np.minimum(log_rate, full), log_rate)
    held = np.where(
        is_capping[c, t],
        np.minimum(log_rate, np.log(16_000) + dice.normal(0, 0.05, len(a))),
        log_rate + np.log(share[c, t]),
    )
    lost = np.full(throttled.shape, np.nan)
    for place in np.argwhere(throttled):
        mine = (c == place[0]) & (t == place[1]) & (w == place[2])
        if mine.any():
            lost[tuple(place)] = np.median((held - log_rate)[mine])
    log_rate = np.where(throttled[c, t, w], held, log_rate)
    is_stalled = frozen[c, t, w] & (dice.random(len(a)) < 0.8)
    is_stalled |= dice.random(len(a)) < 0.004  # lines that die
    stalled_at = np.where(
        frozen[c, t, w], dice.uniform(16_000, 20_000, len(a)), dice.uniform(6e3, 3e5, len(a))
    )
    log_ttfb = np.log(150) - 0.5 * (way[c, t, w] + peering[a, t]) + 0.3 * evening
    log_ttfb += dice.normal(0, 0.4, len(a))
    size = dice.integers(30_000, 500_000, n_t)[t]
    timings = _table(
        country=[_COUNTRIES[one] for one in c],
        asn=a + 64_500,
        target=[f"t{one:03d}.example" for one in t],
        instant=_FIRST_US + (w * 7 + day) * _DAY_US,
        size=size,
        rate=np.exp(log_rate),
        ttfb=np.exp(log_ttfb),
        stalled_at=np.where(is_stalled, stalled_at, -1).astype(np.int64),
    )
    hard = throttled & (lost < np.log(1 / 3))
    barely = throttled & ~hard
    return World(timings, _cells(hard), _cells(barely), _cells(frozen), _services(slow))


def _monday(week: int) -> date:
    return date.fromordinal(MONDAY.toordinal() + 7 * week)


def _cells(active: np.ndarray) -> set[tuple[str, str, date]]:
    return {
        (_COUNTRIES[c], f"t{t:03d}.example", _monday(int(w))) for c, t, w in np.argwhere(active)
    }


def _services(active: np.ndarray) -> set[tuple[str, date]]:
    return {(f"t{t:03d}.example", _monday(int(w))) for t, w in np.argwhere(active)}


def _table(
    *,
    country: Sequence[str],
    asn: np.ndarray,
    target: Sequence[str],
    instant: np.ndarray,
    size: np.ndarray,
    rate: np.ndarray,
    ttfb: np.ndarray,
    stalled_at: np.ndarray,
) -> pa.Table:
    n = len(asn)
    froze = stalled_at >= 0
    columns = {
        "measurement_uid": [f"uid-{place}" for place in range(n)],
        "origin": ["ooni"] * n,
        "probe_cc": country,
        "probe_asn": asn,
        "target": target,
        "measurement_start_time": pa.array(instant, pa.int64()).cast(pa.timestamp("us", "UTC")),
        "ordinal": np.zeros(n, np.int32),
        "ttfb_ms": ttfb,
        "ttfb_basis": ["read"] * n,
        "basis": ["reads"] * n,
        "transfer_bytes": np.where(froze, stalled_at - 5000, size),
        "transfer_ms": size / rate * 1e3,
        "rate": rate,
        "expected_bytes": size,
        "connect_ms": np.full(n, 50.0),
        "handshake_ms": np.full(n, 100.0),
        "is_stalled": froze,
        "stalled_at_bytes": pa.array(stalled_at, mask=~froze),
        "failure": pa.array(np.where(froze, "generic_timeout_error", ""), mask=~froze),
        "ruleset": ["r"] * n,
        "reference_snapshot": ["s"] * n,
        "source": ["simulated"] * n,
        "source_offset": np.arange(n),
        "source_line": np.arange(n) + 1,
    }
    schema = arrow_schema(TIMING)
    return pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)
