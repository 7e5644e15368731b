"""Side by side: counts with n and intervals, and never a country beside a service."""

import pytest


class TestCountries:
    def test_shares_with_n_and_interval(self, site):
        read = site.get("/compare?a=RU&b=IR")
        row = read.row("refused by the service or its edge")
        assert row[1].startswith("2 of 7")
        assert "90 %:" in row[1]
        assert row[2].startswith("1 of 2")
        assert read.row("no answer")[1:] == ["2", "0"]

    def test_grades_stand_apart(self, site):
        read = site.get("/compare?a=RU&b=IR")
        assert read.row("cut-offs in documents: documented")
        assert read.row("cut-offs in documents: lead, not confirmed")

    def test_what_fares_differently(self, site):
        read = site.get("/compare?a=RU&b=IR")
        assert read.row("example.org")[1].startswith("interfered with")
        assert read.row("example.org")[2].startswith("served")

    def test_names_in_any_language(self, site):
        words = site.get("/compare?a=%D0%A0%D0%BE%D1%81%D1%81%D0%B8%D1%8F&b=iran").words
        assert "Russia and Iran" in words

    def test_two_weeks_of_one(self, site):
        read = site.get("/compare?a=RU&b=RU&week_a=2024-01-01&week_b=2024-02-19")
        assert read.row("interfered with")[1].startswith("0 of 1")
        assert read.row("interfered with")[2].startswith("1 of 7")
        assert "Which services fare differently?" not in read.words

    @pytest.mark.parametrize("week", ["x", "2024-13-01", "1900-01-01"])
    def test_a_week_that_is_none_is_left_aside(self, site, week):
        assert site.get(f"/compare?a=RU&b=IR&week_a={week}").row("refused")[1].startswith("2 of 7")

    def test_nothing_is_no_share(self, site):
        row = site.get("/compare?a=RU&b=FJ").row("refused by the service or its edge")
        assert row[2] == "nothing to count"


class TestServices:
    def test_over_their_countries(self, site):
        read = site.get("/compare?a=github.com&b=https://Example.org/")
        assert read.row("refused by the service or its edge")[1].startswith("1 of 3")
        assert read.row("Kazakhstan")[1].startswith("served")
        assert read.row("Kazakhstan")[2].startswith("refused")


class TestTheForm:
    def test_by_itself(self, site):
        assert "Two countries or two services, side by side." in site.get("/compare").words

    def test_what_cannot_be_compared(self, site):
        words = site.get("/compare?a=RU&b=github.com").words
        assert "A country cannot be put beside a service." in words

    def test_junk_is_said_and_escaped(self, site):
        read = site.get("/compare?a=%3Cscript%3Ealert(1)%3C/script%3E&b=RU")
        assert "This is no country and no service" in read.words
        assert "<script>alert" not in read.html
