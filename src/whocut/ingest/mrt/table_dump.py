"""TABLE_DUMP: one route a record, and many in one as MRTd wrote them (RFC 6396 section 4.2)."""

from whocut.ingest.mrt.attributes.decode import Notes, decode_attributes
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import FindingKind, MalformedRecordError
from whocut.ingest.mrt.nlri import Nlri, full_address
from whocut.ingest.mrt.record import Peer, TableDump, TableDumpEntry
from whocut.ingest.mrt.wire import Afi, Safi

__all__ = ["TABLE_DUMP_FORMS", "UNCOUNTED_BYTES", "decode_table_dump", "table_dump_bytes"]

TABLE_DUMP_FORMS = {1: (Afi.IPV4, 2), 2: (Afi.IPV6, 2), 3: (Afi.IPV4, 4), 4: (Afi.IPV6, 4)}
"""By subtype. RFC 6396 has the first two; the others, of four-byte AS numbers, bgpdump knows."""

UNCOUNTED_BYTES = 4
"""MRTd left view and sequence number out of the length of a record with many entries."""

_HEAD_BYTES = 4
_STATUS = 1
"""Each entry has it (RFC 6396 section 4.2), so that what follows an entry can be told from one."""


def table_dump_bytes(body: bytes, length: int, subtype: int) -> tuple[int, int]:
    """Say how long a record truly is, and how many entries it holds.

    ``body`` may go on past ``length``. By RFC 6396 a record holds one entry, which ends with it. If
    it does not, entries are followed from one to the next: they must end at the length, or at four
    bytes past it. Otherwise the length stands, and only the first entry counts.
    """
    afi, asn_bytes = TABLE_DUMP_FORMS[subtype]
    fixed = 2 * (4 if afi is Afi.IPV4 else 16) + 1 + 1 + 4 + asn_bytes
    status_at = (4 if afi is Afi.IPV4 else 16) + 1
    at, count = _HEAD_BYTES, 0
    while at < length and at + fixed + 2 <= len(body) and body[at + status_at] == _STATUS:
        size = fixed + 2 + int.from_bytes(body[at + fixed : at + fixed + 2], "big")
        if at + size > min(len(body), length + UNCOUNTED_BYTES):
            break
        at += size
        count += 1
        if at in (length, length + UNCOUNTED_BYTES):
            return at, count
    return length, 1


def decode_table_dump(cursor: Cursor, subtype: int, count: int, notes: Notes) -> TableDump:
    """Decode ``count`` entries."""
    afi, asn_bytes = TABLE_DUMP_FORMS[subtype]
    view = cursor.number(2, "view number")
    sequence = cursor.number(2, "sequence number")
    entries: list[TableDumpEntry] = []
    for _ in range(count):
        address = cursor.address(afi, "prefix")
        length = cursor.number(1, "prefix length")
        cursor.take(1, "status")
        originated_s = cursor.number(4, "originated time")
        peer_address = cursor.address(afi, "peer address")
        peer = Peer(cursor.number(asn_bytes, "peer AS"), peer_address)
        data = cursor.take(cursor.number(2, "attribute length"), "attributes")
        if length > len(address) * 8:
            raise MalformedRecordError(f"a prefix of {length} bits is longer than an address")
        attributes = decode_attributes(
            data, asn_bytes=asn_bytes, is_table=True, is_add_path=False, notes=notes
        )
        if attributes.is_treated_as_withdraw:
            notes.append((FindingKind.TREAT_AS_WITHDRAW, "an entry"))
            continue
        prefix = Nlri(afi, Safi.UNICAST, length, full_address(afi, length, address))
        entries.append(TableDumpEntry(peer, prefix, originated_s, attributes))
    return TableDump(view, sequence, tuple(entries))
