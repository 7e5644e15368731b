"""``whocut routes rib``, ``breaks`` and ``country --rib`` on MRT files made by hand."""

from __future__ import annotations

import csv
import io
import json
import struct
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.unit.ingest.mrt.made_records import (
    IPV4_PEER,
    as_path,
    attributes,
    bgp4mp,
    message,
    next_hop,
    origin,
    peer_index_table,
    prefix,
    rib,
    rib_entry,
    state_change,
    update,
)
from whocut.cli import routes_breaks, routes_observed, routes_rib
from whocut.cli.app import main

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_400_000_000
EYE, BACKBONE, CUSTOMER, OTHER = 65001, 100, 200, 300
FAR_PEER = bytes([192, 0, 2, 77])
TEN, ELEVEN = prefix(8, 10), prefix(8, 11)
_ORGANISATIONS = """# format:org_id|changed|org_name|country|source
A|20220101|Home Carrier|AA|RIPE
B|20220101|Backbone|BB|RIPE
# format:aut|changed|aut_name|org_id|opaque_id|source
100|20220101|ONE|B||RIPE
200|20220101|TWO|A||RIPE
300|20220101|THREE|A||RIPE
"""


def _at(time_s: float, made: bytes) -> bytes:
    return struct.pack(">I", int(time_s)) + made[4:]


def _table(time_s: float, *, peer: bytes = IPV4_PEER, is_cut: bool = False) -> bytes:
    """Tell a table in which the backbone hands 10/8 to the customer, unless that is cut."""
    ways = {TEN: (EYE, 400, CUSTOMER) if is_cut else (EYE, BACKBONE, CUSTOMER)}
    ways[ELEVEN] = (EYE, BACKBONE, OTHER)
    rows = [rib(net, rib_entry(0, attributes(*way))) for net, way in ways.items()]
    return b"".join(_at(time_s, one) for one in (peer_index_table((EYE, peer)), *rows))


def _turned(time_s: float, *, peer: bytes = IPV4_PEER) -> bytes:
    """Tell that 10/8 goes from the backbone to the customer by a third."""
    attrs = origin() + as_path(EYE, BACKBONE, 400, CUSTOMER) + next_hop()
    return _at(time_s, bgp4mp(message(update(attrs=attrs, nlri=TEN)), peer=peer, asn=EYE))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {
        "before": _table(NOON),
        "after": _table(NOON + 600, is_cut=True),
        "elsewhere": _table(NOON + 600, peer=FAR_PEER),
        "updates": _turned(NOON + 60),
        "late": _turned(NOON + 26_000_000),
        "early": _turned(NOON - 60),
        "strange": _turned(NOON + 60, peer=FAR_PEER),
        "sessions": _at(NOON + 60, state_change(6, 1, asn=EYE)),
        "none": b"",
        "organisations.txt": _ORGANISATIONS.encode(),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in made}


@pytest.fixture
def ask(files, tmp_path, monkeypatch, capfdbinary):
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> tuple[int, bytes, str]:
        code = main(["routes", *(files.get(each, each) for each in arguments)])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return run


_BREAKS = ("breaks", "100", "--before", "before", "--updates", "updates")
_RIB = ("rib", "before", "--country", "AA", "--organisations", "organisations.txt")
_COUNTRY = ("country", "AA", "--rib", "before", "--organisations", "organisations.txt")


@pytest.mark.parametrize(
    ("question", "columns"),
    [
        (_BREAKS, routes_breaks.COLUMNS),
        (_RIB, routes_rib.COLUMNS),
        (_COUNTRY, routes_observed.COLUMNS),
    ],
)
def test_every_row_says_that_it_is_observed_and_of_what(ask, question, columns) -> None:
    code, out, _ = ask(*question, "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out.decode())))
    lines = [json.loads(line) for line in ask(*question, "--format", "jsonl")[1].splitlines()]
    table = pq.read_table(io.BytesIO(ask(*question, "--format", "parquet")[1]))
    assert tuple(rows[0]) == tuple(table.column_names) == columns
    assert len(rows) == len(lines) == table.num_rows > 0
    for row in (*rows, *lines, *table.to_pylist()):
        assert row["paths"] == "observed"
        assert "Policy reachability, not capacity" in row["caveat"]
    assert b"Policy reachability, not capacity" in ask(*question)[1]
    assert b"Policy reachability, not capacity" in ask(*question, "--json")[1]


def test_a_break_of_files_that_meet_is_told_without_doubt(ask) -> None:
    code, out, err = ask(*_BREAKS, "--json")
    told = json.loads(out)
    assert (code, err, told["doubts"]) == (0, "", [])
    reasons = {one["customer"]: one["reason"] for one in told["adjacencies"]}
    assert reasons == {CUSTOMER: "sessions_ended", OTHER: "none", 400: "none"}


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (("--updates", "late"), ["hole_before"]),
        (("--updates", "updates", "--after", "after"), ["hole_after"]),
        (("--updates", "late", "--after", "after"), ["no_updates_between"]),
        (("--updates", "early", "--after", "after"), ["no_updates_between"]),
        (("--updates", "strange", "--after", "after"), ["other_vantages_tell"]),
        (("--after", "elsewhere"), ["other_vantages_after"]),
        (("--after", "after"), []),
        (("--updates", "none", "--after", "after"), []),
    ],
)
def test_files_that_do_not_meet_are_told(ask, given, kinds) -> None:
    question = ("breaks", "100", "--before", "before", *given)
    code, out, _ = ask(*question, "--json")
    assert [one["kind"] for one in json.loads(out)["doubts"]] == kinds
    assert code == (3 if kinds else 0)
    screen = " ".join(ask(*question)[1].decode().split())
    talk = ask(*question, "--format", "csv")[2]
    for kind in kinds:
        words = routes_breaks._DOUBTS[routes_breaks.DoubtKind(kind)]
        assert words in screen
        assert words in talk
    assert bool(talk) == bool(kinds)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (("--updates", "strange"), "they come from other collectors"),
        (("--updates", "early"), "the updates end before the RIB before"),
        (("--updates", "none"), "the updates hold no routes"),
        (("--updates", "sessions"), "the updates hold no routes"),
        (("--updates", "after"), "after: holds a routing table alone; updates are wanted"),
        (("--after", "updates"), "updates: holds updates alone; a routing table (RIB) is wanted"),
    ],
)
def test_files_of_which_nothing_can_be_compared_are_refused(ask, question, says) -> None:
    code, out, err = ask("breaks", "100", "--before", "before", *question)
    assert (code, out) == (2, b"")
    assert says in err


def test_a_rib_after_is_not_before(ask) -> None:
    code, _, err = ask("breaks", "100", "--before", "after", "--after", "before")
    assert code == 2
    assert "the RIB after is older" in err


@pytest.mark.parametrize("name", ["updates", "sessions"])
@pytest.mark.parametrize(("question", "place"), [(_RIB, 1), (_COUNTRY, 3)])
def test_updates_are_no_table(ask, question, place, name) -> None:
    given = list(question)
    given[place] = name
    code, out, err = ask(*given)
    assert (code, out) == (2, b"")
    assert f"{name}: holds updates alone" in err


def test_the_folder_says_where_networks_are_registered(ask, tmp_path) -> None:
    code, _, err = ask("rib", "before", "--country", "AA")
    assert code == 2
    assert "whocut fetch topology --month 2014-05 --only organisations" in err
    folder = tmp_path / "cache" / "topology"
    folder.mkdir(parents=True)
    (folder / "20220101.as-org2info.txt").write_text(_ORGANISATIONS)
    named = ask(*_RIB, "--format", "csv")
    code, out, err = ask("rib", "before", "--country", "AA", "--format", "csv")
    assert (code, out) == (0, named[1])
    assert "organisations are of 2022-01-01, the RIB is of 2014-05-13" in err
    assert ask(*_RIB[:4], "--topology", str(folder), "--format", "csv")[:2] == (0, named[1])
    code, _, err = ask(*_RIB[:4], "--topology", str(tmp_path / "nowhere"))
    assert code == 2
    assert "no such folder" in err
