"""How late exemptions come, and how long cut-offs last: ``/lags``."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.lags import GROUPINGS, LagFigure, LagKind
from whocut.ledger.lags_regimes import FirstDay, RegimeLag
from whocut.ledger.law.instrument import Basis
from whocut.publish.site.charts.spans import SpanChart, SpanRow, span_chart
from whocut.publish.site.lag_words import days_words, median_words
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.words import word

__all__ = ["ROUTES", "FigureLine", "RegimeLine"]

_GROUPINGS: Final = tuple(one for one in GROUPINGS if one != "record")
_DRAWN: Final = 20
_GROUPS: Final = {"sector": "sector", "actor_kind": "actor_kind"}


class RegimeLine(Struct, frozen=True):
    """One regime in words."""

    lag: RegimeLag
    days: str


class FigureLine(Struct, frozen=True):
    """One group in words."""

    figure: LagFigure
    name: str
    address: str
    """Of its records in the ledger; empty where no filter finds them."""
    median: str
    median_of_ended: str


def lags(asked: Asked) -> Page:
    """Show the three lags: by regime, and by one axis of the records."""
    text, pages = asked.text, asked.edition.ledger
    by = asked.query.get("by", "")
    by = by if by in _GROUPINGS else _GROUPINGS[0]
    given = asked.query.get("kind", "")
    kind = LagKind(given) if given in set(LagKind) else LagKind.LENGTH
    found = pages.lags(by)
    if found is None:
        raise Absent(text.gettext("This edition holds no lags."))
    ordered = sorted(
        found.figures.get(kind, ()), key=lambda one: (-one.n, one.value, one.grade, one.case)
    )
    at = asked.number("page", most=1000)
    shown = ordered[(at - 1) * PAGE_ROWS : at * PAGE_ROWS]
    regimes = [RegimeLine(one, days_words(text, one.days)) for one in found.regimes]
    single, n_single = pages.lag_rows(kind, asked.number("single", most=1000), PAGE_ROWS)
    return Page(
        "lags.html",
        text.gettext("How late exemptions come, and how long cut-offs last"),
        {
            **ledger_wording(text),
            "as_of": found.as_of,
            "by": by,
            "kind": kind,
            "kinds": list(LagKind),
            "groupings": [(one, _grouping(text, one)) for one in _GROUPINGS],
            "regimes": regimes,
            "regime_chart": _regime_chart(text, found.regimes),
            "is_own": _is_own,
            "figures": [_figure_line(text, by, one) for one in shown],
            "figure_chart": _figure_chart(text, by, ordered[:_DRAWN]),
            "n_figures": len(ordered),
            "at": at,
            "page_rows": PAGE_ROWS,
            "left_out": found.left_out.get(kind, {}),
            "single": [(one, days_words(text, one.days, is_open=one.is_open)) for one in single],
            "n_single": n_single,
            "single_at": asked.number("single", most=1000),
        },
        description=text.gettext(
            "Days from a cut-off to its exemption, from the exemption to the return, and of the "
            "cut-off as a whole, with what has not ended counted as open."
        ),
    )


def _grouping(text: Text, by: str) -> str:
    names = {
        "country": text.gettext("place"),
        "sector": text.gettext("trade"),
        "instrument": text.gettext("legal instrument"),
        "actor_kind": text.gettext("kind of party"),
    }
    return names[by]


def _is_own(day: FirstDay | None) -> bool:
    return day is not None and day.basis is Basis.OWN


def _name(text: Text, by: str, value: str) -> str:
    if by == "country":
        return place_name(text, value)
    if by in _GROUPS:
        return word(text, _GROUPS[by], value)
    return text.gettext("no instrument") if value == "none" else value


def _figure_line(text: Text, by: str, one: LagFigure) -> FigureLine:
    median = median_words(text, one.median)
    address = f"/law/{one.value}" if by == "instrument" and one.value != "none" else ""
    if by in ("country", "sector", "actor_kind"):
        address = f"/ledger?{by}={one.value}&grade={one.grade}"
    return FigureLine(
        one,
        _name(text, by, one.value),
        address,
        text.gettext("about %(days)s", days=median) if one.is_about and one.median else median,
        median_words(text, one.median_of_ended),
    )


def _regime_chart(text: Text, regimes: Sequence[RegimeLag]) -> SpanChart | None:
    rows = [
        SpanRow(one.regime.name, one.days.least, one.days.most, is_open=False)
        for one in regimes
        if one.days is not None and one.days.least is not None and one.days.most is not None
    ]
    return span_chart(
        text.gettext("Days from the base event to the exemption, by regime, on a scale of roots"),
        rows,
        text.number,
    )


def _figure_chart(text: Text, by: str, figures: Sequence[LagFigure]) -> SpanChart | None:
    rows = []
    for one in figures:
        median = one.median
        if median is None:
            continue
        least = median.more_than if median.more_than is not None else median.least
        if least is None:
            continue
        label = text.gettext(
            "%(name)s: %(grade)s, n %(n)s",
            name=_name(text, by, one.value),
            grade=word(text, "grade", one.grade),
            n=text.number(one.n),
        )
        is_open = median.more_than is not None or median.most is None
        rows.append(SpanRow(label, least, least if is_open else median.most, is_open=is_open))
    return span_chart(
        text.gettext("Median days of the largest groups, on a scale of roots"), rows, text.number
    )


ROUTES: Final = (PageRoute("/lags", lags, "lags"),)
