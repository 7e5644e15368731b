"""Join cells, routes, records and the law into the bundle of one question."""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution.bundle import AnyEvidence, Bundle, Claim, Context, Report
from whocut.attribution.join.claims import claims_of, retraction_of, speakers_of
from whocut.attribution.join.index import LedgerIndex, covers, life_of
from whocut.attribution.join.law import LawOfRecord, context_of
from whocut.attribution.join.measured import MeasuredPair, evidence_of_pair
from whocut.attribution.join.parties import parties_of
from whocut.attribution.join.routes import changes_of, evidence_of_change
from whocut.attribution.join.subject import ACCESS, Subject, question_of
from whocut.attribution.reading import bundle_document, bundle_of
from whocut.ledger.record import CutRecord
from whocut.routes.change_results import ChangeResults, RouteChange

__all__ = ["OF_NETWORKS", "Material", "ReportsOf", "join", "records_of"]

OF_NETWORKS: Final = frozenset({"route", "unstated"})
"""Layers of records that answer a question on a network: sales that stopped are none of them."""


ReportsOf = Callable[[Subject], Iterable[Report]]


class Material(Struct, frozen=True):
    """What bundles are joined from."""

    index: LedgerIndex
    routes: ChangeResults | None = None
    law: LawOfRecord | None = None
    reports: ReportsOf | None = None
    """What users report of a subject; published counts alone."""


def join(subject: Subject, material: Material, measured: MeasuredPair | None = None) -> Bundle:
    """Put all that is known of a subject into one bundle.

    What is measured in the laboratory meets no record, no route and no law of the world.
    """
    index = material.index
    records = [] if subject.is_lab else records_of(index, subject)
    evidence: list[AnyEvidence] = []
    claims: list[Claim] = []
    for record in records:
        claims += claims_of(index, record)
        retracted = retraction_of(record)
        if retracted is not None:
            evidence.append(retracted)
        elif material.law is not None and not _is_tied_only(record, subject):
            party = next(iter(record.parties.decider)).actor if record.parties.decider else None
            known = party if party in index.actors else None
            evidence += context_of(record, material.law(record), known)
    if material.reports is not None and not subject.is_lab:
        evidence += material.reports(subject)
    evidence += claims
    named = list(speakers_of(claims))
    if measured is not None and measured.origin == subject.origin:
        within = measured.within(subject.since, subject.until)
        evidence += evidence_of_pair(within) if within is not None else ()
    if material.routes is not None and not subject.is_lab:
        for change in _changes(material.routes, subject, records):
            provider = change.actor if change.actor in index.actors else None
            named += [provider] if provider else []
            evidence += evidence_of_change(change, provider, material.routes)
    parties = parties_of(index, subject, records, [*named, *_parties_of_law(evidence)])
    known_ids = {one.id for one in parties}
    evidence = [_without_unknown(one, known_ids) for one in evidence]
    bundle = Bundle(question=question_of(subject), parties=tuple(parties), evidence=tuple(evidence))
    # The reader checks it and puts it in the one order by which it is known.
    return bundle_of(bundle_document(bundle), f"question on {subject.country}")


def _changes(
    results: ChangeResults, subject: Subject, records: Iterable[CutRecord]
) -> list[RouteChange]:
    if subject.network is None and subject.service == "":
        return []
    return changes_of(results, subject, [record.id for record in records])


def _parties_of_law(evidence: Iterable[AnyEvidence]) -> list[str]:
    return [one.party for one in evidence if isinstance(one, Context) and one.party is not None]


def _without_unknown(one: AnyEvidence, known: set[str]) -> AnyEvidence:
    """Leave out who the law of the day is told of, where no source names that party."""
    if isinstance(one, Context) and one.party is not None and one.party not in known:
        return replace(one, party=None)
    return one


def records_of(index: LedgerIndex, subject: Subject) -> list[CutRecord]:
    """List the records that speak of a subject in its country and time, in order of their ids."""
    found: list[CutRecord] = []
    if subject.record and subject.record in index.ledger.records:
        found.append(index.ledger.records[subject.record])
    if subject.domain:
        found += index.of_domain(subject.domain)
    if subject.network is not None:
        found += index.of_asn(subject.network)
    if subject.service and subject.service != ACCESS and not subject.record:
        found += index.of_actor(subject.service)
    joined = index.with_ties(found)
    return [one for one in joined if _speaks_of(index, one, subject)]


def _speaks_of(index: LedgerIndex, record: CutRecord, subject: Subject) -> bool:
    if not covers(record, subject.country, index.unions, subject.part):
        return False
    if subject.network is not None and record.layer.value.value not in OF_NETWORKS:
        return False
    first, last = life_of(record)
    if subject.until is not None and first is not None and first > subject.until:
        return False
    return not (subject.since is not None and last is not None and last < subject.since)


def _is_tied_only(record: CutRecord, subject: Subject) -> bool:
    """Say whether a record is there only since it is tied to another."""
    return bool(subject.record) and record.id != subject.record
