"""Questions are read the way people write them, or sent back."""

import pytest

from whocut.cli.question import asked_country, asked_day, asked_domain, asked_to_fail
from whocut.model.errors import UsageError


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.ORG", "example.org"),
        ("https://www.example.org:8443/a?b", "www.example.org"),
        ("example.org/path", "example.org"),
        ("example.org.", "example.org"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("192.0.2.1", "192.0.2.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
    ],
)
def test_domains(text, host):
    assert asked_domain(text) == host


@pytest.mark.parametrize("text", ["", "/", "a b", "http://", "x" * 300, "a..ü"])
def test_what_is_no_domain(text):
    with pytest.raises(UsageError):
        asked_domain(text)


def test_countries_and_days():
    assert asked_country("ru") == "RU"
    assert str(asked_day("2024-02-29", "--since")) == "2024-02-29"
    assert asked_to_fail("cut")
    for call in (
        lambda: asked_country("Russia"),
        lambda: asked_day("2024-02-30", "--since"),
        lambda: asked_to_fail("everything"),
    ):
        with pytest.raises(UsageError):
            call()
