"""One country's verdicts of some weeks to tallies, and to what its networks were like."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from whocut.access.cells.grouping import Groups, Ints, encode, group, start_of_week
from whocut.access.cells.habit import targets_alike
from whocut.access.cells.health import DayFacts, Health, network_health, owned_by_network
from whocut.access.cells.model_data import MODEL
from whocut.access.cells.symbols import KIND_COLUMNS, SYMBOL_INDEX, is_mask, symbols_of
from whocut.model.cell_schema import NETWORK_WEEK, TALLY
from whocut.model.table import Table, arrow_schema
from whocut.model.taxonomy import CUT_OUTCOMES

__all__ = ["VERDICT_COLUMNS_READ", "Tallied", "tally_verdicts"]

VERDICT_COLUMNS_READ: Final = (
    "origin",
    "probe_cc",
    "probe_asn",
    "measurement_start_time",
    "measurement_uid",
    "target",
    *KIND_COLUMNS,
)
"""What is read of a verdict."""
_DAY_US: Final = 86_400_000_000


class Tallied(Struct, frozen=True):
    """Tallies and network weeks of one country."""

    tallies: pa.Table
    networks: pa.Table


class _Coded(Struct, frozen=True):
    """Verdicts as integer codes."""

    network: Ints
    """Origin and AS together."""
    target: Ints
    kind: Ints
    day: Ints
    networks: pa.Table
    targets: pa.Array
    kinds: pa.Table


def _distinct(table: pa.Table, names: tuple[str, ...]) -> tuple[Ints, pa.Table]:
    """Code the rows by several columns together; the distinct rows stand in their order."""
    coded = [encode(table[name]) for name in names]
    groups = group(*(codes for codes, _ in coded))
    arrays = [
        values.take(pa.array(key)) for (_, values), key in zip(coded, groups.keys, strict=True)
    ]
    return groups.of_row, pa.Table.from_arrays(arrays, names=list(names))


def _code(verdicts: pa.Table) -> _Coded:
    network, networks = _distinct(verdicts, ("origin", "probe_asn"))
    kind, kinds = _distinct(verdicts, KIND_COLUMNS)
    target, targets = encode(verdicts["target"])
    day = np.asarray(verdicts["measurement_start_time"].cast(pa.int64()).to_numpy()) // _DAY_US
    return _Coded(network, target, kind, day, networks, targets, kinds)


def tally_verdicts(verdicts: pa.Table) -> Tallied:
    """Count one country's verdicts by network, target, week and kind, and judge its networks.

    The result depends on the set of rows alone, not on their order. Days before and after tell how
    a network fares, so that whole weeks, many of them, should be given at once.
    """
    if not verdicts.num_rows:
        empty = (arrow_schema(TALLY).empty_table(), arrow_schema(NETWORK_WEEK).empty_table())
        return Tallied(*empty)
    coded = _code(verdicts)
    symbols = symbols_of(coded.kinds)
    days = group(coded.network, coded.target, coded.day, coded.kind)
    facts_of, facts = _day_facts(days, symbols)
    health = network_health(facts)
    return Tallied(
        _tallies(verdicts, coded, symbols, (days, facts_of), health),
        _networks(verdicts, coded, facts, health),
    )


def _day_facts(days: Groups, symbols: Ints) -> tuple[Groups, DayFacts]:
    network, target, day, kind = days.keys
    facts = group(network, target, day)
    is_failure = is_mask("is_failure")
    is_reached = is_mask("is_usable") & ~is_failure
    is_reached[SYMBOL_INDEX["down"]] = False
    reached = facts.count(is_reached[symbols[kind]]) > 0
    failed = facts.count(is_failure[symbols[kind]]) > 0
    return facts, DayFacts(
        network=facts.keys[0],
        target=facts.keys[1],
        day=facts.keys[2],
        week=start_of_week(facts.keys[2]),
        is_reached=reached,
        is_failed=failed & ~reached,
    )


def _tallies(
    verdicts: pa.Table,
    coded: _Coded,
    symbols: Ints,
    by_day: tuple[Groups, Groups],
    health: Health,
) -> pa.Table:
    days, facts = by_day
    network, target, day, kind = days.keys
    n = days.count()
    weeks = group(target, start_of_week(day), network, kind)
    of_row = weeks.of_row[days.of_row]
    a_day = facts.sum(n)[facts.of_row]
    effective = n * np.minimum(1.0, MODEL.network.most_a_day / a_day)
    # One number a (network, target, week): every row of it holds the same.
    lossy = np.zeros(len(weeks))
    lossy[weeks.of_row] = health.lossy[facts.of_row]
    symbol = symbols[weeks.keys[3]]
    is_own = owned_by_network(weeks.keys[2], weeks.keys[0], weeks.keys[1], symbol, weeks.sum(n))
    n_bad = np.where(is_own, weeks.sum(n), weeks.sum(n * health.is_bad_day[facts.of_row]))
    own = weeks.sum(n) - n_bad * is_mask("is_failure")[symbol]
    alike = targets_alike(weeks.keys[0], weeks.keys[1], symbol, own)
    by_kind = coded.kinds.take(pa.array(weeks.keys[3]))
    by_network = coded.networks.take(pa.array(weeks.keys[2]))
    columns: dict[str, Any] = {
        "origin": by_network["origin"],
        "probe_cc": pa.array([verdicts["probe_cc"][0].as_py()] * len(weeks)),
        "target": coded.targets.take(pa.array(weeks.keys[0])),
        "week": _dates(weeks.keys[1]),
        "probe_asn": by_network["probe_asn"],
        **{name: by_kind[name] for name in KIND_COLUMNS},
        "n": weeks.sum(n).astype(np.int32),
        "n_bad_day": n_bad.astype(np.int32),
        "n_effective": weeks.sum(effective).astype(np.float32),
        "days": weeks.count().astype(np.int32),
        **_ends(verdicts, of_row, len(weeks)),
        "network_lossy": lossy.astype(np.float32),
        "others_alike": alike.alike.astype(np.int32),
        "others_refused": alike.refused.astype(np.int32),
        "others": alike.others.astype(np.int32),
    }
    return _in_order(columns, TALLY)


def _ends(verdicts: pa.Table, of_row: Ints, length: int) -> dict[str, Any]:
    """Give the first and last time of each group, and the id of the last of them."""
    times = np.asarray(verdicts["measurement_start_time"].cast(pa.int64()).to_numpy())
    first = np.full(length, np.iinfo(np.int64).max)
    last = np.full(length, np.iinfo(np.int64).min)
    np.minimum.at(first, of_row, times)
    np.maximum.at(last, of_row, times)
    is_last = np.flatnonzero(times == last[of_row])
    # Several may stand at the last instant: the greatest id, whatever the order of the rows.
    found = pa.table(
        {
            "group": pa.array(of_row[is_last]),
            "uid": verdicts["measurement_uid"].take(pa.array(is_last)),
        }
    )
    found = found.group_by("group", use_threads=False).aggregate([("uid", "max")])
    found = found.take(pc.sort_indices(found["group"]))
    instant = pa.timestamp("us", tz="UTC")
    return {
        "first": pa.array(first).cast(instant),
        "last": pa.array(last).cast(instant),
        "example_uid": found["uid_max"],
    }


def _networks(verdicts: pa.Table, coded: _Coded, facts: DayFacts, health: Health) -> pa.Table:
    week_of_row = start_of_week(coded.day)
    # Both groupings hold the same (network, week) pairs, and so stand in the same order.
    rows, weeks = group(coded.network, week_of_row), group(facts.network, facts.week)
    outcome = np.array(coded.kinds["outcome"].to_pylist())[coded.kind]
    unusable = np.isin(outcome, ["invalid", "network_down"])
    failed = health.is_counted & facts.is_failed
    by_network = coded.networks.take(pa.array(rows.keys[0]))
    columns: dict[str, Any] = {
        "origin": by_network["origin"],
        "probe_cc": pa.array([verdicts["probe_cc"][0].as_py()] * len(rows)),
        "probe_asn": by_network["probe_asn"],
        "week": _dates(rows.keys[1]),
        "n": rows.count().astype(np.int32),
        "targets": _distinct_targets(facts, len(weeks), weeks.of_row).astype(np.int32),
        "n_served": rows.count(outcome == "served").astype(np.int32),
        "n_cut": rows.count(np.isin(outcome, [one.value for one in CUT_OUTCOMES])).astype(np.int32),
        "n_unusable": rows.count(unusable).astype(np.int32),
        "reachable": weeks.count(health.is_counted).astype(np.int32),
        "reachable_failed": weeks.count(failed).astype(np.int32),
        "bad_days": _bad_days(facts, health, weeks),
        "lossy": _mean(health.lossy, weeks).astype(np.float32),
    }
    return _in_order(columns, NETWORK_WEEK)


def _distinct_targets(facts: DayFacts, length: int, week_of: Ints) -> Ints:
    pairs = group(week_of, facts.target)
    return np.bincount(pairs.keys[0], minlength=length).astype(np.int64)


def _bad_days(facts: DayFacts, health: Health, weeks: Groups) -> pa.Array:
    days = group(weeks.of_row, facts.day)
    # A day is bad for the network if it is so for most of the targets: each leaves itself out.
    is_bad = days.count(health.is_bad_day) * 2 > days.count()
    counts = np.bincount(days.keys[0][is_bad], minlength=len(weeks))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    type_ = pa.list_(pa.field("item", pa.date32(), nullable=False))
    values = pa.array(days.keys[1][is_bad].astype(np.int32)).cast(pa.date32())
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=type_)


def _mean(values: Any, groups: Groups) -> Any:  # noqa: ANN401 - numpy arrays of floats
    return groups.sum(values) / np.maximum(groups.count(), 1)


def _dates(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _in_order(columns: dict[str, Any], table: Table) -> pa.Table:
    schema = arrow_schema(table)
    rows = pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)
    order = pc.sort_indices(rows, [(name, "ascending") for name in table.sorted_by])
    return rows.take(order).combine_chunks()
