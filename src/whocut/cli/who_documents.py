"""What documents and routes say where nothing is measured: claims, and never measurements."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution.finding import Named
from whocut.attribution.join import ACCESS, LedgerIndex, Material, Subject, join, records_of
from whocut.cli.finding_subject import asked_subject, load_material
from whocut.cli.ledger_wording import date_words
from whocut.cli.wording import count_of
from whocut.ledger.grade import grade_of_record
from whocut.ledger.moments import order_in_time
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import sentence_of
from whocut.ledger.vocabulary import Grade

__all__ = ["Documented", "FindingSaid", "RecordSaid", "documents_on"]

_MARKS: Final = dict.fromkeys((0x2068, 0x2069))
"""Marks that isolate names: a terminal is shown none."""
_SETTLES: Final = "settles"
"""The sentence that points to hypotheses, which are not listed here."""
_FIRST: Final = {Grade.DOCUMENTED: 0, Grade.EXCERPT: 1, Grade.LEAD: 2}


class FindingSaid(Struct, frozen=True):
    """What a finding from documents and routes alone says; it rests on no measurement."""

    id: str
    status: str
    sentences: tuple[str, ...]
    named: tuple[Named, ...]
    """Parties that it names as doers; empty where it names nobody."""


class RecordSaid(Struct, frozen=True):
    """A record of the ledger, as its own sentence tells it."""

    id: str
    about: str
    """What joins it to the question: a domain, a network, or the id of an actor."""
    date: str
    grade: str
    sentence: str


class Documented(Struct, frozen=True):
    """What documents and routes say of a subject in a country."""

    subject: str
    """As ``whocut finding`` takes it: what was asked about, or whose domain it is, where records
    speak of that actor alone."""
    asked: str
    country: str
    finding: FindingSaid | None
    """On what was asked about, and never on whose it is: what a company did is not told of each of
    its domains. None where neither a record nor a route speaks of it."""
    records: tuple[RecordSaid, ...]
    """Those on the subject itself, then others of who runs it; none of them a measurement."""
    network: int | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Say what is said, sentence by sentence; or that nothing is."""
        if self.finding is None and self.records:
            n = count_of(len(self.records), "record")
            return (
                f"No record of the ledger speaks of {self.asked} itself in {self.country}; of "
                f"{self.subject}, whose domain it is: {n}.",
            )
        if self.finding is None:
            return (
                f"No record of the ledger and no change of routes speaks of {self.asked} in "
                f"{self.country}; that is no proof that nothing was cut.",
            )
        named = [f"{one.name} ({one.grade.value}, {one.why.value})" for one in self.finding.named]
        status = f"Status: {self.finding.status}. Named: {', '.join(named) or 'nobody'}."
        return (*self.finding.sentences, status)

    def record_lines(self, most: int) -> Iterator[str]:
        """Name records with their grades, and tell what they tell; those on the subject first."""
        before = self.asked
        if self.records and self.records[0].about == before:
            yield "Records of the ledger:"
        for one in self.records[:most]:
            if one.about != before:
                before = one.about
                yield f"Records of the ledger on {before}, whose domain it is:"
            yield f"  {one.id} ({one.grade}): {one.sentence}"
        if (more := len(self.records) - most) > 0:
            yield f"{count_of(more, 'more record')}: --json lists them."

    @property
    def told(self) -> str:
        """Count the records, those on others of whoever runs it by themselves."""
        own = sum(one.about == self.asked for one in self.records)
        others = len(self.records) - own
        counts = [f"{count_of(own, 'record')} of the ledger on it"] if own else []
        counts += [f"{count_of(others, 'record')} on who runs it"] if others else []
        return ", ".join(counts)

    def command(self, days: str = "") -> str:
        """Give the command that puts all of it together."""
        return f"whocut finding {self.subject} --country {self.country}{days}"

    def steps(self, days: str = "") -> list[str]:
        """Give the commands that say more."""
        found = []
        if self.finding is not None or self.records:
            found.append(f"{self.command(days)}   (who says what, how sure, what would settle it)")
        if self.records:
            found.append(f"whocut ledger show {self.records[0].id}   (its sources, and the law)")
        if self.network is not None:
            found.append(
                f"whocut network AS{self.network} --country {self.country}   "
                "(what is measured on that network)"
            )
        return found


def documents_on(
    text: str,
    country: str,
    days: tuple[date | None, date | None] = (None, None),
    *,
    has_finding: bool = True,
) -> Documented:
    """Find what documents and routes say of a domain, a network or an actor in a country.

    Without ``has_finding`` the records alone, which takes less time.
    Raises: UsageError if it is none of them.
    """
    material = load_material()
    index = material.index
    asked = asked_subject(text, country, days, index)
    own = _own_records(index, asked)
    finding = _found(material, asked) if has_finding else None
    records = [_said(index, _name(asked), one) for one in own]
    known = {one.id for one in own}
    for subject in _owners(index, asked):
        others = [one for one in _own_records(index, subject) if one.id not in known]
        known.update(one.id for one in others)
        records += [_said(index, subject.service, one) for one in others]
    is_of_others = finding is None and bool(records) and not own
    return Documented(
        subject=records[0].about if is_of_others else _name(asked),
        asked=_name(asked),
        country=country,
        finding=finding,
        records=tuple(records),
        network=asked.network,
    )


def _own_records(index: LedgerIndex, subject: Subject) -> list[CutRecord]:
    found = records_of(index, subject)
    return sorted(found, key=lambda one: (_FIRST[grade_of_record(one)], order_in_time(one)))


def _owners(index: LedgerIndex, asked: Subject) -> Iterator[Subject]:
    """Ask about who runs a domain, too: a company's cut-off is not told domain by domain."""
    if asked.domain:
        for owner in index.owner_of(asked.domain):
            yield replace(asked, domain="", service=owner.id)


def _found(material: Material, subject: Subject) -> FindingSaid | None:
    from whocut.attribution.attribute import attribute
    from whocut.attribution.rules import load_ruleset
    from whocut.attribution.sentences import sentences
    from whocut.i18n.language import Language
    from whocut.i18n.text import text_in

    bundle = join(subject, material)
    if not bundle.evidence:
        return None
    finding = attribute(bundle, load_ruleset())
    kept = tuple(one for one in finding.says if one.template != _SETTLES)
    said = sentences(replace(finding, says=kept), text_in(Language.EN))
    return FindingSaid(
        id=finding.frozen_id,
        status=finding.status.value,
        sentences=tuple(one.translate(_MARKS) for one in said),
        named=finding.named,
    )


def _said(index: LedgerIndex, about: str, record: CutRecord) -> RecordSaid:
    return RecordSaid(
        id=record.id,
        about=about,
        date=date_words(record),
        grade=grade_of_record(record).value,
        sentence=sentence_of(index.ledger, index.actors, record),
    )


def _name(subject: Subject) -> str:
    if subject.network is not None:
        return f"AS{subject.network}"
    return subject.domain or subject.service or ACCESS
