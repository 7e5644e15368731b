"""Classes of stubs, rows of links, and what is found by AS number and country."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.routes.small_internets import SHAPES, Registrations, draw_internet, relationships
from whocut.model.errors import UsageError
from whocut.routes.topology import build_topology

#   1 --- 2      peers
#  / \   / \
# 10 11 12  13   12 buys from both; 10 and 11 alike; 13 peers with 14
#               14 buys from 2
SALES = {(1, 10), (1, 11), (1, 12), (2, 12), (2, 13), (2, 14)}
PEERS = {(1, 2), (13, 14)}


def _classes(topology) -> list[list[int]]:
    found = []
    for at in range(topology.class_count):
        held = topology.members[topology.member_start[at] : topology.member_start[at + 1]]
        found.append(topology.asns[held].tolist())
    return found


def test_stubs_with_the_same_neighbours_are_one_class() -> None:
    topology = build_topology(relationships(SALES, PEERS))
    assert topology.asns.tolist() == [1, 2, 10, 11, 12, 13, 14]
    assert _classes(topology) == [[10, 11], [12], [13], [14], [1], [2]]
    assert (topology.n_leaf, topology.n_stub, topology.class_count) == (2, 4, 6)
    assert topology.class_index(11) == 0
    assert topology.member_count.tolist() == [2, 1, 1, 1, 1, 1]
    assert topology.first_asn.tolist() == [10, 12, 13, 14, 1, 2]
    assert topology.depth == 1


def test_stubs_of_two_countries_are_two_classes() -> None:
    registry = Registrations(
        np.array([11, 10, 1], np.uint32), np.array([0, 1, 0], np.int32), ("RU", "TM")
    )
    topology = build_topology(relationships(SALES, PEERS), registry)
    assert _classes(topology)[:2] == [[10], [11]]
    assert topology.countries == ("", "RU", "TM")
    assert topology.asns[topology.in_country("RU")].tolist() == [1, 11]
    assert topology.asns[topology.in_country("TM")].tolist() == [10]
    assert not topology.in_country("XX").any()
    assert topology.class_country[topology.class_index(11)] == topology.countries.index("RU")


def test_what_is_to_stay_apart_does() -> None:
    topology = build_topology(relationships(SALES, PEERS), apart=[11, 99])
    assert _classes(topology)[:2] == [[10], [11]]


def test_sums_go_by_class() -> None:
    topology = build_topology(relationships(SALES, PEERS))
    sums = topology.class_sums(np.array([1, 2, 4, 8, 16, 32, 64], np.float64))
    assert sums.tolist() == [12, 16, 32, 64, 1, 2]


def test_an_unknown_as_is_named() -> None:
    topology = build_topology(relationships(SALES, PEERS))
    for asn in (0, 3, 99):
        with pytest.raises(UsageError, match=f"AS{asn} has no link in drawn links"):
            topology.class_index(asn)


def test_a_pair_that_buys_and_peers_only_buys() -> None:
    topology = build_topology(relationships({(1, 2)}, {(1, 2), (2, 3)}))
    assert len(topology.up) == 1
    assert len(topology.peer) == 2


def test_nothing_can_be_written_to() -> None:
    topology = build_topology(relationships(SALES, PEERS))
    for name in ("asns", "up", "peer", "class_of", "country", "lane_rank", "first_asn"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(topology, name)[0] = 1


def test_the_key_tells_inputs_apart() -> None:
    registry = Registrations(np.array([10], np.uint32), np.array([0], np.int32), ("RU",))
    links = relationships(SALES, PEERS)
    keys = {
        build_topology(links).key,
        build_topology(links, registry).key,
        build_topology(links, apart=[10]).key,
    }
    assert len(keys) == 3
    assert build_topology(links).key == build_topology(links).key


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_agree_with_each_other(shape: str, seed: int) -> None:
    for number in range(40):
        rng = random.Random(f"{seed} {shape} {number}")
        topology = draw_internet(rng, shape, rng.randint(2, 16)).topology
        classes = np.arange(topology.class_count)
        buyer = np.repeat(classes, np.diff(topology.up_start))
        seller = np.repeat(classes, np.diff(topology.down_start))
        side = np.repeat(classes, np.diff(topology.peer_start))
        assert (topology.up[topology.down_edge] == seller).all()
        assert (buyer[topology.down_edge] == topology.down).all()
        assert (topology.peer[topology.peer_twin] == side).all()
        assert (side[topology.peer_twin] == topology.peer).all()
        assert np.array_equal(np.sort(topology.members), np.arange(len(topology.asns)))
        assert (
            topology.class_of[topology.members] == np.repeat(classes, topology.member_count)
        ).all()
        assert (topology.member_count[topology.n_stub :] == 1).all()
        assert not len(topology.down[: topology.down_start[topology.n_stub]])
        assert topology.peer_start[topology.n_leaf] == 0
        for rows, start in ((topology.up, topology.up_start), (topology.peer, topology.peer_start)):
            for at in classes:  # by AS number, for the rule of the lowest
                row = topology.first_asn[rows[start[at] : start[at + 1]]]
                assert (np.diff(row.astype(np.int64)) > 0).all()
