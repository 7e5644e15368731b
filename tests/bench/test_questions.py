"""Questions stay quick: start-up on a small observatory, and all of it on ten million cells.

What is held to the bounds is CPU time, user and system, the least of several runs: on a machine
that does other things wall-clock time says little. One process keeps one core busy, so that on an
idle machine the two are alike; caches shared with others cost up to half as much again, for which
``MARGIN`` stands.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:
    sys.path.insert(0, str(_HERE))

from bench_questions import BOUNDS_S, ask, observatory_of, questions  # noqa: E402
from make_cells import CellPlan  # noqa: E402

MARGIN = 1.5
_LAPS = 7


def _hold(place: Path) -> None:
    for name, command in questions(place).items():
        if name not in BOUNDS_S and name != "who, cut":
            continue
        result = ask(place, command, _LAPS)
        cpu_s = min(lap.cpu_s for lap in result.laps)
        bound_s = BOUNDS_S[name.partition(",")[0]] * MARGIN
        print(f"{name}: {cpu_s:.3f} s CPU of {bound_s:.2f}, {result.wall_s:.3f} s median")
        assert cpu_s < bound_s, f"{' '.join(command)}: {cpu_s:.3f} s CPU"
        assert result.laps[0].stdout.strip()


def test_start_up_and_a_small_observatory(tmp_path: Path) -> None:
    _hold(observatory_of(CellPlan(cells=100_000, countries=20, weeks=26), tmp_path))


@pytest.mark.long
def test_ten_million_cells() -> None:
    _hold(observatory_of(CellPlan()))
