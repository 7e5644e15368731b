"""MP_UNREACH_NLRI: routes withdrawn of a family (RFC 4760 section 4)."""

from whocut.ingest.mrt.attributes.decoded import MpUnreach
from whocut.ingest.mrt.attributes.family import supported_family
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import UpdateResetError
from whocut.ingest.mrt.nlri import take_nlri_list

__all__ = ["take_mp_unreach"]


def take_mp_unreach(value: bytes, *, is_add_path: bool) -> MpUnreach | None:
    """Read the attribute; ``None`` if its family is not read.

    Raises: UpdateResetError if it is malformed (RFC 7606 section 7.12).
    """
    if len(value) < 3:
        raise UpdateResetError("MP_UNREACH_NLRI is too short")
    family = supported_family(value)
    if family is None:
        return None
    return MpUnreach(take_nlri_list(Cursor(value, 3), *family, is_add_path=is_add_path))
