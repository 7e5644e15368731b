"""Loading and checking the ledger within its time; a large one on every long run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # the harness is run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from bench_ledger import BOUND_LARGE_S, BOUND_SHIPPED_S, run_check  # noqa: E402
from make_ledger import make_ledger  # noqa: E402

from whocut.ledger.load import ledger_path  # noqa: E402


def test_one_seed_gives_one_ledger(tmp_path: Path) -> None:
    sizes = [make_ledger(tmp_path / name, 60, seed=7) for name in ("a", "b")]
    said = [json.loads(run_check(tmp_path / name).stdout) for name in ("a", "b")]
    assert sizes[0] == sizes[1]
    assert said[0] == said[1]
    assert said[0]["counts"]["records"] == 60


@pytest.mark.long
def test_the_shipped_ledger() -> None:
    lap = run_check(ledger_path())
    assert lap.cpu_s < BOUND_SHIPPED_S, f"{lap.wall_s:.2f} s, {lap.cpu_s:.2f} s CPU"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_thousand_records(tmp_path: Path, seed: int) -> None:
    make_ledger(tmp_path / "ledger", 10_000, seed)
    lap = run_check(tmp_path / "ledger")
    assert json.loads(lap.stdout)["counts"]["records"] == 10_000
    assert lap.cpu_s < BOUND_LARGE_S, f"{lap.wall_s:.1f} s, {lap.cpu_s:.1f} s CPU"
