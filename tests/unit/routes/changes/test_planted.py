"""Planted changes are found with their reason; negative controls never raise an alarm."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.routes.changes.planted import (
    COUNTRIES,
    GLOBAL,
    MONTHS,
    World,
    domestic_of,
    make_world,
    networks_of,
    panel_of,
)
from whocut.model.errors import UsageError
from whocut.routes.changes import (
    CountryChange,
    ProviderChange,
    build_panel,
    country_changes,
    load_thresholds,
    scan,
    window_between,
)

BREAK = MONTHS[7]
BEFORE, AFTER = date(2021, 7, 1), date(2021, 8, 1)
LIMITS = load_thresholds()


@pytest.fixture
def world(seed: int) -> World:
    return make_world(seed)


def _changes(
    world: World, folder: Path, country: str = "AA"
) -> tuple[CountryChange, CountryChange]:
    panel = panel_of(world, folder)
    return country_changes(panel, window_between(panel, BEFORE, AFTER, LIMITS), country, LIMITS)


def _of(change: CountryChange, provider: int) -> ProviderChange:
    found = [
        one for one in (*change.alarms, *change.ordinary) if one.provider == f"Network {provider}"
    ]
    assert found, (provider, change)
    return found[0]


def test_nothing_of_note_raises_no_alarm(world: World, tmp_path: Path) -> None:
    panel = panel_of(world, tmp_path)
    assert not list(scan(panel, panel.months, LIMITS))


def test_one_provider_that_drops_a_country_is_named(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:12]
    world.drop(100, gone, BREAK)
    lost, gained = _changes(world, tmp_path)
    (one,) = lost.alarms
    assert one.provider == "Network 100"
    assert one.verdict.value == "single"
    assert one.grade == "B"
    assert set(gone) <= {each.asn for each in one.customers if each.reason == "withdrawn"}
    assert {each.name.value: each.standing.value for each in one.hypotheses}[
        "provider"
    ] == "leading"
    assert one.effect_low is not None
    assert one.effect_low > 0
    assert not gained.alarms


def test_two_independent_providers_weigh_more(tmp_path: Path) -> None:
    # One world, not any: where chance unsettles the rest of the country the grade is C, rightly.
    world = make_world(7)
    for provider, count in ((100, 8), (200, 8)):
        world.drop(provider, world.customers(provider, "AA", MONTHS[6])[-count:], BREAK)
    lost, _ = _changes(world, tmp_path)
    assert lost.several is not None
    assert set(lost.several.providers) == {"Network 100", "Network 200"}
    assert {one.grade for one in lost.alarms} == {"A"}


def test_a_provider_that_loses_everywhere_is_no_exit_from_a_country(
    world: World, tmp_path: Path
) -> None:
    for country in COUNTRIES:
        world.drop(100, world.customers(100, country, MONTHS[6])[:4], BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).n_lost >= 3


def test_links_lost_everywhere_at_once_are_the_watchers(world: World, tmp_path: Path) -> None:
    taken: set[int] = set()
    for provider in GLOBAL:
        for country in COUNTRIES:
            # Nobody loses two at once: who has too few left vanishes, which is another reason.
            held = world.customers(provider, country, MONTHS[6])
            gone = [each for each in held if each not in taken][:3]
            taken.update(gone)
            world.drop(provider, gone, BREAK)
    panel = panel_of(world, tmp_path)
    found = [each for each in scan(panel, panel.months, LIMITS) if each.sign == "lost"]
    assert not found
    lost, _ = _changes(world, tmp_path)
    assert _of(lost, 100).reasons["collector_change"] >= 2


def test_an_outage_of_the_country_is_a_third_cause(world: World, tmp_path: Path) -> None:
    cut = networks_of("AA")[:20]
    for provider in (*GLOBAL[1:], domestic_of("AA")[0]):
        world.drop(provider, cut, BREAK)
    lost, _ = _changes(world, tmp_path)
    for one in lost.alarms:
        assert one.grade == "C"
        third = one.hypotheses[2]
        assert (third.name.value, third.standing.value) == ("third_cause", "leading")


def test_a_customer_that_vanishes_is_not_lost_by_its_provider(world: World, tmp_path: Path) -> None:
    dead = set(networks_of("AA")[:15])
    world.from_month(
        BREAK, lambda links: links.difference_update({x for x in links if x[1] in dead})
    )
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    for one in lost.ordinary:
        assert {each.reason for each in one.customers if each.asn in dead} <= {"vanished_customer"}


def test_a_flip_to_peering_is_named(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:12]
    world.drop(100, gone, BREAK)
    for month in MONTHS[7:]:
        world.peers[month] = {(100, each) for each in gone}
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).reasons["relation_flip"] == len(gone)


def test_a_sibling_of_the_provider_takes_over(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:12]
    world.siblings[150] = 100
    world.drop(100, gone, BREAK)
    world.add(150, gone, BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).reasons["sibling_provider"] == len(gone)


def test_a_renumbered_customer_is_named(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:12]
    for place, each in enumerate(gone):
        world.siblings[60_000 + place] = each
        world.add(100, [60_000 + place], BREAK)
    world.drop(100, gone, BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).reasons["renumbering"] == len(gone)


def test_a_sale_to_one_other_provider_is_a_block(world: World, tmp_path: Path) -> None:
    sold = world.customers(100, "AA", MONTHS[6])
    world.drop(100, sold, BREAK)
    world.add(domestic_of("BB")[0], sold, BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    one = _of(lost, 100)
    assert one.reasons.get("block_move", 0) >= 0.9 * len(sold)
    assert {each.moved_to for each in one.customers if each.moved_to} == {
        f"Network {domestic_of('BB')[0]}"
    }


def test_customers_that_scatter_over_others_are_said_to_have_moved(
    world: World, tmp_path: Path
) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:14]
    world.drop(100, gone, BREAK)
    for place, each in enumerate(gone):
        world.add(domestic_of(COUNTRIES[1 + place % 9])[0], [each], BREAK)
    lost, _ = _changes(world, tmp_path)
    (one,) = lost.alarms
    assert one.grade == "C"
    assert one.hypotheses[1].standing.value == "leading"


def test_what_comes_back_is_no_loss_and_a_return_is_told(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[6])[:12]
    held = {month: {(100, each) for each in gone} & world.links[month] for month in MONTHS}
    world.links[BREAK] -= held[BREAK]
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).reasons["reappeared"] >= len(gone) - 2


def test_a_restoration_says_when_the_links_were_there(world: World, tmp_path: Path) -> None:
    gone = world.customers(100, "AA", MONTHS[4])[:12]
    for month in MONTHS[5:8]:
        world.links[month] -= {(100, each) for each in gone}
    world.add(100, gone, MONTHS[8])
    panel = panel_of(world, tmp_path)
    window = window_between(panel, date(2021, 8, 1), date(2021, 9, 1), LIMITS)
    _, gained = country_changes(panel, window, "AA", LIMITS)
    (one,) = gained.alarms
    assert one.sign == "gained"
    assert [each.again for each in one.customers if each.asn in gone] == ["2021-05"] * len(gone)


def test_links_of_a_few_months_stand_apart(world: World, tmp_path: Path) -> None:
    # None that was a customer once: where that ended for no reason, the link is an old one again.
    others = [each for each in networks_of("AA") if (100, each) not in world.links[MONTHS[0]]][:12]
    world.add(100, others, MONTHS[4])
    world.drop(100, others, BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, 100).reasons["short_lived"] >= 10


def test_a_domestic_provider_is_shown_and_never_an_alarm(world: World, tmp_path: Path) -> None:
    own = domestic_of("AA")[0]
    world.drop(own, world.customers(own, "AA", MONTHS[6])[:12], BREAK)
    lost, _ = _changes(world, tmp_path)
    assert not lost.alarms
    assert _of(lost, own).verdict.value == "domestic"


def test_missing_months_are_told_and_the_change_is_still_found(
    world: World, tmp_path: Path
) -> None:
    world.drop(100, world.customers(100, "AA", MONTHS[6])[:12], BREAK)
    for month in (MONTHS[7], MONTHS[9], MONTHS[10], MONTHS[11]):
        del world.links[month]
    panel = panel_of(world, tmp_path)
    (lost,) = [each for each in scan(panel, panel.months, LIMITS) if each.sign == "lost"]
    assert (lost.last_before, lost.first_after) == ("2021-07", "2021-09")
    assert lost.alarms[0].grade == "C"
    assert any("no month at hand" in text for text in lost.doubts)
    assert any("only one month after" in text for text in lost.doubts)


def test_serial_2_reads_alike(world: World, tmp_path: Path) -> None:
    world.drop(100, world.customers(100, "AA", MONTHS[6])[:12], BREAK)
    panel = panel_of(world, tmp_path, serial=2)
    window = window_between(panel, BEFORE, AFTER, LIMITS)
    lost, _ = country_changes(panel, window, "AA", LIMITS)
    assert [one.provider for one in lost.alarms] == ["Network 100"]


def test_months_that_are_not_there_are_refused(world: World, tmp_path: Path) -> None:
    panel = panel_of(world, tmp_path)
    with pytest.raises(UsageError, match="2019-01"):
        window_between(panel, date(2019, 1, 1), AFTER, LIMITS)
    with pytest.raises(UsageError, match="is not before"):
        window_between(panel, AFTER, BEFORE, LIMITS)
    with pytest.raises(UsageError, match="need months"):
        build_panel([], None)
