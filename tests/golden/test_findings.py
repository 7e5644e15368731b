"""The corpus of evidence: the right hypotheses, and never a name that evidence does not carry."""

import json
import re
from functools import cache, partial
from pathlib import Path

import pytest

from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding
from whocut.attribution.reading import read_bundle
from whocut.attribution.rules import load_ruleset
from whocut.attribution.sentences import is_account, sentences, write_saying
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.actor_names import called_in

CORPUS = Path(__file__).parent / "findings"
BUNDLES = sorted(path.parent.name for path in CORPUS.glob("*/bundle.json"))
LEAST_SHARE = 0.95
ISOLATED = re.compile("\u2068([^\u2069]*)\u2069")


@cache
def read(name: str) -> Bundle:
    path = CORPUS / name / "bundle.json"
    return read_bundle(path.read_bytes(), f"{name}/bundle.json")


@cache
def found(name: str) -> Finding:
    return attribute(read(name), load_ruleset())


def expected(name: str) -> dict:
    return json.loads((CORPUS / name / "expected.json").read_text("utf-8"))


def test_there_are_enough():
    assert len(BUNDLES) >= 30


@pytest.mark.parametrize("name", BUNDLES)
def test_nobody_is_named_who_may_not_be(name):
    may = set(expected(name)["named"])
    named = {one.party for one in found(name).named}
    assert named <= may, f"falsely named: {named - may}"


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize("language", list(Language))
def test_sentences_name_only_whom_naming_carries_or_an_account_of_somebody(name, language):
    finding, bundle, text = found(name), read(name), text_in(language)
    called = partial(called_in, language.value)
    names = {called(party.name or party.id) for party in bundle.parties}
    may = {called(one.name) for one in finding.named}
    question = bundle.question
    asked = {called(p.name or p.id) for p in bundle.parties if p.id == question.service}
    acted = {called(one.name) for one in finding.acts}
    for saying in finding.says:
        written = write_saying(saying, text)
        assert "%(" not in written
        if is_account(saying.template):
            speaker = called(saying.values["speaker"])
            assert speaker in ISOLATED.findall(written), "an account without its speaker"
            continue
        shown = names.intersection(ISOLATED.findall(written)) - asked
        allowed = may | acted if saying.template.startswith("act.") else may
        assert shown <= allowed, f"{saying.template}: {shown - allowed}"
        country = text.country(question.country)
        for other in names - allowed - asked - {question.target}:
            words = ISOLATED.sub("", written).replace(country, "")
            assert other.lower() not in words.lower().split(), f"{other} in: {written}"


def test_the_right_hypotheses_in_nearly_all():
    misses = {
        name: (sorted(expected(name)["holds"]), sorted(found(name).holds))
        for name in BUNDLES
        if sorted(expected(name)["holds"]) != sorted(found(name).holds)
    }
    assert len(misses) <= (1 - LEAST_SHARE) * len(BUNDLES), misses


def test_the_right_status_in_nearly_all():
    misses = {
        name: (expected(name)["status"], found(name).status.value)
        for name in BUNDLES
        if expected(name)["status"] != found(name).status.value
    }
    assert len(misses) <= (1 - LEAST_SHARE) * len(BUNDLES), misses


def test_those_who_may_be_named_are_mostly_named():
    pairs = {(name, party) for name in BUNDLES for party in expected(name)["named"]}
    named = {(name, one.party) for name in BUNDLES for one in found(name).named}
    assert pairs
    assert len(pairs & named) >= 0.8 * len(pairs), pairs - named


def test_a_disputed_finding_tells_both_accounts_and_what_would_settle_it():
    finding = found("youtube-slowdown")
    said = " ".join(sentences(finding, text_in(Language.EN)))
    for speaker in ("Google", "Roskomnadzor", "Rostelecom"):
        assert speaker in said
    assert finding.named == ()
    state = next(one for one in finding.hypotheses if one.id == "state_interferes")
    assert state.settles


def test_announced_and_observed_stand_side_by_side():
    (lag,) = found("backbone-left").lags
    assert (lag.announced, lag.observed, lag.days) == ("2022-03-04", "2022-04-01", 28)
