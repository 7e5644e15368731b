"""What-ifs, states and minimum sets that ship: what they hold, and that the files give the same."""

import csv
import io
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from whocut.model.shipped import shipped_path
from whocut.routes.cascades import (
    CASCADE_COUNTRY_COLUMNS,
    CLIQUE,
    LETTERS,
    MODES,
    Cascade,
    read_cascade_countries,
    read_cascades,
)
from whocut.routes.cascades_build import (
    MOST_CARRIERS,
    MOST_STATES,
    SHARES,
    cascade_of,
    minimum_of,
    states_of,
)
from whocut.routes.minimum_sets import read_minimum_sets
from whocut.routes.results import load_results
from whocut.routes.results_build import VERSIONS, Inputs, read_inputs, summed_origins
from whocut.routes.states import read_states

_DAY = date(2022, 5, 1)
_MOST_BYTES = 1_500_000
_SAMPLE = ("TM", "CU", "BY")
_ROUNDED = 0.0002


def table(name: str) -> list[dict[str, str]]:
    text = (shipped_path("results", "routes") / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def by_set() -> dict[tuple[str, str], dict[str, Cascade]]:
    found: dict[tuple[str, str], dict[str, Cascade]] = {}
    for one in read_cascades():
        found.setdefault((one.country, one.leaving), {})[one.mode] = one
    return found


def test_there_is_every_set_of_the_carriers_that_pages_list() -> None:
    results = {one.country: one for one in load_results().countries if one.day == _DAY}
    sets = {place: modes.keys() for place, modes in by_set().items()}
    countries = read_cascade_countries()
    assert {one.country for one in countries} == results.keys()
    for one in countries:
        shipped = [carrier.asn for carrier in results[one.country].hands_over]
        assert list(one.carriers) == shipped[:MOST_CARRIERS], one.country
        letters = LETTERS[: len(one.carriers)]
        lone = [name for place, name in sets if place == one.country and len(name) == 1]
        assert lone == list(letters), one.country
        combined = [
            name for place, name in sets if place == one.country and not name.startswith("@")
        ]
        assert len(combined) == 2 ** len(letters) - 1, one.country
        assert len(one.states) <= MOST_STATES
        assert one.country not in one.states
    assert all(modes == set(MODES) for modes in sets.values())


def test_stopping_more_never_leaves_more() -> None:
    now = {one.country: one.pairs for one in read_cascade_countries()}
    found = by_set()
    for (country, leaving), modes in found.items():
        where = (country, leaving)
        left = [now[country] + _ROUNDED, *(modes[mode].pairs for mode in MODES)]
        assert left == sorted(left, reverse=True), where
        isolated = [modes[mode].networks for mode in MODES]
        assert isolated == sorted(isolated), where
        if leaving.startswith("@"):
            continue
        for letter in leaving:
            smaller = found.get((country, leaving.replace(letter, "")))
            if smaller is not None:
                for mode in MODES:
                    assert modes[mode].pairs <= smaller[mode].pairs, where
                    assert modes[mode].networks >= smaller[mode].networks, where


def test_figures_of_a_cascade_are_possible() -> None:
    for one in read_cascades():
        where = (one.country, one.leaving, one.mode)
        for share in (one.pairs, one.addresses, one.under_half, one.top_share, one.gainer_share):
            assert 0 <= share <= 1, where
        assert one.addresses <= one.under_half, where
        assert one.gainer_share <= one.top_share, where
        assert (one.pairs > _ROUNDED) <= (one.hops is not None), where
        assert one.actors == len(one.leaving) or one.leaving.startswith("@"), where


def test_all_foreign_providers_leave_less_than_any_set_of_them() -> None:
    least = {one.country: one for one in load_results().countries if one.day == _DAY}
    for one in read_cascades():
        result = least[one.country]
        everyone = {
            "stop_customers": result.pairs_stop_customers,
            "cut_links": None,  # a set may hold networks that sell nothing, and peer
            "carry_nothing": None,
        }[one.mode]
        if everyone is not None and one.leaving != CLIQUE:
            assert one.pairs >= everyone - _ROUNDED, (one.country, one.leaving, one.mode)


def test_minimum_sets_are_whole_and_within_their_bounds() -> None:
    rows = list(read_minimum_sets())
    asked = [(one.country, one.by, one.left, one.share) for one in rows]
    assert len(set(asked)) == len(asked)
    assert {one.country for one in rows} == {one.country for one in read_cascade_countries()}
    for one in rows:
        if one.size is None:
            continue
        assert one.bound <= one.size, one
        assert not one.is_exact or one.bound == one.size, one
        assert one.isolated >= one.share - _ROUNDED, one
        assert len(one.members) in {0, one.size}, one
    for _, both in groupby(rows, lambda one: (one.country, one.by, one.left)):
        half, most = both
        assert (half.share, most.share) == SHARES
        assert half.size is None or most.size is None or half.size <= most.size


def test_states_add_up_to_what_foreign_networks_hand_over() -> None:
    sums: dict[tuple[date, str], float] = {}
    for one in read_states():
        assert one.share.low <= one.share.value <= one.share.high, one
        assert one.state != one.country
        place = (one.day, one.country)
        sums[place] = sums.get(place, 0.0) + one.share.value
    results = {(one.day, one.country): one for one in load_results().countries}
    for place, total in sums.items():
        result = results[place]
        assert total <= 1 - result.direct.value + 0.001, place
        listed = sum(one.share.value for one in result.hands_over)
        known = {one.registered_in for one in result.hands_over}
        assert len(known) > 8 or total >= listed - 0.001, place


def test_they_are_small() -> None:
    assert (shipped_path("results", "routes") / "whatif.csv").stat().st_size <= _MOST_BYTES


@pytest.fixture(scope="module")
def inputs(shared_dir: Path) -> Inputs:
    routes = shared_dir / "routes"
    return read_inputs(routes, summed_origins(routes / "cti" / "origin"), _DAY, None)


@pytest.mark.shared
@pytest.mark.parametrize("country", _SAMPLE)
def test_a_country_made_again_is_what_ships(inputs: Inputs, country: str) -> None:
    about = next(one for one in read_cascade_countries() if one.country == country)
    made = cascade_of(inputs, country, about.carriers, about.states)
    shipped = [row for row in table("whatif.csv") if row["country"] == country]
    assert shipped == made.rows, "run python -m whocut.routes.cascades_build again"
    row = next(row for row in table("whatif_countries.csv") if row["country"] == country)
    said = next(each for each in load_results().dates if each.day == _DAY)
    assert list(made.country) == list(CASCADE_COUNTRY_COLUMNS)
    if said.versions != VERSIONS:  # the digest moves with them; figures need not
        row.pop("inputs_sha256")
        made.country.pop("inputs_sha256")
    assert row == made.country


@pytest.mark.shared
def test_states_and_minimum_sets_made_again_are_what_ships(inputs: Inputs) -> None:
    made = states_of(inputs, "TM").rows
    shipped = [
        row for row in table("states.csv") if (row["date"], row["country"]) == ("2022-05", "TM")
    ]
    assert shipped == made
    again = minimum_of(inputs, "CU", budget_s=20.0).rows
    before = [row for row in table("mincut.csv") if row["country"] == "CU"]
    closed = [row for row in before if row["proof"] != "open"]
    assert closed
    sizes = {(row["by"], row["left"], row["share"]): row["size"] for row in again}
    for row in closed:
        assert sizes[row["by"], row["left"], row["share"]] == row["size"], row
