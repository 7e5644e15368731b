"""What a reader found besides whole routes: skipped, malformed, discarded; each kind is counted."""

from enum import StrEnum

from msgspec import Struct

__all__ = ["FINDING_KINDS", "Finding", "FindingKind", "MalformedRecordError", "UpdateResetError"]


class FindingKind(StrEnum):
    """Kinds of findings. Names are public; the order is the kernels' own numbering."""

    UNKNOWN_TYPE = "unknown_type"
    """A record of a type that is not read; skipped by its length (RFC 6396 section 2)."""
    UNKNOWN_SUBTYPE = "unknown_subtype"
    """A subtype, or a BGP message type, that is not read."""
    UNSUPPORTED_FAMILY = "unsupported_family"
    """Routes that are not IPv4 or IPv6 unicast or multicast, such as VPN routes."""
    MALFORMED_RECORD = "malformed_record"
    """A record whose fields do not fit its length; none of its routes is given."""
    SESSION_RESET = "session_reset"
    """An UPDATE whose routes cannot be told (RFC 7606 sections 3 and 5.3); none is given."""
    TREAT_AS_WITHDRAW = "treat_as_withdraw"
    """An attribute so broken that the routes count as withdrawn (RFC 7606 section 2)."""
    ATTRIBUTE_DISCARD = "attribute_discard"
    """An attribute left out, its routes kept (RFC 7606 section 2)."""
    UNKNOWN_PEER = "unknown_peer"
    """A table entry of a peer that no PEER_INDEX_TABLE before it names; the entry is left out."""
    TRAILING_BYTES = "trailing_bytes"
    """Bytes after the last field of a record, passed over."""
    LEGACY_FORM = "legacy_form"
    """A form of an old writer that RFC 6396 does not know, read by a stated rule."""


FINDING_KINDS = tuple(FindingKind)


class Finding(Struct, frozen=True, gc=False):
    """One thing that a reader passed over or mended."""

    offset: int
    """Of the record's first byte, in the decompressed stream."""
    kind: FindingKind
    detail: str


class MalformedRecordError(Exception):
    """The fields of a record do not fit its length; never leaves this package."""


class UpdateResetError(Exception):
    """An UPDATE whose routes cannot be told; never leaves this package."""
