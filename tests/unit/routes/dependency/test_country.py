"""A country by hand: gates, hegemony, influence, concentration, points of control, bands."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.routes.dependency.world import PEERS, PLACE, SALES, organisations, topology, weights
from tests.unit.routes.small_internets import relationships
from whocut.ingest.topology import CountryOrigins
from whocut.model.errors import UsageError
from whocut.routes.dependency.comparison import shifts
from whocut.routes.dependency.cones import cone_of, domestic_cover
from whocut.routes.dependency.country import (
    Question,
    Variant,
    country_dependency,
    target_of,
)
from whocut.routes.dependency.network import network_dependency
from whocut.routes.dependency.partial import partial_influence
from whocut.routes.dependency.trim import concentration, count_holding, trimmed_mean
from whocut.routes.dependency.viewpoints import draw_viewpoints
from whocut.routes.dependency.ways import ways_between
from whocut.routes.topology import build_topology


def _answer(*variants: Variant, **asked):
    question = Question(
        country=PLACE,
        organisations=organisations(),
        weights=weights(),
        viewpoints=(200, 201),
        **asked,
    )
    return country_dependency(question, variants or (Variant(topology(), "equal"),), workers=1)


def test_influence_is_the_mean_over_shares_of_peerings() -> None:
    world = topology()
    target = target_of(world, Question(PLACE, organisations(), weights()))
    found = partial_influence(world, target, (200, 201), shares=(1.0, 0.0), workers=1)
    # CTI of 10: one hop before 100, two before 102; of 1, which sells only what goes on to 10.
    # Without the peering of 1 and 2 neither eye reaches what the other does: of 0.7 that 200 does.
    assert found[10] == pytest.approx(((0.6 + 0.1 / 2 + 0.6) / 2, (0.6 + 0.1 / 2) / 0.7 / 2))
    assert found[1][0] == pytest.approx((0.6 / 2 + 0.1 / 3 + 0.6 / 2) / 2)
    band = next(one for one in _answer().carriers if one.asn == 10).influence
    assert band.low == pytest.approx(found[10][1])
    assert band.high == pytest.approx(found[10][0])
    assert band.low < band.value < band.high


def test_what_only_peers_reach_counts_nothing_without_them() -> None:
    world = build_topology(relationships({(1, 100), (3, 200)}, {(1, 3)}), organisations())
    target = target_of(world, Question(PLACE, organisations(), None))
    found = partial_influence(world, target, (200,), shares=(0.0, 1.0), workers=1)
    assert found[1] == (0.0, pytest.approx(1.0))


def test_figures_are_those_worked_out_by_hand() -> None:
    found = _answer()
    by_asn = {one.asn: one for one in found.carriers}
    # 200 reaches 100 by 1 10; 101 by 1 2 11; 102 by 1 10 100, the shorter. 201 mirrors it.
    assert by_asn[10].gate.value == pytest.approx((0.7 + 0.6) / 2)
    assert by_asn[11].gate.value == pytest.approx((0.3 + 0.4) / 2)
    assert set(by_asn) == {1, 2, 10, 11, 100, 101}
    assert by_asn[1].carried.value == pytest.approx((1.0 + 0.6) / 2)
    assert by_asn[100].carried.value == pytest.approx(0.1 / 2)
    assert by_asn[100].is_domestic
    # Towards 100, 101 and 102 the mean over the eyes is 1, 0 and a half.
    assert by_asn[10].country_hegemony.value == pytest.approx((1 + 0 + 0.5) / 3)
    assert found.direct.value == 0
    assert found.reached.value == 1
    assert found.concentration.value == pytest.approx(0.65**2 + 0.35**2)
    assert found.organisation_concentration.value == pytest.approx(1)
    (seller,) = found.organisations
    assert (seller.name, seller.asns) == ("Seller", (10, 11))
    assert [(one.name, one.gate.value) for one in found.jurisdictions] == [
        ("GB", pytest.approx(1.0))
    ]
    assert {one.asn: one.share.value for one in found.entries} == pytest.approx(
        {100: 0.65, 101: 0.35}
    )
    assert found.domestic.holders_of_90 == 2
    assert found.domestic.cone_cover == (100, 101)
    assert found.control_points.value == 2
    assert found.paths == "simulated"
    assert "not capacity" in found.caveat


def test_bands_hold_what_other_rules_give() -> None:
    other = build_topology(relationships(SALES - {(11, 101)} | {(10, 101)}, PEERS), organisations())
    alone = _answer()
    found = _answer(Variant(topology(), "equal"), Variant(other, "lowest_asn"))
    by_asn = {one.asn: one for one in found.carriers}
    assert by_asn[11].gate.low == 0
    assert by_asn[11].gate.high == by_asn[11].gate.value == pytest.approx(0.35)
    assert by_asn[10].gate.high == pytest.approx(1)
    assert [one.ties for one in found.others] == ["lowest_asn"]
    assert found.inputs_sha256 != alone.inputs_sha256
    (first, *_) = shifts(alone, found)
    assert first.difference == 0
    assert not any(one.is_beyond_bands for one in shifts(alone, found))
    moved = {one.asn: one for one in shifts(alone, _answer(Variant(other, "equal")))}
    assert moved[10].is_beyond_bands
    assert moved[10].difference == pytest.approx(0.35)
    with pytest.raises(UsageError, match="not one of"):
        shifts(alone, found, "size")


def test_a_country_without_networks_is_refused() -> None:
    question = Question(country="TO", organisations=organisations(), weights=None)
    with pytest.raises(UsageError, match="TO has a link"):
        country_dependency(question, [Variant(topology(), "equal")], workers=1)


def test_a_viewpoint_at_home_or_unknown_is_left_out() -> None:
    question = Question(
        country=PLACE, organisations=organisations(), weights=weights(), viewpoints=(200, 102, 999)
    )
    found = country_dependency(question, [Variant(topology(), "equal")], workers=1)
    assert found.viewpoints == (200,)
    assert found.unheard == (102, 999)


@pytest.mark.parametrize("count", [1, 2, 5, 9, 10, 11, 19, 20, 21, 100])
def test_a_tenth_goes_at_either_end(count: int, rng) -> None:
    values = np.array([[rng.random() for _ in range(count)] for _ in range(3)])
    cut = count // 10
    wanted = [np.mean(sorted(row)[cut : count - cut]) for row in values.tolist()]
    assert trimmed_mean(values).tolist() == pytest.approx(wanted)
    # Neither the order of viewpoints nor what the trimmed ones say matters.
    assert trimmed_mean(values[:, ::-1]).tolist() == pytest.approx(wanted)
    if cut:
        values[np.arange(3), values.argmax(axis=1)] = 1e6
        assert trimmed_mean(values).tolist() == pytest.approx(wanted)


def test_concentration_and_counts() -> None:
    assert concentration(np.array([5.0, 0.0])) == 1
    assert concentration(np.full(8, 0.1)) == pytest.approx(1 / 8)
    assert concentration(np.zeros(3)) == 0
    assert count_holding(np.array([60.0, 30.0, 10.0]), 0.9) == 2
    assert count_holding(np.array([60.0, 29.0, 11.0]), 0.9) == 3
    assert count_holding(np.zeros(2), 0.9) == 0


def test_cones_go_down_only() -> None:
    world = topology()
    asns = world.asns

    def cone(asn: int) -> set[int]:
        return set(asns[cone_of(world, asn)].tolist())

    assert cone(1) == {1, 10, 100, 102, 200}
    assert cone(100) == {100, 102}
    assert cone(102) == {102}
    is_home = world.in_country(PLACE)
    held = weights().align(asns)
    assert domestic_cover(world, is_home, held, 0.7) == (100,)
    assert domestic_cover(world, is_home, held, 1.0) == (100, 101)
    assert domestic_cover(world, is_home, np.zeros(len(asns)), 0.9) == ()


def test_viewpoints_are_drawn_by_weight_and_never_at_home() -> None:
    world = topology()
    held = weights().align(world.asns)
    is_home = world.in_country(PLACE)
    assert draw_viewpoints(world, held, is_home, 10) == (200, 201)
    assert draw_viewpoints(world, held * 0, is_home, 10) == ()
    assert 102 not in draw_viewpoints(world, np.ones(len(held)), is_home, 50)


def test_ways_are_written_out_with_their_parts() -> None:
    sales = {(1, 3), (1, 4), (3, 9), (4, 9), (4, 5), (5, 9)}
    world = build_topology(relationships(sales))
    found = ways_between(world, 1, 9)
    assert (found.kind, found.hops, found.count) == ("customer", 2, 2)
    assert found.paths == (((1, 3, 9), 0.5), ((1, 4, 9), 0.5))
    assert ways_between(world, 1, 9, limit=1).count == 2
    back = ways_between(world, 9, 1)
    assert back.kind == "provider"
    assert {path for path, _ in back.paths} == {(9, 3, 1), (9, 4, 1)}
    other = build_topology(relationships({(1, 2)}, {(3, 4)}))
    assert ways_between(other, 1, 4).count == 0


def test_a_network_and_those_before_it() -> None:
    found = network_dependency(
        102, organisations(), weights(), [Variant(topology(), "equal")], (200, 201)
    )
    assert found.providers == (100, 101)
    assert (found.peers, found.customers) == ((), ())
    assert found.cone.networks == 1
    assert found.cone.kind == "recursive"
    by_asn = {one.asn: one for one in found.upstreams}
    assert by_asn[100].last.value == by_asn[101].last.value == pytest.approx(0.5)
    top = network_dependency(1, organisations(), weights(), [Variant(topology(), "equal")])
    assert top.peers == (2,)
    assert top.customers == (10, 200)
    assert top.cone.weight == pytest.approx(600 + 100 + 500)


def test_origins_by_location_are_asked_about_wherever_they_are_registered() -> None:
    located = CountryOrigins(
        country=PLACE,
        asn=(100, 201),
        name=("National", "Second Eye"),
        slash24=(3.0, 1.0),
        share=(0.75, 0.25),
        sha256="3" * 64,
        source="origins",
    ).weights()
    question = Question(
        country=PLACE, organisations=organisations(), weights=located, viewpoints=(200,)
    )
    found = country_dependency(question, [Variant(topology(), "equal")], workers=1)
    by_asn = {one.asn: one for one in found.carriers}
    # 200 reaches 100 by 1 10, and 201 by 1 2: the last before it stands where 10 stands for 100.
    assert by_asn[10].gate.value == pytest.approx(0.75)
    assert by_asn[2].gate.value == pytest.approx(0.25)
    other = Question(country="GB", organisations=organisations(), weights=located)
    with pytest.raises(UsageError, match="not in GB"):
        country_dependency(other, [Variant(topology(), "equal")], workers=1)
