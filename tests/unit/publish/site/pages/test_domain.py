"""A service in all countries: its layers stacked, cuts from both sides at once."""

from datetime import date

from tests.unit.publish.site.pages.rows import pair_row, record_row
from whocut.ledger.vocabulary import LedgerLayer
from whocut.publish.site.pages.domain import double_cuts, stacked_layers
from whocut.publish.site.same_service import named, service_records


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


class TestOtherNames:
    """What stands under a host, or under another name of the service, is found and said to be."""

    def test_a_host_leads_to_what_was_registered(self, site):
        assert site.location("/d/hub.docker.com") == "/d/docker.com"

    def test_documents_of_another_name_stand_on_the_page_and_it_says_so(self, site):
        read = site.get("/d/docker.com")
        assert "/cut/2024-05-dockerhub-ru" in read.links
        assert "By our table of services it has one more name: docker.io" in read.words
        assert "No cut-off of this service is known at any layer." not in read.words
        assert "Measurements are kept for the whole of docker.com" in read.words

    def test_a_document_of_a_host_alone_is_told_of_that_host(self, site):
        read = site.get("/d/docker.com")
        assert "Documents that name hub.docker.com" not in read.words, "told under docker.io too"
        below = site.get("/d/google.com")
        assert "Documents that name cloud.google.com" in below.words
        assert "No cut-off of this service is known at any layer." in below.words

    def test_another_service_of_the_operator_answers_for_nothing(self, edition):
        records = [one.id for one in service_records(edition, "youtube.com")]
        assert records == ["2024-07-rkn-youtube-throttle"]
        assert named(edition, "youtube.com").twins == ("googlevideo.com",)
        assert service_records(edition, "google.com") == []

    def test_measurements_of_another_name_stand_where_there_are_no_own(self, site):
        words = site.get("/d/githubcopilot.com").words
        assert "githubcopilot.com itself was not measured." in words
        assert "What stands here was measured of github.com" in words
        assert "was not measured" not in site.get("/d/github.com").words


class TestGivenBack:
    def test_what_was_given_back_to_a_country_is_no_cut_there(self, told, edition):
        back = edition.ledger.row("2021-01-github-ir-restored")
        rows = [pair_row("IR", "interfered"), pair_row("SY", "interfered")]
        assert [one.country for one in double_cuts(rows, [told])] == ["IR", "SY"]
        assert [one.country for one in double_cuts(rows, [told, back])] == ["SY"]

    def test_the_record_that_gave_it_back_stands_beside_it(self, site):
        assert "/cut/2021-01-github-ir-restored" in site.get("/d/github.com").links


def test_what_gave_no_answer_is_not_free_of_cuts(site):
    words = site.get("/d/lone.example").words
    assert "Not enough evidence is neither served nor cut off." in words
    assert "No cut-off was found." not in words
