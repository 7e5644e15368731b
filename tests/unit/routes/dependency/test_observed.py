"""Measures from observed paths: sessions of one AS count once, sales alone where told."""

from __future__ import annotations

import numpy as np
import pytest

from whocut.routes.dependency.observed import observed_dependency, routes_into
from whocut.routes.observed.feed import RouteBatch, Tables, Vantage


def _key(text: str) -> bytes:
    address, _, length = text.partition("/")
    return bytes([int(length), *map(int, address.split("."))])


def _batch(tables: Tables, rows: list[tuple[Vantage, str, tuple[int, ...]]]) -> RouteBatch:
    hops = [hop for _, _, path in rows for hop in path]
    lengths = [len(path) for _, _, path in rows]
    return RouteBatch(
        np.zeros(len(rows)),
        np.array([tables.vantage(vantage) for vantage, _, _ in rows], np.int32),
        np.array([tables.prefix(_key(prefix)) for _, prefix, _ in rows], np.int32),
        np.ones(len(rows), np.bool_),
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.array(hops, np.uint32),
    )


FIRST, TWIN, SECOND = Vantage(7, "a"), Vantage(7, "b"), Vantage(8, "c")
ROWS = [
    (FIRST, "10.0.0.0/24", (7, 1, 1, 5, 100)),
    (TWIN, "10.0.0.0/24", (7, 2, 5, 100)),
    (FIRST, "10.0.1.0/24", (7, 1, 5, 5, 100)),
    (SECOND, "10.0.0.0/24", (8, 1, 3, 100)),
    (SECOND, "10.0.1.0/24", (8, 100)),
    (SECOND, "10.0.2.0/24", (8, 1, 999)),
]


def _found(**asked):
    tables = Tables()
    batch = routes_into([_batch(tables, ROWS)], [100])
    return observed_dependency(batch, tables, (7, 8), **asked)


def test_shares_are_means_over_vantage_ases() -> None:
    found = _found()
    by_asn = {one.asn: one for one in found.carriers}
    assert found.paths == "observed"
    assert found.unit == "IPv4 addresses"
    # AS7 goes by 1 with one of two sessions for one prefix, with its only one for the other.
    assert by_asn[1].carried == pytest.approx((0.75 + 0.5) / 2)
    assert by_asn[2].carried == pytest.approx(0.25 / 2)
    assert by_asn[5].carried == pytest.approx(1 / 2)
    # Two hops from 1 to 100, one from 5.
    assert by_asn[1].influence == pytest.approx((0.75 + 0.5) / 2 / 2)
    assert by_asn[5].influence == pytest.approx(1 / 2)
    assert not {7, 8, 100, 999} & set(by_asn)
    assert found.is_filtered is False


def test_influence_counts_sales_only_where_relations_are_told() -> None:
    found = _found(sales=[(5, 100)])
    by_asn = {one.asn: one for one in found.carriers}
    assert found.is_filtered
    assert by_asn[1].influence == 0
    assert by_asn[5].influence == pytest.approx(1 / 2)
    assert by_asn[1].carried == pytest.approx((0.75 + 0.5) / 2)


def test_no_path_is_no_answer() -> None:
    tables = Tables()
    batch = routes_into([_batch(tables, ROWS)], [555])
    assert observed_dependency(batch, tables, (7,)).carriers == ()
