"""Numbers, days and names as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from whocut.i18n.language import Language, language_of
from whocut.i18n.text import isolate, text_in

EN, FR, RU = Language.EN, Language.FR, Language.RU


@pytest.mark.parametrize(
    ("language", "day", "share", "country"),
    [
        (EN, "4 March 2022", "12.3%", "Russia"),
        (FR, "4 mars 2022", "12,3\u202f%", "Russie"),
        (RU, "4 марта 2022", "12,3\u00a0%", "Россия"),
    ],
)
def test_a_day_a_share_and_a_country(
    language: Language, day: str, share: str, country: str
) -> None:
    text = text_in(language)
    assert text.day(date(2022, 3, 4)) == day
    assert text.share(0.1234, 1).replace("\u00a0", "\u202f") == share.replace("\u00a0", "\u202f")
    assert text.country("RU") == country


def test_french_counts_the_first_of_a_month_alone() -> None:
    assert text_in(FR).day(date(2022, 4, 1)) == "1er avril 2022"
    assert text_in(FR).day(date(2022, 4, 11)) == "11 avril 2022"
    assert text_in(FR).month(date(2022, 1, 1)) == "janvier 2022"
    assert text_in(RU).day(date(2022, 4, 1)) == "1 апреля 2022"


def test_a_moment_says_that_it_is_utc() -> None:
    assert text_in(EN).moment(datetime(2022, 3, 4, 17, 5, tzinfo=UTC)) == "4 March 2022, 17:05 UTC"


@pytest.mark.parametrize("language", list(Language))
def test_a_country_of_the_laboratory_is_called_by_its_code(language: Language) -> None:
    assert text_in(language).country("XA") == "XA"
    assert text_in(language).country("QQ") == "QQ"


def test_russian_has_three_plurals() -> None:
    forms = {n: text_in(RU).ngettext("%(n)s country", "%(n)s countries", n) for n in (1, 2, 5, 21)}
    assert forms == {1: "1 страна", 2: "2 страны", 5: "5 стран", 21: "21 страна"}


def test_a_name_cannot_turn_what_stands_around_it() -> None:
    assert isolate("a\u202eb\u2066c") == "\u2068abc\u2069"


def test_a_language_that_is_not_spoken_is_none() -> None:
    assert language_of("de") is None
    assert language_of("ru") is RU
