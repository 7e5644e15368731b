"""The ledger as a table, ``/ledger``, with all filters in its address; the same as CSV and JSON."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from whocut.ledger.counts import ByGrade
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.edition.ledger_given import CSV_HEAD, GivenRow
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.site.addresses import with_query
from whocut.publish.site.ledger_asking import (
    CHOICES,
    asked_filters,
    asked_order,
    filter_faults,
    filter_names,
    filters_in_words,
    query_of,
)
from whocut.publish.site.page import PAGE_ROWS, Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.words import GROUPS, word

__all__ = ["ROUTES", "Choice", "Option"]

GIVEN_ROWS: Final = 500
"""Records in one answer of CSV or JSON; the address of the next ones stands in its headers."""
_MOST_COUNTRIES: Final = 300


class Option(Struct, frozen=True):
    """One value that a filter can have, with what it would find."""

    value: str
    name: str
    count: ByGrade | None
    """None: nothing that is asked for otherwise has it."""
    is_chosen: bool


class Choice(Struct, frozen=True):
    """One filter with its values."""

    name: str
    label: str
    options: tuple[Option, ...]


def ledger(asked: Asked) -> Page:
    """Show the records that are asked for as a table."""
    text, pages = asked.text, asked.edition.ledger
    filters, order = asked_filters(asked.query), asked_order(asked.query)
    page = asked.number("page", most=100_000)
    faults = filter_faults(text, filters)
    rows, total = pages.rows(filters, page, PAGE_ROWS, order=order)
    query = query_of(filters)
    return Page(
        "ledger.html",
        text.gettext("The ledger: documented cut-offs"),
        {
            **ledger_wording(text),
            "rows": rows,
            "total": total,
            "at": page,
            "page_rows": PAGE_ROWS,
            "filters": filters,
            "faults": faults,
            "asked_for": filters_in_words(text, filters),
            "choices": _choices(asked, pages, filters),
            "by_grade": pages.graded(filters),
            "orders": _orders(asked),
            "order": order,
            "query": {**query, "sort": "" if order == "newest" else order},
            "csv_at": with_query("/ledger.csv", query),
            "json_at": with_query("/ledger.json", query),
            "facts": pages.facts,
        },
        description=text.gettext(
            "Every documented cut-off from the Internet: who decided it, for whom, since when, on "
            "what stated ground, and how well that is witnessed."
        ),
    )


def _orders(asked: Asked) -> list[tuple[str, str]]:
    text = asked.text
    return [
        ("newest", text.gettext("newest first")),
        ("oldest", text.gettext("oldest first")),
        ("grade", text.gettext("best witnessed first")),
        ("id", text.gettext("by their ids")),
    ]


def _choices(asked: Asked, pages: LedgerPages, filters: LedgerFilters) -> list[Choice]:
    """Give each filter its values, counted as if that filter were open."""
    text = asked.text
    labels = filter_names(text)
    found = [_countries(asked, pages, filters, labels["country"])]
    for name, group in CHOICES.items():
        if name == "grade":
            continue
        counts = dict(pages.counts(name, replace(filters, **{name: ""})))
        chosen = getattr(filters, name)
        options = tuple(
            Option(value, word(text, group, value), counts.get(value), value == chosen)
            for value in GROUPS[group]
            if value in counts or value == chosen
        )
        found.append(Choice(name, labels[name], options))
    grades = tuple(
        Option(value, word(text, "grade", value), None, value == filters.grade)
        for value in GROUPS["grade"]
    )
    found.append(Choice("grade", labels["grade"], grades))
    return found


def _countries(asked: Asked, pages: LedgerPages, filters: LedgerFilters, label: str) -> Choice:
    text, chosen = asked.text, filters.country
    counts = dict(pages.counts("country", replace(filters, country=""))[:_MOST_COUNTRIES])
    if chosen and chosen not in counts:
        # A part of a country, or a place without a record: it stands in the list as it was asked.
        counts[chosen] = ByGrade()
    options = [
        Option(code, place_name(text, code), count if any(_each(count)) else None, code == chosen)
        for code, count in counts.items()
    ]
    return Choice("country", label, tuple(sorted(options, key=lambda one: one.name)))


def _each(count: ByGrade) -> tuple[int, int, int]:
    return count.documented, count.excerpt, count.lead


def ledger_csv(asked: Asked) -> Page:
    """Give the records that are asked for as CSV, the rows that ``whocut ledger export`` writes."""
    rows, following = _given(asked, "csv")
    body = (CSV_HEAD + "".join(one.text for one in rows)).encode()
    return _away(body, "text/csv", "csv", following)


def ledger_json(asked: Asked) -> Page:
    """Give the records that are asked for as JSON, each as ``whocut ledger export`` writes it."""
    rows, following = _given(asked, "json")
    pages = asked.edition.ledger
    meta: Mapping[str, Any] = {
        "edition": asked.edition.key,
        "made_on": asked.edition.made_on.isoformat(),
        "newest": pages.facts.newest.isoformat(),
        "asked": query_of(asked_filters(asked.query)),
        "n": len(rows),
        "next": following or None,
        "method": "/methods/ledger",
        "licence": "/data",
        "unstable": True,
    }
    records = ",\n".join(one.text for one in rows)
    body = f'{{"meta": {json.dumps(meta, ensure_ascii=False)},\n"records": [\n{records}\n]}}\n'
    return _away(body.encode(), "application/json", "json", following)


def _given(asked: Asked, form: Literal["csv", "json"]) -> tuple[list[GivenRow], str]:
    """Read one answer's worth of records, and where the next ones are."""
    filters = asked_filters(asked.query)
    after = asked.number("after", least=0, most=99_999_999, default=-1)
    rows = asked.edition.ledger.given(form, filters, after, GIVEN_ROWS + 1)
    if len(rows) <= GIVEN_ROWS:
        return rows, ""
    rows = rows[:GIVEN_ROWS]
    query = {**query_of(filters), "after": str(rows[-1].n)}
    return rows, with_query(f"/ledger.{form}", query)


def _away(body: bytes, media_type: str, ending: str, following: str) -> Page:
    headers = {"content-disposition": f'inline; filename="whocut-ledger.{ending}"'}
    if following:
        headers["link"] = f'<{following}>; rel="next"'
    return Page("", "", body=body, media_type=media_type, headers=headers)


ROUTES: Final = (
    PageRoute("/ledger", ledger, "ledger"),
    PageRoute("/ledger.csv", ledger_csv, "ledger_csv", is_slow=True),
    PageRoute("/ledger.json", ledger_json, "ledger_json", is_slow=True),
)
