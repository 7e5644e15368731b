"""Weekly summaries of all countries to slowdowns: throttled, stalled, slow, or none."""

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, encode, group
from whocut.access.slowdown.caps import SpeedRows, Speeds, measure_speeds
from whocut.access.slowdown.contrast import Contrast, contrast
from whocut.access.slowdown.levels import Rows
from whocut.access.slowdown.medians import Floats
from whocut.access.slowdown.normal import probability_below
from whocut.access.slowdown.stalls import StallRows, Stalls, count_stalls
from whocut.access.slowdown.thresholds import (
    LEAST_BASELINE_WEEKS,
    LEAST_COUNTRIES,
    LEAST_COUNTRIES_UNTIED,
    LEAST_MEASUREMENTS,
    LEAST_NETWORKS,
    LEAST_PROBABILITY,
    MODEL_VERSION,
    MOST_A_DAY,
    SLOW_RATIO,
    SLOW_UNTIED_RATIO,
    THROTTLE_RATIO,
)
from whocut.model.schema import arrow_schema
from whocut.model.timing_schema import SLOWDOWN, TIMING_WEEK

__all__ = ["ANSWERS", "MECHANISMS", "find_slowdowns"]

_Mask = npt.NDArray[np.bool_]
_Z90: Final = 1.6449

ANSWERS: Final = ("insufficient", "none", "slow_service", "slow_network", "throttled", "stalled")
MECHANISMS: Final = {
    "slow_service": "http.slow.service",
    "slow_network": "http.slow.network",
    "throttled": "http.throttle",
}
"""By answer; a stall is ``http.stall``, or ``http.stall.byte_count`` where the counts agree."""
_INSUFFICIENT, _NONE, _SERVICE, _NETWORK, _THROTTLED, _STALLED = range(len(ANSWERS))

_SHORT: Final = (
    f"fewer than {LEAST_MEASUREMENTS} timed transfers",
    f"fewer than {LEAST_NETWORKS} networks whose other targets tell their lines",
    "no other country to hold it against",
    f"fewer than {LEAST_NETWORKS} networks with {LEAST_BASELINE_WEEKS} earlier weeks: far and "
    "throttled look alike",
)
_NO_PAST: Final = 1 << (len(_SHORT) - 1)


class _Found(Struct, frozen=True):
    """All that is known of the cells, side by side; one entry a (country, target, week)."""

    cells: Groups
    rate: Contrast
    ttfb: Contrast
    stalls: Stalls
    n: Ints
    n_rate: Ints
    speeds: Speeds


def find_slowdowns(summaries: pa.Table) -> pa.Table:
    """Find what was slowed, by country, target and week.

    Shapes: rows of ``timing_week`` of all countries in, rows of ``slowdown`` out: one for each
    (origin, country, target, week) in them, sorted as that table says. Weeks before those that are
    asked for make the past that they are held against; without them only a contrast with three
    countries says anything.
    """
    schema = arrow_schema(SLOWDOWN)
    summaries = summaries.select(arrow_schema(TIMING_WEEK).names)
    if not summaries.num_rows:
        return schema.empty_table()
    codes, origins = encode(summaries["origin"])
    parts = [
        _of_one_world(summaries.filter(pa.array(codes == place)), str(origin))
        for place, origin in enumerate(origins.to_pylist())
    ]
    order = [(name, "ascending") for name in SLOWDOWN.sorted_by]
    return pa.concat_tables(parts).sort_by([*order, ("probe_cc", "ascending")]).combine_chunks()


def _number(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _count(rows: pa.Table, name: str) -> Ints:
    return np.asarray(rows[name].to_numpy(zero_copy_only=False), np.int64)


def _of_one_world(summaries: pa.Table, origin: str) -> pa.Table:
    countries, country_names = encode(summaries["probe_cc"])
    targets, target_names = encode(summaries["target"])
    asns, _ = encode(summaries["probe_asn"])
    weeks, week_values = encode(summaries["week"])
    networks = group(countries, asns).of_row
    cells = group(countries, targets, weeks)
    found = _find(summaries, cells, (countries, networks, targets, weeks))
    country, target, week = cells.keys
    columns = {
        "origin": pa.repeat(origin, len(cells)),
        "probe_cc": country_names.take(pa.array(country)),
        "target": target_names.take(pa.array(target)),
        "week": week_values.take(pa.array(week)),
        "model": pa.repeat(MODEL_VERSION, len(cells)),
        **_columns(found),
    }
    schema = arrow_schema(SLOWDOWN)
    arrays = [
        columns[field.name]
        if isinstance(columns[field.name], pa.Array)
        else pa.array(columns[field.name], field.type, from_pandas=True)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _find(summaries: pa.Table, cells: Groups, keys: tuple[Ints, Ints, Ints, Ints]) -> _Found:
    speed_rows = SpeedRows(
        _number(summaries, "log_rate"),
        _number(summaries, "mad_log_rate"),
        _count(summaries, "n_rate"),
        _number(summaries, "log_round_trips"),
    )
    speeds = measure_speeds(cells, speed_rows)
    steady = speeds.is_steady[cells.of_row]
    unsteady = np.zeros_like(steady)
    stalls = StallRows(
        keys[1],
        _count(summaries, "n_long"),
        _count(summaries, "n_stalled"),
        _number(summaries, "log_stalled"),
        _number(summaries, "mad_log_stalled"),
    )
    return _Found(
        cells,
        _spread(_rows_with(summaries, keys, "rate", steady), cells),
        _spread(_rows_with(summaries, keys, "ttfb", unsteady, sign=-1.0), cells),
        count_stalls(cells, stalls),
        cells.sum(_count(summaries, "n")).astype(np.int64),
        cells.sum(_count(summaries, "n_rate")).astype(np.int64),
        speeds,
    )


def _rows_with(
    summaries: pa.Table,
    keys: tuple[Ints, Ints, Ints, Ints],
    measure: str,
    is_steady: _Mask,
    *,
    sign: float = 1.0,
) -> Rows:
    """Take the rows that have the measure."""
    value = sign * _number(summaries, f"log_{measure}")
    known = ~np.isnan(value)
    n, days = _count(summaries, f"n_{measure}"), _count(summaries, f"days_{measure}")
    country, network, target, week = (key[known] for key in keys)
    weight = np.minimum(n, MOST_A_DAY * days)[known].astype(np.float64)
    return Rows(country, network, target, week, value[known], weight, is_steady[known])


def _spread(rows: Rows, cells: Groups) -> Contrast:
    """Contrast some of the rows, and spread the result over all cells."""
    found = contrast(rows)
    place = _places(found.cells, cells)

    def numbers(values: Floats) -> Floats:
        full = np.full(len(cells), np.nan)
        full[place] = values
        return full

    def counts(values: Ints) -> Ints:
        full = np.zeros(len(cells), np.int64)
        full[place] = values
        return full

    return Contrast(
        cells=cells,
        effect=numbers(found.effect),
        error=numbers(found.error),
        own=numbers(found.own),
        networks=counts(found.networks),
        networks_slow=counts(found.networks_slow),
        countries=counts(found.countries),
        past=counts(found.past),
        tied=counts(found.tied),
        service=numbers(found.service),
        service_untied=numbers(found.service_untied),
        line=numbers(found.line),
        line_untied=numbers(found.line_untied),
    )


def _places(some: Groups, cells: Groups) -> Ints:
    """Find cells among all of them; both stand in the order of country, target and week."""
    spans = [int(key.max()) + 1 if len(key) else 1 for key in cells.keys]

    def packed(keys: tuple[Ints, ...]) -> Ints:
        country, target, week = keys
        code: Ints = (country * spans[1] + target) * spans[2] + week
        return code

    return np.searchsorted(packed(cells.keys), packed(some.keys)).astype(np.int64)


def _shortfalls(found: _Found) -> Ints:
    """Say what is missing, one bit for each sentence of ``_SHORT``."""
    rate = found.rate
    missing = (
        found.n_rate < LEAST_MEASUREMENTS,
        rate.networks < LEAST_NETWORKS,
        rate.countries < LEAST_COUNTRIES,
        rate.tied < LEAST_NETWORKS,
    )
    bits = np.zeros(len(found.cells), np.int64)
    for place, is_missing in enumerate(missing):
        bits |= is_missing.astype(np.int64) << place
    return bits


def _is_throttled(found: _Found, p: Floats, missing: Ints) -> _Mask:
    """Slowed here, on most networks, by its own past too: not because others became faster.

    Without a past only a cap will do: distance gives no two lines the same steady rate.
    """
    rate = found.rate
    most = np.maximum(LEAST_NETWORKS, (rate.networks + 1) // 2)
    slowed = (p >= LEAST_PROBABILITY) & (rate.networks_slow >= most)
    tied = (missing == 0) & (rate.own <= log(THROTTLE_RATIO))
    untied = (
        (missing == _NO_PAST)
        & (rate.countries >= LEAST_COUNTRIES_UNTIED)
        & found.speeds.is_steady
    )
    throttled: _Mask = slowed & (tied | untied)
    return throttled


def _is_slow_network(rate: Contrast) -> _Mask:
    slow: _Mask = (rate.line <= log(SLOW_RATIO)) | (rate.line_untied <= log(SLOW_UNTIED_RATIO))
    return slow


def _is_slow_service(rate: Contrast) -> _Mask:
    """Slow elsewhere, and here as well: with few countries one that is slowed weighs much."""
    became = (rate.service <= log(SLOW_RATIO)) & (rate.own <= log(SLOW_RATIO))
    always = (rate.service_untied <= log(SLOW_UNTIED_RATIO)) & (rate.effect <= -log(SLOW_RATIO))
    slow: _Mask = became | always
    return slow


def _answers(found: _Found, p: Floats, missing: Ints) -> Ints:
    is_enough = missing == 0
    return np.select(
        [
            found.stalls.is_stalled,
            _is_throttled(found, p, missing),
            is_enough & _is_slow_network(found.rate),
            is_enough & _is_slow_service(found.rate),
            is_enough,
        ],
        [_STALLED, _THROTTLED, _NETWORK, _SERVICE, _NONE],
        _INSUFFICIENT,
    ).astype(np.int64)


def _texts(choices: tuple[str, ...], codes: Ints) -> pa.Array:
    return pa.array(choices, pa.string()).take(pa.array(codes))


def _reasons(found: _Found, p: Floats, answers: Ints, missing: Ints) -> pa.Array:
    """Say why it is insufficient, or what keeps a slow target from being called throttled."""
    texts = [
        "; ".join(text for place, text in enumerate(_SHORT) if bits >> place & 1)
        for bits in range(1 << len(_SHORT))
    ]
    rate = found.rate
    is_close = (answers == _NONE) & (rate.effect <= log(THROTTLE_RATIO))
    others = len(texts)
    codes = np.where(answers == _INSUFFICIENT, missing, 0)
    codes = np.where(is_close & (p < LEAST_PROBABILITY), others, codes)
    codes = np.where(is_close & (p >= LEAST_PROBABILITY), others + 1, codes)
    only_ttfb = (answers == _INSUFFICIENT) & (found.n_rate == 0) & (found.ttfb.networks > 0)
    codes = np.where(only_ttfb, others + 2, codes)
    texts += [
        "slower here than elsewhere, within what chance does",
        "slower here than elsewhere, but not on most networks or not against its own past",
        "answers too short for a rate; only the time to first byte is compared",
    ]
    return _texts(tuple(texts), codes)


def _mechanisms(found: _Found, answers: Ints) -> pa.Array:
    names = (*(MECHANISMS.get(answer, "none") for answer in ANSWERS[:-1]),)
    stall = np.where(found.stalls.is_one_count, len(names) + 1, len(names))
    codes = np.where(answers == _STALLED, stall, answers)
    return _texts((*names, "http.stall", "http.stall.byte_count"), codes)


def _interval(prefix: str, effect: Floats, error: Floats) -> dict[str, Floats]:
    return {
        prefix: np.exp(effect),
        f"{prefix}_low": np.exp(effect - _Z90 * error),
        f"{prefix}_high": np.exp(effect + _Z90 * error),
    }


def _either(tied: Floats, untied: Floats) -> Floats:
    return np.where(np.isnan(tied), untied, tied)


def _columns(found: _Found) -> dict[str, pa.Array | Floats | Ints]:
    rate, stalls = found.rate, found.stalls
    p = probability_below(log(THROTTLE_RATIO), rate.effect, rate.error)
    missing = _shortfalls(found)
    answers = _answers(found, p, missing)
    is_capped = (answers == _THROTTLED) & found.speeds.is_steady
    speed = np.exp(found.speeds.log_rate)
    has_rate = rate.networks > 0
    return {
        "n": found.n,
        "n_rate": found.n_rate,
        "n_networks": np.where(has_rate, rate.networks, found.ttfb.networks),
        "n_networks_slow": np.where(answers == _STALLED, stalls.networks, rate.networks_slow),
        "n_countries": np.where(has_rate, rate.countries, found.ttfb.countries),
        "n_baseline": np.where(has_rate, rate.past, found.ttfb.past),
        "answer": _texts(ANSWERS, answers),
        "mechanism": _mechanisms(found, answers),
        "shortfall": _reasons(found, p, answers, missing),
        **_interval("rate_ratio", rate.effect, rate.error),
        **_interval("ttfb_ratio", -found.ttfb.effect, found.ttfb.error),
        "p_throttled": p,
        "service_ratio": np.exp(_either(rate.service, rate.service_untied)),
        "network_ratio": np.exp(_either(rate.line, rate.line_untied)),
        "rate": speed,
        "cap": np.where(is_capped, speed, np.nan),
        "n_stalled": stalls.n_stalled,
        "stalled_share": stalls.share,
        "stalled_share_elsewhere": stalls.share_elsewhere,
        "stalled_at": np.exp(stalls.at),
    }
