"""Dates as sources give them: Extended Date/Time Format, read strictly, never guessed.

Read: levels 0 and 1 of EDTF (ISO 8601-2:2019, as the Library of Congress specifies it), and of
level 2 the parts of a year (codes 25 to 41) and one of a set of dates. All else is refused with a
ValueError that says why. Where we differ from the specification:

- a time may leave its seconds out, and must name its zone;
- years run from 0001 to 9999, the reach of ``datetime``;
- an interval without a date on either side is refused, as it says nothing.

A time is turned to UTC before its day is taken. A day carries no zone: it is compared as it
stands, as if in UTC. ``~``, ``?`` and ``%`` do not widen the bounds, as nobody says by how much;
``is_before`` therefore answers None for a qualified date.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec

__all__ = [
    "Edtf",
    "Precision",
    "Span",
    "canonical_edtf",
    "days_between",
    "is_before",
    "overlaps",
    "parse_edtf",
]

_FORMS = (
    "wanted: YYYY, YYYY-MM, YYYY-MM-DD (X for unspecified last digits, one of ? ~ % at the end), "
    "YYYY-MM-DDThh:mmZ, an interval start/end, or a set [date,date]"
)
_MOST_TEXT = 200
_DATE = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<qualifier>[?~%])?"
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<zone_hour>[0-9]{2})(?::(?P<zone_minute>[0-9]{2}))?)?"
)
# The zones in use run from UTC-12:00 to UTC+14:00 (IANA time zone database).
_FURTHEST_WEST_MINUTES = -12 * 60
_FURTHEST_EAST_MINUTES = 14 * 60

# First and last month of each code, counted from January of the year; 0 is the December before,
# 15 the March after. A season is bounded by every reading of it: it begins with its month
# (meteorology) or at the solstice or equinox three weeks on (astronomy); a season over New Year may
# be named by either year; and codes 21 to 24 leave the hemisphere open.
_SEASONS = ((3, 12), (0, 15), (3, 12), (0, 15))  # 21-24: spring, summer, autumn, winter
_NORTHERN = ((3, 6), (6, 9), (9, 12), (0, 15))  # 25-28
_SOUTHERN = ((9, 12), (0, 15), (3, 6), (6, 9))  # 29-32
_QUARTERS = ((1, 3), (4, 6), (7, 9), (10, 12))  # 33-36
_THIRDS = ((1, 4), (5, 8), (9, 12))  # 37-39
_HALVES = ((1, 6), (7, 12))  # 40-41
_PARTS = dict(enumerate(_SEASONS + _NORTHERN + _SOUTHERN + _QUARTERS + _THIRDS + _HALVES, start=21))
_LAST_SEASON = 32


class Precision(StrEnum):
    """How finely a date is known; unspecified digits count as not known."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    PART_OF_YEAR = "part_of_year"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    INTERVAL = "interval"
    CHOICE = "choice"


class Edtf(msgspec.Struct, frozen=True, kw_only=True):
    """A date as a source gives it, with the days that bound it.

    ``earliest`` and ``latest`` are None where an interval is open (``..``: no bound on that side)
    or unknown (nothing written: a bound nobody knows); the flags say which.
    """

    text: str
    earliest: date | None
    latest: date | None
    precision: Precision
    instant: datetime | None = None
    """In UTC; None unless a time is given."""
    has_seconds: bool = False
    is_approximate: bool = False
    is_uncertain: bool = False
    start_is_open: bool = False
    start_is_unknown: bool = False
    end_is_open: bool = False
    end_is_unknown: bool = False
    choices: tuple["Edtf", ...] = ()
    """The dates of a set, of which one holds; empty for all else."""

    @property
    def is_qualified(self) -> bool:
        """Say whether the date is approximate, uncertain or both."""
        return self.is_approximate or self.is_uncertain


class Span(msgspec.Struct, frozen=True):
    """Days from one date to another: at least and at most, None where there is no bound."""

    least: int | None
    most: int | None
    is_qualified: bool = False
    """One of the two dates is approximate or uncertain: the days are "about"."""

    @property
    def is_exact(self) -> bool:
        """Say whether one number of days is known, without an "about"."""
        return self.least is not None and self.least == self.most and not self.is_qualified


@lru_cache(maxsize=1 << 15)
def parse_edtf(text: str) -> Edtf:
    """Read a date, or raise a ValueError that says what is wrong with it."""
    if not isinstance(text, str):
        raise TypeError(f"a date is read from text, not from {type(text).__name__}: quote it")
    try:
        return _parse_any(text)
    except ValueError as error:
        shown = text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "..."
        raise ValueError(f"not a date in EDTF: {shown!a}: {error}") from None


def canonical_edtf(value: Edtf) -> str:
    """Write a date in its one spelling: times in UTC, sets in order, all else as it was given."""
    if value.instant is not None:
        written = value.instant.isoformat(timespec="seconds" if value.has_seconds else "minutes")
        return written.removesuffix("+00:00") + "Z"
    if value.choices:
        return f"[{','.join(sorted(choice.text for choice in value.choices))}]"
    return value.text


def days_between(start: Edtf, end: Edtf) -> Span:
    """Count the calendar days from ``start`` to ``end``, a time by its day in UTC.

    Exact when each is a day or a time; negative where ``end`` comes, or may come, first.
    """
    return Span(
        least=_days(start.latest, end.earliest),
        most=_days(start.earliest, end.latest),
        is_qualified=start.is_qualified or end.is_qualified,
    )


def overlaps(a: Edtf, b: Edtf) -> bool:
    """Say whether the two may hold at one moment, by their bounds as written.

    A side that is open or unknown reaches any day. ``~`` and ``?`` are not considered.
    """
    return any(
        not _ends_before(one, other) and not _ends_before(other, one)
        for one in a.choices or (a,)
        for other in b.choices or (b,)
    )


def is_before(a: Edtf, b: Edtf) -> bool | None:
    """Say whether all of ``a`` lies before all of ``b``: True, False (after it), or None.

    None: the two overlap, so that their precision cannot tell, or one of them is approximate or
    uncertain, so that its bounds cannot.
    """
    if a.is_qualified or b.is_qualified:
        return None
    if _ends_before(a, b):
        return True
    return False if _ends_before(b, a) else None


def _days(since: date | None, until: date | None) -> int | None:
    return None if since is None or until is None else (until - since).days


def _ends_before(a: Edtf, b: Edtf) -> bool:
    if a.instant is not None and b.instant is not None:
        # 17:00 without seconds is any second of that minute.
        last = a.instant if a.has_seconds else a.instant + timedelta(seconds=59)
        return last < b.instant
    return a.latest is not None and b.earliest is not None and a.latest < b.earliest


def _parse_any(text: str) -> Edtf:
    _refuse_stray_characters(text)
    if text[0] in "[{":
        return _parse_choice(text)
    if "/" in text:
        return _parse_interval(text)
    if "T" in text:
        return _parse_time(text)
    return _parse_date(text)


def _refuse_stray_characters(text: str) -> None:
    if not text:
        raise ValueError("it is empty")
    if len(text) > _MOST_TEXT:
        raise ValueError(f"it is longer than {_MOST_TEXT} characters")
    if not text.isascii():
        at, stray = next((at, one) for at, one in enumerate(text) if not one.isascii())
        raise ValueError(f"character {at + 1} is U+{ord(stray):04X}, not ASCII")
    # Without this, 2022-03-04 and "2022-03-04 " would be two values that look like one.
    if any(one.isspace() for one in text):
        raise ValueError("it holds white space")


def _parse_date(text: str) -> Edtf:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(_why_no_date(text))
    year, month, day, qualifier = found.groups()
    earliest, latest, precision = _bounds(year, month, day)
    return Edtf(
        text=text,
        earliest=earliest,
        latest=latest,
        precision=precision,
        is_approximate=qualifier in ("~", "%"),
        is_uncertain=qualifier in ("?", "%"),
    )


def _why_no_date(text: str) -> str:
    """Name the commonest slips; the list of forms does for the rest."""
    if not text:
        return "a date is missing"
    if text[0] in "Yy-+":
        return "only years from 0001 to 9999, of four digits, are read"
    if ".." in text:
        return "an open interval has a slash: start/.. or ../end"
    return f"{text!a} has none of the forms read here; {_FORMS}"


def _bounds(year: str, month: str | None, day: str | None) -> tuple[date, date, Precision]:
    if "X" in year:
        if month is not None:
            raise ValueError("a year with X takes no month")
        first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
        precision = Precision.DECADE if year[2] != "X" else Precision.CENTURY
        return _months(first, 1, 12 * (last - first) + 12, precision)
    number = int(year)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise ValueError("a day is given, but its month is not")
        return _months(number, 1, 12, Precision.YEAR)
    code = int(month)
    if code in _PARTS:
        if day is not None:
            raise ValueError(f"{code} is a part of the year, which takes no day")
        precision = Precision.SEASON if code <= _LAST_SEASON else Precision.PART_OF_YEAR
        return _months(number, *_PARTS[code], precision)
    if not 1 <= code <= 12:
        raise ValueError(f"there is no month {month}, nor a season or part of a year of that code")
    if day is None or day == "XX":
        return _months(number, code, code, Precision.MONTH)
    exact = _day(number, code, int(day))
    return exact, exact, Precision.DAY


def _months(year: int, first: int, last: int, precision: Precision) -> tuple[date, date, Precision]:
    """Give the days from the start of one month to the end of another, and the precision."""
    from_year, from_month = year + (first - 1) // 12, (first - 1) % 12 + 1
    to_year, to_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    if from_year < 1 or to_year > 9999:
        raise ValueError("it reaches beyond the years 0001 to 9999")
    end = date(to_year, to_month, monthrange(to_year, to_month)[1])
    return date(from_year, from_month, 1), end, precision


def _day(year: int, month: int, day: int) -> date:
    if year < 1:
        raise ValueError("it reaches beyond the years 0001 to 9999")
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise ValueError(f"there is no day {day:02}: {year:04}-{month:02} has {days} days")
    return date(year, month, day)


def _parse_time(text: str) -> Edtf:
    before, _, after = text.partition("T")
    day = _parse_date(before)
    if day.precision is not Precision.DAY or day.is_qualified or day.earliest is None:
        raise ValueError("a time stands only after a whole day without a qualifier")
    found = _TIME.fullmatch(after)
    if found is None:
        raise ValueError(_why_no_time(after))
    if found["zone"] is None:
        raise ValueError("a time without a zone: add Z (UTC) or an offset such as +03:00")
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{after!a} is no time of day: hours to 23, minutes and seconds to 59")
    local = datetime.combine(day.earliest, time(hour, minute, second), UTC)
    try:
        instant = local - _offset(found)
    except OverflowError:
        raise ValueError("in UTC it reaches beyond the years 0001 to 9999") from None
    return Edtf(
        text=text,
        earliest=instant.date(),
        latest=instant.date(),
        precision=Precision.TIME,
        instant=instant,
        has_seconds=found["second"] is not None,
    )


def _why_no_time(after: str) -> str:
    if after.endswith(("?", "~", "%")):
        return "a time takes no qualifier: give the day with one"
    if re.search(r"[.,][0-9]", after):
        return "fractions of a second are not read"
    return f"{after!a} is not hh:mm or hh:mm:ss with Z or an offset such as +03:00"


def _offset(found: re.Match[str]) -> timedelta:
    if found["sign"] is None:
        return timedelta()
    hours, minutes = int(found["zone_hour"]), int(found["zone_minute"] or 0)
    total = hours * 60 + minutes
    if found["sign"] == "-":
        if not total:
            raise ValueError("the offset -00:00 means that the zone is not known: write Z for UTC")
        total = -total
    if minutes > 59 or not _FURTHEST_WEST_MINUTES <= total <= _FURTHEST_EAST_MINUTES:
        raise ValueError(f"no zone is at {found['zone']}: they run from -12:00 to +14:00")
    return timedelta(minutes=total)


def _parse_interval(text: str) -> Edtf:
    if text.count("/") > 1:
        raise ValueError("more than one slash: an interval is start/end, a date has hyphens")
    if "T" in text:
        raise ValueError("an interval runs between dates, not times")
    before, _, after = text.partition("/")
    start = _parse_date(before) if before not in ("", "..") else None
    end = _parse_date(after) if after not in ("", "..") else None
    if start is None and end is None:
        raise ValueError("an interval needs a date on one side at least")
    if start is not None and end is not None and _ends_before(end, start):
        raise ValueError("the interval runs backwards: it ends before it starts")
    ends = tuple(one for one in (start, end) if one is not None)
    return Edtf(
        text=text,
        earliest=start.earliest if start is not None else None,
        latest=end.latest if end is not None else None,
        precision=Precision.INTERVAL,
        is_approximate=any(one.is_approximate for one in ends),
        is_uncertain=any(one.is_uncertain for one in ends),
        start_is_open=before == "..",
        start_is_unknown=not before,
        end_is_open=after == "..",
        end_is_unknown=not after,
    )


def _parse_choice(text: str) -> Edtf:
    if text[0] == "{":
        raise ValueError("all of a set, {...}, is not read: give each date its own event")
    if not text.endswith("]"):
        raise ValueError("a set begins with [ and ends with ]")
    parts = text[1:-1].split(",")
    if len(parts) < 2:
        raise ValueError("a set is of two dates or more")
    if any("T" in part or "/" in part for part in parts):
        raise ValueError("a set is of dates, not of times or intervals")
    choices = tuple(_parse_date(part) for part in parts)
    if len(set(parts)) < len(parts):
        raise ValueError("a set names each date once")
    return Edtf(
        text=text,
        earliest=min(one.earliest for one in choices if one.earliest is not None),
        latest=max(one.latest for one in choices if one.latest is not None),
        precision=Precision.CHOICE,
        is_approximate=any(one.is_approximate for one in choices),
        is_uncertain=any(one.is_uncertain for one in choices),
        choices=choices,
    )
