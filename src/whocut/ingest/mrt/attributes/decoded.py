"""Path attributes as values: absent is ``None`` or empty, and never a default."""

from msgspec import Struct

from whocut.ingest.mrt.nlri import Nlri
from whocut.ingest.mrt.wire import SegmentType

__all__ = ["Aggregator", "Attributes", "MpReach", "MpUnreach", "PathSegment", "UnknownAttribute"]


class PathSegment(Struct, frozen=True, gc=False):
    """One segment of an AS path (RFC 4271 section 4.3)."""

    type: SegmentType
    asns: tuple[int, ...]


class Aggregator(Struct, frozen=True, gc=False):
    """AGGREGATOR, after AS4_AGGREGATOR where that counts (RFC 6793 section 4.2.3)."""

    asn: int
    address: bytes


class MpReach(Struct, frozen=True):
    """MP_REACH_NLRI; without routes in tables, which name them elsewhere (RFC 6396, 4.3.4)."""

    next_hop: bytes
    nlri: tuple[Nlri, ...]


class MpUnreach(Struct, frozen=True):
    """MP_UNREACH_NLRI (RFC 4760 section 4)."""

    withdrawn: tuple[Nlri, ...]


class UnknownAttribute(Struct, frozen=True, gc=False):
    """An attribute that is kept as it came."""

    flags: int
    type: int
    value: bytes


class Attributes(Struct, frozen=True):
    """The attributes that routes of one message or table entry share."""

    origin: int | None = None
    as_path: tuple[PathSegment, ...] | None = None
    """AS4_PATH merged in (RFC 6793 section 4.2.3)."""
    next_hop: bytes | None = None
    multi_exit_disc: int | None = None
    local_pref: int | None = None
    is_atomic_aggregate: bool = False
    aggregator: Aggregator | None = None
    communities: tuple[int, ...] | None = None
    originator_id: bytes | None = None
    cluster_list: tuple[bytes, ...] = ()
    extended_communities: tuple[bytes, ...] = ()
    large_communities: tuple[tuple[int, int, int], ...] = ()
    mp_reach: MpReach | None = None
    mp_unreach: MpUnreach | None = None
    unknown: tuple[UnknownAttribute, ...] = ()
    is_treated_as_withdraw: bool = False
