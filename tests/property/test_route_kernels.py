"""Every kernel against the plain reference, on random internets of all shapes and under masks."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.routes.small_internets import SHAPES, SmallInternet, draw_internet, draw_mask
from whocut.routes.kernels import (
    NO_ROUTE,
    distance_rows,
    hop_weights,
    inner_weights,
    own_class_values,
    reached_pairs,
    reached_weights,
)
from whocut.routes.reference import (
    reference_hops,
    reference_reached,
    routes_to,
)

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
        by_asn = dict(zip(topology.asns.tolist(), sources.tolist(), strict=True))
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
