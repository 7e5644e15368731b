"""Who carries a country: ``/c/{CC}/routes``; simulated and observed figures stand apart."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from whocut.ledger.filters import actor_name
from whocut.publish.edition.finding_rows import FindingRow
from whocut.publish.edition.routes_rows import CountryRoutes
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.places import is_known_place, is_lab_code, place_name
from whocut.publish.site.route_sentences import carriers_chart, route_wording
from whocut.publish.site.wording import wording
from whocut.routes.change_results import MonthCount, RouteChange
from whocut.routes.dependency.answer import Band
from whocut.routes.results import SharedCarrier

__all__ = ["ROUTES"]

_CHANGES: Final = 20
"""Changes on one page; each comes with its evidence."""


class _StateRow(Struct, frozen=True):
    """One state, with how many of its networks hand over, and their share, at each date."""

    state: str
    networks: int
    shares: tuple[Band | None, ...]


class _Counted(Struct, frozen=True):
    """Customers by month of one actor that a record names."""

    actor: str
    name: str
    months: tuple[MonthCount, ...]


def country_routes(asked: Asked, country: str) -> Page:
    """Answer who carries a country, who stopped, and what a withdrawal leaves."""
    text, routes = asked.text, asked.edition.routes
    code = country.upper()
    if not is_known_place(asked.edition, code):
        raise Absent(text.gettext("This is no country of two letters, as in RU or IR."))
    if code != country:
        return Page("", "", status=308, location=f"/c/{code}/routes")
    found = routes.country(code)
    at = asked.number("page", most=1000)
    changes, total = routes.changes(code, page=at, rows=_CHANGES)
    if found is None and not total:
        raise Absent(_reason(asked, code))
    context: dict[str, Any] = {
        **wording(text),
        **route_wording(text, routes.facts, routes.names(_members(found))),
        "country": code,
        "found": found,
        "changes": changes,
        "total": total,
        "at": at,
        "page_rows": _CHANGES,
        "counts": _counted(asked, code),
        "findings": _findings(asked, code, changes),
    }
    if found is not None:
        context |= _simulated(asked, found)
    return Page(
        "country_routes.html",
        text.gettext("%(country)s: who carries it?", country=place_name(text, code)),
        context,
        description=text.gettext(
            "Which networks connect %(country)s with the world, and who stopped.",
            country=place_name(text, code),
        ),
    )


def _findings(asked: Asked, code: str, changes: Sequence[RouteChange]) -> list[FindingRow]:
    """List the findings on this country that weigh routes of a network that the page tells of."""
    found: dict[str, FindingRow] = {}
    for asn in sorted({asn for one in changes for asn in one.asns}):
        for row in asked.edition.findings.of_asn(asn, PAGE_ROWS):
            if row.country == code and row.n_routes:
                found.setdefault(row.id, row)
    return list(found.values())


def _reason(asked: Asked, code: str) -> str:
    text = asked.text
    if is_lab_code(code):
        return text.gettext("Routes of the emulated laboratory are not on these pages.")
    if any(code in each.left_out for each in asked.edition.routes.facts.dates):
        return text.gettext(
            "No network registered in this country has a link and an address in the data, or "
            "nobody reaches one. That says nothing about its Internet."
        )
    return text.gettext("Who carries this country was not computed.")


def _members(found: CountryRoutes | None) -> set[int]:
    """List the networks that minimum sets name."""
    if found is None:
        return set()
    return {
        int(member[2:]) for one in found.minimums for member in one.members if member[2:].isdigit()
    }


def _simulated(asked: Asked, found: CountryRoutes) -> dict[str, Any]:
    text = asked.text
    last = found.results[-1]
    days = [one.day for one in found.results]
    title = text.gettext(
        "Foreign networks that hand over to %(country)s, share of its addresses, %(month)s",
        country=place_name(text, found.country),
        month=text.month(last.day),
    )
    return {
        "last": last,
        "dates": [one for one in asked.edition.routes.facts.dates if one.day in days],
        "chart": carriers_chart(text, title, last.hands_over) if last.hands_over else None,
        "hands_over": _by_network([(one.day, one.hands_over) for one in found.results]),
        "takes_over": _by_network([(one.day, one.takes_over) for one in found.results]),
        "states": _by_state(found, days),
    }


def _by_network(
    listed: Sequence[tuple[date, Sequence[SharedCarrier]]],
) -> list[tuple[SharedCarrier, list[Band | None]]]:
    """Put the shares of each network at all dates side by side; the last date leads."""
    first: dict[int, SharedCarrier] = {}
    shares: dict[int, dict[date, Band]] = {}
    for day, carriers in reversed(listed):
        for one in carriers:
            first.setdefault(one.asn, one)
            shares.setdefault(one.asn, {})[day] = one.share
    return [(one, [shares[asn].get(day) for day, _ in listed]) for asn, one in first.items()]


def _by_state(found: CountryRoutes, days: Sequence[date]) -> list[_StateRow]:
    shares: dict[str, dict[date, Band]] = {}
    networks: dict[str, int] = {}
    for one in sorted(found.states, key=lambda one: one.day, reverse=True):
        shares.setdefault(one.state, {})[one.day] = one.share
        networks.setdefault(one.state, one.networks)
    return [
        _StateRow(state, networks[state], tuple(at.get(day) for day in days))
        for state, at in shares.items()
    ]


def _counted(asked: Asked, code: str) -> list[_Counted]:
    found = []
    for months in asked.edition.routes.counts(code):
        actor = months[0].actor
        page = asked.edition.ledger.actor(actor)
        known = {actor: page.actor} if page else {}
        found.append(_Counted(actor, actor_name(known, actor), months))
    return found


ROUTES: Final = (PageRoute("/c/{country:str}/routes", country_routes, "country_routes"),)
