"""No number tells of fewer than five, and no difference of two publications does."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.publish.desk.filling import KEY, TODAY, a_report, accept, an_id, put
from whocut.attribution.bundle import EVIDENCE_TYPES, Report
from whocut.attribution.vocabulary import EvidenceKind
from whocut.model.errors import DamagedDataError, UsageError
from whocut.publish.desk.counts import (
    LEAST,
    CountRow,
    Counts,
    Grain,
    count_reports,
    counts_of,
    read_counts,
    write_counts,
)
from whocut.publish.desk.decisions import (
    Decided,
    Decision,
    Outcome,
    Standing,
    load_decisions,
)
from whocut.publish.desk.form import Happened
from whocut.publish.desk.queue import Opened, open_all
from whocut.publish.desk.report_evidence import evidence_of


def opened(number: int, outcome=Outcome.ACCEPTED, subject="", **changes) -> Opened:
    about = an_id(number)
    decision = Decision(about=about, outcome=outcome, by="anna", on=TODAY, subject=subject)
    standing = Standing((Decided(f"{about}.anna.x", decision),))
    return Opened(about, TODAY, a_report(**{"nonce": f"n{number}", **changes}), "", standing)


def counted(forms, grain=Grain.QUARTER):
    return count_reports(forms, grain=grain, today=TODAY)


def test_four_are_nothing_and_five_are_five():
    assert counted([opened(n) for n in range(4)]).counts.rows == ()
    (row,) = counted([opened(n) for n in range(5)]).counts.rows
    assert row == CountRow(
        subject="github",
        country="RU",
        period="2022-Q1",
        kind=Happened.ACCOUNT_CLOSED,
        at_least=5,
    )


def test_nine_are_five_and_ten_are_ten():
    assert [
        counted([opened(n) for n in range(size)]).counts.rows[0].at_least for size in (9, 10, 14)
    ] == [5, 10, 10]


def test_what_is_below_five_leaves_no_trace():
    with_few = [opened(n) for n in range(5)] + [opened(10 + n, country="IR") for n in range(4)]
    assert counted(with_few).counts == counted([opened(n) for n in range(5)]).counts
    assert counted(with_few).n_below == 4


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.ACCEPTED])
def test_only_what_a_keeper_accepted_counts(outcome):
    forms = [opened(n) for n in range(4)] + [opened(9, outcome)]
    assert counted(forms).counts.rows == ()


def test_a_form_sent_five_times_is_one():
    one = [opened(1, nonce="same") for _ in range(5)]
    tally = counted(one)
    assert (tally.counts.rows, tally.n_again) == ((), 4)


def test_what_names_no_service_that_is_known_is_never_published():
    hostile = [opened(n, service="<script>alert(1)</script>") for n in range(9)]
    tally = counted(hostile)
    assert (tally.counts.rows, tally.n_nameless) == ((), 9)
    named = [opened(n, service="the big one", subject="github") for n in range(5)]
    assert counted(named).counts.rows[0].subject == "github"


def test_a_domain_counts_as_what_is_registered_and_an_owner_as_himself():
    forms = [opened(n, service=f"https://www{n}.some-shop.co.uk/x") for n in range(5)]
    assert counted(forms).counts.rows[0].subject == "some-shop.co.uk"
    assert (
        counted([opened(n, service="gist.github.com") for n in range(5)]).counts.rows[0].subject
        == "github"
    )


def test_a_week_belongs_to_the_quarter_of_its_thursday():
    forms = [opened(n, when="2020-W01") for n in range(5)]
    assert counted(forms).counts.rows[0].period == "2020-Q1"
    assert counted(forms, Grain.WEEK).counts.rows[0].period == "2020-W01"
    quarters = [opened(n, when="2020-Q1") for n in range(5)]
    assert counted(quarters, Grain.WEEK).counts.rows == ()


_PARTS = st.tuples(
    st.sampled_from(["RU", "IR"]),
    st.sampled_from([Happened.ACCOUNT_CLOSED, Happened.PAYMENT_REFUSED]),
    st.sampled_from(["2022-W11", "2022-W12", "2022-Q1", "2022-Q2"]),
)


@given(st.lists(_PARTS, max_size=60), st.lists(_PARTS, max_size=30))
def test_two_publications_differ_by_nothing_or_by_five_at_least(before, more):
    def rows(parts):
        forms = [
            opened(n, country=country, happened=happened, when=when)
            for n, (country, happened, when) in enumerate(parts)
        ]
        found = counted(forms).counts.rows
        return {(one.country, one.kind, one.period): one.at_least for one in found}

    first, second = rows(before), rows(before + more)
    for part in {*first, *second}:
        difference = second.get(part, 0) - first.get(part, 0)
        assert difference == 0 or difference >= LEAST
        assert second[part] >= LEAST


def test_weeks_and_quarters_are_never_both_published(tmp_path):
    path = tmp_path / "desk-counts.json"
    write_counts(path, counted([opened(n) for n in range(5)]).counts)
    with pytest.raises(UsageError, match="fewer than five"):
        write_counts(path, counted([opened(n) for n in range(5)], Grain.WEEK).counts)
    assert read_counts(path).grain is Grain.QUARTER


def test_what_is_written_is_read_and_chosen_from(tmp_path):
    path = tmp_path / "desk-counts.json"
    forms = [opened(n) for n in range(5)] + [opened(9 + n, country="UA-43") for n in range(5)]
    write_counts(path, counted(forms).counts)
    counts = read_counts(path)
    assert [row.country for row in counts_of(counts, subject="github")] == ["RU", "UA-43"]
    assert [row.country for row in counts_of(counts, country="UA")] == ["UA-43"]
    assert counts_of(counts, subject="github", country="IR") == ()


def test_nothing_was_published_yet(tmp_path):
    assert read_counts(tmp_path / "desk-counts.json").rows == ()


@pytest.mark.parametrize(
    "change",
    [
        {"at_least": 4},
        {"at_least": 7},
        {"subject": "<script>"},
        {"country": "Russia"},
        {"period": "2022-03-04"},
        {"period": "2022-W11"},
        {"kind": "war"},
        {"more": 1},
    ],
)
def test_a_file_that_would_tell_more_is_refused(tmp_path, change):
    path = tmp_path / "desk-counts.json"
    good = counted([opened(n) for n in range(5)]).counts
    document = msgspec.to_builtins(good)
    document["rows"][0].update(change)
    path.write_bytes(msgspec.json.encode(document))
    with pytest.raises(DamagedDataError, match="desk-counts"):
        read_counts(path)


def test_counts_of_the_queue_itself(tmp_path):
    queue, decisions = tmp_path / "desk", tmp_path / "decisions"
    for number in range(6):
        accept(decisions, put(queue, number, a_report(f"n{number}")))
    found = open_all(queue, [KEY], load_decisions(decisions))
    (row,) = counted(found).counts.rows
    assert row.at_least == 5


def test_a_count_is_evidence_of_what_users_tell():
    row = counted([opened(n) for n in range(5)]).counts.rows
    (found,) = evidence_of(row)
    assert EVIDENCE_TYPES[EvidenceKind.REPORT] is Report
    assert (found.n, found.country, found.group) == (5, "RU", "desk")
    assert found.when == "2022-01-01/2022-03-31"


def test_an_empty_publication_is_a_publication(tmp_path):
    path = tmp_path / "c.json"
    write_counts(path, Counts(made=date(2026, 1, 1), grain=Grain.WEEK))
    assert read_counts(path).rows == ()
