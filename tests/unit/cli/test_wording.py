"""Sentences claim what the evidence carries and no more."""

from datetime import UTC, datetime

import pytest

from whocut.access.agreement import Said, agree
from whocut.cli.wording import headline, statement_line
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength

DAY = datetime(2024, 3, 1, tzinfo=UTC)


def said(
    outcome=Outcome.REFUSED,
    layer=Layer.HTTP,
    mechanism="http.refusal.geo_explicit",
    locus=Locus.EDGE,
    actor=ActorKind.COMPANY,
    strength=Strength.A,
    asn=64500,
):
    return Said(outcome, layer, mechanism, locus, actor, strength, asn, DAY)


SERVED = said(Outcome.SERVED, Layer.NONE, "none", Locus.UNKNOWN, ActorKind.NONE)
RESET = said(
    Outcome.CUT_UNATTRIBUTED,
    Layer.TLS,
    "tls.reset",
    Locus.UNKNOWN,
    ActorKind.UNKNOWN,
    Strength.C,
)


def only_line(*several):
    agreement = agree(several)
    return statement_line(agreement.statements[0], agreement.n_usable)


def test_a_refusal_at_the_edge():
    line = only_line(said(), said(asn=64501))
    assert line == (
        "Refused at the http layer (http.refusal.geo_explicit): the edge that the service uses "
        "answered and refused. Shown (A). 2 of 2 measurements, 2 networks (AS64500, AS64501), "
        "2024-03-01."
    )


def test_a_reset_names_nobody():
    line = only_line(RESET)
    assert "cannot show by whom" in line
    assert "Suggested, no more (C)" in line
    for word in ("state", "operator", "border", "company", "censor"):
        assert word not in line.lower()


@pytest.mark.parametrize("actor", [kind for kind in ActorKind if kind is not ActorKind.STATE])
def test_a_state_is_named_only_where_the_verdict_does(actor):
    line = only_line(said(Outcome.INTERFERED, actor=actor, locus=Locus.UNKNOWN))
    assert "state" not in line
    assert "where in the network is not shown" in line


def test_a_loci_that_differ_are_not_claimed():
    line = only_line(
        said(Outcome.INTERFERED, locus=Locus.RESOLVER, actor=ActorKind.STATE),
        said(Outcome.INTERFERED, locus=Locus.BORDER, actor=ActorKind.OPERATOR),
    )
    assert "where in the network is not shown; by whom is not shown" in line


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("locus", Locus)
@pytest.mark.parametrize("actor", ActorKind)
def test_every_verdict_has_a_sentence_with_n_and_dates(outcome, locus, actor):
    agreement = agree([said(outcome, locus=locus, actor=actor)])
    for statement in agreement.statements:
        line = statement_line(statement, agreement.n_usable)
        assert "1 of 1 measurement, 1 network (AS64500), 2024-03-01." in line
    assert headline(agreement)


def test_headlines():
    assert headline(agree([SERVED] * 3)) == "Served in 3 of 3 measurements; no cut was seen."
    assert headline(agree([said()])) == "Refused in 1 of 1 measurement; shown (A)."
    assert headline(agree([said(), SERVED, SERVED])) == (
        "Mixed: refused in 1 of 3 measurements, served in 2."
    )
    assert headline(agree([said(), RESET])).startswith(
        "Cut off in more than one way in 2 of 2 measurements"
    )
    invalid = said(Outcome.INVALID)
    assert headline(agree([invalid])) == "No answer: 1 measurement, none of them usable."
    assert headline(agree([])) == "No answer: 0 measurements, none of them usable."
