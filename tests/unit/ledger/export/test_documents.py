"""JSON Lines, ClaimReview and BibTeX: what each says, and that none can be broken out of."""

import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.export.hostile import ACTORS, EVIL, disputed
from tests.unit.ledger.recording import ledger_of, made_record, source
from whocut.ledger.export.bibtex import bibtex, entry_key, escaped
from whocut.ledger.export.claimreview import claim_reviews, claim_reviews_of, script_safe
from whocut.ledger.export.lines import json_lines, line_of_record
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord, Source


class TestLines:
    def test_a_line_is_canonical_and_holds_the_record_that_was_hashed(self):
        record = disputed()
        (line,) = json_lines(ledger_of(record), ACTORS, [record])
        assert line.count(b"\n") == 1
        found = json.loads(line)
        assert rfc8785.dumps(found) + b"\n" == line
        assert hashlib.sha256(rfc8785.dumps(found["record"])).hexdigest() == found["sha256"]
        assert convert(found["record"], CutRecord, "line") == record

    def test_the_keys_are_there_whether_there_is_anything_to_say_or_not(self):
        one, other = disputed(), made_record("2023-01-bolt-ir")
        ledger = ledger_of(one, other)
        lines = [line_of_record(ledger, ACTORS, record) for record in (one, other)]
        assert lines[0].keys() == lines[1].keys()
        assert (lines[1]["replies"], lines[1]["retracted"]) == ((), None)

    def test_what_stands_beside_the_claim(self):
        record = disputed()
        (line,) = json_lines(ledger_of(record), ACTORS, [record])
        found = json.loads(line)
        assert found["retracted"] == {"on": "2022-05-01", "reason": "The page was a parody."}
        assert found["replies"][0]["by"] == "acme"
        assert [one["claimant"] for one in found["disputes"]["hypotheses"]] == ["bolt", "acme"]
        assert found["disputes"]["conflicts"][0]["field"] == "dates.announced"
        assert found["actors"].keys() == {"acme", "bolt"}
        assert found["actors"]["acme"]["basis"]["kind"] == "own"

    def test_sources_are_whole_with_shared_ones_and_own_knowledge(self):
        shared = {"letter": convert(source(title="Shared"), Source, "x")}
        record = disputed(notes=[{"text": "said there", "from": ["letter"]}])
        (line,) = json_lines(ledger_of(record, shared=shared), ACTORS, [record])
        found = {one["key"]: one for one in json.loads(line)["sources"]}
        assert found.keys() == {"s1", "s2", "s3", "letter", "own"}
        assert found["letter"]["title"] == "Shared"
        assert found["letter"]["is_shared"]
        assert (found["s2"]["is_read"], found["s2"]["grade_alone"]) == (False, "lead")


class _Scripts(HTMLParser):
    """Collect what a browser would run of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str | None] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.kinds.append(dict(attrs).get("type"))

    def handle_data(self, data):
        self.texts.append(data)


class TestClaimReview:
    def test_nothing_ends_the_script_around_it(self):
        record = disputed()
        text = claim_reviews(ledger_of(record), ACTORS, [record])
        page = _Scripts()
        page.feed(f'<script type="application/ld+json">{text}</script>')
        assert page.kinds == ["application/ld+json"]
        graph = json.loads("".join(page.texts))["@graph"]
        assert any(EVIL in one["claimReviewed"] for one in graph)

    @given(st.text())
    def test_any_text_is_safe_and_comes_back(self, text):
        written = script_safe({"text": text})
        assert not re.search("[<>&\u2028\u2029]", written)
        assert json.loads(written) == {"text": text}

    def test_no_verdict_on_truth(self):
        record = disputed()
        for review in claim_reviews_of(ledger_of(record), ACTORS, record):
            rating = review["reviewRating"]
            assert rating.keys() == {"@type", "alternateName", "ratingExplanation"}
            assert re.fullmatch(
                r"retracted; grade: (documented|excerpt|lead); "
                r"attribution: disputed \(grade: excerpt\)",
                rating["alternateName"],
            )
            assert "not whether it is true" in rating["ratingExplanation"]

    def test_who_claims_what(self):
        record = disputed()
        reviews = claim_reviews_of(ledger_of(record), ACTORS, record, base="https://whocut.example")
        told = {
            one["@id"].partition("#")[2]: [
                author["name"] for author in one["itemReviewed"].get("author", ())
            ]
            for one in reviews
        }
        # Where it is disputed who decided, the sources claim it and not the party; a ground that
        # nobody knows is no claim.
        assert told == {
            "event": ["News Example", "@Other"],
            "ground-1": ["Acme"],
            "account-1": ["Bolt"],
            "account-2": ["Acme"],
        }
        assert {one["url"] for one in reviews} == {"https://whocut.example/cut/2022-03-acme-ru"}

    def test_an_account_that_rests_on_a_link_is_a_lead(self):
        record = disputed(retracted=None)
        names = {
            one["@id"].partition("#")[2]: one["reviewRating"]["alternateName"]
            for one in claim_reviews_of(ledger_of(record), ACTORS, record)
        }
        assert names["account-1"].startswith("grade: excerpt")
        assert names["account-2"].startswith("grade: lead")

    def test_what_a_party_admits_is_its_own_claim(self):
        record = made_record(attribution={"status": "admitted", "from": ["s1"]})
        event = claim_reviews_of(ledger_of(record), ACTORS, record)[0]
        assert [one["name"] for one in event["itemReviewed"]["author"]] == ["Acme"]
        assert event["itemReviewed"]["datePublished"] == "2022-03-04"

    def test_replies_and_retraction_stand_beside_each(self):
        record = disputed()
        for review in claim_reviews_of(ledger_of(record), ACTORS, record):
            assert review["comment"][0]["text"].startswith("-We did not.")
            assert review["creativeWorkStatus"] == "retracted"
            assert review["correction"]["text"] == "The page was a parody."
            assert "Conflict on dates.announced" in review["reviewBody"]

    @pytest.mark.parametrize(
        ("date", "published"),
        [
            ("2022", "2022"),
            ("2022-03", "2022-03"),
            ("2022-03-04T17:00Z", "2022-03-04T17:00Z"),
            ("2022-03~", None),
            ("2022-21", None),
            ("2022-33", None),
            ("2022-03-04/2022-03-05", None),
        ],
    )
    def test_only_dates_that_schema_org_takes(self, date, published):
        record = made_record(sources={"s1": source(date=date)})
        event = claim_reviews_of(ledger_of(record), ACTORS, record)[0]
        assert event["itemReviewed"]["appearance"][0].get("datePublished") == published


def parse_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Read BibTeX as its own parser does: braces are counted, whatever LaTeX makes of them."""
    entries: dict[str, dict[str, str]] = {}
    for head in re.finditer(r"^@misc\{([^,{}\s\"#%~\\]+),\n", text, re.MULTILINE):
        fields: dict[str, str] = {}
        at = head.end()
        while text[at] != "}":
            name = re.compile(r"\s*([a-z]+)\s*=\s*").match(text, at)
            assert name, text[at : at + 40]
            at = name.end()
            if text[at] != "{":
                word = re.compile("[a-z]+").match(text, at)
                assert word, text[at : at + 40]
                fields[name[1]], at = word[0], word.end()
            else:
                start, depth = at, 0
                while True:
                    depth += {"{": 1, "}": -1}.get(text[at], 0)
                    at += 1
                    if depth == 0:
                        break
                fields[name[1]] = text[start + 1 : at - 1]
            assert text[at] == ","
            at = re.compile(r",\s*").match(text, at).end()
        assert head[1] not in entries
        entries[head[1]] = fields
    assert len(entries) == text.count("@misc{")
    return entries


class TestBibtex:
    def test_an_entry_for_each_address_and_none_for_own_knowledge(self):
        record, other = disputed(), made_record("2023-01-bolt-ir")
        entries = parse_bibtex(bibtex(ledger_of(record, other), [record, other]))
        assert len(entries) == 3
        shared = entries[entry_key(record.sources["s1"])]
        assert shared["keywords"] == "2022-03-acme-ru, 2023-01-bolt-ir"

    def test_what_was_read_and_what_is_said_against_it(self):
        record = disputed()
        entries = parse_bibtex(bibtex(ledger_of(record), [record]))
        link = entries[entry_key(record.sources["s2"])]
        assert link["note"] == (
            "dated 2022-03-05; known by its link, not read; alone it makes a lead only"
        )
        assert (link["year"], link["month"]) == ("2022", "mar")
        assert link["annote"] == (
            "2022-03-acme-ru (excerpt; attribution disputed; sources in conflict; "
            "the named party replied; retracted: The page was a parody.)"
        )
        assert entries[entry_key(record.sources["s1"])]["note"] == "read as an excerpt"

    def test_a_page_read_for_one_record_and_only_linked_in_another(self):
        record = made_record()
        other = made_record("2023-01-bolt-ir", sources={"s1": source(read="linked")})
        (entry,) = parse_bibtex(bibtex(ledger_of(record, other), [record, other])).values()
        assert entry["note"].startswith("read as an excerpt or known by its link, not read")

    def test_addresses_are_verbatim_and_balanced(self):
        record = disputed()
        entries = parse_bibtex(bibtex(ledger_of(record), [record]))
        assert entries[entry_key(record.sources["s2"])]["url"] == (
            "https://other.example/a_b%20c#d%7Be%7D"
        )

    @given(st.text())
    def test_any_text_is_balanced_and_without_bare_specials(self, text):
        written = escaped(text)
        depth = 0
        for char in written:
            depth += {"{": 1, "}": -1}.get(char, 0)
            assert depth >= 0
        assert depth == 0
        assert not re.search(r"(?<!\\)[$&%#_]", written)

    @given(st.text(min_size=1).filter(str.strip))
    def test_any_title_is_parsed(self, title):
        record = made_record(sources={"s1": source(title=title[:2000])})
        (entry,) = parse_bibtex(bibtex(ledger_of(record), [record])).values()
        assert entry["title"] == f"{{{escaped(title[:2000])}}}"

    def test_keys_do_not_hang_on_the_record(self):
        one, other = made_record(), made_record("2023-01-bolt-ir")
        assert entry_key(one.sources["s1"]) == entry_key(other.sources["s1"])
        assert re.fullmatch("whocut-[0-9a-f]{16}", entry_key(one.sources["s1"]))
