"""OONI's JSON as it stands on disk, for Web Connectivity of every version.

Only what we read is declared; the decoder passes over the rest. ``Any`` marks the fields whose
odd values are sorted out by hand. Source: OONI spec, data-formats df-000 to df-008 and
nettests/ts-017-web-connectivity.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

__all__ = [
    "WireAddressInfo",
    "WireAnswer",
    "WireBinary",
    "WireConnect",
    "WireControl",
    "WireControlDns",
    "WireControlEndpoint",
    "WireControlHttp",
    "WireEvent",
    "WireExchange",
    "WireHandshake",
    "WireHead",
    "WireLine",
    "WireMeasurement",
    "WireQuery",
    "WireRequest",
    "WireResponse",
    "WireStatus",
    "WireTestKeys",
]

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Failure = str | bool | None
"""Null is success. The oldest records hold a bare flag instead of a string."""


class WireBinary(Struct, gc=False):
    """Bytes that are no text: ``{"format": "base64", "data": ...}`` (df-001)."""

    data: bytes
    format: str = "base64"


class WireAnswer(Struct, gc=False):
    """One resource record of a DNS answer (df-002)."""

    answer_type: str | None = None
    ipv4: str | None = None
    ipv6: str | None = None
    hostname: str | None = None
    asn: Int64 | None = None


class WireQuery(Struct, gc=False):
    """One DNS question (df-002)."""

    hostname: str | None = None
    query_type: str | None = None
    engine: str | None = None
    resolver_address: str | None = None
    failure: Failure = None
    answers: list[WireAnswer | None] | None = None
    transaction_id: Int64 | None = None
    t: float | None = None


class WireStatus(Struct, gc=False):
    """The outcome of a TCP connect (df-005)."""

    failure: Failure = None
    success: bool | None = None


class WireConnect(Struct, gc=False):
    """One TCP connect (df-005)."""

    ip: str | None = None
    port: Int64 | None = None
    status: WireStatus | bool | None = None
    failure: Failure = None
    transaction_id: Int64 | None = None
    t: float | None = None


class WireHandshake(Struct, gc=False):
    """One TLS handshake (df-006)."""

    address: str | None = None
    server_name: str | None = None
    failure: Failure = None
    peer_certificates: list[WireBinary | str | None] | None = None
    no_tls_verify: bool | None = None
    tls_version: str | None = None
    transaction_id: Int64 | None = None
    t0: float | None = None
    t: float | None = None


class WireRequest(Struct, gc=False):
    """The request of one HTTP exchange (df-001)."""

    url: str | None = None
    method: str | None = None


class WireResponse(Struct, gc=False):
    """The response of one HTTP exchange (df-001)."""

    code: Int64 | None = None
    headers_list: list[Any] | None = None
    headers: dict[str, Any] | list[Any] | None = None
    body: str | WireBinary | None = None
    body_is_truncated: bool | None = None


class WireExchange(Struct, gc=False):
    """One HTTP exchange (df-001)."""

    request: WireRequest | None = None
    response: WireResponse | None = None
    failure: Failure = None
    address: str | None = None
    transaction_id: Int64 | None = None
    t: float | None = None


class WireEvent(Struct, gc=False):
    """One network event (df-008)."""

    operation: str | None = None
    num_bytes: Int64 | None = None
    failure: Failure = None
    address: str | None = None
    proto: str | None = None
    transaction_id: Int64 | None = None
    t0: float | None = None
    t: float | None = None


class WireControlDns(Struct, gc=False):
    """What the test helper's resolver answered."""

    failure: Failure = None
    addrs: list[str | None] | None = None


class WireControlEndpoint(Struct, gc=False):
    """One endpoint as the test helper reached it."""

    status: bool | None = None
    failure: Failure = None


class WireControlHttp(Struct, gc=False):
    """The test helper's own fetch."""

    failure: Failure = None
    status_code: Int64 | None = None
    body_length: Int64 | None = None
    title: str | None = None
    headers: dict[str, Any] | None = None


class WireAddressInfo(Struct, gc=False):
    """The test helper's annotation of one address (v0.5)."""

    asn: Int64 | None = None
    flags: Int64 | None = None


class WireControl(Struct, gc=False):
    """The test helper's answer."""

    dns: WireControlDns | None = None
    http_request: WireControlHttp | None = None
    tcp_connect: dict[str, WireControlEndpoint | None] | None = None
    tls_handshake: dict[str, WireControlEndpoint | None] | None = None
    ip_info: dict[str, WireAddressInfo | None] | None = None


class WireTestKeys(Struct, gc=False):
    """What Web Connectivity writes of its own."""

    queries: list[WireQuery | None] | None = None
    tcp_connect: list[WireConnect | None] | None = None
    tls_handshakes: list[WireHandshake | None] | None = None
    requests: list[WireExchange | None] | None = None
    network_events: list[WireEvent | None] | None = None
    control: WireControl | None = None
    control_failure: Failure = None
    client_resolver: str | None = None
    blocking: Any = None
    accessible: Any = None
    dns_consistency: Any = None
    x_blocking_flags: Any = None
    body_proportion: Any = None
    http_experiment_failure: Any = None
    dns_experiment_failure: Any = None


class WireAnnotations(Struct, gc=False):
    """The annotations that we read."""

    platform: str | None = None
    origin: str | None = None
    """Ours: the emulated internet names itself here."""


class WireMeasurement(Struct, gc=False):
    """One measurement's head and test keys (df-000)."""

    test_name: str | None = None
    test_keys: WireTestKeys | None = None
    input: str | None = None
    measurement_start_time: str | None = None
    test_start_time: str | None = None
    start_time: float | None = None
    measurement_uid: str | None = None
    report_id: str | None = None
    probe_cc: str | None = None
    probe_asn: str | Int64 | None = None
    resolver_asn: str | Int64 | None = None
    resolver_ip: str | None = None
    probe_network_name: str | None = None
    test_version: str | None = None
    software_name: str | None = None
    software_version: str | None = None
    test_runtime: float | None = None
    annotations: WireAnnotations | None = None


class WireLine(WireMeasurement, gc=False):
    """One line or document: a measurement, or one of the envelopes around it.

    ``raw`` is the research corpus', ``raw_measurement`` the OONI API's, ``content`` the one of
    OONI's collectors (postcans).
    """

    raw: WireMeasurement | str | None = None
    content: WireMeasurement | str | None = None
    raw_measurement: WireMeasurement | str | None = None


class WireHead(Struct, gc=False):
    """Just enough to say which test a record is of."""

    test_name: Any = None
    measurement_uid: Any = None
