"""Editions for the ledger's pages: what ships, and records made up to be hard on a page."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Final

from tests.unit.ledger.recording import ledger_of, made_actor, made_record, source
from tests.unit.publish.edition.writing import write_shipped_ledger
from whocut.ledger.law.loading import load_law
from whocut.publish.edition.access import AccessPages
from whocut.publish.edition.access_tables import write_access
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.finding_tables import FINDING_SCHEMA
from whocut.publish.edition.findings import FindingPages
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.ledger_tables import write_ledger
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.routes import RoutePages
from whocut.publish.edition.routes_tables import write_routes

__all__ = ["HOSTILE", "edition_of", "made_source"]

HOSTILE: Final = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
"""What no page may hold but as words."""
_TURNED: Final = "\u202egnp.exe\u202c"


def edition_of(place: Path, source_: LedgerSource | None = None) -> Edition:
    """Write an edition of a ledger, or of the one that ships, of nothing else."""
    path = place / "edition.sqlite"
    connection = sqlite3.connect(path)
    if source_ is None:
        write_shipped_ledger(connection)
    else:
        write_ledger(connection, source_, Progress())
    write_routes(connection, folder=None, progress=Progress())
    write_access(connection, None, Progress())
    connection.executescript(FINDING_SCHEMA)
    connection.commit()
    connection.close()
    reading = Reading(path)
    return Edition(
        key="e" * 16,
        made_on=date(2026, 3, 1),
        access=AccessPages(reading),
        ledger=LedgerPages(reading),
        routes=RoutePages(reading),
        findings=FindingPages(reading),
    )


def made_source() -> LedgerSource:
    """Make a ledger of records that are hostile, retracted, answered, disputed, never done."""
    s1 = ["s1"]
    hostile = made_record(
        "2022-03-hostile-ru",
        sources={
            "s1": source(
                title=f"{HOSTILE}{_TURNED}", publisher=HOSTILE, note=HOSTILE, url=_BAD_ADDRESS
            )
        },
        how={"text": HOSTILE, "from": s1},
        scope={"text": HOSTILE, "users": ["persons"], "from": s1},
        grounds=[
            {"category": "unknown", "text": HOSTILE, "claimant": "sources", "from": s1, "note": "n"}
        ],
        population={
            "places": ["RU"],
            "organisations": [HOSTILE],
            "excepted": [HOSTILE],
            "from": s1,
        },
        domains=[{"domain": "hostile.example", "from": s1}],
        networks=[{"asn": 64500, "from": s1}],
        conflicts=[{"field": "dates.effective", "text": HOSTILE, "from": s1}],
        remedies={"appeal": {"value": HOSTILE, "from": s1}},
        notes=[{"text": HOSTILE, "from": s1}],
        replies=[
            {
                "received": "2022-04-01",
                "by": "acme",
                "verified_by": "dkim",
                "text": f"We did not. {HOSTILE}",
                "requested": HOSTILE,
            }
        ],
        contact_attempts=[{"on": "2022-03-20", "channel": HOSTILE, "outcome": "no answer"}],
    )
    retracted = made_record(
        "2022-04-acme-retracted",
        retracted={"on": "2023-01-05", "reason": "It was another company."},
        attribution={"status": "admitted", "from": s1},
    )
    disputed = made_record(
        "2022-05-acme-disputed",
        attribution={
            "status": "disputed",
            "from": s1,
            "hypotheses": [
                {"actor": "acme", "claim": "Acme did.", "claimant": "body", "from": s1},
                {"actor": "nobody", "claim": "It broke.", "claimant": "acme", "from": s1},
            ],
        },
    )
    undone = made_record(
        "2022-06-acme-undone",
        attribution={"status": "admitted", "from": s1},
        carried_out={"value": "no", "from": s1},
        dates={
            "announced": [{"on": "2022-06-01", "from": s1}],
            "effective": [{"on": "2022-07", "from": s1}, {"on": "2022-08~", "from": s1}],
            "ended": [{"on": "2022-06-20", "from": s1}],
        },
    )
    undated = made_record("2022-07-acme-undated", dates={}, population=_WIDE)
    actors = {
        "acme": made_actor("acme", f"Acme {HOSTILE}", jurisdictions=["US"], **_BASED),
        "body": made_actor("body", "Ministry of Tests", kind="state"),
    }
    ledger = ledger_of(hostile, retracted, disputed, undone, undated)
    return LedgerSource(ledger, actors, load_law(), ())


_BAD_ADDRESS: Final = "https://news.example/'onmouseover='alert(3)"
_WIDE: Final = {
    "places": ["RU", "BY", "IR", "SY", "CU", "KP", "UA-43", "EU", "WORLD"],
    "selectors": ["ip"],
    "from": ["s1"],
}
_BASED: Final = {
    "aliases": [HOSTILE + " again"],
    "from": {"names": "own", "kind": "own", "jurisdictions": "own", "aliases": "own"},
}
