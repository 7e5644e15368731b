"""The one search: an exact hit leads to its page, all else is listed by what it is."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.edition.search import folded
from whocut.publish.site.asking import (
    AskedName,
    asked_country,
    asked_name,
    country_codes,
    shown_name,
)
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.same_service import is_known
from whocut.publish.site.wording import wording

__all__ = ["ROUTES", "Hit", "exact_address"]

_MOST: Final = 40
_RECORDS: Final = 10
_LONGEST: Final = 200
_NETWORK: Final = re.compile(r"(?:as|asn|\u0430\u0441)?[\s:#-]*(\d{1,10})", re.IGNORECASE)
_LAST_NETWORK: Final = 2**32 - 1
_SHAPE: Final = {"domain": "/d/", "country": "/c/", "actor": "/who/", "network": "/as/"}


class Hit(Struct, frozen=True):
    """One thing that was found, with the address of its page."""

    address: str
    name: str
    as_found: str
    """The string that matched, where it is another than the name."""
    weight: int


def _search(asked: Asked) -> Page:
    given = " ".join(asked.query.get("q", "")[:_LONGEST].split())
    if given:
        address = exact_address(asked.edition, given)
        if address:
            return Page("", "", status=303, location=address)
    text = asked.text
    found = asked.edition.access.find(given, _MOST) if given else []
    is_found = any(one.kind != "network" for one in found)
    near = asked.edition.access.find_near(given) if given and not is_found else []
    rows, total = _records(asked.edition, given)
    name = asked_name(given) if given else None
    title = text.gettext("Search: %(words)s", words=given) if given else text.gettext("Search")
    return Page(
        "search.html",
        title,
        {
            **wording(text),
            "given": given,
            "groups": _grouped(asked, found),
            "near": [_hit(asked, one) for one in near],
            "records": rows,
            "n_records": total,
            "unknown": name,
            "unknown_shown": shown_name(name.target) if name else "",
            "number": _number(given),
        },
        # What people look for is theirs: no cache keeps it.
        is_private=bool(given),
    )


def exact_address(edition: Edition, given: str) -> str:
    """Give the address of what is meant without a doubt; empty where several may be, or nothing."""
    number = _number(given)
    if number is not None and _is_known_network(edition, number):
        return f"/as/{number}"
    name = asked_name(given)
    if name is not None:
        target = _known_domain(edition, name)
        if target:
            return f"/d/{quote(target, safe='')}"
    if edition.ledger.row(given.lower()) is not None:
        return f"/cut/{quote(given.lower())}"
    named = _named(edition, given)
    country = asked_country(given)
    # Of a company that is called as a country is, both are listed.
    if country and all(one.kind == "country" for one in named):
        return f"/c/{country}"
    if country is None and len(named) == 1:
        return _address(named[0])
    return ""


def _number(given: str) -> int | None:
    match = _NETWORK.fullmatch(given.strip())
    if match is None:
        return None
    number = int(match[1])
    return number if 0 < number <= _LAST_NETWORK else None


def _is_known_network(edition: Edition, number: int) -> bool:
    return bool(
        edition.access.network(number)
        or edition.ledger.of_asn(number, 1)
        or edition.ledger.actor_of_network(number)
        or edition.routes.network(number)
    )


def _known_domain(edition: Edition, name: AskedName) -> str:
    return name.target if is_known(edition, name.target) else ""


def _named(edition: Edition, given: str) -> list[Found]:
    """List what is called exactly so, each thing once."""
    wanted = folded(given)
    exact = [
        one
        for one in edition.access.find(given, _MOST)
        if wanted == folded(one.name) or (one.kind == "country" and wanted == folded(one.key))
    ]
    return list({(one.kind, one.key): one for one in exact}.values())


def _grouped(asked: Asked, found: Sequence[Found]) -> list[tuple[str, list[Hit]]]:
    groups: dict[str, list[Hit]] = {kind: [] for kind in _SHAPE}
    for one in found:
        if one.kind in groups:
            groups[one.kind].append(_hit(asked, one))
    return [(kind, hits) for kind, hits in groups.items() if hits]


def _hit(asked: Asked, one: Found) -> Hit:
    name = one.name
    if one.kind == "country":
        name = place_name(asked.text, one.key)
    elif one.kind == "domain":
        name = shown_name(one.key)
    elif one.kind == "network":
        name = f"AS{one.key}"
    as_found = "" if folded(name) == folded(one.name) else one.name
    return Hit(_address(one), name, as_found, one.weight)


def _address(one: Found) -> str:
    if one.kind == "country" and one.key not in country_codes():  # a part of one, or a union
        return f"/ledger?country={quote(one.key, safe='')}"
    return f"{_SHAPE[one.kind]}{quote(one.key, safe='')}"


def _records(edition: Edition, given: str) -> tuple[list[object], int]:
    if len(given) < 3:
        return [], 0
    rows, total = edition.ledger.rows(LedgerFilters(q=given), 1, _RECORDS)
    return list(rows), total


ROUTES = (PageRoute("/search", _search, "search"),)
