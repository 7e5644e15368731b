"""What the law of those days said, and an appeal that claims no more than that."""

from datetime import date

import pytest

from tests.unit.publish.desk.at_the_desk import REPORT
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.law.question import Label
from whocut.ledger.vocabulary import Sector
from whocut.publish.desk.appeal import appeal_text
from whocut.publish.desk.exemption import law_of_report
from whocut.publish.desk.form import Happened, Report, read_report

TODAY = date(2026, 11, 26)
COUNTRIES = frozenset({"IR", "RU", "SY", "UA", "CU"})
ENGLISH = text_in(Language.EN)


def a_report(**changes) -> Report:
    found = read_report({**REPORT, **changes}, countries=COUNTRIES, today=TODAY)
    assert isinstance(found, Report), found
    return found


def labels(report):
    return {one.assessment.label for one in law_of_report(report).answers}


def appeal(report, language=Language.EN):
    text = text_in(language)
    return appeal_text(text, report, law_of_report(report), text.country(report.country))


def test_a_messenger_in_iran_is_exempted_and_the_exemption_is_cited():
    report = a_report(service="Slack", sector="messaging", when="2023-W18")
    assert labels(report) == {Label.EXPRESSLY_EXEMPTED}
    written = appeal(report)
    assert "an exemption in force at that time covers" in written
    assert "Iran General License D-2" in written
    assert "31 CFR" in written


def test_a_ban_that_required_it_is_not_called_lifted():
    report = a_report(service="Visa", happened="payment_refusal", when="2023-W18")
    assert labels(report) == {Label.REQUIRED}
    written = appeal(report)
    assert "exemption in force" not in written
    assert "General License" not in written
    assert "please name the provision" in written


def test_where_parts_differ_the_exempted_part_is_named_and_the_rest_is_asked_about():
    written = appeal(a_report())
    assert "the public texts do not make clear" in written
    assert "an exemption in force at that time plainly covers" in written
    assert "free public code hosting" in written
    assert "private or paid code hosting" not in written


def test_a_period_in_which_the_law_changed_claims_the_weaker_answer():
    report = a_report(service="foo.example", sector="social_network", based_in="US", country="RU")
    changed = a_report(
        service="foo.example", sector="social_network", based_in="US", country="RU", when="2022-Q2"
    )
    found = labels(changed)
    assert found == {Label.PERMITTED_NOT_REQUIRED, Label.EXPRESSLY_EXEMPTED}
    assert "an exemption in force at that time covers" not in appeal(changed)
    assert "the law in force at that time did not require this" in appeal(changed)
    assert len(labels(report)) == 1


def test_a_company_whose_home_nobody_knows_is_asked_under_three_laws():
    report = a_report(service="foo.example", sector="messaging")
    homes = [one.home for one in law_of_report(report).answers]
    assert list(dict.fromkeys(homes)) == ["US", "EU", "GB"]
    assert appeal(report).count("If you are bound by the law of this state or union") == 3


def test_a_company_that_is_known_is_asked_under_its_own():
    law = law_of_report(a_report(service="gist.github.com"))
    assert law.actor.id == "github"
    assert {one.home for one in law.answers} == {""}


def test_an_unknown_kind_of_service_is_not_guessed():
    report = a_report(service="foo.example")
    law = law_of_report(report)
    assert (law.sector, law.answers) == (None, ())
    assert "please name the provision that required this" in appeal(report)


@pytest.mark.parametrize("happened", list(Happened))
@pytest.mark.parametrize("sector", list(Sector))
def test_every_kind_of_every_service_has_an_answer_and_an_appeal(happened, sector):
    report = a_report(service="foo.example", sector=sector, happened=happened, based_in="US")
    assert law_of_report(report).answers
    written = appeal(report)
    assert "%(" not in written
    assert "reason" in written


def test_what_fits_what_happened_is_asked_for():
    closed = appeal(a_report())
    assert "export my data" in closed
    assert "pay back" in closed
    label = appeal(a_report(happened="content_label"))
    assert "export my data" in label
    assert "pay back" not in label
    refused = appeal(a_report(happened="geoblock"))
    assert "export my data" not in refused


def test_the_senders_words_stand_as_they_are_and_no_placeholder_is_filled_by_them():
    words = "100 % gone; %(country)s {country} <b>&amp;\u202e"
    assert words in appeal(a_report(text=words))
    assert "%(day)s" in appeal(a_report(reason="other", reason_text="%(day)s"))


@pytest.mark.parametrize("language", list(Language))
def test_in_every_language(language):
    assert "GitHub" in appeal(a_report(), language)


def test_no_advice_and_no_judgement():
    for report in (a_report(), a_report(happened="payment_refusal", service="Visa")):
        written = appeal(report).casefold()
        for word in ("illegal", "unlawful", "violat", "you must", "discriminat"):
            assert word not in written
