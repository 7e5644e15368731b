"""What an edition holds of routes is what ships, and each question is answered from the file."""

from __future__ import annotations

import sqlite3
import tracemalloc
from pathlib import Path

import pytest

from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.routes import RoutePages, write_routes
from whocut.routes.cascades import LETTERS, MODES, read_cascades
from whocut.routes.change_results import load_change_results
from whocut.routes.changes.answer import Verdict
from whocut.routes.results import load_results
from whocut.routes.whatif.scenario import Mode


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edition") / "routes.sqlite"
    write(path)
    return path


def write(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    write_routes(connection, None, Progress())
    connection.execute("COMMIT")  # the transaction of the build is not ended inside
    connection.close()


@pytest.fixture(scope="module")
def pages(path: Path) -> RoutePages:
    return RoutePages(Reading(path))


def test_the_same_results_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write(tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == path.read_bytes()


def test_every_country_is_there_at_every_date(pages: RoutePages) -> None:
    shipped = load_results()
    rows = pages.countries()
    assert [row.country for row in rows] == sorted({one.country for one in shipped.countries})
    assert pages.facts.n_countries == len(rows)
    for row in rows:
        found = pages.country(row.country)
        assert found is not None
        assert [one.day for one in found.results] == sorted(
            one.day for one in shipped.countries if one.country == row.country
        )
        last = shipped.of(row.country)
        assert found.results[-1] == last
        assert row == pages.summary(row.country)
        assert (row.day, row.pairs_now) == (last.day, last.pairs_now)
        assert [one.by for one in row.minimums] == ["ases", "organisations", "jurisdictions"]
    assert pages.country("XA") is None
    assert pages.summary("XA") is None
    assert pages.leavers("XA") is None
    assert pages.carriers("XA") == []


def test_every_cascade_is_found_under_its_set(pages: RoutePages) -> None:
    found = 0
    for one in read_cascades():
        if one.country not in {"RU", "TM", "US"}:
            continue
        whole = pages.whatif(one.country, one.leaving)
        assert whole is not None
        assert one in whole.modes
        assert [each.mode for each in whole.modes] == list(MODES)
        found += 1
    assert found > 300
    assert pages.whatif("RU", "zz") is None


def test_a_network_lists_the_countries_that_list_it(pages: RoutePages) -> None:
    listed = {
        one.country
        for one in load_results().countries
        if any(carrier.asn == 174 for carrier in one.hands_over)
    }
    network = pages.network(174)
    assert network is not None
    assert (network.network.name, network.network.registered_in) == ("Cogent Communications", "US")
    assert network.n_hands_over == len(listed) > 50
    rows = [
        row for page in (1, 2, 3) for row in pages.network_countries(174, "hands_over", page=page)
    ]
    assert {row.country for row in rows} == listed
    assert len(rows) == len(listed)
    last = [row.shares[-1].value for row in rows if row.shares[-1]]
    assert last == sorted(last, reverse=True)
    for row in rows:
        about = pages.leavers(row.country)
        assert about is not None
        assert bool(row.alone) == (174 in about.carriers)
        for alone in row.alone:
            assert LETTERS.index(alone.leaving) == about.carriers.index(174)


def test_a_network_that_nobody_names_is_unknown(pages: RoutePages) -> None:
    for asn in (64512, 4_294_967_295, 2**40, 0, -1):
        assert pages.network(asn) is None
        assert pages.named(asn).name == ""
        assert pages.network_countries(asn, "hands_over") == []
        assert pages.changes_of_network(asn) == []


def test_nearest_sets_are_parts_of_the_one_asked_for(pages: RoutePages) -> None:
    found = pages.whatif_neighbours("RU", [174, 3356, 5555], Mode.CUT_LINKS)
    assert [set(asns) for asns, _ in found] == [{174, 3356}, {3356}, {174}]
    assert all(one.mode is Mode.CUT_LINKS for _, one in found)
    assert pages.whatif_neighbours("RU", [5555], Mode.CUT_LINKS) == []
    assert [asns for asns, _ in pages.whatif_neighbours("RU", [174, 5555], Mode.CUT_LINKS)] == [
        (174,)
    ]


def test_ordinary_months_of_named_networks_are_told_when_asked(pages: RoutePages) -> None:
    every, total = pages.changes(ordinary=True, rows=1000)
    assert total == len(every) == len(load_change_results().changes) == pages.facts.n_changes
    told, n_told = pages.changes(rows=1000)
    alarms, n_alarms = pages.changes(alarms=True, rows=1000)
    assert n_alarms <= n_told < total
    odd = {Verdict.SINGLE, Verdict.SEVERAL}
    assert all(one.verdict in odd and not one.around for one in alarms)
    assert all(one.verdict in odd or one.around for one in told)
    places = [
        (one.country, one.sign, one.provider, one.last_before, one.first_after) for one in told
    ]
    assert len(set(places)) == len(places)
    missing = {
        (one.country, one.sign, one.provider, one.last_before, one.first_after)
        for one in every
        if one.verdict in odd or one.around
    } - set(places)
    assert not missing
    for one in every:
        assert pages.change(one.id) == one
    assert [one.first_after for one in every] == sorted(
        (one.first_after for one in every), reverse=True
    )


def test_cogent_left_russia_in_the_observed_months(pages: RoutePages) -> None:
    found = [one for one in pages.changes_of_network(174) if one.country == "RU"]
    assert found
    assert {one.sign for one in found} == {"lost"}
    assert all("2022-03-cogent-ru" in one.records for one in found)
    assert all(one.last_before < "2022-04" <= one.first_after for one in found)
    months = next(rows for rows in pages.counts("RU") if rows[0].actor == "cogent")
    assert [one.month for one in months] == sorted(one.month for one in months)


def test_names_are_found_by_their_beginning(pages: RoutePages) -> None:
    assert 174 in {one.asn for one in pages.find("cogent", 10)}
    assert [one.asn for one in pages.find("174", 1)] == [174]
    assert pages.find("%", 10) == []
    assert pages.find("_", 10) == []


def test_an_answer_is_not_held_in_memory(path: Path) -> None:
    pages = RoutePages(Reading(path))
    pages.whatif("RU", "a")
    tracemalloc.start()
    for country in ("RU", "IR", "TM", "US", "CN"):
        pages.country(country)
        for letter in LETTERS:
            pages.whatif(country, letter)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 300_000
