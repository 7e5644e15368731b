"""Bounds on what one source may ask of the reader, so that no input can exhaust the machine."""

from msgspec import Struct

__all__ = ["ReadLimits"]

_MIB = 1024 * 1024


class ReadLimits(Struct, frozen=True, gc=False):
    """Bounds of one reading; every number is provisional until the corpus says otherwise.

    The largest measurement of the research corpus holds 0.7 MB and OONI cuts bodies at 0.5 MiB,
    so these leave room for fifty times as much.
    """

    max_record_bytes: int = 32 * _MIB
    """A longer record is passed over, not held."""
    max_body_bytes: int = 16 * _MIB
    """Of one response body, decoded."""
    max_record_values: int = 1_000_000
    """Commas in one record; small values cost a hundred times their text once decoded."""
    max_layers: int = 4
    """Compression and archive layers around the records (.tar.gz is two)."""
    max_ratio: int = 100
    """Bytes out per byte in, judged once ``bomb_floor_bytes`` brought no record."""
    bomb_floor_bytes: int = 64 * _MIB
    max_member_name_bytes: int = 64 * 1024
    """Of a tar member's path and of its extended header."""
    raw_head_bytes: int = 512
    """How much of a refused record goes to quarantine."""
    max_repairs: int = 32
    """Odd optional fields left out of one record before it is refused after all."""
