"""Ten million verdicts to cells within time and memory, and a smaller set on every long run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # the harness is run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from bench_cells import BOUND_BYTES, BOUND_S, observatory_of, run_cells  # noqa: E402
from make_verdicts import VerdictPlan, make_verdicts  # noqa: E402


def test_workers_give_the_same_observatory(tmp_path: Path) -> None:
    plan = VerdictPlan(verdicts=30_000, countries=6, weeks=16, targets=200)
    assert make_verdicts(tmp_path / "made", plan) == plan.verdicts
    said = [run_cells(tmp_path / "made", workers, tmp_path)[1] for workers in (1, 2)]
    for one in said:
        del one["seconds"], one["observatory"]
    assert said[0] == said[1]
    assert said[0]["content"]
    assert said[0]["fitted"] == 2
    assert said[0]["rows"]["cell"] > 10_000


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_million_verdicts() -> None:
    lap, said = run_cells(observatory_of(VerdictPlan()), 2)
    print(f"{lap.wall_s:.0f} s, {lap.cpu_s:.0f} s CPU, {lap.peak_rss_bytes / 1e9:.2f} GB")
    assert said["rows"]["cell"] > 1_000_000
    assert lap.peak_rss_bytes < BOUND_BYTES
    assert lap.wall_s < BOUND_S
