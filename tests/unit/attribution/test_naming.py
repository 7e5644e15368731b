"""Who may be named, and whom nothing ties."""

from __future__ import annotations

import pytest

from tests.unit.attribution.drawing import PARTIES, PRIMARY, cell, claim, find, names
from whocut.attribution.rules import load_ruleset
from whocut.ledger.law.loading import load_law

PAGE = cell("refused_service", mechanism="http.refusal.geo_explicit")
BLOCK = cell(
    "interfered",
    mechanism="http.blockpage.cleartext",
    identity=[{"by": "block_page", "party": "regulator", "n_networks": 5}],
)
RESET = cell("interfered", mechanism="tls.reset.sni")
LOST = {
    "kind": "route_change",
    "change": "lost",
    "provider_asn": 64496,
    "n": 20,
    "n_lost": 8,
    "verdict": "single",
    "grade": "B",
    "first_after": "2024-06",
    "hypotheses": {"provider": "leading"},
}


def press(name: str, **more):
    return claim("reports", source={"publisher": name}, **more)


@pytest.mark.parametrize(
    ("evidence", "named"),
    [
        ([claim("admits", "service", source=PRIMARY)], {"service"}),
        ([claim("announces", "edge", source=PRIMARY)], {"edge"}),
        ([claim("orders", "regulator", source=PRIMARY)], {"regulator"}),
        ([claim("announces", "bank", source=PRIMARY, layer="payment")], {"bank"}),
        ([PAGE], {"service"}),
        ([BLOCK], {"regulator"}),
        ([claim("admits", "service", source={"publisher": "A"})], set()),
        (
            [
                claim("admits", "service", source={"publisher": "A"}),
                claim("admits", "service", source={"publisher": "B"}),
            ],
            set(),
        ),
        (
            [
                claim("admits", "service", source={"publisher": "A"}),
                cell("refused_service", mechanism="http.refusal.vague"),
            ],
            {"service"},
        ),
        (
            [
                claim("admits", "service", source={"publisher": "A"}, layer="account"),
                cell("interfered", mechanism="tls.reset.sni"),
            ],
            set(),
        ),
        ([LOST], set()),
        ([LOST, press("A", about="backbone")], {"backbone"}),
        ([LOST, press("A", about="isp")], set()),
        ([cell("interfered", mechanism="tls.reset.sni")], set()),
        ([press("A", about="regulator"), press("B", about="regulator")], set()),
        (
            [press("A", about="regulator"), press("B", about="regulator"), RESET],
            {"regulator"},
        ),
        (
            [
                press("A", about="regulator", group="agency"),
                press("B", about="regulator", group="agency"),
                RESET,
            ],
            set(),
        ),
        (
            [
                claim("alleges", "service", about="regulator"),
                claim("alleges", "rival", about="regulator"),
                RESET,
            ],
            set(),
        ),
    ],
)
def test_who_is_named(evidence, named):
    assert names(find(*evidence)) == named


def test_a_denial_bars_a_name_that_rests_on_less_than_own_words_or_identity():
    denial = claim("denies", "regulator")
    reports = [press("A", about="regulator"), press("B", about="regulator")]
    measured = cell("interfered", mechanism="tls.reset.sni")
    assert names(find(*reports, measured)) == {"regulator"}
    assert names(find(*reports, measured, denial)) == set()
    assert names(find(BLOCK, denial)) == {"regulator"}


def test_a_counter_account_bars_it_too():
    other = claim("alleges", "regulator", about="service")
    reports = [press("A", about="regulator"), press("B", about="regulator")]
    measured = cell("interfered", mechanism="tls.reset.sni")
    assert names(find(*reports, measured, other)) == set()
    assert names(find(BLOCK, other)) == {"regulator"}


def test_own_words_that_the_party_denies_need_a_measurement():
    said, denied = claim("admits", "service", source=PRIMARY), claim("denies", "service")
    assert names(find(said, denied)) == set()
    assert names(find(said, denied, cell("refused_service", mechanism="http.refusal.vague"))) == {
        "service"
    }


@pytest.mark.parametrize(
    ("said", "denied", "named"),
    [
        ("2024-06-10", "2024-06-01", {"service"}),
        ("2024-06-10", "2024-06-10", set()),
        ("2024-06-10", "2024-06-20", set()),
        ("2024-06-10", "2024-06", set()),
        ("2024-06-10", "", set()),
        ("", "2024-06-01", set()),
    ],
)
def test_a_party_that_denied_it_only_before_is_taken_at_its_last_word(said, denied, named):
    told = claim("admits", "service", source=PRIMARY, when=said)
    assert names(find(told, claim("denies", "service", when=denied))) == named


def test_links_of_a_number_that_is_not_its_own_lend_a_party_nothing():
    told = claim("announces", "backbone", source={"publisher": "A"}, layer="route")
    assert names(find(told, LOST)) == {"backbone"}
    stray = {**LOST, "provider_asn": 65123}
    assert names(find(told, stray)) == set()
    nameless = [one for one in PARTIES if one["id"] not in ("isp", "backbone", "person")]
    backbone = {"id": "backbone", "name": "Backbone", "kind": "backbone"}
    assert names(find(told, stray, parties=[*nameless, backbone])) == {"backbone"}


def test_what_shows_one_party_lends_nothing_to_another():
    loose = claim("announces", "isp", source={"publisher": "A"}, carried_out="yes")
    sure = claim("admits", "backbone", source=PRIMARY)
    assert names(find(loose, sure, LOST)) == {"backbone"}


def test_a_page_names_only_a_party_of_its_role_and_domain_and_country():
    strangers = [
        *(one for one in PARTIES if one["id"] not in ("service", "regulator")),
        {"id": "service", "kind": "company", "role": "service", "domains": ["other.example"]},
        {"id": "regulator", "kind": "state", "country": "BY"},
    ]
    assert names(find(PAGE, parties=strangers)) == set()
    assert names(find(BLOCK, parties=strangers)) == set()
    wrong = {**BLOCK, "identity": [{"by": "block_page", "party": "service", "n_networks": 5}]}
    assert names(find(wrong)) == set()


@pytest.mark.parametrize(
    ("country", "named"), [("DE", {"regulator"}), ("RU", set()), ("AF", set()), ("GB", set())]
)
def test_a_page_of_a_union_names_it_in_its_members_alone(country, named):
    council = {"id": "regulator", "name": "Council", "kind": "state", "country": "EU"}
    assert names(find(BLOCK, parties=[council], country=country)) == named


def test_members_of_unions_are_those_of_the_law():
    law = {one.union: sorted(one.members) for one in load_law().unions}
    shipped = load_ruleset().tables.unions
    assert {name: sorted(members) for name, members in shipped.items()} == {"EU": law["EU"]}


def test_a_state_that_lifts_a_block_is_not_named_for_it():
    court = {"id": "court", "name": "Court", "kind": "court", "country": "RU"}
    lifted = claim("restores", "court", source=PRIMARY, when="2024-06-20")
    assert names(find(RESET, lifted, parties=[*PARTIES, court])) == set()
    order = claim("orders", "regulator", source=PRIMARY)
    assert names(find(order, RESET, lifted, parties=[*PARTIES, court])) == {"regulator"}
    assert names(find(claim("restores", "service", source=PRIMARY))) == {"service"}


@pytest.mark.parametrize(
    ("domains", "named"),
    [(["site.example"], {"a"}), ([], {"a"}), (["other.example"], set())],
)
def test_a_service_is_not_named_for_the_site_of_another(domains, named):
    a = {"id": "a", "name": "A", "kind": "company", "role": "service", "domains": domains}
    b = {"id": "b", "name": "B", "kind": "company", "role": "observer", "domains": ["site.example"]}
    said = claim("announces", "a", source=PRIMARY)
    assert names(find(said, parties=[a, b])) == named
    assert names(find(said, parties=[a, {**b, "domains": ["b.example"]}])) == {"a"}


def test_what_is_measured_on_networks_of_a_country_lends_another_state_nothing():
    paris = {"id": "paris", "name": "Paris", "kind": "state", "country": "FR"}
    told = [press("A", about="paris"), press("B", about="paris"), RESET]
    assert names(find(*told, parties=[paris])) == set()
    assert names(find(*told, parties=[{**paris, "country": "RU"}])) == {"paris"}
    assert names(find(*told, parties=[paris], part="RU-MOW")) == {"paris"}
    order = claim("orders", "paris", source=PRIMARY)
    assert names(find(order, RESET, parties=[paris])) == {"paris"}


@pytest.mark.parametrize(("layer", "named"), [("http", {"bank"}), ("payment", set())])
def test_reports_of_one_layer_are_not_borne_out_by_another(layer, named):
    told = [press("A", about="bank", layer=layer), press("B", about="bank", layer=layer)]
    page = cell("refused_edge", mechanism="http.refusal.vague")
    assert names(find(*told, page)) == named


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"when": "2024-06-20"}, set()),
        ({"when": "2024-06-20", "effective": "2024-06-07"}, {"regulator"}),
        ({"when": "2024-05-20", "effective": "2024-06-20"}, set()),
        ({"when": "2024-06"}, {"regulator"}),
        ({"when": ""}, {"regulator"}),
        ({"when": "2024-06-20", "type": "admits"}, {"regulator"}),
    ],
)
def test_what_was_measured_before_an_order_does_not_bear_it_out(said, named):
    order = {**claim("orders", "regulator", source={"publisher": "A"}), **said}
    assert names(find(order, RESET)) == named


def test_of_two_parties_of_one_role_a_page_names_neither():
    second = {"id": "second", "kind": "company", "role": "service"}
    assert names(find(PAGE, parties=[*PARTIES, second])) == set()


def test_one_network_names_nobody():
    few = {**BLOCK, "identity": [{"by": "block_page", "party": "regulator", "n_networks": 1}]}
    assert names(find(few)) == set()


def test_a_person_is_never_named():
    person = [{"id": "person", "kind": "person", "role": "service", "name": "Somebody"}]
    finding = find(claim("admits", "person", source=PRIMARY), parties=person)
    assert [one.value for one in finding.holds] == ["service_decided"]
    assert names(finding) == set()


def test_a_name_in_a_dispute_is_of_nobody():
    finding = find(
        claim("alleges", "regulator", about="service"),
        claim("denies", "service"),
        cell("cut_unattributed", mechanism="tls.timeout"),
    )
    assert finding.status == "disputed"
    assert names(finding) == set()
