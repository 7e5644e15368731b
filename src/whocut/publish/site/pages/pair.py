"""One service in one country: ``/d/{domain}/{CC}``, everything that an answer rests on."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from babel.dates import format_date

from whocut.i18n.text import Text
from whocut.publish.edition.access_rows import Pair, PairRow, PairWeek
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.finding_rows import FindingRow
from whocut.publish.edition.given_back import as_told_of
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.asking import asked_name, shown_name
from whocut.publish.site.charts.bars import BarChart, Series, bar_chart
from whocut.publish.site.law_of_country import union_of
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.places import is_in, is_known_place, place_name
from whocut.publish.site.plain_answer import is_old
from whocut.publish.site.same_service import named, service_records
from whocut.publish.site.wording import wording

__all__ = ["ROUTES", "findings_of", "records_here"]

_WEEKS: Final = 26
"""Weeks of a chart and its table; older ones are in the data."""
_ELSEWHERE: Final = 12
_NETWORKS: Final = 30
_RECORDS: Final = 20
_CAUSES: Final = (
    *("served", "refused_service", "refused_edge", "interfered", "target_down"),
    *("network_down", "bot_check", "measurement_fault"),
)
_TWINS: Final = 8
_SHOWN: Final = 0.01
"""Causes less probable than this are told together."""


def pair(asked: Asked, domain: str, country: str) -> Page:
    """Show one service in one country."""
    name, code = asked_name(domain), country.upper()
    if name is None or not is_known_place(asked.edition, code):
        raise Absent(asked.text.gettext("This is no name of a service, or no country."))
    if (domain, country) != (name.target, code):
        return Page("", "", status=308, location=f"/d/{name.target}/{code}")
    found = asked.edition.access.pair(code, name.target)
    known = named(asked.edition, name.target)
    rows = known.rows
    records = service_records(asked.edition, name.target)
    below = asked.edition.ledger.below_domain(name.target)
    told = records_here(
        _each_once([*records, *(one for _, one in below)]), code, asked.edition.made_on
    )
    if found is None and not rows and not records and not below:
        raise Absent(
            asked.text.gettext(
                "Nobody has measured this service here, and no document of ours names it. "
                "Is it me? says how to measure it."
            )
        )
    return Page(
        "pair.html",
        asked.text.gettext(
            "%(service)s in %(country)s: who cut it off?",
            service=shown_name(name.target),
            country=place_name(asked.text, code),
        ),
        {
            **wording(asked.text),
            "target": name.target,
            "country": code,
            "pair": found,
            "measured_as": known.measured,
            "is_other_measured": any(
                one.country == code and one.target != name.target for one in rows
            ),
            "elsewhere": _elsewhere(rows, code),
            "n_elsewhere": sum(one.country != code for one in rows),
            "records": told[:_RECORDS],
            "n_records": len(records),
            "findings": findings_of(asked.edition, name.target, known.twins, code),
            **(_measured(asked.text, found, asked.edition.made_on) if found else {}),
        },
        description=asked.text.gettext(
            "What measurements and documents say of %(service)s in %(country)s.",
            service=name.target,
            country=place_name(asked.text, code),
        ),
    )


def records_here(records: Sequence[RecordRow], country: str, day: date) -> list[RecordRow]:
    """Keep the records that speak of a country, of a part of it, or of what it belongs to.

    Each has its end in this country, where it was given back to it alone.
    """
    wider = {"WORLD", *union_of(country, day)}
    return as_told_of(
        country,
        (
            one
            for one in records
            if any(is_in(place, country) or place in wider for place in one.places)
        ),
    )


def findings_of(
    edition: Edition, target: str, twins: Sequence[str], country: str
) -> list[FindingRow]:
    """List the findings on a service in a country, under any of its names, each once."""
    found = [
        one for name in (target, *twins[:_TWINS]) for one in edition.findings.of_pair(country, name)
    ]
    return list({one.id: one for one in found}.values())


def _each_once(records: Sequence[RecordRow]) -> list[RecordRow]:
    return list({one.id: one for one in records}.values())


def _elsewhere(rows: Sequence[PairRow], country: str) -> list[PairRow]:
    """Choose other countries: those in which it is cut first, then those measured most."""
    others = [one for one in rows if one.country != country and not one.is_older]
    return sorted(others, key=lambda one: (not one.is_cut, -one.n, one.country))[:_ELSEWHERE]


def _measured(text: Text, found: Pair, today: date) -> dict[str, Any]:
    causes = [(name, found.causes.get(name, 0.0)) for name in _CAUSES]
    history = found.history[-_WEEKS:]
    return {
        "causes": sorted(
            (one for one in causes if one[1] >= _SHOWN), key=lambda one: (-one[1], one[0])
        ),
        "p_two": found.causes.get("two", 0.0),
        "history": history,
        "n_older_weeks": len(found.history) - len(history),
        "chart": _chart(text, history) if len(history) > 1 else None,
        "networks": sorted(found.networks, key=lambda one: (-one.n, one.asn))[:_NETWORKS],
        "n_networks_rows": len(found.networks),
        "is_old": is_old(found.row.week, today),
        "slow": [one for one in found.slowdowns if one.answer in ("throttled", "stalled")],
    }


def _chart(text: Text, history: Sequence[PairWeek]) -> BarChart:
    """Draw what each week makes probable; a week without an answer has its share of doubt."""
    labels = [format_date(one.week, "d MMM", locale=text.locale) for one in history]
    lanes = (
        (text.gettext("Served"), "look-8", [one.p_served for one in history]),
        (
            text.gettext("Refused by the service or its edge"),
            "look-2",
            [min(one.p_refused_service + one.p_refused_edge, 1.0) for one in history],
        ),
        (text.gettext("Interfered with"), "look-1", [one.p_interfered for one in history]),
        (text.gettext("Cut off, whoever did it"), "look-4", [one.p_cut for one in history]),
    )
    return bar_chart(
        text.gettext("Probability of each cause, week by week"),
        labels,
        [Series(label, tuple(values), look, most=1.0) for label, look, values in lanes],
    )


ROUTES: Final = (PageRoute("/d/{domain:str}/{country:str}", pair, "pair"),)
