"""Sort a measurement's observations into hops: the URL asked for, then each redirect."""

from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from whocut.model.observation import (
    DnsObservation,
    HttpObservation,
    Measurement,
    TcpObservation,
    TlsObservation,
)

__all__ = ["Hop", "split_hops"]

_MAX_HOPS = 24
"""Redirect chains longer than any client follows are cut here; the rest is one broken redirect."""

_LONGEST_LOCATION = 8192
"""Longer Location headers are no URL that a client follows; urllib would cache them whole."""


class Hop(Struct, frozen=True, gc=False):
    """One URL of the chain, with what was seen of it at each layer."""

    index: int
    url: str
    hostname: str
    port: int
    is_https: bool
    dns: tuple[DnsObservation, ...]
    system_ips: tuple[str, ...]
    """Addresses that the probe's own resolver gave; the input's own where it is an address."""
    tcp: tuple[TcpObservation, ...]
    """Connects to those addresses at the URL's port."""
    tls: tuple[TlsObservation, ...]
    """Handshakes for the hostname, at any address."""
    http: tuple[HttpObservation, ...]
    is_final: bool


def _split_url(url: str) -> tuple[str, str, int]:
    """Split a URL into scheme, lower-case ASCII hostname and port; a broken one has no hostname."""
    try:
        parts = urlsplit(url)
        hostname = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return "", "", 0
    if hostname and not hostname.isascii():
        try:
            hostname = hostname.encode("idna").decode("ascii")
        except UnicodeError:
            hostname = ""
    scheme = parts.scheme.lower()
    return scheme, hostname, port or (443 if scheme == "https" else 80)


def _location(exchange: HttpObservation) -> str | None:
    for name, value in exchange.headers:
        if name == "location" and 0 < len(value) <= _LONGEST_LOCATION:
            try:
                return urljoin(exchange.url, value)
            except ValueError:
                return None
    return None


def _url_chain(measurement: Measurement) -> list[str]:
    """List the distinct URLs in the order they were asked for, the input first."""
    chain: list[str] = []
    for exchange in measurement.http:
        if exchange.url not in chain:
            chain.append(exchange.url)
            if len(chain) >= _MAX_HOPS:
                return chain
    if not chain:
        chain.append(measurement.input)
    # A redirect whose target never answered leaves no request behind, only the Location header.
    for exchange in reversed(measurement.http):
        if exchange.url == chain[-1]:
            if exchange.failure is None and exchange.status and 300 <= exchange.status < 400:
                following = _location(exchange)
                if following and following not in chain and _split_url(following)[1]:
                    chain.append(following)
            break
    return chain


def _is_address(hostname: str) -> bool:
    return ":" in hostname or hostname.replace(".", "").isdigit()


def _make_hop(measurement: Measurement, index: int, url: str, count: int) -> Hop:
    scheme, hostname, port = _split_url(url)
    if index == 0 and not hostname:
        hostname = measurement.hostname
    dns = tuple(d for d in measurement.dns if d.hostname == hostname)
    if _is_address(hostname):
        system_ips: tuple[str, ...] = (hostname,)
    else:
        system_ips = tuple(
            dict.fromkeys(ip for d in dns if d.engine == "system" for ip in d.ips)
        )
    tcp = tuple(t for t in measurement.tcp if t.port == port and t.ip in system_ips)
    if index == 0 and not tcp and not system_ips and measurement.tcp and not measurement.dns:
        # The oldest files name connects and no queries.
        tcp = measurement.tcp
    tls = tuple(t for t in measurement.tls if t.server_name == hostname)
    return Hop(
        index=index,
        url=url,
        hostname=hostname,
        port=port,
        is_https=scheme == "https",
        dns=dns,
        system_ips=system_ips,
        tcp=tcp,
        tls=tls,
        http=tuple(h for h in measurement.http if h.url == url),
        is_final=index == count - 1,
    )


def split_hops(measurement: Measurement) -> tuple[Hop, ...]:
    """Sort the observations of one measurement into its hops, the asked-for URL first."""
    chain = _url_chain(measurement)
    return tuple(_make_hop(measurement, i, url, len(chain)) for i, url in enumerate(chain))
