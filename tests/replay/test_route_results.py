"""The results of routes that ship: what they hold, and that the files at hand give the same."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from whocut.model.shipped import shipped_path
from whocut.routes.results import load_results
from whocut.routes.results_build import (
    DATES,
    VERSIONS,
    country_row,
    read_inputs,
    summed_origins,
)

_MOST_BYTES = 2_700_000
_DAY = date(2022, 2, 1)


def table(name: str) -> list[dict[str, str]]:
    text = (shipped_path("results", "routes") / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_shares_are_shares_and_lie_within_their_bands() -> None:
    found = load_results()
    assert [each.day for each in found.dates] == list(DATES)
    assert len({(one.day, one.country) for one in found.countries}) == len(found.countries)
    for one in found.countries:
        where = (one.country, one.day)
        shares = [each.share for each in (*one.hands_over, *one.takes_over)]
        for band in (*shares, one.reached, one.direct, one.hhi):
            assert 0 <= band.low <= band.value <= band.high <= 1, where
        assert sum(each.share.value for each in one.hands_over) < 1.001 - one.direct.value, where
        assert sum(each.share.value for each in one.takes_over) < 1.001, where
        assert all(each.registered_in != one.country for each in one.hands_over), where
        left = (one.pairs_carry_nothing, one.pairs_cut_links, one.pairs_stop_customers)
        known = [each for each in left if each is not None]
        assert known == sorted(known), where
        assert all(each <= one.pairs_now for each in known), where


def test_they_are_small_and_hold_aggregates_only() -> None:
    folder = shipped_path("results", "routes")
    assert sum(path.stat().st_size for path in folder.iterdir()) < _MOST_BYTES
    rows = table("carriers.csv")
    per_role: dict[tuple[str, str, str], int] = {}
    for row in rows:
        place = (row["date"], row["country"], row["role"])
        per_role[place] = per_role.get(place, 0) + 1
    assert max(per_role.values()) == 10
    text = (folder / "README.md").read_text("utf-8")
    assert "The CAIDA AS Relationships Dataset" in text


@pytest.mark.shared
def test_one_country_made_again_is_what_ships(shared_dir: Path) -> None:
    routes = shared_dir / "routes"
    inputs = read_inputs(routes, summed_origins(routes / "cti" / "origin"), _DAY, None)
    row = country_row(inputs, "TM")
    said = next(each for each in load_results().dates if each.day == _DAY)
    for name, made in (("countries.csv", [row.country]), ("carriers.csv", row.carriers)):
        shipped = [
            each for each in table(name) if (each["date"], each["country"]) == ("2022-02", "TM")
        ]
        if said.versions != VERSIONS:  # the digest moves with them; figures need not
            for each in (*shipped, *made):
                each.pop("inputs_sha256", None)
        assert shipped == made, "run python -m whocut.routes.results_build again"
