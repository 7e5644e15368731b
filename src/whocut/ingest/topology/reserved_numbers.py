"""AS numbers that name no network of the public Internet: links with them are left out.

A number of these in a path is a leak, a placeholder or a typing error. Whoever stands behind it
cannot be told, and two networks that leak the same number would be joined into one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAST_ASN", "RESERVED_RANGES", "ReservedRange", "reserved_kind"]

LAST_ASN = 2**32 - 1


class ReservedRange(NamedTuple):
    """AS numbers from first to last, set aside."""

    kind: str
    first: int
    last: int
    source: str


RESERVED_RANGES = (
    ReservedRange("zero", 0, 0, "RFC 7607"),
    ReservedRange("AS_TRANS", 23456, 23456, "RFC 6793 section 9"),
    ReservedRange("documentation", 64496, 64511, "RFC 5398"),
    ReservedRange("private", 64512, 65534, "RFC 6996"),
    ReservedRange("last", 65535, 65535, "RFC 7300"),
    ReservedRange("documentation", 65536, 65551, "RFC 5398"),
    ReservedRange("private", 4_200_000_000, 4_294_967_294, "RFC 6996"),
    ReservedRange("last", LAST_ASN, LAST_ASN, "RFC 7300"),
)


def reserved_kind(asns: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Number each AS by its place in ``RESERVED_RANGES``, from 1; 0 is a public number."""
    kinds = np.zeros(len(asns), np.uint8)
    for number, reserved in enumerate(RESERVED_RANGES, 1):
        # One comparison finds most files free of a range.
        within = (asns >= reserved.first) & (asns <= reserved.last)
        kinds[within] = number
    return kinds
