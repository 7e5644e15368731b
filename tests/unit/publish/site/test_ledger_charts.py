"""Drawings of the ledger's pages: nothing is drawn that is not told."""

from datetime import date

import pytest

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.edtf import Span
from whocut.ledger.lags_median import MedianDays
from whocut.publish.site.charts.moments import Telling, moment_chart
from whocut.publish.site.charts.spans import SpanRow, span_chart
from whocut.publish.site.lag_words import days_words, median_words

ENDS = ("first", "last")
DAY = date(2022, 3, 4)


def test_a_day_is_a_dot_and_a_month_fills_its_days():
    month = Telling(date(2022, 6, 1), date(2022, 6, 30), is_preferred=True)
    lanes = [("Announced", [Telling(DAY, DAY, is_preferred=True)]), ("Ended", [month])]
    chart = moment_chart("Moments", lanes, ENDS)
    dot, bar = (lane.marks[0] for lane in chart.lanes)
    assert dot.width == 0
    assert bar.width > 0
    assert bar.x > dot.x
    assert [name for _, name, _ in chart.ticks] == ["first", "last"]


def test_two_tellings_stay_two_marks():
    later = Telling(date(2022, 3, 5), date(2022, 3, 5), is_preferred=False)
    chart = moment_chart("M", [("A", [Telling(DAY, DAY, is_preferred=True), later])], ENDS)
    marks = chart.lanes[0].marks
    assert len(marks) == 2
    assert marks[0].look != marks[1].look
    assert len(chart.ticks) == 1


def test_an_open_side_reaches_the_edge():
    open_end = Telling(DAY, None, is_preferred=True)
    far = Telling(date(2025, 1, 1), date(2025, 1, 1), is_preferred=True)
    chart = moment_chart("M", [("A", [open_end]), ("B", [far])], ENDS)
    mark = chart.lanes[0].marks[0]
    assert mark.x + mark.width == pytest.approx(chart.width - 8, abs=0.2)


def test_without_a_day_nothing_is_drawn():
    assert moment_chart("M", [("A", [Telling(None, None, is_preferred=True)])], ENDS) is None
    assert span_chart("S", [], str) is None


def test_bars_are_on_a_scale_of_roots_and_open_ones_have_an_arrow():
    rows = [
        SpanRow("long", 400, 400, is_open=False),
        SpanRow("short", 100, 100, is_open=False),
        SpanRow("open", 100, 100, is_open=True),
        SpanRow("between", 100, 225, is_open=False),
    ]
    long, short, open_, between = span_chart("S", rows, lambda n: f"{n:.0f}").bars
    assert long.sure == pytest.approx(2 * short.sure, rel=0.01)
    assert open_.arrow
    assert open_.number == "> 100"
    assert not short.arrow
    assert between.number == "100-225"
    assert between.maybe > between.sure


@pytest.mark.parametrize(
    ("days", "is_open", "words"),
    [
        (Span(1, 1), False, "1 day"),
        (Span(530, 530), False, "530 days"),
        (Span(1500, 1530), False, "1,500 to 1,530 days"),
        (Span(30, 30, is_qualified=True), False, "about 30 days"),
        (Span(30, None), False, "30 days or more"),
        (Span(None, 30), False, "at most 30 days"),
        (Span(30, 30), True, "30 days so far, no end told"),
        (Span(None, None), False, "not known"),
        (None, False, "not known"),
    ],
)
def test_days_between_bounds_in_words(days, is_open, words):
    assert days_words(text_in(Language.EN), days, is_open=is_open) == words


@pytest.mark.parametrize(
    ("median", "words"),
    [
        (None, "-"),
        (MedianDays(more_than=12), "more than 12 days"),
        (MedianDays(least=12), "12 days or more"),
        (MedianDays(least=12, most=14), "12 to 14 days"),
        (MedianDays(least=12, most=12), "12 days"),
    ],
)
def test_a_median_in_words(median, words):
    assert median_words(text_in(Language.EN), median) == words
