"""Make a large ledger from a seed: each record is a shipped one on another day of another actor."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from whocut.ledger.actors import load_actors
from whocut.ledger.load import load_ledger
from whocut.ledger.record import CutRecord, Dated, Dates, Edge, Party
from whocut.ledger.vocabulary import EdgeKind, Kind
from whocut.ledger.write import write_record, write_sources

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_ledger"]

_FIRST = date(2005, 1, 1)
_DAYS = 20 * 365
_TIED = 0.3
"""Share of records with an edge, about as in the shipped ones."""


def make_ledger(root: Path, records: int, seed: int) -> int:
    """Write a ledger; give its size in bytes."""
    chance = random.Random(seed)
    shipped = load_ledger()
    templates = [one for one in shipped.records.values() if one.kind is not Kind.RESTORATION]
    actors = sorted(load_actors())
    root.mkdir(parents=True, exist_ok=True)
    (root / "sources.yaml").write_text(write_sources(shipped.shared_sources), "utf-8")
    made: list[str] = []
    size = 0
    for number in range(records):
        one = _record(chance.choice(templates), number, made, actors, chance)
        text = write_record(one)
        folder = root / one.id[:4]
        folder.mkdir(exist_ok=True)
        (folder / f"{one.id}.yaml").write_text(text, "utf-8")
        made.append(one.id)
        size += len(text.encode())
    return size


def _record(
    template: CutRecord, number: int, made: list[str], actors: list[str], chance: random.Random
) -> CutRecord:
    day = _FIRST + timedelta(days=chance.randrange(_DAYS))
    key = next(iter(template.sources))
    told = (Dated(on=day.isoformat(), from_=(key,)),)
    edges = ()
    if made and chance.random() < _TIED:
        kind = EdgeKind.SAME_LAW_OTHER_READING
        edges = (Edge(kind=kind, to=chance.choice(made), from_=("own",)),)
    decider = Party(actor=chance.choice(actors), from_=(key,))
    parties = msgspec.structs.replace(template.parties, decider=(decider,))
    sources = {
        name: msgspec.structs.replace(source, date=day.isoformat(), url=f"{source.url}#{number}")
        if source.url
        else source
        for name, source in template.sources.items()
    }
    return msgspec.structs.replace(
        template,
        id=f"{day:%Y-%m}-made-{number}",
        parties=parties,
        dates=Dates(announced=told, effective=told),
        edges=edges,
        sources=sources,
    )
