"""Every threshold of the access rules, each with the experiment that set it or ``provisional``."""

from typing import Final

__all__ = [
    "BODY_PROPORTION_ALIKE",
    "CLOCK_AHEAD_TOLERANCE_S",
    "COMMON_HEADERS",
    "STALL_RANGE_BYTES",
    "TITLE_SCAN_BYTES",
]

BODY_PROPORTION_ALIKE: Final = 0.7
"""Shorter body over longer body from which two answers count as one page.

OONI Web Connectivity uses the same figure (spec ts-017, body_proportion); kept so that our
``like_control`` and theirs differ only where titles and statuses do.
"""

STALL_RANGE_BYTES: Final = (12_000, 24_576)
"""Received bytes between which a stall counts as a freeze at a byte count.

Field reports put the freeze at 16 to 20 kB (net4people/bbs 490, 662); the margins allow for
handshake bytes. provisional
"""

CLOCK_AHEAD_TOLERANCE_S: Final = 3600
"""How far a measurement may start after its receipt. provisional"""

TITLE_SCAN_BYTES: Final = 65_536
"""How much of a body is searched for its title. provisional"""

COMMON_HEADERS: Final = frozenset(
    {
        "date", "content-type", "server", "cache-control", "vary", "set-cookie", "location",
        "expires", "x-powered-by", "content-encoding", "last-modified", "accept-ranges", "pragma",
        "x-frame-options", "etag", "x-content-type-options", "age", "via", "p3p",
        "x-xss-protection", "content-language", "cf-ray", "strict-transport-security", "link",
        "connection", "content-length", "transfer-encoding", "keep-alive", "alt-svc",
    }
)  # fmt: skip
"""Header names so common that sharing them says nothing (after OONI spec ts-017)."""
