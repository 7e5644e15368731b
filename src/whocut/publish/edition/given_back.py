"""What was given back to one country: a record of several may have ended in one of them."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from whocut.ledger.vocabulary import Kind
from whocut.publish.edition.ledger_rows import RecordRow

__all__ = ["as_told_of", "end_in", "restorations"]


def restorations(records: Iterable[RecordRow]) -> dict[str, RecordRow]:
    """Keep the records by which others were taken back."""
    return {one.id: one for one in records if one.kind is Kind.RESTORATION}


def end_in(record: RecordRow, country: str, back: Mapping[str, RecordRow]) -> str | None:
    """Give the end of a record in a country: its own, or of what gave it back to all of it."""
    if record.ended:
        return record.ended
    named = (back[id_] for id_ in record.restored_by if id_ in back)
    here = (one for one in named if country in one.places or "WORLD" in one.places)
    return next((day for one in here if (day := one.effective or one.announced)), None)


def as_told_of(country: str, records: Iterable[RecordRow]) -> list[RecordRow]:
    """Give records with their end in a country; in others they may go on."""
    records = list(records)
    back = restorations(records)
    return [
        replace(one, ended=end) if end != one.ended else one
        for one in records
        for end in (end_in(one, country, back),)
    ]
