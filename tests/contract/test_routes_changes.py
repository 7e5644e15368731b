"""``whocut routes changes`` on a small world of known changes."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from tests.unit.routes.changes.planted import MONTHS, make_world, write_world
from whocut.cli.app import main
from whocut.cli.routes_changes import COLUMNS

SPAN = ("--from", "2021-07", "--to", "2021-08")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("changes")
    world = make_world(7)
    world.drop(100, world.customers(100, "AA", MONTHS[6])[:12], MONTHS[7])
    write_world(world, place)
    return place


@pytest.fixture
def ask(folder, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> tuple[int, bytes, str]:
        code = main(["routes", "changes", *arguments, "--topology", str(folder)])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return run


def test_a_person_reads_who_where_how_sure_and_what_else(ask) -> None:
    code, out, _ = ask("AA", *SPAN)
    text = " ".join(out.decode().split())
    assert code == 0
    for part in (
        *("Network 100 (AS100, US): 12 of", "Grade B", "The provider withdrew: leading"),
        *("The customers moved", "A third cause", "policy reachability, not capacity"),
        *("Elsewhere:", "Other providers here:", "registration"),
    ):
        assert part in text, part


def test_programs_read_the_same_in_every_form(ask) -> None:
    document = json.loads(ask("AA", *SPAN, "--json")[1])
    lost = document["changes"][0]
    (alarm,) = lost["alarms"]
    assert (alarm["provider_asns"], alarm["n_lost"], lost["sign"]) == ([100], 12, "lost")
    assert len(alarm["hypotheses"]) == 3
    assert document["kind"] == "observed links"
    assert any("not capacity" in text for text in document["caveats"])
    rows = list(csv.DictReader(io.StringIO(ask("AA", *SPAN, "--format", "csv")[1].decode())))
    lines = ask("AA", *SPAN, "--format", "jsonl")[1].splitlines()
    table = pq.read_table(io.BytesIO(ask("AA", *SPAN, "--format", "parquet")[1]))
    assert table.column_names == list(COLUMNS) == list(rows[0])
    assert len(rows) == len(lines) == table.num_rows == 1
    assert json.loads(lines[0])["p"] == table["p"][0].as_py() == float(rows[0]["p"])
    for row in (rows[0], json.loads(lines[0]), table.to_pylist()[0]):
        assert row["paths"] == "observed"
        assert "policy reachability, not capacity" in row["caveat"]


def test_all_countries_and_every_month(ask) -> None:
    document = json.loads(ask("--monthly", "--from", "2021-04", "--to", "2021-11", "--json")[1])
    found = [(each["country"], each["first_after"]) for each in document["changes"]]
    assert found == [("AA", "2021-08")]


def test_ordinary_ones_are_counted_and_shown_when_asked_for(ask) -> None:
    brief = json.loads(ask("AA", *SPAN, "--json")[1])["changes"][0]
    whole = json.loads(ask("AA", *SPAN, "--ordinary", "--json")[1])["changes"][0]
    assert brief["ordinary"] == []
    assert brief["n_ordinary"] == len(whole["ordinary"])


def test_a_country_without_networks_has_no_change(ask) -> None:
    code, out, _ = ask("ZZ", *SPAN, "--json")
    assert code == 0
    assert [each["n_links"] for each in json.loads(out)["changes"]] == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("AA", "--from", "2021-07", "--to", "2019-01"), "not before"),
        (("AA", "--from", "2021-7", "--to", "2021-08"), "YYYY-MM"),
        (("Russia", *SPAN), "two letters"),
        (("AA", "--from", "2021-07", "--to", "2023-01"), "whocut fetch topology --month 2023-01"),
        (("AA", *SPAN, "--serial", "3"), "wanted 1 or 2"),
        (("AA", *SPAN, "--serial", "2"), "serial-2"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_would(ask, arguments, part) -> None:
    code, _, err = ask(*arguments)
    assert code == 2
    assert part in err
