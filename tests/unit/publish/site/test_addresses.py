import pytest

from whocut.i18n.language import Language
from whocut.publish.site.addresses import language_links, split_language, with_query


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", (Language.EN, "/")),
        ("/fr", (Language.FR, "/")),
        ("/fr/", (Language.FR, "/")),
        ("/ru/c/RU/", (Language.RU, "/c/RU")),
        ("/french", (Language.EN, "/french")),
        ("//c//RU", (Language.EN, "/c/RU")),
        ("/en/c/RU", (Language.EN, "/en/c/RU")),
    ],
)
def test_the_language_stands_before_the_path(path, expected):
    assert split_language(path) == expected


def test_the_same_page_in_each_language_keeps_its_query():
    links = language_links("/ledger", {"q": "a b&c"}, Language.RU)
    assert [link.address for link in links] == [
        "/ledger?q=a+b%26c",
        "/fr/ledger?q=a+b%26c",
        "/ru/ledger?q=a+b%26c",
    ]
    assert [link.is_current for link in links] == [False, False, True]


def test_a_path_with_what_is_no_path_is_written_so_that_it_stays_one():
    assert with_query('/d/"><x>?a#b') == "/d/%22%3E%3Cx%3E%3Fa%23b"
