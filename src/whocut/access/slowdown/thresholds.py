"""Every threshold of slowdowns, each with the experiment that set it or ``provisional``.

"Simulated" is ``tests/unit/access/test_slowdown_simulated.py``, "lab" is
``tests/lab/test_slowdown_series.py``.
"""

import hashlib
from pathlib import Path
from typing import Final

__all__ = [
    "ASSUMED_FLOOR_VARIANCE",
    "ASSUMED_PAIR_VARIANCE",
    "ASSUMED_SINGLE_VARIANCE",
    "ASSUMED_WEIGHT",
    "BASELINE_WEEKS",
    "CAP_SPREAD",
    "FLIGHT_BYTES",
    "HANDSHAKE_BYTES",
    "LEAST_BASELINE_WEEKS",
    "LEAST_CAPPED",
    "LEAST_COUNTRIES",
    "LEAST_COUNTRIES_UNTIED",
    "LEAST_MEASUREMENTS",
    "LEAST_NETWORKS",
    "LEAST_OTHER_TARGETS",
    "LEAST_PAGE_SHARE",
    "LEAST_PROBABILITY",
    "LEAST_RATE_BYTES",
    "LEAST_ROUND_TRIPS",
    "LEAST_STALLS",
    "LEAST_STALL_SHARE",
    "LONGEST_BODY_BYTES",
    "MODEL_VERSION",
    "MOST_A_DAY",
    "SLOW_RATIO",
    "SLOW_UNTIED_RATIO",
    "STALL_SILENCE_S",
    "STALL_SILENCE_SHARE",
    "STALL_SPREAD",
    "STALL_SURPLUS",
    "THROTTLE_RATIO",
]

FLIGHT_BYTES: Final = 14_600
"""An answer up to this long may come in one flight: its whole time is its time to first byte.

Initial window of ten segments, RFC 6928.
"""

HANDSHAKE_BYTES: Final = 5_000
"""Taken for what TLS brought where an engine kept no total from before the request.

4.4 to 6.0 kB in the twelve handshakes of the recorded v0.5 measurements. provisional
"""

LEAST_RATE_BYTES: Final = 16_384
"""Shorter pages come in a round trip or two: their rate is the distance. provisional"""

LEAST_PAGE_SHARE: Final = 0.7
"""A whole answer shorter than this share of the control's is another page, with another time.

The share from which OONI's spec ts-017 takes two bodies for one page.
"""

LONGEST_BODY_BYTES: Final = 1 << 19
"""Where engines of v0.5 stop reading a body."""

STALL_SILENCE_SHARE: Final = 0.8
"""Of the time from request to the end, for which nothing must have come in a stall.

Lab, waits of 2.5 s: freezes 0.99 and more; policed and shaped transfers, whose lost segments come
again after 0.2 to 0.8 s, at most 0.73. provisional
"""

STALL_SILENCE_S: Final = 1.0
"""And at least so long. provisional"""

LEAST_MEASUREMENTS: Final = 10
"""Timed answers a (country, target, week) needs. Simulated: false alarms at this floor."""

LEAST_NETWORKS: Final = 2
"""Networks that must agree, so that no single line speaks for a country. Simulated."""

LEAST_OTHER_TARGETS: Final = 3
"""Other targets timed on a network that week: what its own line is told by. Simulated."""

LEAST_COUNTRIES: Final = 1
"""Other countries where the target has a past of its own to be held against. Lab."""

LEAST_COUNTRIES_UNTIED: Final = 3
"""Other countries where it has none, and then only a cap is called throttling. Simulated: without
that rule all but 2 of 27 false alarms were far targets without a past."""

MOST_A_DAY: Final = 3
"""Timed answers that one day counts for: one probe in one evening says one thing. provisional"""

ASSUMED_SINGLE_VARIANCE: Final = 0.5
"""Variance of one log rate about its network's level, before any data: lines of a network differ
by a factor of two. provisional"""

ASSUMED_FLOOR_VARIANCE: Final = 0.05
"""What is left of it however many measurements a week holds. provisional"""

ASSUMED_PAIR_VARIANCE: Final = 0.5
"""Variance of the level of (network, target) pairs: distance, peering, caches. provisional"""

ASSUMED_WEIGHT: Final = 20.0
"""Pairs that these assumptions weigh as against the data's own. provisional"""

BASELINE_WEEKS: Final = 13
"""Earlier weeks without a slowdown that make up the past. provisional"""

LEAST_BASELINE_WEEKS: Final = 3
"""Fewer are no past. provisional"""

THROTTLE_RATIO: Final = 0.5
"""Held below this share of what line, service and past explain. provisional"""

SLOW_RATIO: Final = 0.5
"""A service or network below this share of its own past is slow. provisional"""

SLOW_UNTIED_RATIO: Final = 0.05
"""A service or network without a past is slow below this share of the middle one: pages and
lines differ by a factor of ten for good reasons. Lab (slow-but-fine: 0.01). provisional"""

LEAST_PROBABILITY: Final = 0.95
"""Probability from which a slowdown is stated: the project's rule for accusations."""

CAP_SPREAD: Final = 0.2
"""Spread of log rates, within and between networks, up to which they are one cap. Congested lines
of the simulated worlds spread by 0.5 and more. provisional"""

LEAST_ROUND_TRIPS: Final = 20.0
"""Round trips that a transfer must take before its rate can be a cap.

512 kB come in six over a line that is not full (RFC 6928, doubling): what is merely far has a
steady rate, too. provisional
"""

LEAST_CAPPED: Final = 3
"""Rates of a network whose agreement says anything. provisional"""

LEAST_STALLS: Final = 5
"""Stalled answers below which no share is told. provisional"""

LEAST_STALL_SHARE: Final = 0.3
"""Share of long answers that must have stalled, at the lower end of its 90 % interval. provisional
"""

STALL_SURPLUS: Final = 3.0
"""Times as many as elsewhere, and as at other targets of the same networks. provisional"""

STALL_SPREAD: Final = 0.2
"""Spread of the logarithm of the byte counts up to which they are one count. Field reports put the
freeze at 16 to 20 kB, which is 0.11 about its middle; dying lines spread by 1. provisional"""

_RELEASE: Final = "2026.11"
MODEL_VERSION: Final = (
    f"{_RELEASE}+{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
)
"""Release and hash of this page."""
