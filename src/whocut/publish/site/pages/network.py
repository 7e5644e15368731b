"""A network: ``/as/{number}``; whom it carries, what was decided of it, what was measured on it."""

import re
from typing import Any, Final

from whocut.ingest.topology.reserved_numbers import LAST_ASN, RESERVED_RANGES
from whocut.publish.edition.access_rows import Network
from whocut.publish.edition.routes_rows import NetworkRoutes
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.route_sentences import route_wording
from whocut.publish.site.wording import wording
from whocut.routes.cascades import MODES

__all__ = ["ROUTES"]

_NUMBER: Final = re.compile("(?:[Aa][Ss])?([0-9]{1,10})")
_CHANGES: Final = 20
_RECORDS: Final = 50
_FINDINGS: Final = 10
_HANDS_OVER: Final = "hands_over"
_TAKES_OVER: Final = "takes_over"


def network(asked: Asked, asn: str) -> Page:
    """Answer whom a network carries, and what is known of it."""
    number = _number(asked, asn)
    if asn != str(number):
        return Page("", "", status=308, location=f"/as/{number}")
    text, edition = asked.text, asked.edition
    known = edition.routes.network(number)
    records = edition.ledger.of_asn(number, _RECORDS)
    measured = edition.access.network(number)
    actors = edition.ledger.actor_of_network(number)
    findings = edition.findings.of_asn(number, _FINDINGS)
    changes = edition.routes.changes_of_network(number, limit=_CHANGES)
    is_known = bool(known or records or measured or actors or findings or changes)
    name = known.network.name if known else ""
    return Page(
        "network.html",
        f"AS{number} {name}".rstrip(),
        {
            **wording(text),
            **route_wording(text, edition.routes.facts),
            "asn": number,
            "known": known,
            "is_known": is_known,
            "reserved": next(
                (one for one in RESERVED_RANGES if one.first <= number <= one.last), None
            ),
            "records": records,
            "measured": _measured(measured),
            "actors": actors,
            "findings": findings,
            "changes": changes,
            **_carried(asked, number, known),
        },
        status=200 if is_known else 404,
        description=text.gettext(
            "Whom the network AS%(asn)s carries, and what is known of it.", asn=number
        ),
    )


def _number(asked: Asked, written: str) -> int:
    """Read the number of a network, with or without AS before it.

    Raises: Absent where it is none.
    """
    found = _NUMBER.fullmatch(written)
    if found is None or int(found[1]) > LAST_ASN:
        raise Absent(asked.text.gettext("This is no number of a network, as in 174 or AS174."))
    return int(found[1])


def _carried(asked: Asked, number: int, known: NetworkRoutes | None) -> dict[str, Any]:
    """List whom it hands over to, a page at a time, and whom it takes over for."""
    routes = asked.edition.routes
    at = asked.number("page", most=1000)
    return {
        "hands_over": routes.network_countries(number, _HANDS_OVER, page=at, rows=PAGE_ROWS),
        "takes_over": routes.network_countries(number, _TAKES_OVER, rows=PAGE_ROWS),
        "total": known.n_hands_over if known else 0,
        "at": at,
        "page_rows": PAGE_ROWS,
        "modes": MODES,
        "dates": routes.facts.dates,
    }


def _measured(found: Network | None) -> list[Any]:
    """List the countries that it was measured in, with what is cut on it."""
    return list(found.countries) if found else []


ROUTES: Final = (PageRoute("/as/{asn:str}", network, "network"),)
