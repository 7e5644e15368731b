"""What is kept of a map is what was read; damage, other files and no room make it anew."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from tests.unit.routes.dependency.world import PLACE, SALES, WEIGHTS, write_world
from whocut.ingest.topology import read_organisations, read_relationships
from whocut.routes.map_file import file_digest, load_organisations, load_topology, load_weights
from whocut.routes.relationships import consensus
from whocut.routes.topology import build_topology

MONTHS = ("20220101", "20220201", "20220301")


@pytest.fixture
def files(tmp_path):
    months = dict.fromkeys(MONTHS, SALES) | {"20220201": SALES | {(2, 10)}}
    write_world(tmp_path / "files", months)
    return tmp_path / "files"


def _links(files):
    return [files / f"{month}.as-rel2.txt" for month in MONTHS]


def _same(first, second) -> None:
    for each in fields(first):
        one, other = getattr(first, each.name), getattr(second, each.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, each.name
            assert np.array_equal(one, other), each.name
        else:
            assert one == other, each.name


def test_a_kept_topology_is_the_one_built(files, tmp_path) -> None:
    holders = files / "20220101.as-org2info.txt"
    wanted = build_topology(
        consensus([read_relationships(path) for path in _links(files)]), read_organisations(holders)
    )
    for _ in range(2):
        _same(load_topology(_links(files), holders, tmp_path / "kept"), wanted)
    _same(load_topology(_links(files)[::-1], holders, tmp_path / "kept"), wanted)
    assert len(list((tmp_path / "kept").glob("topology-*"))) == 1
    assert not load_topology(_links(files), holders, tmp_path / "kept").asns.flags.writeable
    loose = load_topology(_links(files), holders, tmp_path / "kept", is_strict=False)
    assert loose.key != wanted.key


def test_holders_and_weights_are_kept(files, tmp_path) -> None:
    holders = files / "20220101.as-org2info.txt"
    wanted = read_organisations(holders)
    for _ in range(2):
        found = load_organisations(holders, tmp_path / "kept")
        _same(found, wanted)
        assert found.of_country(PLACE).tolist() == [100, 101, 102]
        weights = load_weights(files / "weights.csv", tmp_path / "kept")
        assert {asn: weights.of(asn) for asn in WEIGHTS} == WEIGHTS
    assert len(list((tmp_path / "kept").iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"PK", b"\x00" * 4_000])
def test_what_is_damaged_is_made_anew(files, tmp_path, damage) -> None:
    holders = files / "20220101.as-org2info.txt"
    wanted = load_topology(_links(files), holders, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").glob("topology-*")
    whole = kept.read_bytes()
    kept.write_bytes(damage or whole[: len(whole) // 2])
    _same(load_topology(_links(files), holders, tmp_path / "kept"), wanted)


def test_other_files_make_another_digest(files) -> None:
    before = file_digest(_links(files))
    assert file_digest(_links(files), "else") != before
    with (files / f"{MONTHS[0]}.as-rel2.txt").open("a") as out:
        out.write("1|77|-1|bgp\n")
    assert file_digest(_links(files)) != before


def test_without_a_folder_nothing_is_kept(files, tmp_path) -> None:
    holders = files / "20220101.as-org2info.txt"
    load_topology(_links(files), holders, None)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder would be")
    load_topology(_links(files), holders, blocked)


def test_origins_of_a_published_run_are_weights(tmp_path) -> None:
    path = tmp_path / "QZ.csv"
    path.write_text("OriginASN,OriginASName,#Prefixes,%country\n100-National,6.0,60.0\n")
    assert load_weights(path, None).of(100) == pytest.approx(0.6)
    table = tmp_path / "routeviews-rv2-20220101-1200.pfx2as"
    table.write_text("11.0.0.0\t24\t100\n")
    assert load_weights(table, None).of(100) == 256


@pytest.mark.parametrize("name", ["ipasn_20140513.dat", "ipasn6_20151101.dat"])
def test_a_table_that_a_folder_offers_is_read_as_one(tmp_path, name):
    path = tmp_path / name
    path.write_text("; IP-ASN32-DAT file\n198.51.0.0/24\t100\n2001:500::/32\t100\n")
    assert load_weights(path, None).of(100) == 256
