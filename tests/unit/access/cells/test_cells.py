"""What small worlds with a known cause come out as."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.access.cells.worlds import cell_of, later, rows, spread, tallies_of, verdict_table
from whocut.access.cells import MODEL, fit_cells, tally_verdicts
from whocut.access.cells import fit as fit_module
from whocut.model.taxonomy import CUT_CAUSES, Cause

SERVED_ELSEWHERE = spread("served", cc="DE") + spread("served", cc="FR")
ACCUSATIONS = {*CUT_CAUSES, "refused", "two_causes"}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("served", "served"),
        ("explicit", "refused_service"),
        ("explicit_edge", "refused_edge"),
        ("vague", "refused"),
        ("vague_edge", "refused_edge"),
        ("bogon", "interfered"),
        ("stall", "interfered"),
        ("tcp_timeout", "cut_unattributed"),
        ("tls_reset", "cut_unattributed"),
        ("down", "target_down"),
        ("bot", "bot_check"),
        ("offline", "network_down"),
        ("broken", "measurement_fault"),
        ("diff", "insufficient"),
    ],
)
def test_four_networks_that_agree(kind, answer):
    cell = cell_of(spread(kind) + SERVED_ELSEWHERE)
    assert cell["answer"] == answer
    assert (cell["shortfall"] == "") == (answer not in ("insufficient", "cut_unattributed"))


def test_probabilities_add_up_to_one_and_those_of_two_causes_count_twice():
    cell = cell_of(spread("bogon", 2) + spread("explicit_edge", 5)[8:] + SERVED_ELSEWHERE)
    assert sum(cell[f"p_{cause}"] for cause in Cause) == pytest.approx(1 + cell["p_two"], abs=1e-5)


def test_one_measurement_is_an_anecdote():
    for kind in ("explicit", "bogon", "tcp_timeout"):
        cell = cell_of(rows(kind, days="3") + SERVED_ELSEWHERE)
        assert (cell["answer"], cell["shortfall"]) == ("insufficient", "few_measurements")


def test_one_noisy_network_of_twelve_does_not_decide():
    many = [row for day in "0123456" for row in rows("tls_timeout", asn=12, days=day)]
    others = [row for asn in range(1, 12) for row in rows("served", asn=asn, days="024")]
    cell = cell_of(many + others + SERVED_ELSEWHERE)
    assert cell["answer"] not in ACCUSATIONS
    assert cell["p_served"] > 0.5


def test_a_probe_that_repeats_itself_all_day_is_not_a_crowd():
    one = rows("tls_timeout", days="0") * 40
    for number, row in enumerate(one):
        one[number] = {**row, "measurement_uid": f"again-{number}"}
    once = cell_of(rows("tls_timeout", days="0") + SERVED_ELSEWHERE)
    often = cell_of(one + SERVED_ELSEWHERE)
    assert often["n"] == 40
    assert often["p_cut"] < 0.95
    assert often["p_cut"] >= once["p_cut"]
    assert often["answer"] == "insufficient"


def test_one_network_decides_only_where_it_is_the_only_one_and_proof():
    assert cell_of(rows("explicit") + SERVED_ELSEWHERE)["answer"] == "refused_service"
    silent = cell_of(rows("tcp_timeout") + SERVED_ELSEWHERE)
    assert (silent["answer"], silent["shortfall"]) == ("insufficient", "one_network")
    brief = cell_of(rows("explicit", days="000111") + SERVED_ELSEWHERE)
    assert brief["answer"] == "insufficient", "six verdicts of two days"


def test_vague_pages_need_four_fifths_of_the_samples():
    agree = spread("vague_edge", 4) + rows("served", asn=5, days="0246")
    assert cell_of(agree + SERVED_ELSEWHERE)["answer"] == "refused_edge"
    short = spread("vague_edge", 4) + rows("served", asn=5) + rows("served", asn=6)
    cell = cell_of(short + SERVED_ELSEWHERE)
    assert (cell["answer"], cell["shortfall"]) == ("insufficient", "vague_pages")


def test_a_page_that_all_countries_get_is_no_refusal_of_one():
    countries = [row for cc in ("RU", "DE", "FR", "US", "BR") for row in spread("vague", cc=cc)]
    cell = cell_of(countries)
    assert cell["answer"] not in ACCUSATIONS
    assert cell["p_bot_check"] > 0.5


def test_a_target_that_fails_everywhere_accuses_nobody():
    countries = [
        row for cc in ("RU", "DE", "FR", "US", "BR") for row in spread("tcp_timeout", cc=cc)
    ]
    cell = cell_of(countries)
    assert cell["answer"] not in ACCUSATIONS
    assert cell["p_target_down"] > cell["p_interfered"]


def test_the_same_silence_in_several_countries_speaks_for_the_service():
    alone = cell_of(spread("tcp_timeout") + SERVED_ELSEWHERE)
    group = [row for cc in ("RU", "BY", "IR") for row in spread("tcp_timeout", cc=cc)]
    together = cell_of(group + SERVED_ELSEWHERE)
    assert together["p_refused_service"] > alone["p_refused_service"]
    assert together["answer"] == "refused"


def test_unlike_means_on_different_networks_speak_for_the_path():
    means = ("tcp_timeout", "tls_reset", "http_reset", "tls_timeout", "tls_reset", "tcp_timeout")
    mixed = [row for asn, kind in enumerate(means, 1) for row in rows(kind, asn=asn, days="0246")]
    assert cell_of(mixed + SERVED_ELSEWHERE)["answer"] == "interfered"


def _country_of(kind: str, how_many: int) -> list[dict[str, object]]:
    """Three weeks in which some targets of a country end in one way, and the rest are served."""
    found = []
    for number in range(150):
        one = kind if number < how_many else "served"
        week = spread(one, 3, target=f"t{number:03d}.example", days="036")
        found += week + later(week, 1) + later(week, 2)
    return found


def test_a_habit_of_the_country_tells_a_filter_from_a_service():
    asked = spread("tls_reset", 3)
    world = asked + later(asked, 1) + later(asked, 2) + SERVED_ELSEWHERE
    assert cell_of(world + _country_of("tls_reset", 0))["answer"] == "cut_unattributed"
    cell = cell_of(world + _country_of("tls_reset", 15))
    assert cell["answer"] == "interfered"


def test_silence_where_services_refuse_by_pages_is_no_habit_of_the_path():
    asked = spread("tcp_timeout", 3)
    world = asked + later(asked, 1) + later(asked, 2) + SERVED_ELSEWHERE
    refused = _country_of("explicit", 60)[: 60 * 27] + _country_of("served", 0)[60 * 27 :]
    silent = [
        row
        for number in range(8)
        for week in range(3)
        for row in later(spread("tcp_timeout", 3, target=f"s{number}.example", days="036"), week)
    ]
    cell = cell_of(world + refused + silent)
    assert cell["answer"] == "cut_unattributed"
    assert cell["p_interfered"] < 0.5


def test_two_causes_are_two():
    world = spread("bogon", 2) + [
        row for asn in (3, 4) for row in rows("explicit_edge", asn=asn, days="0246")
    ]
    cell = cell_of(world + SERVED_ELSEWHERE)
    assert cell["answer"] == "two_causes"
    assert {cell["lead"], cell["second"]} == {"interfered", "refused_edge"}


def test_silence_beside_a_refusal_is_no_second_cause():
    world = spread("explicit", 4) + [
        row for asn in (5, 6, 7) for row in rows("tcp_timeout", asn=asn, days="0246")
    ]
    assert cell_of(world + SERVED_ELSEWHERE)["answer"] not in ("two_causes", "interfered")


def test_an_outage_of_the_network_is_not_a_cut_of_the_target():
    targets = [f"t{number}.example" for number in range(8)]
    well = [
        row
        for t in targets
        for asn in (1, 2)
        for row in rows("served", asn=asn, target=t, days="0156")
    ]
    bad = [
        row
        for t in targets
        for asn in (1, 2)
        for row in rows("tcp_timeout", asn=asn, target=t, days="23")
    ]
    cell = cell_of(well + bad + spread("served", cc="DE", target=targets[0]), target=targets[0])
    assert cell["answer"] not in {*ACCUSATIONS, "cut_unattributed"}
    alone = cell_of([row for row in well + bad if row["target"] == targets[0]], target=targets[0])
    assert alone["p_cut"] > cell["p_cut"]


def test_extent_says_on_how_many_networks():
    world = spread("bogon", 6) + [
        row for asn in range(7, 13) for row in rows("served", asn=asn, days="0246")
    ]
    cell = cell_of(world + SERVED_ELSEWHERE)
    assert cell["answer"] == "interfered"
    assert cell["extent_low"] < 0.5 < cell["extent_high"]
    assert cell["extent_high"] - cell["extent_low"] < 0.6


def test_counts():
    world = spread("bogon", 2) + rows("served", asn=3, days="01") + rows("broken", asn=4, days="0")
    cell = cell_of(world + SERVED_ELSEWHERE + spread("vague", cc="CN"))
    counts = {name: cell[name] for name in ("n", "n_usable", "n_served", "n_networks")}
    assert counts == {"n": 11, "n_usable": 10, "n_served": 2, "n_networks": 3}
    assert (cell["n_networks_cut"], cell["n_countries"], cell["n_countries_served"]) == (2, 3, 2)


def test_cells_depend_neither_on_order_nor_on_company(monkeypatch):
    world = [
        row
        for number, kind in enumerate(("served", "vague", "bogon", "tcp_timeout", "explicit_edge"))
        for cc in ("RU", "IR", "DE")
        for row in spread(kind if cc != "DE" else "served", 3, cc=cc, target=f"{number}.example")
    ]
    tallies = tallies_of(world)
    expected = fit_cells(tallies)
    order = pa.array(list(reversed(range(tallies.num_rows))))
    assert fit_cells(tallies.take(order)).equals(expected)
    monkeypatch.setattr(fit_module, "_CHUNK_TALLIES", 7)
    monkeypatch.setattr(fit_module, "_CHUNK_NETWORKS", 3)
    assert fit_cells(tallies).equals(expected)


def test_dictionary_columns_count_the_same():
    world = verdict_table(spread("vague") + rows("served", asn=9, target="b.example"))
    texts = [name for name in world.schema.names if world[name].type == pa.string()]
    coded = world
    for name in texts:
        if name != "measurement_uid":
            place = coded.schema.get_field_index(name)
            coded = coded.set_column(place, name, coded[name].dictionary_encode())
    halves = pa.concat_tables([coded.slice(0, 5), coded.slice(5)])
    plain = tally_verdicts(world)
    assert tally_verdicts(halves).tallies.equals(plain.tallies)
    assert tally_verdicts(halves).networks.equals(plain.networks)


def test_no_tallies_no_cells():
    assert fit_cells(tallies_of(spread("served"))[:0]).num_rows == 0


def test_floors_are_those_of_the_papers():
    assert MODEL.floor.vague_share == 0.8
    assert MODEL.floor.vague_networks == 2
