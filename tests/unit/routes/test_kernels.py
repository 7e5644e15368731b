"""Limits of the kernels: lengths, counts, threads, what is refused."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.routes.small_internets import draw_internet, relationships
from whocut.model.errors import UsageError
from whocut.routes.kernels import (
    LONGEST_ROUTE,
    distance_rows,
    hop_weights,
    reached_weights,
    traced_mass,
    transit_mass,
)
from whocut.routes.topology import build_topology

ONE = np.zeros(1, np.int32)


def _chain(hops: int):
    topology = build_topology(relationships({(at + 1, at) for at in range(1, hops + 1)}))
    return topology, np.array([topology.class_index(1)], np.int32)


def _up_and_down(hops: int):
    """A route that climbs half of its way, crosses once and comes down."""
    half = (hops - 1) // 2
    left = {(at + 1, at) for at in range(1, half + 1)}
    right = {(501 + at, 500 + at) for at in range(1, hops - half)}
    top = (half + 1, 500 + hops - half)
    topology = build_topology(relationships(left | right, {top}))
    return topology, np.array([topology.class_index(1)], np.int32)


@pytest.mark.parametrize("make", [_chain, _up_and_down])
def test_the_longest_route_is_told(make) -> None:
    topology, asked = make(LONGEST_ROUTE)
    lengths = distance_rows(topology, asked)[0] & 63
    assert lengths.max() == LONGEST_ROUTE
    weights = np.ones(topology.class_count)
    reached, hops = hop_weights(topology, asked, weights)
    assert (reached[0], hops[0]) == (topology.class_count - 1, lengths.sum())
    assert transit_mass(topology, asked, weights, weights).sum() == hops[0] - reached[0]


@pytest.mark.parametrize("more", [1, 2, 90])
@pytest.mark.parametrize("make", [_chain, _up_and_down])
def test_a_longer_route_is_refused_not_forgotten(make, more: int) -> None:
    topology, asked = make(LONGEST_ROUTE + more)
    weights = np.ones(topology.class_count)
    views = np.arange(topology.class_count, dtype=np.int32)
    for ask in (
        lambda: distance_rows(topology, asked),
        lambda: hop_weights(topology, asked, weights),
        lambda: transit_mass(topology, asked, weights, weights),
        lambda: traced_mass(topology, asked, weights, views),
    ):
        with pytest.raises(UsageError, match="drawn links: a route has more than 62 hops"):
            ask()
    # Whether there is a route at all can be told for any length.
    assert reached_weights(topology, asked, weights)[0] == topology.class_count - 1


def test_more_equal_ways_than_a_byte_counts() -> None:
    """A stub with 300 providers, all of them customers of AS1; and 300 peers likewise."""
    middle = range(100, 400)
    sales = {(1, each) for each in middle} | {(each, 2) for each in middle}
    topology = build_topology(relationships(sales | {(3, 4)}, {(1, 3)}))
    weights = np.ones(topology.class_count)
    for start, end in ((2, 1), (1, 2), (4, 2), (2, 4)):
        asked = np.array([topology.class_index(end)], np.int32)
        source = np.zeros(topology.class_count)
        source[topology.class_index(start)] = 300.0
        mass = transit_mass(topology, asked, weights, source)
        crossed = [mass[topology.class_index(each)] for each in middle]
        assert crossed == pytest.approx([1.0] * 300, rel=1e-5)
        views = np.array([topology.class_index(start)], np.int32)
        traced = traced_mass(topology, asked, weights, views)[0]
        assert 300 * traced == pytest.approx(mass, rel=1e-5)


def test_more_equal_peers_than_a_byte_counts() -> None:
    middle = range(100, 400)
    sales = {(each, 2) for each in middle} | {(1, 5)}
    topology = build_topology(relationships(sales, {(1, each) for each in middle}))
    asked = np.array([topology.class_index(2)], np.int32)
    source = np.zeros(topology.class_count)
    source[topology.class_index(5)] = 300.0
    mass = transit_mass(topology, asked, np.ones(topology.class_count), source)
    assert mass[topology.class_index(1)] == pytest.approx(300.0)
    crossed = [mass[topology.class_index(each)] for each in middle]
    assert crossed == pytest.approx([1.0] * 300, rel=1e-5)


def test_answers_do_not_depend_on_workers_order_or_company(rng: random.Random) -> None:
    topology = draw_internet(rng, "dense core", 400).topology
    weights = np.array([rng.random() for _ in range(topology.class_count)])
    asked = np.arange(topology.class_count, dtype=np.int32)
    mixed = np.array(rng.sample(range(topology.class_count), topology.class_count), np.int32)
    reached, hops = hop_weights(topology, asked, weights, workers=1)
    for workers in (1, 2, 3):
        again = hop_weights(topology, mixed, weights, workers=workers)
        assert np.allclose(again[0], reached[mixed], rtol=1e-12)
        assert np.allclose(again[1], hops[mixed], rtol=1e-12)
        bits = reached_weights(topology, mixed, weights, workers=workers)
        assert np.allclose(bits, reached[mixed], rtol=1e-12)
    mass = transit_mass(topology, asked, weights, weights, workers=1)
    assert np.array_equal(mass, transit_mass(topology, asked, weights, weights, workers=3))
    rows = distance_rows(topology, asked)
    assert np.array_equal(distance_rows(topology, mixed), rows[mixed])
    assert np.array_equal(distance_rows(topology, np.repeat(mixed[:3], 40))[::40], rows[mixed[:3]])


def test_nothing_asked_is_nothing_told() -> None:
    topology, _ = _chain(4)
    none = np.zeros(0, np.int32)
    weights = np.ones(topology.class_count)
    assert distance_rows(topology, none).shape == (0, topology.class_count)
    assert len(reached_weights(topology, none, weights)) == 0
    assert transit_mass(topology, none, weights, weights).sum() == 0
    assert traced_mass(topology, none, weights, ONE).shape == (1, topology.class_count)
    assert traced_mass(topology, ONE, weights, none).shape == (0, topology.class_count)


@pytest.mark.parametrize("asked", [[-1], [99]])
def test_destinations_outside_are_refused(asked: list[int]) -> None:
    topology, _ = _chain(4)
    with pytest.raises(UsageError, match="destinations are classes 0 to 4"):
        distance_rows(topology, np.array(asked, np.int32))


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_weights_are_numbers_from_zero_up(bad: float) -> None:
    topology, asked = _chain(4)
    weights = np.ones(topology.class_count)
    weights[2] = bad
    with pytest.raises(UsageError, match="weights are 5 numbers"):
        reached_weights(topology, asked, weights)
    with pytest.raises(UsageError, match="weights are 5 numbers"):
        reached_weights(topology, asked, np.ones(4))


def test_an_unknown_rule_for_ties_is_refused() -> None:
    topology, asked = _chain(4)
    weights = np.ones(topology.class_count)
    with pytest.raises(UsageError, match="equal and lowest_asn"):
        transit_mass(topology, asked, weights, weights, ties="random")
