"""Dates of the ledger against the edtf package, the standard library and plain enumeration."""

import re
from datetime import UTC, date, datetime

from edtf import parse_edtf as parse_with_package
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from whocut.ledger.edtf import (
    Precision,
    canonical_edtf,
    days_between,
    is_before,
    overlaps,
    parse_edtf,
)

# The package takes 5 ms a date and 40 ms a set.
_WITH_PACKAGE = settings(max_examples=min(settings.default.max_examples, 300))

YEARS = st.one_of(st.integers(2010, 2030), st.integers(1, 9999)).map("{:04}".format)
MONTHS = st.integers(1, 12).map("{:02}".format)
DAYS = st.dates(min_value=date(1, 1, 1)).map(str)
NEAR_DAYS = st.dates(date(2021, 11, 1), date(2022, 4, 30)).map(str)
PLAIN = st.one_of(
    YEARS,
    st.builds("{}-{}".format, YEARS, MONTHS),
    DAYS,
    NEAR_DAYS,
)
DECADES = st.integers(1, 999).map("{:03}X".format)
CENTURIES = st.integers(1, 99).map("{:02}XX".format)
UNSPECIFIED = st.one_of(
    DECADES,
    CENTURIES,
    st.builds("{}-XX".format, YEARS),
    st.builds("{}-XX-XX".format, YEARS),
    st.builds("{}-{}-XX".format, YEARS, MONTHS),
)
QUALIFIER = st.sampled_from("?~%")
MAY_QUALIFY = st.sampled_from(["", "", "?", "~", "%"])
QUALIFIED = st.builds("{}{}".format, st.one_of(PLAIN, UNSPECIFIED), QUALIFIER)
INNER_YEARS = st.integers(2, 9998).map("{:04}".format)
SEASONS = st.builds("{}-{}".format, INNER_YEARS, st.integers(21, 32))
PARTS = st.builds("{}-{}".format, YEARS, st.integers(33, 41))
SINGLE = st.one_of(PLAIN, UNSPECIFIED, QUALIFIED, SEASONS, PARTS)
TIMES = st.builds(
    "{}T{:02}:{:02}{}{}".format,
    st.dates(date(1, 1, 2), date(9999, 12, 30)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.one_of(st.just(""), st.integers(0, 59).map(":{:02}".format)),
    st.one_of(
        st.just("Z"),
        st.builds(
            "{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 11), MONTHS.map(int)
        ),
        st.just("+14:00"),
        st.just("+00:00"),
        st.just("-12"),
    ),
)


@st.composite
def _intervals(draw, dates):
    """Two dates in their order, or one and an open or unknown side."""
    start, end = draw(dates), draw(dates)
    open_side = draw(st.sampled_from(["none", "start", "end"]))
    if open_side == "start":
        return draw(st.sampled_from(["..", ""])) + "/" + end
    if open_side == "end":
        return start + "/" + draw(st.sampled_from(["..", ""]))
    if parse_edtf(start).earliest > parse_edtf(end).latest:
        start, end = end, start
    return f"{start}/{end}"


CHOICES = st.lists(SINGLE, min_size=2, max_size=4, unique=True).map(lambda of: f"[{','.join(of)}]")
ANY_DATE = st.one_of(SINGLE, TIMES, _intervals(SINGLE), CHOICES)
# Near each other, so that they meet, overlap and touch.
NEAR = st.one_of(
    NEAR_DAYS,
    st.sampled_from(["2021-12", "2022-01", "2022-02", "2022-33"]),
    _intervals(NEAR_DAYS).filter(lambda text: ".." not in text and text.strip("/") == text),
    st.lists(NEAR_DAYS, min_size=2, max_size=3, unique=True).map(lambda of: f"[{','.join(of)}]"),
)


def _package_day(found):
    """Give a bound of the package as a day; None for its infinities."""
    return date(*found[:3]) if hasattr(found, "tm_year") else None


def _package_bounds(text):
    """Give the package's bounds; None for an unknown side, which it sets ten years off."""
    found = parse_with_package(text)
    earliest = None if text.startswith("/") else _package_day(found.lower_strict())
    return earliest, None if text.endswith("/") else _package_day(found.upper_strict())


@_WITH_PACKAGE
@given(st.one_of(PLAIN, UNSPECIFIED, QUALIFIED, PARTS))
def test_bounds_are_those_of_the_package(text):
    ours = parse_edtf(text)
    assert (ours.earliest, ours.latest) == _package_bounds(text)
    theirs = parse_with_package(text)
    both = theirs.is_uncertain_and_approximate
    assert ours.is_approximate == (theirs.is_approximate or both)
    assert ours.is_uncertain == (theirs.is_uncertain or both)


@_WITH_PACKAGE
@given(_intervals(st.builds("{}{}".format, PLAIN, MAY_QUALIFY)))
@example("2022-03-04/..")
@example("2022-03/")
@example("/0001")
@example("9999~/")
def test_intervals_are_those_of_the_package(text):
    ours = parse_edtf(text)
    assert (ours.earliest, ours.latest) == _package_bounds(text)


@_WITH_PACKAGE
@given(st.lists(PLAIN, min_size=2, max_size=3, unique=True))
def test_a_set_has_the_bounds_of_the_package(dates):
    text = f"[{','.join(dates)}]"
    ours = parse_edtf(text)
    assert (ours.earliest, ours.latest) == _package_bounds(text)


@_WITH_PACKAGE
@given(SEASONS)
def test_a_season_holds_what_the_package_takes_it_for(text):
    ours = parse_edtf(text)
    earliest, latest = _package_bounds(text)
    assert ours.earliest <= earliest <= latest <= ours.latest


@given(TIMES)
def test_times_are_those_of_the_standard_library(text):
    ours = parse_edtf(text)
    instant = datetime.fromisoformat(text).astimezone(UTC)
    assert ours.instant == instant
    assert ours.earliest == ours.latest == instant.date()
    assert ours.has_seconds == bool(re.search(r"T\d\d:\d\d:\d\d", text))


@given(ANY_DATE)
def test_text_goes_round(text):
    found = parse_edtf(text)
    assert found.text == text
    canonical = canonical_edtf(found)
    again = parse_edtf(canonical)
    assert canonical_edtf(again) == canonical
    for name in ("earliest", "latest", "precision", "instant", "has_seconds", "is_approximate"):
        assert getattr(again, name) == getattr(found, name)
    assert again.is_uncertain == found.is_uncertain
    if found.precision not in (Precision.TIME, Precision.CHOICE):
        assert canonical == text


def _days(value):
    """List the days that a date may mean, one set for each choice."""
    return [
        set(range(one.earliest.toordinal(), one.latest.toordinal() + 1))
        for one in value.choices or (value,)
    ]


@given(NEAR, NEAR)
def test_order_overlap_and_days_are_those_of_enumeration(a_text, b_text):
    a, b = parse_edtf(a_text), parse_edtf(b_text)
    a_days, b_days = set().union(*_days(a)), set().union(*_days(b))
    answers = {one < other if one != other else None for one in a_days for other in b_days}
    answer = answers.pop() if len(answers) == 1 else None
    assert is_before(a, b) is answer
    assert overlaps(a, b) == bool(a_days & b_days)
    gaps = {other - one for one in a_days for other in b_days}
    span = days_between(a, b)
    assert (span.least, span.most) == (min(gaps), max(gaps))


@given(ANY_DATE, ANY_DATE, ANY_DATE)
def test_before_is_an_order(a_text, b_text, c_text):
    a, b, c = (parse_edtf(text) for text in (a_text, b_text, c_text))
    assert is_before(a, a) is None
    turned = is_before(b, a)
    assert is_before(a, b) is (None if turned is None else not turned)
    assert overlaps(a, b) == overlaps(b, a)
    if is_before(a, b):
        assert not overlaps(a, b)
        assert days_between(a, b).least >= 0
    ends = (a, b, c)
    if not any(one.is_qualified for one in ends) and is_before(a, b) and is_before(b, c):
        assert is_before(a, c)
    there, back = days_between(a, b), days_between(b, a)
    assert there.least == (None if back.most is None else -back.most)


ALPHABET = "0123456789X?~%-/.,[]{}TZ+:Y \u0663\n"


@given(st.one_of(st.text(), st.text(ALPHABET, max_size=24)))
def test_any_text_is_a_date_or_a_value_error(text):
    _sound_or_refused(text)


@given(ANY_DATE, st.data())
def test_one_slip_is_a_date_or_a_value_error(text, data):
    at = data.draw(st.integers(0, len(text)))
    width = data.draw(st.integers(0, 2))
    slip = data.draw(st.text(ALPHABET, max_size=2))
    _sound_or_refused(text[:at] + slip + text[at + width :])


def _sound_or_refused(text):
    try:
        found = parse_edtf(text)
    except ValueError as refused:
        assert str(refused).startswith("not a date in EDTF: ")
        return
    assert found.text == text
    assert text.isascii()
    assert (found.earliest is None) == (found.start_is_open or found.start_is_unknown)
    assert (found.latest is None) == (found.end_is_open or found.end_is_unknown)
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest
    assert (found.instant is None) == (found.precision is not Precision.TIME)


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_day_is_refused_exactly_where_the_calendar_has_none(year, month, day):
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        expected = date(year, month, day)
    except ValueError:
        expected = None
    try:
        found = parse_edtf(text).earliest
    except ValueError:
        found = None
    assert found == expected


@given(SINGLE, SINGLE)
def test_an_interval_is_refused_exactly_where_it_runs_backwards(start_text, end_text):
    start, end = parse_edtf(start_text), parse_edtf(end_text)
    assume(start_text != end_text)
    runs_backwards = start.earliest > end.latest
    try:
        found = parse_edtf(f"{start_text}/{end_text}")
    except ValueError as refused:
        assert runs_backwards
        assert "backwards" in str(refused)
    else:
        assert not runs_backwards
        assert (found.earliest, found.latest) == (start.earliest, end.latest)
