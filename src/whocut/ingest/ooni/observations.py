"""Turn OONI's test keys into observations, layer by layer."""

import binascii
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from whocut.ingest.ooni.addresses import LONGEST_URL, normalise_address, split_endpoint
from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason
from whocut.ingest.ooni.wire import (
    Failure,
    WireAnswer,
    WireBinary,
    WireConnect,
    WireExchange,
    WireHandshake,
    WireQuery,
    WireResponse,
)
from whocut.model.observation import (
    DnsObservation,
    HttpObservation,
    TcpObservation,
    TlsObservation,
)

__all__ = [
    "UNNAMED_FAILURE",
    "failure_string",
    "header_pairs",
    "http_observations",
    "http_status",
    "observe_connect",
    "observe_each",
    "observe_handshake",
    "observe_query",
]

UNNAMED_FAILURE = "unknown_failure"
"""A failure that the source flags and does not name (oldest records)."""

_SYSTEM_ENGINES = frozenset({"", "system", "getaddrinfo", "golang_net_resolver", "go", "netgo"})
_LAST_PORT = 65535
_LAST_ASN = 2**32 - 1
_DER_SEQUENCE = 0x30

_Wire = TypeVar("_Wire")
_Observation = TypeVar("_Observation")


def observe_each(
    field: str, items: list[_Wire | None] | None, observe: Callable[[_Wire], _Observation]
) -> tuple[_Observation, ...]:
    """Observe each item of one list; a null list or item holds nothing observed.

    Raises: RecordRefusedError with the item's index in its field.
    """
    if not items:
        return ()
    found = []
    for index, item in enumerate(items):
        if item is None:
            continue
        try:
            found.append(observe(item))
        except RecordRefusedError as error:
            inner = f".{error.field}" if error.field else ""
            path = f"test_keys.{field}[{index}]{inner}"
            raise RecordRefusedError(error.reason, error.detail, path) from None
    return tuple(found)


def failure_string(failure: Failure) -> str | None:
    """Keep a failure string as given; a bare flag becomes a failure without a name."""
    if failure is None or failure is False:
        return None
    return UNNAMED_FAILURE if failure is True else failure or UNNAMED_FAILURE


def observe_query(query: WireQuery) -> DnsObservation:
    """Read one DNS question and its answers."""
    if query.hostname is None:
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "a query without a name", "hostname")
    hostname = query.hostname.rstrip(".").lower()
    ips: list[str] = []
    asns: list[int] = []
    cnames: list[str] = []
    for index, answer in enumerate(query.answers or ()):
        if answer is None:
            continue
        kind = answer.answer_type
        if kind in {"A", "AAAA"}:
            ips.append(_answer_address(answer, index))
            asn = answer.asn or 0
            asns.append(asn if 0 <= asn <= _LAST_ASN else 0)
        elif kind == "CNAME" and answer.hostname:
            # Measurement Kit and getaddrinfo record the name itself as its own alias.
            alias = answer.hostname.rstrip(".").lower()
            if alias != hostname and alias not in cnames:
                cnames.append(alias)
    engine = (query.engine or "").lower()
    return DnsObservation(
        hostname,
        query.query_type or "A",
        "system" if engine in _SYSTEM_ENGINES else engine,
        query.resolver_address or None,
        failure_string(query.failure),
        tuple(ips),
        tuple(cnames),
        tuple(asns),
        query.transaction_id,
        query.t,
    )


def _answer_address(answer: WireAnswer, index: int) -> str:
    text, name = (answer.ipv4, "ipv4") if answer.answer_type == "A" else (answer.ipv6, "ipv6")
    field = f"answers[{index}].{name}"
    if not text:
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "an answer without an address", field)
    ip = normalise_address(text)
    if ip is None:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "the answer is no IP address", field)
    return ip


def observe_connect(connect: WireConnect) -> TcpObservation:
    """Read one TCP connect."""
    if not connect.ip:
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "a connect to nowhere", "ip")
    ip = normalise_address(connect.ip)
    if ip is None:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no IP address", "ip")
    port = connect.port
    if port is None:
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "a connect without a port", "port")
    if not 0 <= port <= _LAST_PORT:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no port number", "port")
    return TcpObservation(ip, port, _connect_failure(connect), connect.transaction_id, connect.t)


def _connect_failure(connect: WireConnect) -> str | None:
    status = connect.status
    if status is None:
        return failure_string(connect.failure)
    if isinstance(status, bool):
        return None if status else failure_string(connect.failure) or UNNAMED_FAILURE
    failure = failure_string(status.failure)
    if failure is None and status.success is False:
        return UNNAMED_FAILURE
    return failure


def observe_handshake(handshake: WireHandshake) -> TlsObservation:
    """Read one TLS handshake."""
    endpoint = split_endpoint(handshake.address) if handshake.address else None
    certificates = handshake.peer_certificates
    return TlsObservation(
        endpoint[0] if endpoint else None,
        endpoint[1] if endpoint else None,
        handshake.server_name or None,
        failure_string(handshake.failure),
        () if not certificates else tuple(_certificates(certificates)),
        handshake.no_tls_verify is False,
        handshake.tls_version or None,
        handshake.transaction_id,
        handshake.t,
        _span(handshake.t0, handshake.t),
    )


def _span(began: float | None, ended: float | None) -> float | None:
    return None if began is None or ended is None else max(0.0, ended - began)


def _certificates(values: list[WireBinary | str | None]) -> Iterable[bytes]:
    for index, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, WireBinary):
            yield _binary_data(value, f"peer_certificates[{index}]")
            continue
        # Some writers leave the envelope out and keep the base64 text.
        der = _decode_base64(value, f"peer_certificates[{index}]")
        if not der or der[0] != _DER_SEQUENCE:
            raise RecordRefusedError(
                RefusalReason.BAD_BASE64, "no DER certificate", f"peer_certificates[{index}]"
            )
        yield der


def _binary_data(value: WireBinary, field: str) -> bytes:
    """Give the bytes of a binary value, whose only known format is base64."""
    if value.format != "base64":
        raise RecordRefusedError(
            RefusalReason.BAD_VALUE, "binary data in an unknown format", f"{field}.format"
        )
    return value.data


def _decode_base64(text: str, field: str) -> bytes:
    """Decode base64 strictly.

    Raises: RecordRefusedError (bad_base64) on any character or length that is none.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise RecordRefusedError(RefusalReason.BAD_BASE64, "no base64", field) from None


def http_observations(
    exchanges: list[WireExchange | None] | None, limits: ReadLimits
) -> tuple[HttpObservation, ...]:
    """Read the HTTP exchanges, first request first (the file holds the newest first)."""

    def observe(exchange: WireExchange) -> HttpObservation:
        return _observe_exchange(exchange, limits)

    return observe_each("requests", exchanges, observe)[::-1]


def _observe_exchange(exchange: WireExchange, limits: ReadLimits) -> HttpObservation:
    request = exchange.request
    if request is None or not request.url:
        raise RecordRefusedError(
            RefusalReason.MISSING_FIELD, "an exchange without a URL", "request.url"
        )
    if len(request.url) > LONGEST_URL:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no URL is that long", "request.url")
    failure = failure_string(exchange.failure)
    endpoint = split_endpoint(exchange.address) if exchange.address else None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    is_truncated = False
    response = exchange.response
    if response is not None:
        status = http_status(response.code, "response.code")
        headers = _response_headers(response)
        body = _response_body(response, limits)
        is_truncated = response.body_is_truncated is True
        if status is None and not body and not headers:
            # Go writes an empty response where none came.
            body = None
    return HttpObservation(
        request.url,
        request.method or "GET",
        failure,
        status,
        headers,
        body,
        is_truncated,
        endpoint[0] if endpoint else None,
        endpoint[1] if endpoint else None,
        exchange.transaction_id,
        exchange.t,
    )


def http_status(code: int | None, field: str) -> int | None:
    """Read a status code; 0 and -1 stand for none."""
    if code is None or code in {0, -1}:
        return None
    if not 100 <= code <= 999:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no HTTP status code", field)
    return code


def _response_headers(response: WireResponse) -> tuple[tuple[str, str], ...]:
    if response.headers_list is not None:
        return header_pairs(response.headers_list, "response.headers_list")
    headers = response.headers
    if not headers:
        return ()
    if isinstance(headers, dict):
        return header_pairs(headers.items(), "response.headers")
    return header_pairs(headers, "response.headers")


def header_pairs(pairs: Iterable[Any], field: str) -> tuple[tuple[str, str], ...]:
    """Read headers in order, names lower-case.

    Values may be text, base64 envelopes, numbers, or lists of these; null and nested values say
    nothing and are left out.
    Raises: RecordRefusedError if a pair is no pair or a base64 value is damaged.
    """
    found: list[tuple[str, str]] = []
    for index, pair in enumerate(pairs):
        try:
            name, value = pair
        except (TypeError, ValueError):
            raise RecordRefusedError(
                RefusalReason.WRONG_TYPE, "no name and value", f"{field}[{index}]"
            ) from None
        if type(value) is not str or type(name) is not str:
            path = f"{field}[{index}]"
            name_text = _header_text(name, path)
            if name_text is not None:
                values = value if isinstance(value, list) else (value,)
                texts = (_header_text(each, path) for each in values)
                found.extend((name_text.lower(), text) for text in texts if text is not None)
        else:
            found.append((name.lower(), value))
    return tuple(found)


def _header_text(value: object, field: str) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("data"), str):
        if value.get("format", "base64") != "base64":
            raise RecordRefusedError(
                RefusalReason.BAD_VALUE, "binary data in an unknown format", field
            )
        return _decode_base64(value["data"], field).decode("utf-8", "replace")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def _response_body(response: WireResponse, limits: ReadLimits) -> bytes | None:
    body = response.body
    if body is None:
        return None
    if isinstance(body, str):
        # Counted in characters first: a text too long is not copied to find that out.
        data = body.encode() if len(body) <= limits.max_body_bytes else b""
        size = len(data) or len(body)
    else:
        data = _binary_data(body, "response.body")
        size = len(data)
    if size > limits.max_body_bytes:
        raise RecordRefusedError(
            RefusalReason.BODY_TOO_LARGE,
            f"{size} bytes and more; the limit is {limits.max_body_bytes}",
            "response.body",
        )
    return data
