"""Shares of paths against paths written out one by one, on random internets of all shapes."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest

from tests.unit.routes.small_internets import (
    SHAPES,
    Registrations,
    SmallInternet,
    draw_internet,
    draw_mask,
    relationships,
)
from whocut.model.errors import UsageError
from whocut.routes.dependency.flows import (
    Flows,
    Target,
    measure_flows,
    measure_influence,
    measure_rules,
)
from whocut.routes.dependency.trim import trimmed_mean
from whocut.routes.reference import routes_to
from whocut.routes.topology import build_topology

GRAPHS_A_SHAPE = 80


def _ways(routes, asn, ties):
    """List all best paths of an AS with the part of its weight that goes by each."""
    if not routes[asn].length:
        return [((asn,), 1.0)]
    hops = sorted(routes[asn].next_hops)
    if ties == "lowest_asn":
        hops = hops[:1]
    return [
        ((asn, *rest), part / len(hops)) for hop in hops for rest, part in _ways(routes, hop, ties)
    ]


def _by_hand(net, target, viewpoints, ties, trim, mask=None):
    """Follow every path of every viewpoint and add up, as the definitions say."""
    topology = net.topology
    plain = net.whole if mask is None else net.masked(mask)
    home = {int(asn) for asn in topology.asns[target.is_home]}
    sums = {
        name: defaultdict(lambda: defaultdict(float))
        for name in ("carried", "sold", "gates", "entries")
    }
    direct, reached = defaultdict(float), defaultdict(float)
    local = defaultdict(float)
    for place in np.flatnonzero(target.weights):
        end, weight = int(topology.asns[place]), float(target.weights[place])
        routes = routes_to(plain, end)
        crossed = defaultdict(lambda: defaultdict(float))
        heard = [view for view in viewpoints if view != end and view in routes]
        for view in heard:
            reached[view] += weight
            for path, part in _ways(routes, view, ties):
                for at, asn in enumerate(path[1:-1], 1):
                    sums["carried"][asn][view] += weight * part
                    crossed[asn][view] += part
                    if routes[asn].kind == 0:
                        sums["sold"][asn][view] += weight * part / (len(path) - 1 - at)
                last = max(at for at, asn in enumerate(path[:-1]) if asn not in home)
                taker = topology.first_asn[topology.class_index(path[last + 1])]
                sums["entries"][int(taker)][view] += weight * part
                if last:
                    sums["gates"][path[last]][view] += weight * part
                else:
                    direct[view] += weight * part
        for asn, shares in crossed.items():
            column = [shares[view] for view in heard if view != asn]
            mean = float(trimmed_mean(np.array([column]), trim=trim)[0])
            local[asn] += mean * float(target.origin_weights[place])
    return sums, direct, reached, local


def _draw(rng: random.Random, net: SmallInternet, *, is_alike: bool):
    """Choose a country, weights, and viewpoints abroad.

    ``is_alike``: networks of one class weigh the same, so that means over a class are exact.
    """
    topology = net.topology
    country = rng.choice(topology.countries)
    is_home = topology.in_country(country)
    asked = is_home.copy()
    if rng.random() < 0.3:  # by location, networks registered elsewhere lie there, too
        asked |= np.array([rng.random() < 0.2 for _ in asked])
    drawn = [rng.choice((1.0, 2.5, 4.0)) for _ in range(topology.class_count)]
    weights = np.where(asked, np.array(drawn)[topology.class_of], 0.0)
    if not is_alike:
        weights *= np.array([rng.choice((0.0, 1.0, 3.0)) for _ in asked])
    origins = np.where(weights > 0, 1.0, 0.0)
    abroad = [int(asn) for asn in topology.asns[~is_home]]
    viewpoints = rng.sample(abroad, rng.randint(min(1, len(abroad)), len(abroad)))
    return Target(weights, origins, is_home), sorted(viewpoints)


def _found(flows: Flows, name: str):
    asns = flows.entry_asns if name == "entries" else flows.asns
    table = getattr(flows, name)
    return {
        (int(asn), view): table[row, column]
        for row, asn in enumerate(asns)
        for column, view in enumerate(flows.viewpoints)
        if table[row, column]
    }


@pytest.mark.parametrize("ties", ["equal", "lowest_asn"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shares_are_those_of_paths_written_out(shape, ties, pytestconfig) -> None:
    checked = 0
    for number in range(GRAPHS_A_SHAPE):
        rng = random.Random(f"{pytestconfig.option.hypothesis_seed} walk {shape} {number}")
        net = draw_internet(rng, shape, rng.randint(3, 14))
        target, viewpoints = _draw(rng, net, is_alike=rng.random() < 0.5)
        mask = draw_mask(rng, net.topology) if rng.random() < 0.5 else None
        sums, direct, reached, _ = _by_hand(net, target, viewpoints, ties, 0.1, mask)
        try:
            flows = measure_flows(net.topology, target, viewpoints, ties=ties, workers=1, mask=mask)
        except UsageError:
            assert not any(reached.values()), (shape, number)
            continue
        checked += 1
        whole = float(target.weights.sum())
        assert set(flows.viewpoints) == {view for view, got in reached.items() if got > 0}
        for column, view in enumerate(flows.viewpoints):
            assert flows.reached[column] == pytest.approx(reached[view] / whole)
            assert flows.direct[column] == pytest.approx(direct[view] / reached[view])
        for name, table in sums.items():
            wanted = {
                (asn, view): share / reached[view]
                for asn, row in table.items()
                for view, share in row.items()
            }
            assert _found(flows, name) == pytest.approx(wanted), (shape, number, name)
        sum_of_parts = flows.gates.sum(axis=0) + flows.direct
        assert sum_of_parts == pytest.approx(np.ones(len(flows.viewpoints)))
        assert flows.entries.sum(axis=0) == pytest.approx(np.ones(len(flows.viewpoints)))
    assert checked > GRAPHS_A_SHAPE // 10  # in many drawn worlds nobody is abroad


@pytest.mark.parametrize("trim", [0.0, 0.1, 0.3])
def test_hegemony_towards_single_networks_is_averaged(trim, pytestconfig) -> None:
    for number in range(GRAPHS_A_SHAPE * 2):
        rng = random.Random(f"{pytestconfig.option.hypothesis_seed} local {number}")
        net = draw_internet(rng, rng.choice(list(SHAPES)), rng.randint(3, 14))
        target, viewpoints = _draw(rng, net, is_alike=True)
        held = set(net.topology.class_of[target.weights > 0])
        viewpoints = [view for view in viewpoints if net.topology.class_index(view) not in held]
        _, _, reached, local = _by_hand(net, target, viewpoints, "equal", trim)
        if not any(reached.values()):
            continue
        flows = measure_flows(net.topology, target, viewpoints, trim=trim, workers=1)
        origins = float(target.origin_weights.sum())
        wanted = {asn: mean / origins for asn, mean in local.items() if mean}
        got = zip(flows.asns.tolist(), flows.local.tolist(), strict=True)
        assert {asn: mean for asn, mean in got if mean} == pytest.approx(wanted), number


def test_rules_side_by_side_and_influence_alone_say_the_same(pytestconfig) -> None:
    checked = 0
    for number in range(GRAPHS_A_SHAPE * 2):
        rng = random.Random(f"{pytestconfig.option.hypothesis_seed} rules {number}")
        net = draw_internet(rng, rng.choice(list(SHAPES)), rng.randint(3, 14))
        target, viewpoints = _draw(rng, net, is_alike=rng.random() < 0.5)
        mask = draw_mask(rng, net.topology) if rng.random() < 0.5 else None
        asked = (net.topology, target, viewpoints)
        try:
            both = measure_rules(*asked, ("lowest_asn", "equal"), workers=2, mask=mask)
        except UsageError:
            with pytest.raises(UsageError):
                measure_influence(*asked, mask=mask)
            continue
        checked += 1
        for ties, flows in zip(("lowest_asn", "equal"), both, strict=True):
            alone = measure_flows(*asked, ties=ties, workers=1, mask=mask)
            assert flows.viewpoints == alone.viewpoints
            for name in ("asns", "carried", "sold", "gates", "entries", "direct", "local"):
                assert np.array_equal(getattr(flows, name), getattr(alone, name)), (number, name)
            by_asn = zip(flows.asns.tolist(), flows.influence().tolist(), strict=True)
            wanted = {asn: value for asn, value in by_asn if value}
            found = measure_influence(*asked, ties=ties, mask=mask)
            assert found == pytest.approx(wanted, rel=1e-12), (number, ties)
    assert checked > GRAPHS_A_SHAPE // 2


def test_numbers_of_ases_do_not_matter(pytestconfig) -> None:
    rng = random.Random(f"{pytestconfig.option.hypothesis_seed} renumbered")
    for number in range(60):
        net = draw_internet(rng, rng.choice(list(SHAPES)), rng.randint(3, 14))
        old = net.topology.asns.tolist()
        renamed = dict(zip(old, rng.sample(range(1, 5_000), len(old)), strict=True))
        countries = tuple(sorted(net.topology.countries))
        registry = Registrations(
            np.array(sorted(renamed.values()), np.uint32),
            np.array(
                [
                    countries.index(net.topology.countries[net.topology.country[old.index(asn)]])
                    for asn in sorted(renamed, key=renamed.__getitem__)
                ],
                np.int32,
            ),
            countries,
        )
        other = build_topology(
            relationships(
                {(renamed[a], renamed[b]) for a, b in net.sales},
                {(renamed[a], renamed[b]) for a, b in net.peerings},
            ),
            registry,
        )
        if other.broken:
            continue
        target, viewpoints = _draw(rng, net, is_alike=True)
        place = [int(np.searchsorted(other.asns, renamed[asn])) for asn in old]
        moved = [np.empty(len(old)), np.empty(len(old)), np.empty(len(old), np.bool_)]
        for new, before in zip(
            moved, (target.weights, target.origin_weights, target.is_home), strict=True
        ):
            new[place] = before
        try:
            first = measure_flows(net.topology, target, viewpoints, workers=1)
        except UsageError:
            continue
        second = measure_flows(
            other, Target(*moved), [renamed[view] for view in viewpoints], workers=1
        )
        for name in ("carried", "sold", "gates"):
            wanted = {
                (renamed[asn], renamed[view]): share
                for (asn, view), share in _found(first, name).items()
            }
            assert _found(second, name) == pytest.approx(wanted), (number, name)
