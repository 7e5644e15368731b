"""Records of the ledger before the law of the day."""

from datetime import date

import pytest

from whocut.ledger.actors import load_actors
from whocut.ledger.law import Label, assess_question, assess_span, load_law
from whocut.ledger.law.question import ActorKind, Told
from whocut.ledger.law.record_question import assess, life_of, question_of
from whocut.ledger.load import load_ledger

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def ledger():
    return load_ledger()


@pytest.fixture(scope="module")
def actors():
    return load_actors()


def test_every_record_can_be_asked(ledger, actors):
    law = load_law()
    labels = set()
    for record in ledger.records.values():
        question = question_of(record, actors, law)
        assert question.services, record.id
        life = life_of(record, TODAY)
        if life is not None:
            found = assess_question(law, question, life[0])
            labels.add(found.label)
            if question.actor_kind is ActorKind.STATE and not question.unread:
                assert found.label is Label.OWN_CHOICE, record.id
            else:
                assert found.label is not Label.OWN_CHOICE, record.id
    assert labels == set(Label)


def test_cogent_was_free_to_go_and_then_exempted(ledger, actors):
    record = ledger.records["2022-03-cogent-ru"]
    first = assess(record, date(2022, 3, 4), actors)
    assert first.label is Label.PERMITTED_NOT_REQUIRED
    life = life_of(record, TODAY)
    assert life is not None
    spans = assess_span(load_law(), question_of(record, actors), *life)
    changes = [one[0] for one in spans if one[2].label is Label.EXPRESSLY_EXEMPTED]
    assert changes[0] == date(2022, 4, 7)


def test_github_s_licence_is_its_own(ledger, actors):
    question = question_of(ledger.records["2021-01-github-ir-restored"], actors)
    assert question.actor_id == "github"
    assert assess_question(load_law(), question, date(2021, 1, 5)).label is (
        Label.EXPRESSLY_EXEMPTED
    )


def test_paid_plans_alone_leave_public_repositories_out(ledger, actors):
    question = question_of(ledger.records["2019-07-github-multi"], actors)
    assert [one.id for one in question.services] == ["code_hosting_private"]


def test_listed_banks_are_taken_as_listed(ledger, actors):
    question = question_of(ledger.records["2022-03-apple-pay-ru"], actors)
    assert question.people.blocked is Told.ONLY


def test_a_demand_that_is_not_held_leaves_the_answer_open(ledger, actors):
    record = ledger.records["2021-09-apple-google-voting-app-ru"]
    found = assess(record, date(2021, 9, 17), actors)
    assert found.label is Label.UNCLEAR
    assert "a demand of a state" in " ".join(found.reasons)


def test_a_state_s_blocking_names_its_own_law(ledger, actors):
    record = ledger.records["2022-03-eu-rt-sputnik"]
    found = assess(record, date(2022, 3, 2), actors)
    assert found.label is Label.OWN_CHOICE
    assert "eu-833-2014-art2f" in {one.id for one in found.provisions}
