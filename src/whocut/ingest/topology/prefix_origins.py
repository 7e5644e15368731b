"""Which AS announces which IPv4 prefix: CAIDA's routeviews-prefix2as, and pyasn's ``.dat``.

``prefix<TAB>length<TAB>origins`` or ``prefix/length<TAB>origin``. Several origins of one prefix are
joined with ``_``, the members of an AS set with ``,``: all of them are kept.

Stated rules, each counted in ``tally``:
- a prefix said twice is one prefix, with the origins of both lines;
- origins that name no public network are left out (reserved_numbers), and a prefix that has no
  other with them;
- prefixes wider than /8 are left out: nobody holds as much, it is a default route that leaked;
- prefixes inside reserved space (data/reference/bogons.toml) are left out;
- IPv6 prefixes are counted, not kept: weights are of IPv4.
"""

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology.compressed_text import read_text_bytes
from whocut.ingest.topology.reserved_numbers import reserved_kind
from whocut.model.errors import InputError
from whocut.reference.bogons import load_bogons

__all__ = ["PrefixOrigins", "PrefixTally", "read_prefix_origins"]

_WIDEST_BITS = 8
_IPV4 = 4
_NAMED_DAY = re.compile(r"(?<!\d)(\d{8})(?!\d)")
_SHOWN_BYTES = 60


class PrefixTally(Struct, frozen=True):
    """What was left out of a file, and why."""

    lines: int
    """IPv4 prefixes read, before anything was left out."""
    ipv6: int = 0
    repeated: int = 0
    too_wide: int = 0
    reserved_space: int = 0
    reserved_origins: int = 0
    """Origins left out; a prefix may have others."""
    without_origin: int = 0
    """Prefixes left out, since they have no other origin."""
    several_origins: int = 0
    """Prefixes kept with more than one origin."""


@dataclass(frozen=True, eq=False)
class PrefixOrigins:
    """IPv4 prefixes sorted by start, then length; the origins of each are a row."""

    start: NDArray[np.uint32]
    length: NDArray[np.uint8]
    origin_start: NDArray[np.int64]
    """Where each prefix's origins begin; one more than there are prefixes."""
    origins: NDArray[np.uint32]
    sha256: str
    """Of the text as unpacked."""
    source: str
    day: date | None
    """As its name tells."""
    tally: PrefixTally


def read_prefix_origins(path: Path) -> PrefixOrigins:
    """Read one file of prefixes and their origins, packed or not.

    Raises: InputError naming file and line if a line is not of either format.
    """
    from whocut.ingest.topology.prefix_scan import scan_prefixes

    text = read_text_bytes(path)
    start, length, bounds, origins, ipv6, fault, offset = scan_prefixes(text)
    if fault:
        raise _line_error(text, offset, fault, path)
    if not len(start) and not ipv6:
        raise InputError("holds no prefix", source=str(path))
    return _settle(
        start,
        length,
        np.repeat(np.arange(len(start)), np.diff(bounds)),
        origins,
        (ipv6, hashlib.sha256(text).hexdigest(), path.name),
    )


def _settle(
    start: NDArray[np.uint32],
    length: NDArray[np.uint8],
    row: NDArray[np.int64],
    origins: NDArray[np.uint32],
    of_file: tuple[int, str, str],
) -> PrefixOrigins:
    """Sort, join what is said twice, leave out what the rules leave out; ``row`` is per origin."""
    ipv6, sha256, source = of_file
    is_wide = length < _WIDEST_BITS
    is_bogon = _in_reserved_space(start, length) & ~is_wide
    is_public = reserved_kind(origins) == 0
    is_kept = is_public & ~(is_wide | is_bogon)[row]
    has_origin = np.zeros(len(start), np.bool_)
    has_origin[row[is_public]] = True
    # A prefix takes 40 bits and an origin 32; its rank and an origin go into one number.
    packed = (start.astype(np.uint64) << np.uint64(8)) | length
    prefixes, rank = np.unique(packed, return_inverse=True)
    pairs = np.unique(
        (rank.astype(np.uint64)[row[is_kept]] << np.uint64(32)) | origins[is_kept]
    )
    kept_rank, firsts = np.unique(pairs >> np.uint64(32), return_index=True)
    bounds = np.append(firsts, len(pairs)).astype(np.int64)
    kept = prefixes[kept_rank]
    return PrefixOrigins(
        start=(kept >> np.uint64(8)).astype(np.uint32),
        length=(kept & np.uint64(0xFF)).astype(np.uint8),
        origin_start=bounds,
        origins=pairs.astype(np.uint32),
        sha256=sha256,
        source=source,
        day=_day_of(source),
        tally=PrefixTally(
            lines=len(start),
            ipv6=ipv6,
            repeated=len(start) - len(prefixes),
            too_wide=int(is_wide.sum()),
            reserved_space=int(is_bogon.sum()),
            reserved_origins=int((~is_public).sum()),
            without_origin=int((~has_origin & ~is_wide & ~is_bogon).sum()),
            several_origins=int((np.diff(bounds) > 1).sum()),
        ),
    )


def _in_reserved_space(start: NDArray[np.uint32], length: NDArray[np.uint8]) -> NDArray[np.bool_]:
    found = np.zeros(len(start), np.bool_)
    for block in load_bogons():
        network = ipaddress.ip_network(block.prefix)
        if network.version == _IPV4:
            first, last = int(network.network_address), int(network.broadcast_address)
            found |= (start >= first) & (start <= last) & (length >= network.prefixlen)
    return found


def _day_of(name: str) -> date | None:
    found = _NAMED_DAY.search(name)
    if found is None:
        return None
    digits = found[1]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _line_error(text: bytes, offset: int, fault: int, path: Path) -> InputError:
    from whocut.ingest.topology import prefix_scan

    reasons = {
        prefix_scan.BAD_PREFIX: "does not begin with a prefix",
        prefix_scan.BAD_LENGTH: "has no fitting length, then a tab",
        prefix_scan.BAD_ORIGIN: "does not end in AS numbers",
        prefix_scan.TOO_LARGE: "has an AS number above 32 bits",
        prefix_scan.BITS_BELOW: "has bits set below its length",
    }
    number = text.count(b"\n", 0, offset) + 1
    line = text[offset : offset + _SHOWN_BYTES].split(b"\n", 1)[0]
    shown = line.decode("utf-8", "backslashreplace")
    return InputError(f"line {number} {reasons[fault]}: {shown!r}", source=str(path))
