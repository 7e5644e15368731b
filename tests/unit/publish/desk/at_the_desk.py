"""A desk with real parts: keys, a folder, an edition of the real ledger, the site over it."""

import re
import sqlite3
from datetime import date
from pathlib import Path

from litestar.testing import TestClient

from tests.unit.publish.edition.writing import write_shipped_ledger
from whocut.publish.desk.desk import Desk
from whocut.publish.desk.flood import FormTokens
from whocut.publish.edition.access import AccessPages
from whocut.publish.edition.access_tables import write_access
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.finding_tables import FINDING_SCHEMA
from whocut.publish.edition.findings import FindingPages
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.reports import ReportPages, write_reports
from whocut.publish.edition.routes import RoutePages
from whocut.publish.edition.routes_tables import write_routes
from whocut.publish.site.app import make_app

REPORT = {
    "service": "GitHub",
    "country": "IR",
    "when": "2020-W10",
    "happened": "account_deactivation",
    "reason": "sanctions_law",
    "appeal": "no_answer",
    "text": "All my repositories were gone in the morning, without a word before.",
    "do": "report",
}
REPLY = {
    "about": "2022-03-cogent-ru",
    "party": "Cogent Communications",
    "domain": "cogentco.com",
    "text": "We ended service of these customers for the reasons that we gave them that day.",
}
CORRECTION = {
    "about": "2022-03-cogent-ru",
    "field": "dates.effective",
    "text": "The notice gives another hour.",
    "source": "https://example.org/notice",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: float = 1_700_000_000.0) -> None:
        self.moment = moment

    def __call__(self) -> float:
        return self.moment


def ledger_edition(directory: Path, reports=()) -> Edition:
    """Write an edition of the ledger that ships, with no measurement and no finding."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "ledger.sqlite"
    connection = sqlite3.connect(path)
    write_shipped_ledger(connection)
    write_routes(connection, folder=None, progress=Progress())
    write_access(connection, None, Progress())
    write_reports(connection, reports)
    connection.executescript(FINDING_SCHEMA)
    connection.commit()
    connection.close()
    reading = Reading(path)
    return Edition(
        key="0123456789abcdef",
        made_on=date(2026, 11, 26),
        access=AccessPages(reading),
        ledger=LedgerPages(reading),
        routes=RoutePages(reading),
        findings=FindingPages(reading),
        reports=ReportPages(reading),
    )


def site(edition: Edition, observatory: Path | None, **options) -> TestClient:
    """Give the site of the desk alone, and a reader of it."""
    app = make_app(lambda: edition, modules=("desk",), observatory=observatory, **options)
    return TestClient(app, raise_server_exceptions=False)


def token_on(html: str) -> str:
    """Find the token of the form on a page."""
    return re.search(r'name="token" value="([^"]+)"', html)[1]


def send(client: TestClient, path: str, fields: dict[str, str], **headers):
    """Open a form, and send it filled in."""
    token = token_on(client.get(path).text)
    return client.post(path, data={"token": token, **fields}, headers=headers)


def patient_desk(folder, key) -> tuple[Desk, Clock]:
    """Give a desk whose clock stands, so that the age of a form is what a test says."""
    clock = Clock()
    return Desk(folder, key, tokens=FormTokens(clock=clock)), clock
