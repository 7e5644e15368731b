"""One axis of time for a country: what documents tell, what was measured, how routes changed.

Records stand by who acted and are never added over grades: those on one excerpt and leads have rows
of their own. A stretch in which nothing was measured has no bar.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date
from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.scorecard import NOT_ESTABLISHED
from whocut.publish.edition.access_rows import CUT_ANSWERS, CountryWeek
from whocut.publish.edition.ledger_countries import LANES, LedgerDays
from whocut.publish.site.charts.bars import BarChart, Series, bar_chart

__all__ = ["Stretch", "TimeAxis", "TimeRow", "time_axis"]

_MOST_STRETCHES: Final = 20
_FEW_YEARS: Final = 3
"""Up to this many years are told by quarters."""


class Stretch(Struct, frozen=True):
    """One column of the axis."""

    first: date
    last: date
    label: str
    year: int


class TimeRow(Struct, frozen=True):
    """One row of the table: a stretch, and what each lane has of it."""

    stretch: Stretch
    cells: tuple[str, ...]


class TimeAxis(Struct, frozen=True):
    """The chart and the table of the same numbers."""

    chart: BarChart
    columns: tuple[str, ...]
    rows: tuple[TimeRow, ...]
    years: tuple[int, ...]
    """Years that something is told of; each can be opened by month."""
    n_earlier: int
    """Records before the axis begins."""
    n_undated: int


def time_axis(
    text: Text,
    records: LedgerDays,
    weeks: Sequence[CountryWeek],
    route_days: Sequence[date],
    *,
    year: int = 0,
) -> TimeAxis | None:
    """Lay out everything that has a day; None where nothing has."""
    others = [day.toordinal() for day in (*(one.week for one in weeks), *route_days)]
    days = sorted((*records.days, *others))
    if not days:
        return None
    first, last = date.fromordinal(days[0]), date.fromordinal(days[-1])
    stretches = _stretches(text, first, last, year)
    lanes = [
        *_lanes_of_records(text, records, stretches),
        *_lane_of_weeks(text, weeks, stretches),
        *_lane_of_routes(text, route_days, stretches),
    ]
    return TimeAxis(
        chart=bar_chart(
            text.gettext("Cut-offs, measurements and routes over time"),
            [one.label for one in stretches],
            [series for series, _ in lanes],
        ),
        columns=tuple(series.label for series, _ in lanes),
        rows=tuple(
            TimeRow(stretch, cells)
            for place, stretch in enumerate(stretches)
            if any(cells := tuple(words[place] for _, words in lanes))
        ),
        years=tuple(sorted({date.fromordinal(day).year for day in set(days)})),
        n_earlier=bisect_left(days, stretches[0].first.toordinal()) if not year else 0,
        n_undated=records.n_undated,
    )


def _stretches(text: Text, first: date, last: date, year: int) -> list[Stretch]:
    if year:
        return [_months(text, year, month, 1) for month in range(1, 13)]
    years = range(max(first.year, last.year - _MOST_STRETCHES + 1), last.year + 1)
    if len(years) > _FEW_YEARS:
        return [Stretch(date(one, 1, 1), date(one, 12, 31), str(one), one) for one in years]
    return [_months(text, one, month, 3) for one in years for month in (1, 4, 7, 10)]


def _months(text: Text, year: int, month: int, n: int) -> Stretch:
    first = date(year, month, 1)
    after = date(year + (month + n > 12), (month + n - 1) % 12 + 1, 1)
    label = format_date(first, "LLL yy" if n == 1 else "QQQ yy", locale=text.locale)
    return Stretch(first, after - timedelta(days=1), label, year)


_Lane = tuple[Series, tuple[str, ...]]


def _lanes_of_records(
    text: Text, records: LedgerDays, stretches: Sequence[Stretch]
) -> Iterable[_Lane]:
    """Make the lanes of the ledger; those in which nothing stands are left out."""
    labels = {
        "state": text.gettext("Documented, by states and courts"),
        "company": text.gettext("Documented, by companies"),
        "other": text.gettext("Documented, by others"),
        NOT_ESTABLISHED: text.gettext("Documented, by whom is not settled"),
        "excerpt": text.gettext("On one excerpt"),
        "lead": text.gettext("Leads, not confirmed"),
        "restored": text.gettext("Given back, documented"),
    }
    counted = [
        (labels[lane], f"look-{number}", _counts(days, stretches))
        for number, lane in enumerate(LANES, 1)
        if (days := records.lanes.get(lane, ()))
    ]
    # States, companies and leads are drawn to one scale: a bar of one is a bar of the other.
    most = max((max(counts) for *_, counts in counted), default=0)
    for label, look, counts in counted:
        yield _lane(text, label, look, counts, most)


def _counts(days: Sequence[int], stretches: Sequence[Stretch]) -> list[int]:
    """Count days that stand in order, by stretches."""
    return [
        bisect_right(days, one.last.toordinal()) - bisect_left(days, one.first.toordinal())
        for one in stretches
    ]


def _lane(text: Text, label: str, look: str, counts: Sequence[int], most: int) -> _Lane:
    words = tuple(text.number(count) if count else "" for count in counts)
    values = tuple(float(count) if count else None for count in counts)
    return Series(label, values, look, most=float(most), shown=words), words


def _lane_of_weeks(
    text: Text, weeks: Sequence[CountryWeek], stretches: Sequence[Stretch]
) -> Iterable[_Lane]:
    """Take the last week measured in each stretch: the share of its targets that is cut off."""
    if not weeks:
        return
    found = [_last_within(stretch, weeks) for stretch in stretches]
    shares: list[float | None] = []
    words: list[str] = []
    for one in found:
        if one is None:
            shares.append(None)
            words.append("")
            continue
        cut = sum(n for answer, n in one.answers.items() if answer in CUT_ANSWERS)
        shares.append(cut / one.targets if one.targets else None)
        words.append(
            text.gettext("%(cut)s of %(n)s", cut=text.number(cut), n=text.number(one.targets))
        )
    percent = tuple("" if share is None else f"{share * 100:.0f}" for share in shares)
    label = text.gettext("Measured: share of targets cut off, in per cent")
    yield Series(label, tuple(shares), "look-10", most=1.0, shown=percent), tuple(words)


def _last_within(stretch: Stretch, weeks: Sequence[CountryWeek]) -> CountryWeek | None:
    return next((one for one in reversed(weeks) if stretch.first <= one.week <= stretch.last), None)


def _lane_of_routes(
    text: Text, days: Sequence[date], stretches: Sequence[Stretch]
) -> Iterable[_Lane]:
    counts = _counts(sorted(day.toordinal() for day in days), stretches)
    if any(counts):
        label = text.gettext("Routes: providers whose loss or gain of customers stands out")
        yield _lane(text, label, "look-9", counts, max(counts))
