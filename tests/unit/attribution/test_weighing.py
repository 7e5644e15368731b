"""What explains evidence away, what voids it, what another time or layer leaves alone."""

from __future__ import annotations

import pytest

from tests.unit.attribution.drawing import MANY, PRIMARY, cell, claim, find, names, of

CABLE = {"kind": "outage", "when": "2024-06-03/2024-06-09", "cause": "cable"}
TIMEOUT = {"mechanism": "tls.timeout"}


def holds(*evidence: dict, **more) -> list[str]:
    return [one.value for one in find(*evidence, **more).holds]


def test_an_outage_explains_timeouts_of_its_days():
    assert holds(cell("interfered", **TIMEOUT), CABLE) == ["outage"]


def test_an_outage_explains_no_injected_answer():
    injected = cell("interfered", mechanism="dns.injection.bogon")
    assert holds(injected, CABLE) == ["state_interferes", "outage"]


@pytest.mark.parametrize("when", ["2024-05-06", "2024-07-01"])
def test_an_outage_of_other_days_explains_nothing(when):
    found = holds(cell("interfered", when=when, **TIMEOUT), CABLE)
    assert found == ["state_interferes", "outage"]


def test_an_outage_of_days_explains_no_cut_of_months():
    span = {"kind": "span", "cause": "interfered", "onset": "2024-05-06", "end": "2024-07-22"}
    span |= {"n": 90, "n_networks": 6, **TIMEOUT}
    assert holds(span, CABLE) == ["state_interferes", "outage"]
    lasting = {**span, "end": None}
    assert holds(lasting, CABLE) == ["state_interferes", "outage"]


def test_an_outage_of_one_network_explains_no_cut_of_six():
    outage = {**CABLE, "extent": "network", "n_networks": 1}
    assert "state_interferes" in holds(cell("interfered", **TIMEOUT), outage)
    whole = {**outage, "n_networks": 6}
    assert "state_interferes" not in holds(cell("interfered", **TIMEOUT), whole)


def test_a_cause_that_an_interested_party_tells_alone_explains_nothing():
    told = {**CABLE, "told_by": "regulator"}
    assert holds(cell("interfered", **TIMEOUT), told) == ["state_interferes"]


def test_an_outage_in_which_other_services_did_not_fall_explains_nothing():
    fine = {**CABLE, "other_services": "fine"}
    assert holds(cell("interfered", **TIMEOUT), fine) == ["state_interferes"]


def test_a_check_for_machines_explains_a_vague_refusal_and_no_page_that_says_why():
    bots = cell("bot_check", n=61)
    assert holds(cell("refused_service", mechanism="http.refusal.vague"), bots) == ["bot_check"]
    explicit = cell("refused_service", mechanism="http.refusal.geo_explicit")
    assert holds(explicit, bots) == ["service_decided", "bot_check"]


def test_an_announcement_is_void_where_it_is_served_afterwards():
    told = claim("announces", "service", source=PRIMARY, effective="2024-05-20")
    finding = find(told, cell("served"))
    assert finding.status == "no_cut"
    assert of(finding, "service_decided").grade == "contradicted"


def test_served_before_the_day_says_nothing():
    told = claim("announces", "service", source=PRIMARY, effective="2024-06-20")
    assert holds(told, cell("served")) == ["service_decided"]


def test_served_says_nothing_of_closed_accounts():
    told = claim("announces", "service", source=PRIMARY, effective="2024-05-20", layer="account")
    assert holds(told, cell("served")) == ["service_decided"]


def test_an_announcement_that_was_once_measured_is_not_void():
    told = claim("announces", "service", source=PRIMARY, effective="2024-05-20")
    once = cell("refused_service", when="2024-05-27", mechanism="http.refusal.geo_explicit")
    finding = find(told, once, cell("served", when="2024-07-01"))
    assert finding.status == "restored"
    assert of(finding, "service_decided").grade == "proof"


def test_an_announcement_for_after_the_time_asked_about_is_set_aside():
    told = claim("announces", "service", source=PRIMARY, effective="2024-09-01")
    finding = find(told, cell("served"))
    assert finding.status == "no_cut"
    assert [one.why for one in finding.set_aside] == ["other_time"]


def test_links_that_stayed_void_an_announced_exit_of_that_provider_alone():
    told = claim("announces", "backbone", source=PRIMARY, effective="2024-05-20", layer="route")
    stayed = {"kind": "route_change", "change": "stayed", "provider": "backbone"}
    assert holds(told, stayed) == ["no_cut"]
    assert holds(told, {**stayed, "provider": "isp"}) == ["operator_withdrew"]


LOST = {"kind": "route_change", "change": "lost", "provider_asn": 64496, "n": 20, "n_lost": 12}
LOST |= {"verdict": "single", "grade": "A", "hypotheses": {"provider": "leading"}}
LOST |= {"last_before": "2024-04", "first_after": "2024-06"}
SIBLINGS = [{"id": "backbone", "name": "Backbone", "kind": "backbone", "asns": [64496, 64497]}]
ELSEWHERE = [{"id": "other", "name": "Other", "kind": "backbone", "asns": [64498]}]


def gained(asn: int, n: int, before: str, after: str) -> dict:
    told = {"kind": "route_change", "change": "gained", "provider_asn": asn, "n": 20, "n_lost": n}
    return {**told, "last_before": before, "first_after": after}


@pytest.mark.parametrize(
    ("others", "has_moved"),
    [
        ([gained(64497, 11, "2024-04", "2024-06")], True),
        ([gained(64497, 11, "2024-02", "2024-03")], True),
        ([gained(64496, 6, "2024-04", "2024-06")], True),
        ([gained(64497, 5, "2024-04", "2024-06")], False),
        ([gained(64497, 4, "2024-04", "2024-06"), gained(64496, 3, "2024-04", "2024-06")], True),
        ([gained(64497, 4, "2024-04", "2024-06"), gained(64497, 3, "2024-04", "2024-06")], False),
        ([gained(64497, 11, "2023-06", "2023-08")], False),
        ([gained(64496, 11, "2024-02", "2024-03")], False),
        ([gained(64497, 11, "2024-06", "2024-07")], False),
        ([gained(64498, 11, "2024-04", "2024-06")], False),
        ([{**gained(64497, 11, "2024-04", "2024-06"), "n_lost": None}], False),
    ],
)
def test_customers_that_came_to_another_number_of_the_provider_moved(others, has_moved):
    found = holds(LOST, *others, parties=[*SIBLINGS, *ELSEWHERE])
    assert found == ([] if has_moved else ["operator_withdrew"])


def test_customers_that_moved_leave_the_providers_own_word_alone():
    told = claim("admits", "backbone", source=PRIMARY, layer="route")
    moved = gained(64497, 11, "2024-04", "2024-06")
    assert holds(told, LOST, moved, parties=SIBLINGS) == ["operator_withdrew"]


def test_back_after_an_outage_admits_no_cut():
    back = claim("restores", "regulator", source=PRIMARY, effective="2024-06-12")
    assert holds(back) == ["state_interferes"]
    assert holds(back, CABLE) == ["outage"]
    assert holds(back, {**CABLE, "when": "2024-07-01/2024-07-05"}) == ["state_interferes", "outage"]


@pytest.mark.parametrize(
    ("told", "held"),
    [
        (claim("admits", "isp", hypothesis="outage"), []),
        ({"kind": "outage", "when": "2024-06-03/2024-06-05", "told_by": "isp"}, []),
        (claim("admits", "backbone", hypothesis="outage"), ["operator_withdrew"]),
        ({"kind": "outage", "when": "2024-06-03/2024-06-05"}, ["operator_withdrew"]),
    ],
)
def test_back_after_a_failure_that_it_owns_to_admits_no_cut(told, held):
    back = claim("restores", "isp", source=PRIMARY, effective="2024-06-12")
    assert [one for one in holds(back, told) if one != "outage"] == held


NOTICE = claim("announces", "service", source=PRIMARY, when="2024-05-20", effective="2024-06-01")


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ({"when": "2024-05-25"}, []),
        ({"when": "2024-05-25", "source": {"publisher": "A"}}, []),
        ({"when": "2024-05-20"}, []),
        ({"when": ""}, []),
        ({"when": "2024-05-10"}, ["service_decided"]),
        ({"when": "2024-05-25", "effective": "2024-05-28"}, ["service_decided"]),
        ({"when": "2024-05-25", "layer": "account"}, ["service_decided"]),
        ({"when": "2024-05-25", "source": {"stance": "forum"}}, ["service_decided"]),
        ({"when": "2024-05-25", "source": {"read": "linked"}}, ["service_decided"]),
    ],
)
def test_what_was_called_off_after_its_announcement_is_void(told, held):
    off = {**claim("announces", "service", carried_out="no", source=PRIMARY), **told}
    found = holds({**NOTICE, "layer": "http"}, {"layer": "http", **off})
    assert [one for one in found if one != "no_cut"] == held


def test_what_was_measured_or_is_told_to_be_done_is_not_called_off():
    off = claim("announces", "service", carried_out="no", source=PRIMARY)
    page = cell("refused_service", mechanism="http.refusal.geo_explicit")
    assert "service_decided" in holds(NOTICE, off, page)
    assert "service_decided" in holds({**NOTICE, "carried_out": "yes"}, off)


@pytest.mark.parametrize(
    ("said", "is_aside"),
    [
        (claim("announces", "service", source=PRIMARY, when="2024-08-01"), True),
        (claim("orders", "regulator", source=PRIMARY, when="2024-08-01"), True),
        (claim("announces", "service", source=PRIMARY, when="2024-08-01", effective="2024"), False),
        (claim("admits", "service", source=PRIMARY, when="2024-08-01"), False),
        (claim("admits", "service", source=PRIMARY, effective="2024-08-01"), True),
    ],
)
def test_what_begins_after_the_time_asked_about_is_set_aside(said, is_aside):
    assert [one.why for one in find(said).set_aside] == (["other_time"] if is_aside else [])


def test_what_was_served_after_a_block_was_lifted_says_nothing_against_its_order():
    order = claim("orders", "regulator", source=PRIMARY, when="2024-05-02")
    cut = cell("interfered", when="2024-05-06", mechanism="tls.reset.sni")
    lifted = claim("restores", "regulator", source=PRIMARY, when="2024-06-20")
    found = find(order, cut, lifted, cell("served", when="2024-06-24"))
    assert found.status == "restored"
    assert names(found) == {"regulator"}


def test_links_of_another_that_ended_keep_no_announcement_from_being_void():
    told = claim("announces", "backbone", source=PRIMARY, effective="2024-05-20", layer="route")
    stayed = {"kind": "route_change", "change": "stayed", "provider_asn": 64496}
    found = find(told, stayed, {**LOST, "provider_asn": 65123}, parties=SIBLINGS)
    voided = [x for x in of(found, "operator_withdrew").for_ if x.why_not == "voided"]
    assert [one.rule for one in voided] == ["finding.announces.primary"]
    assert found.named == ()


def test_links_are_of_the_layer_of_routes_whatever_is_written():
    told = claim("announces", "backbone", source=PRIMARY, effective="2024-05-20", layer="route")
    stayed = {"kind": "route_change", "change": "stayed", "provider": "backbone", "layer": "http"}
    assert holds(told, stayed) == ["no_cut"]


def test_served_in_other_weeks_takes_nothing_from_a_cut():
    cut = cell("interfered", when="2024-05-27", mechanism="tls.reset.sni")
    alone = of(find(cut), "state_interferes")
    beside = of(find(cut, cell("served", when="2024-07-01")), "state_interferes")
    assert (alone.grade, alone.score) == (beside.grade, beside.score)


def test_served_in_the_same_week_speaks_against():
    cut = cell("interfered", mechanism="tls.reset.sni")
    assert holds(cut, cell("served")) == []


def test_what_is_throttled_is_served_all_the_same():
    slow = {"kind": "slowdown", "when": "2024-06-03", "answer": "throttled", "n": 90}
    slow |= {"n_networks": 6, "n_networks_slow": 6, "other_services": "normal"}
    assert holds(slow, cell("served")) == ["state_interferes"]


def test_weeks_of_one_platform_are_one_witness():
    one = cell("interfered", when="2024-05-27", mechanism="tls.reset.sni")
    other = cell("interfered", when="2024-06-03", mechanism="tls.reset.sni")
    again = find({**one, "group": "a"}, {**other, "group": "b"})
    assert of(again, "state_interferes").score == 9.0
    assert of(again, "state_interferes").grade == "suggestive"
    two = find(one, {**other, "platform": "another"})
    assert of(two, "state_interferes").grade == "strong"
    assert of(find(one, other), "state_interferes").score == 4.5


def test_hints_carry_nothing_however_many():
    hints = [cell("cut_unattributed", group=str(n), platform=str(n)) for n in range(20)]
    assert holds(*hints) == []


def test_reports_of_users_carry_nothing_however_many():
    told = [
        {"kind": "report", "n": 500, "what": "closed_account", "group": str(n)} for n in range(9)
    ]
    assert holds(*told) == []


def test_evidence_of_elsewhere_is_set_aside_with_the_reason():
    found = find(
        cell("interfered", id="a", country="BY"),
        cell("interfered", id="b", target="other.example"),
        cell("interfered", id="c", when="2020-01-06"),
        cell("interfered", id="d", origin="lab:x"),
        cell("interfered", id="e", target="www.site.example", **MANY | {"n": 99}),
    )
    assert {one.evidence: one.why for one in found.set_aside} == {
        "a": "other_country",
        "b": "other_target",
        "c": "other_time",
        "d": "other_origin",
    }
    assert [one.value for one in found.holds] == ["state_interferes"]


def test_the_law_of_the_day_weighs_nothing():
    law = {"kind": "context", "instrument": "a-law", "effect": "required", "party": "service"}
    finding = find(law)
    assert finding.status == "insufficient"
    assert finding.context
    assert all(one.score == 0 for one in finding.hypotheses)
