"""What the ledger's part of an edition is made from: records, actors and law, as they were read."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from whocut.ledger.actors import Actor, read_actors
from whocut.ledger.check.times import date_faults
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.load import Fault, Ledger, read_ledger

__all__ = ["LedgerSource", "read_source"]


class LedgerSource(Struct, frozen=True):
    """The ledger as it was read, with what could not be."""

    ledger: Ledger
    actors: Mapping[str, Actor]
    law: Law
    faults: tuple[Fault, ...]


def read_source(root: Path | None = None) -> LedgerSource:
    """Read ledger, actors and law; files of the ledger that cannot be read are faults."""
    ledger, faults = read_ledger(root)
    actors, more = read_actors(is_checked=False)
    kept, broken = _usable(ledger)
    return LedgerSource(kept, actors, load_law(), (*faults, *more, *broken))


def _usable(ledger: Ledger) -> tuple[Ledger, list[Fault]]:
    """Leave out records whose dates are none: they would end the count of all the others."""
    faults, records = [], {}
    for name, record in ledger.records.items():
        broken = next(date_faults(record), None)
        if broken is None:
            records[name] = record
            continue
        file = ledger.files[name]
        faults.append(Fault(f"{file.parent.name}/{file.name}", *broken))
    return Ledger(records, ledger.shared_sources, ledger.files), faults
