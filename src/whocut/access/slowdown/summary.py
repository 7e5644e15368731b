"""Timings of one country and quarter to one row by network, target and week."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from whocut.access.cells.grouping import Groups, Ints, encode, group, start_of_week
from whocut.access.slowdown.medians import Floats, deviation_of, median_of
from whocut.access.slowdown.thresholds import (
    LEAST_PAGE_SHARE,
    LEAST_RATE_BYTES,
    LONGEST_BODY_BYTES,
)
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.schema import arrow_schema
from whocut.model.timing_schema import TIMING_WEEK

__all__ = ["summarise_timings"]

_Mask = npt.NDArray[np.bool_]
_DAY_US = 86_400_000_000


def summarise_timings(timings: pa.Table) -> pa.Table:
    """Sum up timings by network, target and week.

    Shapes: rows of ``timing`` in, rows of ``timing_week`` out, sorted as that table says.
    Medians, so that one probe on a bad line moves little; days are counted beside measurements,
    because one probe in one evening says one thing many times.
    """
    if not timings.num_rows:
        return arrow_schema(TIMING_WEEK).empty_table()
    days = _days(timings)
    targets, target_names = encode(timings["target"])
    origins, origin_names = encode(timings["origin"])
    countries, country_names = encode(timings["probe_cc"])
    asns, asn_values = encode(timings["probe_asn"])
    groups = group(targets, start_of_week(days), asns, origins, countries)
    target, week, asn, origin, country = groups.keys
    columns: dict[str, pa.Array] = {
        "origin": origin_names.take(pa.array(origin)),
        "probe_cc": country_names.take(pa.array(country)),
        "probe_asn": asn_values.take(pa.array(asn)),
        "target": target_names.take(pa.array(target)),
        "week": pa.array(week.astype(np.int32), pa.int32()).cast(pa.date32()),
        "n": groups.count(),
        "days": _distinct_days(groups, days, np.ones(len(days), np.bool_)),
        **_measured(timings, groups, days),
    }
    schema = arrow_schema(TIMING_WEEK)
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, field.type, from_pandas=True)
        for field, column in ((field, columns[field.name]) for field in schema)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _days(timings: pa.Table) -> Ints:
    instants = timings["measurement_start_time"].cast(pa.int64()).to_numpy()
    return np.asarray(instants // _DAY_US, np.int64)


def _number(timings: pa.Table, name: str) -> Floats:
    return np.asarray(timings[name].cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _timed_out(timings: pa.Table) -> _Mask:
    failures = timings["failure"]
    known = [f for f in pc.unique(failures).to_pylist() if f is not None]
    late = [f for f in known if failure_family(f) is FailureFamily.TIMEOUT]
    found = pc.is_in(failures, value_set=pa.array(late, pa.string()))
    return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)


def _measured(timings: pa.Table, groups: Groups, days: Ints) -> dict[str, npt.NDArray[np.generic]]:
    received = _number(timings, "transfer_bytes")
    expected = np.minimum(_number(timings, "expected_bytes"), LONGEST_BODY_BYTES)
    rate, ttfb = _number(timings, "rate"), _number(timings, "ttfb_ms")
    stalled = np.asarray(timings["is_stalled"].to_numpy(zero_copy_only=False), np.bool_)
    stalled_at = _number(timings, "stalled_at_bytes")
    timed_out = _timed_out(timings)
    # Another page than elsewhere (a notice, an error) has a time of its own, as a cut-off one has.
    same_page = np.isnan(expected) | (received >= LEAST_PAGE_SHARE * expected)
    comparable = (same_page & timings["failure"].is_null().to_numpy()) | timed_out
    is_long = np.maximum(np.nan_to_num(expected), received) >= LEAST_RATE_BYTES
    has_rate = is_long & ~stalled & comparable & (rate > 0)
    has_ttfb = same_page & ~timed_out & (ttfb > 0)
    log_rate = _spread(groups, days, np.log(np.where(has_rate, rate, 1.0)), has_rate)
    log_ttfb = _spread(groups, days, np.log(np.where(has_ttfb, ttfb, 1.0)), has_ttfb)
    connect = _number(timings, "connect_ms")
    has_connect = connect > 0
    log_connect = _spread(groups, days, np.log(np.where(has_connect, connect, 1.0)), has_connect)
    log_trips = _spread(groups, days, *_round_trips(timings, connect, has_rate))
    froze = is_long & stalled & (stalled_at > 0)
    log_stalled = _spread(groups, days, np.log(np.where(froze, stalled_at, 1.0)), froze)
    return {
        "n_rate": log_rate[0],
        "days_rate": log_rate[1],
        "log_rate": log_rate[2],
        "mad_log_rate": log_rate[3],
        "n_ttfb": log_ttfb[0],
        "days_ttfb": log_ttfb[1],
        "log_ttfb": log_ttfb[2],
        "mad_log_ttfb": log_ttfb[3],
        "log_connect": log_connect[2],
        "log_round_trips": log_trips[2],
        "n_long": groups.count(is_long & (comparable | stalled)),
        "n_stalled": log_stalled[0],
        "log_stalled": log_stalled[2],
        "mad_log_stalled": log_stalled[3],
    }


def _round_trips(timings: pa.Table, connect: Floats, has_rate: _Mask) -> tuple[Floats, _Mask]:
    """Give the logarithm of the transfers' times in round trips of their lines.

    A handshake is two round trips at most, and goes to the far end where a middlebox answers
    connects.
    """
    trip = np.fmax(connect, _number(timings, "handshake_ms") / 2)
    spent = _number(timings, "transfer_ms")
    known = has_rate & (trip > 0) & (spent > 0)
    return np.log(np.where(known, spent, 1.0) / np.where(known, trip, 1.0)), known


def _distinct_days(groups: Groups, days: Ints, mask: _Mask) -> Ints:
    pairs = group(groups.of_row[mask], days[mask]).keys[0] if mask.any() else np.empty(0, np.int64)
    return np.bincount(pairs, minlength=len(groups)).astype(np.int64)


def _spread(
    groups: Groups, days: Ints, values: Floats, mask: _Mask
) -> tuple[Ints, Ints, Floats, Floats]:
    """Give count, days, median and deviation by group of the rows in a mask."""
    medians = np.full(len(groups), np.nan)
    deviations = np.full(len(groups), np.nan)
    if mask.any():
        inner = group(groups.of_row[mask])
        found = median_of(inner, values[mask])
        medians[inner.keys[0]] = found
        deviations[inner.keys[0]] = deviation_of(inner, values[mask], found)
    return groups.count(mask), _distinct_days(groups, days, mask), medians, deviations
