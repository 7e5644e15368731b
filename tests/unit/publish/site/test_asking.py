"""What people type: a name in any form that it is copied in, a country by any name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.publish.site.asking import asked_country, asked_name, country_codes, shown_name


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "host", "target"),
        [
            ("github.com", "github.com", "github.com"),
            ("HTTPS://WWW.GitHub.com/foo?x=1#y", "www.github.com", "github.com"),
            ("github.com:443/x", "github.com", "github.com"),
            ("//foo.co.uk/x", "foo.co.uk", "foo.co.uk"),
            ("  «пример.рф»,", "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
            ("http://xn--e1afmkfd.xn--p1ai/", "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
            ("ｇｉｔｈｕｂ．ｃｏｍ", "github.com", "github.com"),  # noqa: RUF001 - wide letters
            ("\u202egithub.com\u202c", "github.com", "github.com"),
            ("http://user:word@evil.example/", "evil.example", "evil.example"),
            ("foo.github.io", "foo.github.io", "foo.github.io"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
            ("2001:DB8:0::1", "2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1", "2001:db8::1"),
            ("https://[2001:db8::1]:443/x", "2001:db8::1", "2001:db8::1"),
            ("https://[fe80::1%25<script>]/", "fe80::1", "fe80::1"),
            ("-a-.example.org", "-a-.example.org", "example.org"),
        ],
    )
    def test_found(self, typed, host, target):
        found = asked_name(typed)
        assert found is not None
        assert (found.host, found.target) == (host, target)

    @pytest.mark.parametrize(
        "typed",
        [
            *("", " ", "junk", "a b.com", "com", "localhost", ".", "..", "-.com", "a..com"),
            *("javascript:alert(1)", "<script>alert(1)</script>", "mailto:x", "http://["),
            *("192.0.2.999", "1.2", "a" * 64 + ".com", "a." * 200 + "com", "x" * 3000),
        ],
    )
    def test_none(self, typed):
        assert asked_name(typed) is None

    @given(st.text(max_size=200))
    def test_whatever_is_typed(self, typed):
        found = asked_name(typed)
        if found is not None:
            assert found.target.isascii()
            assert not set("<>\"'/ \\") & set(found.target)
            assert asked_name(found.target) is not None

    def test_a_name_of_mixed_scripts_is_not_drawn_as_another(self):
        mixed = asked_name("g\u0456thub.com")
        assert mixed is not None
        assert shown_name(mixed.host) == mixed.host
        assert shown_name("xn--e1afmkfd.xn--p1ai") == "пример.рф"


class TestCountries:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            *(("ru", "RU"), (" RU ", "RU"), ("Russia", "RU"), ("Россия", "RU"), ("RUSSIE", "RU")),
            *(("uk", "GB"), ("Iran", "IR"), ("Иран", "IR"), ("xk", "XK")),
            *(("RUS", "RU"), ("prk", "KP"), ("США", "US"), ("Северная Корея", "KP")),
            *(("Etats-Unis", "US"), ("Corée du Nord", "KP"), ("Cote d\u2019Ivoire", "CI")),
        ],
    )
    def test_found(self, typed, code):
        assert asked_country(typed) == code

    @pytest.mark.parametrize(
        "typed", ["", "zz", "EU", "UN", "XA", "atlantis", "R", "XXX", "x" * 999]
    )
    def test_none(self, typed):
        assert asked_country(typed) is None

    def test_codes_are_countries(self):
        assert {"RU", "IR", "CU", "SY", "KP", "US", "XK"} <= country_codes()
        assert not {"EU", "ZZ", "XA", "XB"} & country_codes()
