"""``whocut routes country``, ``as``, ``compare`` and ``paths`` on a small world of files."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.unit.routes.dependency.world import PLACE, SALES, write_world
from whocut.cli import routes_as, routes_compare, routes_country, routes_paths
from whocut.cli.app import main

MONTHS = ("20220101", "20220201", "20220301")
LATER = ("20220401", "20220501", "20220601")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("map")
    later = SALES - {(11, 101)} | {(10, 101)}
    months = dict.fromkeys(MONTHS, SALES) | dict.fromkeys(LATER, later)
    months["20220201"] = SALES | {(2, 10)}
    write_world(place / "files", months)
    return place / "files"


@pytest.fixture
def ask(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "140")

    def run(*arguments: str, month: str = "2022-03", weights: bool = True):
        given = ["--topology", str(folder), "--month", month]
        if weights:
            given += ["--weights", str(folder / "weights.csv")]
        code = main(["routes", *arguments, *given])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("country", PLACE),
        ("as", "AS100"),
        ("compare", PLACE, "--with", "2022-04"),
        ("compare", PLACE, "BR"),
        ("paths", "200", "102"),
    ],
)
def test_every_screen_says_what_it_is(ask, arguments) -> None:
    code, out, _ = ask(*arguments)
    assert code == 0
    flat = " ".join(out.split())
    assert "Policy reachability, not capacity" in flat
    assert "Simulated over inferred links, not observed" in flat


def test_country_answers_and_keeps_the_answer(ask, tmp_path) -> None:
    code, out, _ = ask("country", PLACE, "--json")
    assert code == 0
    found = json.loads(out)
    by_asn = {one["asn"]: one for one in found["carriers"]}
    # Drawn by weight, the eyes are 200 and 201; 2 sells to 10 in February alone.
    assert by_asn[10]["gate"]["value"] == pytest.approx(0.65)
    assert by_asn[10]["gate"]["high"] > 0.65
    assert by_asn[10]["gate"]["low"] == pytest.approx(0.65)
    assert found["paths"] == "simulated"
    assert found["unit"] == "weight as given"
    assert [rules["ties"] for rules in [found["rules"], *found["others"]]].count("equal") == 4
    assert found["rules"]["months"] == ["2022-01-01", "2022-02-01", "2022-03-01"]
    kept = list((tmp_path / "cache").rglob("dependency-*"))
    assert len(kept) == 1
    assert json.loads(ask("country", PLACE, "--json")[1]) == found
    kept[0].write_bytes(b"damaged")
    assert json.loads(ask("country", PLACE, "--json")[1]) == found


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (("country", PLACE), routes_country.COLUMNS),
        (("as", "102"), routes_as.COLUMNS),
        (("compare", PLACE, "--with", "2022-04"), routes_compare.COLUMNS),
        (("paths", "200", "102"), routes_paths.COLUMNS),
    ],
)
def test_rows_have_the_columns_named(ask, arguments, columns) -> None:
    code, out, _ = ask(*arguments, "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows
    assert tuple(rows[0]) == columns
    _, out, _ = ask(*arguments, "--format", "jsonl")
    assert len(out.splitlines()) == len(rows)
    for row in (*rows, *map(json.loads, out.splitlines())):
        assert row["paths"] == "simulated"
        assert "Policy reachability, not capacity" in row["caveat"]


def test_rows_of_the_results_that_ship_say_what_they_are(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path))
    assert main(["routes", "country", "RU", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["role"] for row in rows} == {"hands_over", "takes_over"}
    for row in rows:
        assert row["paths"] == "simulated"
        assert "Policy reachability, not capacity" in row["caveat"]


def test_compare_says_what_is_beyond_the_bands(ask) -> None:
    _, out, _ = ask("compare", PLACE, "--with", "2022-04", "--json")
    found = json.loads(out)
    by_asn = {one["asn"]: one for one in found["networks"]}
    assert by_asn[11]["second"] == 0
    assert by_asn[11]["is_beyond_bands"]
    assert found["first"]["viewpoints"] == found["second"]["viewpoints"]
    assert found["second"]["rules"]["months"] == ["2022-04-01", "2022-05-01", "2022-06-01"]


def test_without_weights_every_network_counts_the_same_and_that_is_said(ask) -> None:
    code, out, _ = ask("country", PLACE, weights=False)
    assert code == 0
    assert "every network counts the same" in " ".join(out.split())


def test_months_that_are_not_at_hand_are_told(ask) -> None:
    code, out, _ = ask("country", PLACE, month="2022-02")
    assert code == 0
    assert "Not at hand: 2021-12" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("country", "Russia"), "two letters"),
        (("country", "TO"), "no network registered in TO"),
        (("as", "x"), "not an AS number"),
        (("as", "77777"), "has no link"),
        (("paths", "200", "200"), "one network"),
        (("compare", PLACE), "another country"),
        (("compare", PLACE, "BR", "--with", "2022-04"), "another country"),
        (("compare", PLACE, "--with", "2022-02"), "not after"),
        (("compare", PLACE, "--with", "2022-04", "--measure", "size"), "not one of"),
        (("country", PLACE, "--serial", "1"), "serial-1"),
        (("country", PLACE, "--serial", "3"), "wanted 1 or 2"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(ask, arguments, said) -> None:
    code, _, err = ask(*arguments)
    assert code == 2
    assert said in err


def test_viewpoints_come_from_a_file_of_numbers(ask, tmp_path) -> None:
    given = tmp_path / "eyes.txt"
    given.write_text("AS201  # the second\n")
    code, out, _ = ask("country", PLACE, "--json", "--viewpoints", str(given))
    found = json.loads(out)
    assert code == 0
    assert found["viewpoints"] == [201]
    assert found["viewpoint_rule"] == "as given"
    given.write_text("201\nhere\n")
    code, _, err = ask("country", PLACE, "--viewpoints", str(given))
    assert code == 1
    assert "line 2 is no AS number" in err
    code, _, err = ask("country", PLACE, "--viewpoints", str(tmp_path / "none"))
    assert code == 1
    assert "cannot be read" in err
