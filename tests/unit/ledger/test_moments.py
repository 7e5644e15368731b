"""Whether a cut held on a day, and which date stands for a record."""

from datetime import date

import pytest

from tests.unit.ledger.recording import made_record
from whocut.ledger.moments import (
    InForce,
    in_force,
    leading_moment,
    moments_of,
    order_in_time,
    restored_by,
)
from whocut.model.errors import DamagedDataError


def dated(**moments):
    return {
        kind: [{"on": day, "from": ["s1"]} for day in ([days] if isinstance(days, str) else days)]
        for kind, days in moments.items()
    }


def cut(name="2022-03-acme-ru", *, places=("RU",), more=(), **moments):
    return made_record(
        name,
        dates=dated(**moments),
        population={"places": list(places), "from": ["s1"]},
        **dict(more),
    )


@pytest.mark.parametrize(
    ("moments", "day", "answer"),
    [
        ({"effective": "2022-03-04"}, "2022-03-03", "no"),
        ({"effective": "2022-03-04"}, "2022-03-04", "yes"),
        ({"effective": "2022-03-04T17:00Z"}, "2022-03-04", "yes"),
        ({"effective": "2022-03-04/.."}, "2030-01-01", "yes"),
        ({"effective": "2022-03-04", "ended": "2022-04-01"}, "2022-04-01", "yes"),
        ({"effective": "2022-03-04", "ended": "2022-04-01"}, "2022-04-02", "no"),
        ({"effective": "2022-03"}, "2022-03-15", "unsure"),
        ({"effective": "2022-03"}, "2022-02-28", "no"),
        ({"effective": "2022-03-04~"}, "2022-03-05", "unsure"),
        ({"effective": "2022-03-04", "ended": "2023"}, "2023-06-01", "unsure"),
        # Two tellings that disagree leave the days between unsure, and only those.
        ({"effective": ["2022-03-04", "2022-03-06"]}, "2022-03-05", "unsure"),
        ({"effective": ["2022-03-04", "2022-03-06"]}, "2022-03-06", "yes"),
        # What took effect before it was announced held from its start.
        ({"announced": "2025-12-04", "effective": "2025-10-10"}, "2025-11-01", "yes"),
        ({"announced": "2022-03-03"}, "2022-03-02", "no"),
        ({"ended": "2022-03-03"}, "2022-03-02", "unsure"),
        ({}, "2022-03-02", "unsure"),
    ],
)
def test_a_cut_holds_from_its_start_to_its_end(moments, day, answer):
    assert in_force(cut(**moments), date.fromisoformat(day)) is InForce(answer)


@pytest.mark.parametrize("kind", ["refusal", "restoration", "rumour"])
def test_what_is_no_cut_is_never_in_force(kind):
    record = cut(effective="2022-03-04", more={"kind": kind})
    assert in_force(record, date(2023, 1, 1)) is InForce.NO


def test_what_was_not_carried_out_or_was_retracted_is_never_in_force():
    undone = {"carried_out": {"value": "no", "from": ["s1"]}}
    gone = {"retracted": {"on": "2023-01-01", "reason": "it was another company"}}
    for more in (undone, gone):
        assert in_force(cut(effective="2022-03-04", more=more), date(2023, 1, 1)) is InForce.NO


def test_a_restoration_of_all_places_ends_a_cut_and_one_of_fewer_leaves_it_unsure():
    whole = cut(effective="2019-07-25", places=("IR", "SY"))
    edge = {
        "kind": "restoration",
        "edges": [{"kind": "restores", "to": whole.id, "from": ["s1"]}],
    }
    part = cut("2021-01-back", effective="2021-01-05", places=("IR",), more=edge)
    both = cut("2023-01-back", effective="2023-01-05", places=("IR", "SY"), more=edge)
    back = restored_by({one.id: one for one in (whole, part, both)})
    assert back == {whole.id: [part, both]}
    answers = [
        in_force(whole, date(year, 6, 1), back[whole.id]) for year in (2018, 2020, 2022, 2024)
    ]
    assert answers == [InForce.NO, InForce.YES, InForce.UNSURE, InForce.NO]


def test_one_of_several_deciders_that_restores_leaves_it_unsure_whether_it_holds():
    others = {"parties": {"decider": [{"actor": one, "from": ["s1"]} for one in ("a", "b")]}}
    whole = cut(effective="2019-07-25", more=others)
    edge = {"edges": [{"kind": "restores", "to": whole.id, "from": ["s1"]}]}
    one = {"parties": {"decider": [{"actor": "a", "from": ["s1"]}]}}
    part = cut("2021-01-back", effective="2021-01-05", more=one | edge | {"kind": "restoration"})
    assert in_force(whole, date(2022, 6, 1), [part]) is InForce.UNSURE
    both = cut("2023-01-back", effective="2023-01-05", more=others | edge | {"kind": "restoration"})
    assert in_force(whole, date(2024, 6, 1), [part, both]) is InForce.NO


def test_the_start_stands_for_a_record_before_the_announcement():
    leading = leading_moment(cut(announced="2022-03-03", effective=["2022-03-04", "2022-03-05"]))
    assert (leading.kind, leading.telling.on) == ("effective", "2022-03-04")
    assert leading_moment(cut()) is None


def test_undated_records_come_last():
    records = [cut("2022-z"), cut("2022-b", effective="2022-04"), cut("2022-c", effective="2021")]
    assert [one.id for one in sorted(records, key=order_in_time)] == ["2022-c", "2022-b", "2022-z"]


def test_a_bad_date_names_record_and_field():
    with pytest.raises(DamagedDataError, match=r"dates\.effective\[1\]\.on") as caught:
        list(moments_of(cut(effective=["2022-03-04", "2022-13-04"])))
    assert "2022-03-acme-ru" in str(caught.value)
