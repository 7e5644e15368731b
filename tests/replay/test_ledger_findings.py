"""Findings on the ledger and the routes that ship: what must come out, and whom nobody may name."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Bundle, Claim, Context
from whocut.attribution.bundle import RouteChange as RouteEvidence
from whocut.attribution.finding import Finding
from whocut.attribution.join import (
    Material,
    Subject,
    index_ledger,
    join,
    subjects_of_changes,
    subjects_of_record,
)
from whocut.attribution.join.timeline import MomentKind, timeline_of
from whocut.attribution.rules import load_ruleset
from whocut.attribution.sentences import sentences
from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Status
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.actors import load_actors
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.record_question import assess, life_of
from whocut.ledger.load import load_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Grade
from whocut.routes.change_results import load_change_results

_TODAY = date(2026, 11, 26)


@cache
def material() -> Material:
    law = load_law()
    index = index_ledger(load_ledger(), load_actors(is_checked=False), law.unions)

    @cache
    def of(record_id: str):
        record = index.ledger.records[record_id]
        life = life_of(record, _TODAY)
        return assess(record, life[0], index.actors, law) if life else None

    def law_of(record: CutRecord):
        return of(record.id)

    return Material(index, load_change_results(), law_of)


@cache
def asked() -> dict[str, list[Subject]]:
    index = material().index
    return {
        record.id: list(subjects_of_record(index, record))
        for record in index.ledger.records.values()
    }


@cache
def answered(record: str, country: str, place: int = 0) -> tuple[Bundle, Finding]:
    subjects = [one for one in asked()[record] if one.country == country]
    bundle = join(subjects[place], material())
    return bundle, attribute(bundle, load_ruleset())


def named(finding: Finding) -> list[str]:
    return [one.party for one in finding.named]


def said(finding: Finding) -> str:
    return (
        " ".join(sentences(finding, text_in(Language.EN)))
        .replace("\u2068", "")
        .replace("\u2069", "")
    )


@pytest.mark.parametrize(
    ("record", "party", "announced", "kept", "all_", "days"),
    [
        ("2022-03-cogent-ru", "cogent", "2022-03-04", 13, 20, 28),
        ("2022-03-lumen-ru", "lumen", "2022-03-08", 16, 25, 24),
    ],
)
def test_a_backbone_that_announced_and_left_in_part(
    record: str, party: str, announced: str, kept: int, all_: int, days: int
) -> None:
    bundle, finding = answered(record, "RU")
    assert finding.status is Status.HELD
    assert finding.holds == (HypothesisId.OPERATOR_WITHDREW,)
    assert named(finding) == [party]
    assert finding.named[0].grade is FindingGrade.PROOF
    kinds = {type(one) for one in bundle.evidence}
    assert {Claim, RouteEvidence, Context} <= kinds
    (lag,) = finding.lags
    assert (lag.announced, lag.observed, lag.days) == (announced, "2022-04-01", days)
    gone = [one for one in timeline_of(bundle) if one.kind is MomentKind.SEEN_GONE]
    assert [(one.n - one.n_hit, one.n) for one in gone] == [(kept, all_)]
    assert finding.context, "the law of the day stands beside it"
    counted = [
        w.evidence for one in finding.hypotheses for w in (*one.for_, *one.against) if w.nats
    ]
    assert not set(counted) & set(finding.context), "and weighs nothing"


def test_youtube_stays_disputed_with_both_accounts_and_what_would_settle_it() -> None:
    for place in (0, 1):
        _, finding = answered("2024-07-rkn-youtube-throttle", "RU", place)
        assert finding.status is Status.DISPUTED
        assert named(finding) == []
        accounts = {(one.speaker, one.about, one.interested) for one in finding.accounts}
        assert ("government-of-russia", "google", True) in accounts
        assert ("google", "roskomnadzor", True) in accounts
        assert {one.speaker for one in finding.accounts if one.type == "denies"} == {
            "google",
            "government-of-russia",
        }
        steps = {step for one in finding.hypotheses for step in one.settles}
        assert "other_services" in steps


def test_docker_hub_names_nobody_on_one_forum_and_tells_whom_the_page_names() -> None:
    bundle, finding = answered("2024-05-dockerhub-ru", "RU")
    assert finding.question.target == "docker.io"
    assert named(finding) == []
    assert finding.status is Status.INSUFFICIENT
    (claim,) = [one for one in bundle.evidence if isinstance(one, Claim)]
    assert any("CU, IR, KP, UA-43, SD, SY" in doubt for doubt in claim.doubts)
    assert any("ended on 2024-06-03 by a lead only" in doubt for doubt in claim.doubts)
    assert claim.ended == "", "own knowledge ends nothing"


def test_github_in_iran_was_cut_and_given_back() -> None:
    for record in ("2019-07-github-multi", "2021-01-github-ir-restored"):
        _, finding = answered(record, "IR")
        assert finding.status is Status.RESTORED, record
        assert finding.holds == (HypothesisId.SERVICE_DECIDED,)
        assert [(one.party, one.act, one.day) for one in finding.acts] == [
            ("github", "restored", "2021-01-05")
        ]
    _, elsewhere = answered("2019-07-github-multi", "SY")
    assert elsewhere.status is Status.HELD


def test_rt_in_the_union_is_a_states_order() -> None:
    bundle, finding = answered("2022-03-eu-rt-sputnik", "EU")
    assert finding.question.target == "rt.com"
    assert finding.holds == (HypothesisId.STATE_INTERFERES,)
    (claim,) = [one for one in bundle.evidence if isinstance(one, Claim)]
    assert (claim.type.value, claim.speaker) == ("orders", "council-of-the-eu")
    member = join(Subject(country="DE", domain="rt.com", since=date(2022, 4, 1)), material())
    assert "council-of-the-eu" in {one.id for one in member.parties}
    outside = join(Subject(country="CH", domain="rt.com", since=date(2022, 4, 1)), material())
    assert "council-of-the-eu" not in {one.id for one in outside.parties}


def test_a_refusal_to_cut_is_no_cut() -> None:
    _, finding = answered("2022-03-icann-refusal", "RU")
    assert finding.status is Status.REFUSED_TO_CUT
    assert finding.holds == (HypothesisId.NO_CUT,)
    assert [(one.party, one.act) for one in finding.acts] == [("icann", "refused_to_cut")]


def test_a_part_of_a_country_is_not_the_country() -> None:
    subjects = [one for one in asked()["2019-07-github-multi"] if one.country == "UA"]
    assert [one.part for one in subjects] == ["UA-43"]
    finding = attribute(join(subjects[0], material()), load_ruleset())
    assert "UA-43" in said(finding)
    whole = join(Subject(country="UA", domain="github.com", since=date(2019, 7, 1)), material())
    records = {one.id.split("/")[1] for one in whole.evidence if isinstance(one, Claim)}
    assert "2019-07-github-multi" not in records


def test_every_record_of_a_country_is_asked_and_every_alarm() -> None:
    places = {
        record.id: [one for one in record.population.places if one != "WORLD"]
        for record in material().index.ledger.records.values()
    }
    for record, subjects in asked().items():
        got = {one.part or one.country for one in subjects}
        assert got == set(places[record]), record
    flat = [one for subjects in asked().values() for one in subjects]
    results = material().routes
    alarms = list(subjects_of_changes(results, material().index, flat))
    told = {(one.country, one.network) for one in (*flat, *alarms)}
    for change in results.changes:
        if change.kind == "alarm":
            assert any((change.country, asn) in told for asn in change.asns), change.id


def test_nobody_is_named_on_less_than_own_words_or_routes_that_were_read() -> None:
    """Over all that ships: no name without a carried tie, none from a lead, none unnamed."""
    actors = material().index.actors
    subjects = [one for each in asked().values() for one in each]
    n_named = 0
    for subject in subjects:
        bundle = join(subject, material())
        finding = attribute(bundle, load_ruleset())
        evidence = {one.id: one for one in bundle.evidence}
        for party in bundle.parties:
            assert party.id == "internet-access" or not actors[party.id].is_unnamed, subject
        for one in finding.named:
            n_named += 1
            assert finding.status is not Status.DISPUTED
            grades = [
                evidence[name].source.grade
                for name in one.evidence
                if isinstance(evidence[name], Claim)
            ]
            assert Grade.LEAD not in grades, (subject, one)
    assert 5 <= n_named <= 30


def test_the_order_in_which_evidence_comes_changes_nothing() -> None:
    bundle, finding = answered("2022-03-cogent-ru", "RU")
    turned = Bundle(
        question=bundle.question,
        parties=bundle.parties[::-1],
        evidence=bundle.evidence[::-1],
    )
    from whocut.attribution.reading import bundle_document, bundle_of

    again = attribute(bundle_of(bundle_document(turned), "turned"), load_ruleset())
    assert again == finding
