"""What a scenario can switch on: the closed vocabulary of actions, each with its parameters.

Field by field with examples: docs/lab-scenarios.md. Names and meanings are promises: scenario files
outlive this code.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from whocut_lab.authorities import CertificateKind

__all__ = [
    "Action",
    "Answer",
    "BlockPage",
    "ControlBlind",
    "ControlUnreachable",
    "DnsAuthoritative",
    "DnsResolver",
    "HttpBehaviour",
    "Match",
    "PathBlock",
    "PathDns",
    "PathMethod",
    "PathRedirect",
    "PathStall",
    "PathThrottle",
    "ServerCertificateAction",
    "ServerHttp",
    "ServerRedirect",
    "ServerRespond",
    "ServerTcp",
    "ServerTls",
    "TcpBehaviour",
    "ThrottleMethod",
    "TlsBehaviour",
    "VantageOffline",
]

Sources = tuple[str, ...]
Status = Annotated[int, Meta(ge=200, le=599)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]

_COUNTRY: Sources = ("XA",)


class Match(StrEnum):
    """By what a device on the path knows the target."""

    ADDRESS = "address"
    SNI = "sni"
    HOST = "host"
    """The Host header of a cleartext request."""
    PATH = "path"
    """The path of a cleartext request."""


class PathMethod(StrEnum):
    """What a device on the path does to a packet that matches."""

    DROP = "drop"
    RESET = "reset"
    UNREACHABLE = "unreachable"


class ThrottleMethod(StrEnum):
    """How a device on the path slows a flow."""

    POLICE = "police"
    """Drop what is over the rate, of the target's packets."""
    SHAPE = "shape"
    """Queue everything on the link (token bucket)."""


class TcpBehaviour(StrEnum):
    """How a server's TCP treats a connect."""

    DROP = "drop"
    REFUSE = "refuse"
    UNREACHABLE = "unreachable"


class TlsBehaviour(StrEnum):
    """How a server treats a ClientHello."""

    STALL = "stall"
    RESET = "reset"
    CLOSE = "close"
    ALERT = "alert"


class HttpBehaviour(StrEnum):
    """How a server treats a request."""

    STALL = "stall"
    RESET = "reset"
    CLOSE = "close"
    STALL_BODY = "stall_body"
    TRUNCATE = "truncate"
    SLOW = "slow"


class Answer(StrEnum):
    """What a name server says."""

    ADDRESSES = "addresses"
    NXDOMAIN = "nxdomain"
    NO_ANSWER = "no_answer"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    DROP = "drop"


class _Action(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    site: str = "target"


class ServerRespond(_Action, frozen=True, tag="server.respond"):
    """Answer requests from ``for`` with this page instead of the site's own."""

    sources: Sources = field(name="for", default=_COUNTRY)
    at: Sources = ()
    status: Status = 403
    page: str = ""
    body: str | None = None
    headers: dict[str, str] = {}
    content_type: str = "text/html; charset=utf-8"
    path: str = "/"


class ServerRedirect(_Action, frozen=True, tag="server.redirect"):
    """Send requests from ``for`` elsewhere."""

    to: str
    sources: Sources = field(name="for", default=_COUNTRY)
    at: Sources = ()
    status: Annotated[int, Meta(ge=301, le=308)] = 302
    path: str = "/"


class ServerCertificateAction(_Action, frozen=True, tag="server.certificate"):
    """Show everybody a chain with something wrong in it."""

    certificate: CertificateKind
    at: Sources = ()


class ServerTcp(_Action, frozen=True, tag="server.tcp"):
    """Do not let ``for`` connect."""

    behaviour: TcpBehaviour
    sources: Sources = field(name="for", default=_COUNTRY)
    at: Sources = ()
    ports: tuple[Port, ...] = (80, 443)


class ServerTls(_Action, frozen=True, tag="server.tls"):
    """Do not let ``for`` finish a handshake."""

    behaviour: TlsBehaviour
    sources: Sources = field(name="for", default=_COUNTRY)
    at: Sources = ()


class ServerHttp(_Action, frozen=True, tag="server.http"):
    """Answer requests from ``for`` oddly, or not at all."""

    behaviour: HttpBehaviour
    sources: Sources = field(name="for", default=_COUNTRY)
    at: Sources = ()
    after_bytes: Count = 4096
    bytes_per_s: Positive = 20_000


class DnsAuthoritative(_Action, frozen=True, tag="dns.authoritative"):
    """Answer resolvers in ``for`` so, at the site's own name servers."""

    answer: Answer
    sources: Sources = field(name="for", default=_COUNTRY)
    addresses: tuple[str, ...] = ()


class DnsResolver(_Action, frozen=True, tag="dns.resolver"):
    """Have the resolvers of the networks ``at`` lie about the site's name."""

    at: Sources
    answer: Answer
    addresses: tuple[str, ...] = ()


class PathDns(_Action, frozen=True, tag="path.dns"):
    """Answer questions about the site's name at a router, as if its servers did."""

    answer: Answer
    at: str = "border"
    sources: Sources = field(name="for", default=_COUNTRY)
    addresses: tuple[str, ...] = ()


class PathBlock(_Action, frozen=True, tag="path.block"):
    """Drop or reject packets toward the site at a router."""

    method: PathMethod
    match: Match
    at: str = "border"
    sources: Sources = field(name="for", default=_COUNTRY)
    ports: tuple[Port, ...] = ()


class PathStall(_Action, frozen=True, tag="path.stall"):
    """Let ``after_bytes`` of a connection's answer through, then nothing."""

    after_bytes: Positive = 16_384
    at: str = "border"
    sources: Sources = field(name="for", default=_COUNTRY)


class PathThrottle(_Action, frozen=True, tag="path.throttle"):
    """Slow the way to the site at a router."""

    bytes_per_s: Positive
    burst_bytes: Positive = 8_192
    method: ThrottleMethod = ThrottleMethod.POLICE
    at: str = "border"
    sources: Sources = field(name="for", default=_COUNTRY)


class PathRedirect(_Action, frozen=True, tag="path.redirect"):
    """Lead connections to the site to another host at a router, without the client's knowledge."""

    to: str
    at: str = "border"
    sources: Sources = field(name="for", default=_COUNTRY)
    ports: tuple[Port, ...] = (80,)


class BlockPage(_Action, frozen=True, tag="block_page"):
    """Serve a page, for any name, at the block page server of the networks ``at``."""

    at: Sources
    status: Status = 200
    page: str = ""
    body: str | None = None
    headers: dict[str, str] = {}
    content_type: str = "text/html; charset=utf-8"
    certificate: CertificateKind = CertificateKind.SELF_SIGNED


class VantageOffline(_Action, frozen=True, tag="vantage.offline"):
    """Cut the probe off from its own ISP."""

    at: Sources


class ControlUnreachable(_Action, frozen=True, tag="control.unreachable"):
    """Keep probes in ``for`` from asking the control."""

    sources: Sources = field(name="for", default=_COUNTRY)


class ControlBlind(_Action, frozen=True, tag="control.blind"):
    """Keep the control itself from reaching the site."""


Action = (
    ServerRespond
    | ServerRedirect
    | ServerCertificateAction
    | ServerTcp
    | ServerTls
    | ServerHttp
    | DnsAuthoritative
    | DnsResolver
    | PathDns
    | PathBlock
    | PathStall
    | PathThrottle
    | PathRedirect
    | BlockPage
    | VantageOffline
    | ControlUnreachable
    | ControlBlind
)
