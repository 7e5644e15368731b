"""Every kernel against the plain reference, on random internets of all shapes and under masks."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.routes.small_internets import SHAPES, SmallInternet, draw_internet, draw_mask
from whocut.routes.kernels import (
    NO_ROUTE,
    Ties,
    distance_rows,
    hop_weights,
    inner_weights,
    length_sums,
    own_class_values,
    reached_pairs,
    reached_weights,
    traced_mass,
    transit_mass,
)
from whocut.routes.reference import (
    reference_hops,
    reference_reached,
    reference_traced,
    reference_transit,
    routes_to,
)
from whocut.routes.topology import Topology

GRAPHS_A_SHAPE = 150
"""Times seven shapes: 1,050 graphs."""


def _draws(config: pytest.Config, shape: str, count: int = GRAPHS_A_SHAPE):
    for number in range(count):
        rng = random.Random(f"{config.option.hypothesis_seed} {shape} {number}")
        net = draw_internet(rng, shape, rng.randint(2, 16))
        yield number, rng, net


def _member(net: SmallInternet, at: int, which: int = 0) -> int:
    topology = net.topology
    return int(topology.asns[topology.members[topology.member_start[at] + which]])


def _said(route) -> int:
    return NO_ROUTE if route is None else route.kind * 64 + route.length


@pytest.mark.parametrize("shape", SHAPES)
def test_values_are_the_reference_routes(shape: str, pytestconfig: pytest.Config) -> None:
    for number, rng, net in _draws(pytestconfig, shape):
        topology = net.topology
        mask = draw_mask(rng, topology) if rng.random() < 0.7 else None
        plain = net.whole if mask is None else net.masked(mask)
        classes = np.arange(topology.class_count, dtype=np.int32)
        rows = distance_rows(topology, classes, mask)
        inner = own_class_values(topology, classes, mask)
        for at in classes:
            routes = routes_to(plain, _member(net, at))
            for place, asn in enumerate(topology.asns.tolist()):
                held = topology.class_of[place]
                want = inner[at] if held == at and asn != _member(net, at) else rows[at, held]
                assert _said(routes.get(asn)) == want, (shape, number, at, asn)


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_are_the_reference_sums(shape: str, pytestconfig: pytest.Config) -> None:
    for number, rng, net in _draws(pytestconfig, shape):
        topology = net.topology
        mask = draw_mask(rng, topology) if rng.random() < 0.7 else None
        plain = net.whole if mask is None else net.masked(mask)
        sources = np.array([rng.choice((0, 1, 7.5)) for _ in topology.asns], np.float64)
        wanted = np.array([rng.choice((0, 1, 2.25)) for _ in topology.asns], np.float64)
        by_asn = _by_asn(topology, sources)
        classes = np.array(rng.sample(range(topology.class_count), topology.class_count), np.int32)
        within = inner_weights(topology, sources, wanted)
        weights = topology.class_sums(sources)
        asked = (topology, classes, weights, mask)
        reached = reached_weights(*asked, workers=1, inner_weights=within)
        reached_too, hops = hop_weights(*asked, workers=1, inner_weights=within)
        pairs = 0.0
        for place, at in enumerate(classes):
            ends = topology.members[topology.member_start[at] : topology.member_start[at + 1]]
            whole = wanted[ends].sum()
            if whole == 0:
                continue
            got = far = 0.0
            for end in ends:
                asn = int(topology.asns[end])
                got += wanted[end] * reference_reached(plain, asn, by_asn)
                far += wanted[end] * reference_hops(plain, asn, by_asn)
            pairs += got
            where = (shape, number, at)
            assert reached[place] == pytest.approx(got / whole, abs=1e-9), where
            assert reached_too[place] == pytest.approx(got / whole, abs=1e-9), where
            assert hops[place] == pytest.approx(far / whole, abs=1e-9), where
        total = reached_pairs(
            topology,
            classes,
            topology.class_sums(wanted),
            weights,
            mask,
            workers=1,
            inner_weights=within,
        )
        assert total == pytest.approx(pairs, abs=1e-9), (shape, number)


@pytest.mark.parametrize("shape", SHAPES)
def test_lengths_of_what_a_mask_leaves_are_the_reference_lengths(
    shape: str, pytestconfig: pytest.Config
) -> None:
    for number, rng, net in _draws(pytestconfig, shape):
        topology = net.topology
        mask = draw_mask(rng, topology)
        plain = net.masked(mask)
        asks = np.array([rng.random() < 0.5 for _ in range(topology.class_count)])[
            topology.class_of
        ]
        weights = np.array([rng.choice((0, 1, 7.5, 0.1)) for _ in topology.asns])
        sources, wanted = np.where(asks, 0.0, weights), np.where(asks, weights, 0.0)
        pairs = old = new = 0.0
        for end in np.flatnonzero(wanted):
            asn = int(topology.asns[end])
            before, after = routes_to(net.whole, asn), routes_to(plain, asn)
            for source in np.flatnonzero(sources):
                view = int(topology.asns[source])
                if view in after:
                    weight = float(wanted[end] * sources[source])
                    pairs += weight
                    old += weight * before[view].length
                    new += weight * after[view].length
        found = length_sums(
            topology,
            np.arange(topology.class_count, dtype=np.int32),
            topology.class_sums(wanted),
            topology.class_sums(sources),
            mask,
        )
        assert found == pytest.approx((pairs, old, new), rel=1e-12), (shape, number)


@pytest.mark.parametrize("ties", ["equal", "lowest_asn"])
@pytest.mark.parametrize("shape", SHAPES)
def test_transit_is_the_reference_transit(
    shape: str, ties: Ties, pytestconfig: pytest.Config
) -> None:
    for number, rng, net in _draws(pytestconfig, shape):
        topology = net.topology
        mask = draw_mask(rng, topology) if rng.random() < 0.7 else None
        plain = net.whole if mask is None else net.masked(mask)
        sources = np.array([rng.choice((0, 1, 7.5)) for _ in topology.asns], np.float64)
        wanted = np.array([rng.choice((0, 1, 2.25)) for _ in topology.asns], np.float64)
        classes = np.array(rng.sample(range(topology.class_count), topology.class_count), np.int32)
        mass = transit_mass(
            topology,
            classes,
            topology.class_sums(wanted),
            topology.class_sums(sources),
            mask,
            ties=ties,
            workers=1,
            inner_weights=inner_weights(topology, sources, wanted),
        )
        want = reference_transit(
            plain, _by_asn(topology, wanted), _by_asn(topology, sources), ties=ties
        )
        for at in classes:
            both = (mass[at], sum(want.get(asn, 0.0) for asn in _asns(topology, at)))
            assert both[0] == pytest.approx(both[1], rel=1e-5, abs=1e-9), (shape, number, at)


@pytest.mark.parametrize("shape", SHAPES)
def test_mass_is_conserved(shape: str, pytestconfig: pytest.Config) -> None:
    """A path of h hops crosses h - 1 classes between its ends, however it is shared out."""
    for number, rng, net in _draws(pytestconfig, shape):
        topology = net.topology
        mask = draw_mask(rng, topology)
        weights = np.array([rng.random() for _ in range(topology.class_count)])
        classes = np.arange(topology.class_count, dtype=np.int32)
        reached, hops = hop_weights(topology, classes, weights, mask, workers=1)
        for ties in ("equal", "lowest_asn"):
            asked = (topology, classes, weights, weights, mask)
            mass = transit_mass(*asked, ties=ties, workers=1)
            assert mass.sum() == pytest.approx((hops - reached) @ weights, rel=1e-5, abs=1e-9), (
                shape,
                number,
            )


@pytest.mark.parametrize("by_distance", [False, True])
@pytest.mark.parametrize("ties", ["equal", "lowest_asn"])
@pytest.mark.parametrize("shape", SHAPES)
def test_traces_are_the_reference_traces(
    shape: str, ties: Ties, by_distance: bool, pytestconfig: pytest.Config
) -> None:
    for number, rng, net in _draws(pytestconfig, shape, GRAPHS_A_SHAPE // 2):
        topology = net.topology
        mask = draw_mask(rng, topology) if rng.random() < 0.7 else None
        plain = net.whole if mask is None else net.masked(mask)
        wanted = np.array([rng.choice((0, 1, 2.25)) for _ in topology.asns], np.float64)
        asns = topology.asns.tolist()
        viewpoint = rng.choice(asns)
        at = topology.class_index(viewpoint)
        within = topology.class_sums(wanted)
        within[at] -= wanted[topology.index_of(viewpoint)]
        mass = traced_mass(
            topology,
            np.arange(topology.class_count, dtype=np.int32),
            topology.class_sums(wanted),
            np.array([at], np.int32),
            mask,
            ties=ties,
            by_distance=by_distance,
            workers=1,
            inner_weights=within,
        )
        want = reference_traced(
            plain, _by_asn(topology, wanted), [viewpoint], ties=ties, by_distance=by_distance
        )
        for held in range(topology.class_count):
            hoped = sum(want[viewpoint].get(asn, 0.0) for asn in _asns(topology, held))
            assert mass[0, held] == pytest.approx(hoped, rel=1e-9, abs=1e-12), (shape, number, held)


@pytest.mark.parametrize("shape", SHAPES)
def test_traces_add_up_to_the_transit(shape: str, pytestconfig: pytest.Config) -> None:
    for number, rng, net in _draws(pytestconfig, shape, GRAPHS_A_SHAPE // 3):
        topology = net.topology
        mask = draw_mask(rng, topology)
        weights = topology.member_count.astype(np.float64)
        classes = np.arange(topology.class_count, dtype=np.int32)
        traced = traced_mass(topology, classes, weights, classes, mask, workers=2)
        mass = transit_mass(topology, classes, weights, weights, mask, workers=2)
        assert weights @ traced == pytest.approx(mass, rel=1e-5, abs=1e-9), (shape, number)


def _asns(topology: Topology, at: int) -> list[int]:
    held = topology.members[topology.member_start[at] : topology.member_start[at + 1]]
    return topology.asns[held].tolist()


def _by_asn(topology: Topology, weights: np.ndarray) -> dict[int, float]:
    """List the weights that are not zero by AS."""
    pairs = zip(topology.asns.tolist(), weights.tolist(), strict=True)
    return {asn: weight for asn, weight in pairs if weight}
