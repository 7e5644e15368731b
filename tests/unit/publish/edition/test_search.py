"""What the one search finds, by the beginning of any word."""

import pytest

from tests.unit.publish.edition.writing import written
from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.search import find_terms, folded, write_terms

TERMS = [
    Found("country", "RU", "Russia", 9),
    Found("country", "RU", "Россия", 9),
    Found("country", "RU", "Russian Federation", 9),
    Found("country", "FR", "France", 4),
    Found("actor", "er-telecom", "ЭР-Телеком", 3),
    Found("actor", "er-telecom", "ER-Telecom Holding", 3),
    Found("domain", "russian.rt.com", "russian.rt.com", 7),
    Found("domain", "rt.com", "rt.com", 50),
    Found("network", "174", "AS174", 2),
    Found("network", "174", "Cogent Communications", 2),
    *(Found("domain", f"r{n}.example", f"r{n}.example", n) for n in range(1000)),
]


@pytest.fixture(scope="module")
def reading(tmp_path_factory) -> Reading:
    place = tmp_path_factory.mktemp("edition")
    return Reading(written(place, lambda to: write_terms(to, TERMS)))


def keys(reading: Reading, text: str, limit: int = 5) -> list[str]:
    return [one.key for one in find_terms(reading, text, limit)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("russia", "RU"),
        ("РОССИЯ", "RU"),
        ("ru", "RU"),
        ("fed", "RU"),
        ("телеком", "er-telecom"),
        ("holding", "er-telecom"),
        ("AS174", "174"),
        ("174", "174"),
        ("commun", "174"),
        ("rt.com", "rt.com"),
        ("  Rt.Com ", "rt.com"),
        ("r999", "r999.example"),
    ],
)
def test_the_best_comes_first(reading, text, first):
    assert keys(reading, text)[0] == first


def test_each_thing_is_found_once(reading):
    found = keys(reading, "rus", 50)
    assert found.count("RU") == 1
    assert "russian.rt.com" in found


def test_short_beginnings_give_the_weightiest_of_many(reading):
    domains = [one.key for one in find_terms(reading, "r", 20) if one.kind == "domain"]
    assert domains[0] == "r999.example"
    assert "r0.example" not in domains


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "%", "'; DROP TABLE search_term; --", "x" * 9999]
)
def test_what_is_no_word_finds_nothing(reading, text):
    assert keys(reading, text) == []


def test_the_limit_is_kept(reading):
    assert len(keys(reading, "r99", 3)) == 3
    assert len(keys(reading, "exam", 7)) == 7


def test_a_term_is_folded_in_any_case_and_form():
    assert folded("  \uff27oogle\tPlay ") == "google play"
    assert folded("STRASSE") == folded("Straße")
