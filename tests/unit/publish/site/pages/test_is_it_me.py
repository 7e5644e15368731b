"""Is it me? Plain answers that name nobody without need, leave no trace, and harm nobody."""

import re
from datetime import date

import pytest
from msgspec import structs

from tests.unit.publish.site.pages.rows import pair_row
from whocut.attribution.finding import Named
from whocut.attribution.tables import Tie
from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Status
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.site.plain_answer import (
    Said,
    certainty,
    headline,
    meaning,
    said_by_cell,
    said_by_findings,
    steps,
)

ENGLISH = text_in(Language.EN)
ANSWERS = {
    "served": Said.SERVED,
    "refused_service": Said.THEM,
    "refused_edge": Said.EDGE,
    "refused": Said.THEM_OR_EDGE,
    "interfered": Said.WAY,
    "two_causes": Said.BOTH,
    "target_down": Said.OUTAGE,
    "network_down": Said.NETWORK,
    "bot_check": Said.BOT,
    "cut_unattributed": Said.CUT,
    "insufficient": Said.UNSURE,
    "measurement_fault": Said.UNSURE,
}


class TestTheForm:
    def test_nothing_is_chosen_beforehand(self, site):
        read = site.get("/is-it-me")
        assert " selected" not in read.html
        assert 'method="post"' in read.html
        assert re.search(r'<option value="">Choose a country', read.html)

    def test_it_says_what_asking_costs(self, site):
        words = site.get("/is-it-me").words
        assert "We write down neither the question nor who asks." in words
        assert "Your network can see that you visit this site." in words

    @pytest.mark.parametrize(
        "service", ["", "junk", "<script>alert(1)</script>", "a b", "x" * 1999]
    )
    def test_junk_is_asked_again_politely(self, site, service):
        read = site.ask(service, "RU")
        assert "We could not read a name of a service in that." in read.words
        assert "<script>alert" not in read.html

    @pytest.mark.parametrize("country", ["", "ZZ", "atlantis", "R"])
    def test_an_unknown_country_is_asked_again(self, site, country):
        read = site.ask("example.org", country)
        assert "Choose the country in which it does not open." in read.words
        assert 'value="example.org"' in read.html


class TestNoTrace:
    @pytest.mark.parametrize("service", ["example.org", "nonesuch.example", "junk"])
    def test_no_question_in_a_title_an_address_or_a_store(self, site, service):
        read = site.ask(service, "RU")
        title = re.search("<title>(.*?)</title>", read.html, re.DOTALL)[1]
        assert "example" not in title
        assert "Russia" not in title
        assert str(site.answer.url).endswith("/is-it-me")
        assert site.answer.headers["cache-control"] == "no-store"
        assert "etag" not in site.answer.headers
        assert "set-cookie" not in site.answer.headers
        assert "noindex" in read.html
        others = re.findall(r'hreflang="[a-z]+" href="([^"]*)"', read.html)
        assert all("example" not in address for address in others)

    def test_a_question_in_an_address_is_not_taken(self, site):
        read = site.get("/is-it-me?service=example.org&country=RU")
        assert "example.org" not in read.html.replace("as in example.org", "")


class TestTheAnswer:
    @pytest.mark.parametrize(
        "service",
        [
            "example.org",
            "HTTPS://WWW.Example.ORG/a?b=c#d",
            " «example.org» ",
            "www.example.org:443",
        ],
    )
    def test_however_it_is_copied(self, site, service):
        words = site.ask(service, "RU").words
        assert "You asked about example.org from Russia." in words
        assert "Somebody on the way to the service interferes." in words

    def test_a_name_in_its_own_script(self, site):
        words = site.ask("Пример.рф", "ru").words
        assert "пример.рф" in words
        assert "We do not know. Nobody has measured it in this country." in words

    def test_old_answers_are_of_then(self, site):
        words = site.ask("example.org", "RU").words
        assert "How it is today we do not know. In the week of" in words

    def test_no_data_gives_claims_neighbours_and_how_to_measure(self, site):
        read = site.ask("github.com", "SY")
        assert "We do not know. Nobody has measured it in this country." in read.words
        assert "/cut/2019-07-github-multi" in read.links
        assert "/d/github.com/IR" in read.links
        assert "OONI Probe" in read.words
        assert "can be held against you" in read.words

    def test_a_refusal_gives_exemptions_and_an_appeal(self, site):
        read = site.ask("github.com", "IR")
        assert "It is not you. The service refuses this country." in read.words
        assert "Which exemptions are in force today?" in read.words
        assert "/law/us-31cfr-560-540" in read.links
        assert "/desk/report" in read.links
        assert "We give no advice on going around a sanction or a law." in read.words

    def test_a_host_is_answered_for_the_service_under_any_of_its_names(self, site):
        read = site.ask("https://hub.docker.com:443/r/library/x", "RU")
        assert "You asked about hub.docker.com from Russia." in read.words
        assert "Measurements are kept for the whole of docker.com" in read.words
        assert "By our table of services it has one more name: docker.io" in read.words
        assert "/cut/2024-05-dockerhub-ru" in read.links
        assert "No document of ours speaks of this service" not in read.words

    def test_measured_under_another_name(self, site):
        words = site.ask("githubcopilot.com", "IR").words
        assert "githubcopilot.com itself was not measured." in words
        assert "The service refuses this country." in words

    def test_what_was_given_back_is_told_with_what_was_taken(self, site):
        read = site.ask("github.com", "IR")
        assert "/cut/2021-01-github-ir-restored" in read.links
        assert "/cut/2021-01-github-ir-restored" not in site.ask("github.com", "SY").links

    def test_no_probe_sees_an_account_and_the_answer_says_so(self, site):
        words = site.ask("github.com", "SY").words
        assert "no probe measures them" in words
        assert words.index("Ask the service why, in writing") < words.index("OONI Probe")
        assert "no probe measures them" not in site.ask("hub.docker.com", "RU").words

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [("GitHub", "github.com"), ("Гитхаб", "github.com"), ("gihub.com", "github.com")],
    )
    def test_a_company_or_a_slip_is_offered_in_a_form_of_its_own(self, site, typed, offered):
        html = site.ask(typed, "IR").html
        assert "Did you mean one of these?" in html
        form = html[html.rindex("<form", 0, html.index("Did you mean")) :].partition("</form>")[0]
        assert 'action="/is-it-me" method="post"' in form
        assert f'<button class="quiet" name="service" value="{offered}">' in form
        assert '<input type="hidden" name="country" value="IR">' in form
        # The return key in the field of the service must not press one of these.
        assert 'id="service"' not in form

    def test_what_is_known_is_not_questioned(self, site):
        assert "Did you mean" not in site.ask("github.com", "IR").words
        assert "Did you mean" not in site.ask("zzqqxx", "IR").words

    def test_two_causes(self, site):
        assert "Two causes are at work at once." in site.ask("github.com", "RU").words

    def test_an_outage_accuses_nobody(self, site):
        words = site.ask("down.example", "RU").words
        assert "It is down for everybody." in words
        assert "refuse" not in words.partition("How is it elsewhere")[0]

    def test_a_check_for_machines(self, site):
        assert "It is a check for machines." in site.ask("bots.example", "RU").words

    def test_the_laboratory_says_so(self, site):
        assert "emulated laboratory" in site.ask("lab.example", "XA").words

    def test_in_other_languages(self, site):
        assert site.ask("example.org", "RU", "/ru").html.startswith("<!doctype html>\n<html lang")


class TestWhatIsSaid:
    @pytest.mark.parametrize(("answer", "said"), ANSWERS.items())
    def test_by_the_cell(self, answer, said):
        assert said_by_cell(pair_row("RU", answer)) is said

    def test_without_a_cell_nobody_knows(self):
        assert said_by_cell(None) is Said.NOTHING

    @pytest.mark.parametrize("said", Said)
    def test_everything_has_words_and_steps(self, said):
        assert headline(ENGLISH, said)
        assert meaning(ENGLISH, said)
        assert steps(ENGLISH, said)

    @pytest.mark.parametrize("said", Said)
    def test_no_step_leads_around_a_law_or_into_danger(self, said):
        words = " ".join(steps(ENGLISH, said)).lower()
        assert not re.search(r"\bvpn\b|\btor\b|proxy|bypass|circumvent", words)
        if "ooni probe" in words:
            assert "know this first" in words

    def test_an_exemption_is_only_named_where_one_is_in_force(self):
        there = steps(ENGLISH, Said.THEM, has_exemption=True)
        assert len(there) == len(steps(ENGLISH, Said.THEM, has_exemption=False)) + 1


@pytest.fixture(scope="session")
def finding(edition):
    """A strong finding that somebody on the way interferes, on measurements of these weeks."""
    (found, *_) = edition.findings.of_pair("RU", "example.org")
    return structs.replace(
        found,
        status=Status.HELD,
        holds=(HypothesisId.STATE_INTERFERES,),
        grade=FindingGrade.STRONG,
        named=(),
        until=None,
    )


class TestByFindings:
    row = pair_row("RU", "interfered")

    def test_a_state_is_only_said_where_one_is_named(self, finding):
        assert said_by_findings([finding], self.row) is Said.WAY
        who = Named(
            party="rkn",
            name="Roskomnadzor",
            hypothesis=HypothesisId.STATE_INTERFERES,
            grade=FindingGrade.STRONG,
            why=next(iter(Tie)),
            evidence=(),
        )
        assert said_by_findings([structs.replace(finding, named=(who,))], self.row) is Said.STATE
        weak = structs.replace(who, grade=FindingGrade.SUGGESTIVE)
        assert said_by_findings([structs.replace(finding, named=(weak,))], self.row) is Said.WAY

    def test_a_suggestive_finding_leaves_the_cell_to_answer(self, finding):
        weak = structs.replace(
            finding, grade=FindingGrade.SUGGESTIVE, holds=(HypothesisId.SERVICE_DECIDED,)
        )
        assert said_by_findings([weak], self.row) is Said.WAY

    def test_what_is_only_claimed_or_long_over_answers_nothing(self, finding):
        decided = structs.replace(finding, holds=(HypothesisId.SERVICE_DECIDED,))
        assert said_by_findings([decided], self.row) is Said.THEM
        claimed = structs.replace(decided, n_measured=0)
        assert said_by_findings([claimed], self.row) is Said.WAY
        over = structs.replace(decided, until=date(2023, 1, 1))
        assert said_by_findings([over], self.row) is Said.WAY
        assert said_by_findings([decided], None) is Said.NOTHING

    def test_a_dispute_stays_one(self, finding):
        disputed = structs.replace(finding, status=Status.DISPUTED)
        assert said_by_findings([disputed], self.row) is Said.DISPUTED
        assert said_by_findings([disputed], pair_row("RU", "served")) is Said.SERVED

    def test_both_sides_at_once(self, finding):
        both = (HypothesisId.STATE_INTERFERES, HypothesisId.SERVICE_DECIDED)
        assert said_by_findings([structs.replace(finding, holds=both)], self.row) is Said.BOTH
        of_service = (HypothesisId.EDGE_DECIDED, HypothesisId.SERVICE_DECIDED)
        said = said_by_findings([structs.replace(finding, holds=of_service)], self.row)
        assert said is Said.THEM_OR_EDGE

    def test_certainty_by_the_grade_of_a_finding_that_holds_the_same(self, finding):
        assert "strong" in certainty(ENGLISH, Said.WAY, [finding], self.row)
        weak = structs.replace(finding, grade=FindingGrade.SUGGESTIVE)
        assert "not enough to be sure" in certainty(ENGLISH, Said.WAY, [weak], self.row)
        other = structs.replace(finding, holds=(HypothesisId.OUTAGE,))
        for found in ([], [other]):
            assert "no finding" in certainty(ENGLISH, Said.WAY, found, self.row)
        assert certainty(ENGLISH, Said.NOTHING, [], None) == ""
        assert certainty(ENGLISH, Said.UNSURE, [finding], self.row) == ""
