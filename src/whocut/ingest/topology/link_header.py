"""What the comment lines of an AS relationship file tell: its clique, and whose paths it is from.

``# input clique: 174 209`` (``inferred`` in older files) and, a line for each day of a collector,
``# source:topology|BGP|20220301|ripe|rrc00``. Since December 2022 comments also stand between the
links ("# step 3: ..."); they say nothing that is needed here.
"""

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from whocut.ingest.topology.reserved_numbers import LAST_ASN
from whocut.model.errors import InputError

__all__ = ["CollectorDays", "LinkHeader", "parse_link_header"]

_CLIQUE = re.compile(rb"# ?(?:input|inferred) clique:(.*)")
_EXCHANGES = re.compile(rb"# ?IXP ASes:(.*)")
_SOURCE = re.compile(rb"# ?source:topology\|[^|]*\|(\d{8})((?:\|[\w.-]+)+)")
_SOURCE_START = re.compile(rb"# ?source:")


class CollectorDays(Struct, frozen=True, order=True):
    """A collector and the days whose paths it gave."""

    collector: str
    """``project/name``, such as ``ripe/rrc00``."""
    days: tuple[date, ...]


class LinkHeader(Struct, frozen=True):
    """The facts of a file's comments."""

    clique: tuple[int, ...]
    exchanges: tuple[int, ...]
    sources: tuple[CollectorDays, ...]
    unread_sources: int
    """Source lines of a form that is not known; the links stand without them."""


def parse_link_header(text: bytes, *, source: str) -> LinkHeader:
    """Read every comment line of a relationship file.

    Raises: InputError if a clique holds what is no AS number, or a source no day.
    """
    clique: tuple[int, ...] = ()
    exchanges: tuple[int, ...] = ()
    days: dict[str, set[date]] = {}
    unread = 0
    for offset, line in _comment_lines(text):
        if found := _CLIQUE.fullmatch(line):
            clique = _numbers(found[1], source, offset, "clique")
        elif found := _EXCHANGES.fullmatch(line):
            exchanges = _numbers(found[1], source, offset, "IXP ASes")
        elif found := _SOURCE.fullmatch(line):
            name = found[2].decode().strip("|").replace("|", "/")
            days.setdefault(name, set()).add(_day(found[1].decode(), source, offset))
        elif _SOURCE_START.match(line):
            unread += 1
    sources = tuple(CollectorDays(name, tuple(sorted(days[name]))) for name in sorted(days))
    return LinkHeader(clique, exchanges, sources, unread)


def _comment_lines(text: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0 if text.startswith(b"#") else text.find(b"\n#") + 1
    is_found = text.startswith(b"#", at)
    while is_found:
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        yield at, text[at:end].rstrip(b"\r")
        at = text.find(b"\n#", end) + 1
        is_found = at > 0


def _numbers(text: bytes, source: str, offset: int, field: str) -> tuple[int, ...]:
    words = text.split()
    if any(not word.isdigit() or int(word) > LAST_ASN for word in words):
        raise InputError("holds what is no AS number", source=source, offset=offset, field=field)
    return tuple(int(word) for word in words)


def _day(digits: str, source: str, offset: int) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise InputError(str(error), source=source, offset=offset, field="source") from None
