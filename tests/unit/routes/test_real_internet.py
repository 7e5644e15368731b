"""The Internet of March 2022 against a search written otherwise, and against BGPy."""

from __future__ import annotations

import bz2
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from whocut.ingest.topology import Relationships, read_relationships
from whocut.routes.kernels import (
    NO_ROUTE,
    distance_rows,
    hop_weights,
    own_class_values,
    reached_weights,
    traced_mass,
    transit_mass,
)
from whocut.routes.topology import Topology, build_topology

pytestmark = pytest.mark.shared
NAMED_ORIGINS = (12389, 174, 3356, 6939, 20485)
"""Rostelecom, Cogent, Lumen, Hurricane Electric, TransTelecom."""


@pytest.fixture(scope="module")
def month(shared_dir: Path) -> Path:
    return shared_dir / "routes/as-rel/serial-2/20220301.as-rel2.txt.bz2"


@pytest.fixture(scope="module")
def links(month: Path) -> Relationships:
    return read_relationships(month)


@pytest.fixture(scope="module")
def internet(links: Relationships) -> Topology:
    return build_topology(links)


def _origins(topology: Topology, rng: random.Random, count: int) -> list[int]:
    others = rng.sample(topology.asns.tolist(), count - len(NAMED_ORIGINS))
    return [*NAMED_ORIGINS, *others]


def _values_of_ases(topology: Topology, origin: int) -> np.ndarray:
    """Spread the values of classes over their ASes."""
    asked = np.array([topology.class_index(origin)], np.int32)
    values = distance_rows(topology, asked)[0][topology.class_of]
    inner = own_class_values(topology, asked)[0]
    values[topology.class_of == asked[0]] = inner
    values[topology.index_of(origin)] = 0
    return values


class _Search:
    """Breadth first, hop by hop, over single ASes and their links as the file gives them."""

    def __init__(self, links: Relationships) -> None:
        self.asns = np.unique(
            np.concatenate((links.provider, links.customer, links.peer_a, links.peer_b))
        )
        place = {
            name: np.searchsorted(self.asns, getattr(links, name))
            for name in ("provider", "customer", "peer_a", "peer_b")
        }
        self.sold = (place["provider"], place["customer"])
        self.sides = (
            np.concatenate((place["peer_a"], place["peer_b"])),
            np.concatenate((place["peer_b"], place["peer_a"])),
        )

    def values(self, origin: int) -> np.ndarray:
        provider, customer = self.sold
        hops = np.full(len(self.asns), -1)
        kind = np.full(len(self.asns), 3)
        start = int(np.searchsorted(self.asns, origin))
        hops[start], kind[start] = 0, 0
        length = 0
        while (kind[customer] == 0)[hops[customer] == length].any():
            told = provider[(kind[customer] == 0) & (hops[customer] == length)]
            fresh = told[kind[told] == 3]
            length += 1
            hops[fresh], kind[fresh] = length, 0
        near, far = self.sides
        for length in range(int(hops.max()) + 1):
            told = far[(kind[near] == 0) & (hops[near] == length)]
            fresh = told[kind[told] == 3]
            hops[fresh], kind[fresh] = length + 1, 1
        # A provider tells its customers whatever it has, so lengths are gone through together.
        for length in range(64):
            told = customer[(kind[provider] < 3) & (hops[provider] == length)]
            fresh = told[kind[told] == 3]
            hops[fresh], kind[fresh] = length + 1, 2
        return np.where(kind == 3, NO_ROUTE, kind * 64 + hops).astype(np.uint8)


def test_every_as_has_the_route_of_the_search(
    links: Relationships, internet: Topology, rng: random.Random
) -> None:
    assert not internet.broken
    search = _Search(links)
    assert np.array_equal(search.asns, internet.asns)
    for origin in _origins(internet, rng, 20):
        differs = search.values(origin) != _values_of_ases(internet, origin)
        assert not differs.any(), (origin, internet.asns[differs][:5])


def test_classes_and_core_are_as_measured(internet: Topology) -> None:
    """FACTS: 73,755 ASes, 62,338 stubs, a core of 11,417."""
    assert len(internet.asns) == 73_755
    assert internet.class_count - internet.n_stub == 11_417
    assert int(internet.member_count[: internet.n_stub].sum()) == 62_338
    assert len(internet.up) < 102_500


def test_sums_agree_with_rows_and_mass_is_conserved(internet: Topology, rng: random.Random) -> None:
    weights = internet.member_count.astype(np.float64)
    asked = np.array(rng.sample(range(internet.class_count), 300), np.int32)
    reached, hops = hop_weights(internet, asked, weights)
    rows, inner = distance_rows(internet, asked), own_class_values(internet, asked)
    others = np.tile(weights, (len(asked), 1))
    others[np.arange(len(asked)), asked] = 0
    within = (weights[asked] - 1) * (inner != NO_ROUTE)
    assert reached == pytest.approx((others * (rows != NO_ROUTE)).sum(axis=1) + within)
    lengths = np.where(rows == NO_ROUTE, 0, rows & 63)
    assert hops == pytest.approx((others * lengths).sum(axis=1) + within * (inner & 63))
    assert reached_weights(internet, asked, weights) == pytest.approx(reached)
    for ties in ("equal", "lowest_asn"):
        mass = transit_mass(internet, asked, weights, weights, ties=ties)
        assert mass.sum() == pytest.approx((hops - reached) @ weights[asked], rel=1e-6)


def test_traces_are_shares_of_the_transit(internet: Topology, rng: random.Random) -> None:
    weights = internet.member_count.astype(np.float64)
    asked = np.array(rng.sample(range(internet.class_count), 100), np.int32)
    views = np.array(rng.sample(range(internet.class_count), 40), np.int32)
    for ties in ("equal", "lowest_asn"):
        traced = traced_mass(internet, asked, weights, views, ties=ties)
        sources = np.zeros(internet.class_count)
        sources[views] = 1.0
        inner = sources * (weights - 1) / weights
        mass = transit_mass(internet, asked, weights, sources, ties=ties, inner_weights=inner)
        assert traced.sum(axis=0) == pytest.approx(mass, rel=1e-4, abs=1e-4)


@pytest.mark.long
def test_every_as_has_the_route_of_bgpy(
    month: Path,
    links: Relationships,
    internet: Topology,
    repo_dir: Path,
    tmp_path: Path,
    rng: random.Random,
) -> None:
    bench = repo_dir / "tests" / "bench"
    sys.path.insert(0, str(bench))
    try:
        from peer_venvs import peer_python
    finally:
        sys.path.remove(str(bench))
    text, answer = tmp_path / "links.txt", tmp_path / "answer.json"
    text.write_bytes(bz2.decompress(month.read_bytes()))
    origins = _origins(internet, rng, 20)
    contestant = bench / "contestants" / "bgpy_routes.py"
    subprocess.run([peer_python("bgpy"), contestant, text, answer, *map(str, origins)], check=True)
    found = json.loads(answer.read_text())
    theirs_too = np.isin(found["asns"], internet.asns)
    assert np.array_equal(np.array(found["asns"])[theirs_too], internet.asns)
    # BGPy also holds the route servers of exchanges that the file names, which have no links.
    assert set(np.array(found["asns"])[~theirs_too].tolist()) <= set(links.exchanges)
    for origin, row in zip(origins, found["rows"], strict=True):
        theirs = np.frombuffer(bytes.fromhex(row), np.uint8)[theirs_too]
        differs = theirs != _values_of_ases(internet, origin)
        assert not differs.any(), (origin, internet.asns[differs][:5])
