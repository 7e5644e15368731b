"""Every threshold of onset and end, each with the experiment that set it or ``provisional``."""

import hashlib
from pathlib import Path
from typing import Final

__all__ = [
    "COLLECTED_MEASUREMENTS",
    "INTERVAL_MASS",
    "LASTING_SHORTFALLS",
    "ODD_WEEK",
    "REDRAW_HAZARD",
    "SPAN_FLOOR",
    "SPAN_VERSION",
    "STATE_PRIOR",
]

SPAN_FLOOR: Final = 0.95
"""Probability below which no span is reported, and no cause named. The issue's own figure."""

INTERVAL_MASS: Final = 0.9
"""Mass of the intervals of onset and end. The issue's own figure."""

REDRAW_HAZARD: Final = 0.05
"""Chance a measured week that the state is drawn anew from ``STATE_PRIOR``.

With that prior an onset has a chance of 1 in 180 a week, an end of 1 in 23. provisional; with
``ODD_WEEK`` it makes one odd week no change and two certain ones a span
(tests/unit/access/test_spans.py).
"""

ODD_WEEK: Final = 0.0015
"""Chance that a week's cell says something unrelated to the state, however sure it is of it.

It caps what one week can say at 670 to 1. provisional
"""

STATE_PRIOR: Final = (0.89, 0.04, 0.02, 0.04, 0.006, 0.004)
"""How often each state holds: clear, service, edge, path, service and path, edge and path.

provisional; no corpus tells yet.
"""

COLLECTED_MEASUREMENTS: Final = 4
"""So many measurements of thin weeks add up on the question of who; beyond, weeks are averaged.

One way of being cut gives the same hint every week: forty weeks of a timeout that is a little more
like a censor's than like a server's are no proof of a censor. provisional
"""

LASTING_SHORTFALLS: Final = frozenset({"by_whom", "no_contrast", "one_network", "vague_pages"})
"""What more weeks of the same do not settle: where most weeks fall short so, nobody is named.

The two-network rule and that for vague pages are those of the cells (IMC 2018 for the latter).
"""

_RELEASE: Final = "2"
SPAN_VERSION: Final = (
    f"{_RELEASE}+{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
)
"""Release and hash of this page: spans of an earlier one are found anew."""
