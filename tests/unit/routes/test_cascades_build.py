"""Cascades, states and minimum sets of a small world: right, the same again, read back, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.routes.dependency.world import SALES, write_world
from whocut.model.errors import DamagedDataError, UsageError
from whocut.routes import cascades_build, results_build
from whocut.routes.cascades import (
    CLIQUE,
    MODES,
    Cascade,
    cascade_rows,
    letters_of,
    read_cascade_countries,
    read_cascades,
)
from whocut.routes.change_results import COUNT_COLUMNS
from whocut.routes.minimum_sets import read_minimum_sets
from whocut.routes.results import read_networks
from whocut.routes.results_build import DATES
from whocut.routes.states import read_states
from whocut.routes.whatif.cascade import leavers_of
from whocut.routes.whatif.scenario import Mode

_FILES = ("states.csv", "whatif.csv", "whatif_countries.csv", "mincut.csv", "whatif_networks.csv")
_ORIGINS = {
    "BR": "200-First Eye,500.0,100.0",
    "IN": "201-Second Eye,300.0,60.0",
    "US": "201-Second Eye,200.0,40.0",
}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    months = {f"{month:%Y%m%d}": SALES for months in DATES.values() for month in months}
    write_world(tmp_path / "files", months)
    (tmp_path / "origin").mkdir()
    for code, row in _ORIGINS.items():
        text = f"OriginASN,OriginASName,#Prefixes,%country\n{row}\n"
        (tmp_path / "origin" / f"{code}.csv").write_text(text)
    return tmp_path


def make(world: Path, out: str, *more: str, workers: int = 1) -> dict[str, bytes]:
    given = [
        *("--topology", str(world / "files"), "--origins", str(world / "origin")),
        *("--out", str(world / out), "--workers", str(workers)),
    ]
    assert results_build.main(given) == 0
    for name, text in _CHANGES.items():  # of which names are taken
        (world / out / name).write_text(text)
    assert cascades_build.main([*given, *more]) == 0
    paths = [world / out / name for name in _FILES]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


_CHANGES = {
    "changes.jsonl": "",
    "customers.csv": ",".join(COUNT_COLUMNS) + "\n",
    "changes-sources.toml": (
        'serial = 1\nnamed = ""\nthresholds = ""\nversions = ""\n[links]\n[organisations]\n'
    ),
}


def test_two_workers_and_a_second_run_give_the_same_bytes(world: Path) -> None:
    whole = make(world, "one")
    assert tuple(whole) == _FILES
    assert make(world, "two", workers=2) == whole


def test_a_stopped_run_goes_on(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = world / "kept"
    whole = make(world, "one", "--kept", str(kept), "--part", "states", "--part", "whatif")
    steps = capsys.readouterr().err.count("whatif ")
    path = kept / "whatif-2022-05.jsonl"
    path.write_bytes(path.read_bytes()[: len(path.read_bytes()) * 2 // 3])  # in a line's middle
    again = make(world, "two", "--kept", str(kept), "--part", "states", "--part", "whatif")
    assert again == whole
    assert 0 < capsys.readouterr().err.count("whatif ") < steps


def test_what_is_made_is_right_and_read_back(world: Path) -> None:
    make(world, "out")
    countries = {one.country: one for one in read_cascade_countries(world / "out")}
    brazil = countries["BR"]
    assert (brazil.carriers, brazil.states, brazil.pairs) == ((1,), ("US",), 1.0)
    assert (brazil.isolated, brazil.networks) == (0, 1)
    found = {(one.country, one.leaving, one.mode): one for one in read_cascades(world / "out")}
    alone = found["BR", "a", Mode.STOP_CUSTOMERS]  # its one seller stops: nothing is left
    assert (alone.pairs, alone.networks, alone.addresses, alone.under_half) == (0.0, 1, 1.0, 1.0)
    assert (alone.hops, alone.top, alone.actors) == (None, None, 1)
    assert {leaving for country, leaving, _ in found if country == "BR"} >= {"a", "@US"}
    assert {one.state for one in read_states(world / "out") if one.country == "BR"} == {"US"}
    least = [one for one in read_minimum_sets(world / "out") if one.country == "BR"]
    assert {one.size for one in least if one.left == "nothing"} == {1}
    assert all(one.is_exact for one in least)
    assert "Top Carrier" in {name for name, _ in read_networks(world / "out/networks.csv").values()}


def test_sets_are_written_by_letters_of_the_carriers() -> None:
    assert letters_of((174, 3356, 1299), (1299, 174)) == "ac"
    with pytest.raises(ValueError, match="tuple"):
        letters_of((174,), (3356,))
    named = [each.name for each in leavers_of((174, 3356), ("US",))]
    assert named == ["a", "b", "ab", CLIQUE, "@US"]
    with pytest.raises(UsageError, match="8 at most"):
        leavers_of(tuple(range(1, 10)), ())


def cascade(mode: Mode, pairs: float) -> Cascade:
    return Cascade(
        country="BR",
        leaving="a",
        mode=mode,
        actors=1,
        pairs=pairs,
        networks=0,
        addresses=0.0,
        under_half=0.0,
        hops_before=3.0,
        hops=3.25,
        top=1,
        top_share=0.5,
        gainer=1,
        gainer_share=0.5,
    )


@pytest.mark.parametrize("pairs", [(0.9, 0.9, 0.9), (0.9, 0.9, 0.5), (0.9, 0.5, 0.5)])
def test_a_mode_that_leaves_the_same_is_written_once(
    tmp_path: Path, pairs: tuple[float, float, float]
) -> None:
    made = [cascade(mode, left) for mode, left in zip(MODES, pairs, strict=True)]
    row = cascade_rows(made)
    (tmp_path / "whatif.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    assert list(read_cascades(tmp_path)) == made
    assert [row[f"{name}_pairs"] for name in ("stop", "cut", "carry")].count("=") == 3 - len(
        set(pairs)
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("whatif.csv", "actors", "who", "line 1 has other columns"),
        ("whatif.csv", "BR,a,1,0,", "BR,a,1,none,", "line 2"),
        ("whatif_countries.csv", "2022-05", "2022-99", "line 2"),
        ("states.csv", ",US,1,", ",US,one,", "line 2"),
        ("mincut.csv", ",ases,", ",cables,", "line 2"),
        ("mincut.csv", ",0.5,1,", ",0.5,few,", "line 2"),
    ],
)
def test_a_broken_table_names_file_and_line(
    world: Path, name: str, old: str, new: str, said: str
) -> None:
    make(world, "out")
    path = world / "out" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DamagedDataError, match=said) as caught:
        list(read_cascades(path.parent))
        read_cascade_countries(path.parent)
        list(read_states(path.parent))
        list(read_minimum_sets(path.parent))
    assert name in str(caught.value)
