"""BGP: messages and states as MRTd wrote them until about 2000 (RFC 6396 appendix B.2)."""

from whocut.ingest.mrt.attributes.decode import Notes
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.record import BgpMessage, Body, Peer, StateChange
from whocut.ingest.mrt.update import decode_update
from whocut.ingest.mrt.wire import BgpMessageType, MrtdBgp

__all__ = ["decode_mrtd_bgp"]


def decode_mrtd_bgp(cursor: Cursor, subtype: MrtdBgp, notes: Notes) -> Body | None:
    """Decode an UPDATE or a change of state; messages of other kinds hold no routes.

    Raises: MalformedRecordError, UpdateResetError.
    """
    peer_asn = cursor.number(2, "peer AS")
    peer = Peer(peer_asn, cursor.take(4, "peer address"))
    if subtype is MrtdBgp.BGP_STATE_CHANGE:
        old = cursor.number(2, "old state")
        return StateChange(peer, old, cursor.number(2, "new state"))
    cursor.take(2, "local AS")
    cursor.take(4, "local address")
    # The BGP header is left out (RFC 6396 section B.2.2).
    update = decode_update(cursor, asn_bytes=2, is_add_path=False, notes=notes)
    return BgpMessage(peer, False, BgpMessageType.UPDATE, update)
