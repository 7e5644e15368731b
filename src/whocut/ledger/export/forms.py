"""The forms in which the ledger is given away."""

from collections.abc import Mapping, Sequence
from typing import Final

from whocut.ledger.actors import Actor
from whocut.ledger.export.bibtex import bibtex
from whocut.ledger.export.claimreview import claim_reviews
from whocut.ledger.export.lines import json_lines
from whocut.ledger.export.rows import TABLE_OF, rows_by
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.model.errors import UsageError

__all__ = ["FORMS", "LAYOUTS", "exported"]

FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "jsonl": ("record",),
    "parquet": ("record", "asn", "domain", "source"),
    "csv": ("record", "asn", "domain", "source"),
    "claimreview": ("record",),
    "bibtex": ("source",),
}
"""Each form, and how it can be laid out; the first is meant where nothing is said."""
LAYOUTS: Final = tuple(TABLE_OF)


def exported(
    form: str,
    ledger: Ledger,
    actors: Mapping[str, Actor],
    records: Sequence[CutRecord],
    *,
    by: str | None = None,
    base: str = "",
) -> bytes:
    """Write records in a form.

    Raises: UsageError for a form that there is not, or that cannot be laid out so.
    """
    layouts = FORMS.get(form)
    if layouts is None:
        raise UsageError(f"--form {form}: there are {', '.join(FORMS)}")
    by = by or layouts[0]
    if by not in layouts:
        raise UsageError(f"--by {by}: {form} is laid out by {' or '.join(layouts)}")
    if form == "jsonl":
        return b"".join(json_lines(ledger, actors, records))
    if form == "claimreview":
        return claim_reviews(ledger, actors, records, base=base).encode()
    if form == "bibtex":
        return bibtex(ledger, records).encode()
    return _tabular(form, by, ledger, actors, records)


def _tabular(
    form: str,
    by: str,
    ledger: Ledger,
    actors: Mapping[str, Actor],
    records: Sequence[CutRecord],
) -> bytes:
    from whocut.ledger.export.tabular import csv_text, parquet_bytes

    rows = rows_by(by, ledger, actors, records)
    table = TABLE_OF[by]
    if form == "parquet":
        return parquet_bytes(rows, table)
    return csv_text(rows, [column.name for column in table.columns]).encode()
