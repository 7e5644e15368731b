"""What an answer says beside its label: caps, exceptions, context, spans."""

from datetime import date

import pytest

from tests.unit.ledger.law.asking import answer, asked, day
from whocut.ledger.law import Label, assess_span, load_law
from whocut.ledger.law.question import DISCLAIMER, Role


def used(found, role=None):
    return {one.id for one in found.provisions if role in {None, one.role}}


def test_a_secondary_source_caps_at_medium_and_is_named():
    found = answer(population="RU, blocked persons only", day="2022-04-08")
    assert found.label is Label.EXPRESSLY_EXEMPTED
    assert (found.confidence, found.confidence_capped_by) == ("medium", "us-russia-gl25")


def test_excerpts_alone_carry_a_high_answer():
    found = answer(population="RU, blocked persons only", day="2023-01-01")
    assert found.confidence == "high"
    assert found.confidence_capped_by is None


def test_own_knowledge_alone_leaves_the_answer_open():
    found = answer(
        population="VE, government users", service_category="social network", day="2020-01-01"
    )
    assert found.label is Label.UNCLEAR
    assert found.leaning is Label.EXPRESSLY_EXEMPTED
    assert found.confidence == "low"


def test_an_exception_says_for_whom_the_answer_is_another():
    found = answer(population="RU", day="2022-03-04")
    assert found.label is Label.PERMITTED_NOT_REQUIRED
    assert [(one.if_, one.then) for one in found.exceptions] == [
        ("the customer is a blocked person, or owned by one by half or more", Label.REQUIRED)
    ]


def test_required_says_what_would_undo_it():
    found = answer(
        population="RU, a company not US-owned", service_category="ERP, cloud", day="2024-10-01"
    )
    assert found.label is Label.REQUIRED
    assert any("US persons" in text for text in found.not_if)


def test_versions_of_other_days_stand_beside_and_say_why():
    found = answer(day="2022-05-20")
    shown = {one.id: one.why for one in found.context}
    assert shown["us-russia-gl25"] == "no longer in force that day"
    assert shown["us-russia-gl25b"] == "not yet in force that day"
    assert "us-russia-gl25a" in used(found)


def test_principles_stand_beside_companies_once_they_were_endorsed():
    shown = {one.id for one in answer(day="2011-06-16", population="RU").context}
    assert "ungp-11" in shown
    shown = {one.id for one in answer(day="2011-06-15", population="RU").context}
    assert "ungp-11" not in shown


def test_a_state_gets_the_treaties_and_a_company_none():
    state = answer(actor_kind="state", actor_jurisdiction="TR", population="TR")
    assert {"iccpr-19", "iccpr-20", "iccpr-4"} <= used(state, Role.BINDS_THE_STATE)
    company = answer(actor_jurisdiction="TR", population="TR")
    assert not any(one.id.startswith(("iccpr", "hrc")) for one in company.provisions)
    assert not any(one.id.startswith(("iccpr", "hrc")) for one in company.context)
    assert not any(one.id.startswith("ungp") for one in state.provisions)


def test_declarations_address_states_and_bind_nobody():
    state = answer(actor_kind="state", actor_jurisdiction="TR", population="TR")
    assert {"udhr-19", "hrc-32-13"} <= used(state, Role.ADDRESSES_STATES)


@pytest.mark.parametrize(("code", "why"), [("CN", "not ratified"), ("MM", "own knowledge")])
def test_a_covenant_is_not_said_to_bind_who_is_no_party(code, why):
    found = answer(actor_kind="state", actor_jurisdiction=code, population=code)
    assert "iccpr-19" not in used(found)
    shown = {one.id: one.why for one in found.context}
    assert "no party" in shown["iccpr-19"]
    assert why in shown["iccpr-19"]


def test_resolutions_stand_beside_a_state_only_after_their_day():
    before = used(answer(actor_kind="state", population="US", day="2016-06-30"))
    after = used(answer(actor_kind="state", population="US", day="2016-07-01"))
    assert after - before == {"hrc-32-13"}


def test_a_cut_of_another_country_brings_the_charter():
    abroad = used(answer(actor_kind="state", population="IR"))
    home = used(answer(actor_kind="state", population="US"))
    assert "un-charter-1-2-55" in abroad - home


def test_spans_change_on_the_very_days():
    question = asked(population="SY", service_category="SaaS, commercial").question
    spans = assess_span(load_law(), question, day("2025-05-01"), day("2025-07-31"))
    assert [(first, last, found.label) for first, last, found in spans] == [
        (date(2025, 5, 1), date(2025, 5, 22), Label.REQUIRED),
        (date(2025, 5, 23), date(2025, 6, 30), Label.EXPRESSLY_EXEMPTED),
        (date(2025, 7, 1), date(2025, 7, 31), Label.PERMITTED_NOT_REQUIRED),
    ]


def test_crimea_waited_154_days():
    question = asked(population="Crimea", service_category="internet communications, free").question
    spans = assess_span(load_law(), question, day("2014-12-01"), day("2015-12-31"))
    required = [one for one in spans if one[2].label is Label.REQUIRED]
    first, last = required[0][0], required[-1][1]
    assert (last - first).days + 1 == 154


def test_a_span_backwards_is_refused():
    with pytest.raises(ValueError, match="ends on"):
        assess_span(load_law(), asked().question, day("2022-03-05"), day("2022-03-04"))


def test_doubt_over_a_first_day_leaves_that_day_open():
    given = {
        "actor_jurisdiction": "EU",
        "population": "RU, a company",
        "service_category": "IT consultancy",
    }
    labels = [answer(**given, day=f"2022-10-0{n}").label for n in (5, 6, 7)]
    assert labels == [Label.PERMITTED_NOT_REQUIRED, Label.UNCLEAR, Label.REQUIRED]


def test_the_law_of_another_state_is_said_not_to_bind():
    found = answer(actor_jurisdiction="CN", population="IR", service_category="games")
    assert found.label is Label.UNCLEAR
    assert found.confidence == "low"
    assert any("do not bind a company of CN" in one for one in found.reasons)
    assert any("not known" in one for one in found.reasons)


def test_britain_was_under_union_law_until_2021():
    given = {
        "actor_jurisdiction": "GB",
        "population": "Crimea",
        "service_category": "telephony",
    }
    assert "eu-692-2014" in used(answer(**given, day="2020-12-31"))
    assert "eu-692-2014" not in used(answer(**given, day="2021-01-01"))


def test_where_the_own_law_was_not_read_silence_means_nothing():
    given = {"population": "Iran", "service_category": "social network", "day": "2024-01-01"}
    found = answer(actor_jurisdiction="DE", **given)
    assert found.label is Label.UNCLEAR
    assert any("not held in full" in one for one in found.reasons)
    found = answer(actor_jurisdiction="DE", **{**given, "population": "Peru"})
    assert found.label is Label.PERMITTED_NOT_REQUIRED


def test_several_countries_are_answered_one_by_one():
    found = answer(population="IR, RU", service_category="marketplace", day="2022-03-10")
    assert found.label is Label.UNCLEAR
    assert any("Country by country" in one for one in found.reasons)
    assert {(one.place, one.label) for one in found.parts} == {
        ("IR", Label.REQUIRED),
        ("RU", Label.PERMITTED_NOT_REQUIRED),
    }


def test_a_list_of_another_is_not_the_own_one():
    given = {"service_category": "e-mail, paid", "day": "2025-07-22"}
    assert answer(population="an Indian firm listed by the EU", **given).label is (
        Label.PERMITTED_NOT_REQUIRED
    )
    assert answer(population="an Indian firm on the SDN list", **given).label is Label.UNCLEAR


def test_the_law_that_is_named_as_the_ground_is_shown():
    found = answer(
        case="US vendor ends licences under the EU package",
        population="RU, companies",
        service_category="ERP",
        day="2024-03-25",
    )
    assert found.label is Label.PERMITTED_NOT_REQUIRED
    assert "eu-833-2014-art5n" in used(found, Role.NOT_REACHED)


def test_every_answer_says_that_it_is_no_legal_advice():
    assert answer().disclaimer == DISCLAIMER
    assert answer(service_category="zzyzx").disclaimer == DISCLAIMER
    assert answer(actor_kind="state").disclaimer == DISCLAIMER
