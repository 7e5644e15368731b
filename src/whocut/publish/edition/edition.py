"""The edition that a page is made from: pinned, immutable, the same for everything on a page."""

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from whocut.publish.edition.reports import NO_REPORTS, ReportPages

if TYPE_CHECKING:
    from whocut.publish.edition.access import AccessPages
    from whocut.publish.edition.findings import FindingPages
    from whocut.publish.edition.ledger import LedgerPages
    from whocut.publish.edition.routes import RoutePages

__all__ = ["Edition"]


class Edition(Struct, frozen=True):
    """Everything that one set of pages is made from."""

    key: str
    """Hash of what it was made from; part of every ETag."""
    made_on: date
    access: "AccessPages"
    ledger: "LedgerPages"
    routes: "RoutePages"
    findings: "FindingPages"
    reports: ReportPages = NO_REPORTS
