"""A line of a list claims no more than the record: who, what, when."""

import pytest

from tests.unit.ledger.recording import ledger_of, made_actor, made_record
from whocut.cli.ledger_wording import (
    by_grade,
    date_words,
    filter_words,
    ground_words,
    places_told_apart,
    what_words,
    who_is_named,
)
from whocut.ledger.counts import ByGrade
from whocut.ledger.filters import Filters
from whocut.ledger.vocabulary import Sector

ACTORS = {
    one.id: one for one in (made_actor("acme", "Acme Inc."), made_actor("state", "State Body"))
}


def account(actor, claimant):
    return {"actor": actor, "claim": "It did.", "claimant": claimant, "from": ["s1"]}


def who(status, *accounts):
    known = {"status": status, "from": ["s1"]}
    if accounts:
        known["hypotheses"] = list(accounts)
    record = made_record(attribution=known)
    return who_is_named(ledger_of(record), ACTORS, record)


def what(**more):
    record = made_record(**more)
    return what_words(ledger_of(record), record)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("admitted", "Acme Inc."),
        ("alleged", "Acme Inc. (said by others)"),
        ("denied", "Acme Inc. (said by others, denied)"),
        ("measured_only", "not shown; sources name Acme Inc."),
        ("disputed", "disputed; accounts on nobody"),
    ],
)
def test_who_is_named_as_surely_as_it_is_known(status, words):
    assert who(status) == words


def test_where_it_is_disputed_every_account_is_named():
    accounts = (account("acme", "state"), account("state", "sources"), account("nobody", "acme"))
    assert who("disputed", *accounts) == "disputed; accounts on Acme Inc., State Body"
    assert who("alleged", *accounts) == "open; accounts on Acme Inc., State Body"


def test_what_was_done_in_part_as_a_plan_or_no_longer_held():
    assert what() == "disconnection of networks"
    assert what(kind="partial") == "disconnection of networks, in part"
    assert what(kind="rumour") == "disconnection of networks, a rumour"
    assert what(kind="refusal") == "refusal to cut service"
    undone = {"value": "no", "from": ["s1"]}
    gone = {"on": "2023-01-01", "reason": "another company"}
    assert what(carried_out=undone) == "disconnection of networks, not carried out"
    assert what(retracted=gone) == "disconnection of networks, retracted"


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"effective": ["2022-03-04T17:00Z"]}, "2022-03-04T17:00Z"),
        ({"effective": ["2022-03-04T17:00Z", "2022-03-05"]}, "2022-03-04T17:00Z +"),
        ({"announced": ["2022-03"]}, "2022-03 announced"),
        ({"effective": ["2022~"]}, "2022~"),
        ({"first_observed": ["2022"]}, "2022 observed"),
        ({}, "undated"),
    ],
)
def test_a_date_stands_as_it_is_told(dates, words):
    told = {kind: [{"on": day, "from": ["s1"]} for day in days] for kind, days in dates.items()}
    assert date_words(made_record(dates=told)) == words


def test_counts_filters_grounds_and_parts():
    assert by_grade(ByGrade(1200, 2, 1)) == "1,200 documented, 2 on one excerpt, 1 lead"
    asked = Filters(country="RU", sector=Sector.APP_STORE, since="2022")
    assert filter_words(asked) == "country RU, sector app_store, since 2022"
    claim = {"category": "sanctions_law", "text": "law", "claimant": "acme", "from": ["s1"]}
    assert ground_words(made_record(grounds=[claim, claim])) == "sanctions law"
    part = made_record(population={"places": ["UA-43"], "from": ["s1"]})
    both = made_record(population={"places": ["UA", "UA-43"], "from": ["s1"]})
    assert "UA-43 in 1 row" in places_told_apart([part, both], "UA")
    assert places_told_apart([both], "UA") == ""
