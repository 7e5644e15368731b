"""Is this certificate for this name? Host names, addresses and a CA's name constraints."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from whocut.reference.certificates import Certificate, NameConstraints, name_attributes
from whocut.reference.der import content

__all__ = ["ServerName", "are_names_allowed", "has_common_name_only", "is_for", "parse_server_name"]

_MAX_NAME_CHARACTERS = 253
_IMPOSSIBLE = re.compile(r"^\.|\.\.|[*\s\x00]")
_EMPTY_NAME = b"\x30\x00"


class ServerName(Struct, frozen=True, gc=False):
    """What a client asked for: a host name in A-labels, or an address in network octets."""

    host: str
    address: bytes | None = None


@lru_cache(maxsize=8192)
def parse_server_name(text: str) -> ServerName | None:
    """Read a server name as recorded; ``None`` where it can be no name at all.

    Source: RFC 9525 section 2 (names), section 6.4 (addresses are compared as octets).
    """
    bare = text.strip().strip("[]")
    try:
        return ServerName(host=bare, address=ipaddress.ip_address(bare).packed)
    except ValueError:
        pass
    host = bare.removesuffix(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    if not host or len(host) > _MAX_NAME_CHARACTERS or _IMPOSSIBLE.search(host):
        return None
    return ServerName(host=host)


def is_for(certificate: Certificate, name: ServerName) -> bool:
    """Tell whether the certificate's subjectAltName covers the name.

    Source: RFC 9525 section 6.3: a wildcard stands for exactly one whole leftmost label.
    """
    if name.address is not None:
        return name.address in certificate.ip_names
    return _covers(certificate.dns_names or (), name.host)


def has_common_name_only(certificate: Certificate, name: ServerName) -> bool:
    """Tell whether the name stands in the subject of a certificate without subjectAltName."""
    if certificate.dns_names is not None or name.address is not None:
        return False
    names = name_attributes(certificate.subject)
    common = tuple(value.encode() for label, value in names if label == "CN")
    return _covers(common, name.host)


def _covers(patterns: tuple[bytes, ...], host: str) -> bool:
    wanted = {host.encode()}
    _, _, parent = host.partition(".")
    if parent:
        wanted.add(b"*." + parent.encode())
    # Names are in lower case nearly always; folding the case of a hundred costs more than this.
    return not wanted.isdisjoint(patterns) or not wanted.isdisjoint(
        [pattern.lower() for pattern in patterns]
    )


def are_names_allowed(certificate: Certificate, limits: NameConstraints) -> bool:
    """Tell whether every name of the certificate keeps to an issuer's name constraints.

    Source: RFC 5280 section 4.2.1.10.
    """
    subject = certificate.subject
    return (
        _keep_to(certificate.dns_names or (), limits.permitted_dns, limits.excluded_dns, _is_below)
        and not any(
            _can_stand_for(name, base)
            for name in certificate.dns_names or ()
            for base in limits.excluded_dns
        )
        and _keep_to(certificate.ip_names, limits.permitted_ip, limits.excluded_ip, _is_in_network)
        and _keep_to(
            () if subject == _EMPTY_NAME else (subject,),
            limits.permitted_directory,
            limits.excluded_directory,
            _is_subject_within,
        )
    )


def _keep_to(
    names: Sequence[bytes],
    permitted: Sequence[bytes],
    excluded: Sequence[bytes],
    is_within: Callable[[bytes, bytes], bool],
) -> bool:
    return all(
        not any(is_within(name, base) for base in excluded)
        and (not permitted or any(is_within(name, base) for base in permitted))
        for name in names
    )


def _is_below(host: bytes, base: bytes) -> bool:
    # Some CAs write ".example" where RFC 5280 writes "example"; both mean the tree below.
    host, base = host.lower(), base.lower().removeprefix(b".")
    return base in (b"", host) or host.endswith(b"." + base)


def _can_stand_for(host: bytes, base: bytes) -> bool:
    """Tell whether a wildcard's label could be the one that is shut out."""
    return host.startswith(b"*.") and base.lower().partition(b".")[2] == host[2:].lower()


def _is_in_network(address: bytes, base: bytes) -> bool:
    """Compare with an address followed by its mask, both in network octets."""
    size = len(address)
    if len(base) != 2 * size:
        return False
    return all(a & m == b & m for a, b, m in zip(address, base[:size], base[size:], strict=True))


def _is_subject_within(subject: bytes, base: bytes) -> bool:
    """Compare the leading relative names octet by octet, as CAs of the web write them."""
    start, end = content(subject, 0, len(subject), 0x30)
    first, last = content(base, 0, len(base), 0x30)
    return subject.startswith(base[first:last], start, end)
