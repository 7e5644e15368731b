"""Dates of the ledger: each form that is read, each slip that is refused, and what follows."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from whocut.ledger.edtf import (
    Precision,
    Span,
    canonical_edtf,
    days_between,
    is_before,
    overlaps,
    parse_edtf,
)

P = Precision


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2022", "2022-01-01", "2022-12-31", P.YEAR),
        ("2022-03", "2022-03-01", "2022-03-31", P.MONTH),
        ("2022-03-04", "2022-03-04", "2022-03-04", P.DAY),
        ("2024-02-29", "2024-02-29", "2024-02-29", P.DAY),
        ("0001-01-01", "0001-01-01", "0001-01-01", P.DAY),
        ("9999-12-31", "9999-12-31", "9999-12-31", P.DAY),
        ("2023-02", "2023-02-01", "2023-02-28", P.MONTH),
        ("2024-02", "2024-02-01", "2024-02-29", P.MONTH),
        ("2022-XX", "2022-01-01", "2022-12-31", P.YEAR),
        ("2022-XX-XX", "2022-01-01", "2022-12-31", P.YEAR),
        ("2022-02-XX", "2022-02-01", "2022-02-28", P.MONTH),
        ("202X", "2020-01-01", "2029-12-31", P.DECADE),
        ("20XX", "2000-01-01", "2099-12-31", P.CENTURY),
        ("2022-33", "2022-01-01", "2022-03-31", P.PART_OF_YEAR),
        ("2022-34", "2022-04-01", "2022-06-30", P.PART_OF_YEAR),
        ("2022-35", "2022-07-01", "2022-09-30", P.PART_OF_YEAR),
        ("2022-36", "2022-10-01", "2022-12-31", P.PART_OF_YEAR),
        ("2022-37", "2022-01-01", "2022-04-30", P.PART_OF_YEAR),
        ("2022-38", "2022-05-01", "2022-08-31", P.PART_OF_YEAR),
        ("2022-39", "2022-09-01", "2022-12-31", P.PART_OF_YEAR),
        ("2022-40", "2022-01-01", "2022-06-30", P.PART_OF_YEAR),
        ("2022-41", "2022-07-01", "2022-12-31", P.PART_OF_YEAR),
        ("2025-12/2026-01", "2025-12-01", "2026-01-31", P.INTERVAL),
        ("2015-10/2017-01", "2015-10-01", "2017-01-31", P.INTERVAL),
        ("2022-03-04/2022-03-04", "2022-03-04", "2022-03-04", P.INTERVAL),
        ("2022-03-10/2022-03", "2022-03-10", "2022-03-31", P.INTERVAL),
        ("201X/2022-40", "2010-01-01", "2022-06-30", P.INTERVAL),
        ("[2022-03-04,2022-03-05]", "2022-03-04", "2022-03-05", P.CHOICE),
        ("[2022-05,2022-03-08,2022-04-01]", "2022-03-08", "2022-05-31", P.CHOICE),
    ],
)
def test_bounds_and_precision(text, earliest, latest, precision):
    found = parse_edtf(text)
    assert found.text == text
    assert (str(found.earliest), str(found.latest)) == (earliest, latest)
    assert found.precision is precision
    assert found.instant is None
    assert not found.is_qualified
    assert not (found.start_is_open or found.start_is_unknown)
    assert not (found.end_is_open or found.end_is_unknown)


@pytest.mark.parametrize(
    ("codes", "earliest", "latest"),
    [
        # Spring and autumn of either hemisphere: never March to May alone.
        ((21, 23), "2022-03-01", "2022-12-31"),
        # Summer and winter: "winter 2022" may have begun in 2021, or ended in 2023.
        ((22, 24, 28, 30), "2021-12-01", "2023-03-31"),
        ((25, 31), "2022-03-01", "2022-06-30"),
        ((26, 32), "2022-06-01", "2022-09-30"),
        ((27, 29), "2022-09-01", "2022-12-31"),
    ],
)
def test_a_season_is_bounded_by_every_reading_of_it(codes, earliest, latest):
    for code in codes:
        found = parse_edtf(f"2022-{code}")
        assert (str(found.earliest), str(found.latest)) == (earliest, latest)
        assert found.precision is P.SEASON


@pytest.mark.parametrize(
    ("text", "instant", "canonical"),
    [
        ("2022-03-04T17:00Z", datetime(2022, 3, 4, 17, tzinfo=UTC), "2022-03-04T17:00Z"),
        ("2022-03-04T17:00:00Z", datetime(2022, 3, 4, 17, tzinfo=UTC), "2022-03-04T17:00:00Z"),
        ("2022-03-04T17:00+03:00", datetime(2022, 3, 4, 14, tzinfo=UTC), "2022-03-04T14:00Z"),
        ("2022-03-04T17:00+03", datetime(2022, 3, 4, 14, tzinfo=UTC), "2022-03-04T14:00Z"),
        ("2022-03-04T17:00+00:00", datetime(2022, 3, 4, 17, tzinfo=UTC), "2022-03-04T17:00Z"),
        ("2022-03-04T01:00+05:30", datetime(2022, 3, 3, 19, 30, tzinfo=UTC), "2022-03-03T19:30Z"),
        ("2021-12-31T20:00:07-05:00", datetime(2022, 1, 1, 1, 0, 7, tzinfo=UTC), None),
        ("0001-01-01T00:00Z", datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00Z"),
        ("2022-01-01T00:00+14:00", datetime(2021, 12, 31, 10, tzinfo=UTC), "2021-12-31T10:00Z"),
        ("2022-01-01T12:00-12:00", datetime(2022, 1, 2, tzinfo=UTC), "2022-01-02T00:00Z"),
    ],
)
def test_a_time_is_turned_to_utc_before_its_day_is_taken(text, instant, canonical):
    found = parse_edtf(text)
    assert found.instant == instant
    assert found.instant.utcoffset() == timedelta(0)
    assert found.earliest == found.latest == instant.date()
    assert found.precision is P.TIME
    assert found.has_seconds == (":00:0" in text)
    if canonical is not None:
        assert canonical_edtf(found) == canonical


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2022-02~", True, False),
        ("2022-02?", False, True),
        ("2022-02%", True, True),
        ("2022-02-03~", True, False),
        ("2022?", False, True),
        ("202X~", True, False),
        ("2022-XX?", False, True),
        ("2022-21~", True, False),
        ("2022-02~/2022-03", True, False),
        ("2022-02/2022-03?", False, True),
        ("2022-02~/2022-03?", True, True),
        ("2022-02%/..", True, True),
        ("[2022-02,2022-03?]", False, True),
    ],
)
def test_qualifiers_are_kept_apart_and_leave_the_bounds(text, approximate, uncertain):
    found = parse_edtf(text)
    assert (found.is_approximate, found.is_uncertain) == (approximate, uncertain)
    assert found.is_qualified
    bare = parse_edtf(text.translate({ord(one): None for one in "~?%"}))
    assert (found.earliest, found.latest) == (bare.earliest, bare.latest)
    assert found.precision is bare.precision


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "flag"),
    [
        ("2022-03-04/..", date(2022, 3, 4), None, "end_is_open"),
        ("2022-03/", date(2022, 3, 1), None, "end_is_unknown"),
        ("../2022-03-04", None, date(2022, 3, 4), "start_is_open"),
        ("/2022-03", None, date(2022, 3, 31), "start_is_unknown"),
    ],
)
def test_open_is_not_unknown(text, earliest, latest, flag):
    found = parse_edtf(text)
    assert (found.earliest, found.latest) == (earliest, latest)
    flags = ("start_is_open", "start_is_unknown", "end_is_open", "end_is_unknown")
    assert [name for name in flags if getattr(found, name)] == [flag]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" ", "white space"),
        (" 2022", "white space"),
        ("2022-03-04 ", "white space"),
        ("2022-03-04\n", "white space"),
        ("2022-03-04 17:00Z", "white space"),
        ("2022-00", "no month 00"),
        ("2022-13", "no month 13"),
        ("2022-20", "no month 20"),
        ("2022-42", "no month 42"),
        ("2022-00-04", "no month 00"),
        ("2022-02-30", "no day 30: 2022-02 has 28 days"),
        ("1900-02-29", "no day 29: 1900-02 has 28 days"),
        ("2022-04-31", "no day 31: 2022-04 has 30 days"),
        ("2022-03-00", "no day 00"),
        ("2022-21-04", "takes no day"),
        ("2022-21-XX", "takes no day"),
        ("2022-XX-04", "its month is not"),
        ("202X-03", "takes no month"),
        ("202X-XX", "takes no month"),
        ("2022-3-4", "none of the forms"),
        ("22-03-04", "none of the forms"),
        ("20220304", "none of the forms"),
        ("2022-063", "none of the forms"),
        ("2022-W10", "none of the forms"),
        ("2022-03-1X", "none of the forms"),
        ("2XXX", "none of the forms"),
        ("XXXX", "none of the forms"),
        ("202x", "none of the forms"),
        ("2022-xx", "none of the forms"),
        ("2022-?03", "none of the forms"),
        ("2022?-03", "none of the forms"),
        ("2022~?", "none of the forms"),
        ("~2022", "none of the forms"),
        ("04.03.2022", "none of the forms"),
        ("March 2022", "white space"),
        ("2022-03-04x", "none of the forms"),
        ("2022-03-04\x00", "none of the forms"),
        ("null", "none of the forms"),
        ("0000", "0001 to 9999"),
        ("0000-03", "0001 to 9999"),
        ("0000-03-04", "0001 to 9999"),
        ("000X", "0001 to 9999"),
        ("0001-24", "0001 to 9999"),
        ("9999-24", "0001 to 9999"),
        ("-0044", "0001 to 9999"),
        ("+2022", "0001 to 9999"),
        ("Y12022", "0001 to 9999"),
        ("\uff12\uff10\uff12\uff12", "U+FF12"),
        ("2022-0\u0663", "character 7 is U+0663"),
        ("2022\N{EN DASH}03", "U+2013"),
        ("2022-03-04T17:00", "without a zone"),
        ("2022-03-04T17:00:00", "without a zone"),
        ("2022-03-04T17Z", "is not hh:mm"),
        ("2022-03-04T5:00Z", "is not hh:mm"),
        ("2022-03-04T", "is not hh:mm"),
        ("2022-03-04TZ", "is not hh:mm"),
        ("2022-03-04T17:00z", "is not hh:mm"),
        ("2022-03-04T17:00GMT", "is not hh:mm"),
        ("2022-03-04T17:00+3", "is not hh:mm"),
        ("2022-03-04T17:00+0300", "is not hh:mm"),
        ("2022-03-04T17:00ZZ", "is not hh:mm"),
        ("2022-03-04T17:00TZ", "is not hh:mm"),
        ("2022-03-04t17:00Z", "none of the forms"),
        ("2022-03-04T24:00Z", "no time of day"),
        ("2022-03-04T17:60Z", "no time of day"),
        ("2022-03-04T17:00:60Z", "no time of day"),
        ("2022-03-04T17:00:00.5Z", "fractions"),
        ("2022-03-04T17:00Z~", "takes no qualifier"),
        ("2022-03-04~T17:00Z", "whole day without a qualifier"),
        ("2022-03T17:00Z", "whole day without a qualifier"),
        ("2022-03-XXT17:00Z", "whole day without a qualifier"),
        ("T17:00Z", "a date is missing"),
        ("2022-02-30T17:00Z", "no day 30"),
        ("2022-03-04T17:00-00:00", "zone is not known"),
        ("2022-03-04T17:00-00", "zone is not known"),
        ("2022-03-04T17:00+14:01", "no zone is at +14:01"),
        ("2022-03-04T17:00-12:30", "no zone is at -12:30"),
        ("2022-03-04T17:00+03:60", "no zone is at +03:60"),
        ("0001-01-01T00:00+01:00", "in UTC it reaches beyond"),
        ("9999-12-31T23:59-01:00", "in UTC it reaches beyond"),
        ("2022-03-10/2022-03-09", "runs backwards"),
        ("2023/2022", "runs backwards"),
        ("2022-04/2022-03-31", "runs backwards"),
        ("2022-04~/2022-03?", "runs backwards"),
        ("/", "a date on one side"),
        ("../..", "a date on one side"),
        ("/..", "a date on one side"),
        ("../", "a date on one side"),
        ("2022/03/04", "more than one slash"),
        ("2022-03-04//..", "more than one slash"),
        ("2022/03", "none of the forms"),
        ("2022/...", "an open interval has a slash"),
        ("2022/P1Y", "none of the forms"),
        ("2022/2023-13", "no month 13"),
        ("2022-03-04T17:00Z/2022-03-05", "not times"),
        ("2022..", "an open interval has a slash"),
        ("..2022", "an open interval has a slash"),
        ("..", "an open interval has a slash"),
        ("2022~/..~", "an open interval has a slash"),
        ("[2022]", "two dates or more"),
        ("[]", "two dates or more"),
        ("[", "begins with [ and ends with ]"),
        ("[2022,2023", "begins with [ and ends with ]"),
        ("[2022,2023]~", "begins with [ and ends with ]"),
        ("2022,2023]", "none of the forms"),
        ("[2022,]", "a date is missing"),
        ("[,2022]", "a date is missing"),
        ("[2022,2022]", "names each date once"),
        ("[2022,2023-02-30]", "no day 30"),
        ("[2022,[2023,2024]]", "none of the forms"),
        ("[2022..2024,2026]", "an open interval has a slash"),
        ("[2022/2023,2024]", "not of times or intervals"),
        ("[2022-03-04T17:00Z,2022-03-05]", "not of times or intervals"),
        ("{2022,2023}", "all of a set"),
        ("2" * 1000, "longer than 200 characters"),
    ],
)
def test_what_is_refused_and_why(text, why):
    with pytest.raises(ValueError, match="not a date in EDTF") as refused:
        parse_edtf(text)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 700
    assert str(refused.value).isascii()


def test_an_unquoted_date_of_yaml_is_not_taken_for_text():
    with pytest.raises(TypeError, match="not from date: quote it"):
        parse_edtf(date(2022, 3, 4))
    with pytest.raises(TypeError, match="not from int"):
        parse_edtf(2022)


def test_the_choices_of_a_set_are_kept():
    found = parse_edtf("[2022-03-05,2022-03-04~]")
    assert [one.text for one in found.choices] == ["2022-03-05", "2022-03-04~"]
    assert canonical_edtf(found) == "[2022-03-04~,2022-03-05]"
    assert parse_edtf("2022-03-05/2022-03-06").choices == ()


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [
        # Lags of the ledger: Syria's general licence 25, GitHub in Iran, the embargo on Crimea.
        ("2025-05-23", "2026-01-17", 239, 239),
        ("2019-07-25", "2021-01-05", 530, 530),
        ("2014-12-19", "2015-05-22", 154, 154),
        ("2022-03-04T17:00Z", "2022-03-05", 1, 1),
        ("2022-03-04T23:00-05:00", "2022-03-05", 0, 0),
        ("2022-03-05", "2022-03-04T17:00Z", -1, -1),
        ("2022-03-04", "2022-03", -3, 27),
        ("2022-02", "2022-04", 32, 88),
        ("2022", "2022", -364, 364),
        ("2022-03-04", "2022-03-10/..", 6, None),
        ("2022-03-04", "../2022-03-10", None, 6),
        ("2022-03-04/", "2022-03-10", None, 6),
        ("2022-03-04/..", "2022-03-10/..", None, None),
        ("[2022-03-04,2022-03-05]", "2022-03-10", 5, 6),
    ],
)
def test_days_between(start, end, least, most):
    found = days_between(parse_edtf(start), parse_edtf(end))
    assert found == Span(least, most)
    assert found.is_exact == (least is not None and least == most)


def test_days_between_qualified_dates_are_never_exact():
    for start, end in (("2022-03-04~", "2022-03-10"), ("2022-03-04", "2022-03-10?")):
        found = days_between(parse_edtf(start), parse_edtf(end))
        assert found == Span(6, 6, is_qualified=True)
        assert not found.is_exact


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("2022-03-04", "2022-03-05", True),
        ("2022-03-05", "2022-03-04", False),
        ("2022-03-04", "2022-03-04", None),
        ("2022-03", "2022-04", True),
        ("2022-03", "2022-03-31", None),
        ("2022-03", "2022-04-01", True),
        ("2022", "2021-12-31", False),
        ("2022-03-04T17:00Z", "2022-03-04", None),
        ("2022-03-04T17:00Z", "2022-03-05", True),
        ("2022-03-04T17:00Z", "2022-03-04T18:00Z", True),
        ("2022-03-04T17:00Z", "2022-03-04T17:30+03:00", False),
        # A minute is not its first second.
        ("2022-03-04T17:00Z", "2022-03-04T17:00:30Z", None),
        ("2022-03-04T17:00:29Z", "2022-03-04T17:00:30Z", True),
        ("2022-03-04T17:00Z", "2022-03-04T17:01Z", True),
        ("2022-03-04T17:00:59Z", "2022-03-04T17:00Z", None),
        ("2022-03-04/..", "2022-03-10", None),
        ("2022-03-04/..", "2022-03-03", False),
        ("../2022-03-04", "2022-03-10", True),
        ("/2022-03-04", "2022-03-04", None),
        ("2022-03-10", "2022-03/", None),
        ("2022-21", "2022-06-15", None),
        ("2022-24", "2022-01-15", None),
        ("[2022-03-04,2022-03-08]", "2022-03-06", None),
        ("[2022-03-04,2022-03-08]", "2022-03-09", True),
        # Nobody says how far "about" reaches.
        ("2022-02~", "2022-03-05", None),
        ("2022-02-01", "2022-03?", None),
    ],
)
def test_is_before(a, b, answer):
    assert is_before(parse_edtf(a), parse_edtf(b)) is answer
    turned = None if answer is None else not answer
    assert is_before(parse_edtf(b), parse_edtf(a)) is turned


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("2022-03-04", "2022-03", True),
        ("2022-03-04", "2022-04", False),
        ("2022-03-04/..", "2024", True),
        ("2022-03-04/", "2024", True),
        ("2022-03-04/..", "2022-03-03", False),
        ("../2022-03-04", "2022-03-04/..", True),
        ("2022-03-04T17:00Z", "2022-03-04", True),
        ("2022-03-04T23:00-05:00", "2022-03-04", False),
        ("2022-03-04T17:00Z", "2022-03-04T17:00:59Z", True),
        ("2022-03-04T17:00Z", "2022-03-04T17:01Z", False),
        ("[2022-03-04,2022-03-08]", "2022-03-06", False),
        ("[2022-03-04,2022-03-08]", "2022-03-08", True),
        ("[2022-03-04,2022-03-08]", "[2022-03-05,2022-03-09]", False),
        ("[2022-03-04,2022-03-08]", "2022-03-05/2022-03-07", False),
    ],
)
def test_overlaps(a, b, answer):
    assert overlaps(parse_edtf(a), parse_edtf(b)) is answer
    assert overlaps(parse_edtf(b), parse_edtf(a)) is answer


def test_ten_thousand_distinct_dates_in_no_time():
    days = [(date(1995, 1, 1) + timedelta(days=at)).isoformat() for at in range(4_000)]
    texts = [
        *days,
        *(f"{day}T17:00+03:00" for day in days[:3_000]),
        *(f"{day}/.." for day in days[:1_000]),
        *(f"{days[at]}~/{days[at + 500]}" for at in range(1_000)),
        *(f"[{days[at]},{days[at + 1]}]" for at in range(1_000)),
    ]
    assert len(set(texts)) == 10_000
    parse_edtf.cache_clear()
    begun = time.process_time()
    for text in texts:
        parse_edtf(text)
    # 0.05 s on one core of a shared machine; the bound leaves room for a slower one.
    assert time.process_time() - begun < 0.3
