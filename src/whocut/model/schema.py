"""Arrow schemas of every table an observatory keeps; ``docs/tables.md`` is generated from here.

A column's name is the field's name in the struct it comes from (``whocut.model``). Its comment, its
unit and what a null in it means stand in the Arrow field's metadata, so that they travel with every
Parquet file.
"""

from typing import Final

import pyarrow as pa

from whocut.model.cell_schema import CELL_TABLES
from whocut.model.table import INSTANT, TABLE_VERSION, TEXT, Column, Table, arrow_schema
from whocut.model.timing_schema import SLOWDOWN_TABLES

__all__ = ["OBSERVATION_TABLES", "TABLES", "TABLE_VERSION", "Column", "Table", "arrow_schema"]

_TEXTS: Final = pa.list_(pa.field("item", pa.string(), nullable=False))
_NAME_VALUE: Final = pa.list_(
    pa.field(
        "item",
        pa.struct([pa.field("name", TEXT, nullable=False), pa.field("value", TEXT)]),
        nullable=False,
    )
)
_NAME_NUMBER: Final = pa.list_(
    pa.field(
        "item",
        pa.struct([pa.field("name", TEXT, nullable=False), pa.field("value", pa.int64())]),
        nullable=False,
    )
)


_UID = Column(
    "measurement_uid",
    TEXT,
    "The source's own id of the measurement, or a hash of the record's bytes where it names none.",
)
_PROBE_CC = Column(
    "probe_cc", TEXT, "Country of the probe, ISO 3166-1 alpha-2; ZZ where the source has none."
)
_START = Column(
    "measurement_start_time", INSTANT, "When the measurement began.", unit="UTC, microseconds"
)
_ORDINAL = Column("ordinal", pa.int32(), "Place in the measurement, in the order of its struct.")
_PROVENANCE: Final = (
    Column("ruleset", TEXT, "Version of the rules that judged."),
    Column("reference_snapshot", TEXT, "Id of the reference data that was asked."),
    Column("source", TEXT, "The file or address that was read, as it was named."),
    Column(
        "source_offset",
        pa.int64(),
        "Where the record begins in the decompressed source.",
        unit="bytes",
    ),
    Column("source_line", pa.int64(), "Line or record of the source.", unit="count from 1"),
)

VERDICT: Final = Table(
    name="verdict",
    row="what one measurement says: outcome, layer, mechanism, locus, actor kind, strength, rules",
    sorted_by=("measurement_start_time", "measurement_uid"),
    columns=(
        _UID,
        Column("origin", TEXT, "ooni for the world's measurements, lab for emulated ones."),
        _PROBE_CC,
        Column("probe_asn", pa.int64(), "AS of the probe; 0 where the source has none."),
        Column("resolver_asn", pa.int64(), "AS of the probe's resolver; 0 where unknown."),
        _START,
        Column("input", TEXT, "What was asked for, as the source has it: a URL as a rule."),
        Column("hostname", TEXT, "Host of the input, lower case."),
        Column("target", TEXT, "Registrable domain of the hostname, or the address."),
        Column("outcome", TEXT, "What it says of the target (docs/taxonomy.md, outcomes)."),
        Column("layer", TEXT, "Layer of the deciding thing (docs/taxonomy.md, layers)."),
        Column("mechanism", TEXT, "Dotted; the deepest node that the evidence carries."),
        Column("locus", TEXT, "Where in the network, as far as one measurement shows."),
        Column("actor_kind", TEXT, "What kind of party acted, as far as it shows."),
        Column("strength", TEXT, "A proof, B strong, C suggestive."),
        Column("rule_id", TEXT, "The rule that decided."),
        Column("rules", _TEXTS, "Every rule that fired, the deciding one first."),
        Column("cut_layers", _TEXTS, "Every layer at which some rule saw a cut."),
        Column("fingerprints", _TEXTS, "Fingerprints that the deciding rules matched."),
        Column("hop", pa.int32(), "Hop that decided: 0 the input, 1 its first redirect."),
        Column("doubt", TEXT, "What this measurement cannot show, and what would settle it."),
        Column("next_step", TEXT, "What to measure or fetch next."),
        Column("chain_grade", TEXT, "How the deciding exchange was authenticated."),
        Column("ooni_blocking", TEXT, "OONI's own blocking field.", null="null in the source"),
        Column(
            "ooni_accessible", pa.bool_(), "OONI's own accessible field.", null="null in the source"
        ),
        *_PROVENANCE,
    ),
)

SIGNAL: Final = Table(
    name="signal",
    row="one named rule that fired on one hop of one measurement, with its evidence",
    sorted_by=("measurement_start_time", "measurement_uid", "ordinal"),
    columns=(
        _UID,
        _PROBE_CC,
        _START,
        _ORDINAL,
        Column("rule_id", TEXT, "The rule that fired (docs/rules.md)."),
        Column("hop", pa.int32(), "Hop it fired on: 0 the input, 1 its first redirect."),
        Column("outcome", TEXT, "What the rule says of the target."),
        Column("layer", TEXT, "Layer the rule speaks of."),
        Column("mechanism", TEXT, "Dotted; the deepest node that the rule's facts carry."),
        Column("locus", TEXT, "Where in the network, as far as the rule shows."),
        Column("actor_kind", TEXT, "What kind of party, as far as the rule shows."),
        Column("strength", TEXT, "A proof, B strong, C suggestive."),
        Column("facts", _TEXTS, "Facts that the rule needed, by name."),
        Column("fingerprints", _TEXTS, "Fingerprints that matched."),
        Column("detail", TEXT, "Evidence in words: endpoint, status, failure, address."),
        *_PROVENANCE,
    ),
)

_FAILURE = Column("failure", TEXT, "OONI failure string (df-007).", null="no failure")
_TRANSACTION = Column(
    "transaction_id", pa.int64(), "Ties the layers of one exchange.", null="the source has none"
)
_T = Column(
    "t_s", pa.float64(), "Since the measurement began.", null="the source has none", unit="seconds"
)
_IP = Column("ip", TEXT, "Address of the endpoint.", null="not recorded")
_PORT = Column("port", pa.int32(), "Port of the endpoint.", null="not recorded")

_DNS: Final = (
    Column("hostname", TEXT, "The name that was asked for."),
    Column("query_type", TEXT, "A, AAAA and so on."),
    Column("engine", TEXT, "system (getaddrinfo), udp, tcp, doh, dot or doq."),
    Column("resolver", TEXT, "Address or URL of the resolver.", null="not recorded"),
    _FAILURE,
    Column("ips", _TEXTS, "Addresses in the answer; empty: an answer without one."),
    Column("cnames", _TEXTS, "Canonical names in the answer, in order."),
    Column(
        "asns",
        pa.list_(pa.field("item", pa.int64(), nullable=False)),
        "The source's annotation, one per address; 0 where it has none.",
    ),
    _TRANSACTION,
    _T,
)
_TCP: Final = (
    Column("ip", TEXT, "Address that was connected to."),
    Column("port", pa.int32(), "Port that was connected to."),
    _FAILURE,
    _TRANSACTION,
    _T,
)
_TLS: Final = (
    _IP,
    _PORT,
    Column("server_name", TEXT, "Server name that was sent (SNI).", null="not recorded"),
    _FAILURE,
    Column(
        "certificates",
        pa.list_(pa.field("item", pa.binary(), nullable=False)),
        "DER as the peer sent them, leaf first; empty: none recorded.",
    ),
    Column("is_probe_verified", pa.bool_(), "The probe itself checked the chain."),
    Column("tls_version", TEXT, "Version agreed on.", null="not recorded"),
    _TRANSACTION,
    _T,
    Column(
        "duration_s",
        pa.float64(),
        "How long the handshake took.",
        null="not recorded",
        unit="seconds",
    ),
)
_HTTP: Final = (
    Column("url", TEXT, "What was asked for on this hop."),
    Column("method", TEXT, "GET as a rule."),
    _FAILURE,
    Column("status", pa.int32(), "Status of the response.", null="no response recorded"),
    Column("headers", _NAME_VALUE, "Response headers in order, names lower case."),
    Column("body", pa.binary(), "Response body.", null="the source holds none (empty is not null)"),
    Column("is_body_truncated", pa.bool_(), "The probe kept only a part."),
    _IP,
    _PORT,
    _TRANSACTION,
    _T,
)
_TRANSFER: Final = (
    _TRANSACTION,
    Column("endpoint", TEXT, "ip:port of the connection.", null="not recorded"),
    Column("read_bytes", pa.int64(), "Sum of the reads.", unit="bytes"),
    Column("read_count", pa.int64(), "Number of reads.", unit="count"),
    Column("last_failure", TEXT, "Failure of the last read.", null="it did not fail"),
    Column("duration_s", pa.float64(), "From the first read to the last.", unit="seconds"),
    *(
        Column(name, pa.float64(), comment, null="not recorded", unit="seconds")
        for name, comment in (
            ("connect_s", "How long the TCP connect took."),
            ("request_s", "When the request was sent, since the measurement began."),
            ("first_answer_s", "When the first byte after it was read: single reads only."),
            ("last_answer_s", "When the last byte after it was read."),
            ("ended_s", "When the last read ended, with bytes or without."),
        )
    ),
    Column(
        "answer_bytes",
        pa.int64(),
        "Bytes read after the request was sent.",
        null="it is not known when it was sent, or what had been read by then",
        unit="bytes",
    ),
)
_CONTROL: Final = (
    Column("failure", TEXT, "The control could not be asked.", null="it could"),
    Column("dns_failure", TEXT, "The control's failure at DNS.", null="no failure"),
    Column("dns_ips", _TEXTS, "Addresses the control saw.", null="not observed"),
    Column("tcp", _NAME_VALUE, "Endpoint and failure; a null value is success."),
    Column("tls", _NAME_VALUE, "Endpoint and failure; a null value is success."),
    Column("http_failure", TEXT, "The control's failure at HTTP.", null="no failure"),
    Column("http_status", pa.int32(), "The control's status.", null="no response"),
    Column("http_title", TEXT, "Title of the control's page.", null="not observed"),
    Column("http_headers", _NAME_VALUE, "Headers the control saw."),
    Column(
        "http_body_bytes",
        pa.int64(),
        "Length of the control's body.",
        null="not observed",
        unit="bytes",
    ),
    Column("ip_asn", _NAME_NUMBER, "The source's annotation: address and AS number."),
    Column("ip_flags", _NAME_NUMBER, "OONI ip_info flags per address."),
    Column("is_http_observed", pa.bool_(), "The control asked for the page at all."),
)


def _observation(layer: str, row: str, columns: tuple[Column, ...]) -> Table:
    return Table(
        name=f"observation_{layer}",
        row=row,
        sorted_by=("measurement_start_time", "measurement_uid", "ordinal"),
        columns=(_UID, _PROBE_CC, _START, _ORDINAL, *columns, *_PROVENANCE),
    )


OBSERVATION_TABLES: Final[dict[str, Table]] = {
    "dns": _observation("dns", "one DNS question and what came back", _DNS),
    "tcp": _observation("tcp", "one TCP connect", _TCP),
    "tls": _observation("tls", "one TLS handshake", _TLS),
    "http": _observation("http", "one HTTP exchange", _HTTP),
    "transfers": _observation(
        "transfers", "the reads of one connection, summed from network events", _TRANSFER
    ),
    "control": _observation("control", "what the source's control vantage saw", _CONTROL),
}
"""By the field of ``Measurement`` that holds them; kept with ``ingest --keep-observations``."""

QUARANTINE: Final = Table(
    name="quarantine",
    row="one record that could not be read, with the reason and where it stands",
    sorted_by=("source", "offset"),
    columns=(
        Column("reason", TEXT, "Why it was refused (whocut explain REASON)."),
        Column("detail", TEXT, "What was found, in words."),
        Column("field", TEXT, "The field at fault.", null="the record as a whole"),
        Column("source", TEXT, "What was read: a file, an address, a member of an archive."),
        Column(
            "offset", pa.int64(), "Where the record begins in the unpacked source.", unit="bytes"
        ),
        Column("line", pa.int64(), "Line or record of the source.", unit="count from 1"),
        Column("test_name", TEXT, "OONI test of the record.", null="could not be read"),
        Column("measurement_uid", TEXT, "Id of the measurement.", null="could not be read"),
        Column("raw_bytes", pa.int64(), "Length of the record.", unit="bytes"),
        Column("raw_sha256", TEXT, "Hash of the record.", null="it was never held whole"),
        Column("raw_head", TEXT, "First bytes of the record, undecodable ones as \\xNN."),
    ),
)

SOURCE: Final = Table(
    name="source",
    row="one source that was read, and how many records it gave",
    sorted_by=("source",),
    columns=(
        Column("source", TEXT, "The file or address, as it was named."),
        Column("parsed", pa.int64(), "Measurements judged.", unit="count"),
        Column("refused", pa.int64(), "Records in quarantine.", unit="count"),
        Column("skipped", pa.int64(), "Records of other OONI tests.", unit="count"),
        Column("is_complete", pa.bool_(), "The source could be read to its end."),
        Column("ruleset", TEXT, "Version of the rules that judged."),
        Column("reference_snapshot", TEXT, "Id of the reference data that was asked."),
    ),
)

SKIPPED: Final = Table(
    name="skipped",
    row="one OONI test that is not ours to judge, in one source",
    sorted_by=("source", "test_name"),
    columns=(
        Column("source", TEXT, "The file or address, as it was named."),
        Column("test_name", TEXT, "The test that was skipped."),
        Column("count", pa.int64(), "Records skipped.", unit="count"),
    ),
)

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        *(VERDICT, SIGNAL, *CELL_TABLES, *SLOWDOWN_TABLES, *OBSERVATION_TABLES.values()),
        *(QUARANTINE, SOURCE, SKIPPED),
    )
}
