"""Results are made again byte for byte, whole or after a stop, and read back as they were made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.routes.dependency.world import SALES, write_world
from whocut.model.errors import DamagedDataError, UsageError
from whocut.routes.results import COUNTRY_COLUMNS, load_results
from whocut.routes.results_build import DATES, main, summed_origins

_FILES = ("carriers.csv", "countries.csv", "networks.csv", "sources.toml")
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


def make(world: Path, out: str, *more: str) -> dict[str, bytes]:
    code = main(
        [
            *("--topology", str(world / "files"), "--origins", str(world / "origin")),
            *("--out", str(world / out), "--workers", "1", *more),
        ]
    )
    assert code == 0
    return {name: (world / out / name).read_bytes() for name in _FILES}


def test_a_second_run_gives_the_same_bytes(world: Path) -> None:
    assert make(world, "one") == make(world, "two", "--workers", "2")


def test_a_stopped_run_goes_on(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = world / "kept.jsonl"
    whole = make(world, "one", "--kept", str(kept))
    steps = capsys.readouterr().err.count("countries")
    text = kept.read_bytes()
    kept.write_bytes(text[: len(text) * 2 // 3])  # in the middle of a line
    assert make(world, "two", "--kept", str(kept)) == whole
    again = capsys.readouterr().err.count("countries")
    assert 0 < again < steps


def test_what_is_made_is_read_back(world: Path) -> None:
    make(world, "out")
    found = load_results(world / "out")
    assert [each.day for each in found.dates] == list(DATES)
    assert {one.country for one in found.countries} == {"BR", "IN"}
    assert set(found.dates[0].left_out) == {"GB", "SE", "US"}
    brazil = found.of("BR")
    assert brazil.day == date(2022, 5, 1)
    assert (brazil.slash24, brazil.ases, brazil.foreign_providers) == (500.0, 1, 1)
    assert [one.asn for one in brazil.hands_over] == [1]
    assert brazil.hands_over[0].share.value == 1.0
    assert [one.asn for one in brazil.takes_over] == [200]
    assert (brazil.pairs_now, brazil.pairs_stop_customers) == (1.0, 0.0)
    assert brazil.pairs_without_cogent_lumen is None  # neither is in this world
    assert found.of("BR", date(2020, 5, 1)).months == DATES[date(2020, 5, 1)]
    with pytest.raises(UsageError, match="2020-05, 2022-02, 2022-05"):
        found.of("BR", date(2021, 1, 1))
    with pytest.raises(UsageError, match="for ZZ"):
        found.of("ZZ")


def test_blocks_of_one_network_add_up_over_countries(world: Path) -> None:
    weights = summed_origins(world / "origin")
    assert (weights.of(200), weights.of(201)) == (500.0, 500.0)
    with pytest.raises(UsageError, match="no origins"):
        summed_origins(world / "files")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("countries.csv", "slash24", "blocks", "line 1 has other columns"),
        ("countries.csv", ",500,", ",many,", "line 2"),
        ("countries.csv", "\n2020-05", "\n2019-01", "line 2"),
        ("carriers.csv", "hands_over", "owns", "line 2"),
        ("carriers.csv", "BR,hands_over,1,", "BR,hands_over,9,", "line 2"),
        ("networks.csv", "\n1,", "\n1,x,y,z,", "too many fields"),
        ("sources.toml", "serial = 2", "serial = 'x'", "serial"),
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
        load_results(path.parent)
    assert name in str(caught.value)


def test_columns_hold_no_links() -> None:
    assert not {"provider", "customer", "peer"} & set(COUNTRY_COLUMNS)
