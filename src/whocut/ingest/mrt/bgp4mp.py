"""BGP4MP and BGP4MP_ET: messages and the states of sessions (RFC 6396 section 4.4, RFC 8050)."""

from msgspec import structs

from whocut.ingest.mrt.attributes.decode import Notes, decode_attributes
from whocut.ingest.mrt.attributes.decoded import MpReach
from whocut.ingest.mrt.attributes.family import supported_family
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import FindingKind, MalformedRecordError
from whocut.ingest.mrt.nlri import take_rib_prefix
from whocut.ingest.mrt.record import (
    BgpMessage,
    Body,
    Peer,
    StateChange,
    TableDump,
    TableDumpEntry,
)
from whocut.ingest.mrt.update import decode_update
from whocut.ingest.mrt.wire import Afi, Bgp4mp, BgpMessageType

__all__ = ["decode_bgp4mp"]

_B = Bgp4mp
_AS4 = {
    _B.BGP4MP_MESSAGE_AS4,
    _B.BGP4MP_STATE_CHANGE_AS4,
    _B.BGP4MP_MESSAGE_AS4_LOCAL,
    _B.BGP4MP_MESSAGE_AS4_ADDPATH,
    _B.BGP4MP_MESSAGE_AS4_LOCAL_ADDPATH,
}
_LOCAL = {
    _B.BGP4MP_MESSAGE_LOCAL,
    _B.BGP4MP_MESSAGE_AS4_LOCAL,
    _B.BGP4MP_MESSAGE_LOCAL_ADDPATH,
    _B.BGP4MP_MESSAGE_AS4_LOCAL_ADDPATH,
}
_HEADER_BYTES = 19
"""Of a BGP message: marker, length, type (RFC 4271 section 4.1)."""
_MARKER = b"\xff" * 16
_ZEBRA_STATE_CHANGE_BYTES = 8


def decode_bgp4mp(cursor: Cursor, subtype: Bgp4mp, notes: Notes) -> Body | None:
    """Decode a record's body; ``None`` if it holds nothing that is read.

    Raises: MalformedRecordError, UpdateResetError.
    """
    asn_bytes = 4 if subtype in _AS4 else 2
    is_state = subtype in (_B.BGP4MP_STATE_CHANGE, _B.BGP4MP_STATE_CHANGE_AS4)
    if subtype == _B.BGP4MP_STATE_CHANGE and cursor.left == _ZEBRA_STATE_CHANGE_BYTES:
        return _zebra_state_change(cursor, notes)
    peer_asn = cursor.number(asn_bytes, "peer AS")
    cursor.take(asn_bytes, "local AS")
    cursor.take(2, "interface index")
    family = cursor.take(2, "address family")
    if family not in (b"\0\1", b"\0\2"):
        # Zebra wrote OPEN without index and addresses: the marker stands where they should.
        notes.append((FindingKind.UNSUPPORTED_FAMILY, f"peer of family {family.hex()}"))
        cursor.at = cursor.end
        return None
    afi = Afi(family[1])
    peer = Peer(peer_asn, cursor.address(afi, "peer address"))
    cursor.address(afi, "local address")
    if is_state:
        old = cursor.number(2, "old state")
        return StateChange(peer, old, cursor.number(2, "new state"))
    if subtype == _B.BGP4MP_ENTRY:
        return _entry(cursor, peer, notes)
    return _message(
        cursor,
        peer,
        asn_bytes=asn_bytes,
        is_local=subtype in _LOCAL,
        is_add_path=subtype >= _B.BGP4MP_MESSAGE_ADDPATH,
        notes=notes,
    )


def _zebra_state_change(cursor: Cursor, notes: Notes) -> StateChange:
    """Zebra of 2000 wrote numbers and states alone."""
    notes.append((FindingKind.LEGACY_FORM, "a state change without addresses"))
    asn = cursor.number(2, "peer AS")
    cursor.take(2, "local AS")
    old = cursor.number(2, "old state")
    return StateChange(Peer(asn, bytes(4)), old, cursor.number(2, "new state"))


def _message(
    cursor: Cursor, peer: Peer, *, asn_bytes: int, is_local: bool, is_add_path: bool, notes: Notes
) -> BgpMessage | None:
    marker = cursor.take(16, "marker")
    size = cursor.number(2, "message length")
    kind = cursor.number(1, "message type")
    if marker != _MARKER:
        raise MalformedRecordError("the BGP message has no marker")
    if size < _HEADER_BYTES or size - _HEADER_BYTES > cursor.left:
        raise MalformedRecordError(f"a BGP message of {size} bytes does not fit its record")
    start = cursor.at
    cursor.at += size - _HEADER_BYTES
    if kind != BgpMessageType.UPDATE:
        if kind not in set(BgpMessageType):
            notes.append((FindingKind.UNKNOWN_SUBTYPE, f"BGP message type {kind}"))
            return None
        return BgpMessage(peer, is_local, kind, None)
    update = decode_update(
        Cursor(cursor.data, start, cursor.at),
        asn_bytes=asn_bytes,
        is_add_path=is_add_path,
        notes=notes,
    )
    return BgpMessage(peer, is_local, kind, update)


def _entry(cursor: Cursor, peer: Peer, notes: Notes) -> TableDump | None:
    """A route of a table in a form that RFC 6396 deprecates (section B.2.4)."""
    view = cursor.number(2, "view number")
    cursor.take(2, "status")
    originated_s = cursor.number(4, "time of last change")
    head = cursor.take(3, "address family")
    found = supported_family(head)
    if found is None:
        notes.append((FindingKind.UNSUPPORTED_FAMILY, f"family {head.hex()}"))
        cursor.at = cursor.end
        return None
    next_hop = cursor.take(cursor.number(1, "next hop length"), "next hop")
    prefix = take_rib_prefix(cursor, *found)
    data = cursor.take(cursor.number(2, "attribute length"), "attributes")
    attributes = decode_attributes(data, asn_bytes=2, is_table=True, is_add_path=False, notes=notes)
    if attributes.is_treated_as_withdraw:
        notes.append((FindingKind.TREAT_AS_WITHDRAW, "an entry"))
        return TableDump(view, None, ())
    if attributes.mp_reach is None:
        attributes = structs.replace(attributes, mp_reach=MpReach(next_hop, ()))
    return TableDump(view, None, (TableDumpEntry(peer, prefix, originated_s, attributes),))
