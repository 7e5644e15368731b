"""Prefixes as BGP writes them: a length in bits, then as many bytes as that needs."""

from msgspec import Struct

from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import MalformedRecordError, UpdateResetError
from whocut.ingest.mrt.wire import Afi, Safi

__all__ = ["Nlri", "address_bytes", "full_address", "take_nlri_list", "take_rib_prefix"]


class Nlri(Struct, frozen=True, gc=False):
    """A prefix, with the path identifier that RFC 7911 puts before it."""

    afi: Afi
    safi: Safi
    length: int
    address: bytes
    """Whole (4 or 16 bytes), bits beyond the length cleared."""
    path_id: int | None = None


def address_bytes(afi: Afi) -> int:
    """Say how long an address of the family is."""
    return 4 if afi is Afi.IPV4 else 16


def full_address(afi: Afi, length: int, packed: bytes) -> bytes:
    """Fill a prefix up to a whole address and clear the bits that do not count (RFC 4271, 4.3)."""
    size = address_bytes(afi)
    padded = packed.ljust(size, b"\0")[:size]
    if packed and any(padded[length // 8 :]):
        spare = size * 8 - length
        return (int.from_bytes(padded, "big") >> spare << spare).to_bytes(size, "big")
    return padded


def take_nlri_list(cursor: Cursor, afi: Afi, safi: Safi, *, is_add_path: bool) -> tuple[Nlri, ...]:
    """Take prefixes to the cursor's end.

    Raises: UpdateResetError if one is too long or does not fit (RFC 7606 section 5.3).
    """
    found: list[Nlri] = []
    data, at, end = cursor.data, cursor.at, cursor.end
    most = address_bytes(afi) * 8
    while at < end:
        path_id = None
        if is_add_path:
            if end - at < 5:
                raise UpdateResetError("a path identifier does not fit its list of prefixes")
            path_id = int.from_bytes(data[at : at + 4], "big")
            at += 4
        length = data[at]
        size = (length + 7) // 8
        if length > most or size > end - at - 1:
            raise UpdateResetError(f"a prefix of {length} bits does not fit its list of prefixes")
        packed = data[at + 1 : at + 1 + size]
        found.append(Nlri(afi, safi, length, full_address(afi, length, packed), path_id))
        at += 1 + size
    cursor.at = at
    return tuple(found)


def take_rib_prefix(cursor: Cursor, afi: Afi, safi: Safi) -> Nlri:
    """Take the one prefix of a table's record."""
    length = cursor.number(1, "prefix length")
    if length > address_bytes(afi) * 8:
        raise MalformedRecordError(
            f"a prefix of {length} bits is longer than its family's addresses"
        )
    packed = cursor.take((length + 7) // 8, "prefix")
    return Nlri(afi, safi, length, full_address(afi, length, packed))
