"""Print what routes over the whole Internet take, ours and BGPy's, in one run.

Run: python tests/bench/bench_routes.py [--workers 2] [--laps 5] [--origins 10] [--write]
Serial-2 of March 2022; each AS weighs 1. The wall clock is the best of several laps; processor time
of all threads stands beside it, since other work on the machine touches it less. Loading and
starting are timed in processes of their own. ``--origins 0`` leaves BGPy out.
"""

from __future__ import annotations

import argparse
import bz2
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from peer_venvs import peer_python
from report import machine_line, table, write_section

from whocut.routes import kernels
from whocut.routes.mask import make_mask
from whocut.routes.topology_cache import load_topology

if TYPE_CHECKING:
    from collections.abc import Callable

    from whocut.routes.topology import Topology

_HERE = Path(__file__).resolve().parent
_SHARED = _HERE.parents[2] / "shared" / "routes"
MONTH = _SHARED / "as-rel/serial-2/20220301.as-rel2.txt.bz2"
ORGANISATIONS = _SHARED / "as2org/20220401.as-org2info.txt.gz"
_COUNTRY = "RU"
_VIEWPOINTS = 209
"""As many as CTI had."""
_STOPPED = (174, 3356)
_LOAD = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from whocut.routes.topology_cache import load_topology
imported = time.perf_counter()
month, organisations, cache = (Path(each) if each else None for each in sys.argv[1:4])
load_topology([month], organisations=organisations, cache_dir=cache)
print(time.perf_counter() - imported, imported - began,
      Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""
_START = """
import sys, time
from pathlib import Path
import numpy as np
from whocut.routes.topology_cache import load_topology
topology = load_topology([Path(sys.argv[1])], cache_dir=Path(sys.argv[2]))
began = time.perf_counter()
from whocut.routes import kernels
weights = np.ones(topology.class_count)
asked = np.zeros(1, np.int32)
kernels.reached_weights(topology, asked, weights)
kernels.hop_weights(topology, asked, weights)
kernels.transit_mass(topology, asked, weights, weights)
kernels.traced_mass(topology, asked, weights, asked)
print(time.perf_counter() - began)
"""
_MEMORY = """
import sys
from pathlib import Path
import numpy as np
from whocut.routes.topology_cache import load_topology
from whocut.routes import kernels
topology = load_topology([Path(sys.argv[1])], cache_dir=Path(sys.argv[2]))
weights = topology.member_count.astype(float)
asked = np.arange(topology.class_count, dtype=np.int32)
getattr(kernels, sys.argv[3])(topology, asked, *([weights] * int(sys.argv[4])))
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@dataclass(frozen=True)
class _Timed:
    wall_s: float
    cpu_s: float


def best_of(work: Callable[[], object], laps: int) -> _Timed:
    """Time some work, the best of several laps."""
    walls, cpus = [], []
    for _ in range(laps):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return _Timed(min(walls), min(cpus))


def _said(code: str, *arguments: str, env: dict[str, str] | None = None) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | (env or {}),
    )
    return [float(each) for each in done.stdout.split()]


def kernel_rows(topology: Topology, workers: int, laps: int) -> tuple[list[list[str]], float]:
    """Time every kernel; give the rows, and the seconds for all distances."""
    weights = topology.member_count.astype(np.float64)
    everyone = np.arange(topology.class_count, dtype=np.int32)
    at_home = topology.class_country == topology.countries.index(_COUNTRY)
    country = np.flatnonzero(at_home).astype(np.int32)
    abroad = np.where(at_home, 0.0, weights)
    views = np.random.default_rng(5).choice(everyone, _VIEWPOINTS, replace=False)

    def whatif() -> float:
        gone = np.isin(topology.first_asn, _STOPPED) & (topology.member_count == 1)
        buyer = np.repeat(at_home, np.diff(topology.up_start))
        mask = make_mask(topology, up=gone[topology.up] & buyer)
        return kernels.reached_pairs(topology, country, weights, abroad, mask, workers=workers)

    asked = {"workers": workers}
    works: list[tuple[str, str, Callable[[], object]]] = [
        (
            "distances, all destinations",
            "0.6",
            lambda: kernels.hop_weights(topology, everyone, weights, **asked),
        ),
        (
            "reachability, all destinations",
            "0.1",
            lambda: kernels.reached_weights(topology, everyone, weights, **asked),
        ),
        (
            f"distances, {_COUNTRY} alone",
            "0.06",
            lambda: kernels.hop_weights(topology, country, weights, **asked),
        ),
        (
            f"reachability, {_COUNTRY} alone",
            "0.02",
            lambda: kernels.reached_weights(topology, country, weights, **asked),
        ),
        (
            "transit of every AS, equal split",
            "3, at most 6",
            lambda: kernels.transit_mass(topology, everyone, weights, weights, **asked),
        ),
        (
            "transit of every AS, lowest AS number",
            "3, at most 6",
            lambda: kernels.transit_mass(
                topology, everyone, weights, weights, ties="lowest_asn", **asked
            ),
        ),
        (
            f"traces, {_VIEWPOINTS} viewpoints to {_COUNTRY}",
            "",
            lambda: kernels.traced_mass(topology, country, weights, views, **asked),
        ),
        (f"what if {', '.join(map(str, _STOPPED))} stop {_COUNTRY}", "0.2", whatif),
    ]
    rows, whole_s = [], 0.0
    for name, bound, work in works:
        work()
        timed = best_of(work, max(2, laps // 2) if bound.startswith("3") else laps)
        whole_s = whole_s or timed.wall_s
        rows.append([name, bound, f"{timed.wall_s:.3f}", f"{timed.cpu_s:.3f}"])
    return rows, whole_s


def load_rows(cache: Path) -> list[list[str]]:
    """Time loading and starting, in processes of their own."""
    rows = []
    cold = min(_said(_LOAD, str(MONTH), "", "") for _ in range(2))
    full = min(_said(_LOAD, str(MONTH), str(ORGANISATIONS), "") for _ in range(2))
    _said(_LOAD, str(MONTH), "", str(cache))
    kept = min(_said(_LOAD, str(MONTH), "", str(cache)) for _ in range(3))
    for name, bound, found in (
        ("load and index from .bz2", "3", cold),
        ("the same, with organisations", "3", full),
        ("load what is kept", "0.3", kept),
    ):
        rows.append([name, bound, f"{found[0]:.3f}", f"peak {found[2] / 1024:.0f} MB"])
    with tempfile.TemporaryDirectory() as empty:
        env = {"NUMBA_CACHE_DIR": empty}
        (first,) = _said(_START, str(MONTH), str(cache), env=env)
        (second,) = min(_said(_START, str(MONTH), str(cache), env=env) for _ in range(2))
    rows.append(["start of all kernels, compiled for the first time", "", f"{first:.2f}", ""])
    rows.append(["start of all kernels, kept", "1", f"{second:.2f}", ""])
    for name, kernel, count in (
        ("memory of distances, all destinations", "hop_weights", 1),
        ("memory of transit, all destinations", "transit_mass", 2),
    ):
        (peak,) = _said(_MEMORY, str(MONTH), str(cache), kernel, str(count))
        rows.append([name, "250 MB", "", f"peak {peak / 1024:.0f} MB"])
    return rows


def peer_rows(topology: Topology, count: int, ours_s: float) -> list[list[str]]:
    """Time BGPy on some origins, and stretch that to all."""
    origins = np.random.default_rng(5).choice(topology.asns, count, replace=False)
    with tempfile.TemporaryDirectory() as folder:
        text, answer = Path(folder) / "links.txt", Path(folder) / "answer.json"
        text.write_bytes(bz2.decompress(MONTH.read_bytes()))
        contestant = _HERE / "contestants" / "bgpy_routes.py"
        done = subprocess.run(
            [peer_python("bgpy"), contestant, text, answer, *map(str, origins)],
            check=True,
            capture_output=True,
            text=True,
        )
    told = json.loads(done.stdout.splitlines()[-1])
    all_s = told["run_s"] / count * len(topology.asns)
    return [
        ["BGPy: load", "", f"{told['load_s']:.1f}", ""],
        [f"BGPy: {count} origins in one run", "", f"{told['run_s']:.1f}", ""],
        [
            f"BGPy: all {len(topology.asns):,} origins, stretched",
            "",
            f"{all_s:,.0f}",
            f"{all_s / ours_s:,.0f} times ours",
        ],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--laps", type=int, default=5)
    parser.add_argument("--origins", type=int, default=10)
    parser.add_argument("--write", action="store_true", help="into docs/bench.md")
    asked = parser.parse_args()
    began = machine_line()
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        topology = load_topology([MONTH], organisations=ORGANISATIONS, cache_dir=cache)
        rows, whole_s = kernel_rows(topology, asked.workers, asked.laps)
        rows += load_rows(cache)
        if asked.origins:
            rows += peer_rows(topology, asked.origins, whole_s)
    text = (
        f"{began}, {os.getloadavg()[0]:.1f} at the end; {asked.workers} workers.\n"
        f"{len(topology.asns):,} ASes in {topology.class_count:,} classes.\n\n"
        + table(["what", "bound, s", "wall, s", "CPU, s"], rows)
    )
    print(text)
    if asked.write:
        write_section("routes", text)


if __name__ == "__main__":
    main()
