"""Pass 1 in one process, in two local workers, on a Dask cluster of two on loopback.

The scheduler and the workers of the cluster are started once and warmed by one ingest: a cluster
stands for longer than a command. What a task costs by itself is measured on tasks that do nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parents[1])]

from make_corpus import CorpusPlan, make_corpus  # noqa: E402
from race import Lap, run_lap  # noqa: E402
from report import machine_line, table, write_section  # noqa: E402
from tests.cluster import loopback_cluster  # noqa: E402

from whocut.scale.executor import open_executor  # noqa: E402

_WHOCUT = str(Path(sys.executable).with_name("whocut"))
_TASKS = 2_000


def _task_ms(cluster: str | None, workers: int) -> float:
    """Measure what handing out one task costs: wall time over many that do nothing."""
    with open_executor(workers, cluster) as executor:
        list(executor.run(abs, range(200)))
        begun = time.perf_counter()
        found = sum(result for _, result in executor.run(abs, range(_TASKS)))
        took = time.perf_counter() - begun
    if found != sum(range(_TASKS)):
        raise RuntimeError("a task was lost, or done twice")
    return took / _TASKS * 1e3


def _ingest(files: list[str], root: str, *options: str) -> Lap:
    with tempfile.TemporaryDirectory(prefix="whocut-bench-") as directory:
        place = str(Path(directory) / "observatory")
        command = [_WHOCUT, "ingest", *files, "--extra-root", root, "--observatory", place]
        return run_lap([*command, "--no-cells", "--quiet", *options], cores=(0, 1), expect=(0, 3))


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measurements", type=int, default=4032)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    corpus = make_corpus(CorpusPlan(measurements=options.measurements))
    files, root = [str(path) for path in corpus.files], str(corpus.root_pem)
    with (
        tempfile.TemporaryDirectory(prefix="whocut-bench-") as folder,
        loopback_cluster(Path(folder), environment=dict(os.environ)) as cluster,
    ):
        ways: dict[str, tuple[str, ...]] = {
            "in one process": (),
            "two local workers": ("--workers", "2"),
            "cluster of two": ("--cluster", cluster.address),
        }
        _ingest(files, root, "--cluster", cluster.address)  # warm
        laps: dict[str, list[Lap]] = {name: [] for name in ways}
        cpu: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, more in ways.items():
                before = cluster.cpu_s()
                lap = _ingest(files, root, *more)
                laps[name].append(lap)
                cpu[name].append(lap.cpu_s + cluster.cpu_s() - before)
                print(
                    f"{name}: {lap.wall_s:.2f} s, {cpu[name][-1]:.2f} s CPU, "
                    f"load {os.getloadavg()[0]:.1f}",
                    file=sys.stderr,
                )
        pool_ms, cluster_ms = _task_ms(None, 2), _task_ms(cluster.address, 1)
    wall_s = {name: statistics.median(lap.wall_s for lap in laps[name]) for name in ways}
    alone = wall_s["in one process"]
    rows = [
        [
            name,
            f"{took:.2f}",
            f"{corpus.measurements / took:,.0f}",
            f"{alone / took:.2f}",
            f"{statistics.median(cpu[name]):.2f}",
        ]
        for name, took in wall_s.items()
    ]
    section = (
        f"{machine_line()}. Median of {options.rounds} interleaved rounds.\n\n"
        f"Input: {corpus.measurements:,} measurements of "
        f"{corpus.json_bytes / corpus.measurements / 1e3:.1f} kB in {len(files)} .jsonl.gz files; "
        "whole commands, start-up and commit included, without the second pass. Scheduler and "
        "workers stand before, share the two cores with the command, and their CPU time counts.\n\n"
        f"Command: `python tests/bench/bench_scale.py --measurements {options.measurements} "
        f"--rounds {options.rounds}`\n\n"
        + table(["where", "seconds", "measurements/s", "x one process", "CPU seconds"], rows)
        + f"\nHanding out a task that does nothing takes {pool_ms:.2f} ms with two local workers, "
        f"{cluster_ms:.2f} ms on the cluster.\n"
    )
    print(section)
    if options.write:
        write_section("scale", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
