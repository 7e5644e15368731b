"""From the law of the day to context: shown beside a finding, and weighed by nobody."""

from collections.abc import Callable, Iterator
from typing import Final

from whocut.attribution.bundle import Context, Source
from whocut.attribution.vocabulary import LawEffect
from whocut.ledger.law.question import Assessment, Label
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import ReadLevel, Stance

__all__ = ["LawOfRecord", "context_of"]

LawOfRecord = Callable[[CutRecord], Assessment | None]
"""Gives what the law said of a record's act on the day on which it began."""
_MOST: Final = 6
_EFFECTS: Final = {
    Label.REQUIRED: LawEffect.REQUIRED,
    Label.EXPRESSLY_EXEMPTED: LawEffect.EXEMPTED,
    Label.PERMITTED_NOT_REQUIRED: LawEffect.PERMITTED,
    Label.OWN_CHOICE: LawEffect.NONE,
    Label.UNCLEAR: LawEffect.UNKNOWN,
}


def context_of(record: CutRecord, found: Assessment | None, party: str | None) -> Iterator[Context]:
    """Give the provisions that decide what the law said, and the words that go with them."""
    if found is None:
        return
    told = " ".join(found.reasons)[:4000]
    effect = _EFFECTS[found.label]
    deciding = [one for one in found.provisions if one.decides][:_MOST]
    if not deciding:
        yield Context(
            id=f"law/{record.id}", effect=effect, party=party, text=told, when=_day(record)
        )
    for one in deciding:
        yield Context(
            id=f"law/{record.id}/{one.id}",
            when=_day(record),
            instrument=one.id,
            effect=effect,
            party=party,
            text=told,
            source=Source(
                title=one.title,
                url=one.url or "",
                stance=Stance.PRIMARY,
                read=ReadLevel.FULL if one.read == "full" else ReadLevel.EXCERPT,
            ),
        )


def _day(record: CutRecord) -> str:
    from whocut.attribution.join.claims import stretch_text

    dates = record.dates
    first = next(iter((*dates.effective, *dates.announced, *dates.first_observed)), None)
    return stretch_text(first.on) if first else ""
