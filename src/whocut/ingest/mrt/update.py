"""BGP UPDATE: routes withdrawn, attributes, routes announced (RFC 4271 section 4.3)."""

from whocut.ingest.mrt.attributes.decode import Notes, decode_attributes
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import FindingKind, UpdateResetError
from whocut.ingest.mrt.nlri import take_nlri_list
from whocut.ingest.mrt.record import Update
from whocut.ingest.mrt.wire import Afi, Safi

__all__ = ["decode_update"]


def decode_update(cursor: Cursor, *, asn_bytes: int, is_add_path: bool, notes: Notes) -> Update:
    """Decode what follows the message's header.

    Raises: UpdateResetError if its routes cannot be told (RFC 7606 sections 3 and 5.3).
    """
    withdrawn = _part(cursor, "routes withdrawn")
    gone = take_nlri_list(withdrawn, Afi.IPV4, Safi.UNICAST, is_add_path=is_add_path)
    part = _part(cursor, "path attributes")
    attributes = decode_attributes(
        part.data[part.at : part.end],
        asn_bytes=asn_bytes,
        is_table=False,
        is_add_path=is_add_path,
        notes=notes,
    )
    announced = take_nlri_list(cursor, Afi.IPV4, Safi.UNICAST, is_add_path=is_add_path)
    reach, unreach = attributes.mp_reach, attributes.mp_unreach
    everything = announced + (reach.nlri if reach else ())
    lacks = everything and (
        attributes.origin is None
        or attributes.as_path is None
        or (announced and attributes.next_hop is None)
    )
    is_withdraw = bool(everything) and (attributes.is_treated_as_withdraw or bool(lacks))
    if is_withdraw:
        why = "is malformed" if attributes.is_treated_as_withdraw else "is missing"
        notes.append((FindingKind.TREAT_AS_WITHDRAW, f"an attribute {why}"))
    return Update(
        gone + (unreach.withdrawn if unreach else ()), everything, attributes, is_withdraw
    )


def _part(cursor: Cursor, name: str) -> Cursor:
    """Set aside the bytes that a two-byte length announces."""
    size = int.from_bytes(cursor.data[cursor.at : cursor.at + 2], "big")
    if cursor.left < 2 or size > cursor.left - 2:
        raise UpdateResetError(f"{name} do not fit the UPDATE")
    start = cursor.at + 2
    cursor.at = start + size
    return Cursor(cursor.data, start, cursor.at)
