"""One axis of time for a country: what documents tell, what was measured, how routes changed.

Records stand by who acted and are never added over grades: those on one excerpt and leads have rows
of their own. A stretch in which nothing was measured has no bar.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date
from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.scorecard import NOT_ESTABLISHED
from whocut.ledger.sentences import Voice
from whocut.ledger.vocabulary import Grade, Kind
from whocut.publish.edition.access_rows import CUT_ANSWERS, CountryWeek
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.charts.bars import BarChart, Series, bar_chart

__all__ = ["Stretch", "TimeAxis", "TimeRow", "actor_groups", "time_axis"]

_MOST_STRETCHES: Final = 20
_FEW_YEARS: Final = 3
"""Up to this many years are told by quarters."""
_GROUPS: Final = {
    **dict.fromkeys(("state", "court"), "state"),
    **dict.fromkeys(("company", "operator", "payment_network", "certificate_authority"), "company"),
}
"""By whom an act was, as data/taxonomy/harms.toml groups the kinds of actors."""
_OPEN_VOICES: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED, Voice.DENIED})
_NO_CUT: Final = frozenset({Kind.RESTORATION, Kind.REFUSAL, Kind.RUMOUR})


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


def actor_groups(row: RecordRow) -> tuple[str, ...]:
    """Say by whom an act was: state, company, other; or that it is not established."""
    if row.voice in _OPEN_VOICES or not row.actor_kinds:
        return (NOT_ESTABLISHED,)
    return tuple(dict.fromkeys(_GROUPS.get(kind, "other") for kind in row.actor_kinds))


def time_axis(
    text: Text,
    records: Sequence[RecordRow],
    weeks: Sequence[CountryWeek],
    route_days: Sequence[date],
    *,
    year: int = 0,
) -> TimeAxis | None:
    """Lay out everything that has a day; None where nothing has."""
    dated = [one for one in records if one.first_day is not None and not one.is_retracted]
    days = [one.first_day for one in dated if one.first_day is not None]
    days += [one.week for one in weeks] + list(route_days)
    if not days:
        return None
    stretches = _stretches(text, min(days), max(days), year)
    lanes = [
        *_lanes_of_records(text, dated, stretches),
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
        years=tuple(sorted({day.year for day in days})),
        n_earlier=sum(day < stretches[0].first for day in days) if not year else 0,
        n_undated=len(records) - len(dated),
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
    text: Text, records: Sequence[RecordRow], stretches: Sequence[Stretch]
) -> Iterable[_Lane]:
    """Make the lanes of the ledger; those in which nothing stands are left out."""
    cuts = [one for one in records if one.kind not in _NO_CUT]
    back = [one for one in records if one.kind is Kind.RESTORATION]
    back = _of_grade(back, Grade.DOCUMENTED)
    documented = [one for one in cuts if one.grade is Grade.DOCUMENTED]

    def by(group: str) -> list[RecordRow]:
        return [one for one in documented if group in actor_groups(one)]

    lanes = (
        (text.gettext("Documented, by states and courts"), "look-1", by("state")),
        (text.gettext("Documented, by companies"), "look-2", by("company")),
        (text.gettext("Documented, by others"), "look-3", by("other")),
        (text.gettext("Documented, by whom is not settled"), "look-4", by(NOT_ESTABLISHED)),
        (text.gettext("On one excerpt"), "look-5", _of_grade(cuts, Grade.EXCERPT)),
        (text.gettext("Leads, not confirmed"), "look-6", _of_grade(cuts, Grade.LEAD)),
        (text.gettext("Given back, documented"), "look-7", back),
    )
    counted = [
        (label, look, _counts([one.first_day for one in found if one.first_day], stretches))
        for label, look, found in lanes
        if found
    ]
    # States, companies and leads are drawn to one scale: a bar of one is a bar of the other.
    most = max((max(counts) for *_, counts in counted), default=0)
    for label, look, counts in counted:
        yield _lane(text, label, look, counts, most)


def _of_grade(records: Iterable[RecordRow], grade: Grade) -> list[RecordRow]:
    return [one for one in records if one.grade is grade]


def _counts(days: Sequence[date], stretches: Sequence[Stretch]) -> list[int]:
    return [sum(one.first <= day <= one.last for day in days) for one in stretches]


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
    counts = _counts(days, stretches)
    if any(counts):
        label = text.gettext("Routes: providers whose loss or gain of customers stands out")
        yield _lane(text, label, "look-9", counts, max(counts))
