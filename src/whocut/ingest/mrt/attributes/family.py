"""Families whose routes are read: IPv4 and IPv6, unicast and multicast."""

from whocut.ingest.mrt.wire import Afi, Safi

__all__ = ["supported_family"]

_FAMILIES = {afi.to_bytes(2, "big") + bytes([safi]): (afi, safi) for afi in Afi for safi in Safi}


def supported_family(value: bytes) -> tuple[Afi, Safi] | None:
    """Read the three bytes of a family; ``None`` if its routes are not read."""
    return _FAMILIES.get(value[:3])
