"""Floods are held off, and nobody is known by it."""

import pytest

from tests.unit.publish.desk.at_the_desk import Clock
from whocut.publish.desk.flood import FormToken, FormTokens, Limits, SenderMarks, TokenFault


def test_a_token_is_taken_when_it_is_neither_too_young_nor_too_old():
    clock = Clock()
    tokens = FormTokens(clock=clock)
    token = tokens.make("report")
    assert tokens.check("report", token) is TokenFault.YOUNG
    clock.moment += 5
    assert isinstance(tokens.check("report", token), FormToken)
    clock.moment += 13 * 3600
    assert tokens.check("report", token) is TokenFault.OLD


def test_a_token_is_of_one_form_and_of_one_process():
    clock = Clock()
    tokens = FormTokens(clock=clock)
    token = tokens.make("report")
    clock.moment += 60
    assert tokens.check("reply", token) is TokenFault.FOREIGN
    assert FormTokens(clock=clock).check("report", token) is TokenFault.FOREIGN


@pytest.mark.parametrize("wrong", ["", "..", "a.b.c", "x" * 10_000, "é.é.é", "0.0." + "A" * 24])
def test_what_is_no_token_is_not_taken(wrong):
    assert FormTokens().check("report", wrong) is TokenFault.FOREIGN


def test_the_moment_of_a_token_cannot_be_changed():
    clock = Clock()
    tokens = FormTokens(clock=clock)
    moment, nonce, tag = tokens.make("report").split(".")
    older = f"{int(moment, 16) - 60:x}"
    assert tokens.check("report", f"{older}.{nonce}.{tag}") is TokenFault.FOREIGN


def test_two_copies_of_a_form_have_two_nonces():
    clock = Clock()
    tokens = FormTokens(clock=clock)
    made = [tokens.make("report") for _ in range(2)]
    clock.moment += 60
    assert len({tokens.check("report", one).nonce for one in made}) == 2


def test_one_network_has_one_mark_and_another_hour_has_others():
    clock = Clock()
    marks = SenderMarks(clock=clock)
    mark = marks.mark("8.8.8.8")
    assert mark == marks.mark("8.8.8.200") != marks.mark("8.8.9.8")
    assert marks.mark("2001:4860:4860::8888") == marks.mark("2001:4860:4860:ffff::1")
    assert marks.mark("::ffff:8.8.8.8") == mark
    clock.moment += 3601
    assert marks.mark("8.8.8.8") != mark
    assert SenderMarks(clock=clock).mark("8.8.8.8") != marks.mark("8.8.8.8")


@pytest.mark.parametrize(
    "address", [None, "", "127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0", "testclient"]
)
def test_who_cannot_be_told_apart_has_no_mark(address):
    assert SenderMarks().mark(address) is None


def test_one_network_is_held_off_and_others_are_not():
    clock = Clock()
    limits = Limits(clock=clock, each=(3, 1 / 60), overall=(100, 1))
    assert [limits.admits(1) for _ in range(5)] == [True, True, True, False, False]
    assert limits.admits(2)
    assert limits.admits(None)
    clock.moment += 61
    assert limits.admits(1)
    assert not limits.admits(1)


def test_all_together_are_held_off_too():
    clock = Clock()
    limits = Limits(clock=clock, each=(3, 1), overall=(10, 1))
    assert sum(limits.admits(mark) for mark in range(50)) == 10
    assert sum(limits.admits(None) for _ in range(5)) == 0
    clock.moment += 4
    assert sum(limits.admits(None) for _ in range(50)) == 4


def test_marks_are_forgotten_within_the_hour_and_never_more_than_some():
    clock = Clock()
    limits = Limits(clock=clock, overall=(1e9, 1))
    for mark in range(20_000):
        limits.admits(mark)
    assert len(limits._senders) <= 4097
    clock.moment += 3601
    limits.admits(None)
    assert not limits._senders
