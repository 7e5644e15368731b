"""What changed: by measurement, by documents, by routes; of all countries or of one."""

from typing import Final

from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.site.asking import asked_country
from whocut.publish.site.page import PAGE_ROWS, Asked, Page, PageRoute
from whocut.publish.site.places import is_lab_code, place_name
from whocut.publish.site.wording import wording

__all__ = ["ROUTES"]

_RECORDS: Final = 10
_ROUTES: Final = 10
_KINDS: Final = ("onset", "end")


def _changes(asked: Asked) -> Page:
    text, edition = asked.text, asked.edition
    typed = asked.query.get("country", "").strip()
    country = _country(typed)
    kind = asked.query.get("kind", "")
    kind = kind if kind in _KINDS else ""
    page = asked.number("page", most=100_000)
    changes, total = edition.access.changes(country, kind=kind, page=page, rows=PAGE_ROWS)
    is_first = page == 1
    records, n_records = (
        edition.ledger.rows(LedgerFilters(country=country), 1, _RECORDS) if is_first else ([], 0)
    )
    routes, n_routes = (
        edition.routes.changes(country, page=1, rows=_ROUTES) if is_first else ([], 0)
    )
    title = (
        text.gettext("What changed: %(country)s", country=place_name(text, country))
        if country
        else text.gettext("What changed lately")
    )
    return Page(
        "changes.html",
        title,
        {
            **wording(text),
            "country": country,
            "is_unknown": bool(typed) and not country,
            "kind": kind,
            "at": page,
            "total": total,
            "page_rows": PAGE_ROWS,
            "changes": changes,
            "records": records,
            "n_records": n_records,
            "routes": routes,
            "n_routes": n_routes,
            "facts": edition.access.facts,
            "routes_facts": edition.routes.facts,
        },
    )


def _country(typed: str) -> str:
    code = typed.upper()
    return code if is_lab_code(code) else asked_country(typed) or ""


ROUTES = (PageRoute("/changes", _changes, "changes"),)
