"""Write the ledger's part of an edition: everything that can be counted is counted here."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.claims import claim_of
from whocut.ledger.counts import AXES, count_by, count_grades
from whocut.ledger.filters import actor_family, actor_name, words_of
from whocut.ledger.grade import grade_of_record
from whocut.ledger.lags_spells import newest_day
from whocut.ledger.load import Ledger
from whocut.ledger.moments import leading_moment, moments_of, order_in_time, restored_by
from whocut.ledger.record import CutRecord, Dated, Source, Witnessed
from whocut.ledger.sentences import sentence_of, voice_of
from whocut.publish.edition.actor_records import told_of
from whocut.publish.edition.ledger_countries import write_countries
from whocut.publish.edition.ledger_given import write_given
from whocut.publish.edition.ledger_law import write_law
from whocut.publish.edition.ledger_rows import (
    ActorPage,
    ActorRef,
    ActorRow,
    LedgerFacts,
    RecordRow,
    Tie,
)
from whocut.publish.edition.ledger_sets import write_sets
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.ledger_times import write_times
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack
from whocut.publish.edition.search import folded
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "LEDGER_SCHEMA",
    "RecordWhole",
    "match_of",
    "write_ledger",
]

LEDGER_SCHEMA: Final = """
CREATE TABLE ledger_facts (facts BLOB NOT NULL);
CREATE TABLE ledger_record (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, grade TEXT NOT NULL, row BLOB NOT NULL
);
CREATE TABLE ledger_whole (n INTEGER PRIMARY KEY, whole BLOB NOT NULL);
CREATE TABLE ledger_of (
  axis TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (axis, value, n)
) WITHOUT ROWID;
CREATE INDEX ledger_of_record ON ledger_of (n, axis);
CREATE TABLE ledger_tie (
  kind TEXT NOT NULL, n INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (kind, n, other)
) WITHOUT ROWID;
CREATE TABLE ledger_moment (n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX ledger_moment_first ON ledger_moment (first, last, n);
CREATE VIRTUAL TABLE ledger_words USING fts5 (
  words, content = '', detail = 'none', tokenize = "unicode61 remove_diacritics 0"
);
CREATE TABLE ledger_actor (
  id TEXT PRIMARY KEY, n INTEGER NOT NULL, row BLOB NOT NULL, whole BLOB NOT NULL
);
CREATE TABLE ledger_name (name TEXT PRIMARY KEY, actor TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ledger_family (
  actor TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (actor, member)
) WITHOUT ROWID;
CREATE TABLE ledger_holder (
  axis TEXT NOT NULL, value TEXT NOT NULL, place INTEGER NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (axis, value, place)
) WITHOUT ROWID;
"""
_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 12
_FIRST_ORDINAL: Final = 0
_LAST_ORDINAL: Final = 1 << 40


class RecordWhole(Struct, frozen=True, array_like=True):
    """One record with all that its page shows."""

    record: CutRecord
    row: RecordRow
    sources: dict[str, Source]
    """The sources that it names, by key: its own, those that records share, own knowledge."""
    ties: tuple[Tie, ...]
    actors: dict[str, ActorRef]
    """Every actor that it names."""


def match_of(words: str) -> str:
    """Write words as a question to the index: each begins a word of the record."""
    found = _WORD.findall(words.casefold())[:_MOST_WORDS]
    return " AND ".join(f'"{word}"*' for word in found)


def write_ledger(connection: sqlite3.Connection, source: LedgerSource, progress: Progress) -> None:
    """Write the tables of the ledger and the law."""
    connection.executescript(LEDGER_SCHEMA)
    ledger, actors = source.ledger, source.actors
    as_of = newest_day(ledger)
    known = _Known(source)
    for number, record in enumerate(progress.over("records", known.ordered)):
        _write_record(connection, known, number, record)
    records = list(ledger.records.values())
    write_sets(connection)
    write_countries(connection)
    _write_actors(connection, known)
    write_law(connection, source, known.numbers, as_of, progress)
    write_times(connection, source, known.numbers, as_of, progress)
    write_given(connection, source, known.numbers, progress)
    facts = LedgerFacts(
        n_records=len(records),
        n_actors=len(actors),
        n_instruments=len(source.law.families),
        newest=as_of,
        by_grade=count_grades(records),
        faults=source.faults,
    )
    connection.execute("INSERT INTO ledger_facts VALUES (?)", (pack(facts),))


class _Known:
    """What is asked of the ledger as a whole while its records are written."""

    def __init__(self, source: LedgerSource) -> None:
        self.source = source
        self.ledger = source.ledger
        self.actors = source.actors
        records = source.ledger.records
        # The newest first; what has no date comes last.
        self.ordered = sorted(records.values(), key=_newest_first)
        self.numbers = {record.id: number for number, record in enumerate(self.ordered)}
        self.restored = restored_by(records)
        self.incoming: dict[str, list[Tie]] = {}
        for record in self.ordered:
            for edge in record.edges:
                tie = Tie(edge.kind, record.id, is_incoming=True)
                self.incoming.setdefault(edge.to, []).append(tie)

    def ref(self, id_: str) -> ActorRef:
        """Name an actor."""
        name, actor = actor_name(self.actors, id_), self.actors.get(id_)
        if actor is None:
            return ActorRef(id_, name, None)
        names = {one.lang: one.name for one in reversed(actor.names)}
        return ActorRef(id_, name, actor.kind, actor.jurisdictions, names if len(names) > 1 else {})

    def row(self, record: CutRecord) -> RecordRow:
        """Give a record as one row of a list."""
        dates, restorations = record.dates, self.restored.get(record.id, ())
        leading = leading_moment(record)
        deciders = [party.actor for party in record.parties.decider]
        held = [self.actors[one] for one in deciders if one in self.actors]
        kinds = [
            self.actors[one].kind.value if one in self.actors else "unknown" for one in deciders
        ]
        return RecordRow(
            id=record.id,
            kind=record.kind,
            action=record.action.value,
            sector=record.sector.value,
            layer=record.layer.value,
            places=record.population.places,
            deciders=tuple(self.ref(one) for one in deciders),
            actor_kinds=tuple(dict.fromkeys(kinds)),
            jurisdictions=tuple(dict.fromkeys(code for one in held for code in one.jurisdictions)),
            announced=_first(dates.announced),
            effective=_first(dates.effective),
            ended=_first(dates.ended) or _end_by(record, restorations),
            first_day=None if leading is None else leading.when.earliest or leading.when.latest,
            status=record.attribution.status,
            voice=voice_of(self.ledger, record),
            grade=grade_of_record(record),
            grounds=tuple(dict.fromkeys(one.category for one in record.grounds)),
            carried_out=None if record.carried_out is None else record.carried_out.value,
            is_retracted=record.retracted is not None,
            restored_by=tuple(one.id for one in restorations),
            sentence=sentence_of(self.ledger, self.actors, record),
            claim=claim_of(self.ledger, self.actors, record),
        )


def _newest_first(record: CutRecord) -> tuple[bool, int, str]:
    day, id_ = order_in_time(record)
    return day == date.max, -day.toordinal(), id_


def _first(tellings: Sequence[Dated]) -> str | None:
    return tellings[0].on if tellings else None


def _end_by(record: CutRecord, restorations: Sequence[CutRecord]) -> str | None:
    """Give the day of a record that restores all of the places."""
    for one in restorations:
        if set(record.population.places) <= set(one.population.places):
            return _first(one.dates.effective) or _first(one.dates.announced)
    return None


def _write_record(
    connection: sqlite3.Connection, known: _Known, number: int, record: CutRecord
) -> None:
    row = known.row(record)
    connection.execute(
        "INSERT INTO ledger_record VALUES (?, ?, ?, ?)",
        (number, record.id, row.grade.value, pack(row)),
    )
    whole = RecordWhole(
        record=record,
        row=row,
        sources=_sources_of(known.ledger, record),
        ties=(
            *(Tie(edge.kind, edge.to, is_incoming=False) for edge in record.edges),
            *known.incoming.get(record.id, ()),
        ),
        actors={one: known.ref(one) for one in _actors_in(record)},
    )
    connection.execute("INSERT INTO ledger_whole VALUES (?, ?)", (number, pack(whole)))
    connection.executemany(
        "INSERT OR IGNORE INTO ledger_of VALUES (?, ?, ?)",
        ((axis, value, number) for axis, value in _values_of(known, record, row)),
    )
    connection.executemany("INSERT INTO ledger_moment VALUES (?, ?, ?)", _moments(number, record))
    connection.executemany(
        "INSERT OR IGNORE INTO ledger_tie VALUES (?, ?, ?)",
        (
            (one.kind.value, number, known.numbers[one.other])
            for one in whole.ties
            if one.other in known.numbers
        ),
    )
    connection.execute(
        "INSERT INTO ledger_words (rowid, words) VALUES (?, ?)",
        (number, words_of(record, known.actors)),
    )


def _values_of(known: _Known, record: CutRecord, row: RecordRow) -> Iterator[tuple[str, str]]:
    for axis, values in AXES.items():
        for value in values(record, known.actors):
            yield axis, value
    yield "grade", row.grade.value
    yield "told", told_of(row)
    for place in record.population.places:
        yield "place", place
    for one in record.parties.decider:
        yield "decider", one.actor
    for one in record.parties.executor:
        yield "executor", one.actor
    for one in record.parties.upstream:
        yield "upstream", one.actor
    parties = (*record.parties.decider, *record.parties.executor, *record.parties.upstream)
    for reply in record.replies:
        yield "replier", reply.by
    named = [one.actor for one in parties]
    named += [one.actor for one in record.attribution.hypotheses]
    for id_ in dict.fromkeys(named):
        yield "actor", id_
    for account in row.claim.accounts:
        if account.named is not None:
            yield "named", account.named.id
    for domain in record.domains:
        yield "domain", domain.domain.casefold()
        yield "site", registrable_domain(domain.domain)
    for network in record.networks:
        yield "asn", str(network.asn)


def _moments(number: int, record: CutRecord) -> Iterator[tuple[int, int, int]]:
    for moment in moments_of(record):
        for one in moment.when.choices or (moment.when,):
            first = _FIRST_ORDINAL if one.earliest is None else one.earliest.toordinal()
            last = _LAST_ORDINAL if one.latest is None else one.latest.toordinal()
            yield number, first, last


def _sources_of(ledger: Ledger, record: CutRecord) -> dict[str, Source]:
    named = dict.fromkeys(key for one in _witnessed(record) for key in (*one.from_, *one.among))
    found = {key: ledger.source(record, key) for key in (*record.sources, *named)}
    return {key: one for key, one in found.items() if one is not None}


def _witnessed(part: object) -> Iterator[Witnessed]:
    """Walk every value of a record that names its sources."""
    if isinstance(part, Witnessed):
        yield part
    if isinstance(part, Struct):
        for name in part.__struct_fields__:
            yield from _witnessed(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _witnessed(one)


def _actors_in(record: CutRecord) -> list[str]:
    parties = record.parties
    acting = (*parties.decider, *parties.executor, *parties.upstream, *parties.informant)
    named = [one.actor for one in acting]
    named += [name for one in record.attribution.hypotheses for name in (one.actor, one.claimant)]
    named += [one.claimant for one in record.grounds]
    named += [one.by for one in record.replies]
    return list(dict.fromkeys(named))


def _write_actors(connection: sqlite3.Connection, known: _Known) -> None:
    actors = known.actors
    decided: dict[str, list[CutRecord]] = {}
    executed, upstream, replied = Counter[str](), Counter[str](), Counter[str]()
    for record in known.ordered:
        for id_ in {one.actor for one in record.parties.decider}:
            decided.setdefault(id_, []).append(record)
        executed.update({one.actor for one in record.parties.executor})
        upstream.update({one.actor for one in record.parties.upstream})
        replied.update({one.by for one in record.replies})
    children: dict[str, list[str]] = {}
    for actor in actors.values():
        if actor.parent is not None:
            children.setdefault(actor.parent, []).append(actor.id)
    for id_, actor in sorted(actors.items()):
        own = decided.get(id_, [])
        row = ActorRow(
            *(id_, actor_name(actors, id_), actor.kind, actor.jurisdictions),
            *(actor.sector or "", len(own)),
        )
        whole = ActorPage(
            actor=actor,
            parent=known.ref(actor.parent) if actor.parent else None,
            children=tuple(known.ref(one) for one in sorted(children.get(id_, ()))),
            by_grade=count_grades(own),
            by_kind=count_by("kind", own, actors),
            by_action=count_by("action", own, actors),
            n_executed=executed[id_],
            n_upstream=upstream[id_],
            n_replies=replied[id_],
        )
        connection.execute(
            "INSERT INTO ledger_actor VALUES (?, ?, ?, ?)", (id_, len(own), pack(row), pack(whole))
        )
        connection.executemany(
            "INSERT INTO ledger_family VALUES (?, ?)",
            ((id_, member) for member in sorted(actor_family(actors, id_))),
        )
        if not actor.is_unnamed:
            names = [(folded(name), id_) for name in (id_, *_names(actor))]
            connection.executemany("INSERT OR IGNORE INTO ledger_name VALUES (?, ?)", names)
    _write_holders(connection, actors)


def _write_holders(connection: sqlite3.Connection, actors: Mapping[str, Actor]) -> None:
    """Write who holds a domain or network, a child before its parent."""
    holders: dict[tuple[str, str], list[Actor]] = {}
    for actor in actors.values():
        held: Iterable[tuple[str, str]] = [
            *(("domain", domain) for domain in actor.domains),
            *(("asn", str(asn)) for asn in actor.all_asns),
        ]
        for key in held:
            holders.setdefault(key, []).append(actor)
    for (axis, value), found in sorted(holders.items()):
        found.sort(key=lambda one: (-_depth(actors, one), one.id))
        for place, one in enumerate(found):
            connection.execute(
                "INSERT INTO ledger_holder VALUES (?, ?, ?, ?)", (axis, value, place, one.id)
            )


def _depth(actors: Mapping[str, Actor], actor: Actor) -> int:
    seen = {actor.id}
    parent = actors.get(actor.parent or "")
    while parent is not None and parent.id not in seen:
        seen.add(parent.id)
        parent = actors.get(parent.parent or "")
    return len(seen)


def _names(actor: Actor) -> list[str]:
    return [*(one.name for one in actor.names), *actor.aliases]
