"""Dated cases: those of the research and our own, each with the provisions it must rest on."""

import pytest

from tests.unit.ledger.law.asking import ALL_CASES, cases_of
from whocut.ledger.law import assess_question, load_law
from whocut.ledger.law.instrument import InForce

OURS = [case for path in ALL_CASES for case in cases_of(path)]


@pytest.mark.parametrize("case", OURS, ids=lambda one: f"{one.day}-{one.title}")
def test_our_own_cases(case):
    found = assess_question(load_law(), case.question, case.day)
    used = {one.id for one in found.provisions}
    assert found.label == case.expected, found.reasons
    assert set(case.provisions) <= used


def test_there_are_enough_of_them():
    assert len(OURS) >= 450
    labels = [one.expected for one in OURS]
    assert all(labels.count(label) >= 5 for label in set(labels))


@pytest.mark.shared
def test_the_cases_of_the_research(shared_dir):
    cases = cases_of(shared_dir / "ledger" / "assess-cases.yaml")
    assert len(cases) == 16
    for case in cases:
        found = assess_question(load_law(), case.question, case.day)
        used = {one.id for one in found.provisions}
        assert found.label == case.expected, (case.title, found.reasons)
        assert set(case.provisions) <= used, case.title


@pytest.mark.shared
def test_what_was_not_in_force_is_shown_and_not_used(shared_dir):
    from whocut.ledger.document import read_document_file

    path = shared_dir / "ledger" / "assess-cases.yaml"
    wanted = [one.get("context_not_in_force_that_day") or [] for one in read_document_file(path)]
    assert sum(map(len, wanted)) == 3
    for case, ids in zip(cases_of(path), wanted, strict=True):
        found = assess_question(load_law(), case.question, case.day)
        assert set(ids) <= {one.id for one in found.context}
        assert not set(ids) & {one.id for one in found.provisions}


@pytest.mark.parametrize("case", OURS, ids=lambda one: f"{one.day}-{one.title}")
def test_nothing_is_used_out_of_its_days(case):
    law = load_law()
    found = assess_question(law, case.question, case.day)
    for one in found.provisions:
        assert law.version(one.id).in_force(case.day) in {InForce.YES, InForce.OWN}, one.id
    retired = {one.id for one in law.retired}
    assert not retired & {one.id for one in (*found.provisions, *found.context)}
