"""Records as the diagnostic reader gives them: field by field, in the words of the RFCs."""

from msgspec import Struct

from whocut.ingest.mrt.attributes.decoded import Attributes
from whocut.ingest.mrt.nlri import Nlri

__all__ = [
    "BgpMessage",
    "Body",
    "Peer",
    "PeerIndexTable",
    "Record",
    "Rib",
    "RibEntry",
    "StateChange",
    "TableDump",
    "TableDumpEntry",
    "Update",
]


class Peer(Struct, frozen=True, gc=False):
    """Whom the collector heard: an address (4 or 16 bytes) and an AS number."""

    asn: int
    address: bytes


class PeerIndexTable(Struct, frozen=True):
    """RFC 6396 section 4.3.1."""

    collector_bgp_id: bytes
    view_name: bytes
    peers: tuple[Peer, ...]
    bgp_ids: tuple[bytes, ...]


class RibEntry(Struct, frozen=True):
    """RFC 6396 section 4.3.4; with a path identifier RFC 8050 section 4.3."""

    peer_index: int
    peer: Peer
    originated_s: int
    path_id: int | None
    attributes: Attributes


class Rib(Struct, frozen=True):
    """RFC 6396 sections 4.3.2 and 4.3.3: all that the collector's peers say of one prefix."""

    sequence: int
    prefix: Nlri
    entries: tuple[RibEntry, ...]


class TableDumpEntry(Struct, frozen=True):
    """One route of a TABLE_DUMP or BGP4MP_ENTRY record (RFC 6396 sections 4.2 and B.2.4)."""

    peer: Peer
    prefix: Nlri
    originated_s: int
    attributes: Attributes


class TableDump(Struct, frozen=True):
    """RFC 6396 section 4.2; MRTd of 2000 put many entries into one record."""

    view: int
    sequence: int | None
    entries: tuple[TableDumpEntry, ...]


class StateChange(Struct, frozen=True, gc=False):
    """RFC 6396 section 4.4.1: the collector's own session with a peer, not the peer's routes."""

    peer: Peer
    old_state: int
    new_state: int


class Update(Struct, frozen=True):
    """The routes of one BGP UPDATE (RFC 4271 section 4.3)."""

    withdrawn: tuple[Nlri, ...]
    announced: tuple[Nlri, ...]
    attributes: Attributes
    is_treated_as_withdraw: bool
    """What it announces counts as withdrawn (RFC 7606 section 2)."""


class BgpMessage(Struct, frozen=True):
    """RFC 6396 section 4.4.2; ``update`` is absent in messages of other types."""

    peer: Peer
    is_local: bool
    """Sent by the collector, not heard by it (RFC 6396 sections 4.4.5 and 4.4.6)."""
    message_type: int
    update: Update | None


Body = PeerIndexTable | Rib | TableDump | StateChange | BgpMessage


class Record(Struct, frozen=True):
    """One MRT record (RFC 6396 sections 2 and 3)."""

    offset: int
    """Of its first byte, in the decompressed stream."""
    time_s: int
    microsecond: int | None
    type: int
    subtype: int
    body: Body
