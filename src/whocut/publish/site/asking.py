"""Read what a person typed: a name in any form that it is copied in, and a country by any name."""

import ipaddress
import re
import unicodedata
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from babel import Locale
from msgspec import Struct

from whocut.i18n.language import Language
from whocut.publish.edition.search import folded
from whocut.reference.country_names import further_names, three_letters
from whocut.reference.suffixes import registrable_domain

__all__ = ["AskedName", "asked_country", "asked_name", "country_codes", "shown_name"]

_LONGEST: Final = 2000
"""Characters of an answer that are looked at; a longer one is no name of anything."""
_LABEL: Final = re.compile(r"(?!-+\Z)[a-z0-9_-]{1,63}")
"""As in measurements: there are names that begin or end with a hyphen."""
_LONGEST_NAME: Final = 253
_BEFORE: Final = re.compile(r"[a-z][a-z0-9+.-]*:(//)?", re.IGNORECASE)
_NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "ZZ", "XA", "XB"})
"""Two letters that a locale names and that are no country, or none of the world."""
_OFTEN: Final = {"UK": "GB"}
"""Codes that people write and that are no code."""


class AskedName(Struct, frozen=True):
    """A name that was asked for."""

    host: str
    """In A-labels and lower case."""
    target: str
    """What measurements are filed under: the domain that somebody registered."""


def asked_name(text: str) -> AskedName | None:
    """Find the domain in what was typed: an address, a name in capitals or in any script.

    None where there is none.
    """
    given = _bare(text)
    if not given:
        return None
    address = _address(given)
    if address:
        return AskedName(address, address)
    if not _BEFORE.match(given) or ("." in given.partition(":")[0] and "://" not in given):
        given = f"//{given}"
    try:
        host = (urlsplit(given).hostname or "").strip(".")
    except ValueError:
        return None
    host = _address(host) or _to_ascii(host)
    if not host or not _is_name(host):
        return None
    target = registrable_domain(host)
    return AskedName(host, target) if "." in target or ":" in target else None


def _address(given: str) -> str:
    """Spell an IPv6 address as measurements do; its colons would be read as those of a port."""
    try:
        return str(ipaddress.IPv6Address(given.strip("[]").partition("%")[0]))
    except ValueError:
        return ""


def _bare(text: str) -> str:
    """Take off what copying leaves around a name, and refuse what is far too long for one."""
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(one for one in plain if unicodedata.category(one) not in {"Cc", "Cf"})
    words = kept.strip(" \t\"'<>(),;\u00ab\u00bb\u201c\u201d").split()
    return words[0].removeprefix("//") if len(words) == 1 else ""


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        is_named = not labels[-1].isdigit()
        return (
            len(host) <= _LONGEST_NAME
            and len(labels) > 1
            and is_named
            and all(_LABEL.fullmatch(one) for one in labels)
        )
    return True


def shown_name(host: str) -> str:
    """Give a name as it is read: in its own script where that is safe to show."""
    if "xn--" not in host:
        return host
    try:
        shown = host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
    # A label that mixes scripts may look like another name: it stays as it is sent.
    return shown if all(len(_scripts(label)) < 2 for label in shown.split(".")) else host


def _scripts(label: str) -> set[str]:
    return {unicodedata.name(one, "?").partition(" ")[0] for one in label if one.isalpha()}


def asked_country(text: str) -> str | None:
    """Find the country in what was typed: a code, or a name in a language of ours.

    None where there is none.
    """
    given = folded(text[:100])
    if re.fullmatch("[a-z]{2}", given):
        code = _OFTEN.get(given.upper(), given.upper())
        return code if code in country_codes() else None
    return _names().get(given)


@cache
def country_codes() -> frozenset[str]:
    """List the codes of countries and territories."""
    known = Locale.parse(Language.EN.value).territories
    codes = {str(code) for code in known}
    return frozenset(
        code for code in codes if re.fullmatch("[A-Z]{2}", code) and code not in _NOT_COUNTRIES
    )


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in Language:
        territories = Locale.parse(language.value).territories
        for code in sorted(country_codes()):
            found.setdefault(folded(str(territories.get(code, code))), code)
    further = [(word, row.code) for row in further_names() for word in row.words]
    for name, code in (*three_letters().items(), *further):
        if code in country_codes():
            found.setdefault(folded(name), code)
    return found
