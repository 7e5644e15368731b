"""Rows of an edition, with what a test says of them."""

from datetime import date
from typing import Any

from msgspec import structs

from whocut.ledger.sentences import Voice
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    Grade,
    Kind,
    LedgerLayer,
    Sector,
)
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.ledger_rows import RecordRow

__all__ = ["pair_row", "record_row"]


def pair_row(country: str, answer: str, **more: Any) -> PairRow:
    """One target in one country."""
    given: dict[str, Any] = {
        "country": country,
        "target": "example.org",
        "origin": "world",
        "answer": answer,
        "probability": 0.98,
        "week": date(2024, 2, 19),
        **dict.fromkeys(("n", "n_usable", "n_period"), 12),
        "weeks": 1,
        **dict.fromkeys(("n_networks", "n_networks_cut"), 3),
        "n_countries": 2,
        "n_countries_served": 1,
        "mechanism": "none",
        "layer": "none",
        "lead": "none",
        "second": "none",
        "shortfall": "",
        "p_cut": 0.98,
    }
    return PairRow(**given | more)


def record_row(like: RecordRow, name: str, **more: Any) -> RecordRow:
    """One record: a company that suspended accounts in Russia, documented."""
    given: dict[str, Any] = {
        "id": name,
        "kind": Kind.CUT,
        "action": Action.ACCOUNT_SUSPENSION,
        "sector": Sector.DEVELOPER_PLATFORM,
        "layer": LedgerLayer.ACCOUNT,
        "places": ("RU",),
        "deciders": (),
        "actor_kinds": ("company",),
        "jurisdictions": ("US",),
        "announced": "2022-03-01",
        "effective": "2022-03-04",
        "ended": None,
        "first_day": date(2022, 3, 4),
        "status": AttributionStatus.ADMITTED,
        "voice": Voice.ANNOUNCED,
        "grade": Grade.DOCUMENTED,
        "grounds": (),
        "carried_out": None,
        "is_retracted": False,
        "restored_by": (),
    }
    return structs.replace(like, **given | more)
