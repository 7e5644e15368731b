"""Records for tests, made up: names that no record of the ledger has."""

from typing import Any

from whocut.ledger.actors import Actor
from whocut.ledger.load import Ledger, convert
from whocut.ledger.record import CutRecord, Source

__all__ = ["ledger_of", "made_actor", "made_record", "source"]


def source(**more: Any) -> dict[str, Any]:
    """Make the mapping of a source read in an excerpt; ``more`` replaces fields."""
    return {
        "url": "https://news.example/article",
        "title": "A title",
        "publisher": "News Example",
        "read": "excerpt",
        "stance": "press",
        "group": "news-example",
        **more,
    }


def made_record(name: str = "2022-03-acme-ru", **more: Any) -> CutRecord:
    """Make a record of one press report; ``more`` replaces fields of its document."""
    document: dict[str, Any] = {
        "id": name,
        "kind": "cut",
        "parties": {"decider": [{"actor": "acme", "from": ["s1"]}]},
        "attribution": {"status": "unstated", "from": ["s1"]},
        "sector": {"value": "backbone", "from": ["s1"]},
        "action": {"value": "network_disconnection", "from": ["s1"]},
        "layer": {"value": "route", "from": ["s1"]},
        "population": {"places": ["RU"], "from": ["s1"]},
        "dates": {"announced": [{"on": "2022-03-04", "from": ["s1"]}]},
        "sources": {"s1": source()},
        **more,
    }
    given = {key: value for key, value in document.items() if value is not None}
    return convert(given, CutRecord, name)


def ledger_of(*records: CutRecord, shared: dict[str, Source] | None = None) -> Ledger:
    """Put records together."""
    return Ledger({one.id: one for one in records}, shared or {}, {})


def made_actor(name: str, called: str, **more: Any) -> Actor:
    """Make an actor; ``more`` adds fields to its document."""
    document = {
        "id": name,
        "names": [{"name": called, "lang": "en"}],
        "kind": "company",
        "from": {"names": "own", "kind": "own"},
        **more,
    }
    return convert(document, Actor, name)
