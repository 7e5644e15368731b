"""One axis of time: imprecise dates as wide as they are told, marks of what happened."""

from datetime import date

import pytest

from tests.unit.ledger.recording import made_record
from whocut.ledger.chronicle import Axis, axis_of, events_of, mark_of


def record(name="2022-03-acme-ru", kind="cut", **moments):
    dates = {
        moment: [
            {"on": day, "from": ["s1"]} for day in (days if isinstance(days, tuple) else (days,))
        ]
        for moment, days in moments.items()
    }
    return made_record(name, kind=kind, dates=dates)


def drawn(one, columns=12, first=date(2022, 1, 1), last=date(2022, 12, 31)):
    return Axis(first, last, columns).line(events_of([one]))


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (record(effective="2022-01-01", ended="2022-12-31"), "E==========X"),
        (record(effective="2022-01-01"), "E           "),
        (record(announced="2022-01-01", effective="2022-12-31"), "A          E"),
        # A year is the whole year, its letter in the middle and not on its first day.
        (record(effective="2022"), "~~~~~E~~~~~~"),
        (record(kind="restoration", effective="2022-12-31"), "           R"),
        (record(kind="refusal", announced="2022-01-01"), "N           "),
        (record(first_observed="2022-01-01", disclosed="2022-12-31"), "O          D"),
        # An end that is not told draws no bar; a start with an open end is that day.
        (record(effective="2022-01-01/.."), "E           "),
        (record(), "            "),
    ],
)
def test_lines(one, line):
    assert drawn(one) == line


def test_both_tellings_of_a_moment_are_events():
    one = record(effective=("2022-03-04T17:00Z", "2022-03-05"))
    events = events_of([one])
    assert [(event.on, event.number) for event in events] == [
        ("2022-03-04T17:00Z", 0),
        ("2022-03-05", 1),
    ]
    assert all(event.is_one_day for event in events)


def test_events_stand_in_the_order_of_time_and_marks_say_what_they_are():
    cut = record("a", effective="2019-07-25", ended="2021-01-05")
    back = record("b", kind="restoration", announced="2021-01-05", effective="2021-01-05")
    events = events_of([back, cut])
    assert [(event.record.id, mark_of(event)) for event in events] == [
        ("a", "E"),
        ("a", "X"),
        ("b", "R"),
        ("b", "R"),
    ]


def test_an_end_of_a_rumour_is_an_end():
    assert [mark_of(one) for one in events_of([record(kind="rumour", ended="2022")])] == ["X"]


def test_the_axis_spans_all_that_is_told_and_names_the_years():
    axis = axis_of(events_of([record(effective="2020-06-01"), record("b", effective="2022")]), 30)
    assert (axis.first, axis.last) == (date(2020, 6, 1), date(2022, 12, 31))
    assert axis.years().split() == ["2020", "2021", "2022"]
    assert axis_of(events_of([record()]), 30) is None


def test_one_day_is_an_axis_too():
    events = events_of([record(effective="2022-03-04")])
    axis = axis_of(events, 24)
    assert axis.line(events).strip() == "E"
    assert axis.years() == "2022"


def test_a_plan_that_was_not_carried_out_is_no_start():
    dates = {"effective": [{"on": "2022-12-31", "from": ["s1"]}]}
    dates["ended"] = [{"on": "2022-01-01", "from": ["s1"]}]
    undone = made_record(dates=dates, carried_out={"value": "no", "from": ["s1"]})
    assert drawn(undone) == "X          P"
