"""Connect to one endpoint and, for HTTPS, shake hands and check its chain."""

import base64
import ssl

from msgspec import Struct

from whocut.probe.chain_check import TrustAnchors, check_chain
from whocut.probe.failures import CertificateFailure, Operation, classify_failure
from whocut.probe.records import Base64, Connect, ConnectStatus, Handshake
from whocut.probe.stream import SecureStream, Stream, TcpStream, client_context
from whocut.probe.trace import Span, Trace

__all__ = ["OpenEndpoint", "Timeouts", "open_endpoint"]

_TLS_VERSIONS = {"TLSv1": "TLSv1.0", None: ""}


class Timeouts(Struct, frozen=True):
    """How long each step may take, in seconds; OONI's own values."""

    connect_s: float = 15.0
    handshake_s: float = 10.0
    exchange_s: float = 15.0


class OpenEndpoint(Struct):
    """How far an endpoint opened; ``stream`` is there when it can carry an exchange."""

    address: str
    span: Span
    connect_failure: str | None
    handshake_failure: str | None = None
    stream: Stream | None = None
    below: TcpStream | None = None
    alpn: str = ""

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.below is not None:
            self.below.close()


def _connect(trace: Trace, span: Span, address: str, timeout_s: float) -> OpenEndpoint:
    began, failure, stream = trace.now(), None, None
    try:
        stream = TcpStream(trace, span, address, timeout_s)
    except OSError as error:
        failure = classify_failure(error, Operation.CONNECT).failure
    host, _, port = address.rpartition(":")
    status = ConnectStatus(failure, failure is None)
    trace.connects.append(
        Connect(host, int(port), status, began, trace.now(), span.transaction_id, span.tags)
    )
    trace.note(span, "connect", began, failure=failure, address=address)
    return OpenEndpoint(address, span, failure, stream=stream, below=stream)


def _shake_hands(
    trace: Trace, endpoint: OpenEndpoint, below: TcpStream, server_name: str, anchors: TrustAnchors
) -> None:
    span, began, failure = endpoint.span, trace.now(), None
    trace.note(span, "tls_handshake_start", began)
    secure = SecureStream(below, client_context(), server_name)
    chain: tuple[bytes, ...] = ()
    try:
        secure.handshake()
        chain = secure.chain()
        check_chain(chain, server_name, anchors)
    except (OSError, ssl.SSLError, EOFError, CertificateFailure) as error:
        failure = classify_failure(error, Operation.TLS_HANDSHAKE).failure
    cipher = secure.tls.cipher()
    version = secure.tls.version() or ""
    alpn = secure.tls.selected_alpn_protocol() or ""
    trace.note(span, "tls_handshake_done", trace.now(), failure=failure)
    trace.handshakes.append(
        Handshake(
            address=endpoint.address,
            failure=failure,
            server_name=server_name,
            peer_certificates=[Base64(base64.b64encode(der).decode()) for der in chain],
            tls_version=_TLS_VERSIONS.get(version, version),
            cipher_suite=cipher[0] if cipher else "",
            negotiated_protocol=alpn,
            t0=began,
            t=trace.now(),
            transaction_id=span.transaction_id,
            tags=span.tags,
        )
    )
    endpoint.handshake_failure = failure
    endpoint.stream = secure if failure is None else None
    endpoint.alpn = alpn


def open_endpoint(
    trace: Trace,
    address: str,
    server_name: str | None,
    anchors: TrustAnchors,
    timeouts: Timeouts,
    *,
    depth: int = 0,
) -> OpenEndpoint:
    """Connect to ``address`` (``ip:port``) and shake hands where ``server_name`` is given.

    Network failures are in what comes back and in the trace, never raised.
    """
    endpoint = _connect(trace, trace.span(depth), address, timeouts.connect_s)
    if endpoint.below is not None and server_name is not None:
        endpoint.below.extend(timeouts.handshake_s)
        _shake_hands(trace, endpoint, endpoint.below, server_name, anchors)
    if endpoint.below is not None:
        endpoint.below.extend(timeouts.exchange_s)
    return endpoint
