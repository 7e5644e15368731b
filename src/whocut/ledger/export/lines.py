"""JSON Lines: one record a line, whole, with what is computed of it and what is said against it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from whocut.ledger.actors import Actor
from whocut.ledger.export.rows import record_path
from whocut.ledger.export.values import cited_sources, graded_values, witnessed_values
from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_record, grade_of_sources, is_read
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.release import canonical_json, record_hash
from whocut.ledger.sentences import sentence_of

__all__ = ["json_lines", "line_of_record"]


def json_lines(
    ledger: Ledger, actors: Mapping[str, Actor], records: Iterable[CutRecord]
) -> Iterator[bytes]:
    """Write each record as one line of canonical JSON (RFC 8785), by id."""
    for record in sorted(records, key=lambda one: one.id):
        yield canonical_json(line_of_record(ledger, actors, record)) + b"\n"


def line_of_record(
    ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord
) -> dict[str, Any]:
    """Put a record together with its grade, its sources in full, disputes, replies, retraction.

    ``record`` is the record as releases hash it: ``sha256`` is the hash of its canonical JSON. The
    keys beside it are always there.
    """
    return {
        "id": record.id,
        "url": record_path(record.id),
        "sha256": record_hash(record),
        "grade": grade_of_record(record),
        "grades": graded_values(ledger, record),
        "sentence": sentence_of(ledger, actors, record),
        "record": msgspec.to_builtins(record),
        "disputes": {
            "attribution_status": record.attribution.status,
            "hypotheses": record.attribution.hypotheses,
            "conflicts": record.conflicts,
        },
        "replies": record.replies,
        "contact_attempts": record.contact_attempts,
        "retracted": record.retracted,
        "sources": [
            {
                **msgspec.to_builtins(source),
                "key": key,
                "carries": source.carries,
                "grade_alone": grade_of_sources([source]),
                "is_read": is_read(source),
                "is_shared": key not in record.sources,
            }
            for key, source in cited_sources(ledger, record).items()
        ],
        "actors": _actors(actors, record),
    }


def _actors(actors: Mapping[str, Actor], record: CutRecord) -> dict[str, Any]:
    parties = record.parties
    named = {
        one.actor
        for one in (*parties.decider, *parties.executor, *parties.upstream, *parties.informant)
    }
    for _, value in witnessed_values(record):
        named |= {getattr(value, name, "sources") for name in ("actor", "claimant")}
    named |= {one.by for one in record.replies}
    found: dict[str, Any] = {}
    for name in sorted(named & actors.keys()):
        actor = actors[name]
        found[name] = {
            "name": actor_name(actors, name),
            "kind": actor.kind,
            "jurisdictions": actor.jurisdictions,
            "is_unnamed": actor.is_unnamed,
            # On what each of these facts rests: a record, or own knowledge.
            "basis": actor.from_,
        }
    return found
