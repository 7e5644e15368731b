"""The page of a country: answers first, counts never added over grades, unknown is never zero."""

import pytest


class TestTheAnswer:
    def test_counts_by_who_did_it(self, site):
        words = site.get("/c/RU").words
        assert "Of 9 services measured:" in words
        assert "2 refuse this country," in words
        assert "1 is interfered with on the way," in words
        assert "1 is cut off by two causes at once," in words
        assert "1 is cut off and by whom is not shown." in words

    def test_what_is_not_known_is_said_with_the_next_step(self, site):
        words = site.get("/c/RU").words
        assert "Of 1 we do not know: the evidence is not enough." in words
        assert "Only one network was measured." in words
        assert "Measure it from another network of the country." in words

    def test_old_measurements_are_called_old(self, site):
        assert "This is old. It may hold no longer." in site.get("/c/RU").words

    def test_grades_stand_apart(self, site):
        words = site.get("/c/RU").words
        assert "documented, and apart from these" in words
        row = site.get("/c/RU").row("by companies and operators")
        assert row[1:] == ["1", "1", "0"]

    def test_an_unmeasured_country_is_not_served(self, site):
        read = site.get("/c/IR")
        assert "Not measured is neither" not in read.words
        read = site.get("/c/SY")
        assert "Not measured is neither served nor cut off." in read.words
        assert "0 services" not in read.words


class TestItsParts:
    def test_time_has_a_table_of_the_same(self, site):
        read = site.get("/c/RU")
        assert "<svg" in read.html
        assert "The same in numbers" in read.words
        assert "Documented, by companies" in read.words
        assert read.row("Q1 22")

    def test_a_year_opens_by_month(self, site):
        read = site.get("/c/RU?year=2022")
        assert read.row("Mar 22")
        assert "All years" in read.words

    @pytest.mark.parametrize("year", ["1", "99999", "abc", "-2022"])
    def test_a_year_that_is_none_is_left_aside(self, site, year):
        assert "All years" not in site.get(f"/c/RU?year={year}").words

    def test_law_in_force_and_no_advice(self, site):
        read = site.get("/c/RU")
        assert "What is allowed all the same" in read.words
        assert "/law/us-russia-gl25" in read.links
        assert "This is no legal advice." in read.words

    def test_union_law_is_shown_for_a_member(self, site):
        assert "/law/eu-833-2014-art2f" in site.get("/c/DE").links

    def test_carriers_say_that_they_are_simulated(self, site):
        read = site.get("/c/RU")
        assert "simulated" in read.words
        assert "/whatif/RU" in read.links
        assert "/c/RU/routes" in read.links

    def test_the_laboratory_says_so(self, site):
        read = site.get("/c/XA")
        assert "emulated laboratory" in read.words
        assert "emulated country XA" in read.words


class TestAddresses:
    def test_small_letters_lead_to_the_page(self, site):
        assert site.location("/c/ru") == "/c/RU"
        assert site.location("/ru/c/ru") == "/ru/c/RU"

    def test_the_union_is_no_country_and_its_records_are_listed(self, site):
        assert site.location("/c/EU") == "/ledger?country=EU"

    def test_a_country_of_which_nothing_is_known_says_so(self, site):
        words = site.get("/c/EH").words
        assert "Not measured is neither served nor cut off." in words
        assert "No document of ours names this country." in words

    @pytest.mark.parametrize("code", ["ZZ", "R", "RUS", "<b>", "QO", "12"])
    def test_what_is_no_country_is_absent(self, site, code):
        assert "no country" in site.get(f"/c/{code}", status=404).words


class TestAccess:
    def test_all_are_listed_and_filtered(self, site):
        assert len([row for row in site.get("/c/RU/access").rows if len(row) == 6]) == 1 + 9
        read = site.get("/c/RU/access?answer=cut")
        assert "quiet.example" not in read.words
        assert "example.org" in read.words

    def test_a_filter_that_is_none_filters_nothing(self, site):
        assert "quiet.example" in site.get("/c/RU/access?answer=%3Cscript%3E").words

    def test_a_filter_without_rows_says_so(self, site):
        assert "None is of this answer" in site.get("/c/IR/access?answer=interfered").words


class TestLedger:
    def test_records_with_their_grade(self, site):
        read = site.get("/c/RU/ledger")
        assert "/cut/2022-03-cogent-ru" in read.links
        assert "documented" in read.words

    def test_without_records_it_is_absent(self, site):
        assert "No document" in site.get("/c/FJ/ledger", status=404).words
