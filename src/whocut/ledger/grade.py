"""Compute how well a record or a value is witnessed; a grade is never typed."""

from collections.abc import Iterable, Sequence

from whocut.ledger.load import Ledger
from whocut.ledger.record import OWN, CutRecord, Source, Witnessed
from whocut.ledger.vocabulary import Grade, ReadLevel, Stance

__all__ = ["grade_of_record", "grade_of_sources", "grade_of_value", "is_read", "weakest"]

_ORDER = (Grade.LEAD, Grade.EXCERPT, Grade.DOCUMENTED)
_READ = frozenset({ReadLevel.FULL, ReadLevel.EXCERPT, ReadLevel.REPOSITORY})


def is_read(source: Source) -> bool:
    """Tell whether a source was read, at least in an excerpt, and is no list of many hands."""
    return source.read in _READ and source.stance is not Stance.CROWD_LIST


def grade_of_sources(sources: Iterable[Source]) -> Grade:
    """Grade what each of these sources carries."""
    read = [one for one in sources if is_read(one)]
    if any(one.stance is Stance.PRIMARY for one in read):
        return Grade.DOCUMENTED
    # Two pages of unknown origin may be copies of one text.
    independent = {"unknown" if one.group.startswith("unknown-") else one.group for one in read}
    if len(independent) >= 2:
        return Grade.DOCUMENTED
    return Grade.EXCERPT if independent else Grade.LEAD


def grade_of_record(record: CutRecord) -> Grade:
    """Grade the event: its own sources, without those that only give the context.

    Where no source at all names who decided, the record is a lead: that somebody is named on no
    more than own knowledge must show in every count.
    """
    deciders = record.parties.decider
    if deciders and all({*one.from_, *one.among} == {OWN} for one in deciders):
        return Grade.LEAD
    return grade_of_sources(one for one in record.sources.values() if one.carries == "event")


def grade_of_value(ledger: Ledger, record: CutRecord, value: Witnessed) -> Grade:
    """Grade one value by the sources that carry it.

    Where only one of several carries it and it was not noted which, the weakest of them counts, and
    two of them are not two witnesses.
    """
    if value.from_:
        return grade_of_sources(_sources(ledger, record, value.from_))
    alone = [grade_of_sources([one]) for one in _sources(ledger, record, value.among)]
    return min(weakest(alone), Grade.EXCERPT, key=_ORDER.index)


def weakest(grades: Iterable[Grade]) -> Grade:
    """Give the lowest of some grades; a lead where there is none."""
    return min(grades, key=_ORDER.index, default=Grade.LEAD)


def _sources(ledger: Ledger, record: CutRecord, keys: Sequence[str]) -> list[Source]:
    found = (ledger.source(record, key) for key in keys)
    return [one for one in found if one is not None]
