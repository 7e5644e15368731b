"""A service in all countries: its layers stacked, cuts from both sides at once."""

from datetime import date

from tests.unit.publish.site.pages.rows import pair_row, record_row
from whocut.ledger.vocabulary import LedgerLayer
from whocut.publish.site.pages.domain import double_cuts, stacked_layers


class TestThePage:
    def test_countries_by_answer(self, site):
        words = site.get("/d/example.org").words
        assert "It was measured in 3 countries." in words
        assert "The service or its edge refuses 1 of them." in words
        assert "In 1 somebody on the way interferes." in words
        assert "It is served in 1." in words

    def test_documents_and_measurements_of_both_sides(self, site):
        read = site.get("/d/github.com")
        assert "Where is it cut off from both sides at once?" in read.words
        assert read.row("Russia")
        assert "/cut/2019-07-github-multi" in read.links

    def test_only_documents(self, site):
        read = site.get("/d/rt.com")
        assert "Nobody has measured this service lately" in read.words
        assert "No country has measured it." in read.words

    def test_one_address_a_service(self, site):
        assert site.location("/d/WWW.GitHub.com") == "/d/github.com"
        site.get("/d/nonesuch.example", status=404)


class TestLayers:
    def test_they_stand_from_the_cable_up(self, told):
        rows = [pair_row("RU", "interfered", layer="tls"), pair_row("IR", "refused", layer="http")]
        records = [record_row(told, "a", layer=LedgerLayer.ROUTE), record_row(told, "b")]
        stack = stacked_layers(rows, records)
        assert [one.layer for one in stack] == ["route", "tls", "http", "account"]
        assert stack[1].interfered == 1
        assert stack[2].refused == 1
        assert stack[3].documents.documented == 1

    def test_what_is_old_or_no_cut_is_in_none(self):
        rows = [pair_row("RU", "served"), pair_row("IR", "refused", layer="http", is_older=True)]
        assert stacked_layers(rows, []) == ()


class TestDoubleCuts:
    def test_measured_from_both_sides(self):
        two = pair_row("RU", "two_causes", lead="interfered", second="refused_service")
        (found,) = double_cuts([two], [])
        assert found.service_measured
        assert found.way_measured

    def test_two_causes_of_one_side_are_no_double_cut(self):
        two = pair_row("RU", "two_causes", lead="refused_edge", second="refused_service")
        assert double_cuts([two], []) == []

    def test_measured_on_the_way_and_refused_by_document(self, told):
        found = double_cuts([pair_row("IR", "interfered")], [record_row(told, "a", places=("IR",))])
        assert [one.country for one in found] == ["IR"]
        assert [one.id for one in found[0].service_documented] == ["a"]

    def test_what_has_ended_is_none(self, told):
        ended = record_row(told, "a", places=("IR",), ended="2021-01", first_day=date(2019, 7, 1))
        assert double_cuts([pair_row("IR", "interfered")], [ended]) == []

    def test_served_is_none(self, told):
        assert (
            double_cuts([pair_row("IR", "served")], [record_row(told, "a", places=("IR",))]) == []
        )
