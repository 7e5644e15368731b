"""What OONI's own analysis of Web Connectivity 0.5 would say of the same record.

Kept for comparison and used by no rule of ours. Written from OONI's test specification ts-017 and
what its published QA measurements show; where the two leave room the simplest reading is taken.
"""

from ipaddress import ip_address

from msgspec import Struct

from whocut.probe.control import page_title
from whocut.probe.records import (
    Base64,
    BodyValue,
    ControlResponse,
    Exchange,
    Query,
    TestKeys,
)

__all__ = ["OoniAnalysis", "analyse"]

_DNS_BOGON, _DNS_FAILURE, _DNS_ADDRESSES = 1, 2, 4
_DNS, _TCP, _TLS, _HTTP, _DIFF, _OK = 1, 2, 4, 8, 16, 32
_NULL_DNS, _NULL_TCP, _NULL_TLS, _NULL_CONTROL = 1, 2, 4, 8
_BODY_PROPORTION = 0.7
_LONG_WORD = 5
# Headers that most servers send say nothing about which page this is.
_COMMON_HEADERS = frozenset(
    {
        *("accept-ranges", "age", "alt-svc", "cache-control", "connection", "content-encoding"),
        *("content-length", "content-security-policy", "content-type", "date", "etag", "expires"),
        *("last-modified", "link", "location", "p3p", "pragma", "server", "set-cookie"),
        *("strict-transport-security", "transfer-encoding", "vary", "via", "x-cache"),
        *("x-content-type-options", "x-frame-options", "x-powered-by", "x-xss-protection"),
    }
)
_SYSTEM = ("system", "getaddrinfo", "golang_net_resolver")


class OoniAnalysis(Struct, frozen=True):
    """The fields that OONI's analysis adds to the test keys."""

    blocking: str | bool | None
    accessible: bool | None
    dns_consistency: str | None
    dns_experiment_failure: str | None
    http_experiment_failure: str | None
    x_dns_flags: int
    x_blocking_flags: int
    x_null_null_flags: int
    body_proportion: float
    body_length_match: bool | None
    headers_match: bool | None
    status_code_match: bool | None
    title_match: bool | None


class _PageMatch(Struct, frozen=True):
    body_proportion: float = 0
    body_length: bool | None = None
    headers: bool | None = None
    status: bool | None = None
    title: bool | None = None

    @property
    def is_same(self) -> bool:
        return self.status is not False and True in (self.body_length, self.headers, self.title)


def _size(value: BodyValue) -> int:
    if isinstance(value, Base64):
        return len(value.data) * 3 // 4 - value.data[-2:].count("=")
    return len(value.encode())


def _is_bogon(address: str) -> bool:
    return not ip_address(address).is_global


def _first_queries(keys: TestKeys) -> list[Query]:
    """Pick what the system resolver was asked about the first name."""
    own = [q for q in keys.queries if q.engine in _SYSTEM]
    return [q for q in own if q.hostname == own[0].hostname]


def _dns_flags(keys: TestKeys, control: ControlResponse) -> int:
    flags = 0
    for query in _first_queries(keys):
        if query.failure is not None:
            expected = control.dns.failure is not None or not control.dns.addrs
            flags |= 0 if expected or query.query_type == "AAAA" else _DNS_FAILURE
            continue
        given = {a.ipv4 or a.ipv6 for a in query.answers or ()} - {None}
        if any(_is_bogon(ip) for ip in given if ip):
            flags |= _DNS_BOGON
        if not control.dns.addrs or given & set(control.dns.addrs):
            continue
        asns = {a.asn for a in query.answers or () if a.asn}
        trusted = {control.ip_info[ip].asn for ip in control.dns.addrs if ip in control.ip_info}
        if not asns & (trusted - {0}):
            flags |= _DNS_ADDRESSES
    return flags


def _redirect_dns_flag(keys: TestKeys) -> int:
    """Flag a name behind a redirect that does not resolve: the control says nothing of it."""
    first = _first_queries(keys)
    later = [q for q in keys.queries if q.engine in _SYSTEM and q not in first]
    return _DNS if any(q.failure and q.query_type != "AAAA" for q in later) else 0


def _connection_flags(keys: TestKeys, control: ControlResponse) -> int:
    flags = 0
    for connect in keys.tcp_connect:
        if connect.status.failure is None or _is_bogon(connect.ip):
            continue
        if "depth=0" not in connect.tags:
            flags |= _TCP
            continue
        seen = control.tcp_connect.get(f"{connect.ip}:{connect.port}")
        flags |= _TCP if seen is not None and seen.failure is None else 0
    for handshake in keys.tls_handshakes:
        if handshake.failure is None:
            continue
        if "depth=0" not in handshake.tags:
            flags |= _TLS
            continue
        tls = control.tls_handshake.get(handshake.address)
        flags |= _TLS if tls is not None and tls.failure is None else 0
    return flags


def _is_at_own_address(keys: TestKeys) -> bool:
    """Tell whether the page came from an address that the network's own resolver gave."""
    own = {a.ipv4 or a.ipv6 for q in keys.queries if q.engine in _SYSTEM for a in q.answers or ()}
    return bool(keys.requests) and keys.requests[0].address.rpartition(":")[0].strip("[]") in own


def _title_match(ours: str, theirs: str) -> bool | None:
    """Compare the first long word of either title, as the old test did."""
    if not ours or not theirs:
        return None
    for word in ours.split():
        if len(word) >= _LONG_WORD:
            return word.lower() in theirs.lower()
    return None


def _compare(final: Exchange, control: ControlResponse) -> _PageMatch:
    page = control.http_request
    if final.failure is not None or page.failure is not None or page.status_code <= 0:
        return _PageMatch()
    code, body = final.response.code, final.response.body
    length = _size(body)
    longest = max(length, page.body_length)
    proportion = min(length, page.body_length) / longest if longest > 0 else 1.0
    status: bool | None = code == page.status_code
    if not status and page.status_code // 100 != 2:
        status = None
    ours = {name.lower() for name in final.response.headers}
    theirs = {name.lower() for name in page.headers}
    headers = ours == theirs or bool((ours & theirs) - _COMMON_HEADERS)
    text = body.encode() if isinstance(body, str) else b""
    return _PageMatch(
        proportion,
        None if final.response.body_is_truncated else proportion > _BODY_PROPORTION,
        headers if ours or theirs else None,
        status,
        _title_match(page_title(text), page.title),
    )


def _http_flags(keys: TestKeys, control: ControlResponse, match: _PageMatch) -> int:
    if not keys.requests:
        return 0
    final = keys.requests[0]
    if final.failure is not None:
        return _HTTP if control.http_request.failure is None else 0
    if 300 <= final.response.code < 400:
        return 0
    if final.request.url.startswith("https://"):
        return _OK
    if control.http_request.failure is not None:
        return 0
    return _OK if match.is_same else _DIFF


def _null_flags(keys: TestKeys, control: ControlResponse) -> int:
    """Say which layer fails both here and at the control."""
    first = _first_queries(keys)
    if first and all(q.failure for q in first) and not control.dns.addrs:
        return _NULL_DNS
    connects = [c for c in keys.tcp_connect if "depth=0" in c.tags]
    seen = [control.tcp_connect.get(f"{c.ip}:{c.port}") for c in connects]
    if connects and all(c.status.failure for c in connects):
        return _NULL_TCP if all(s is not None and s.failure for s in seen) else 0
    handshakes = [h for h in keys.tls_handshakes if "depth=0" in h.tags]
    if handshakes and all(h.failure for h in handshakes):
        tls = [control.tls_handshake.get(h.address) for h in handshakes]
        return _NULL_TLS if all(t is not None and t.failure for t in tls) else 0
    return 0


def _conclude(
    blocking: int,
    null: int,
    dns: int,
    *,
    is_redirect_failure: bool,
    is_own_success: bool,
    is_down_for_both: bool,
) -> tuple[str | bool | None, bool | None]:
    """Read ``blocking`` and ``accessible`` off the flags; the first that holds decides."""
    ordered: tuple[tuple[bool, str | bool, bool], ...] = (
        (bool(blocking & _DNS and not is_own_success), "dns", False),
        (bool(blocking & _OK), False, True),
        (bool(blocking & _TCP), "http-failure" if is_redirect_failure else "tcp_ip", False),
        (bool(blocking & (_TLS | _HTTP)), "http-failure", False),
        (bool(blocking & _DIFF), "http-diff", False),
        (bool(null or dns) or is_down_for_both, False, False),
    )
    return next(((value, access) for holds, value, access in ordered if holds), (None, None))


def analyse(keys: TestKeys) -> OoniAnalysis:
    """Conclude from a record as OONI would; nothing here is a verdict of ours."""
    control = keys.control
    first = _first_queries(keys)
    dns_failure = next((q.failure for q in first if q.failure), None)
    connect_failure = next((c.status.failure for c in keys.tcp_connect if c.status.failure), None)
    handshake_failure = next((h.failure for h in keys.tls_handshakes if h.failure), None)
    final = keys.requests[0] if keys.requests else None
    http_failure = final.failure if final else connect_failure or handshake_failure
    if control is None:
        is_ok = final is not None and final.failure is None
        is_secure = is_ok and final is not None and final.request.url.startswith("https://")
        return OoniAnalysis(
            False if is_secure else None,
            True if is_secure else None,
            None,
            dns_failure,
            http_failure,
            0,
            _OK if is_secure else 0,
            _NULL_CONTROL if is_secure else 0,
            0,
            None,
            None,
            None,
            None,
        )
    dns_flags = _dns_flags(keys, control)
    match = _compare(final, control) if final else _PageMatch()
    # A bogon that the control sees too is the owner's own doing.
    is_same_bogon = dns_flags == _DNS_BOGON and all(map(_is_bogon, control.dns.addrs))
    flags = _DNS if dns_flags and not is_same_bogon else 0
    flags |= _redirect_dns_flag(keys) | _connection_flags(keys, control)
    flags |= _http_flags(keys, control, match)
    null = _null_flags(keys, control)
    is_redirect = all("depth=0" in c.tags for c in keys.tcp_connect if c.status.failure is None)
    deep = any(c.status.failure and "depth=0" not in c.tags for c in keys.tcp_connect)
    blocking, accessible = _conclude(
        flags,
        null,
        dns_flags,
        is_redirect_failure=is_redirect and deep,
        is_down_for_both=bool(http_failure and control.http_request.failure),
        is_own_success=bool(flags & _OK) and _is_at_own_address(keys),
    )
    return OoniAnalysis(
        blocking,
        accessible,
        "inconsistent" if flags & _DNS else "consistent" if first else None,
        dns_failure,
        http_failure,
        dns_flags,
        flags,
        null,
        match.body_proportion,
        match.body_length,
        match.headers,
        match.status,
        match.title,
    )
