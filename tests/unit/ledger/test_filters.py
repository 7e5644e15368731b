"""Which records a filter finds, and which it must not."""

from datetime import date

import pytest

from tests.unit.ledger.recording import ledger_of, made_actor, made_record
from whocut.ledger.filters import (
    Filters,
    actor_family,
    actor_name,
    matching,
    near_names,
    places_within,
)
from whocut.ledger.vocabulary import Grade, GroundCategory, Kind, Sector
from whocut.model.errors import UsageError

ACTORS = {
    one.id: one
    for one in (
        made_actor("acme", "Acme Inc.", aliases=["Acme Network"], parent="holding"),
        made_actor("holding", "Holding plc"),
        made_actor("acme-cloud", "Acme Cloud", parent="acme"),
        made_actor("sister", "Sister", parent="holding"),
        made_actor("other", "Other"),
    )
}


def record(name, places=("RU",), **more):
    return made_record(name, population={"places": list(places), "from": ["s1"]}, **more)


def found(*records, **asked):
    ledger = ledger_of(*records)
    return [one.id for one in matching(ledger, ACTORS, Filters(**asked))]


def on(day, **more):
    return {"dates": {"effective": [{"on": day, "from": ["s1"]}], **more}}


class TestPlaces:
    RECORDS = (
        record("ua", ["UA"]),
        record("ua-43", ["IR", "UA-43"]),
        record("ru", ["RU"]),
        record("eu", ["EU"]),
        record("world", ["WORLD"]),
    )

    @pytest.mark.parametrize(
        ("asked", "ids"),
        [
            ("UA", ["ua", "ua-43"]),
            ("ua", ["ua", "ua-43"]),
            ("UA-43", ["ua-43"]),
            ("UA-4", []),
            ("RU", ["ru"]),
            ("EU", ["eu"]),
            ("DE", []),
            ("WORLD", ["world"]),
        ],
    )
    def test_a_country_finds_its_parts_and_no_other(self, asked, ids):
        assert found(*self.RECORDS, country=asked) == ids

    def test_parts_are_told_apart(self):
        assert places_within(self.RECORDS[1], "UA") == ["UA-43"]
        assert places_within(self.RECORDS[0], "UA") == ["UA"]


class TestActors:
    def test_parents_and_children_are_found_with_an_actor_and_sisters_are_not(self):
        assert actor_family(ACTORS, "acme") == {"acme", "holding", "acme-cloud"}
        assert actor_family(ACTORS, "acme network") == actor_family(ACTORS, "ACME INC.")
        assert actor_family(ACTORS, "holding") == {"holding", "acme", "acme-cloud", "sister"}

    def test_an_unknown_name_says_what_is_near(self):
        with pytest.raises(UsageError, match="near: acme"):
            actor_family(ACTORS, "acmee")

    @pytest.mark.parametrize("role", ["executor", "upstream"])
    def test_every_role_is_found(self, role):
        parties = {"decider": [{"actor": "other", "from": ["s1"]}]}
        parties[role] = [{"actor": "acme", "from": ["s1"]}]
        assert found(record("a", parties=parties), record("b"), actor="sister") == []
        assert found(record("a", parties=parties), actor="acme") == ["a"]

    def test_whom_an_account_names_is_found(self):
        accounts = [
            {"actor": "other", "claim": "It did.", "claimant": "acme", "from": ["s1"]},
            {"actor": "acme", "claim": "It did.", "claimant": "sources", "from": ["s1"]},
        ]
        known = {"status": "disputed", "hypotheses": accounts, "from": ["s1"]}
        assert found(record("a", attribution=known), actor="other") == ["a"]

    def test_names(self):
        assert actor_name(ACTORS, "acme") == "Acme Inc."
        assert actor_name(ACTORS, "nowhere") == "nowhere"
        assert actor_name(ACTORS, "sources") == "the sources"


class TestTime:
    @pytest.mark.parametrize(
        ("day", "since", "until", "is_found"),
        [
            ("2022-03-04", "2022", None, True),
            ("2022-03-04", "2022-03-05", None, False),
            ("2022-03", "2022-03-05", None, True),
            ("2022", "2022-03-05", "2022-03-06", True),
            ("2022-03-04T17:00Z", "2022-03-04", "2022-03-04", True),
            ("2022-03-04", None, "2022-03", True),
            ("2022-04-01", None, "2022-03", False),
            ("2022-03/..", "2030", None, True),
            ("[2021-01-01,2023-01-01]", "2022", "2022", False),
        ],
    )
    def test_dates_overlap_as_wide_as_they_are_told(self, day, since, until, is_found):
        assert bool(found(record("a", **on(day)), since=since, until=until)) is is_found

    def test_an_end_within_counts(self):
        ended = on("2020-01-01", ended=[{"on": "2022-05-01", "from": ["s1"]}])
        assert found(record("a", **ended), since="2022") == ["a"]

    @pytest.mark.parametrize(
        "asked", [{"since": "yesterday"}, {"until": "2022-13"}, {"since": "2023", "until": "2022"}]
    )
    def test_bad_dates_are_refused(self, asked):
        with pytest.raises(UsageError, match="--"):
            found(record("a"), **asked)

    def test_in_force_on_a_day_keeps_what_may_have_been(self):
        records = (
            record("before", **on("2022-03-04")),
            record("maybe", **on("2022")),
            record("after", **on("2023")),
        )
        assert found(*records, in_force=date(2022, 6, 1)) == ["maybe", "before"]


class TestValues:
    def test_all_that_is_asked_must_hold(self):
        records = (
            record("a", kind="refusal"),
            record("b", grounds=[
                {"category": "sanctions_law", "text": "law", "claimant": "acme", "from": ["s1"]},
                {"category": "commercial", "text": "fees", "claimant": "acme", "from": ["s1"]},
            ]),
        )  # fmt: skip
        assert found(*records, kind=Kind.REFUSAL) == ["a"]
        assert found(*records, ground=GroundCategory.COMMERCIAL) == ["b"]
        assert found(*records, grade=Grade.EXCERPT, sector=Sector.BACKBONE) == ["a", "b"]
        assert found(*records, grade=Grade.LEAD) == []
        assert found(*records, kind=Kind.REFUSAL, ground=GroundCategory.COMMERCIAL) == []

    def test_words_in_any_case_order_and_field(self):
        one = record(
            "a",
            how={"text": "Ports were closed.", "from": ["s1"]},
            domains=[{"domain": "example.org", "from": ["s1"]}],
            networks=[{"asn": "64500", "from": ["s1"]}],
        )
        for text in ("CLOSED ports", "example.org as64500", "news example", "acme network"):
            assert found(one, text=text) == ["a"], text
        assert found(one, text="ports opened") == []


def test_near_names_are_few_and_first_those_that_hold_the_word():
    names = [f"2022-03-acme-{n}" for n in range(9)]
    assert near_names("acme", names).count(",") == 4
    assert near_names("zzz", names) == ""
