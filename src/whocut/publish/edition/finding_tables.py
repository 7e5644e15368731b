"""Write the findings of an edition: every question that is asked by itself, answered and kept."""

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Bundle, Claim, Context, Report, RouteChange
from whocut.attribution.finding import Finding
from whocut.attribution.join import (
    LedgerIndex,
    Material,
    MeasuredPair,
    Subject,
    index_ledger,
    join,
    subjects_of_changes,
    subjects_of_pair,
    subjects_of_record,
)
from whocut.attribution.join.bundles import ReportsOf
from whocut.attribution.join.index import actors_of
from whocut.attribution.join.law import LawOfRecord
from whocut.attribution.rules import load_ruleset
from whocut.attribution.vocabulary import FindingGrade
from whocut.ledger.actors import named_by_domain
from whocut.ledger.law.question import Assessment
from whocut.ledger.record import CutRecord
from whocut.model.errors import InputError
from whocut.publish.desk.counts import CountRow
from whocut.publish.desk.form import days_of
from whocut.publish.desk.report_evidence import evidence_of
from whocut.publish.edition.finding_measured import Measured
from whocut.publish.edition.finding_reuse import FindingsBefore, asked_of
from whocut.publish.edition.finding_rows import AnsweredFinding, FindingRow, Found
from whocut.publish.edition.ledger_rows import LawFound
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack, unpack
from whocut.routes.change_results import ChangeResults, load_change_results
from whocut.store.snapshot import Snapshot

__all__ = ["FINDING_SCHEMA", "write_findings"]

FINDING_SCHEMA: Final = """
CREATE TABLE finding_facts (facts BLOB NOT NULL);
CREATE TABLE finding (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, row BLOB NOT NULL
);
CREATE TABLE finding_whole (
  n INTEGER PRIMARY KEY, asked BLOB NOT NULL, finding BLOB NOT NULL, bundle BLOB NOT NULL
);
CREATE TABLE finding_of (
  axis TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (axis, value, n)
) WITHOUT ROWID;
CREATE INDEX finding_status ON finding (status, n);
CREATE INDEX finding_of_n ON finding_of (n);
"""
_LEVEL: Final = 1
"""Of zlib: a bundle is packed in a tenth of the time that it takes to join."""
_GRADES: Final = (
    FindingGrade.PROOF,
    FindingGrade.STRONG,
    FindingGrade.SUGGESTIVE,
    FindingGrade.CONTRADICTED,
)


def write_findings(
    connection: sqlite3.Connection,
    snapshot: Snapshot | None,
    source: LedgerSource,
    progress: Progress,
    reports: Sequence[CountRow] = (),
    *,
    before: FindingsBefore | None = None,
) -> None:
    """Ask and answer what nobody needs to ask, and keep each finding with its bundle.

    Reads what is measured, and the law, from the tables of the same edition, which come first. What
    an edition ``before`` has answered on the same grounds is taken from there.
    """
    connection.executescript(FINDING_SCHEMA)
    index = index_ledger(source.ledger, source.actors, source.law.unions)
    routes = load_change_results()
    material = Material(index, routes, _law_of(connection), _reported(reports, index))
    answered: dict[str, AnsweredFinding] = {}
    known = before or FindingsBefore()
    for one in _answers(Measured(connection, snapshot), material, routes, progress, known):
        answered.setdefault(one.row.id, one)
    by_status: Counter[str] = Counter()
    ruleset = ""
    for n, one in enumerate(sorted(answered.values(), key=lambda each: each.order), 1):
        ruleset = one.row.ruleset
        by_status[one.row.status.value] += not one.row.is_lab
        connection.execute(
            "INSERT INTO finding VALUES (?, ?, ?, ?)",
            (n, one.row.id, one.row.status.value, pack(one.row)),
        )
        connection.execute(
            "INSERT INTO finding_whole VALUES (?, ?, ?, ?)",
            (n, one.asked, one.finding, one.bundle),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO finding_of VALUES (?, ?, ?)",
            ((axis, value, n) for axis, value in one.axes),
        )
    facts = Found(len(answered), dict(sorted(by_status.items())), ruleset)
    connection.execute("INSERT INTO finding_facts VALUES (?)", (pack(facts),))


def _reported(rows: Sequence[CountRow], index: LedgerIndex) -> ReportsOf:
    """Give the reports on a subject: on its domain, on who owns that, or on the service asked."""

    def of(subject: Subject) -> tuple[Report, ...]:
        owners = named_by_domain(index.actors, subject.domain) if subject.domain else ()
        wanted = {subject.domain, subject.service, *(one.id for one in owners)} - {""}
        return evidence_of(
            row
            for row in rows
            if row.subject in wanted
            and row.country in (subject.country, subject.part)
            and _is_within(row.period, subject)
        )

    return of


def _is_within(period: str, subject: Subject) -> bool:
    first, last = days_of(period)
    return (subject.until is None or first <= subject.until) and (
        subject.since is None or last >= subject.since
    )


def _law_of(connection: sqlite3.Connection) -> LawOfRecord:
    """Read what the law said of a record on its first day, as the ledger's part has it."""
    known: dict[str, Assessment | None] = {}

    def law(record: CutRecord) -> Assessment | None:
        if record.id not in known:
            found = connection.execute(
                "SELECT l.law FROM ledger_law l JOIN ledger_record r ON r.n = l.n WHERE r.id = ?",
                (record.id,),
            ).fetchone()
            spans = unpack(found[0], LawFound).spans if found else ()
            known[record.id] = spans[0].assessment if spans else None
        return known[record.id]

    return law


def _answers(
    measured: Measured,
    material: Material,
    routes: ChangeResults,
    progress: Progress,
    known: FindingsBefore,
) -> Iterator[AnsweredFinding]:
    n_refused = n_known = 0
    for subject, pair in _questions(measured, material.index, routes, progress):
        asked = asked_of(subject, pair)
        try:
            found = known.find(asked)
            n_known += found is not None
            yield found or _answer(subject, material, pair, asked)
        except InputError:
            # One name that no bundle may hold, sent by whoever has a probe, must not end the rest.
            n_refused += 1
    if n_known:
        progress.say("findings taken over", n_known, n_known)
    if n_refused:
        progress.say("questions that no bundle may hold", n_refused, n_refused)


def _questions(
    measured: Measured, index: LedgerIndex, routes: ChangeResults, progress: Progress
) -> Iterator[tuple[Subject, MeasuredPair | None]]:
    asked: list[Subject] = []
    for record in progress.over("findings of records", list(index.ledger.records.values())):
        for subject in subjects_of_record(index, record):
            asked.append(subject)
            pair = measured.at(subject.country, subject.domain) if subject.domain else None
            yield subject, pair
    for subject in subjects_of_changes(routes, index, asked):
        yield subject, None
    wanted = measured.worth_asking(index)
    for country, target in progress.over("findings of measurements", wanted):
        pair = measured.at(country, target)
        for subject in subjects_of_pair(index, pair) if pair is not None else ():
            yield subject, pair


def _answer(
    subject: Subject, material: Material, measured: MeasuredPair | None, asked: bytes
) -> AnsweredFinding:
    bundle = join(subject, material, measured)
    finding = attribute(bundle, load_ruleset())
    return AnsweredFinding(
        asked=asked,
        row=_row(subject, bundle, finding),
        finding=zlib.compress(pack(finding), _LEVEL),
        bundle=zlib.compress(pack(bundle), _LEVEL),
        axes=tuple(_axes(subject, bundle, material.index)),
    )


def _row(subject: Subject, bundle: Bundle, finding: Finding) -> FindingRow:
    grades = {one.id: one.grade for one in finding.hypotheses}
    held = [grades[one] for one in finding.holds]
    names = {one.id: one.name or one.id for one in bundle.parties}
    claims = sum(isinstance(one, Claim) for one in bundle.evidence)
    routes = sum(isinstance(one, RouteChange) for one in bundle.evidence)
    others = sum(isinstance(one, Context | Report) for one in bundle.evidence)
    return FindingRow(
        id=finding.id,
        ruleset=finding.ruleset,
        country=subject.country,
        part=subject.part,
        target=subject.domain,
        network=subject.network,
        service=subject.service,
        service_name=names.get(subject.service, ""),
        record=subject.record,
        since=subject.since,
        until=subject.until,
        origin=subject.origin,
        status=finding.status,
        holds=finding.holds,
        grade=min(held, key=_GRADES.index) if held else FindingGrade.INSUFFICIENT,
        named=finding.named,
        says=finding.says,
        n_claims=claims,
        n_measured=len(bundle.evidence) - claims - routes - others,
        n_routes=routes,
    )


def _axes(subject: Subject, bundle: Bundle, index: LedgerIndex) -> Iterator[tuple[str, str]]:
    yield "country", subject.country
    members = _members(subject, index)
    yield from (("country", code) for code in members)
    if subject.domain:
        yield "target", subject.domain
        yield from (("pair", f"{code} {subject.domain}") for code in (subject.country, *members))
    if subject.network is not None:
        for asn in {subject.network, *_asns(bundle)}:
            yield "asn", str(asn)
    for party in bundle.parties:
        yield "actor", party.id
    for record in _records(bundle):
        yield "record", record
        for actor in actors_of(index.ledger.records[record]):
            yield "actor", actor


def _members(subject: Subject, index: LedgerIndex) -> Iterable[str]:
    return next((one.members for one in index.unions if one.union == subject.country), ())


def _asns(bundle: Bundle) -> Iterable[int]:
    found = (one.provider_asn for one in bundle.evidence if isinstance(one, RouteChange))
    return [asn for asn in found if asn is not None]


def _records(bundle: Bundle) -> Sequence[str]:
    """List the records that the bundle's claims and law are of, by the ids of the evidence."""
    ids = (one.id.split("/") for one in bundle.evidence)
    named = (parts[1] for parts in ids if parts[0] in {"claim", "law", "retracted"})
    return list(dict.fromkeys(named))
