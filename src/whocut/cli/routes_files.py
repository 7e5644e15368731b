"""What the commands on MRT files share: files that are there, incomplete reads, times in words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from whocut.cli.output import Output
from whocut.model.errors import UsageError
from whocut.routes.observed.mrt_feed import MrtRoutes

__all__ = [
    "INCOMPLETE",
    "OBSERVED",
    "OBSERVED_NOTE",
    "existing",
    "minute",
    "moment",
    "report_faults",
]

INCOMPLETE = 3
OBSERVED_NOTE = (
    "Observed at collectors, not simulated. Policy reachability, not capacity: paths say which way "
    "traffic may go, not how much. Peering that no collector sees is not here."
)
OBSERVED: Final = {"paths": "observed", "caveat": OBSERVED_NOTE}
"""What every row of an answer from routing tables says of itself."""


def existing(files: Iterable[Path], option: str) -> list[Path]:
    """Check that files are there.

    Raises: UsageError naming the first that is not.
    """
    found = list(files)
    for file in found:
        if not file.is_file():
            raise UsageError(f"{option} {file}: no such file")
    return found


def report_faults(output: Output, *parts: MrtRoutes) -> int:
    """Say what could not be read, and give the exit code that follows."""
    faults = [error for part in parts for error in part.faults.values()]
    for error in faults:
        output.say(f"whocut: {error}; what stands before it was read")
    for part in parts:
        for kind, count in sorted(part.findings.items()):
            output.detail(f"whocut: {count:,} times {kind}")
    return INCOMPLETE if faults else 0


def minute(time_s: float | None) -> str:
    """Write a time to the minute, in UTC."""
    if time_s is None:
        return ""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M")


def moment(time_s: float | None) -> datetime | None:
    """Make a time for programs."""
    return None if time_s is None else datetime.fromtimestamp(time_s, UTC)
