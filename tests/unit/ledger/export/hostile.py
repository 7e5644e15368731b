"""Records whose texts would do harm where a form let them."""

from typing import Any

from tests.unit.ledger.recording import made_record, source
from whocut.ledger.actors import Actor, ActorName
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import LedgerActorKind

__all__ = ["ACTORS", "EVIL", "disputed"]

EVIL = '=HYPERLINK("https://evil.example","x")</script><script>alert(1)</script>\u2028}{\\%$&#_~^"'

ACTORS = {
    name: Actor(
        id=name,
        names=(ActorName(name=name.capitalize(), lang="en"),),
        kind=LedgerActorKind.COMPANY,
        jurisdictions=("US",),
        from_={"names": "own", "kind": "own"},
    )
    for name in ("acme", "bolt")
}


def disputed(name: str = "2022-03-acme-ru", **more: Any) -> CutRecord:
    """Make a record with all that must stand beside a claim, and texts that would do harm."""
    sources = {
        "s1": source(),
        "s2": source(
            url="https://other.example/a_b%20c#d{e}",
            title=EVIL,
            publisher="@Other",
            date="2022-03-05",
            lang="en",
            group="other",
            read="linked",
        ),
        "s3": source(
            url=None, title="A list", stance="crowd_list", group="list", carries="context"
        ),
    }
    document: dict[str, Any] = {
        "attribution": {
            "status": "disputed",
            "from": ["s1"],
            "hypotheses": [
                {"actor": "acme", "claim": "Acme did it", "claimant": "bolt", "from": ["s1"]},
                {"actor": "nobody", "claim": "A fault", "claimant": "acme", "from": ["s2"]},
            ],
        },
        "dates": {
            "announced": [
                {"on": "2022-03-04", "from": ["s1"]},
                {"on": "2022-03-05", "told": "reported", "from": ["s2"]},
            ],
            "effective": [{"on": "2022-03-04T17:00Z", "from": ["own"]}],
            "ended": [{"on": "2022-03/2022-05", "from": ["s2"]}],
        },
        "grounds": [
            {"category": "sanctions_law", "text": EVIL, "claimant": "acme", "from": ["s1"]},
            {"category": "unknown", "text": "unknown", "claimant": "sources", "from": ["s1"]},
        ],
        "networks": [{"asn": 174, "from": ["own"], "note": "own knowledge"}],
        "domains": [{"domain": "acme.example", "from": ["s1", "s2"]}],
        "conflicts": [{"field": "dates.announced", "text": "@two days", "from": ["s2"]}],
        "notes": [{"text": EVIL, "from": ["s1"]}],
        "replies": [
            {
                "received": "2022-04-01",
                "by": "acme",
                "verified_by": "dkim",
                "text": "-We did not. " + EVIL,
                "outcome": "shown",
            }
        ],
        "retracted": {"on": "2022-05-01", "reason": "The page was a parody."},
        "sources": sources,
    }
    return made_record(name, **{**document, **more})
