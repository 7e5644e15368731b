"""Sentences: verbs by grade and voice, accounts as accounts, closed accounts no cut of a site."""

from __future__ import annotations

import pytest

from tests.unit.attribution.drawing import PRIMARY, cell, claim, find
from whocut.attribution.sentences import TEMPLATES, sentences, settling_sentences
from whocut.attribution.steps import STEPS
from whocut.attribution.vocabulary import HypothesisId
from whocut.i18n.language import Language
from whocut.i18n.text import text_in

ENGLISH = text_in(Language.EN)
PAGE = cell("refused_service", mechanism="http.refusal.geo_explicit")


def said(*evidence: dict, **more) -> str:
    text = " ".join(sentences(find(*evidence, **more), ENGLISH))
    return text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ([claim("announces", "service", source=PRIMARY)], "Service Inc. announced that it would"),
        ([claim("admits", "service", source=PRIMARY)], "Service Inc. said that it had cut off"),
        ([claim("orders", "regulator", source=PRIMARY)], "Regulator ordered that access"),
        (
            [claim("admits", "service", source=PRIMARY, layer="account")],
            "Service Inc. said that it had limited its service for users in Russia.",
        ),
        ([claim("admits", "service")], "The service is quoted as saying"),
        ([claim("admits", "service", layer="payment")], "it limits its service"),
        ([PAGE], "Measurements show that Service Inc. refuses access from Russia to site.example"),
        ([cell("refused_service")], "Measurements suggest that the service itself refuses"),
        ([cell("interfered")], "one witness is not enough to be sure"),
        ([claim("reports", "press", about="regulator")], "According to Press, Regulator had it"),
        ([cell("cut_unattributed")], "The evidence does not carry an answer"),
        ([], "There is no evidence"),
        ([claim("refuses_to_cut", "service", source=PRIMARY)], "and says that it refuses"),
        ([cell("served")], "was reached from Russia as from elsewhere"),
        (
            [claim("alleges", "rival", about="service")],
            "The word of Rival Co. is that of an interested party: it is recorded, and not counted",
        ),
    ],
)
def test_what_is_said(evidence, words):
    assert words in said(*evidence)


def test_a_denial_stands_beside_the_name():
    text = said(PAGE, claim("denies", "service"))
    assert "Measurements show that Service Inc. refuses" in text
    assert "Service Inc. denied having done it." in text


def test_a_name_that_ends_in_a_full_stop_ends_the_sentence():
    text = said(claim("alleges", "rival", about="service"))
    assert "According to Rival Co., Service Inc. did it." in text
    assert ".." not in said(claim("denies", "rival", about="service"))


def test_what_nobody_signs_or_read_is_not_told():
    text = said(
        claim("alleges", "press", about="service", source={"stance": "forum"}),
        claim("alleges", "press", about="edge", source={"read": "linked"}),
    )
    assert "Service" not in text
    assert "Edge" not in text


def test_a_name_cannot_turn_or_escape_a_sentence():
    hostile = "\u202eevil %(country)s <b>{0}"
    parties = [{"id": "service", "kind": "company", "name": hostile}]
    (first, *_) = sentences(find(PAGE, parties=parties), ENGLISH)
    assert "\u202e" not in first
    assert "evil %(country)s <b>{0}" in first


def test_a_laboratory_country_stands_for_itself():
    text = said(cell("served"), country="XA", origin="lab:x")
    assert "XA" in text
    assert "Pseudo" not in text


def test_the_lag_is_told_in_days():
    told = claim("announces", "service", source=PRIMARY, effective="2024-06-01")
    assert "first observed on 3 June 2024, 2 days later." in said(told, PAGE)


@pytest.mark.parametrize("language", list(Language))
def test_every_template_has_its_words(language):
    text = text_in(language)
    values = dict.fromkeys(
        ("party", "speaker", "about", "target", "country", "day", "first", "second"),
        "\u2068x\u2069",
    )
    for name, template in TEMPLATES.items():
        written = text.gettext(template, **values)
        assert "%" not in written, name
    for step in STEPS.values():
        assert text.gettext(step)


def test_what_would_settle_it_is_told_until_it_is_proven():
    finding = find(cell("cut_unattributed"))
    assert settling_sentences(finding, HypothesisId.SERVICE_DECIDED, ENGLISH)
    proven = find(claim("admits", "service", source=PRIMARY))
    assert settling_sentences(proven, HypothesisId.SERVICE_DECIDED, ENGLISH) == ()
