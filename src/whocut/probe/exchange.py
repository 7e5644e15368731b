"""One HTTP/1.1 exchange over a stream."""

import http.client
import ssl
import time
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from whocut.probe.failures import Operation, classify_failure
from whocut.probe.records import (
    BodyValue,
    Exchange,
    RequestPart,
    ResponsePart,
    as_value,
)
from whocut.probe.stream import Stream, StreamReader
from whocut.probe.trace import Span, Trace

__all__ = ["BODY_LIMIT_BYTES", "REQUEST_HEADERS", "Reply", "exchange", "request_bytes"]

BODY_LIMIT_BYTES = 1 << 19
"""As in OONI's Web Connectivity 0.5."""
REQUEST_HEADERS: tuple[tuple[str, str], ...] = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en-US,en;q=0.9"),
    (
        "User-Agent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/122.0.0.0 Safari/537.3",
    ),
)
_READ_BYTES = 1 << 14


class Reply(Struct, frozen=True):
    """What came back, as far as it came."""

    failure: str | None
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_truncated: bool = False

    def header(self, name: str) -> str | None:
        """Find the first header of a name, in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


def _host_header(url: SplitResult) -> str:
    default = {"http": 80, "https": 443}[url.scheme]
    name = url.hostname or ""
    return name if url.port in (None, default) else f"{name}:{url.port}"


def request_bytes(url: str) -> bytes:
    """Write the request for a URL as it goes on the wire."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", _host_header(parts)), *REQUEST_HEADERS, ("Connection", "close")]
    lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read_reply(stream: Stream, deadline: float) -> Reply:
    reader = StreamReader(stream)
    # The parser wants a socket only to make a file of it.
    response = http.client.HTTPResponse(reader, method="GET")  # type: ignore[arg-type]
    response.begin()
    headers = tuple(response.getheaders())
    body, failure = bytearray(), None
    try:
        while len(body) <= BODY_LIMIT_BYTES:
            if time.monotonic() > deadline:
                raise TimeoutError
            chunk = response.read1(_READ_BYTES)
            if not chunk:
                break
            body += chunk
        expected = response.length
        if not chunk and expected:
            failure = "eof_error"
    except (OSError, http.client.HTTPException) as error:
        failure = classify_failure(error, Operation.READ).failure
    return Reply(
        failure,
        response.status,
        headers,
        bytes(body[:BODY_LIMIT_BYTES]),
        len(body) > BODY_LIMIT_BYTES,
    )


def _latin(value: str) -> BodyValue:
    """Write a header value: the parser decodes bytes as Latin-1 (RFC 9110 section 5.5)."""
    return as_value(value.encode("latin-1", "replace"))


def _record(
    reply: Reply, url: str, span: Span, *, address: str, alpn: str, began: float, ended: float
) -> Exchange:
    asked = [("Host", _host_header(urlsplit(url))), *REQUEST_HEADERS]
    return Exchange(
        address=address,
        alpn=alpn,
        failure=reply.failure,
        request=RequestPart(url=url, headers_list=asked, headers=dict(asked)),
        response=ResponsePart(
            code=reply.status,
            headers_list=[(name, _latin(value)) for name, value in reply.headers],
            headers={name: _latin(value) for name, value in reply.headers},
            body=as_value(reply.body),
            body_is_truncated=reply.is_truncated,
        ),
        t0=began,
        t=ended,
        transaction_id=span.transaction_id,
        tags=span.tags,
    )


def exchange(
    trace: Trace,
    span: Span,
    stream: Stream,
    url: str,
    *,
    address: str,
    alpn: str,
    timeout_s: float,
) -> Reply:
    """Ask for a URL and append what came to the trace; a failure is part of the reply."""
    began = trace.now()
    trace.note(span, "http_transaction_start", began)
    try:
        stream.send(request_bytes(url))
        reply = _read_reply(stream, time.monotonic() + timeout_s)
    except (OSError, ssl.SSLError, EOFError, http.client.HTTPException) as error:
        reply = Reply(classify_failure(error, Operation.HTTP_ROUND_TRIP).failure)
    trace.note(span, "http_transaction_done", trace.now(), failure=reply.failure)
    trace.exchanges.append(
        _record(reply, url, span, address=address, alpn=alpn, began=began, ended=trace.now())
    )
    return reply
