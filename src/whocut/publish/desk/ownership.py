"""Whether a reply comes from the domain that it names: a token there, and nothing else.

The server looks nothing up. A keeper does, when told to, from the keepers' machine: one TXT record
and one small file over HTTPS, each with bounds on time and size, no redirect followed, and no
address inside a network of one's own reached.
"""

import http.client
import ipaddress
import secrets
import socket
import ssl
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import dns.exception
import dns.resolver
from msgspec import Struct

from whocut.publish.desk.parties import known_actors, named_party
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "TOKEN_NAME",
    "TOKEN_PATH",
    "Looked",
    "Lookup",
    "Seen",
    "Where",
    "is_domain_of",
    "look_for_token",
    "make_token",
]

TOKEN_PATH: Final = "/.well-known/whocut-reply.txt"  # noqa: S105 - where it lies
TOKEN_NAME: Final = "_whocut-reply"  # noqa: S105 - where it lies
_PREFIX: Final = "whocut-reply-"
_TOKEN_BYTES: Final = 24
_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 4096
_MOST_ADDRESSES: Final = 4


class Where(StrEnum):
    """Where a token is looked for."""

    HTTPS = "https"
    DNS = "dns"


class Seen(StrEnum):
    """What was seen there."""

    TOKEN = "token"  # noqa: S105 - an answer
    OTHER = "other"
    """An answer, without this token."""
    NOTHING = "nothing"
    FAILED = "failed"


class Looked(Struct, frozen=True):
    """What one look saw."""

    where: Where
    seen: Seen
    detail: str = ""


class Lookup(Struct, frozen=True):
    """By what a domain is looked at; the defaults are the Internet's."""

    nameserver: str | None = None
    """None: those of this machine."""
    nameserver_port: int = 53
    https_port: int = 443
    authorities: str | None = None
    """A file of authorities; None: those of this machine."""
    may_be_private: bool = False
    """Whether addresses within networks of one's own are reached: for trials alone."""


INTERNET: Final = Lookup()


def make_token() -> str:
    """Make the token of one reply."""
    return _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def is_domain_of(party: str, domain: str) -> bool:
    """Say whether the actors of the ledger hold this domain for this party."""
    actor = named_party(party)
    if actor is None:
        return False
    family = [one for one in known_actors().values() if actor.id in (one.id, one.parent)]
    wanted = registrable_domain(domain)
    return any(wanted in one.domains for one in family)


def look_for_token(domain: str, token: str, lookup: Lookup = INTERNET) -> tuple[Looked, ...]:
    """Look for a token at both of its places; what fails is told, and nothing is raised."""
    return _look_in_dns(domain, token, lookup), _look_by_https(domain, token, lookup)


def _look_in_dns(domain: str, token: str, lookup: Lookup) -> Looked:
    try:
        answer = _resolver(lookup).resolve(f"{TOKEN_NAME}.{domain}", "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Looked(Where.DNS, Seen.NOTHING)
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        return Looked(Where.DNS, Seen.FAILED, _first_line(error))
    texts = [b"".join(one.strings).decode("utf-8", "replace").strip() for one in answer]
    if token in texts:
        return Looked(Where.DNS, Seen.TOKEN)
    return Looked(Where.DNS, Seen.OTHER, f"{len(texts)} TXT without this token")


def _look_by_https(domain: str, token: str, lookup: Lookup) -> Looked:
    try:
        addresses = _addresses(domain, lookup)
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        return Looked(Where.HTTPS, Seen.FAILED, _first_line(error))
    if not addresses:
        return Looked(Where.HTTPS, Seen.FAILED, "the domain has no address of the Internet")
    failed = ""
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            return _fetched(domain, address, token, lookup)
        except (OSError, http.client.HTTPException, ValueError) as error:
            failed = _first_line(error)
    return Looked(Where.HTTPS, Seen.FAILED, failed)


def _addresses(domain: str, lookup: Lookup) -> list[str]:
    resolver = _resolver(lookup)
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            found += [one.address for one in resolver.resolve(domain, kind, search=False)]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
    return [one for one in found if lookup.may_be_private or ipaddress.ip_address(one).is_global]


def _resolver(lookup: Lookup) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=lookup.nameserver is None)
    if lookup.nameserver is not None:
        resolver.nameservers = [lookup.nameserver]
        resolver.port = lookup.nameserver_port
    resolver.lifetime = _TIMEOUT_S
    return resolver


class _AtAddress(http.client.HTTPSConnection):
    """HTTPS to an address that was looked up before: what is checked is what is reached."""

    def __init__(self, domain: str, address: str, lookup: Lookup) -> None:
        context = ssl.create_default_context(cafile=lookup.authorities)
        super().__init__(domain, lookup.https_port, timeout=_TIMEOUT_S, context=context)
        self._at = (address, lookup.https_port)
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection(self._at, _TIMEOUT_S)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _fetched(domain: str, address: str, token: str, lookup: Lookup) -> Looked:
    connection = _AtAddress(domain, address, lookup)
    try:
        connection.request("GET", TOKEN_PATH, headers={"accept": "text/plain"})
        response = connection.getresponse()
        body = _read_bounded(response.read1)
    finally:
        connection.close()
    if response.status != http.client.OK:
        # A redirect is not followed: it leads to whoever the page says, and not to the domain.
        seen = Seen.NOTHING if response.status in {404, 410} else Seen.OTHER
        return Looked(Where.HTTPS, seen, f"status {response.status}")
    lines = body.decode("utf-8", "replace").split()
    if token in lines:
        return Looked(Where.HTTPS, Seen.TOKEN)
    return Looked(Where.HTTPS, Seen.OTHER, "a file without this token")


def _read_bounded(read: Callable[[int], bytes]) -> bytes:
    """Read so much and no longer, however slowly it comes."""
    until = time.monotonic() + _TIMEOUT_S
    body = b""
    while len(body) < _MOST_BYTES:
        part = read(_MOST_BYTES - len(body))
        if not part:
            break
        body += part
        if time.monotonic() > until:
            raise TimeoutError("the file came too slowly")
    return body


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
