"""AS relationships of a month: who sells transit to whom, who peers; CAIDA's serial-1 and serial-2.

A line is ``provider|customer|-1`` or ``peer|peer|0``, in serial-2 with ``|source`` behind it. Of
siblings, in files of old (1 or 2), only the pair is kept: no rule of export follows from them.

Stated rules, each counted in ``tally``:
- a line said twice counts once;
- a pair that is said with two different relations is left out altogether: what contradicts itself
  is not known;
- a pair with a number that names no public network is left out (reserved_numbers);
- anything else that is not a line of the format stops the reading, with file and line.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology.compressed_text import read_text_bytes
from whocut.ingest.topology.link_header import CollectorDays, LinkHeader, parse_link_header
from whocut.ingest.topology.reserved_numbers import LAST_ASN, RESERVED_RANGES, reserved_kind
from whocut.model.errors import InputError

__all__ = ["LinkTally", "Relationships", "read_relationships", "straddle_warning"]

Asns = NDArray[np.uint32]
_Keys = NDArray[np.uint64]
_NAMED_DAY = re.compile(r"(\d{8})\.as-rel2?\b")
_SHOWN = 20
_SHOWN_BYTES = 60
_PEERS, _LOWER_PROVIDES, _HIGHER_PROVIDES, _SIBLINGS = 0, 1, 2, 3
"""What a pair is to each other, told of its lower and its higher number."""


class LinkTally(Struct, frozen=True):
    """What was left out of a file, and why."""

    lines: int
    """Links read, before anything was left out."""
    repeated: int = 0
    """Lines that say once more what another said."""
    contradicted: int = 0
    """Pairs left out, since the file gives them two relations."""
    contradictions: tuple[tuple[int, int], ...] = ()
    """The first of these pairs."""
    reserved: dict[str, int] = {}
    """Lines left out by kind of number, such as ``private``."""
    unread_sources: int = 0
    """Comment lines that name a source in a form that is not known."""


@dataclass(frozen=True, eq=False)
class Relationships:
    """The links of one month, or of several that agree; each list sorted and free of repeats."""

    day: date
    """First day of the month; of a consensus, of its last month."""
    serial: int
    provider: Asns
    customer: Asns
    peer_a: Asns
    """The lower number of each pair of peers."""
    peer_b: Asns
    clique: tuple[int, ...]
    collectors: tuple[str, ...]
    sha256: str
    """Of the text as unpacked: the same links packed otherwise have the same digest."""
    source: str
    months: tuple[date, ...]
    """The months it is drawn from; one, unless it is a consensus."""
    sibling_a: Asns
    sibling_b: Asns
    exchanges: tuple[int, ...]
    """Route servers of exchanges, which the file's makers took out of the paths."""
    collector_days: tuple[CollectorDays, ...]
    tally: LinkTally

    @property
    def observed(self) -> tuple[date, date] | None:
        """First and last day of the paths behind the links; ``None`` where the file tells none."""
        days = [day for each in self.collector_days for day in each.days]
        return (min(days), max(days)) if days else None


def read_relationships(path: Path, *, month: date | None = None) -> Relationships:
    """Read one file of AS relationships: ``.txt``, ``.bz2`` or ``.gz``.

    ``month`` serves where neither the file's name (20220301.as-rel.txt) nor its comments tell it.
    Raises: InputError naming file and line if a line is not of the format.
    """
    from whocut.ingest.topology.link_scan import scan_links

    text = read_text_bytes(path)
    header = parse_link_header(text, source=str(path))
    links, relations, sourced, fault, offset = scan_links(text)
    if fault:
        raise _line_error(text, offset, fault, path)
    if not len(links):
        raise InputError("holds no link", source=str(path))
    day = _month_of(path, header, month)
    low, high, code, tally = _settle(links, relations, header)
    is_peer, is_sibling = code == _PEERS, code == _SIBLINGS
    lower_provides, higher_provides = code == _LOWER_PROVIDES, code == _HIGHER_PROVIDES
    provider = np.concatenate((low[lower_provides], high[higher_provides]))
    customer = np.concatenate((high[lower_provides], low[higher_provides]))
    order = np.lexsort((customer, provider))
    return Relationships(
        day=day,
        serial=2 if sourced else 1,
        provider=provider[order],
        customer=customer[order],
        peer_a=low[is_peer],
        peer_b=high[is_peer],
        clique=header.clique,
        collectors=tuple(each.collector for each in header.sources),
        sha256=hashlib.sha256(text).hexdigest(),
        source=path.name,
        months=(day,),
        sibling_a=low[is_sibling],
        sibling_b=high[is_sibling],
        exchanges=header.exchanges,
        collector_days=header.sources,
        tally=tally,
    )


def straddle_warning(relationships: Relationships, moment: date) -> str | None:
    """Warn where a file's paths come from before and after a day that is asked about.

    Such a month shows neither the state before nor the state after.
    """
    observed = relationships.observed
    if observed is None or not observed[0] <= moment <= observed[1]:
        return None
    first, last = observed
    return (
        f"{relationships.source} is built from paths of {first} to {last}, which straddle {moment};"
        " compare a month before with a month after"
    )


def _settle(
    links: Asns, relations: NDArray[np.int8], header: LinkHeader
) -> tuple[Asns, Asns, NDArray[np.int8], LinkTally]:
    """Give each pair its one relation, in order of its numbers; count what is left out."""
    lines = len(links)
    kinds = np.maximum(reserved_kind(links[:, 0]), reserved_kind(links[:, 1]))
    reserved: dict[str, int] = {}
    if kinds.any():
        for number, each in enumerate(RESERVED_RANGES, 1):
            if found := int(np.count_nonzero(kinds == number)):
                reserved[each.kind] = reserved.get(each.kind, 0) + found
        links, relations = links[kinds == 0], relations[kinds == 0]
    first, second = links[:, 0], links[:, 1]
    code = np.where(relations > 0, np.int8(_SIBLINGS), np.int8(_PEERS))
    code[relations < 0] = _HIGHER_PROVIDES
    code[(relations < 0) & (first < second)] = _LOWER_PROVIDES
    low, high = np.minimum(first, second), np.maximum(first, second)
    key = (low.astype(np.uint64) << np.uint64(32)) | high
    order = np.argsort(key)
    key, code = key[order], code[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else order
    contradicted = np.zeros(len(starts), np.bool_)
    if len(starts) < len(key):
        contradicted = np.minimum.reduceat(code, starts) != np.maximum.reduceat(code, starts)
    clear = starts[~contradicted]
    within = int(np.diff(np.append(starts, len(key)))[contradicted].sum())
    disputed = key[starts[contradicted]]
    tally = LinkTally(
        lines=lines,
        repeated=len(key) - within - len(clear),
        contradicted=len(disputed),
        contradictions=tuple(
            (int(pair) >> 32, int(pair) & LAST_ASN) for pair in disputed[:_SHOWN]
        ),
        reserved=reserved,
        unread_sources=header.unread_sources,
    )
    return *_unpack(key[clear]), code[clear], tally


def _unpack(key: _Keys) -> tuple[Asns, Asns]:
    return (key >> np.uint64(32)).astype(np.uint32), key.astype(np.uint32)


def _month_of(path: Path, header: LinkHeader, month: date | None) -> date:
    days = [day for each in header.sources for day in each.days]
    named = _NAMED_DAY.search(path.name)
    if named is None:
        found = min(days, default=month)
        if found is None:
            raise InputError("neither its name nor its comments tell the month", source=str(path))
        return found.replace(day=1)
    digits = named[1]
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).replace(day=1)
    except ValueError as error:
        raise InputError(f"its name holds no day: {error}", source=str(path)) from None
    if days and not any(day.replace(day=1) == found for day in days):
        raise InputError(
            f"its name says {found:%Y-%m}, its paths are of {min(days)} to {max(days)}",
            source=str(path),
        )
    return found


def _line_error(text: bytes, offset: int, fault: int, path: Path) -> InputError:
    from whocut.ingest.topology import link_scan

    reasons = {
        link_scan.BAD_FIRST: "does not begin with an AS number and a bar",
        link_scan.BAD_SECOND: "holds no second AS number between bars",
        link_scan.BAD_RELATION: "has another relation than -1, 0, 1 or 2",
        link_scan.BAD_SOURCE: "has more behind its relation than one source",
        link_scan.TOO_LARGE: "has an AS number above 32 bits",
        link_scan.SELF_LINK: "links an AS with itself",
    }
    number = text.count(b"\n", 0, offset) + 1
    line = text[offset : offset + _SHOWN_BYTES].split(b"\n", 1)[0]
    shown = line.decode("utf-8", "backslashreplace")
    return InputError(f"line {number} {reasons[fault]}: {shown!r}", source=str(path))
