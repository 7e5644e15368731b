"""Numbers of the wire: record types of RFC 6396 and RFC 8050, families, BGP messages."""

from enum import IntEnum

__all__ = ["Afi", "Bgp4mp", "BgpMessageType", "BgpUpdateOrigin", "MrtType", "MrtdBgp", "Safi"]
__all__ += ["SegmentType", "TableDumpV2"]


class MrtType(IntEnum):
    """Record types that are read (RFC 6396 section 4; MRTd's BGP in appendix B.2)."""

    BGP = 5
    TABLE_DUMP = 12
    TABLE_DUMP_V2 = 13
    BGP4MP = 16
    BGP4MP_ET = 17


class MrtdBgp(IntEnum):
    """Subtypes of the deprecated BGP type (RFC 6396 appendix B.2)."""

    BGP_NULL = 0
    BGP_UPDATE = 1
    BGP_PREF_UPDATE = 2
    BGP_STATE_CHANGE = 3
    BGP_SYNC = 4
    BGP_OPEN = 5
    BGP_NOTIFY = 6
    BGP_KEEPALIVE = 7


class TableDumpV2(IntEnum):
    """Subtypes of TABLE_DUMP_V2 (RFC 6396 section 4.3, RFC 6397, RFC 8050 section 4.2)."""

    PEER_INDEX_TABLE = 1
    RIB_IPV4_UNICAST = 2
    RIB_IPV4_MULTICAST = 3
    RIB_IPV6_UNICAST = 4
    RIB_IPV6_MULTICAST = 5
    RIB_GENERIC = 6
    GEO_PEER_TABLE = 7
    RIB_IPV4_UNICAST_ADDPATH = 8
    RIB_IPV4_MULTICAST_ADDPATH = 9
    RIB_IPV6_UNICAST_ADDPATH = 10
    RIB_IPV6_MULTICAST_ADDPATH = 11
    RIB_GENERIC_ADDPATH = 12


class Bgp4mp(IntEnum):
    """Subtypes of BGP4MP and BGP4MP_ET (RFC 6396 sections 4.4 and B.2.4, RFC 8050 section 4.1)."""

    BGP4MP_STATE_CHANGE = 0
    BGP4MP_MESSAGE = 1
    BGP4MP_ENTRY = 2
    BGP4MP_SNAPSHOT = 3
    BGP4MP_MESSAGE_AS4 = 4
    BGP4MP_STATE_CHANGE_AS4 = 5
    BGP4MP_MESSAGE_LOCAL = 6
    BGP4MP_MESSAGE_AS4_LOCAL = 7
    BGP4MP_MESSAGE_ADDPATH = 8
    BGP4MP_MESSAGE_AS4_ADDPATH = 9
    BGP4MP_MESSAGE_LOCAL_ADDPATH = 10
    BGP4MP_MESSAGE_AS4_LOCAL_ADDPATH = 11


class BgpMessageType(IntEnum):
    """Types of BGP messages (RFC 4271 section 4.1, RFC 2918)."""

    OPEN = 1
    UPDATE = 2
    NOTIFICATION = 3
    KEEPALIVE = 4
    ROUTE_REFRESH = 5
    ROUTE_REFRESH_CISCO = 128
    """Used before RFC 2918 gave the number 5."""


class Afi(IntEnum):
    """Address families that are read."""

    IPV4 = 1
    IPV6 = 2


class Safi(IntEnum):
    """Subsequent address families that are read."""

    UNICAST = 1
    MULTICAST = 2


class SegmentType(IntEnum):
    """Types of path segments (RFC 4271 section 4.3, RFC 5065 section 3)."""

    AS_SET = 1
    AS_SEQUENCE = 2
    AS_CONFED_SEQUENCE = 3
    AS_CONFED_SET = 4


class BgpUpdateOrigin(IntEnum):
    """Values of ORIGIN (RFC 4271 section 5.1.1)."""

    IGP = 0
    EGP = 1
    INCOMPLETE = 2
