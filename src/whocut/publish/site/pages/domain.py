"""One service in all countries: ``/d/{domain}``, with its layers stacked."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.attribution.vocabulary import FindingGrade
from whocut.ledger.counts import ByGrade
from whocut.ledger.vocabulary import Kind
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.finding_rows import FindingRow
from whocut.publish.edition.given_back import end_in, restorations
from whocut.publish.edition.ledger_rows import ActorRow, RecordRow
from whocut.publish.site.asking import asked_name, shown_name
from whocut.publish.site.country_facts import acts, grades_of
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.report_lines import report_lines
from whocut.publish.site.same_service import named, service_records
from whocut.publish.site.wording import wording

__all__ = [
    "PATH_SIDE",
    "ROUTES",
    "SERVICE_SIDE",
    "DoubleCut",
    "StackedLayer",
    "double_cuts",
    "stacked_layers",
]

_LAYERS: Final = (
    *("route", "dns", "tcp", "tls", "http", "account", "payment", "app_store"),
    *("device_update", "content", "certificate", "registry", "unstated"),
)
"""From the cable up to what is bought; what no source tells stands last."""
_REFUSED: Final = ("refused_service", "refused_edge", "refused")
SERVICE_SIDE: Final = frozenset(
    {"company", "payment_network", "certificate_authority", "registry", "standards_body", "project"}
)
PATH_SIDE: Final = frozenset({"state", "court", "operator"})
_DOUBLES: Final = 20
_RECORDS: Final = 25
_TWINS: Final = 8
"""Further names of the service that are told, and whose findings are."""
_HOSTS: Final = 8
_FINDINGS: Final = 50


class StackedLayer(Struct, frozen=True):
    """What is known at one layer: countries cut off by measurement, and documents."""

    layer: str
    refused: int
    interfered: int
    other: int
    documents: ByGrade
    n_documents: int


class DoubleCut(Struct, frozen=True):
    """A country that is cut off twice: from the service's side, and on the way."""

    country: str
    service_measured: bool
    service_documented: tuple[RecordRow, ...]
    way_measured: bool
    way_documented: tuple[RecordRow, ...]


def domain(asked: Asked, domain: str) -> Page:
    """Show one service in all countries in which it was measured or documented."""
    name = asked_name(domain)
    if name is None:
        raise Absent(asked.text.gettext("This is no name of a service."))
    if domain != name.target:
        return Page("", "", status=308, location=f"/d/{name.target}")
    found = named(asked.edition, name.target)
    rows = found.rows
    records = service_records(asked.edition, name.target)
    below = asked.edition.ledger.below_domain(name.target)
    holders = asked.edition.ledger.actor_of_domain(name.target)[:2]
    if not rows and not records and not holders and not below:
        raise Absent(
            asked.text.gettext(
                "Nobody has measured this service, and no document of ours names it. "
                "Is it me? says how to measure it."
            )
        )
    findings = _findings(asked, (name.target, *found.twins[:_TWINS]))
    current = sorted(rows, key=lambda one: (one.is_older, not one.is_cut, -one.n, one.country))
    page = asked.number("page", most=10_000)
    return Page(
        "domain.html",
        asked.text.gettext("%(service)s: where is it cut off?", service=shown_name(name.target)),
        {
            **wording(asked.text),
            "target": name.target,
            "twins": found.twins[:_TWINS],
            "n_twins": len(found.twins),
            "measured_as": found.measured,
            "hosts": _by_host(below, records),
            "rows": current[(page - 1) * PAGE_ROWS : page * PAGE_ROWS],
            "at": page,
            "page_rows": PAGE_ROWS,
            "n_countries": len(rows),
            "counts": _counts(rows),
            "n": sum(one.n_period for one in rows),
            "last_week": max((one.last_week or one.week for one in rows), default=None),
            "layers": stacked_layers(rows, records),
            "doubles": double_cuts(rows, records)[:_DOUBLES],
            "records": records[:_RECORDS],
            "n_records": len(records),
            "holders": holders,
            "operator_records": _of_holders(asked, holders, [*records, *(one for _, one in below)])[
                :_RECORDS
            ],
            "findings": [one for one in findings if one.grade is not FindingGrade.INSUFFICIENT],
            "open_findings": [one for one in findings if one.grade is FindingGrade.INSUFFICIENT],
            "reports": report_lines(
                asked.text,
                asked.edition.reports.of_subjects([name.target, *(one.id for one in holders)]),
            ),
            "target_class": next((one.target_class for one in rows if one.target_class), ""),
            "sector": next((one.sector for one in rows if one.sector), ""),
        },
        description=asked.text.gettext(
            "In which countries %(service)s is refused or blocked, by whom and since when.",
            service=name.target,
        ),
    )


def _findings(asked: Asked, targets: Sequence[str]) -> list[FindingRow]:
    """List the findings on any name of the service, the newest of each first."""
    found = {one.id: one for target in targets for one in asked.edition.findings.of_target(target)}
    return sorted(
        found.values(), key=lambda one: (one.since is None, -(one.since or date.min).toordinal())
    )[:_FINDINGS]


def _by_host(
    below: Sequence[tuple[str, RecordRow]], records: Sequence[RecordRow]
) -> list[tuple[str, list[RecordRow]]]:
    """Group the records of names below the domain by name, without those told already."""
    told = {one.id for one in records}
    hosts: dict[str, list[RecordRow]] = {}
    for host, one in below:
        if one.id not in told:
            hosts.setdefault(host, []).append(one)
    return list(hosts.items())[:_HOSTS]


def _counts(rows: Sequence[PairRow]) -> dict[str, int]:
    current = [one for one in rows if not one.is_older]
    refused = [one for one in current if one.answer in _REFUSED]
    two = [one for one in current if one.answer == "two_causes"]
    return {
        "measured": len(current),
        "refused": len(refused),
        "interfered": sum(one.answer == "interfered" for one in current),
        "two": len(two),
        "unattributed": sum(one.answer == "cut_unattributed" for one in current),
        "served": sum(one.answer == "served" for one in current),
        "insufficient": sum(one.answer == "insufficient" for one in current),
        "older": len(rows) - len(current),
    }


def stacked_layers(
    rows: Sequence[PairRow], records: Sequence[RecordRow]
) -> tuple[StackedLayer, ...]:
    """Stack what is measured and what is documented, layer by layer; empty layers are left out."""
    cut = [one for one in rows if one.is_cut and not one.is_older]
    told = acts(records)
    stack = []
    for layer in _LAYERS:
        here = [one for one in cut if one.layer == layer]
        documents = [one for one in told if one.layer.value == layer]
        if not here and not documents:
            continue
        refused = sum(one.answer in _REFUSED for one in here)
        interfered = sum(one.answer == "interfered" for one in here)
        stack.append(
            StackedLayer(
                layer=layer,
                refused=refused,
                interfered=interfered,
                other=len(here) - refused - interfered,
                documents=grades_of(documents),
                n_documents=len(documents),
            )
        )
    return tuple(stack)


def double_cuts(rows: Sequence[PairRow], records: Sequence[RecordRow]) -> list[DoubleCut]:
    """Find countries that are cut off from both sides at once, by measurement or by document.

    A document counts while no end of it is told: whether it still holds on a day is the record's.
    """
    measured = {one.country: one for one in rows if one.is_cut and not one.is_older}
    told = [one for one in acts(records) if one.kind is not Kind.SERIES and not one.ended]
    places = {place.partition("-")[0] for one in told for place in one.places}
    found = []
    back = restorations(records)
    for country in sorted({*measured, *places} - {"EU", "WORLD"}):
        row = measured.get(country)
        sides = {row.answer, row.lead, row.second} if row and row.answer == "two_causes" else set()
        if row and row.answer != "two_causes":
            sides = {row.answer}
        here = [one for one in told if _names(one, country) and not end_in(one, country, back)]
        double = DoubleCut(
            country=country,
            service_measured=bool(sides & {*_REFUSED}),
            service_documented=_by(here, SERVICE_SIDE),
            way_measured="interfered" in sides,
            way_documented=_by(here, PATH_SIDE),
        )
        is_service = double.service_measured or double.service_documented
        if is_service and (double.way_measured or double.way_documented):
            found.append(double)
    return found


def _names(record: RecordRow, country: str) -> bool:
    return any(place.partition("-")[0] == country for place in record.places)


def _by(records: Sequence[RecordRow], kinds: frozenset[str]) -> tuple[RecordRow, ...]:
    return tuple(one for one in records if not kinds.isdisjoint(one.actor_kinds))


def _of_holders(
    asked: Asked, holders: Sequence[ActorRow], own: Sequence[RecordRow]
) -> list[RecordRow]:
    """List what the operator of the domain did with other services of its."""
    known = {one.id for one in own}
    found: dict[str, RecordRow] = {}
    for holder in holders:
        for one in asked.edition.ledger.of_actor(holder.id, limit=60):
            if one.id not in known:
                found[one.id] = one
    return list(found.values())


ROUTES: Final = (PageRoute("/d/{domain:str}", domain, "domain"),)
