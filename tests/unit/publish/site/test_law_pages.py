"""The pages of lags and of the law: as the commands tell them, and no cause told of a lag."""

from typing import Final

import pytest
from litestar.testing import TestClient

from tests.unit.publish.site.ledger_editions import edition_of
from tests.unit.publish.site.pages.reading_pages import Site
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.edition.ledger_source import read_source
from whocut.publish.site.app import make_app
from whocut.publish.site.places import place_name
from whocut.publish.site.words import GROUPS

WORDS: Final = GROUPS["grade"]


@pytest.fixture(scope="module")
def source():
    return read_source()


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return edition_of(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def site(edition):
    with TestClient(make_app(lambda: edition, modules=("ledger", "lags", "law"))) as client:
        yield Site(client)


class TestLags:
    def test_anchors_stand_as_the_command_has_them(self, site):
        words = site.get("/lags?kind=exemption&by=sector").words
        assert "154 days" in words
        assert "own knowledge, no source seen" in words

    def test_a_length_that_ended_and_one_that_did_not(self, site, edition):
        single: list[str] = []
        for page in range(1, 9):
            single += [" ".join(row) for row in site.get(f"/lags?single={page}").rows if row]
        assert any("2019-07-github-multi" in one and "530 days" in one for one in single)
        assert any("so far, no end told" in one for one in single)

    def test_open_ones_are_counted_as_open(self, site, edition):
        found = edition.ledger.lags("country")
        figure = max(found.figures["length"], key=lambda one: one.n)
        assert figure.n_open > 0
        name, grade = place_name(text_in(Language.EN), figure.value), figure.grade.value
        rows = [row[1:4] for row in site.get("/lags").rows if row and row[0] == name]
        assert [WORDS[grade], str(figure.n), str(figure.n_open)] in rows

    def test_what_gives_no_figure_is_listed_with_its_reason(self, site):
        assert "refused to cut: nothing was cut" in site.get("/lags").words

    def test_no_lag_is_told_as_a_cause(self, site):
        assert "no proof that the one caused the other" in site.get("/lags").words


class TestLaw:
    def test_every_instrument_has_its_page(self, site, edition):
        listed = site.get("/law")
        for row in edition.ledger.instruments():
            assert f"/law/{row.id}" in listed.links
            read = site.get(f"/law/{row.id}")
            assert read.headings[0] == (1, " ".join(row.title.split()))
            assert "This is no legal advice." in read.words

    def test_a_version_leads_to_its_instrument(self, site):
        assert site.location("/law/us-russia-gl25a") == "/law/us-russia-gl25#us-russia-gl25a"
        assert site.location("/fr/law/us-russia-gl25a").startswith("/fr/law/us-russia-gl25")

    def test_what_it_exempts_and_leaves_out_is_told(self, site):
        words = site.get("/law/us-russia-gl25").words
        assert "Exempts from:" in words
        assert "leaves out:" in words

    def test_own_knowledge_is_marked(self, site, edition):
        own = next(
            row
            for row in edition.ledger.instruments()
            if any(one.own_from for one in edition.ledger.instrument(row.id).family.versions)
        )
        assert "own knowledge, no source seen" in site.get(f"/law/{own.id}").words

    def test_what_was_in_force_on_a_day(self, site):
        before = site.get("/law?country=Russia&on=2022-04-06")
        after = site.get("/law?country=RU&on=2022-04-07")
        exemption = "OFAC Russia-related General License 25"
        assert exemption not in [row[0] for row in before.rows if row]
        assert exemption in [row[0] for row in after.rows if row]

    def test_a_country_without_a_day_is_asked_again(self, site):
        assert "Both a country and a day are needed" in site.get("/law?country=RU").words

    def test_an_id_that_is_kept_says_so(self, site, source):
        retired = source.law.retired[0]
        assert retired.id in site.get(f"/law/{retired.id}", 410).words
        site.get("/law/nothing-of-ours", 404)
