"""From records to claims: the right speaker, one witness a source, and nobody whom none names."""

from __future__ import annotations

from functools import cache

import pytest
from msgspec.structs import replace

from whocut.attribution.join import LedgerIndex, index_ledger
from whocut.attribution.join.accounts import accounts_of, load_accounts
from whocut.attribution.join.claims import claims_of, retraction_of, stretch_text
from whocut.attribution.stretch import read_stretch
from whocut.attribution.vocabulary import ClaimType, HypothesisId
from whocut.ledger.actors import load_actors
from whocut.ledger.law.loading import load_law
from whocut.ledger.load import load_ledger
from whocut.ledger.record import Reply, Retraction
from whocut.ledger.vocabulary import Grade, Kind, Verification


@cache
def index() -> LedgerIndex:
    return index_ledger(load_ledger(), load_actors(is_checked=False), load_law().unions)


def record(name: str):
    return index().ledger.records[name]


def test_every_account_of_the_ledger_is_told_what_sort_of_claim_it_is() -> None:
    ledger = index().ledger.records
    wanted = {
        (one.id, number)
        for one in ledger.values()
        for number in range(len(one.attribution.hypotheses))
    }
    listed = {(row.record, row.number) for rows in load_accounts().values() for row in rows}
    assert listed == wanted


def test_an_account_that_nobody_looked_at_is_recorded_only() -> None:
    (unknown,) = accounts_of("2099-01-unseen", 1)
    assert unknown.type is ClaimType.REPLIES


def test_each_group_of_sources_is_one_witness_and_copies_are_none() -> None:
    claims = claims_of(index(), record("2022-03-cogent-ru"))
    groups = [one.group for one in claims]
    assert len(groups) == len(set(groups)) == 3
    assert {one.speaker for one in claims} == {"cogent"}
    assert {one.type for one in claims} == {ClaimType.ANNOUNCES}


def test_of_sources_of_which_one_carries_it_the_weakest_stands_for_all() -> None:
    (claim,) = [
        one
        for one in claims_of(index(), record("2018-03-td-social"))
        if one.type is ClaimType.REPORTS and one.hypothesis is HypothesisId.OUTAGE
    ]
    assert claim.source.grade is Grade.LEAD
    assert any("which was not noted" in doubt for doubt in claim.doubts)


def test_nobody_speaks_or_is_accused_whom_no_source_names() -> None:
    actors = index().actors
    for one in index().ledger.records.values():
        for claim in claims_of(index(), one):
            for party in (claim.speaker, claim.about):
                assert party is None or not actors[party].is_unnamed, (one.id, party)
                assert party not in {"nobody", "undetermined", "sources", "own"}


def test_own_words_are_only_of_those_who_decided() -> None:
    own = {ClaimType.ANNOUNCES, ClaimType.ADMITS, ClaimType.ORDERS}
    for one in index().ledger.records.values():
        deciders = {party.actor for party in one.parties.decider}
        accounts = {account.claimant for account in one.attribution.hypotheses}
        for claim in claims_of(index(), one):
            if claim.type in own:
                assert claim.speaker in deciders | accounts, one.id
                assert claim.about is None or claim.about == claim.speaker
            if claim.type is ClaimType.ORDERS:
                assert index().actors[claim.speaker].kind.value in {"state", "court"}
            if one.attribution.status.value == "disputed":
                assert claim.type not in own, one.id


def test_a_rumour_weighs_as_a_lead() -> None:
    rumours = [one for one in index().ledger.records.values() if one.kind is Kind.RUMOUR]
    assert rumours
    for one in rumours:
        assert {claim.source.grade for claim in claims_of(index(), one)} <= {Grade.LEAD}


def test_what_was_retracted_claims_nothing_and_says_why() -> None:
    gone = replace(
        record("2022-03-cogent-ru"), retracted=Retraction(on="2026-01-02", reason="It was wrong.")
    )
    assert claims_of(index(), gone) == []
    context = retraction_of(gone)
    assert context is not None
    assert "It was wrong." in context.text
    assert retraction_of(record("2022-03-cogent-ru")) is None


def test_a_reply_stands_beside_the_claims_and_is_the_partys() -> None:
    reply = Reply(
        received="2026-02-03",
        by="cogent",
        verified_by=Verification.WELL_KNOWN_TOKEN,
        text="Not so.",
    )
    claims = claims_of(index(), replace(record("2022-03-cogent-ru"), replies=(reply,)))
    (said,) = [one for one in claims if one.type is ClaimType.REPLIES]
    assert (said.speaker, said.text, said.when) == ("cogent", "Not so.", "2026-02-03")


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ("2022-03-04", ("2022-03-04", "2022-03-04")),
        ("2022-03", ("2022-03-01", "2022-03-31")),
        ("2022-03/2022-05", ("2022-03-01", "2022-05-31")),
        ("2022-03-04T17:00Z", ("2022-03-04", "2022-03-04")),
        ("2022-03-04/..", ("2022-03-04", None)),
        ("2022?", ("2022-01-01", "2022-12-31")),
    ],
)
def test_a_date_of_the_ledger_is_a_stretch_of_the_bundle(given, days) -> None:
    found = read_stretch(stretch_text(given))
    shown = tuple(day.isoformat() if day else None for day in (found.first, found.last))
    assert shown == days
