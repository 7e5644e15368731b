"""One service in one country: what is found, on how much, and what would settle it."""

import pytest


class TestACut:
    def test_answer_with_probability_n_and_week(self, site):
        words = site.get("/d/example.org/RU").words
        assert "interfered with on the way" in words
        assert "Probability: 99%." in words
        assert "12 measurements , 3 networks" in words.replace("measurements,", "measurements ,")
        assert "19 February 2024" in words

    def test_every_cause_and_its_onset_with_an_interval(self, site):
        read = site.get("/d/example.org/RU")
        assert read.row("interfered with on the way")[1] == "99%"
        assert "between 22 Jan 2024 and 29 Jan 2024" in read.words
        assert "still at work in the last week measured" in read.words

    def test_networks_and_examples_can_be_opened(self, site):
        read = site.get("/d/example.org/RU")
        assert "/as/64500" in read.links
        assert "whocut explain uid-" in read.words
        assert "whocut who example.org --country RU" in read.words
        assert "/rules/tls.reset.sni" in read.links

    def test_elsewhere_with_links(self, site):
        read = site.get("/d/example.org/RU")
        assert "/d/example.org/KZ" in read.links
        assert "/d/example.org/IR" in read.links

    def test_chart_has_its_numbers_in_a_table(self, site):
        read = site.get("/d/example.org/RU")
        assert "<svg" in read.html
        assert read.row("26 Feb 2024")[1].startswith("not enough evidence")

    def test_two_causes_are_both_named(self, site):
        words = site.get("/d/github.com/RU").words
        assert "two causes at once" in words
        assert "interfered with on the way, and refused by the service itself" in words


class TestNotKnown:
    def test_insufficient_says_why_and_what_next(self, site):
        words = site.get("/d/lone.example/RU").words
        assert "That cannot tell a network from a country." in words
        assert "Measure it from another network of the country." in words
        assert "Not enough evidence is neither served nor cut off." in words
        assert "AS64510" in words
        assert "There is 1 usable measurement (networks: 1); an answer takes 4" in words

    def test_not_measured_here_gives_claims_and_neighbours(self, site):
        read = site.get("/d/github.com/SY")
        assert "Not measured is neither served nor cut off." in read.words
        assert "/cut/2019-07-github-multi" in read.links
        assert "/d/github.com/IR" in read.links

    def test_documents_of_the_union_speak_for_its_members(self, site):
        assert "/cut/2022-03-eu-rt-sputnik" in site.get("/d/rt.com/DE").links
        assert "/cut/2022-03-eu-rt-sputnik" not in site.get("/d/rt.com/BR").links

    def test_nothing_at_all_is_absent(self, site):
        site.get("/d/nonesuch.example/RU", status=404)


class TestAddresses:
    @pytest.mark.parametrize(
        ("asked", "is_at"),
        [
            ("/d/GitHub.com/ru", "/d/github.com/RU"),
            ("/d/www.github.com/RU", "/d/github.com/RU"),
            ("/fr/d/www.github.com/RU", "/fr/d/github.com/RU"),
        ],
    )
    def test_one_address_a_pair(self, site, asked, is_at):
        assert site.location(asked) == is_at

    @pytest.mark.parametrize("name", ["x", "%3Cscript%3E", "a%20b.com", "..", "1" * 300])
    def test_junk_is_absent(self, site, name):
        answer = site.client.get(f"/d/{name}/RU", follow_redirects=False)
        assert answer.status_code in {400, 404}
        assert "<script>" not in answer.text
