"""Frozen findings: made again to the byte, and told where they are not."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from tests.unit.attribution.drawing import PRIMARY, bundle, cell, claim
from whocut.attribution.attribute import attribute
from whocut.attribution.freezing import finding_document, freeze, recompute
from whocut.attribution.rules import load_ruleset
from whocut.model.errors import InputError

RULES = load_ruleset()
ONE = bundle(
    cell("interfered", mechanism="tls.reset.sni"), claim("orders", "regulator", source=PRIMARY)
)


def test_an_id_says_country_target_month_and_evidence():
    finding = attribute(ONE, RULES)
    assert finding.id.startswith("ru-site.example-2024-05-")
    assert len(finding.id.rpartition("-")[2]) == 8
    assert finding.frozen_id == f"{finding.id}@{RULES.version}"
    other = attribute(bundle(cell("interfered")), RULES)
    assert other.id != finding.id


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ({"target": "", "network": 174}, "ru-as174-2024-05-"),
        ({"target": "", "service": "service"}, "ru-service-2024-05-"),
        ({"target": "пример.рф"}, "ru-x-2024-05-"),
        ({"since": ""}, "ru-site.example-2024-06-"),
    ],
)
def test_ids_of_other_questions(question, begins):
    assert attribute(bundle(cell("served"), **question), RULES).id.startswith(begins)


def test_the_same_bytes_again():
    data = freeze(ONE, RULES)
    again = recompute(data, RULES, "a.json")
    assert again.is_same
    assert freeze(ONE, RULES) == data


def test_another_ruleset_is_told():
    later = replace(RULES, version="2099.01+000000000000")
    again = recompute(freeze(ONE, RULES), later, "a.json")
    assert not again.is_same
    assert (again.ruleset_then, again.ruleset_now) == (RULES.version, later.version)


def test_a_finding_that_somebody_altered_is_told():
    whole = json.loads(freeze(ONE, RULES))
    whole["finding"]["named"] = []
    assert not recompute(json.dumps(whole).encode(), RULES, "a.json").is_same


@pytest.mark.parametrize("data", [b"{", b"[]", b"{}", b'{"format":"whocut-frozen-finding/1"}'])
def test_what_is_no_frozen_finding_is_refused(data):
    with pytest.raises(InputError):
        recompute(data, RULES, "a.json")


def test_a_document_of_a_finding_says_for_and_against():
    whole = finding_document(attribute(ONE, RULES))
    assert whole["holds"] == ["state_interferes"]
    for one in whole["hypotheses"]:
        assert set(one) >= {"id", "grade", "score", "for", "against", "settles"}
