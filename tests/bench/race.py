"""Run whole processes on chosen cores and say how long they took and what memory they held."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Lap", "Result", "run_lap"]

_SAMPLE_EVERY_S = 0.02


@dataclass(frozen=True)
class Lap:
    """One run of one process and its children."""

    wall_s: float
    cpu_s: float
    """User and system time of the process and the children it waited for."""
    peak_rss_bytes: int
    """Most memory held at once by the process and all that descend from it, sampled; shared
    pages of forked children count once for each."""
    others_cpu_s: float
    """What everything else on this machine used meanwhile: beyond a few per cent of the wall time,
    a wall-clock figure is not worth recording."""
    stdout: str
    exit_code: int
    stderr: str


@dataclass(frozen=True)
class Result:
    """Several laps of one contestant."""

    name: str
    measurements: int
    laps: tuple[Lap, ...]

    @property
    def wall_s(self) -> float:
        return statistics.median(lap.wall_s for lap in self.laps)

    @property
    def cpu_s(self) -> float:
        return statistics.median(lap.cpu_s for lap in self.laps)

    @property
    def others_share(self) -> float:
        """Median share of one core that everything else used meanwhile."""
        return statistics.median(lap.others_cpu_s / lap.wall_s for lap in self.laps)

    @property
    def rate(self) -> float:
        return self.measurements / self.wall_s

    @property
    def cpu_rate(self) -> float:
        return self.measurements / self.cpu_s

    @property
    def peak_rss_bytes(self) -> int:
        return max(lap.peak_rss_bytes for lap in self.laps)


def run_lap(
    command: Sequence[str],
    *,
    cores: Sequence[int],
    env: Mapping[str, str] | None = None,
    expect: Sequence[int] = (0,),
) -> Lap:
    """Run one command to its end, held to ``cores``.

    Raises: RuntimeError with the command's own words if its exit code is none of ``expect``.
    """
    pinned = ["taskset", "-c", ",".join(map(str, cores)), *command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        busy_before = _busy_s()
        begun = time.perf_counter()
        process = subprocess.Popen(
            pinned,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=dict(os.environ, **(env or {})),
        )
        watch = _MemoryWatch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        others_cpu_s = _busy_s() - busy_before - usage.ru_utime - usage.ru_stime
        watch.stop()
        out.seek(0)
        err.seek(0)
        lap = Lap(
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_rss_bytes=watch.peak_bytes,
            others_cpu_s=max(0.0, others_cpu_s),
            stdout=out.read().decode(errors="replace"),
            exit_code=process.returncode,
            stderr=err.read().decode(errors="replace"),
        )
    if lap.exit_code not in expect:
        raise RuntimeError(f"{' '.join(command)[:300]}: exit {lap.exit_code}\n{lap.stderr[-2000:]}")
    return lap


def _busy_s() -> float:
    """Sum the time that all cores of this machine were busy, of the kernel's own account."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class _MemoryWatch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while not self._done.wait(_SAMPLE_EVERY_S):
            self.peak_bytes = max(self.peak_bytes, _tree_pss(self._pid), _high_water(self._pid))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _high_water(pid: int) -> int:
    """Give the most that a process itself ever held.

    Of the kernel's account when it ends, ru_maxrss, no use can be made: it begins with what the
    process that started it held, here a test runner of several hundred megabytes.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("\nVmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        return 0


def _tree_pss(pid: int) -> int:
    """Sum the memory of a process and its descendants; those gone count nothing.

    A page that several share counts once: a child between fork and exec seems to hold all of its
    parent's, and whether a sample falls there is chance.
    """
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        held = int(rollup.partition("\nPss:")[2].split()[0]) * 1024
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except (OSError, IndexError):
        return 0
    for thread in threads:
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        held += sum(_tree_pss(int(child)) for child in children)
    return held
