"""The pages of the ledger: everything that is known stands there, escaped, and nothing more."""

import csv
import io
import json
import re
from collections import Counter
from itertools import combinations
from typing import Final

import brotli
import pytest
from litestar.testing import TestClient

from tests.unit.publish.site.ledger_editions import HOSTILE, edition_of, made_source
from tests.unit.publish.site.pages.reading_pages import Site
from whocut.i18n.language import Language
from whocut.i18n.text import isolate, text_in
from whocut.ledger.claims import UNKNOWN_DOER, Voice
from whocut.ledger.counts import count_by, count_grades
from whocut.ledger.export.forms import exported
from whocut.ledger.filters import Filters, matching
from whocut.ledger.harms import load_harms
from whocut.ledger.scorecard import Material, Standing, cards_of_all
from whocut.ledger.vocabulary import Grade, Kind
from whocut.publish.edition.actor_records import TOLD
from whocut.publish.edition.ledger_countries import grades_of
from whocut.publish.edition.ledger_source import read_source
from whocut.publish.site.app import make_app
from whocut.publish.site.assets import assets
from whocut.publish.site.claim_sentences import claim_sentence
from whocut.publish.site.pages import ledger as ledger_pages
from whocut.publish.site.words import GROUPS

_MODULES: Final = ("ledger", "cut", "actor", "lags", "law", "statement")
_MOST_BYTES: Final = 40_000
WORDS: Final = GROUPS["grade"]


@pytest.fixture(scope="module")
def source():
    return read_source()


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return edition_of(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def site(edition):
    with TestClient(make_app(lambda: edition, modules=_MODULES)) as client:
        yield Site(client)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    edition = edition_of(tmp_path_factory.mktemp("made"), made_source())
    with TestClient(make_app(lambda: edition, modules=_MODULES)) as client:
        yield Site(client)


def _plain(words: str) -> str:
    return " ".join(re.sub("[\u2066-\u2069]", "", words).split())


def _ids(read) -> list[str]:
    found = [one.rpartition("/cut/")[2] for one in read.links if one.startswith("/cut/")]
    return list(dict.fromkeys(found))


class TestLedger:
    def test_it_lists_records_the_newest_first_and_goes_on(self, site, edition):
        first, second = site.get("/ledger"), site.get("/ledger?page=2")
        rows, total = edition.ledger.rows(None, 1, 50)
        assert _ids(first) == [one.id for one in rows]
        assert not set(_ids(first)) & set(_ids(second))
        assert f"Page 1 of {-(-total // 50)}" in first.words

    @pytest.mark.parametrize(
        "asked",
        [
            {"country": "IR"},
            {"country": "UA-43"},
            {"actor": "GitHub"},
            {"sector": "gaming"},
            {"layer": "payment"},
            {"kind": "refusal"},
            {"ground": "censorship_law"},
            {"grade": "lead"},
            {"since": "2024", "until": "2024-06", "country": "RU"},
        ],
    )
    def test_a_filter_finds_what_the_command_finds(self, site, source, asked):
        given = {
            name: value
            for name, value in asked.items()
            if name in ("country", "actor", "since", "until")
        }
        found = matching(source.ledger, source.actors, Filters(**given))
        for name in ("sector", "layer", "kind", "ground", "grade"):
            if name in asked:
                rows = dict(count_by(name, found, source.actors)) if name != "grade" else {}
                if name == "grade":
                    expected = count_grades(found).lead
                else:
                    expected = sum(map(int, _each(rows[asked[name]])))
                break
        else:
            expected = len(found)
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        seen: list[str] = []
        for page in range(1, 9):
            read = site.get(f"/ledger?{query}&page={page}")
            if "No record is found" in read.words:
                break
            seen += _ids(read)
        assert len(seen) == len(set(seen)) == expected > 0

    def test_the_count_beside_a_choice_is_what_it_finds(self, site, edition):
        html = site.get("/ledger?country=RU").html
        told = re.search(r'value="gaming"[^>]*>[^<(]*\((\d+) / (\d+) / (\d+)\)', html)
        assert told is not None
        found = site.get("/ledger?country=RU&sector=gaming")
        assert sum(map(int, told.groups())) == len(_ids(found))

    def test_grades_are_never_added_up(self, site, source):
        counts = count_grades(source.ledger.records.values())
        words = site.get("/ledger").words
        assert (
            f"{counts.documented} documented, {counts.excerpt} on one excerpt, {counts.lead} leads"
        ) in words
        assert str(len(source.ledger.records)) not in words

    def test_what_is_asked_for_stands_there_and_can_be_taken_away(self, site):
        read = site.get("/ledger?country=RU&sector=gaming")
        assert "Place: Russia" in read.words
        assert "/ledger?sector=gaming" in read.links
        assert "/ledger?country=RU" in read.links

    def test_sorted_otherwise_it_holds_the_same_records(self, site):
        newest = _ids(site.get("/ledger?country=SY"))
        oldest = _ids(site.get("/ledger?country=SY&sort=oldest"))
        assert newest[0] != oldest[0]
        assert sorted(newest) == sorted(oldest) == _ids(site.get("/ledger?country=SY&sort=id"))

    def test_what_is_no_date_is_said_to_be_none(self, site):
        read = site.get("/ledger?since=%3Cb%3E2022")
        assert "<b>2022 is no date" in read.words
        assert "<b>2022" not in read.html

    def test_what_is_no_value_leaves_its_side_open(self, site):
        assert _ids(site.get("/ledger?sector=%27;--")) == _ids(site.get("/ledger"))

    def test_nothing_found_is_no_proof_of_nothing(self, site):
        assert "No record is no proof" in site.get("/ledger?q=zzzzzz").words

    def test_a_disputed_record_names_nobody_as_the_doer(self, site, edition):
        read = site.get("/ledger?country=RU&q=youtube+2024")
        assert "disputed accounts name:" in read.words


def _each(count) -> tuple[int, int, int]:
    return count.documented, count.excerpt, count.lead


class TestGivenAway:
    def test_csv_holds_the_rows_of_the_command(self, site, source, monkeypatch):
        monkeypatch.setattr(ledger_pages, "GIVEN_ROWS", 90)
        rows = _all_rows(site, "/ledger.csv")
        records = list(source.ledger.records.values())
        told = exported("csv", source.ledger, source.actors, records).decode()
        expected = list(csv.DictReader(io.StringIO(told, newline="")))
        assert sorted(rows, key=lambda one: one["id"]) == sorted(
            expected, key=lambda one: one["id"]
        )
        assert len(rows) == len(records)

    def test_json_holds_the_lines_of_the_command(self, site, source):
        answer = site.client.get("/ledger.json?country=IR")
        assert answer.headers["content-type"] == "application/json"
        found = answer.json()
        wanted = matching(source.ledger, source.actors, Filters(country="IR"))
        told = exported("jsonl", source.ledger, source.actors, wanted).splitlines()
        expected = {one["id"]: one for one in map(json.loads, told)}
        assert {one["id"]: one for one in found["records"]} == expected
        assert found["meta"]["n"] == len(expected)
        assert found["meta"]["next"] is None

    def test_one_answer_is_bounded_and_says_where_the_next_is(self, site, monkeypatch):
        monkeypatch.setattr(ledger_pages, "GIVEN_ROWS", 10)
        answer = site.client.get("/ledger.json?country=RU")
        assert len(answer.json()["records"]) == 10
        following = re.fullmatch(r'<(.+)>; rel="next"', answer.headers["link"])
        assert following is not None
        assert following[1] == answer.json()["meta"]["next"]
        after = site.client.get(following[1]).json()["records"]
        seen = {one["id"] for one in answer.json()["records"]}
        assert len(after) == 10
        assert not seen & {one["id"] for one in after}

    def test_a_formula_in_a_cell_is_none(self, made):
        text = made.client.get("/ledger.csv").text
        for row in csv.reader(io.StringIO(text, newline="")):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def _all_rows(site, address: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    while address:
        answer = site.client.get(address)
        assert answer.headers["content-type"].startswith("text/csv")
        rows += csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        address = link[1] if link else ""
    return rows


class TestCut:
    def test_every_record_has_its_page(self, site, edition, source):
        english = text_in(Language.EN)
        for id_, record in source.ledger.records.items():
            read = site.get(f"/cut/{id_}")
            row = edition.ledger.row(id_)
            assert _plain(claim_sentence(english, row.claim)) in _plain(read.words), id_
            for one in record.sources.values():
                assert " ".join(one.title.split()) in read.words, (id_, one.title)
                assert one.url is None or one.url in read.links, id_
            targets = {one for one in read.links if re.fullmatch(r"#s\d+", one)}
            assert targets, id_
            assert all(f'id="{one[1:]}"' in read.html for one in targets), id_
            for text in (*record.grounds, *record.notes, *record.conflicts, *record.collateral):
                # A key of a source is written as the number of the source.
                begin, *more = re.split(r"\bs\d+\b", " ".join(text.text.split()))
                written = r"(s\d+|\[\d+\])".join(re.escape(one) for one in (begin, *more))
                assert re.search(written, read.words), id_

    def test_a_card_names_its_records_in_words(self, site):
        read = site.get("/statement/RU")
        shown = [words for link, words in read.links.items() if link.startswith("/cut/")]
        assert shown
        assert not [one for one in shown if re.search(r"\d{4}-\d{2}-", one)]
        # Where it is not shown who decided, no name stands beside it.
        lines = {one for row in read.rows for one in row if "who decided is not shown" in one}
        assert any("loss of access" in one for one in lines)
        assert not [one for one in lines if "Microsoft" in one]

    def test_sources_are_named_by_their_numbers(self, site):
        words = site.get("/cut/2022-03-cogent-ru").words
        assert "Rostelecom is named by [1], [2], [3] and [5]." in words

    def test_what_gave_it_back_stands_at_the_top(self, site):
        words = _plain(site.get("/cut/2019-07-github-multi").words)
        assert words.index("GitHub restored service") < words.index("What the named party replies")

    def test_every_value_says_by_what_it_is_witnessed(self, site):
        words = site.get("/cut/2022-03-cogent-ru").words
        assert words.count("documented]") + words.count("on one excerpt]") > 5

    def test_two_tellings_of_a_day_stand_side_by_side(self, site):
        read = site.get("/cut/2022-03-cogent-ru")
        days = [row[1] for row in read.rows if row and row[0] == "In effect from"]
        assert len(days) > 1
        assert "4 March 2022, 17:00 UTC" in days
        assert "5 March 2022" in days
        assert "Sources disagree" in read.words

    def test_the_drawing_has_a_name_and_its_table(self, site):
        html = site.get("/cut/2022-03-cogent-ru").html
        assert 'role="img" aria-labelledby="moments-t"' in html
        assert '<title id="moments-t">' in html
        assert "<caption>Every telling" in html

    def test_the_population_that_is_named_stands_beside_the_one_that_is_hit(self, site):
        headings = [one for _, one in site.get("/cut/2018-12-slack-ir-diaspora").headings]
        assert headings.index("Who is cut off") + 1 == headings.index(
            "Whom the decider or its page names"
        )

    def test_accounts_of_a_dispute_stand_side_by_side_and_nobody_decided(self, site, edition):
        rows, _ = edition.ledger.rows(None, 1, 500)
        disputed = [one for one in rows if one.voice in (Voice.DISPUTED, Voice.OPEN)]
        assert len(disputed) >= 9
        for row in disputed:
            read = site.get(f"/cut/{row.id}")
            assert "The accounts, side by side" in read.words, row.id
            assert "Said to have decided, not settled" in read.words, row.id
            assert "<dt>Decided</dt>" not in read.html, row.id

    def test_the_law_of_the_day_says_that_it_is_no_advice(self, site):
        read = site.get("/cut/2022-03-cogent-ru")
        assert "This is no legal advice." in read.words
        assert "permitted, not required" in read.words
        assert "illegal" not in read.words.replace("No answer calls an act illegal", "")

    def test_ties_read_from_both_ends(self, site):
        cut = site.get("/cut/2019-07-github-multi")
        back = site.get("/cut/2021-01-github-ir-restored")
        assert "Restored, in whole or in part, by" in cut.words
        assert "/cut/2021-01-github-ir-restored" in cut.links
        assert "Restores what this record tells of" in back.words

    def test_it_can_be_cited_and_checked(self, site, edition):
        read = site.get("/cut/2022-03-cogent-ru")
        citing = edition.ledger.citing("2022-03-cogent-ru")
        assert citing.sha256 in read.words
        assert citing.seal in read.words
        assert "@misc{whocut-2022-03-cogent-ru" in read.words

    def test_it_can_be_taken_whole(self, site, source):
        answer = site.client.get("/cut/2022-03-cogent-ru.json")
        record = source.ledger.records["2022-03-cogent-ru"]
        told = exported("jsonl", source.ledger, source.actors, [record])
        assert answer.headers["content-type"] == "application/json"
        assert answer.content == told
        assert "/cut/2022-03-cogent-ru.json" in site.get("/cut/2022-03-cogent-ru").links
        assert site.client.get("/cut/nothing.json").status_code == 404

    def test_nobody_replied_is_said_and_a_reply_is_asked_for(self, site):
        read = site.get("/cut/2022-03-cogent-ru")
        assert "None received. A named party may reply" in read.words
        assert "/desk/reply?about=2022-03-cogent-ru" in read.links

    def test_what_is_not_there_is_said_with_its_status(self, site):
        assert "No record of the ledger has this id" in site.get("/cut/nothing", 404).words

    @pytest.mark.parametrize("language", ["fr", "ru"])
    def test_links_stay_in_the_readers_language(self, site, language):
        read = site.get(f"/{language}/cut/2019-07-github-multi")
        assert f"/{language}/who/github" in read.links
        assert f"/{language}/cut/2021-01-github-ir-restored" in read.links


class TestMadeRecords:
    def test_hostile_words_are_words(self, made):
        addresses = ["/ledger", "/cut/2022-03-hostile-ru", "/who/acme", "/lags", "/statement/RU"]
        for address in addresses:
            read = made.get(address)
            assert read.html.count("<script") == 1, address
            assert "<img" not in read.html, address
            assert "\u202e" not in read.html, address
        assert read.words
        assert " ".join(HOSTILE.split()) in made.get("/cut/2022-03-hostile-ru").words

    def test_a_hostile_address_stays_an_attribute(self, made):
        html = made.get("/cut/2022-03-hostile-ru").html
        assert "'onmouseover='" not in html

    def test_a_hostile_question_is_shown_as_words(self, made):
        read = made.get("/ledger?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&country=%3Cb%3E")
        assert read.html.count("<script") == 1
        assert "<b>" not in read.html.replace("who<b>cut</b>", "")

    def test_the_reply_stands_beside_the_claim_before_anything_else(self, made):
        read = made.get("/cut/2022-03-hostile-ru")
        words = read.words
        assert words.index("We did not.") < words.index("Reported to have decided")
        assert "verified by the signature of its mail server" in words
        assert "Asked on 20 March 2022:" in words

    def test_a_retraction_stands_on_top(self, made):
        read = made.get("/cut/2022-04-acme-retracted")
        retracted = read.words.index("Retracted on 5 January 2023, and no longer held.")
        assert retracted < read.words.index("announced a disconnection of networks")
        assert "It was another company." in read.words

    def test_a_plan_that_came_to_nothing_is_told_as_one(self, made):
        read = made.get("/cut/2022-06-acme-undone")
        assert "announced a plan: disconnection of networks" in read.words
        assert "It was not carried out." in read.words
        moments = [row[0] for row in read.rows if row]
        assert moments.count("Was to take effect, and did not") == 2
        assert "Withdrawn" in moments

    def test_a_record_without_a_day_has_no_law_and_no_drawing(self, made):
        read = made.get("/cut/2022-07-acme-undated")
        assert "No source gives a date." in read.words
        assert "no day's law can be looked up" in read.words
        assert "<svg" not in read.html

    def test_each_record_of_an_actor_stands_in_its_own_list(self, made):
        read = made.get("/who/acme")
        lists = _lists_of(read)
        assert lists["not-done"] == ["2022-06-acme-undone"]
        assert lists["retracted"] == ["2022-04-acme-retracted"]
        assert set(lists["accused"]) == {
            "2022-03-hostile-ru",
            "2022-05-acme-disputed",
            "2022-07-acme-undated",
        }
        assert "did" not in lists
        assert lists["replied"] == ["2022-03-hostile-ru"]


def _lists_of(read) -> dict[str, list[str]]:
    """Give the records under each heading of an actor's page."""
    found = {}
    for part in re.split(r'<h2 id="', read.html)[1:]:
        name = part.partition('"')[0]
        ids = re.findall(r'<th scope="row"><a href="/cut/([^"]+)"', part)
        if ids:
            found[name] = ids
    return found


class TestActor:
    def test_lists_are_never_mixed(self, edition, source):
        all_rows, _ = edition.ledger.rows(None, 1, 500)
        whole = edition.ledger.lists_of_actors(500, 500)
        for id_ in source.actors:
            records = whole.records(id_)
            lists = {name: {one.id for one in getattr(records, name).rows} for name in TOLD}
            for one, other in combinations(lists.values(), 2):
                assert not one & other, id_
            for name in ("did", "refused", "restored", "not_done"):
                assert all(one.voice is Voice.ANNOUNCED for one in getattr(records, name).rows), id_
            assert all(one.kind is Kind.REFUSAL for one in records.refused.rows)
            decided = {one.id for one in all_rows if id_ in {party.id for party in one.deciders}}
            assert decided <= set().union(*lists.values()), id_

    def test_what_is_disputed_or_measured_is_nobodys_own(self, edition):
        rows, _ = edition.ledger.rows(None, 1, 500)
        whole = edition.ledger.lists_of_actors(500, 500)
        for row in rows:
            if row.voice in UNKNOWN_DOER:
                for party in row.deciders:
                    records = whole.records(party.id)
                    accused = (*records.accused.rows, *records.retracted.rows)
                    assert row.id in {one.id for one in accused}

    def test_whom_an_account_names_is_accused_and_no_more(self, edition):
        rows, _ = edition.ledger.rows(None, 1, 500)
        whole = edition.ledger.lists_of_actors(500, 500)
        named = {
            (one.named.id, row.id): row.is_retracted
            for row in rows
            for one in row.claim.accounts
            if one.named is not None and one.named.id not in {party.id for party in row.deciders}
        }
        assert named
        for (actor, record), is_retracted in named.items():
            records = whole.records(actor)
            own = {name: {one.id for one in getattr(records, name).rows} for name in TOLD}
            places = [name for name, ids in own.items() if record in ids]
            assert places == ["retracted" if is_retracted else "accused"], (actor, record)

    def test_what_is_shown_is_the_beginning_of_what_is_counted(self, edition, source):
        for id_ in source.actors:
            few = edition.ledger.lists_of_actors(500, 2).records(id_)
            whole = edition.ledger.lists_of_actors(500, 500).records(id_)
            for name in (*TOLD, "replied", "executed", "behind"):
                part, all_ = getattr(few, name), getattr(whole, name)
                assert part.rows == all_.rows[:2]
                assert part.n == all_.n == len(all_.rows)
                assert part.count == grades_of(all_.rows)

    def test_looked_at_are_so_many_and_the_page_says_that_there_are_more(self, edition):
        lists = edition.ledger.lists_of_actors(1, 15)
        records = lists.records("github")
        assert records.is_more
        assert sum(getattr(records, name).n for name in TOLD) <= 1

    def test_a_restoration_stands_apart_from_the_cut(self, site):
        lists = _lists_of(site.get("/who/github"))
        assert "2021-01-github-ir-restored" in lists["restored"]
        assert "2019-07-github-multi" in lists["did"]

    def test_a_refusal_stands_in_its_list(self, site):
        assert "2022-03-icann-refusal" in _lists_of(site.get("/who/icann"))["refused"]

    def test_others_under_the_same_law_are_named_without_a_verdict(self, site):
        read = site.get("/who/github")
        assert "Others who cut off, by their own word" in read.words
        assert "no proof that either is right" in read.words

    def test_each_fact_says_on_what_it_rests(self, site):
        read = site.get("/who/cogent")
        assert "[ own knowledge ]" in read.words or "shown by a record" in read.words
        assert "/as/174" in read.links

    def test_a_party_that_nobody_names_is_never_a_named_one(self, site, source):
        unnamed = next(one for one in source.actors.values() if one.is_unnamed)
        assert "No source names this party" in site.get(f"/who/{unnamed.id}").words

    def test_nobody_of_that_name_is_said(self, site):
        assert "has this id" in site.get("/who/nobody-at-all", 404).words


class TestStatement:
    def test_every_country_counts_what_its_card_counts(self, site, source, edition):
        material = Material(
            ledger=source.ledger,
            actors=source.actors,
            harms=load_harms(),
            versions=source.law.versions,
        )
        cards = {one.country: one for one in cards_of_all(material, edition.ledger.facts.newest)}
        assert len(cards) > 30
        for country, tallies in edition.ledger.scorecard_tallies():
            told = {(one.call, one.standing, one.grade): one.n for one in tallies}
            counted = Counter(
                (call.call.number, entry.standing, entry.grade)
                for call in cards[country].calls
                for entry in call.entries
            )
            assert told == dict(counted), country
        read = site.get("/statement")
        russia = [
            sum(one.grade is grade and one.standing is Standing.IN_FORCE for one in call.entries)
            for call in cards["RU"].calls[:1]
            for grade in Grade
        ]
        assert read.row("Russia")[1] == " / ".join(map(str, russia))

    def test_only_words_of_the_statement_are_quoted(self, site):
        quoted = re.findall(r"<q[^>]*>([^<]+)</q>", site.get("/statement").html)
        assert len(quoted) == 13
        assert max(map(len, quoted)) < 130

    def test_no_figure_stands_over_all_calls(self, site):
        words = site.get("/statement").words
        assert "total" not in words.lower()
        assert "Nothing is added over grades or calls" in words

    def test_the_card_of_a_country(self, site):
        read = site.get("/statement/RU")
        assert next(one for level, one in read.headings if level == 2).startswith("1. Connectivity")
        assert "by whom is not established" in read.words
        site.get("/statement/XX", 404)


@pytest.mark.parametrize(
    "address",
    [
        "/ledger",
        "/ledger?country=RU",
        "/cut/2022-03-cogent-ru",
        "/who/google",
        "/who/roskomnadzor",
        "/lags",
        "/law",
        "/law/us-russia-gl25",
        "/law/us-eo-14024",
        "/statement",
        "/statement/RU",
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_a_page_and_its_sheet_weigh_little(site, address, language):
    prefix = "" if language is Language.EN else f"/{language}"
    read = site.get(prefix + address)
    sheet = assets()["site.css"].plain
    weight = len(brotli.compress(read.html.encode(), quality=5)) + len(brotli.compress(sheet))
    assert weight < _MOST_BYTES


def test_a_name_is_isolated(site, edition):
    row = edition.ledger.row("2022-03-cogent-ru")
    assert isolate(row.deciders[0].name) in site.get("/cut/2022-03-cogent-ru").html
