"""The real Internet of 2021 and 2022: what is found, and how often it cries wolf."""

from datetime import date
from pathlib import Path

import pytest

from whocut.ingest.topology import find_topology, read_organisations, read_relationships
from whocut.routes.changes import (
    CountryChange,
    Panel,
    build_panel,
    country_changes,
    load_thresholds,
    scan,
    window_between,
)

pytestmark = pytest.mark.shared
LIMITS = load_thresholds()


@pytest.fixture(scope="module")
def panel(shared_dir: Path) -> Panel:
    folder = shared_dir / "routes"
    if not folder.is_dir():
        pytest.skip("no route data: there is no ../shared/routes beside the checkout")
    files = find_topology(folder)
    months = [
        read_relationships(files.links_of(month, 1))
        for month in files.months(1)
        if month.year in {2021, 2022}
    ]
    organisations = files.organisations_at(date(2022, 3, 1))
    assert organisations is not None
    return build_panel(months, read_organisations(organisations))


@pytest.fixture(scope="module")
def lost(panel: Panel) -> list[CountryChange]:
    return [each for each in scan(panel, panel.months, LIMITS) if each.sign == "lost"]


def test_the_exit_from_russia_is_found_with_both_named(lost: list[CountryChange]) -> None:
    (found,) = [each for each in lost if each.country == "RU"]
    assert (found.last_before, found.first_after) == ("2022-03", "2022-04")
    assert {one.provider_asns for one in found.alarms} == {(174,), (3356,)}
    assert {one.grade for one in found.alarms} == {"A"}
    assert found.several is not None


def test_alarms_are_as_few_as_the_page_says(lost: list[CountryChange]) -> None:
    told = {(each.country, each.first_after) for each in lost}
    assert told == {("AR", "2021-05"), ("RU", "2022-04"), ("UA", "2022-04"), ("ES", "2022-07")}
    assert [each.country for each in lost if each.several] == ["RU"]


def test_the_straddling_month_can_be_left_out(panel: Panel) -> None:
    window = window_between(panel, date(2022, 2, 1), date(2022, 4, 1), LIMITS)
    found, _ = country_changes(panel, window, "RU", LIMITS)
    assert {one.provider_asns for one in found.alarms} == {(174,), (3356,)}
