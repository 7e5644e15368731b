"""Registrable domains under the public suffix list, which ships dated with ``publicsuffixlist``.

Both sections of the list count: two customers of one hosting suffix (``github.io``) are two
targets.
"""

import ipaddress
import re
from functools import cache, lru_cache
from importlib.metadata import version

from publicsuffixlist import PublicSuffixList

__all__ = ["registrable_domain", "suffix_list_version"]

_PORT = re.compile(r":\d{1,5}\Z")


@cache
def _suffix_list() -> PublicSuffixList:
    return PublicSuffixList()


def suffix_list_version() -> str:
    """Name the list in use: the package's version ends in the list's day."""
    return f"publicsuffixlist {version('publicsuffixlist')}"


@lru_cache(maxsize=65536)
def registrable_domain(hostname: str) -> str:
    """Cut a hostname to the domain that somebody registered, in A-labels and lower case.

    An address stays itself (without port, brackets or zone); a public suffix or a single label,
    which nobody registered, stays whole.
    """
    text = hostname.strip().lower()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = _PORT.sub("", text)
    bare = text.partition("%")[0] if ":" in text else text
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    host = _to_ascii(text.strip("."))
    found = _suffix_list().privatesuffix(host) if host else None
    return str(found) if found else host


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host
