"""Each rule fires on what it is made for; the table of rules is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.attribution.drawing import FEW, MANY, PRIMARY, THIN, cell, claim, item
from whocut.attribution.facts import FACTS
from whocut.attribution.items import items_of
from whocut.attribution.reading import read_bundle
from whocut.attribution.roles import cast_of
from whocut.attribution.rules import load_ruleset, parse_finding_rules
from whocut.attribution.tables import load_tables, parse_tables
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

RULES = load_ruleset()
WEAK = {"stance": "forum"}
DOWN = {**MANY, "n_countries_served": 0}
SOME_DOWN = {**FEW, "n_countries_served": 0}


def shown(by: str, networks: int, counts: dict[str, int] = MANY) -> dict:
    return cell("interfered", counts, identity=[{"by": by, "n_networks": networks}])


CASES = [
    (cell("refused_service", FEW), "refused_service.enough"),
    (cell("refused_service"), "refused_service.solid"),
    (cell("refused_edge", FEW), "refused_edge.enough"),
    (cell("refused_edge", THIN), "refused_edge.thin"),
    (cell("refused"), "refused.service_decided"),
    (cell("refused", FEW), "refused.edge_decided"),
    (cell("interfered", FEW), "interfered.enough"),
    (cell("interfered", THIN), "interfered.thin"),
    (cell("cut_unattributed"), "unattributed.operator_withdrew"),
    (cell("served", FEW), "served.enough"),
    (cell("served", THIN), "served.thin"),
    *(
        (cell("served", FEW), f"served.against_somewhat.{doer}")
        for doer in ("service_decided", "edge_decided", "state_interferes", "operator_withdrew")
    ),
    (cell("target_down", DOWN), "down.solid"),
    (cell("target_down", SOME_DOWN), "down.enough"),
    (cell("target_down", MANY), "down.thin"),
    (cell("network_down", FEW), "network.enough"),
    (cell("network_down", THIN), "network.thin"),
    (cell("bot_check", FEW), "bot.enough"),
    (cell("bot_check", THIN), "bot.thin"),
    (cell("interfered", DOWN), "everywhere"),
    (shown("own_page", 3), "identity.own_page.many"),
    (shown("own_page", 2), "identity.own_page.some"),
    (shown("own_page", 1), "identity.own_page.one"),
    (shown("edge_customer_rule", 2), "identity.edge_customer_rule.some"),
    (shown("edge_customer_rule", 1), "identity.edge_customer_rule.one"),
    (shown("edge_own_rule", 2), "identity.edge_own_rule.some"),
    (shown("edge_own_rule", 1), "identity.edge_own_rule.one"),
    (shown("block_page", 2), "identity.block_page.some"),
    (shown("block_page", 3, FEW), "identity.block_page.some"),
    (shown("operator_page", 5), "identity.operator_page"),
    (
        {"kind": "slowdown", "answer": "throttled", "n": 6, "n_networks_slow": 2}
        | {"n_countries": 3, "n_countries_normal": 3},
        "throttled.enough",
    ),
    ({"kind": "slowdown", "answer": "stalled", "n": 2}, "throttled.thin"),
    ({"kind": "slowdown", "answer": "slow_network", "n": 9, "n_networks": 3}, "slow_network"),
    (
        {"kind": "slowdown", "answer": "slow_network", "n": 9, "n_networks": 3},
        "slow_network.no_state",
    ),
    ({"kind": "slowdown", "answer": "none", "n": 9, "n_networks": 3}, "not_slow"),
    ({"kind": "slowdown", "answer": "none", "n": 9, "n_networks": 3}, "not_slow.no_cut"),
    (claim("restores", "service"), "restores.relayed"),
    (claim("orders", "regulator"), "orders.relayed"),
    (claim("admits", "service", source={"read": "linked"}), "own.lead"),
    (claim("admits", "service", source=WEAK), "own.weak"),
    (claim("admits", "service", hypothesis="outage"), "own.fault"),
    (claim("refuses_to_cut", "service"), "refuses.relayed"),
    (claim("refuses_to_cut", "service", source=PRIMARY), "refuses.primary"),
    (claim("reports", "users", about="service"), "reports.affected"),
    (claim("reports", about="service", source=WEAK), "reports.weak"),
    (claim("reports", about="service", source={"stance": "state_media"}), "reports.with_stake"),
    (claim("denies", "press", about="service"), "denies"),
    (claim("denies", "service"), "denies.interested"),
    ({"kind": "report", "n": 9, "what": "app_missing"}, "users.app"),
    *(
        ({"kind": "report", "n": 9, "message": message}, f"users.message.{message}")
        for message in ("service", "edge", "state", "operator")
    ),
    ({"kind": "outage", "cause": "cable", "other_services": "fine"}, "outage.doubtful"),
    ({"kind": "outage", "extent": "target"}, "outage.target"),
    ({"kind": "outage", "cause": "cable", "told_by": "regulator"}, "outage.no_cause"),
    ({"kind": "control", "answer": "down"}, "control.down_thin"),
    ({"kind": "control", "answer": "fine"}, "control.fine"),
    *(
        ({"kind": "control", "answer": "refuses_everywhere"}, f"control.everywhere.{doer}")
        for doer in ("service_decided", "edge_decided", "state_interferes", "operator_withdrew")
    ),
    ({"kind": "control", "of": "other_services", "answer": "fine"}, "control.others_fine"),
    ({"kind": "control", "of": "other_services", "answer": "down"}, "control.others_down"),
]


def fired(evidence: dict) -> set[str]:
    return {rule.id.removeprefix("finding.") for rule in RULES.firing_on(item(evidence).facts)}


@pytest.mark.parametrize(("evidence", "rule"), CASES, ids=[rule for _, rule in CASES])
def test_a_rule_fires(evidence, rule):
    assert rule in fired(evidence)


def test_every_rule_fires_on_some_case_or_bundle(repo_dir):
    seen = {rule for evidence, _ in CASES for rule in fired(evidence)}
    for folder in ("tests/golden/findings", "tests/replay/findings"):
        for path in Path(repo_dir, folder).glob("*/bundle.json"):
            one = read_bundle(path.read_bytes(), path.name)
            for made in items_of(one, cast_of(one), RULES.tables):
                seen |= {x.id.removeprefix("finding.") for x in RULES.firing_on(made.facts)}
    assert {rule.id.removeprefix("finding.") for rule in RULES.rules} <= seen


def test_every_fact_that_evidence_gives_has_a_meaning():
    facts = {fact for evidence, _ in CASES for fact in item(evidence).facts}
    assert facts <= set(FACTS)


@pytest.mark.parametrize(
    ("evidence", "rule"),
    [
        (cell("interfered", DOWN), "interfered.solid"),
        (cell("interfered", p={"interfered": 0.6}), "interfered.solid"),
        (cell("refused_service", {"n": 60, "n_networks": 6}), "refused_service.enough"),
        (cell("insufficient"), "interfered.thin"),
        ({"kind": "report", "n": 4, "what": "closed_account"}, "users.account"),
        (claim("reports", "rival", about="service"), "reports"),
        (claim("admits", "regulator", about="service"), "admits.relayed"),
        (claim("admits", "rival"), "admits.relayed"),
        ({"kind": "outage", "cause": "cable", "told_by": "isp"}, "outage.cause"),
        (
            {"kind": "slowdown", "answer": "throttled", "n": 90, "n_networks_slow": 6}
            | {"n_countries": 9, "other_services": "slow"},
            "throttled.solid",
        ),
        (
            {"kind": "route_change", "change": "lost", "n_lost": 9, "verdict": "ordinary"},
            "route.lost_doubtful",
        ),
    ],
)
def test_a_rule_does_not_fire(evidence, rule):
    assert rule not in fired(evidence)


def test_the_version_is_of_the_content():
    assert RULES.version.partition("+")[2]
    assert RULES is load_ruleset()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"when": ["no.such_fact"]}, "unknown fact"),
        ({"hypothesis": "aliens"}, "unknown hypothesis"),
        ({"when": []}, "needs a fact"),
        ({"nats": -1.0}, "nats"),
        ({"sentence": ""}, "a sentence"),
        ({"rebuts": True}, "rebuttal"),
        ({"strength": "certain"}, "strength"),
    ],
)
def test_a_broken_rule_is_refused(change, reason):
    rule = {
        "id": "finding.x",
        "when": ["measured.served"],
        "hypothesis": "no_cut",
        "direction": "for",
        "nats": 1.0,
        "strength": "hint",
        "sentence": "A sentence.",
        "source": "provisional",
        **change,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in rule.items()]
    with pytest.raises(DamagedDataError, match=reason):
        parse_finding_rules("[[rule]]\n" + "\n".join(lines), "x.toml")


def test_an_id_is_used_once():
    text = shipped_path("findings", "rules.toml").read_text("utf-8")
    with pytest.raises(DamagedDataError, match="twice"):
        parse_finding_rules(text + text, "x.toml")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"two_layers"', '"three_moons"', "unknown condition"),
        ("nats = 5.0 ", "nats = 1.0 ", "from the highest"),
        ('id = "route"', 'id = "own_words"', "every tie once"),
        ("[enough] ", "[enough]\nmoons = 1 #", "moons"),
    ],
)
def test_a_broken_table_is_refused(old, new, reason):
    text = shipped_path("findings", "weighing.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(DamagedDataError, match=reason):
        parse_tables(text.replace(old, new, 1), "x.toml")


def test_rules_and_numbers_of_the_same_thing_agree():
    tables = load_tables()
    assert tables.reports.least == 5
    assert [one.id for one in tables.grade] == ["proof", "strong", "suggestive"]
