"""Rows of the ledger's tables, from which Parquet and CSV are written alike."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.export.tables import CUT, CUT_ASN, CUT_DOMAIN, CUT_SOURCE
from whocut.ledger.export.values import cited_sources, graded_values, witnessed_values
from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_record, grade_of_sources, grade_of_value, is_read
from whocut.ledger.load import Ledger
from whocut.ledger.record import (
    CutRecord,
    JoinedDomain,
    JoinedNetwork,
    Party,
    Reply,
    Source,
    Witnessed,
)
from whocut.ledger.release import record_hash
from whocut.ledger.sentences import sentence_of
from whocut.ledger.vocabulary import DateKind, Grade
from whocut.model.errors import DamagedDataError

__all__ = ["TABLE_OF", "record_path", "rows_by"]

Row = dict[str, Any]
TABLE_OF = {"record": CUT, "asn": CUT_ASN, "domain": CUT_DOMAIN, "source": CUT_SOURCE}
"""The table of each way to lay the ledger out."""


def rows_by(
    by: str, ledger: Ledger, actors: Mapping[str, Actor], records: Iterable[CutRecord]
) -> list[Row]:
    """Lay records out by record, asn, domain or source, in the order of the table."""
    rows: list[Row] = []
    for record in records:
        match by:
            case "record":
                rows.append(_record_row(ledger, actors, record))
            case "source":
                rows += _source_rows(ledger, record)
            case _:
                rows += _joined_rows(by, ledger, actors, record)
    keys = TABLE_OF[by].sorted_by
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


def record_path(record_id: str) -> str:
    """Give the stable path of a record's page."""
    return f"/cut/{record_id}"


def _joined_rows(
    by: str, ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord
) -> Iterator[Row]:
    joins: Sequence[JoinedNetwork | JoinedDomain]
    joins = record.networks if by == "asn" else record.domains
    row = _record_row(ledger, actors, record) if joins else {}
    for one in joins:
        yield {
            by: one.asn if isinstance(one, JoinedNetwork) else one.domain,
            "role": one.role,
            "join_grade": grade_of_value(ledger, record, one).value,
            "join_sources": [*one.from_, *one.among],
            "join_note": one.note,
            **row,
        }


def _record_row(ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord) -> Row:
    return {
        "id": record.id,
        "url": record_path(record.id),
        "sha256": record_hash(record),
        "grade": grade_of_record(record).value,
        "sentence": sentence_of(ledger, actors, record),
        **_what(record),
        **_parties(actors, record),
        **_disputes(ledger, actors, record),
        **_whom(record),
        **_dates(ledger, record),
        **_grounds(ledger, actors, record),
        **_remedies(record),
        "collateral": [one.text for one in record.collateral],
        "notes": [one.text for one in record.notes],
        "confidence": record.confidence,
        **_witnesses(ledger, record),
    }


def _what(record: CutRecord) -> Row:
    return {
        "kind": record.kind.value,
        "action": record.action.value.value,
        "sector": record.sector.value.value,
        "layer": record.layer.value.value,
        "mechanism": record.mechanism.value if record.mechanism else None,
        "how": record.how.text if record.how else None,
        "direction": record.direction.value.value if record.direction else None,
        "carried_out": record.carried_out.value.value if record.carried_out else None,
    }


def _parties(actors: Mapping[str, Actor], record: CutRecord) -> Row:
    deciders = [one.actor for one in record.parties.decider]
    known = [actors.get(name) for name in deciders]
    seats = [seat for one in known if one is not None for seat in one.jurisdictions]
    return {
        "deciders": deciders,
        "decider_names": [actor_name(actors, name) for name in deciders],
        "decider_kinds": ["unknown" if one is None else one.kind.value for one in known],
        "decider_jurisdictions": list(dict.fromkeys(seats)),
        "executors": _ids(record.parties.executor),
        "upstream": _ids(record.parties.upstream),
        "informants": _ids(record.parties.informant),
    }


def _ids(parties: Sequence[Party]) -> list[str]:
    return [one.actor for one in parties]


def _disputes(ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord) -> Row:
    retracted = record.retracted
    return {
        "attribution_status": record.attribution.status.value,
        "attribution_grade": grade_of_value(ledger, record, record.attribution).value,
        "hypotheses": [
            f"{actor_name(actors, one.claimant)}: {_named(actors, one.actor)}: {one.claim} "
            f"{_graded(ledger, record, one)}"
            for one in record.attribution.hypotheses
        ],
        "conflicts": [f"{one.field}: {one.text}" for one in record.conflicts],
        "replies": [_reply(actors, one) for one in record.replies],
        "contact_attempts": [
            f"{one.on}: {one.channel}: {one.outcome}" for one in record.contact_attempts
        ],
        "is_retracted": retracted is not None,
        "retracted_on": retracted.on if retracted else None,
        "retraction_reason": retracted.reason if retracted else None,
    }


def _named(actors: Mapping[str, Actor], actor: str) -> str:
    return "nobody" if actor == "nobody" else actor_name(actors, actor)


def _graded(ledger: Ledger, record: CutRecord, value: Witnessed) -> str:
    return f"({grade_of_value(ledger, record, value)})"


def _reply(actors: Mapping[str, Actor], reply: Reply) -> str:
    head = f"{reply.received}: {actor_name(actors, reply.by)} ({reply.verified_by.value})"
    asked = f"; asks: {reply.requested}" if reply.requested else ""
    outcome = f"; outcome: {reply.outcome}" if reply.outcome else ""
    return f"{head}: {reply.text}{asked}{outcome}"


def _whom(record: CutRecord) -> Row:
    scope, people = record.scope, record.population
    stated = record.stated_population
    return {
        "places": list(people.places),
        "selectors": [one.value for one in people.selectors],
        "organisations": list(people.organisations),
        "excepted": list(people.excepted),
        "stated_places": list(stated.places) if stated else [],
        "scope": scope.text if scope else None,
        "scope_users": list(scope.users) if scope else [],
        "scope_accounts": list(scope.accounts) if scope else [],
        "scope_plans": list(scope.plans) if scope else [],
        "scope_rights": list(scope.rights) if scope else [],
    }


def _dates(ledger: Ledger, record: CutRecord) -> Row:
    row: Row = {}
    for kind in DateKind:
        first, *others = getattr(record.dates, kind.value) or (None,)
        when = _parsed(record, f"dates.{kind}[0].on", first.on) if first is not None else None
        row |= {
            kind.value: first.on if first is not None else None,
            f"{kind}_earliest": when.earliest if when else None,
            f"{kind}_latest": when.latest if when else None,
            f"{kind}_told": first.told.value if first is not None else None,
            f"{kind}_grade": (
                grade_of_value(ledger, record, first).value if first is not None else None
            ),
            f"{kind}_others": [
                f"{one.on} ({one.told.value}, {grade_of_value(ledger, record, one)})"
                for one in others
            ],
        }
    return row


def _parsed(record: CutRecord, field: str, text: str) -> Edtf:
    try:
        return parse_edtf(text)
    except ValueError as error:
        raise DamagedDataError(str(error), source=record.id, field=field) from error


def _grounds(ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord) -> Row:
    return {
        "grounds": [
            f"{one.category.value}: {actor_name(actors, one.claimant)}: {one.text} "
            f"{_graded(ledger, record, one)}"
            for one in record.grounds
        ],
        "ground_categories": list(dict.fromkeys(one.category.value for one in record.grounds)),
        "instruments": [one.id for one in record.instruments],
        "edges": [f"{one.kind.value} {one.to}" for one in record.edges],
        "asns": [one.asn for one in record.networks],
        "domains": [one.domain for one in record.domains],
    }


def _remedies(record: CutRecord) -> Row:
    names = ("notice_days", "appeal", "data_export", "refund")
    told = {name: getattr(record.remedies, name, None) for name in names}
    return {name: one.value if one is not None else None for name, one in told.items()}


def _witnesses(ledger: Ledger, record: CutRecord) -> Row:
    grades = graded_values(ledger, record)
    event = [one for one in record.sources.values() if one.carries == "event"]
    alone = Counter(grade_of_sources([one]) for one in event)
    cited = cited_sources(ledger, record).values()
    return {
        **{f"values_{one}": [path for path, own in grades.items() if own is one] for one in Grade},
        **{f"sources_{one}": alone[one] for one in Grade},
        "sources_context": len(record.sources) - len(event),
        "source_groups": len({_origin(one) for one in event if is_read(one)}),
        "source_urls": list(dict.fromkeys(one.url for one in cited if one.url)),
    }


def _origin(source: Source) -> str:
    # As the grade counts: pages of unknown origin may be copies of one text.
    return "unknown" if source.group.startswith("unknown-") else source.group


class _Carried(Struct):
    surely: list[str]
    among: list[str]


def _source_rows(ledger: Ledger, record: CutRecord) -> Iterator[Row]:
    sources = cited_sources(ledger, record)
    carried = {key: _Carried([], []) for key in sources}
    for path, value in witnessed_values(record):
        for key in set(value.from_) & sources.keys():
            carried[key].surely.append(path)
        for key in set(value.among) & sources.keys():
            carried[key].among.append(path)
    for key, source in sources.items():
        yield {
            "id": record.id,
            "source": key,
            "record_grade": grade_of_record(record).value,
            "is_retracted": record.retracted is not None,
            "is_shared": key not in record.sources,
            "fields": carried[key].surely,
            "fields_among": carried[key].among,
            **_source(record, key, source),
        }


def _source(record: CutRecord, key: str, source: Source) -> Row:
    when = _parsed(record, f"sources.{key}.date", source.date) if source.date else None
    return {
        "grade": grade_of_sources([source]).value,
        "carries": source.carries,
        "source_url": source.url,
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
        "date_earliest": when.earliest if when else None,
        "date_latest": when.latest if when else None,
        "lang": source.lang,
        "read": source.read.value,
        "stance": source.stance.value,
        "group": source.group,
        "note": source.note,
    }
