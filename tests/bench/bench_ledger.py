"""Print what loading and checking the ledger takes: the shipped one, and a large one from a seed.

Run: python tests/bench/bench_ledger.py [--records 10000] [--seed 4] [--laps 5]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from make_ledger import make_ledger  # noqa: E402
from race import Lap, run_lap  # noqa: E402
from report import machine_line, table  # noqa: E402

from whocut.ledger.load import ledger_path, record_files  # noqa: E402

__all__ = ["BOUND_LARGE_S", "BOUND_SHIPPED_S", "run_check", "run_load"]

BOUND_SHIPPED_S = 1.0
BOUND_LARGE_S = 20.0
"""Issue 4, acceptance 6."""
_LOAD = "import sys; from pathlib import Path; from whocut.ledger.load import read_ledger; "
_CHECK = "import sys; from whocut.cli.app import main; sys.exit(main())"


def run_load(root: Path) -> Lap:
    """Load a ledger in a process of its own."""
    asked = [sys.executable, "-c", _LOAD + "read_ledger(Path(sys.argv[1]))", str(root)]
    return run_lap(asked, cores=[0])


def run_check(root: Path) -> Lap:
    """Load and check a ledger in a process of its own, from the start of Python to the answer."""
    asked = [sys.executable, "-c", _CHECK, "ledger", "check", "--root", str(root), "--json"]
    return run_lap(asked, cores=[0], expect=(0, 5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--laps", type=int, default=5)
    asked = parser.parse_args()
    print(machine_line())
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "ledger"
        size = make_ledger(large, asked.records, asked.seed)
        print(f"seed {asked.seed}: {asked.records:,} records, {size / 1e6:.1f} MB of YAML")
        rows = []
        for name, root, laps in (
            ("shipped", ledger_path(), asked.laps),
            ("synthetic", large, min(asked.laps, 3)),
        ):
            rows += [_row(name, root, laps, what) for what in ("load", "load and check")]
    print(table(["ledger", "records", "what", "wall s", "CPU s", "peak MB", "faults"], rows))
    print(f"bounds: shipped {BOUND_SHIPPED_S} s, {asked.records:,} records {BOUND_LARGE_S} s")


def _row(name: str, root: Path, laps: int, what: str) -> list[str]:
    done = [(run_load if what == "load" else run_check)(root) for _ in range(laps)]
    faults = str(len(json.loads(done[0].stdout)["faults"])) if done[0].stdout else "-"
    return [
        name,
        f"{sum(1 for _ in record_files(root)):,}",
        what,
        f"{statistics.median(lap.wall_s for lap in done):.2f}",
        f"{statistics.median(lap.cpu_s for lap in done):.2f}",
        f"{max(lap.peak_rss_bytes for lap in done) / 1e6:.0f}",
        faults,
    ]


if __name__ == "__main__":
    main()
