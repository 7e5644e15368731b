"""Fetch a URL as a browser would get to it: resolve, try every address, follow redirects."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from whocut.probe.chain_check import TrustAnchors
from whocut.probe.endpoint import OpenEndpoint, Timeouts, open_endpoint
from whocut.probe.exchange import Reply, exchange
from whocut.probe.resolution import AsnOf, Resolution, Resolver, resolve
from whocut.probe.trace import Trace

__all__ = ["Client", "Page", "fetch", "ports_of", "visit"]

REDIRECT_LIMIT = 10
_ADDRESS_LIMIT = 8
_REDIRECTS = (301, 302, 303, 307, 308)
_BROKEN_REDIRECT = "http_invalid_redirect_location_host"
_ENDLESS_REDIRECTS = "unknown_failure: stopped after too many redirects"
OnResolved = Callable[[Resolution], None]


class Client(Struct, frozen=True):
    """How one vantage speaks: its resolver, what it trusts, how long it waits."""

    resolver: Resolver
    anchors: TrustAnchors
    timeouts: Timeouts
    asn_of: AsnOf


class Page(Struct, frozen=True):
    """Where a fetch ended: the last reply, or why there is none."""

    resolution: Resolution
    """Of the first name."""
    reply: Reply | None
    failure: str | None


def ports_of(url: SplitResult) -> tuple[int, ...]:
    """Name the ports to try for a URL, the one that carries the exchange first.

    Beside cleartext, a handshake on 443 tells whether an address holds a chain for the name.
    """
    if url.scheme == "https":
        return (url.port or 443,)
    return (url.port,) if url.port not in (None, 80) else (80, 443)


def _resolution(trace: Trace, client: Client, hostname: str, depth: int) -> Resolution:
    try:
        return Resolution((str(ip_address(hostname)),), None)
    except ValueError:
        return resolve(trace, hostname, client.resolver, client.asn_of, depth=depth)


def _open_all(
    trace: Trace, client: Client, url: SplitResult, resolution: Resolution, depth: int
) -> list[OpenEndpoint]:
    addresses = resolution.addresses[:_ADDRESS_LIMIT]
    main_port = ports_of(url)[0]
    wanted = [(ip, port) for port in ports_of(url) for ip in addresses]
    if not wanted:
        return []

    def open_one(where: tuple[str, int]) -> OpenEndpoint:
        ip, port = where
        is_secure = url.scheme == "https" or port != main_port
        name = url.hostname if is_secure else None
        return open_endpoint(
            trace, f"{ip}:{port}", name, client.anchors, client.timeouts, depth=depth
        )

    # Threads begun here belong to the caller's network namespace.
    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(open_one, wanted))


def _failure_of(endpoints: list[OpenEndpoint]) -> str | None:
    for endpoint in endpoints:
        failure = endpoint.connect_failure or endpoint.handshake_failure
        if failure is not None:
            return failure
    return None


def visit(
    trace: Trace, client: Client, url: str, depth: int, on_resolved: OnResolved | None = None
) -> Page:
    """Fetch one URL without following its redirect."""
    parts = urlsplit(url)
    resolution = _resolution(trace, client, parts.hostname or "", depth)
    if on_resolved is not None:
        on_resolved(resolution)
    if resolution.failure is not None:
        return Page(resolution, None, resolution.failure)
    endpoints = _open_all(trace, client, parts, resolution, depth)
    main = [e for e in endpoints if e.address.endswith(f":{ports_of(parts)[0]}")]
    reply = None
    try:
        for endpoint in main:
            if endpoint.stream is None:
                continue
            reply = exchange(
                trace,
                endpoint.span,
                endpoint.stream,
                url,
                address=endpoint.address,
                alpn=endpoint.alpn,
                timeout_s=client.timeouts.exchange_s,
            )
            break
    finally:
        for endpoint in endpoints:
            endpoint.close()
    if reply is None:
        return Page(resolution, None, _failure_of(main))
    return Page(resolution, reply, reply.failure)


def _next_url(url: str, reply: Reply) -> str | None:
    """Find where a reply sends us; ``None`` where it does not.

    Raises: ValueError if it sends nowhere.
    """
    location = reply.header("location")
    if reply.status not in _REDIRECTS or not location:
        return None
    named = urlsplit(location)
    following = urljoin(url, location)
    # Joining would quietly mend an absolute URL without a host.
    is_hostless = named.scheme in ("http", "https") and not named.hostname
    if is_hostless or urlsplit(following).scheme not in ("http", "https"):
        raise ValueError(location)
    return following


def fetch(trace: Trace, client: Client, url: str, on_resolved: OnResolved | None = None) -> Page:
    """Fetch a URL and follow its redirects; every step is in the trace.

    ``on_resolved`` is called once, when the first name is resolved, so that a control can be asked
    about the same addresses at the same time. Redirects that are endless or lead nowhere are a
    failure of the last exchange, as in OONI's records.
    """
    first = visit(trace, client, url, 0, on_resolved)
    page, depth, failure = first, 0, first.failure
    while page.reply is not None and failure is None:
        try:
            following = _next_url(url, page.reply)
        except ValueError:
            failure = _BROKEN_REDIRECT
            break
        if following is None:
            break
        depth += 1
        if depth > REDIRECT_LIMIT:
            failure = _ENDLESS_REDIRECTS
            break
        url = following
        page = visit(trace, client, url, depth)
        failure = page.failure
    if failure in (_BROKEN_REDIRECT, _ENDLESS_REDIRECTS):
        trace.exchanges[-1] = replace(trace.exchanges[-1], failure=failure)
    return Page(first.resolution, page.reply, failure)
