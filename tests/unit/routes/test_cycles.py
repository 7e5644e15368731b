"""Order of sales, and the stated rule for links that lead back to their seller."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.routes.small_internets import draw_internet, relationships
from whocut.routes.cycles import BrokenLink, break_cycles, expand_rows, row_starts, sale_levels
from whocut.routes.topology import build_topology


def _broken(sales: set[tuple[int, int]], peers: set[tuple[int, int]] = frozenset()):
    return build_topology(relationships(sales, peers)).broken


def test_levels_are_the_longest_chains_below() -> None:
    provider, customer = np.array([0, 0, 1, 2]), np.array([1, 3, 2, 3])
    assert sale_levels(provider, customer, 4).tolist() == [3, 2, 1, 0]


def test_levels_end_at_a_knot_and_all_above_it() -> None:
    provider, customer = np.array([0, 1, 2, 3]), np.array([1, 2, 1, 0])
    assert sale_levels(provider, customer, 5).tolist() == [-1, -1, -1, -1, 0]


def test_rows_are_expanded_in_the_order_asked_for() -> None:
    starts = row_starts(np.array([0, 0, 2, 2, 2]), 3)
    assert starts.tolist() == [0, 2, 2, 5]
    assert expand_rows(starts, np.array([2, 1, 0])).tolist() == [2, 3, 4, 0, 1]
    assert expand_rows(starts, np.array([], np.int64)).tolist() == []


def test_nothing_is_broken_where_nothing_leads_back() -> None:
    assert _broken({(1, 2), (2, 3), (1, 3)}) == ()


def test_the_larger_network_does_not_buy_from_the_smaller() -> None:
    """AS10 has five neighbours, its supposed provider AS30 has two."""
    sales = {(10, 20), (20, 30), (30, 10), (10, 41), (10, 42), (10, 43)}
    assert _broken(sales) == (BrokenLink(30, 10, (10, 20, 30)),)


def test_on_a_draw_the_lowest_provider_goes() -> None:
    assert _broken({(5, 6), (6, 7), (7, 5)}) == (BrokenLink(5, 6, (5, 6, 7)),)


def test_two_knots_are_two_reports() -> None:
    broken = _broken({(1, 2), (2, 1), (2, 11), (11, 12), (12, 11), (12, 13)})
    assert [each.knot for each in broken] == [(1, 2), (11, 12)]


def test_a_knot_in_a_knot_is_broken_again() -> None:
    broken = _broken({(1, 2), (2, 3), (3, 1), (2, 1)})
    assert len(broken) == 2
    assert broken[0].knot == (1, 2) or broken[1].knot == (1, 2, 3)


def test_long_rings_need_no_recursion() -> None:
    size = 5_000
    ring = {(at + 1, (at + 1) % size + 1) for at in range(size)}
    (broken,) = _broken(ring)
    assert len(broken.knot) == size


def test_what_is_left_has_an_order_and_each_break_was_needed(rng: random.Random) -> None:
    for _ in range(200):
        size = rng.randint(3, 14)
        pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
        chosen = sorted({pair for pair in pairs if rng.random() < 0.2})
        if not chosen:
            continue
        provider, customer = (np.array(each) for each in zip(*chosen, strict=True))
        neighbours = np.bincount(np.concatenate((provider, customer)), minlength=size)
        asns = np.arange(100, 100 + size, dtype=np.uint32)
        kept, broken = break_cycles(provider, customer, neighbours, asns)
        assert sale_levels(provider[kept], customer[kept], size).min() >= 0
        assert len(broken) == (~kept).sum()
        gone = {(100 + a, 100 + b) for (a, b), stays in zip(chosen, kept, strict=True) if not stays}
        assert {(each.provider, each.customer) for each in broken} == gone
        for each in broken:  # its own ends were in the knot that it was cut from
            assert {each.provider, each.customer} <= set(each.knot)


@pytest.mark.parametrize("number", range(20))
def test_classes_stand_in_order(number: int, seed: int) -> None:
    rng = random.Random(f"{seed} {number}")
    topology = draw_internet(rng, "cycles", 14).topology
    buyer = np.repeat(np.arange(topology.class_count), np.diff(topology.up_start))
    assert (buyer < topology.up).all()
