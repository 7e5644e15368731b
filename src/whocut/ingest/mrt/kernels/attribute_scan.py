"""Path attributes in compiled code: what routes need is taken, the rest checked alike."""

# ruff: noqa: PLR0912, PLR0917 - kernels take arrays by place and leave by many doors

import numpy as np

from whocut.ingest.mrt.attributes.attr_17_as4_path import AS_TRANS
from whocut.ingest.mrt.attributes.rules import ATTRIBUTE_RULES, AttributeType, Consequence
from whocut.ingest.mrt.kernels.columns import ATTRIBUTE_DISCARD, UNSUPPORTED_FAMILY
from whocut.ingest.mrt.kernels.compiled import (
    FULL,
    RESET,
    Bytes,
    Longs,
    Words,
    compiled,
    inlined,
    u8,
    u16,
    u32,
)
from whocut.ingest.mrt.kernels.nlri_scan import are_prefixes_whole
from whocut.ingest.mrt.kernels.path_scan import (
    copy_path,
    has_zero,
    is_path_whole,
    merge_paths,
)

__all__ = ["FOUND_PLACES", "scan_attributes"]

# Places in what was found.
ORIGIN, HAS_PATH, HAS_NEXT_HOP, IS_WITHDRAW, REACH_AFI, REACH_SAFI, REACH_AT, REACH_END = range(8)
UNREACH_AFI, UNREACH_SAFI, UNREACH_AT, UNREACH_END, PATH_AT, PATH_END, AS4_AT, AS4_END = range(
    8, 16
)
AGGREGATOR_ASN, HAS_AS4_AGGREGATOR, HAS_REACH = 16, 17, 18
FOUND_PLACES = 19
NO_ORIGIN = 255

_EXTENDED_LENGTH = 0x10
_KNOWN_TYPES = 64
_ANY = -1


def _rule_table() -> Longs:
    """Lay the rules out by type: flags, exact length, multiple, whether it withdraws."""
    table = np.full((_KNOWN_TYPES, 4), _ANY, np.int64)
    for kind, rule in ATTRIBUTE_RULES.items():
        table[kind] = (
            rule.flags,
            _ANY if rule.exact_bytes is None else rule.exact_bytes,
            _ANY if rule.multiple_bytes is None else rule.multiple_bytes,
            int(rule.consequence is Consequence.TREAT_AS_WITHDRAW),
        )
    return table


_RULES = _rule_table()
_T_ORIGIN, _T_AS_PATH, _T_NEXT_HOP = (
    int(AttributeType.ORIGIN),
    int(AttributeType.AS_PATH),
    int(AttributeType.NEXT_HOP),
)
_T_AGGREGATOR = int(AttributeType.AGGREGATOR)
_T_MP_REACH, _T_MP_UNREACH = int(AttributeType.MP_REACH_NLRI), int(AttributeType.MP_UNREACH_NLRI)
_T_AS4_PATH, _T_AS4_AGGREGATOR = int(AttributeType.AS4_PATH), int(AttributeType.AS4_AGGREGATOR)


@compiled
def scan_attributes(
    buf: Bytes,
    at: int,
    end: int,
    asn_bytes: int,
    is_table: bool,
    is_add_path: bool,
    found: Longs,
    counts: Longs,
    asns: Words,
    segments: Bytes,
    n_asns: int,
) -> int:
    """Read a list; gives the place after its path's AS numbers, or FULL, or RESET."""
    if n_asns + ((end - at) >> 1) > len(asns):
        return FULL
    for place in range(FOUND_PLACES):
        found[place] = 0
    found[ORIGIN] = NO_ORIGIN
    found[AGGREGATOR_ASN] = -1
    found[AS4_AT] = -1
    seen = np.int64(0)
    while at < end:
        flags = u8(buf, at)
        head = 4 if flags & _EXTENDED_LENGTH else 3
        if end - at < head:
            found[IS_WITHDRAW] = 1
            break
        kind = u8(buf, at + 1)
        size = u16(buf, at + 2) if head == 4 else u8(buf, at + 2)
        if size > end - at - head:
            found[IS_WITHDRAW] = 1
            break
        start = at + head
        at = start + size
        if kind >= _KNOWN_TYPES:
            continue
        bit = np.int64(1) << kind
        if seen & bit:
            if not is_table and kind in (_T_MP_REACH, _T_MP_UNREACH):
                return RESET
            counts[ATTRIBUTE_DISCARD] += 1
            continue
        seen |= bit
        if _RULES[kind, 0] < 0:
            continue
        # A table's flags are the collector's own writing: BIRD 2 leaves them 0 for a next hop.
        asked = int(_RULES[kind, 0]) if is_table else int(flags)
        is_fit = _is_fit(kind, asked, size, asn_bytes)
        if not is_fit:
            if _RULES[kind, 3]:
                found[IS_WITHDRAW] = 1
            else:
                counts[ATTRIBUTE_DISCARD] += 1
        if is_fit or kind in (_T_MP_REACH, _T_MP_UNREACH):
            status = _take(buf, start, at, kind, asn_bytes, is_table, is_add_path, found, counts)
            if status < 0:
                return status
    return _settle_path(buf, asn_bytes, found, counts, asns, segments, n_asns)


@inlined
def _is_fit(kind: int, flags: int, size: int, asn_bytes: int) -> bool:
    exact, multiple = _RULES[kind, 1], _RULES[kind, 2]
    if flags & 0xC0 != _RULES[kind, 0] or (exact >= 0 and size != exact):
        return False
    if multiple > 0 and (size == 0 or size % multiple != 0):
        return False
    return not (kind == _T_AGGREGATOR and size != asn_bytes + 4)


@inlined
def _take(
    buf: Bytes,
    start: int,
    end: int,
    kind: int,
    asn_bytes: int,
    is_table: bool,
    is_add_path: bool,
    found: Longs,
    counts: Longs,
) -> int:
    """Take one attribute whose flags and length are right."""
    if kind == _T_ORIGIN:
        if buf[start] > 2:
            found[IS_WITHDRAW] = 1
        else:
            found[ORIGIN] = buf[start]
    elif kind == _T_AS_PATH:
        if is_path_whole(buf, start, end, asn_bytes):
            found[HAS_PATH], found[PATH_AT], found[PATH_END] = 1, start, end
        else:
            found[IS_WITHDRAW] = 1
    elif kind == _T_NEXT_HOP:
        found[HAS_NEXT_HOP] = 1
    elif kind == _T_MP_REACH:
        if is_table:
            if not _is_table_reach_whole(buf, start, end):
                found[IS_WITHDRAW] = 1
        else:
            return _take_reach(buf, start, end, is_add_path, found, counts)
    elif kind == _T_MP_UNREACH:
        if not is_table:
            return _take_unreach(buf, start, end, is_add_path, found, counts)
    elif kind == _T_AGGREGATOR:
        found[AGGREGATOR_ASN] = u16(buf, start) if asn_bytes == 2 else u32(buf, start)
    elif kind == _T_AS4_PATH:
        if is_path_whole(buf, start, end, 4):
            found[AS4_AT], found[AS4_END] = start, end
            if _has_confederation(buf, start, end):
                counts[ATTRIBUTE_DISCARD] += 1
        else:
            counts[ATTRIBUTE_DISCARD] += 1
    elif kind == _T_AS4_AGGREGATOR:
        found[HAS_AS4_AGGREGATOR] = 1
    return 0


@compiled
def _has_confederation(buf: Bytes, at: int, end: int) -> bool:
    while at < end:
        if buf[at] > 2:
            return True
        at += 2 + u8(buf, at + 1) * 4
    return False


@compiled
def _is_hop_length(size: int) -> bool:
    return size in (4, 16, 32)


@compiled
def _is_table_reach_whole(buf: Bytes, at: int, end: int) -> bool:
    """Check the form of tables, cut down or whole (attr_14_mp_reach_nlri)."""
    is_whole = at < end and buf[at] == 0
    if is_whole:
        at += 3
    if at >= end or not _is_hop_length(u8(buf, at)):
        return False
    left = end - at - 1 - u8(buf, at)
    return left >= 0 if is_whole else left == 0


@compiled
def _is_family_read(buf: Bytes, at: int) -> bool:
    return u8(buf, at) == 0 and 1 <= u8(buf, at + 1) <= 2 and 1 <= u8(buf, at + 2) <= 2


@compiled
def _take_reach(
    buf: Bytes, at: int, end: int, is_add_path: bool, found: Longs, counts: Longs
) -> int:
    if end - at < 5:
        return RESET
    if not _is_family_read(buf, at):
        counts[UNSUPPORTED_FAMILY] += 1
        return 0
    size = u8(buf, at + 3)
    if not _is_hop_length(size) or size + 5 > end - at:
        return RESET
    afi = u8(buf, at + 1)
    if not are_prefixes_whole(buf, at + 5 + size, end, afi, is_add_path):
        return RESET
    found[REACH_AFI], found[REACH_SAFI] = afi, buf[at + 2]
    found[REACH_AT], found[REACH_END] = at + 5 + size, end
    found[HAS_REACH] = 1
    return 0


@compiled
def _take_unreach(
    buf: Bytes, at: int, end: int, is_add_path: bool, found: Longs, counts: Longs
) -> int:
    if end - at < 3:
        return RESET
    if not _is_family_read(buf, at):
        counts[UNSUPPORTED_FAMILY] += 1
        return 0
    afi = u8(buf, at + 1)
    if not are_prefixes_whole(buf, at + 3, end, afi, is_add_path):
        return RESET
    found[UNREACH_AFI], found[UNREACH_SAFI] = afi, buf[at + 2]
    found[UNREACH_AT], found[UNREACH_END] = at + 3, end
    return 0


@inlined
def _settle_path(
    buf: Bytes,
    asn_bytes: int,
    found: Longs,
    counts: Longs,
    asns: Words,
    segments: Bytes,
    n_asns: int,
) -> int:
    """Write the path, AS4_PATH merged in where it counts (RFC 6793 section 4.2.3)."""
    has_as4 = found[AS4_AT] >= 0
    if asn_bytes == 4 and (has_as4 or found[HAS_AS4_AGGREGATOR]):
        if has_as4:
            counts[ATTRIBUTE_DISCARD] += 1
            has_as4 = False
        counts[ATTRIBUTE_DISCARD] += found[HAS_AS4_AGGREGATOR]
    if (
        found[AGGREGATOR_ASN] >= 0
        and found[HAS_AS4_AGGREGATOR]
        and found[AGGREGATOR_ASN] != AS_TRANS
    ):
        has_as4 = False
    if not found[HAS_PATH]:
        return n_asns
    start, end = found[PATH_AT], found[PATH_END]
    if has_as4:
        stop = merge_paths(buf, start, end, found[AS4_AT], found[AS4_END], asns, segments, n_asns)
    else:
        stop = copy_path(buf, start, end, asn_bytes, asns, segments, n_asns, True)
    if has_zero(asns, n_asns, stop):
        found[IS_WITHDRAW] = 1
    return stop
