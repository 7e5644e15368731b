"""MP_REACH_NLRI, whole in messages and cut down in tables (RFC 4760 section 3, RFC 6396, 4.3.4)."""

from whocut.ingest.mrt.attributes.decoded import MpReach
from whocut.ingest.mrt.attributes.family import supported_family
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import UpdateResetError
from whocut.ingest.mrt.nlri import take_nlri_list

__all__ = ["NEXT_HOP_BYTES", "take_mp_reach", "take_table_mp_reach"]

NEXT_HOP_BYTES = (4, 16, 32)
"""An address of either family (RFC 8950), or two where a link-local one follows (RFC 2545)."""


def take_mp_reach(value: bytes, *, is_add_path: bool) -> MpReach | None:
    """Read the attribute of a message; ``None`` if its family is not read.

    Raises: UpdateResetError if it is malformed (RFC 7606 section 7.11).
    """
    if len(value) < 5:
        raise UpdateResetError("MP_REACH_NLRI is too short")
    family = supported_family(value)
    if family is None:
        return None
    length = value[3]
    if length not in NEXT_HOP_BYTES or length + 5 > len(value):
        raise UpdateResetError(f"MP_REACH_NLRI has a next hop of {length} bytes")
    # One reserved byte, once the number of SNPAs, "MUST be ignored" (RFC 4760 section 3).
    cursor = Cursor(value, 5 + length)
    return MpReach(value[4 : 4 + length], take_nlri_list(cursor, *family, is_add_path=is_add_path))


def take_table_mp_reach(value: bytes) -> MpReach | None:
    """Read the attribute of a table's entry; ``None`` if it is malformed.

    RFC 6396 leaves nothing but the next hop and its length. Some writers put the whole attribute
    all the same; its family begins with a zero byte, which no length of a next hop is.
    """
    if value and value[0] == 0:
        value = value[3:]
        is_whole = True
    else:
        is_whole = False
    if not value or value[0] not in NEXT_HOP_BYTES:
        return None
    length = value[0]
    if len(value) < 1 + length or (not is_whole and len(value) != 1 + length):
        return None
    return MpReach(value[1 : 1 + length], ())
