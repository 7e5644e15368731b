"""TABLE_DUMP_V2: one prefix a record, an entry for each peer (RFC 6396 section 4.3, RFC 8050)."""

from whocut.ingest.mrt.attributes.decode import Notes, decode_attributes
from whocut.ingest.mrt.attributes.family import supported_family
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import FindingKind
from whocut.ingest.mrt.nlri import take_rib_prefix
from whocut.ingest.mrt.record import Peer, PeerIndexTable, Rib, RibEntry
from whocut.ingest.mrt.wire import Afi, Safi, TableDumpV2

__all__ = ["decode_peer_index_table", "decode_rib"]

_PEER_IS_IPV6 = 0x01
_PEER_HAS_AS4 = 0x02
_SUBTYPE_FAMILY = {
    TableDumpV2.RIB_IPV4_UNICAST: (Afi.IPV4, Safi.UNICAST),
    TableDumpV2.RIB_IPV4_MULTICAST: (Afi.IPV4, Safi.MULTICAST),
    TableDumpV2.RIB_IPV6_UNICAST: (Afi.IPV6, Safi.UNICAST),
    TableDumpV2.RIB_IPV6_MULTICAST: (Afi.IPV6, Safi.MULTICAST),
    TableDumpV2.RIB_IPV4_UNICAST_ADDPATH: (Afi.IPV4, Safi.UNICAST),
    TableDumpV2.RIB_IPV4_MULTICAST_ADDPATH: (Afi.IPV4, Safi.MULTICAST),
    TableDumpV2.RIB_IPV6_UNICAST_ADDPATH: (Afi.IPV6, Safi.UNICAST),
    TableDumpV2.RIB_IPV6_MULTICAST_ADDPATH: (Afi.IPV6, Safi.MULTICAST),
}


def decode_peer_index_table(cursor: Cursor) -> PeerIndexTable:
    """Decode the table that RIB records refer to."""
    collector = cursor.take(4, "collector BGP ID")
    view = cursor.take(cursor.number(2, "view name length"), "view name")
    peers: list[Peer] = []
    bgp_ids: list[bytes] = []
    for _ in range(cursor.number(2, "peer count")):
        kind = cursor.number(1, "peer type")
        bgp_ids.append(cursor.take(4, "peer BGP ID"))
        afi = Afi.IPV6 if kind & _PEER_IS_IPV6 else Afi.IPV4
        address = cursor.address(afi, "peer address")
        asn = cursor.number(4 if kind & _PEER_HAS_AS4 else 2, "peer AS")
        peers.append(Peer(asn, address))
    return PeerIndexTable(collector, view, tuple(peers), tuple(bgp_ids))


def decode_rib(
    cursor: Cursor, subtype: TableDumpV2, table: PeerIndexTable | None, notes: Notes
) -> Rib | None:
    """Decode one RIB record; ``None`` if its family is not read."""
    sequence = cursor.number(4, "sequence number")
    if subtype in (TableDumpV2.RIB_GENERIC, TableDumpV2.RIB_GENERIC_ADDPATH):
        head = cursor.take(3, "address family")
        found = supported_family(head)
        if found is None:
            notes.append((FindingKind.UNSUPPORTED_FAMILY, f"family {head.hex()}"))
            cursor.at = cursor.end
            return None
        afi, safi = found
    else:
        afi, safi = _SUBTYPE_FAMILY[subtype]
    prefix = take_rib_prefix(cursor, afi, safi)
    is_add_path = subtype >= TableDumpV2.RIB_IPV4_UNICAST_ADDPATH
    entries: list[RibEntry] = []
    for _ in range(cursor.number(2, "entry count")):
        entry = _entry(cursor, table, is_add_path=is_add_path, notes=notes)
        if entry is not None:
            entries.append(entry)
    return Rib(sequence, prefix, tuple(entries))


def _entry(
    cursor: Cursor, table: PeerIndexTable | None, *, is_add_path: bool, notes: Notes
) -> RibEntry | None:
    peer_index = cursor.number(2, "peer index")
    originated_s = cursor.number(4, "originated time")
    path_id = cursor.number(4, "path identifier") if is_add_path else None
    data = cursor.take(cursor.number(2, "attribute length"), "attributes")
    if table is None or peer_index >= len(table.peers):
        notes.append((FindingKind.UNKNOWN_PEER, f"no peer has the index {peer_index}"))
        return None
    attributes = decode_attributes(
        data, asn_bytes=4, is_table=True, is_add_path=is_add_path, notes=notes
    )
    if attributes.is_treated_as_withdraw:
        notes.append((FindingKind.TREAT_AS_WITHDRAW, f"the entry of peer {peer_index}"))
        return None
    return RibEntry(peer_index, table.peers[peer_index], originated_s, path_id, attributes)
