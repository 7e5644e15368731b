"""Flags that take links out, and what no mask may be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.routes.small_internets import relationships
from whocut.model.errors import UsageError
from whocut.routes.kernels import NO_ROUTE, distance_rows
from whocut.routes.mask import Mask, make_mask, no_mask
from whocut.routes.topology import build_topology


@pytest.fixture
def topology():
    """AS1 and AS2 peer; each sells to one stub."""
    return build_topology(relationships({(1, 10), (2, 20)}, {(1, 2)}))


def _value(topology, source: int, destination: int, mask: Mask | None) -> int:
    asked = np.array([topology.class_index(destination)], np.int32)
    return int(distance_rows(topology, asked, mask)[0, topology.class_index(source)])


def test_no_mask_changes_nothing(topology) -> None:
    classes = np.arange(topology.class_count, dtype=np.int32)
    plain = distance_rows(topology, classes)
    assert np.array_equal(plain, distance_rows(topology, classes, no_mask(topology)))
    assert _value(topology, 10, 20, None) == 2 * 64 + 3


def test_a_link_between_peers_goes_in_both_directions(topology) -> None:
    one = np.zeros(len(topology.peer), np.bool_)
    one[0] = True
    mask = make_mask(topology, peer=one)
    assert mask.peer_off.tolist() == [1, 1]
    assert _value(topology, 10, 20, mask) == NO_ROUTE
    assert _value(topology, 20, 10, mask) == NO_ROUTE


def test_a_dead_class_neither_carries_nor_gets(topology) -> None:
    node = np.zeros(topology.class_count, np.bool_)
    node[topology.class_index(1)] = True
    mask = make_mask(topology, node=node)
    assert _value(topology, 10, 20, mask) == NO_ROUTE
    assert _value(topology, 1, 20, mask) == NO_ROUTE
    assert _value(topology, 1, 1, mask) == NO_ROUTE
    assert _value(topology, 2, 20, mask) == 1


def test_a_link_cut_in_one_direction_is_refused(topology) -> None:
    mask = no_mask(topology)
    mask.peer_off[0] = 1
    with pytest.raises(UsageError, match="one direction"):
        _value(topology, 10, 20, mask)


def test_a_mask_of_another_topology_is_refused(topology) -> None:
    other = build_topology(relationships({(1, 10), (2, 20), (3, 20)}, {(1, 2)}))
    with pytest.raises(UsageError, match="another topology"):
        _value(topology, 10, 20, no_mask(other))
