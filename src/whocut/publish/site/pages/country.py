"""A country: ``/c/{CC}``, and its long parts ``/c/{CC}/access`` and ``/c/{CC}/ledger``."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from whocut.i18n.text import Text
from whocut.model.taxonomy import CellAnswer
from whocut.publish.edition.access_rows import CUT_ANSWERS, Country, CountryWeek, GapFound
from whocut.publish.edition.ledger_countries import CountryLedger
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.edition.routes_rows import RouteSummary
from whocut.publish.site.country_facts import SPOKEN_CLASSES, SPOKEN_SECTORS, call_lines
from whocut.publish.site.country_time import time_axis
from whocut.publish.site.law_of_country import Does, InForceHere, law_in_force, union_of
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.places import is_known_place, is_lab_code, place_name
from whocut.publish.site.plain_answer import is_old
from whocut.publish.site.report_lines import report_lines
from whocut.publish.site.wording import wording
from whocut.publish.site.words import word

__all__ = ["ROUTES"]

_SURE: Final = 10
_SPOKEN: Final = 8
_LATEST: Final = 8
_UNION: Final = "EU"
_JURISDICTIONS: Final = 12
_LEAST_N: Final = 5
"""Groups of the gap with fewer services are counted and get no share. provisional"""
_REFUSED: Final = ("refused_service", "refused_edge", "refused")


def country(asked: Asked, country: str) -> Page:
    """Answer who cuts a country off, where, how, since when, on what ground."""
    if country.upper() == _UNION:  # its records are listed; it is no country
        return Page("", "", status=308, location=f"/ledger?country={_UNION}")
    code = _code(asked, country)
    if code != country:
        return Page("", "", status=308, location=f"/c/{code}")
    edition, text = asked.edition, asked.text
    measured = edition.access.country(code)
    records = edition.ledger.counted(code)
    routes = edition.routes.summary(code)
    year = asked.number("year", least=1990, most=2100, default=0)
    changes, n_changes = edition.routes.changes(code, rows=200, alarms=True)
    axis = time_axis(
        text,
        records.days,
        _weeks(measured),
        [date.fromisoformat(f"{one.first_after}-01") for one in changes],
        year=year,
    )
    card = edition.ledger.scorecard(code)
    return Page(
        "country.html",
        text.gettext("%(country)s: who cuts it off?", country=place_name(text, code)),
        {
            **wording(text),
            "country": code,
            "measured": measured,
            "counts": _counts(measured),
            "is_old": measured is not None and is_old(measured.summary.last_week, edition.made_on),
            "sure": edition.access.targets(code, answer="cut", rows=_SURE)[0],
            "latest": edition.access.recent(_LATEST, code),
            "axis": axis,
            "year": year,
            "n_changes": n_changes,
            "findings": edition.findings.of_country(code, 5),
            "reports": report_lines(text, edition.reports.of_country(code)),
            **_of_ledger(text, records, edition.made_on),
            **_law(code, edition.made_on),
            **_spoken(asked, code, records),
            "gap": _gap(edition.access.gap(code)),
            "routes": routes,
            "carriers": edition.routes.carriers(code)[:5] if routes else [],
            "calls": call_lines(card) if card else (),
            "card": card,
            "unions": union_of(code, edition.made_on),
            "unknowns": _unknowns(text, measured, records, routes),
        },
        description=text.gettext(
            "What is refused, blocked and withdrawn in %(country)s: measured, documented, carried.",
            country=place_name(text, code),
        ),
    )


def _code(asked: Asked, country: str) -> str:
    """Read a country of an address.

    Raises: Absent for what is none.
    """
    code = country.upper()
    if not is_known_place(asked.edition, code):
        raise Absent(asked.text.gettext("This is no country of two letters, as in RU or IR."))
    return code


def _weeks(measured: Country | None) -> tuple[CountryWeek, ...]:
    """Give the weeks of a country; the laboratory's never stand beside a real one's records."""
    if measured is None or (measured.summary.is_lab and not is_lab_code(measured.summary.country)):
        return ()
    return measured.weeks


def _counts(measured: Country | None) -> Mapping[str, int]:
    if measured is None:
        return {}
    answers = measured.summary.answers
    return {
        "targets": measured.summary.n_targets,
        "refused": sum(answers.get(name, 0) for name in _REFUSED),
        "interfered": answers.get(CellAnswer.INTERFERED, 0),
        "two": answers.get(CellAnswer.TWO_CAUSES, 0),
        "unattributed": answers.get(CellAnswer.CUT_UNATTRIBUTED, 0),
        "served": answers.get(CellAnswer.SERVED, 0),
        "insufficient": measured.summary.n_insufficient,
        "cut": measured.summary.n_cut,
    }


def _of_ledger(text: Text, records: CountryLedger, today: date) -> dict[str, Any]:
    return {
        "records": records.n,
        "n_documents": records.cuts,
        "n_open": records.in_force,
        "newest": records.newest,
        "groups": [(word(text, "actor_group", one.name), one.count) for one in records.groups],
        "jurisdictions": [
            (place_name(text, one.name) if one.name else text.gettext("not known"), one.count)
            for one in records.jurisdictions[:_JURISDICTIONS]
        ],
        "n_refusals": records.refusals,
        "n_restored": records.restorations,
        "is_cut_short": records.is_cut_short,
        "today": today,
    }


def _law(code: str, today: date) -> dict[str, Any]:
    found: dict[Does, list[InForceHere]] = {}
    for one in law_in_force(code, today):
        found.setdefault(one.does, []).append(one)
    return {"law": [(does.value, found[does]) for does in Does if does in found]}


def _spoken(asked: Asked, code: str, records: CountryLedger) -> dict[str, Any]:
    """Find media, messengers and networks of people: measured and documented."""
    rows = []
    classes = []
    for name in SPOKEN_CLASSES:
        found, n_cut = asked.edition.access.targets(
            code, answer="cut", target_class=name, rows=_SPOKEN
        )
        _, n = asked.edition.access.targets(code, target_class=name, rows=0)
        if n:
            classes.append((name, n, n_cut))
        rows.extend(found)
    return {
        "spoken_classes": classes,
        "spoken_rows": rows[: 2 * _SPOKEN],
        "spoken_documents": [
            (word(asked.text, "sector", sector.value), records.sectors[sector.value])
            for sector in SPOKEN_SECTORS
            if sector.value in records.sectors
        ],
    }


def _gap(found: GapFound | None) -> dict[str, Any] | None:
    if found is None:
        return None
    gap = found.gap
    rows = [("", gap.services), *((row.group, row) for row in gap.by_sector)]
    return {
        "since": found.since,
        "until": found.until,
        "against": gap.against,
        "services": gap.services,
        "unlisted": gap.unlisted,
        "unblocked": gap.unblocked,
        "rows": [(name, row) for name, row in rows if row.n >= _LEAST_N][:10],
        "own": [one for one in gap.own if one.answered][:10],
    }


def _unknowns(
    text: Text,
    measured: Country | None,
    records: CountryLedger,
    routes: RouteSummary | None,
) -> list[str]:
    """Say what is missing, each with what would fill it."""
    said = []
    if measured is None:
        said.append(
            text.gettext(
                "No service was measured from this country. Whoever may do so safely can run OONI "
                "Probe there."
            )
        )
    if not records.n:
        said.append(
            text.gettext(
                "No document of ours names this country. That is no proof that nothing happened: "
                "the ledger holds what was found and read."
            )
        )
    if routes is None:
        said.append(text.gettext("Who carries this country was not computed."))
    said.append(
        text.gettext(
            "Accounts, payments, app stores and updates are known by documents only: no "
            "measurement of ours sees them."
        )
    )
    return said


def access(asked: Asked, country: str) -> Page:
    """List every service measured in a country, by answer."""
    code = _code(asked, country)
    if code != country:
        return Page("", "", status=308, location=f"/c/{code}/access")
    summary = asked.edition.access.summary(code)
    if summary is None:
        raise Absent(asked.text.gettext("Nothing was measured in this country."))
    answers = ["cut", *sorted(CUT_ANSWERS), "served", "insufficient"]
    answers += sorted(set(summary.answers) - set(answers))
    answer = asked.query.get("answer", "")
    kind = asked.query.get("class", "")
    answer = answer if answer in answers else ""
    kind = kind if kind in ("service", "civil_society", "state_service", *SPOKEN_CLASSES) else ""
    page = asked.number("page", most=100_000)
    rows, total = asked.edition.access.targets(
        code, answer=answer, target_class=kind, page=page, rows=PAGE_ROWS
    )
    return Page(
        "country_access.html",
        asked.text.gettext("%(country)s: every service", country=place_name(asked.text, code)),
        {
            **wording(asked.text),
            "country": code,
            "summary": summary,
            "rows": rows,
            "total": total,
            "at": page,
            "page_rows": PAGE_ROWS,
            "answer": answer,
            "kind": kind,
            "answers": [
                (one, summary.n_cut if one == "cut" else summary.answers.get(one, 0))
                for one in answers
            ],
            "kinds": ("service", "civil_society", "state_service", *SPOKEN_CLASSES),
        },
    )


def ledger(asked: Asked, country: str) -> Page:
    """List the documents of a country."""
    code = _code(asked, country)
    if code != country:
        return Page("", "", status=308, location=f"/c/{code}/ledger")
    page = asked.number("page", most=100_000)
    filters = LedgerFilters(country=code)
    rows, total = asked.edition.ledger.rows(filters, page=page, rows=PAGE_ROWS)
    if not total:
        raise Absent(asked.text.gettext("No document of ours names this country."))
    return Page(
        "country_ledger.html",
        asked.text.gettext("%(country)s: what documents say", country=place_name(asked.text, code)),
        {
            **wording(asked.text),
            "country": code,
            "rows": rows,
            "total": total,
            "at": page,
            "page_rows": PAGE_ROWS,
            "actions": [
                (word(asked.text, "action", name), count)
                for name, count in asked.edition.ledger.counts("action", filters)
            ],
            "grounds": [
                (_ground(asked.text, name), count)
                for name, count in asked.edition.ledger.counts("ground", filters)
            ],
        },
    )


def _ground(text: Text, name: str) -> str:
    return text.gettext("none told") if name == "none_told" else word(text, "ground", name)


ROUTES: Final = (
    PageRoute("/c/{country:str}", country, "country"),
    PageRoute("/c/{country:str}/access", access, "country_access"),
    PageRoute("/c/{country:str}/ledger", ledger, "country_ledger"),
)
