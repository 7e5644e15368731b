"""Side by side: ``/compare?a=RU&b=IR``, two countries, two services, or two weeks of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from whocut.access.shares import Share, estimate_share
from whocut.i18n.text import Text
from whocut.publish.edition.access_rows import CUT_ANSWERS, Country, CountryWeek, PairRow
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.asking import asked_country, asked_name, shown_name
from whocut.publish.site.country_facts import acts, grades_of
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.places import is_known_place, place_name
from whocut.publish.site.wording import wording

__all__ = ["ROUTES"]

_DIFFERENT: Final = 20
_LOOKED_AT: Final = 150
"""Cut-offs of each country that are looked up in the other."""
_REFUSED: Final = ("refused_service", "refused_edge", "refused")
_LINES: Final[Sequence[tuple[str, frozenset[str]]]] = (
    ("refused", frozenset(_REFUSED)),
    ("interfered", frozenset({"interfered"})),
    ("two", frozenset({"two_causes"})),
    ("unattributed", frozenset({"cut_unattributed"})),
    ("cut", CUT_ANSWERS),
    ("served", frozenset({"served"})),
)
_NO_ANSWER: Final = ("insufficient", "target_down", "network_down", "measurement_fault")


class Line(Struct, frozen=True):
    """One figure on both sides."""

    name: str
    a: Share | None
    b: Share | None


class Side(Struct, frozen=True):
    """One of the two: what it is called, where its page is, over what it is told."""

    key: str
    name: str
    address: str
    first: date | None
    last: date | None
    n: int
    """Measurements."""
    week: date | None = None
    """The one week that was asked for."""


class Different(Struct, frozen=True):
    """Something that fares differently on the two sides."""

    name: str
    a: PairRow | None
    b: PairRow | None


def compare(asked: Asked) -> Page:
    """Put two side by side, or ask for them."""
    given = {name: asked.query.get(name, "").strip()[:300] for name in ("a", "b")}
    weeks = {name: asked.query.get(name, "") for name in ("week_a", "week_b")}
    kinds = {name: _kind(asked.edition, text) for name, text in given.items()}
    context: dict[str, Any] = {**wording(asked.text), "given": given, "weeks": weeks}
    wrong = [name for name, text in given.items() if text and kinds[name] is None]
    a, b = kinds["a"], kinds["b"]
    if a is None or b is None or a[0] != b[0]:
        is_mixed = a is not None and b is not None
        context |= {"wrong": [given[name] for name in wrong], "is_mixed": is_mixed, "kind": ""}
        return Page("compare.html", asked.text.gettext("Compare"), context)
    if a[0] == "country":
        found = _countries(asked, a[1], b[1], _monday(weeks["week_a"]), _monday(weeks["week_b"]))
    else:
        found = _services(asked, a[1], b[1])
    title = asked.text.gettext("%(a)s and %(b)s", a=found["a"].name, b=found["b"].name)
    return Page("compare.html", title, {**context, "wrong": [], "is_mixed": False, **found})


def _kind(edition: Edition, text: str) -> tuple[str, str] | None:
    """Read one side: a country by code or name, or a service."""
    code = asked_country(text)
    if code is None and is_known_place(edition, text.upper()):
        code = text.upper()
    if code is not None:
        return "country", code
    name = asked_name(text)
    return None if name is None else ("service", name.target)


def _monday(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday())


def _countries(
    asked: Asked, a: str, b: str, week_a: date | None, week_b: date | None
) -> Mapping[str, Any]:
    """Compare two countries; of one and the same, two of its weeks."""
    edition = asked.edition
    found = (edition.access.country(a), edition.access.country(b))
    of_weeks = (_week_of(found[0], week_a), _week_of(found[1], week_b))
    counts = tuple(_answers(one, week) for one, week in zip(found, of_weeks, strict=True))
    gaps = tuple(edition.access.gap(one) for one in (a, b))
    is_one = a == b
    return {
        "kind": "country",
        "a": _side_of_country(asked.text, a, found[0], of_weeks[0]),
        "b": _side_of_country(asked.text, b, found[1], of_weeks[1]),
        "lines": _lines(counts),
        "no_answer": [_no_answer(one) for one in counts],
        "gaps": [one.gap.services if one else None for one in gaps],
        "unlisted": [one.gap.unlisted if one else None for one in gaps],
        "documents": [] if is_one else [edition.ledger.counted(one).cuts for one in (a, b)],
        "routes": [None, None] if is_one else [edition.routes.summary(one) for one in (a, b)],
        "different": [] if is_one else _different_targets(edition, a, b),
        "week_choices": [_week_choices(one) for one in found],
    }


def _week_of(found: Country | None, week: date | None) -> CountryWeek | None:
    if found is None or week is None:
        return None
    return next((one for one in found.weeks if one.week == week), None)


def _answers(found: Country | None, week: CountryWeek | None) -> Mapping[str, int]:
    if week is not None:
        return week.answers
    return found.summary.answers if found is not None else {}


def _side_of_country(
    text: Text, code: str, found: Country | None, week: CountryWeek | None
) -> Side:
    name, address = place_name(text, code), f"/c/{code}"
    if found is None:
        return Side(code, name, address, None, None, 0)
    summary = found.summary
    if week is not None:
        return Side(code, name, address, week.week, week.week, 0, week.week)
    return Side(code, name, address, summary.since, summary.last_week, summary.n)


def _week_choices(found: Country | None) -> list[date]:
    return [one.week for one in found.weeks[-26:]] if found is not None else []


def _lines(counts: Sequence[Mapping[str, int]]) -> list[Line]:
    """Give shares of the targets with an answer, each with its interval."""
    return [Line(name, *(_share(one, answers) for one in counts)) for name, answers in _LINES]


def _share(counted: Mapping[str, int], answers: frozenset[str]) -> Share | None:
    n = sum(count for answer, count in counted.items() if answer not in _NO_ANSWER)
    if not n:
        return None
    k = sum(count for answer, count in counted.items() if answer in answers)
    return _counted_share(k, n)


@lru_cache(maxsize=4096)
def _counted_share(k: int, n: int) -> Share:
    return estimate_share(k, [1.0] * k + [0.0] * (n - k))


def _no_answer(counted: Mapping[str, int]) -> int:
    return sum(counted.get(answer, 0) for answer in _NO_ANSWER)


def _different_targets(edition: Edition, a: str, b: str) -> list[Different]:
    """Find services that are cut off in one country and served in the other."""
    found: dict[str, Different] = {}
    for here, there, is_a in ((a, b, True), (b, a, False)):
        for row, other in edition.access.cut_and_served(here, there, _LOOKED_AT):
            if not row.is_older:
                sides = (row, other) if is_a else (other, row)
                found[row.target] = Different(row.target, *sides)
    return _surest(found.values())


def _surest(found: Iterable[Different]) -> list[Different]:
    def weight(one: Different) -> tuple[int, str]:
        return -sum(row.n_period for row in (one.a, one.b) if row is not None), one.name

    return sorted(found, key=weight)[:_DIFFERENT]


def _services(asked: Asked, a: str, b: str) -> Mapping[str, Any]:
    """Compare two services over the countries in which both were measured."""
    edition = asked.edition
    rows = tuple(
        {one.country: one for one in edition.access.target(name) if not one.is_older}
        for name in (a, b)
    )
    counts = tuple(_count_answers(one.values()) for one in rows)
    records: tuple[list[RecordRow], ...] = tuple(edition.ledger.of_domain(one) for one in (a, b))
    both = [
        Different(country, rows[0].get(country), rows[1].get(country))
        for country in sorted({*rows[0], *rows[1]})
    ]
    differ = [
        one
        for one in both
        if one.a is not None and one.b is not None and one.a.is_cut != one.b.is_cut
    ]
    return {
        "kind": "service",
        "a": _side_of_service(a, rows[0]),
        "b": _side_of_service(b, rows[1]),
        "lines": _lines(counts),
        "no_answer": [_no_answer(one) for one in counts],
        "gaps": [None, None],
        "unlisted": [None, None],
        "documents": [grades_of(acts(one)) for one in records],
        "routes": [None, None],
        "different": _surest(differ),
        "week_choices": [[], []],
    }


def _count_answers(rows: Iterable[PairRow]) -> Mapping[str, int]:
    counted: dict[str, int] = {}
    for one in rows:
        counted[one.answer] = counted.get(one.answer, 0) + 1
    return counted


def _side_of_service(name: str, rows: Mapping[str, PairRow]) -> Side:
    weeks = [one.week for one in rows.values()]
    n = sum(one.n_period for one in rows.values())
    first, last = min(weeks, default=None), max(weeks, default=None)
    return Side(name, shown_name(name), f"/d/{name}", first, last, n)


ROUTES: Final = (PageRoute("/compare", compare, "compare"),)
