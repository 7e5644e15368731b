"""Bounds on what one file may ask of the readers, so that no length field can exhaust memory."""

from msgspec import Struct

__all__ = ["ReadLimits"]

_MIB = 1024 * 1024


class ReadLimits(Struct, frozen=True, gc=False):
    """Bounds of one reading.

    The largest record of the research data holds 8 kB; a RIB record of 1,000 peers with 4 kB of
    attributes each would hold 4 MB.
    """

    max_record_bytes: int = 16 * _MIB
    """A longer record of a type that is read ends the reading; others are skipped, not held."""
    max_peers: int = 1 << 20
    """Distinct peers of one file; the largest collectors have some 1,500."""
    chunk_bytes: int = _MIB // 4
    """Decompressed bytes handed on at once; larger chunks leave the processor's cache."""
    batch_rows: int = 1 << 15
    """Routes of one batch at most, unless one record holds more. Four times as many took a quarter
    longer: their arrays are new pages each time."""
