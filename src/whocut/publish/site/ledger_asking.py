"""Read from an address which records are asked for, and write it again with one side changed."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, structs

from whocut.i18n.text import Text
from whocut.ledger.edtf import parse_edtf
from whocut.publish.edition.ledger import ORDERS
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.site.places import place_name
from whocut.publish.site.words import GROUPS, word

__all__ = [
    "CHOICES",
    "AskedFor",
    "asked_filters",
    "asked_order",
    "filter_faults",
    "filter_names",
    "filters_in_words",
    "query_of",
]

CHOICES: Final[Mapping[str, str]] = {
    "kind": "kind",
    "action": "action",
    "sector": "sector",
    "layer": "layer",
    "actor_kind": "actor_kind",
    "ground": "ground",
    "grade": "grade",
}
"""Filters that are one of a few values, and the group of words for them."""
_TYPED: Final = ("country", "actor", "since", "until", "q", "domain")
_LONGEST: Final = 100
_MOST_ASN: Final = 4294967294


class AskedFor(Struct, frozen=True):
    """One side of what is asked for, in words, and how to ask without it."""

    name: str
    value: str
    without: dict[str, str]


def asked_filters(query: Mapping[str, str]) -> LedgerFilters:
    """Read the filters of an address; what is no value of a closed set leaves its side open."""
    given = {name: query.get(name, "").strip()[:_LONGEST] for name in (*CHOICES, *_TYPED)}
    for name, group in CHOICES.items():
        if given[name] not in GROUPS[group]:
            given[name] = ""
    given["country"] = given["country"].upper()
    asn = query.get("asn", "").upper().removeprefix("AS")
    number = int(asn) if asn.isascii() and asn.isdigit() and len(asn) < 11 else 0
    return LedgerFilters(**given, asn=number if number <= _MOST_ASN else 0)


def asked_order(query: Mapping[str, str]) -> str:
    """Read in which order records are asked for; the newest first where it is none of ours."""
    given = query.get("sort", "")
    return given if given in ORDERS else "newest"


def query_of(filters: LedgerFilters) -> dict[str, str]:
    """Write filters as the query of an address, open sides left out."""
    return {name: str(value) for name, value in structs.asdict(filters).items() if value}


def filter_faults(text: Text, filters: LedgerFilters) -> list[str]:
    """Say which dates that were asked for are none."""
    faults = []
    bounds = []
    for told in (filters.since, filters.until):
        try:
            bounds.append(parse_edtf(told) if told else None)
        except ValueError:
            bounds.append(None)
            faults.append(
                text.gettext(
                    "%(told)s is no date; wanted: a year, a month or a day, as in 2022-03.",
                    told=told,
                )
            )
    since, until = bounds
    first = since.earliest if since is not None else None
    last = until.latest if until is not None else None
    if first is not None and last is not None and last < first:
        faults.append(text.gettext("The last day asked for lies before the first."))
    return faults


def filter_names(text: Text) -> dict[str, str]:
    """Name the sides that records can be asked for by."""
    return {
        "country": text.gettext("Place"),
        "actor": text.gettext("Company or state body"),
        "kind": text.gettext("Kind"),
        "action": text.gettext("Act"),
        "sector": text.gettext("Trade"),
        "layer": text.gettext("Layer"),
        "actor_kind": text.gettext("Who acted"),
        "ground": text.gettext("Ground claimed"),
        "grade": text.gettext("Grade"),
        "since": text.gettext("From"),
        "until": text.gettext("To"),
        "q": text.gettext("Words"),
        "domain": text.gettext("Domain"),
        "asn": text.gettext("Network"),
    }


def filters_in_words(text: Text, filters: LedgerFilters) -> list[AskedFor]:
    """List what is asked for, side by side."""
    asked = query_of(filters)
    names = filter_names(text)
    found = []
    for name, value in asked.items():
        shown = value
        if name in CHOICES:
            shown = word(text, CHOICES[name], value)
        elif name == "country":
            shown = place_name(text, value)
        elif name == "asn":
            shown = f"AS{value}"
        without = {other: one for other, one in asked.items() if other != name}
        found.append(AskedFor(names[name], shown, without))
    return found
