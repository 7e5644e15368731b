"""Addresses, endpoints and hostnames as the observations spell them."""

import re
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason

__all__ = [
    "LONGEST_URL",
    "SCRUBBED",
    "input_hostname",
    "normalise_address",
    "normalise_endpoint",
    "split_endpoint",
]

SCRUBBED = "[scrubbed]"
"""OONI's probe writes this where the probe's own address stood."""

_LONGEST_ADDRESS = 64
_LONGEST_ENDPOINT = 320
_LONGEST_HOSTNAME = 253
_LABEL = re.compile(r"(?!-+\Z)[a-z0-9_-]{1,63}")
LONGEST_URL = 65536
"""Provisional: servers end at 8 KiB, and what parses URLs remembers some of them."""
_LONGEST_REMEMBERED = 512
_LAST_PORT = 65535


def normalise_address(text: str) -> str | None:
    """Spell an IP address canonically; ``None`` if it is none.

    A zone (``%eth0``) is cut off; ``[scrubbed]`` stays as it is.
    """
    if len(text) > _LONGEST_ADDRESS:
        return None
    return _normalise_address(text)


@lru_cache(maxsize=16384)
def _normalise_address(text: str) -> str | None:
    if text == SCRUBBED:
        return text
    try:
        if ":" not in text:
            socket.inet_pton(socket.AF_INET, text)
            return text
        packed = socket.inet_pton(socket.AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return None
    return socket.inet_ntop(socket.AF_INET6, packed)


def split_endpoint(text: str) -> tuple[str, int] | None:
    """Split ``ip:port`` or ``[v6]:port`` into a canonical address and a port."""
    if len(text) > _LONGEST_ENDPOINT:
        return None
    return _split_endpoint(text)


@lru_cache(maxsize=16384)
def _split_endpoint(text: str) -> tuple[str, int] | None:
    host, colon, digits = text.rpartition(":")
    if not colon or not (digits.isascii() and digits.isdigit()) or len(digits) > 5:
        return None
    port = int(digits)
    if port > _LAST_PORT:
        return None
    is_bracketed = host.startswith("[") and host.endswith("]")
    if is_bracketed and host != SCRUBBED:
        host = host[1:-1]
    elif host.count(":") not in {0, 7}:
        # "2001:db8::1:443" without brackets: the last group may be part of the address.
        return None
    ip = _normalise_address(host)
    return None if ip is None else (ip, port)


def normalise_endpoint(text: str) -> str:
    """Spell an endpoint as ``ip:port`` or ``[v6]:port``; what is no endpoint stays as given."""
    split = split_endpoint(text)
    if split is None:
        return text
    ip, port = split
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def input_hostname(url: str) -> str:
    """Name the host of a measurement's input: lower-case, IDNA ASCII form, no trailing dot.

    An IP address comes out bare. A bare ``host`` or ``host:port`` without a scheme is read too.
    Raises: RecordRefusedError if the input names no host.
    Source: RFC 3490 section 4.1 (ToASCII), as Python's ``idna`` codec does it.
    """
    if len(url) > LONGEST_URL:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no URL is that long", "input")
    # What is remembered is short, so that no input fills the memory.
    return _known_hostname(url) if len(url) <= _LONGEST_REMEMBERED else _find_hostname(url)


@lru_cache(maxsize=4096)
def _known_hostname(url: str) -> str:
    return _find_hostname(url)


def _find_hostname(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        # urlsplit leaves what follows a "%" as it is.
        hostname = (parts.hostname or "").rstrip(".").lower()
    except ValueError as error:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, f"no URL: {error}", "input") from None
    if len(hostname) > _LONGEST_HOSTNAME:
        # Before any conversion: its time grows with the square of the length.
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no hostname is that long", "input")
    if hostname and not hostname.isascii():
        try:
            hostname = hostname.encode("idna").decode("ascii")
        except UnicodeError:
            raise RecordRefusedError(
                RefusalReason.BAD_VALUE, "the hostname has no ASCII form", "input"
            ) from None
    if ":" in hostname and (address := normalise_address(hostname)):
        return address
    if not _is_hostname(hostname):
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "the URL names no host", "input")
    return hostname


def _is_hostname(hostname: str) -> bool:
    """Refuse what no host is called: empty, too long, or of other characters than names have.

    The DNS itself would carry any byte, and markup in a name would be shown wherever the name is.
    """
    if len(hostname) > _LONGEST_HOSTNAME:
        return False
    return all(_LABEL.fullmatch(label) for label in hostname.split("."))
