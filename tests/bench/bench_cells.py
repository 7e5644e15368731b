"""Ten million verdicts to tallies, cells and spans: time and memory of `whocut cells`.

The observatory is made once by ``make_verdicts.py`` and kept in the cache; each lap works on a copy
whose files are hard links.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from make_verdicts import RECIPE, VerdictPlan, make_verdicts  # noqa: E402
from race import Lap, Result, run_lap  # noqa: E402
from report import machine_line, table, write_section  # noqa: E402

_WHOCUT = str(Path(sys.executable).with_name("whocut"))
BOUND_S = 180
"""Issue 3, acceptance 4, at ten million verdicts."""
BOUND_BYTES = 4_000_000_000


def observatory_of(plan: VerdictPlan) -> Path:
    """Find the observatory of a plan in the cache, or make it there."""
    cache = Path(os.environ.get("WHOCUT_CACHE") or Path.home() / ".cache" / "whocut")
    shape = f"{plan.verdicts}-by-{plan.countries}-{plan.weeks}-{plan.targets}-seed-{plan.seed}"
    place = cache / "bench" / f"verdicts-{shape}-v{RECIPE}"
    if not (place / "manifests").exists():
        shutil.rmtree(place, ignore_errors=True)
        make_verdicts(place, plan)
    return place


def run_cells(place: Path, workers: int, scratch: Path | None = None) -> tuple[Lap, dict]:
    """Run the whole second pass on a copy; give the lap and what the command said."""
    with tempfile.TemporaryDirectory(prefix="whocut-bench-", dir=scratch or place.parent) as folder:
        copy = Path(folder) / "observatory"
        shutil.copytree(place, copy, copy_function=os.link)
        command = [_WHOCUT, "cells", "--observatory", str(copy), "--workers", str(workers)]
        lap = run_lap([*command, "--json", "--quiet"], cores=(0, 1))
        return lap, json.loads(lap.stdout)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verdicts", type=int, default=VerdictPlan.verdicts)
    parser.add_argument("--countries", type=int, default=VerdictPlan.countries)
    parser.add_argument("--weeks", type=int, default=VerdictPlan.weeks)
    parser.add_argument("--targets", type=int, default=VerdictPlan.targets)
    parser.add_argument("--workers", type=int, action="append", help="once or several times")
    parser.add_argument("--laps", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    plan = VerdictPlan(
        options.verdicts, options.countries, options.weeks, options.targets, VerdictPlan.seed
    )
    place = observatory_of(plan)
    rows, said = [], {}
    for workers in options.workers or [2]:
        laps = []
        for _ in range(options.laps):
            lap, said = run_cells(place, workers)
            laps.append(lap)
        result = Result(f"{workers}", plan.verdicts, tuple(laps))
        rows.append([
            result.name, f"{result.wall_s:.0f}", f"{result.cpu_s:.0f}", f"{result.rate:,.0f}",
            f"{result.peak_rss_bytes / 1e9:.2f}", f"{result.others_share:.0%}",
        ])  # fmt: skip
    heads = ["workers", "wall, s", "CPU, s", "verdicts/s", "peak memory, GB", "others' share"]
    section = (
        f"{machine_line()}. {plan.verdicts:,} verdicts of {plan.countries} countries, "
        f"{plan.weeks} weeks and {plan.targets:,} targets; they give "
        f"{said['rows']['tally']:,} tallies, {said['rows']['cell']:,} cells and "
        f"{said['rows']['span']:,} spans. Memory is that of the whole process tree.\n\n"
        f"Command: `python tests/bench/bench_cells.py --verdicts {plan.verdicts}`\n\n"
        + table(heads, rows)
    )
    print(section)
    if options.write:
        write_section("cells", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
