"""Judgements made by hand, and the staging of them, for the store's tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from whocut.model.identifiers import Asn, CountryCode, FingerprintId, MeasurementUid, RuleId
from whocut.model.observation import (
    ControlObservation,
    DnsObservation,
    HttpObservation,
    Measurement,
    SourceAnalysis,
    SourcePosition,
    TcpObservation,
    TlsObservation,
    TransferObservation,
)
from whocut.model.schema import TABLES
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.model.verdict import Judgement, Signal, Verdict
from whocut.store.manifest import SourceEntry
from whocut.store.observatory import CommitResult, Observatory, Writer
from whocut.store.staging import StagedSource, StageWriter

DAY = datetime(2024, 1, 1, tzinfo=UTC)


def signal(**changes: Any) -> Signal:
    fields: dict[str, Any] = {
        "rule_id": RuleId("http.refusal.explicit"),
        "hop": 0,
        "outcome": Outcome.REFUSED,
        "layer": Layer.HTTP,
        "mechanism": "http.refusal.geo_explicit",
        "locus": Locus.EDGE,
        "actor_kind": ActorKind.COMPANY,
        "strength": Strength.A,
        "facts": ("authenticated", "explicit"),
        "fingerprints": (FingerprintId("cloudflare.1009"),),
        "detail": "status 403 from 192.0.2.1:443",
    }
    return Signal(**{**fields, **changes})


def judgement(number: int = 0, *, signals: int = 2, **changes: Any) -> Judgement:
    fields: dict[str, Any] = {
        "measurement_uid": MeasurementUid(f"uid-{number:06d}"),
        "origin": "ooni",
        "probe_cc": CountryCode("RU"),
        "probe_asn": Asn(64500 + number % 3),
        "resolver_asn": Asn(64500),
        "measurement_start_time": DAY + timedelta(seconds=number % 86_400),
        "input": "https://www.example.org/",
        "hostname": "www.example.org",
        "target": "example.org",
        "outcome": Outcome.REFUSED,
        "layer": Layer.HTTP,
        "mechanism": "http.refusal.geo_explicit",
        "locus": Locus.EDGE,
        "actor_kind": ActorKind.COMPANY,
        "strength": Strength.A,
        "rule_id": RuleId("http.refusal.explicit"),
        "rules": (RuleId("http.refusal.explicit"), RuleId("http.status.403")),
        "cut_layers": (Layer.HTTP,),
        "fingerprints": (FingerprintId("cloudflare.1009"),),
        "hop": 0,
        "doubt": "One measurement cannot show whether other networks see the same.",
        "next_step": "Measure from a second network.",
        "chain_grade": "valid",
        "ooni_blocking": "false",
        "ooni_accessible": True,
        "ruleset": "2026.11+aaaa",
        "reference_snapshot": "ref-1",
        "source": "a.jsonl",
        "source_offset": number * 100,
        "source_line": number + 1,
    }
    verdict = Verdict(**{**fields, **changes})
    return Judgement(verdict, tuple(signal(hop=n) for n in range(signals)))


def measurement(of: Judgement) -> Measurement:
    v = of.verdict
    return Measurement(
        measurement_uid=v.measurement_uid,
        is_uid_derived=False,
        report_id=None,
        input=v.input,
        hostname=v.hostname,
        probe_cc=v.probe_cc,
        probe_asn=v.probe_asn,
        resolver_asn=v.resolver_asn,
        probe_network_name=None,
        test_version="0.4.1",
        software_name="ooniprobe-cli",
        software_version="3.19",
        platform=None,
        measurement_start_time=v.measurement_start_time,
        test_runtime_s=None,
        resolver_ip=None,
        dns=(
            DnsObservation("www.example.org", "A", "udp", None, None, ("192.0.2.1",), (), (64496,)),
        ),
        tcp=(TcpObservation("192.0.2.1", 443, None), TcpObservation("192.0.2.2", 443, "eof_error")),
        tls=(TlsObservation("192.0.2.1", 443, None, None, (b"\x30\x00",), True),),
        http=(
            HttpObservation(
                v.input, "GET", None, 403, (("server", "x"), ("server", "y")), b"<p>", False
            ),
        ),
        transfers=(TransferObservation(1, None, 5, 1, None, 0.5),),
        control=ControlObservation(
            None,
            None,
            ("192.0.2.1",),
            {"192.0.2.1:443": None},
            {},
            None,
            200,
            "t",
            (("a", "b"),),
            3,
            {"192.0.2.1": 64496},
            {},
        ),
        source_analysis=SourceAnalysis(None, True, None, None, None, None, None),
        position=SourcePosition(v.source, v.source_offset, v.source_line),
    )


def entry(name: str, key: str, parsed: int, **changes: Any) -> SourceEntry:
    fields: dict[str, Any] = {
        "name": name,
        "key": key,
        "parsed": parsed,
        "refused": {},
        "skipped": {},
        "is_complete": True,
        "ruleset": "2026.11+aaaa",
        "reference_snapshot": "ref-1",
    }
    return SourceEntry(**{**fields, **changes})


def stage(
    writer: Writer, name: str, judgements: Sequence[Judgement], *, keep: bool = False, **more: Any
) -> StagedSource:
    key = "key-" + name
    stager = StageWriter(writer.staging_directory(key), is_keeping_observations=keep)
    for one in judgements:
        stager.add(one, measurement(one))
    if judgements:
        more.setdefault("ruleset", judgements[0].verdict.ruleset)
        more.setdefault("reference_snapshot", judgements[0].verdict.reference_snapshot)
    return stager.finish(entry(name, key, len(judgements), **more))


def put(
    observatory: Observatory, keep: bool = False, **sources: Sequence[Judgement]
) -> CommitResult:
    """Ingest: each keyword is a source of its own."""
    with observatory.writer() as writer:
        return writer.commit([stage(writer, n, js, keep=keep) for n, js in sources.items()])


def blank(table: str, **given: Any) -> dict[str, Any]:
    """A row of a table whose other columns hold something of their type."""
    row: dict[str, Any] = {}
    for column in TABLES[table].columns:
        kind = column.type
        if pa.types.is_string(kind):
            row[column.name] = ""
        elif pa.types.is_list(kind):
            row[column.name] = []
        elif pa.types.is_date(kind):
            row[column.name] = DAY.date()
        elif pa.types.is_timestamp(kind):
            row[column.name] = DAY
        else:
            row[column.name] = 0
    return row | {"origin": "ooni"} | given


def rows(observatory: Observatory, query: str) -> list[tuple[Any, ...]]:
    with observatory.snapshot() as snapshot, snapshot.connect() as connection:
        return connection.sql(query).fetchall()


def tree(observatory: Observatory) -> dict[str, bytes]:
    """Every file that is not a lock, by its path."""
    return {
        str(path.relative_to(observatory.directory)): path.read_bytes()
        for path in observatory.directory.rglob("*")
        if path.is_file() and path.name != "lock"
    }
