"""The pages that everybody enters by, and those that tell what this is."""

import re

import pytest
from litestar.testing import TestClient

from tests.unit.publish.site.pages.reading_pages import Site
from whocut.publish.explained import entries
from whocut.publish.site.app import make_app
from whocut.publish.site.documents import method_names
from whocut.publish.site.pages.front import documented_cuts

_MODULES = ("front", "search", "changes", "methods", "rules", "glossary", "statics")


@pytest.fixture(scope="module")
def site(edition):
    """The pages of the shell over the small edition."""
    with TestClient(make_app(lambda: edition, modules=_MODULES)) as client:
        yield Site(client)


def _found(site, words):
    answer = site.client.get("/search", params={"q": words}, follow_redirects=False)
    return answer.headers.get("location") if answer.status_code == 303 else answer


class TestFront:
    def test_one_field_asks_for_everything(self, site):
        html = site.get("/").html
        forms = re.findall(r"<form[^>]*>", html)
        assert len(forms) == 1
        assert 'action="/search" method="get"' in forms[0]
        assert html.count('type="search"') == 1

    def test_the_map_and_the_table_say_the_same(self, site, edition):
        page = site.get("/")
        told_by_map = dict(re.findall(r"<title>([^<:]*): ([^<]*)</title><path", page.html))
        told_by_table = dict(
            re.findall(
                r'<th scope="row"><a href="/c/\w+">([^<]*)</a></th><td>\W*([^<]*)</td>', page.html
            )
        )
        both = told_by_table.keys() & told_by_map.keys()
        assert {"Russia", "Iran", "Kazakhstan", "Ukraine (UA-43)"} <= both
        for name in both:
            assert told_by_table[name] == told_by_map[name], name
        assert told_by_table["Russia"] == "documented and measured cut-offs"
        assert told_by_map["Brazil"].startswith("nothing known")
        told = documented_cuts(edition)["RU"]
        row = page.row("Russia")
        assert row[2:5] == [str(told.documented), str(told.excerpt), str(told.lead)]

    def test_a_refusal_to_cut_and_a_restoration_are_no_cut_offs(self, edition):
        counted = dict(documented_cuts(edition))
        everything = dict(edition.ledger.counts("country"))
        # The record of GitHub's return is in the one only.
        assert counted["IR"].documented < everything["IR"].documented

    def test_the_laboratory_is_no_country(self, site):
        page = site.get("/")
        assert not any(row and "XA" in row[0] for row in page.rows)
        assert "emulated laboratory" in page.words
        assert "/c/XA" in page.links

    def test_what_changed_says_so_of_the_world_alone(self, site):
        html = site.get("/").html
        changed = html[html.index('id="changed"') : html.index('id="figures"')]
        assert "<tr>" in changed
        assert "XA" not in changed

    def test_it_says_what_it_rests_on_and_what_it_does_not_know(self, site, edition):
        words = site.get("/").words
        assert str(edition.ledger.facts.n_records) in words
        assert "What is not known?" in words
        assert "A country without colour is not a country without cut-offs." in words


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "address"),
        [
            ("github.com", "/d/github.com"),
            ("GitHub.COM.", "/d/github.com"),
            ("https://www.github.com/a/b?c=d#e", "/d/github.com"),
            ("gist.github.com", "/d/github.com"),
            ("RU", "/c/RU"),
            ("russia", "/c/RU"),
            ("Russie", "/c/RU"),
            ("Россия", "/c/RU"),
            ("AS174", "/as/174"),
            ("as 174", "/as/174"),
            ("ASN174", "/as/174"),
            ("174", "/as/174"),
            ("АС174", "/as/174"),  # noqa: RUF001
            ("2022-03-cogent-ru", "/cut/2022-03-cogent-ru"),
            ("2022-03-Cogent-RU ", "/cut/2022-03-cogent-ru"),
            ("  Roskomnadzor ", "/who/roskomnadzor"),
            ("hub.docker.com", "/d/docker.com"),
            ("https://hub.docker.com:443/r/x?y=z", "/d/docker.com"),
            ("WWW.Docker.IO", "/d/docker.io"),
            ("registry-1.docker.io", "/d/docker.io"),
            ("m.youtube.com", "/d/youtube.com"),
            ("cloud.google.com", "/d/google.com"),
            ("RUS", "/c/RU"),
            ("США", "/c/US"),
            ("Северная Корея", "/c/KP"),
            ("Etats-Unis", "/c/US"),
            ("Côte d'Ivoire", "/c/CI"),
            ("EU", "/ledger?country=EU"),
            ("Евросоюз", "/ledger?country=EU"),
            ("Крым", "/ledger?country=UA-43"),
            ("Crimea", "/ledger?country=UA-43"),
        ],
    )
    def test_what_is_meant_without_a_doubt_is_opened(self, site, words, address):
        assert _found(site, words) == address

    def test_the_language_is_kept(self, site):
        answer = site.client.get("/ru/search?q=RU", follow_redirects=False)
        assert answer.headers["location"] == "/ru/c/RU"

    def test_a_beginning_lists_by_what_it_is(self, site):
        page = site.get("/search?q=gith")
        assert "/d/github.com" in page.links
        assert "Services and domains" in page.words

    def test_words_of_records_are_found(self, site):
        page = site.get("/search?q=backbone+traffic")
        assert "/cut/2022-03-cogent-ru" in page.links

    @pytest.mark.parametrize("words", ["unmeasured.example", "президент.рф", "https://пример.рф/x"])
    def test_a_domain_that_nobody_knows_leads_to_how_to_ask(self, site, words):
        answer = _found(site, words)
        assert answer.status_code == 200
        assert "Nobody has measured" in answer.text
        assert 'href="/is-it-me"' in answer.text

    @pytest.mark.parametrize(
        ("words", "address"),
        [
            ("Гитхаб", "/who/github"),
            ("gihub", "/who/github"),
            ("gihub.com", "/d/github.com"),
            ("Коджент", "/who/cogent"),
            ("Росія", "/c/RU"),
            ("docekr.com", "/d/docker.com"),
        ],
    )
    def test_what_is_nearly_called_so_is_offered_and_never_opened(self, site, words, address):
        answer = _found(site, words)
        assert answer.status_code == 200
        assert "Did you mean one of these?" in answer.text
        assert f'href="{address}"' in answer.text

    def test_nothing_like_it_offers_nothing(self, site):
        answer = _found(site, "zzqqxx")
        assert "Nothing here is called so." in answer.text
        assert "Did you mean" not in answer.text
        assert "A service is found by its domain" in answer.text

    def test_a_network_that_nobody_knows_is_told_so(self, site):
        assert (
            "Nothing is known here of the network AS4200000001" in _found(site, "AS4200000001").text
        )

    @pytest.mark.parametrize(
        "words",
        [
            "",
            " ",
            "%",
            "_",
            "\\",
            "'",
            '"',
            "a" * 500,
            "AS" + "9" * 30,
            "*",
            "NEAR(",
            'q" OR "',
            "..",
            "//",
        ],
    )
    def test_what_is_no_name_breaks_nothing(self, site, words):
        answer = _found(site, words)
        assert answer.status_code == 200

    def test_what_people_look_for_is_kept_by_nobody(self, site):
        answer = site.client.get("/search", params={"q": "gith"})
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers

    def test_a_search_is_drawn_as_words(self, site):
        answer = site.client.get("/search", params={"q": "<b>\u202ex</b>"})
        assert "<b>" not in answer.text.replace("who<b>cut</b>", "")
        assert "\u202e" not in answer.text


class TestChanges:
    def test_what_began_is_told_with_its_n_and_its_week(self, site):
        page = site.get("/changes")
        assert any("network" in row[-1] and "measurement" in row[-1] for row in page.rows if row)
        assert "/cut/2022-03-cogent-ru" in page.links

    def test_one_country_alone(self, site):
        page = site.get("/changes?country=IR")
        links = [link for link in page.links if link.startswith("/d/")]
        assert all(link.endswith("/IR") for link in links)
        assert site.get("/changes?country=Iran").words == page.words

    def test_a_country_that_is_none_shows_all_and_says_so(self, site):
        assert "No country is called so" in site.get("/changes?country=Nowhere").words

    @pytest.mark.parametrize("query", ["page=0", "page=99999", "page=x", "kind=x", "kind=end"])
    def test_odd_questions_are_answered(self, site, query):
        site.get(f"/changes?{query}")


class TestDocuments:
    @pytest.mark.parametrize("name", method_names())
    def test_each_method_is_a_page(self, site, name):
        page = site.get(f"/methods/{name}")
        for link in page.links:
            if link.startswith("/"):
                path = link.partition("#")[0]
                assert re.fullmatch(r"/[\w/-]*", path), link

    def test_a_method_that_is_none_is_told_in_the_language(self, site):
        assert 'lang="fr"' in site.get("/fr/methods/none", 404).html
        site.get("/methods/..%2flicences", 404)

    def test_each_kind_of_rule_is_listed_and_each_id_has_its_page(self, site):
        kinds = {entry.kind for entry in entries()}
        listed_kinds = {link for link in site.get("/rules").links if "kind=" in link}
        assert len(listed_kinds) == len(kinds) - 1
        for kind in sorted(kinds):
            listed = site.get("/rules?kind=" + kind.replace(" ", "+"))
            assert len(listed.rows) > 1, kind
        one_of_each = {entry.kind: entry.id for entry in entries()}
        for kind, id_ in one_of_each.items():
            assert kind in site.get(f"/rules/{id_}").words

    def test_a_rule_that_is_none_names_close_ones(self, site):
        assert "Close:" in site.get("/rules/tls.reset.sn", 404).words

    def test_the_glossary_has_anchors(self, site):
        assert '<dt id="bot-check">bot check</dt>' in site.get("/glossary").html

    @pytest.mark.parametrize(
        "name", ["about", "data", "privacy", "press", "lawyers", "named-party"]
    )
    @pytest.mark.parametrize("language", ["", "/fr", "/ru"])
    def test_what_this_is_is_told_in_each_language(self, site, name, language):
        page = site.get(f"{language}/{name}")
        assert len(page.words) > 1200
        for link in page.links:
            if language and link.startswith("/") and not re.match("/(fr|ru)?(/|$)", link):
                assert link.count("/") == 1 or link == f"/{name}", link

    def test_data_says_what_this_edition_is_made_of(self, site, edition):
        words = site.get("/data").words
        assert f"{edition.access.facts.n_verdicts:,} measurements judged" in words
        assert "Natural Earth" in words
        assert "CC BY-NC-SA" in words
