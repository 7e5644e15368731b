"""BibTeX of the sources: one entry an address, which says how much of it was read."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from whocut.ledger.edtf import Precision, parse_edtf
from whocut.ledger.export.values import cited_sources
from whocut.ledger.grade import grade_of_record, grade_of_sources
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord, Source
from whocut.ledger.vocabulary import AttributionStatus, Grade, ReadLevel

__all__ = ["bibtex", "entry_key", "escaped"]

READ_WORDS: Final = {
    ReadLevel.FULL: "read in full",
    ReadLevel.EXCERPT: "read as an excerpt",
    ReadLevel.LINKED: "known by its link, not read",
    ReadLevel.REPOSITORY: "read in its repository",
    ReadLevel.OWN: "own knowledge, no source seen",
}
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
# Braces are counted by BibTeX even where LaTeX would have them escaped: so they go by name.
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIALS: Final = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
# A URL stands verbatim; only what would unbalance the entry is written as percent codes.
_IN_URL: Final = {"{": "%7B", "}": "%7D", "\\": "%5C"}
_KEY_DIGITS: Final = 16


class _Cited(Struct):
    source: Source
    records: list[CutRecord]
    reads: list[ReadLevel]


def bibtex(ledger: Ledger, records: Iterable[CutRecord]) -> str:
    """Write the sources that records cite, in the order of their keys; own knowledge is none."""
    cited: dict[str, _Cited] = {}
    for record in sorted(records, key=lambda one: one.id):
        for source in cited_sources(ledger, record).values():
            if source.read is ReadLevel.OWN:
                continue
            entry = cited.setdefault(entry_key(source), _Cited(source, [], []))
            if record not in entry.records:
                entry.records.append(record)
                entry.reads.append(source.read)
    head = "% Sources of the whocut ledger. A note says how much of each was read.\n"
    return head + "".join(f"\n{_entry(key, one)}" for key, one in sorted(cited.items()))


def entry_key(source: Source) -> str:
    """Give the stable key of a source: from its address, or what it is called without one."""
    named = source.url or f"{source.publisher}\n{source.title}\n{source.date or ''}"
    return f"whocut-{hashlib.sha256(named.encode()).hexdigest()[:_KEY_DIGITS]}"


def escaped(text: str) -> str:
    """Write text so that LaTeX prints it as it stands."""
    return _SPECIALS.sub(lambda found: _SPECIAL[found[0]], " ".join(text.split()))


def _entry(key: str, cited: _Cited) -> str:
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(cited))
    return f"@misc{{{key},\n{fields}}}\n"


def _fields(cited: _Cited) -> Iterator[tuple[str, str]]:
    source = cited.source
    # Two braces: styles that write titles small must leave names as they are.
    yield "title", f"{{{{{escaped(source.title)}}}}}"
    yield "howpublished", f"{{{escaped(source.publisher)}}}"
    if source.date is not None:
        yield from _date_fields(source.date)
    if source.url is not None:
        yield "url", f"{{{''.join(_IN_URL.get(char, char) for char in source.url)}}}"
    if source.lang is not None:
        yield "language", f"{{{source.lang}}}"
    yield "note", f"{{{escaped(_note(cited))}}}"
    yield "annote", f"{{{escaped('; '.join(_told(one) for one in cited.records))}}}"
    yield "keywords", f"{{{', '.join(one.id for one in cited.records)}}}"


def _date_fields(text: str) -> Iterator[tuple[str, str]]:
    date = parse_edtf(text)
    first = date.earliest
    exact = (Precision.TIME, Precision.DAY, Precision.MONTH)
    if first is None or date.precision not in (*exact, Precision.YEAR):
        return
    yield "year", f"{{{first.year:04}}}"
    if date.precision in exact:
        yield "month", _MONTHS[first.month - 1]


def _note(cited: _Cited) -> str:
    source = cited.source
    dated = f"dated {source.date}; " if source.date else ""
    # Read for one record and only linked in another: the entry must not claim the better for both.
    words = " or ".join(READ_WORDS[one] for one in ReadLevel if one in cited.reads)
    alone = "" if grade_of_sources([source]) is not Grade.LEAD else "; alone it makes a lead only"
    return f"{dated}{words}{alone}"


def _told(record: CutRecord) -> str:
    status = record.attribution.status
    said = [grade_of_record(record).value]
    if status in (AttributionStatus.DISPUTED, AttributionStatus.DENIED):
        said.append(f"attribution {status.value}")
    if record.conflicts:
        said.append("sources in conflict")
    if record.replies:
        said.append("the named party replied")
    if record.retracted is not None:
        said.append(f"retracted: {record.retracted.reason}")
    return f"{record.id} ({'; '.join(said)})"
