"""What one probe saw of one endpoint at one layer: DNS answer, TCP connect, TLS, HTTP exchange.

Frozen and plain: rooms above compute on these and never on a source's own JSON. ``None`` means
not observed; an empty tuple means observed and empty; a failure is an OONI failure string.
"""

from datetime import datetime

from msgspec import Struct

from whocut.model.identifiers import Asn, CountryCode, MeasurementUid

__all__ = [
    "ControlObservation",
    "DnsObservation",
    "HttpObservation",
    "Measurement",
    "SourceAnalysis",
    "SourcePosition",
    "TcpObservation",
    "TlsObservation",
    "TransferObservation",
]


class SourcePosition(Struct, frozen=True, gc=False):
    """Where a record stands in what was read; line and record count from 1."""

    source: str
    offset: int
    """Byte offset of the record's first byte in the decompressed stream."""
    line: int


class DnsObservation(Struct, frozen=True, gc=False):
    """One DNS question and what came back."""

    hostname: str
    query_type: str
    engine: str
    """``system`` (getaddrinfo, legacy names), ``udp``, ``tcp``, ``doh``, ``dot`` or ``doq``."""
    resolver: str | None
    failure: str | None
    ips: tuple[str, ...]
    cnames: tuple[str, ...]
    asns: tuple[int, ...]
    """The source's own annotation, one per address of ``ips``; 0 where it has none."""
    transaction_id: int | None = None
    t_s: float | None = None


class TcpObservation(Struct, frozen=True, gc=False):
    """One TCP connect."""

    ip: str
    port: int
    failure: str | None
    transaction_id: int | None = None
    t_s: float | None = None


class TlsObservation(Struct, frozen=True, gc=False):
    """One TLS handshake; ``certificates`` are DER, leaf first, as the peer sent them."""

    ip: str | None
    port: int | None
    server_name: str | None
    failure: str | None
    certificates: tuple[bytes, ...]
    is_probe_verified: bool
    """The probe itself checked the chain (``no_tls_verify`` false); then no failure means valid."""
    tls_version: str | None = None
    transaction_id: int | None = None
    t_s: float | None = None
    duration_s: float | None = None


class HttpObservation(Struct, frozen=True, gc=False):
    """One HTTP exchange."""

    url: str
    method: str
    failure: str | None
    status: int | None
    headers: tuple[tuple[str, str], ...]
    """Response headers in order; names lower-case, values as sent (undecodable bytes replaced)."""
    body: bytes | None
    """Response body; ``None`` where the source holds none (an empty body is ``b""``)."""
    is_body_truncated: bool
    ip: str | None = None
    port: int | None = None
    transaction_id: int | None = None
    t_s: float | None = None


class TransferObservation(Struct, frozen=True, gc=False):
    """The reads of one connection, summed from network events."""

    transaction_id: int | None
    endpoint: str | None
    read_bytes: int
    read_count: int
    last_failure: str | None
    """Failure of the last read, if it failed."""
    duration_s: float
    """From the first to the last read event."""
    connect_s: float | None = None
    """How long the TCP connect took."""
    request_s: float | None = None
    """When the request was sent, as all times below since the measurement began."""
    first_answer_s: float | None = None
    """When the first byte after the request was read; only from single reads."""
    last_answer_s: float | None = None
    ended_s: float | None = None
    """When the last read ended, with bytes or without."""
    answer_bytes: int | None = None
    """Bytes read after the request; ``None`` where the engine kept no total from before it."""


class ControlObservation(Struct, frozen=True, gc=False):
    """What the source's control vantage saw at the same time."""

    failure: str | None
    """The control itself could not be asked: nothing below is known then."""
    dns_failure: str | None
    dns_ips: tuple[str, ...] | None
    tcp: dict[str, str | None]
    """Endpoint (``ip:port``, IPv6 in brackets) to failure; ``None`` is success."""
    tls: dict[str, str | None]
    http_failure: str | None
    http_status: int | None
    http_title: str | None
    http_headers: tuple[tuple[str, str], ...]
    http_body_bytes: int | None
    ip_asn: dict[str, int]
    """The source's annotation: address to AS number."""
    ip_flags: dict[str, int]
    """OONI ip_info flags: 1 resolved by probe, 2 by control, 4 bogon, 8 TLS valid for the name."""
    is_http_observed: bool = True


class SourceAnalysis(Struct, frozen=True, gc=False):
    """What the source itself concluded; kept for comparison and never used by our rules."""

    blocking: str | None
    """``dns``, ``tcp_ip``, ``http-diff``, ``http-failure``, ``false``; ``None`` for null."""
    accessible: bool | None
    dns_consistency: str | None
    blocking_flags: int | None
    body_proportion: float | None
    http_experiment_failure: str | None
    dns_experiment_failure: str | None


class Measurement(Struct, frozen=True, gc=False):
    """One measurement: its head, its observations by layer, its control.

    Order: ``http`` runs from the first request to the last (OONI files hold them newest first).
    """

    measurement_uid: MeasurementUid
    is_uid_derived: bool
    """The source names no uid: ours is a hash of the record's bytes."""
    report_id: str | None
    input: str
    hostname: str
    probe_cc: CountryCode
    probe_asn: Asn
    resolver_asn: Asn
    probe_network_name: str | None
    test_version: str
    software_name: str
    software_version: str
    platform: str | None
    measurement_start_time: datetime
    test_runtime_s: float | None
    resolver_ip: str | None
    dns: tuple[DnsObservation, ...]
    tcp: tuple[TcpObservation, ...]
    tls: tuple[TlsObservation, ...]
    http: tuple[HttpObservation, ...]
    transfers: tuple[TransferObservation, ...]
    control: ControlObservation | None
    """``None`` where the measurement holds no control at all."""
    source_analysis: SourceAnalysis
    position: SourcePosition
    origin: str = "ooni"
    """``ooni`` for the world's measurements, ``lab`` for the emulated internet's."""
