"""Forms are read whole, bounded, and never guessed."""

from datetime import date, timedelta

import pytest

from tests.unit.publish.desk.at_the_desk import CORRECTION, REPLY, REPORT
from whocut.publish.desk.form import (
    LIMITS,
    NO_PERSON,
    Correction,
    Fault,
    PartyReply,
    Report,
    days_of,
    read_correction,
    read_reply,
    read_report,
)

TODAY = date(2026, 11, 26)
COUNTRIES = frozenset({"IR", "RU", "UA"})
TOKEN = "whocut-reply-" + "a" * 32


def report(**changes):
    return read_report({**REPORT, **changes}, countries=COUNTRIES, today=TODAY, nonce="n1")


def reply(**changes):
    known = {"2022-03-cogent-ru"}
    form = {**REPLY, **changes}
    return read_reply(form, is_known=known.__contains__, token=TOKEN, today=TODAY)


def correction(**changes):
    known = {"2022-03-cogent-ru"}
    return read_correction({**CORRECTION, **changes}, is_known=known.__contains__, today=TODAY)


def faults(found):
    assert isinstance(found, tuple), found
    return {(one.field, one.fault) for one in found}


def test_a_report_has_what_was_chosen_and_nothing_of_who_sent_it():
    found = report()
    assert isinstance(found, Report)
    assert (found.service, found.country, found.when) == ("GitHub", "IR", "2020-W10")
    assert found.received == TODAY
    assert set(Report.__struct_fields__) == {
        *("service", "sector", "based_in", "country", "when", "happened", "text", "reason"),
        *("reason_text", "appeal", "received", "nonce"),
    }


@pytest.mark.parametrize("field", ["service", "country", "when", "happened", "reason", "appeal"])
def test_what_is_needed_is_named_when_it_is_missing(field):
    assert (field, Fault.MISSING) in faults(report(**{field: ""}))


def test_all_faults_are_told_at_once():
    found = faults(report(service="", country="XX", when="yesterday", happened="war"))
    assert found == {
        ("service", Fault.MISSING),
        ("country", Fault.NOT_LISTED),
        ("when", Fault.NOT_LISTED),
        ("happened", Fault.NOT_LISTED),
    }


@pytest.mark.parametrize(("field", "name"), [("text", "text"), ("reason_text", "reason_text")])
def test_a_text_at_its_limit_is_taken_and_one_above_is_not(field, name):
    words = "ab " * 400
    assert isinstance(report(**{field: words[: LIMITS[name] - 1] + "x"}), Report)
    assert (field, Fault.TOO_LONG) in faults(report(**{field: "x" * (LIMITS[name] + 1)}))


def test_lines_count_once_however_a_browser_ends_them():
    assert report(text="one\r\ntwo\rthree").text == "one\ntwo\nthree"
    lines = "\r\n".join(["a"] * (LIMITS["text"] // 2))
    assert isinstance(report(text=lines), Report)


@pytest.mark.parametrize(
    "when", ["2026-W49", "2027-Q1", "2026-W60", "2020-W54", "1999-W01", "2020-03-04"]
)
def test_no_week_of_the_future_and_no_day(when):
    assert ("when", Fault.NOT_LISTED) in faults(report(when=when))


def test_a_part_of_a_country_that_the_law_treats_apart_is_a_country_here():
    assert report(country="UA-43").country == "UA-43"
    assert ("country", Fault.NOT_LISTED) in faults(report(country="UA-99"))


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2020-W10", date(2020, 3, 2), date(2020, 3, 8)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2019-Q1", date(2019, 1, 1), date(2019, 3, 31)),
        ("2019-Q4", date(2019, 10, 1), date(2019, 12, 31)),
    ],
)
def test_weeks_and_quarters_as_days(when, first, last):
    assert days_of(when) == (first, last)


def test_every_day_is_in_one_quarter_and_the_quarters_follow_each_other():
    end = date(2019, 12, 31)
    for year in range(2020, 2027):
        for quarter in range(1, 5):
            first, last = days_of(f"{year}-Q{quarter}")
            assert first == end + timedelta(days=1)
            end = last


def test_words_that_may_tell_who_it_is_are_asked_about_once():
    mine = "write to me: someone@example.org or +7 912 345-67-89, @someone_there"
    found = report(text=mine)
    (fault,) = (one for one in found if one.fault is Fault.REVEALING)
    assert fault.field == "text"
    assert "someone@example.org" in fault.parts
    assert "@someone_there" in fault.parts
    assert isinstance(report(text=mine, **{NO_PERSON: "yes"}), Report)


def test_a_reply_names_what_it_answers_as_it_is_copied():
    for about in ("2022-03-cogent-ru", "https://example.net/fr/cut/2022-03-cogent-ru?x=1#y"):
        found = reply(about=about)
        assert isinstance(found, PartyReply)
        assert (found.about, found.token) == ("2022-03-cogent-ru", TOKEN)
    assert ("about", Fault.UNKNOWN) in faults(reply(about="2022-03-nobody"))
    assert ("about", Fault.NOT_AN_ID) in faults(reply(about="<script>"))


def test_the_domain_of_a_reply_is_a_domain():
    assert reply(domain="Cogentco.COM.").domain == "cogentco.com"
    assert reply(domain="пример.рф").domain == "xn--e1afmkfd.xn--p1ai"
    for wrong in ("localhost", "127.0.0.1", "a b.com", "http://cogentco.com", "-x.com", "é" * 70):
        assert ("domain", Fault.NOT_A_DOMAIN) in faults(reply(domain=wrong))


def test_the_text_of_a_reply_stays_as_it_is_up_to_four_thousand_characters():
    text = "Мы отвечаем. " * 300
    assert reply(text=text[:4000]).text == text[:4000].strip()
    assert ("text", Fault.TOO_LONG) in faults(reply(text="x" * 4001))


def test_a_correction_has_an_address_of_the_web_or_none():
    assert isinstance(correction(), Correction)
    assert correction(source="").source == ""
    for wrong in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "example.org",
        "http://[",
        "ftp://x.org/",
    ):
        assert ("source", Fault.NOT_AN_ADDRESS) in faults(correction(source=wrong))
