"""Decode a list of path attributes; broken ones have the consequence that RFC 7606 names."""

from collections.abc import Callable, Iterator
from typing import Any

from whocut.ingest.mrt.attributes.attr_02_as_path import holds_as_zero, take_segments
from whocut.ingest.mrt.attributes.attr_14_mp_reach_nlri import take_mp_reach, take_table_mp_reach
from whocut.ingest.mrt.attributes.attr_15_mp_unreach_nlri import take_mp_unreach
from whocut.ingest.mrt.attributes.attr_17_as4_path import (
    AS_TRANS,
    merge_as4_path,
    without_confederations,
)
from whocut.ingest.mrt.attributes.decoded import (
    Aggregator,
    Attributes,
    PathSegment,
    UnknownAttribute,
)
from whocut.ingest.mrt.attributes.rules import (
    ATTRIBUTE_RULES,
    OPTIONAL,
    TRANSITIVE,
    AttributeRule,
    AttributeType,
    Consequence,
)
from whocut.ingest.mrt.finding import FindingKind, UpdateResetError
from whocut.ingest.mrt.wire import BgpUpdateOrigin

__all__ = ["Notes", "decode_attributes"]

Notes = list[tuple[FindingKind, str]]
"""Findings of one record, in the order met."""

_EXTENDED_LENGTH = 0x10
_TRACKED_TYPES = 64
"""A second attribute of a type below this is told; none above is read."""
_T = AttributeType
_MP = (_T.MP_REACH_NLRI, _T.MP_UNREACH_NLRI)


class _Raw:
    """The attributes of one list before they are weighed against each other."""

    def __init__(self, *, asn_bytes: int, is_table: bool, is_add_path: bool, notes: Notes) -> None:
        self.asn_bytes = asn_bytes
        self.is_table = is_table
        self.is_add_path = is_add_path
        self.notes = notes
        self.values: dict[str, Any] = {}
        self.unknown: list[UnknownAttribute] = []
        self.as4_path: tuple[PathSegment, ...] | None = None
        self.as4_aggregator: Aggregator | None = None
        self.withdraw_reasons: list[str] = []

    def discard(self, reason: str) -> None:
        self.notes.append((FindingKind.ATTRIBUTE_DISCARD, reason))


def decode_attributes(
    data: bytes, *, asn_bytes: int, is_table: bool, is_add_path: bool, notes: Notes
) -> Attributes:
    """Decode the attributes of a message or of a table's entry.

    Raises: UpdateResetError if the routes that it names cannot be told.
    """
    raw = _Raw(asn_bytes=asn_bytes, is_table=is_table, is_add_path=is_add_path, notes=notes)
    seen: set[int] = set()
    for flags, kind, value in _split(data, raw):
        if kind in seen:
            if kind in _MP and not is_table:
                raise UpdateResetError(f"attribute {kind} stands twice (RFC 7606 section 3 g)")
            raw.discard(f"attribute {kind} stands twice")
            continue
        if kind < _TRACKED_TYPES:
            seen.add(kind)
        rule = ATTRIBUTE_RULES.get(kind)  # type: ignore[call-overload]
        if rule is None:
            raw.unknown.append(UnknownAttribute(flags, kind, value))
        # A table's flags are the collector's own writing: BIRD 2 leaves them 0 for a next hop.
        elif _fits(rule, rule.flags if is_table else flags, kind, value, raw):
            _DECODERS[kind](raw, value)
    _settle_as4(raw)
    path = raw.values.get("as_path")
    if path is not None and holds_as_zero(path):
        raw.withdraw_reasons.append("AS 0 is on the path (RFC 7607 section 2)")
    return Attributes(
        **raw.values,
        unknown=tuple(raw.unknown),
        is_treated_as_withdraw=bool(raw.withdraw_reasons),
    )


def _split(data: bytes, raw: _Raw) -> Iterator[tuple[int, int, bytes]]:
    """Cut the list; where one does not fit, the rest is lost (RFC 7606 section 4)."""
    at, end = 0, len(data)
    while at < end:
        head = 4 if data[at] & _EXTENDED_LENGTH else 3
        if end - at < head:
            raw.withdraw_reasons.append("an attribute's head does not fit its list")
            return
        size = int.from_bytes(data[at + 2 : at + head], "big")
        if size > end - at - head:
            raw.withdraw_reasons.append(f"attribute {data[at + 1]} does not fit its list")
            return
        yield data[at], data[at + 1], data[at + head : at + head + size]
        at += head + size


def _fits(rule: AttributeRule, flags: int, kind: int, value: bytes, raw: _Raw) -> bool:
    """Check flags and length; a broken MP attribute is still read for the routes it names."""
    reason = ""
    size = len(value)
    if flags & (OPTIONAL | TRANSITIVE) != rule.flags:
        reason = f"attribute {kind} has flags 0x{flags:02x}"
    elif rule.exact_bytes is not None and size != rule.exact_bytes:
        reason = f"attribute {kind} has {size} bytes, not {rule.exact_bytes}"
    elif rule.multiple_bytes is not None and (size == 0 or size % rule.multiple_bytes):
        reason = f"attribute {kind} has {size} bytes, no multiple of {rule.multiple_bytes}"
    elif kind == _T.AGGREGATOR and size != raw.asn_bytes + 4:
        reason = f"AGGREGATOR has {size} bytes, not {raw.asn_bytes + 4}"
    if not reason:
        return True
    if rule.consequence is Consequence.ATTRIBUTE_DISCARD:
        raw.discard(reason)
    else:
        raw.withdraw_reasons.append(f"{reason} ({rule.source})")
    return kind in _MP


def _origin(raw: _Raw, value: bytes) -> None:
    if value[0] > BgpUpdateOrigin.INCOMPLETE:
        raw.withdraw_reasons.append(f"ORIGIN is {value[0]} (RFC 7606 section 7.1)")
    else:
        raw.values["origin"] = value[0]


def _as_path(raw: _Raw, value: bytes) -> None:
    segments = take_segments(value, raw.asn_bytes)
    if segments is None:
        raw.withdraw_reasons.append("AS_PATH is malformed (RFC 7606 section 7.2)")
    else:
        raw.values["as_path"] = segments


def _as4_path(raw: _Raw, value: bytes) -> None:
    segments = take_segments(value, 4)
    if segments is None:
        raw.discard("AS4_PATH is malformed (RFC 6793 section 6)")
        return
    kept = without_confederations(segments)
    if kept != segments:
        raw.discard("AS4_PATH holds a confederation's segments, left out (RFC 6793 section 6)")
    raw.as4_path = kept


def _as4_aggregator(raw: _Raw, value: bytes) -> None:
    raw.as4_aggregator = Aggregator(int.from_bytes(value[:4], "big"), value[4:])


def _aggregator(raw: _Raw, value: bytes) -> None:
    asn = int.from_bytes(value[: raw.asn_bytes], "big")
    raw.values["aggregator"] = Aggregator(asn, value[raw.asn_bytes :])


def _mp_reach(raw: _Raw, value: bytes) -> None:
    if raw.is_table:
        reach = take_table_mp_reach(value)
        if reach is None:
            raw.withdraw_reasons.append("MP_REACH_NLRI is malformed")
    else:
        reach = take_mp_reach(value, is_add_path=raw.is_add_path)
        if reach is None:
            raw.notes.append((FindingKind.UNSUPPORTED_FAMILY, f"family {value[:3].hex()}"))
    if reach is not None:
        raw.values["mp_reach"] = reach


def _mp_unreach(raw: _Raw, value: bytes) -> None:
    if raw.is_table:
        return
    unreach = take_mp_unreach(value, is_add_path=raw.is_add_path)
    if unreach is None:
        raw.notes.append((FindingKind.UNSUPPORTED_FAMILY, f"family {value[:3].hex()}"))
    else:
        raw.values["mp_unreach"] = unreach


def _set(name: str, read: Callable[[bytes], object]) -> Callable[[_Raw, bytes], None]:
    def decoder(raw: _Raw, value: bytes) -> None:
        raw.values[name] = read(value)

    return decoder


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _cut(size: int) -> Callable[[bytes], tuple[bytes, ...]]:
    return lambda value: tuple(value[at : at + size] for at in range(0, len(value), size))


def _numbers(value: bytes) -> tuple[int, ...]:
    return tuple(_number(value[at : at + 4]) for at in range(0, len(value), 4))


def _large(value: bytes) -> tuple[tuple[int, ...], ...]:
    return tuple(_numbers(part) for part in _cut(12)(value))


def _keep_ipv6_communities(raw: _Raw, value: bytes) -> None:
    raw.unknown.append(UnknownAttribute(OPTIONAL | TRANSITIVE, _T.IPV6_EXTENDED_COMMUNITIES, value))


_DECODERS: dict[int, Callable[[_Raw, bytes], None]] = {
    _T.ORIGIN: _origin,
    _T.AS_PATH: _as_path,
    _T.NEXT_HOP: _set("next_hop", bytes),
    _T.MULTI_EXIT_DISC: _set("multi_exit_disc", _number),
    _T.LOCAL_PREF: _set("local_pref", _number),
    _T.ATOMIC_AGGREGATE: _set("is_atomic_aggregate", lambda _: True),
    _T.AGGREGATOR: _aggregator,
    _T.COMMUNITIES: _set("communities", _numbers),
    _T.ORIGINATOR_ID: _set("originator_id", bytes),
    _T.CLUSTER_LIST: _set("cluster_list", _cut(4)),
    _T.MP_REACH_NLRI: _mp_reach,
    _T.MP_UNREACH_NLRI: _mp_unreach,
    _T.EXTENDED_COMMUNITIES: _set("extended_communities", _cut(8)),
    _T.AS4_PATH: _as4_path,
    _T.AS4_AGGREGATOR: _as4_aggregator,
    _T.IPV6_EXTENDED_COMMUNITIES: _keep_ipv6_communities,
    _T.LARGE_COMMUNITY: _set("large_communities", _large),
}


def _settle_as4(raw: _Raw) -> None:
    """Weigh the AS4 attributes against the old ones (RFC 6793 sections 4.2.3 and 6)."""
    if raw.asn_bytes == 4:
        # A speaker of four-byte numbers discards them from another such speaker.
        for name, value in (("PATH", raw.as4_path), ("AGGREGATOR", raw.as4_aggregator)):
            if value is not None:
                raw.discard(f"AS4_{name} beside four-byte AS numbers")
        return
    aggregator: Aggregator | None = raw.values.get("aggregator")
    if aggregator is not None and raw.as4_aggregator is not None:
        if aggregator.asn != AS_TRANS:
            return
        raw.values["aggregator"] = raw.as4_aggregator
    path = raw.values.get("as_path")
    if path is not None and raw.as4_path is not None:
        raw.values["as_path"] = merge_as4_path(path, raw.as4_path)
