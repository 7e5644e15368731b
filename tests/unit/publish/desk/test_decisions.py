"""A decision is never lost, and two keepers can work apart."""

import shutil

import pytest

from tests.unit.publish.desk.filling import TODAY, accept, an_id
from whocut.model.errors import InputError, UsageError
from whocut.publish.desk.decisions import (
    Decision,
    Outcome,
    decide,
    load_decisions,
    standing_of,
)

ONE = an_id(1)


def decided(folder, outcome, by, *replaces):
    decision = Decision(
        about=ONE, outcome=outcome, by=by, on=TODAY, replaces=tuple(one.name for one in replaces)
    )
    return decide(folder, decision)


def standing(folder):
    return standing_of(load_decisions(folder), ONE)


def test_without_a_decision_it_is_open(tmp_path):
    assert standing(tmp_path / "none").words == "open"


def test_the_later_decision_stands_and_the_earlier_is_still_there(tmp_path):
    first = decided(tmp_path, Outcome.REFUSED, "anna")
    decided(tmp_path, Outcome.ACCEPTED, "anna", first)
    assert standing(tmp_path).outcome is Outcome.ACCEPTED
    assert first.exists()


def test_two_keepers_who_agree_agree(tmp_path):
    decided(tmp_path, Outcome.ACCEPTED, "anna")
    decided(tmp_path, Outcome.ACCEPTED, "boris")
    assert standing(tmp_path).outcome is Outcome.ACCEPTED
    assert not standing(tmp_path).is_disputed


def test_two_keepers_apart_who_differ_are_both_shown_until_somebody_decides_again(tmp_path):
    anna, boris, both = tmp_path / "anna", tmp_path / "boris", tmp_path / "both"
    one = decided(anna, Outcome.ACCEPTED, "anna")
    other = decided(boris, Outcome.SPAM, "boris")
    both.mkdir()
    for folder in (anna, boris):
        for path in folder.iterdir():
            shutil.copy(path, both)
    assert standing(both).words == "keepers differ"
    assert standing(both).outcome is None
    decided(both, Outcome.REFUSED, "anna", one, other)
    assert standing(both).words == "refused"
    assert len(list(both.iterdir())) == 3


def test_keepers_who_count_it_under_different_names_differ(tmp_path):
    accept(tmp_path, ONE, "anna", subject="github")
    accept(tmp_path, ONE, "boris", subject="gitlab")
    assert standing(tmp_path).is_disputed


def test_joining_twice_changes_nothing(tmp_path):
    decided(tmp_path / "one", Outcome.ACCEPTED, "anna")
    for _ in range(2):
        shutil.copytree(tmp_path / "one", tmp_path / "both", dirs_exist_ok=True)
    assert standing(tmp_path / "both").outcome is Outcome.ACCEPTED
    assert len(standing(tmp_path / "both").standing) == 1


def test_a_verification_is_no_decision(tmp_path):
    decided(tmp_path, Outcome.VERIFIED, "anna")
    found = standing(tmp_path)
    assert (found.words, found.outcome) == ("verified", None)
    decided(tmp_path, Outcome.ACCEPTED, "anna")
    assert standing(tmp_path).outcome is Outcome.ACCEPTED
    assert standing(tmp_path).verified is not None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"x" * 10_000, b'{"about": "../../x"}'])
def test_a_decision_that_cannot_be_read_is_told_and_not_passed_over(tmp_path, content):
    decided(tmp_path, Outcome.ACCEPTED, "anna")
    (tmp_path / f"{ONE}.eve.0.decision.json").write_bytes(content)
    with pytest.raises(InputError, match="eve"):
        load_decisions(tmp_path)


@pytest.mark.parametrize("by", ["", "../anna", "Anna", "a b", "a/b", "-"])
def test_a_keeper_has_a_plain_name(tmp_path, by):
    with pytest.raises(UsageError, match="--by"):
        decided(tmp_path, Outcome.ACCEPTED, by)
    assert not list(tmp_path.iterdir())
