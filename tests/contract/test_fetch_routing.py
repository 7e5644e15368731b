"""``whocut fetch topology|rib|updates`` as they are typed, against a web server on loopback."""

import bz2
import gzip
import json

import pytest

from tests.web_folder import web_folder
from whocut.cli.app import main
from whocut.ingest.topology import find_topology

TOPOLOGY = {
    "as-relationships/serial-1/20220201.as-rel.txt.bz2": b"174|12389|-1\n",
    "as-relationships/serial-2/20220201.as-rel2.txt.bz2": b"174|12389|-1|bgp\n",
    "as-organizations/20220101.as-org2info.txt.gz": b"# format:aut|name|org_id\n",
    "routing/routeviews-prefix2as/2022/02/routeviews-rv2-20220201-1200.pfx2as.gz": b"1.0.0.0\t8\t1",
    "rrc00/2022.03/bview.20220304.1600.gz": b"table",
    "rrc00/2022.03/updates.20220304.1700.gz": b"updates",
    "bgpdata/2022.03/RIBS/rib.20220304.1600.bz2": b"table",
    "bgpdata/2022.03/UPDATES/updates.20220304.1700.bz2": b"updates",
}


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    root = tmp_path_factory.mktemp("public")
    for name, text in TOPOLOGY.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((gzip if name.endswith(".gz") else bz2).compress(text))
    with web_folder(root) as served:
        yield served


def answered(capsys):
    out, err = capsys.readouterr()
    return [json.loads(line) for line in out.splitlines()], err


def test_topology_is_sized_first_then_kept(public, tmp_path, capsys):
    command = ["fetch", "topology", "--month", "2022-02", "--endpoint", public.address]
    command += ["--cache", str(tmp_path), "--format", "jsonl"]
    assert main([*command, "--dry-run"]) == 0
    rows, err = answered(capsys)
    assert [row["file"] for row in rows] == [
        "20220201.as-rel.txt.bz2",
        "20220201.as-rel2.txt.bz2",
        "20220101.as-org2info.txt.gz",
        "routeviews-rv2-20220201-1200.pfx2as.gz",
    ]
    assert err.startswith("4 files, 0.0 MB; 0.0 MB to come, into")
    assert not list(tmp_path.iterdir())

    assert main(command) == 0
    rows, _ = answered(capsys)
    assert all(row["bytes"] > 0 for row in rows)
    local = find_topology(tmp_path / "topology")
    assert len(local.links) == 2
    assert len(local.organisations) == len(local.prefixes) == 1
    public.asked.clear()
    assert main([*command, "-q"]) == 0
    assert public.downloads() == []


def test_part_of_it_missing_is_said_and_told_by_the_exit_code(public, tmp_path, capsys):
    command = ["fetch", "topology", "--month", "2022-02..2022-03", "--only", "serial-2"]
    command += ["--endpoint", public.address, "--cache", str(tmp_path), "--format", "jsonl"]
    assert main(command) == 3
    rows, err = answered(capsys)
    assert len(rows) == 1
    assert "not there: serial-2 of 2022-03" in err


def test_tables_and_updates_of_both_archives(public, tmp_path, capsys):
    where = ["--ris-endpoint", public.address, "--routeviews-endpoint", public.address]
    where += ["--collector", "rrc00", "--collector", "route-views2"]
    where += ["--to", str(tmp_path / "routing"), "--format", "jsonl"]
    assert main(["fetch", "rib", "--at", "2022-03-04T16:00", *where]) == 0
    rows, _ = answered(capsys)
    assert [row["file"].removeprefix(str(tmp_path)) for row in rows] == [
        "/routing/rrc00/bview.20220304.1600.gz",
        "/routing/route-views2/rib.20220304.1600.bz2",
    ]
    span = ["--since", "2022-03-04T17:00+00:00", "--until", "2022-03-04T20:15+03:00"]
    assert main(["fetch", "updates", *span, *where]) == 0
    rows, _ = answered(capsys)
    assert [row["file"].removeprefix(str(tmp_path)) for row in rows] == [
        "/routing/rrc00/updates.20220304.1700.gz",
        "/routing/route-views2/updates.20220304.1700.bz2",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["topology", "--month", "March"],
        ["topology", "--month", "2022-03..2022-02"],
        ["topology", "--month", "2022-03", "--only", "serial-3"],
        ["rib", "--at", "noon", "--collector", "rrc00"],
        ["rib", "--at", "2022-03-04T16:00"],
        ["rib", "--at", "2022-03-04T16:00", "--collector", "../x"],
        ["updates", "--since", "2022-03-05", "--until", "2022-03-04", "--collector", "rrc00"],
    ],
)
def test_what_cannot_be_asked(command, capsys):
    assert main(["fetch", *command]) == 2
    assert capsys.readouterr().out == ""


def test_nothing_there_is_our_error(public, capsys):
    command = ["fetch", "rib", "--at", "2022-03-04T16:00", "--collector", "rrc01"]
    assert main([*command, "--ris-endpoint", public.address]) == 1
    assert "rrc01: no table up to 2022-03-04 16:00" in capsys.readouterr().err
