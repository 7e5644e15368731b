"""Several verdicts together: counts, two causes, and the agreement on vague refusals."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from whocut.access.agreement import Said, agree
from whocut.access.rules import load_rules
from whocut.access.sentences import rule_sentence
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength

DAY = datetime(2024, 1, 1, tzinfo=UTC)


def vague(asn: int) -> Said:
    return Said(
        Outcome.INSUFFICIENT, Layer.HTTP, "http.refusal.vague", Locus.UNKNOWN, ActorKind.COMPANY,
        Strength.C, asn, DAY,
    )  # fmt: skip


def served(asn: int) -> Said:
    return Said(
        Outcome.SERVED, Layer.NONE, "none", Locus.UNKNOWN, ActorKind.NONE, Strength.A, asn, DAY
    )


def reset(asn: int) -> Said:
    return Said(
        Outcome.CUT_UNATTRIBUTED, Layer.TLS, "tls.reset", Locus.UNKNOWN, ActorKind.UNKNOWN,
        Strength.B, asn, DAY,
    )  # fmt: skip


def test_vague_refusals_on_one_network_stay_insufficient() -> None:
    assert {s.outcome for s in agree([vague(1)] * 9).statements} == {Outcome.INSUFFICIENT}


def test_vague_refusals_that_agree_over_two_networks_are_a_refusal_grade_b() -> None:
    (statement,) = agree([vague(1)] * 3 + [vague(2)] * 3).statements
    assert (statement.outcome, statement.strength) == (Outcome.REFUSED, Strength.B)
    assert statement.is_by_agreement and statement.networks == (1, 2)


def test_below_four_fifths_they_are_not() -> None:
    said = [vague(1)] * 3 + [vague(2)] * 4 + [served(1)] * 2
    assert Outcome.REFUSED not in {s.outcome for s in agree(said).statements}
    said = [vague(1)] * 4 + [vague(2)] * 4 + [served(1)] * 2
    assert Outcome.REFUSED in {s.outcome for s in agree(said).statements}


def test_two_causes_are_two_and_cuts_come_first() -> None:
    answer = agree([served(1), reset(2), reset(2), vague(3)])
    assert [s.outcome for s in answer.statements] == [
        Outcome.CUT_UNATTRIBUTED, Outcome.SERVED, Outcome.INSUFFICIENT,
    ]  # fmt: skip
    assert answer.statements[0].n == 2


def test_unusable_measurements_are_counted_and_say_nothing() -> None:
    invalid = Said(
        Outcome.INVALID, Layer.NONE, "measurement.no_data", Locus.CLIENT, ActorKind.NONE,
        Strength.A, 1, DAY,
    )  # fmt: skip
    answer = agree([invalid, served(1)])
    assert (answer.n_usable, answer.n_unusable) == (1, 1)


def test_nothing_says_nothing() -> None:
    assert agree([]).statements == ()


def test_counted_together_is_counted_one_by_one() -> None:
    apart = [served(1)] * 3 + [reset(2)] * 2 + [vague(3)] * 4
    together = [replace(served(1), n=3), replace(reset(2), n=2), replace(vague(3), n=4)]
    assert agree(together) == agree(apart)
    agreed = [replace(vague(1), n=40), replace(vague(2), n=40), replace(served(1), n=19)]
    assert agree(agreed).statements[0].is_by_agreement
    later = replace(reset(2), n=2, last=DAY + timedelta(days=3))
    assert agree([later]).statements[0].last == DAY + timedelta(days=3)


def test_the_sentence_of_each_rule_is_that_of_its_record() -> None:
    for rule in load_rules():
        assert rule_sentence(rule.id) == rule.sentence
    assert rule_sentence("no.such.rule") == ""
    assert rule_sentence("http") == ""  # a part of an id is none
