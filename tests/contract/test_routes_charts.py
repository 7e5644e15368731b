"""``--svg`` on the commands of routes, and answers from what ships where no topology is at hand."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from tests.unit.routes.changes.planted import MONTHS, make_world, networks_of
from tests.unit.routes.changes.planted import write_world as write_changes
from tests.unit.routes.dependency.world import PLACE, SALES, write_world
from tests.unit.routes.plots.test_charts import checked, words
from whocut.cli.app import main
from whocut.routes.results import load_results

_FILES = ("20220101", "20220201", "20220301", "20220401", "20220501", "20220601")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("map") / "files"
    write_world(place, dict.fromkeys(_FILES, SALES))
    return place


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "140")

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["routes", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    ("arguments", "drawn"),
    [
        (("country", PLACE), "AS10 Seller"),
        (("compare", PLACE, "--with", "2022-04"), "2022-04, 2022-05, 2022-06"),
        (("whatif", PLACE, "--stop", "10", "--stop", "11"), "step 2, 11: reachable"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_an_answer_is_drawn_beside_what_is_printed(
    ask, folder, tmp_path, arguments, drawn, form
) -> None:
    path = tmp_path / "chart.svg"
    given = ("--topology", folder, "--month", "2022-03", "--weights", folder / "weights.csv")
    code, out, err = ask(*arguments, *given, "--format", form, "--svg", path)
    assert code == 0, err
    assert out and str(path) in err
    told = words(checked(path.read_text("utf-8")))
    assert drawn in told
    assert "olicy reachability, not capacity" in told
    assert [each.name for each in tmp_path.glob("*.part")] == []


def test_changes_are_drawn_month_by_month(ask, tmp_path) -> None:
    world = make_world(7)
    world.drop(100, world.customers(100, "AA", MONTHS[6])[:12], MONTHS[7])
    write_changes(world, tmp_path)
    path = tmp_path / "chart.svg"
    span = ("--from", "2021-05", "--to", "2021-09", "--monthly")
    code, _, err = ask("changes", "AA", *span, "--topology", tmp_path, "--svg", path)
    assert code == 0, err
    told = words(checked(path.read_text("utf-8")))
    own = networks_of("AA")
    ended = [
        sum(each in own for _, each in world.links[MONTHS[month]] - world.links[MONTHS[month + 1]])
        for month in (6, 7)
    ]
    assert ended[0] > 12 and ended[1] > 0
    assert f"2021-08: {ended[0]} lost, 12 stand out" in told
    assert f"2021-09: {ended[1]} lost, 0 stand out" in told


@pytest.mark.parametrize("place", ["nowhere/chart.svg", "."])
def test_a_chart_that_cannot_be_written_is_refused(ask, folder, tmp_path, place) -> None:
    (tmp_path / "old.svg").write_text("old")
    code, _, err = ask("whatif", PLACE, "--stop", "10", "--topology", folder, "--svg", place)
    assert code == 2
    assert "cannot be written" in err
    assert not list(tmp_path.rglob("*.part"))


def test_observed_answers_are_not_drawn_as_simulated(ask, tmp_path) -> None:
    code, _, err = ask("country", "RU", "--rib", "x", "--svg", tmp_path / "chart.svg")
    assert code == 2
    assert "--svg" in err


def test_without_topology_what_ships_answers_and_says_so(ask, tmp_path) -> None:
    path = tmp_path / "chart.svg"
    code, out, _ = ask("country", "ru", "--svg", path)
    assert code == 0
    flat = " ".join(out.split())
    assert "From the results that ship, of 2022-05" in flat and " old:" in flat
    assert "whocut fetch topology" in flat
    assert "Policy reachability, not capacity" in flat and "Simulated" in flat
    assert "The CAIDA AS Relationships Dataset" in flat
    assert "AS1299 Arelion" in words(checked(path.read_text("utf-8")))


def test_what_ships_answers_programs_too(ask) -> None:
    document = json.loads(ask("country", "RU", "--month", "2022-02", "--json")[1])
    assert document["day"] == "2022-02-01" and document["paths"] == "simulated"
    assert "From the results that ship" in document["notice"]
    assert document["months"] == ["2021-12-01", "2022-01-01", "2022-02-01"]
    code, out, err = ask("country", "RU", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and "From the results that ship" in err
    assert {row["role"] for row in rows} == {"hands_over", "takes_over"}
    found = load_results().of("RU")
    assert float(rows[0]["share"]) == found.hands_over[0].share.value


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("RU", "--month", "2021-01"), "no results of 2021-01 for RU ship"),
        (("ZZ",), "no results for ZZ ship"),
        (("RU", "--months", "1"), "fetch topology"),
        (("RU", "--topology", "nowhere"), "no such folder"),
    ],
)
def test_what_does_not_ship_is_refused(ask, arguments, said) -> None:
    code, _, err = ask("country", *arguments)
    assert code == 2
    assert said in err


def test_a_chart_is_a_whole_document(ask, folder, tmp_path) -> None:
    path = tmp_path / "chart.svg"
    path.write_text("what was there")
    ask("country", PLACE, "--topology", folder, "--svg", path)
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
