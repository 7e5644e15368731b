"""Cells in words: no more certain, no more named than the cell."""

from datetime import date

import pytest

from tests.unit.cli.celled import cell
from whocut.cli.cell_wording import (
    CUT_ANSWERS,
    answer_name,
    answer_probability,
    cause_shares,
    cell_headline,
    contrast_line,
    extent_line,
    percent,
    span_line,
)
from whocut.model.taxonomy import CellAnswer


def test_every_answer_has_words():
    assert len({answer_name(answer) for answer in CellAnswer}) == len(CellAnswer)
    assert CellAnswer.SERVED not in CUT_ANSWERS
    assert CellAnswer.INSUFFICIENT not in CUT_ANSWERS


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1, "100 %")],
)
def test_rounding_claims_no_certainty(share, text):
    assert percent(share) == text


def test_the_probability_is_that_of_the_answer():
    assert answer_probability(cell("a", 0, "interfered", 0.97)) == 0.97
    either = {"p_refused_service": 0.6, "p_refused_edge": 0.39, "lead": "refused_service"}
    assert answer_probability(cell("a", 0, "refused", **either)) == pytest.approx(0.99)
    two = {"lead": "interfered", "second": "refused_edge", "p_two": 0.96}
    assert answer_probability(cell("a", 0, "two_causes", **two)) == 0.96
    nobody = {"lead": "interfered", "p_cut": 0.98}
    assert answer_probability(cell("a", 0, "cut_unattributed", 0.5, **nobody)) == 0.98


def test_headlines():
    assert cell_headline(cell("a", 0, "interfered", 0.97)) == (
        "Interfered with in the path; probability 97 % "
        "(12 measurements, 3 networks, week of 2024-01-01)."
    )
    two = {"lead": "interfered", "second": "refused_edge", "p_two": 0.96}
    assert "interfered with in the path, and refused by the edge" in cell_headline(
        cell("a", 0, "two_causes", **two)
    )
    short = cell("a", 0, "insufficient", 0.1, lead="interfered", n=3, n_usable=2)
    text = cell_headline(short, "Fewer measurements than an answer takes.")
    assert text.startswith("Not enough evidence for an answer: fewer measurements")
    assert "3 measurements, 2 usable" in text
    nobody = cell_headline(cell("a", 0, "cut_unattributed", 0.9, lead="interfered"))
    assert "by whom is not shown" in nobody and "path" not in nobody


def test_causes_extent_and_contrast():
    one = cell("a", 0, "interfered", 0.97, p_served=0.03)
    assert cause_shares(one) == (
        "Probability of each cause: interfered 97 %, served 3 %; every other under 1 %."
    )
    assert "90 % interval 60 % to 98 %" in extent_line(one, "RU")
    assert extent_line(cell("a", 0, "served"), "RU") == ""
    assert "No other country" in contrast_line(one | {"n_countries": 0}, [])
    many = [{"probe_cc": f"A{n}", "answer": "refused"} for n in range(9)]
    assert "and 3 more" in contrast_line(one, many)


def test_spans_without_a_beginning_or_an_end():
    weeks = {"last_week": date(2024, 3, 4), "n": 9, "weeks": 2, "mechanism": "tls.reset"}
    ends = dict.fromkeys(("onset", "onset_low", "end", "end_low", "end_high"))
    always = {"cause": "interfered", "onset_high": date(2024, 1, 1), **weeks, **ends}
    assert "already when measuring began (by 2024-01-01); still at work" in span_line(always)
    over = always | dict.fromkeys(("end", "end_low", "end_high"), date(2024, 2, 5))
    assert "gone in the week of 2024-02-05; 9 measurements in 2 weeks" in span_line(over)
