"""Days, weeks, months, years and spans."""

from __future__ import annotations

from datetime import date

import pytest

from whocut.attribution.stretch import Stretch, read_stretch


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-27", date(2024, 5, 27), date(2024, 5, 27)),
        ("2024-05-27T10:00Z", date(2024, 5, 27), date(2024, 5, 27)),
        ("2024-05-27T10:00:00.5+03:00", date(2024, 5, 27), date(2024, 5, 27)),
        ("2024-W22", date(2024, 5, 27), date(2024, 6, 2)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02/2024-03", date(2024, 2, 1), date(2024, 3, 31)),
        ("2024-02/..", date(2024, 2, 1), None),
        ("../2024-02", None, date(2024, 2, 29)),
        ("", None, None),
    ],
)
def test_what_is_read(text, first, last):
    assert read_stretch(text) == Stretch(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "May 2024",
        "2024-13",
        "2024-02-30",
        "2024-W60",
        "2024-03/2024-02",
        "2024-5-1",
        "24",
        "0001",
        "9999-W52",
    ],
)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_stretch(text)


def test_what_is_shared():
    may, week = read_stretch("2024-05"), read_stretch("2024-05-27/2024-06-02")
    assert may.meets(week)
    assert may.shared_days(week) == 5
    assert not may.meets(read_stretch("2024-06"))
    assert read_stretch("2024-06/..").is_after(may)
    assert read_stretch("").meets(may)
    assert read_stretch("../..").days is None
