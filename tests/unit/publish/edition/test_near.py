"""Names that are nearly what was typed: another script, a sound, one letter wrong."""

import pytest

from tests.unit.publish.edition.writing import written
from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.near import find_near, latin_of, sound_of, write_near
from whocut.publish.edition.reading import Reading

TERMS = [
    Found("country", "RU", "Россия", 90),
    Found("country", "IR", "Iran", 40),
    Found("country", "IQ", "Iraq", 4),
    Found("actor", "github", "GitHub", 9),
    Found("actor", "cogent", "Cogent Communications", 20),
    Found("actor", "microsoft", "Microsoft", 30),
    Found("actor", "google", "Google", 31),
    Found("actor", "facebook", "Facebook", 8),
    Found("actor", "roskomnadzor", "Роскомнадзор", 50),
    Found("domain", "github.com", "github.com", 3),
    Found("domain", "meduza.io", "meduza.io", 2),
    Found("domain", "rt.com", "rt.com", 8),
    Found("network", "174", "Cogentia", 5),
    *(Found("domain", f"d{n}.example", f"d{n}.example", 1) for n in range(2000)),
    Found("domain", "weightless.example", "weightless.example", 0),
]


@pytest.fixture(scope="module")
def reading(tmp_path_factory) -> Reading:
    place = tmp_path_factory.mktemp("near")
    return Reading(written(place, lambda to: write_near(to, TERMS)))


def keys(reading: Reading, text: str) -> list[str]:
    return [one.key for one in find_near(reading, text, 6)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *(("Гитхаб", "github"), ("gihub", "github"), ("githbu", "github"), ("gitthub", "github")),
        *(("Майкрософт", "microsoft"), ("microsft", "microsoft"), ("гугл", "google")),
        *(("Когент", "cogent"), ("Коджент", "cogent"), ("cogant", "cogent")),
        *(("Фейсбук", "facebook"), ("Росія", "RU"), ("roskomnadzor", "roskomnadzor")),
        *(("gihub.com", "github"), ("https://x", ""), ("медуза.рф", "meduza.io")),
        *(("xn--80aibxf2d.xn--p1ai", ""), ("Irann", "IR")),
    ],
)
def test_the_nearest_comes_first(reading, typed, first):
    assert (keys(reading, typed) or [""])[0] == first


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\x00", "rt", "ртт", "zzqqxx", "%", "'; DROP TABLE x; --", "\u202e", "中国"],
)
def test_what_is_like_nothing_finds_nothing(reading, typed):
    assert keys(reading, typed) == []


def test_networks_and_the_many_domains_without_weight_are_not_guessed(reading):
    assert "174" not in keys(reading, "Cogentia")
    assert keys(reading, "weightless.example") == []


def test_a_long_text_is_cut(reading):
    assert keys(reading, "github " * 5000)[0] == "github"


def test_one_letter_of_any_kind_is_borne_out_and_two_are_not(reading):
    for typed in ("microsaft", "icrosoft", "microsoftt", "mircosoft"):
        assert keys(reading, typed)[0] == "microsoft"
    assert "IQ" not in keys(reading, "iranian")


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Ёлка", "elka"), ("Київ", "kiiv"), ("Éclair", "eclair"), ("Ўзбек", "uzbek"), ("Ж-1", "zh1")],
)
def test_latin_letters(text, latin):
    assert latin_of(text) == latin


def test_a_sound_is_the_same_in_both_scripts():
    for one, other in (("Нетфликс", "Netflix"), ("Оракл", "Oracle"), ("Слак", "Slack")):
        assert sound_of(latin_of(one)) == sound_of(latin_of(other))
    assert sound_of(latin_of("Visa")) != sound_of(latin_of("Amazon"))
