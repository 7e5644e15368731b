"""What the probe writes: the parts of an OONI Web Connectivity record.

Field names, null meanings and nesting follow OONI's data format 0.2.0 (df-001 to df-006, df-008)
and test specification ts-017; they are not ours to choose.
"""

import base64

from msgspec import Struct

__all__ = [
    "Answer",
    "Base64",
    "BodyValue",
    "Connect",
    "ConnectStatus",
    "ControlDns",
    "ControlHttp",
    "ControlRequest",
    "ControlResponse",
    "ControlTcp",
    "ControlTls",
    "Exchange",
    "Handshake",
    "IpInfo",
    "NetworkEvent",
    "Query",
    "RequestPart",
    "ResponsePart",
    "TestKeys",
    "Tor",
    "as_value",
]


class Base64(Struct, frozen=True):
    """Bytes that are not UTF-8."""

    data: str
    format: str = "base64"


BodyValue = str | Base64


def as_value(raw: bytes) -> BodyValue:
    """Write bytes as OONI does: text where it is UTF-8, else base64."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Base64(base64.b64encode(raw).decode())


class Answer(Struct, frozen=True, omit_defaults=True):
    """One resource record of a DNS answer."""

    answer_type: str
    asn: int | None = None
    as_org_name: str | None = None
    ipv4: str | None = None
    ipv6: str | None = None
    hostname: str | None = None
    ttl: int | None = None


class Query(Struct, frozen=True):
    """One DNS question (df-002)."""

    engine: str
    hostname: str
    query_type: str
    resolver_address: str
    answers: list[Answer] | None
    failure: str | None
    t0: float
    t: float
    transaction_id: int
    tags: list[str]
    resolver_hostname: str | None = None
    resolver_port: str | None = None


class ConnectStatus(Struct, frozen=True):
    """How a connect ended."""

    failure: str | None
    success: bool


class Connect(Struct, frozen=True):
    """One TCP connect (df-005)."""

    ip: str
    port: int
    status: ConnectStatus
    t0: float
    t: float
    transaction_id: int
    tags: list[str]


class Handshake(Struct, frozen=True):
    """One TLS handshake (df-006); the peer's chain, leaf first, also when it does not verify."""

    address: str
    failure: str | None
    server_name: str
    peer_certificates: list[Base64]
    tls_version: str
    cipher_suite: str
    negotiated_protocol: str
    t0: float
    t: float
    transaction_id: int
    tags: list[str]
    network: str = "tcp"
    no_tls_verify: bool = False


class Tor(Struct, frozen=True):
    """Legacy of OONI's format: whether the exchange went over Tor."""

    exit_ip: str | None = None
    exit_name: str | None = None
    is_tor: bool = False


class RequestPart(Struct, frozen=True):
    """What was asked."""

    url: str
    headers_list: list[tuple[str, str]]
    headers: dict[str, str]
    method: str = "GET"
    body: str = ""
    body_is_truncated: bool = False
    tor: Tor = Tor()
    x_transport: str = "tcp"


class ResponsePart(Struct, frozen=True):
    """What came back; code 0 where nothing did."""

    code: int
    headers_list: list[tuple[str, BodyValue]]
    headers: dict[str, BodyValue]
    body: BodyValue
    body_is_truncated: bool


class Exchange(Struct, frozen=True):
    """One HTTP exchange (df-001)."""

    address: str
    alpn: str
    failure: str | None
    request: RequestPart
    response: ResponsePart
    t0: float
    t: float
    transaction_id: int
    tags: list[str]
    network: str = "tcp"


class NetworkEvent(Struct, frozen=True, omit_defaults=True):
    """One event on a connection (df-008); times in seconds from the measurement's start."""

    operation: str
    t0: float
    t: float
    transaction_id: int
    tags: list[str]
    failure: str | None
    address: str = ""
    num_bytes: int = 0
    proto: str = ""


class ControlRequest(Struct, frozen=True):
    """What the probe asks of the control."""

    http_request: str
    http_request_headers: dict[str, list[str]]
    tcp_connect: list[str]


class ControlTcp(Struct, frozen=True):
    """A connect from the control."""

    status: bool
    failure: str | None


class ControlTls(Struct, frozen=True):
    """A handshake from the control."""

    server_name: str
    status: bool
    failure: str | None


class ControlDns(Struct, frozen=True):
    """The name as the control's resolver has it."""

    failure: str | None
    addrs: list[str]


class ControlHttp(Struct, frozen=True):
    """The page as the control got it, without its body."""

    body_length: int
    failure: str | None
    title: str
    headers: dict[str, str]
    status_code: int


class IpInfo(Struct, frozen=True):
    """What is known of an address; flags: 1 from the probe, 2 from the control, 4 bogon, 8 TLS."""

    asn: int
    flags: int


class ControlResponse(Struct, frozen=True):
    """What the control saw."""

    tcp_connect: dict[str, ControlTcp]
    tls_handshake: dict[str, ControlTls]
    http_request: ControlHttp
    dns: ControlDns
    ip_info: dict[str, IpInfo]
    quic_handshake: dict[str, str] = {}


class TestKeys(Struct, frozen=True):
    """What the test saw and what OONI's own analysis makes of it."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    client_resolver: str
    queries: list[Query]
    tcp_connect: list[Connect]
    tls_handshakes: list[Handshake]
    requests: list[Exchange]
    """Newest first."""
    network_events: list[NetworkEvent]
    x_control_request: ControlRequest
    control: ControlResponse | None
    control_failure: str | None
    agent: str = "redirect"
    retries: int | None = None
    socksproxy: str | None = None
