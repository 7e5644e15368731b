"""What each attribute must look like, and what follows if it does not: one table for both readers.

RFC 7606 section 7 sets the consequences, with RFC 6793 section 6 for the AS4 attributes and RFC
8092 section 5 for large communities. A broken LOCAL_PREF, ORIGINATOR_ID or CLUSTER_LIST is to be
discarded when it comes from an external neighbour and withdraws when from an internal one; a dump
does not say which, and the stricter is taken.
"""

from enum import IntEnum

from msgspec import Struct

__all__ = ["ATTRIBUTE_RULES", "OPTIONAL", "TRANSITIVE", "AttributeRule", "AttributeType"]
__all__ += ["Consequence"]

OPTIONAL = 0x80
TRANSITIVE = 0x40


class AttributeType(IntEnum):
    """Attributes that are read."""

    ORIGIN = 1
    AS_PATH = 2
    NEXT_HOP = 3
    MULTI_EXIT_DISC = 4
    LOCAL_PREF = 5
    ATOMIC_AGGREGATE = 6
    AGGREGATOR = 7
    COMMUNITIES = 8
    ORIGINATOR_ID = 9
    CLUSTER_LIST = 10
    MP_REACH_NLRI = 14
    MP_UNREACH_NLRI = 15
    EXTENDED_COMMUNITIES = 16
    AS4_PATH = 17
    AS4_AGGREGATOR = 18
    IPV6_EXTENDED_COMMUNITIES = 25
    LARGE_COMMUNITY = 32


class Consequence(IntEnum):
    """What a broken attribute does to its routes (RFC 7606 section 2)."""

    ATTRIBUTE_DISCARD = 1
    TREAT_AS_WITHDRAW = 2


class AttributeRule(Struct, frozen=True):
    """How one attribute must be flagged and how long it must be."""

    flags: int
    """Its Optional and Transitive bits."""
    consequence: Consequence = Consequence.TREAT_AS_WITHDRAW
    exact_bytes: int | None = None
    multiple_bytes: int | None = None
    """Its length is a multiple of this, and not zero."""
    source: str = ""


_WELL_KNOWN = TRANSITIVE
_OPTIONAL = OPTIONAL
_OPTIONAL_TRANSITIVE = OPTIONAL | TRANSITIVE
_DISCARD = Consequence.ATTRIBUTE_DISCARD
_A = AttributeType
_R = AttributeRule

ATTRIBUTE_RULES = {
    _A.ORIGIN: _R(_WELL_KNOWN, exact_bytes=1, source="RFC 7606 section 7.1"),
    _A.AS_PATH: _R(_WELL_KNOWN, source="RFC 7606 section 7.2"),
    _A.NEXT_HOP: _R(_WELL_KNOWN, exact_bytes=4, source="RFC 7606 section 7.3"),
    _A.MULTI_EXIT_DISC: _R(_OPTIONAL, exact_bytes=4, source="RFC 7606 section 7.4"),
    _A.LOCAL_PREF: _R(_WELL_KNOWN, exact_bytes=4, source="RFC 7606 section 7.5"),
    _A.ATOMIC_AGGREGATE: _R(_WELL_KNOWN, _DISCARD, exact_bytes=0, source="RFC 7606 section 7.6"),
    # Six bytes where AS numbers take two, eight where they take four: decoders check it.
    _A.AGGREGATOR: _R(_OPTIONAL_TRANSITIVE, _DISCARD, source="RFC 7606 section 7.7"),
    _A.COMMUNITIES: _R(_OPTIONAL_TRANSITIVE, multiple_bytes=4, source="RFC 7606 section 7.8"),
    _A.ORIGINATOR_ID: _R(_OPTIONAL, exact_bytes=4, source="RFC 7606 section 7.9"),
    _A.CLUSTER_LIST: _R(_OPTIONAL, multiple_bytes=4, source="RFC 7606 section 7.10"),
    _A.MP_REACH_NLRI: _R(_OPTIONAL, source="RFC 7606 section 7.11"),
    _A.MP_UNREACH_NLRI: _R(_OPTIONAL, source="RFC 7606 section 7.12"),
    _A.EXTENDED_COMMUNITIES: _R(
        _OPTIONAL_TRANSITIVE, multiple_bytes=8, source="RFC 7606 section 7.14"
    ),
    _A.AS4_PATH: _R(_OPTIONAL_TRANSITIVE, _DISCARD, source="RFC 6793 section 6"),
    _A.AS4_AGGREGATOR: _R(
        _OPTIONAL_TRANSITIVE, _DISCARD, exact_bytes=8, source="RFC 6793 section 6"
    ),
    _A.IPV6_EXTENDED_COMMUNITIES: _R(
        _OPTIONAL_TRANSITIVE, multiple_bytes=20, source="RFC 7606 section 7.15"
    ),
    _A.LARGE_COMMUNITY: _R(_OPTIONAL_TRANSITIVE, multiple_bytes=12, source="RFC 8092 section 5"),
}
