"""From timings in files to slowdowns in files: quarters, staleness, any number of workers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from tests.unit.store.building import judgement, put, rows, tree
from tests.unit.store.tiny_model import TINY
from whocut.access.slowdown import MODEL_VERSION, find_slowdowns, summarise_timings
from whocut.cli.cells_pass import Brought, SlowdownModel, bring_up_to_date
from whocut.model.timing import Timing
from whocut.scale.executor import open_executor
from whocut.store.observatory import Observatory

if TYPE_CHECKING:
    from pathlib import Path

    from whocut.model.verdict import Judgement

MODEL = msgspec.structs.replace(
    TINY, slowdown=SlowdownModel(MODEL_VERSION, summarise_timings, find_slowdowns)
)
FIRST = datetime(2024, 2, 5, tzinfo=UTC)
WEEKS = 10
"""The last of them lie in the second quarter."""
TARGETS = [f"site{n}.example" for n in range(5)]


class _Heard:
    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []

    def begin(self, title: str, tasks: int) -> None:
        self.steps.append((title, tasks))

    def advance(self) -> None:
        pass


def derive(observatory: Observatory, workers: int = 1) -> tuple[Brought, list[tuple[str, int]]]:
    heard = _Heard()
    with open_executor(workers) as executor, observatory.writer() as writer:
        return bring_up_to_date(writer, MODEL, executor, heard), heard.steps


def series(cc: str, asns: tuple[int, ...], *, throttled: str = "") -> list[Judgement]:
    """Three answers a week of each target on each network; the last two weeks may be throttled."""
    found = []
    for week in range(WEEKS):
        for asn in asns:
            for target in TARGETS:
                for day in range(6):
                    number = len(found)
                    rate = 4e5 / (20 if target == throttled and week >= WEEKS - 2 else 1)
                    timing = Timing(
                        *(100.0, "read", "reads", 100_000, 1e8 / rate, rate, 100_000, 50.0, 90.0),
                        *(False, None, None),
                    )
                    made = judgement(
                        number,
                        signals=0,
                        measurement_uid=f"{cc}-{number}",
                        probe_cc=cc,
                        probe_asn=asn,
                        target=target,
                        measurement_start_time=FIRST + timedelta(weeks=week, days=day),
                    )
                    found.append(msgspec.structs.replace(made, timing=timing))
    return found


def filled(tmp_path: Path, name: str) -> Observatory:
    observatory = Observatory(tmp_path / name)
    put(
        observatory,
        a=series("RU", (1, 2), throttled=TARGETS[0]),
        b=series("DE", (3, 4)),
        c=series("US", (5, 6)),
    )
    return observatory


def test_a_throttle_is_found_with_the_quarter_before_as_its_past(tmp_path: Path) -> None:
    observatory = filled(tmp_path, "observatory")
    brought, steps = derive(observatory)
    assert ("summing up timings", 6) in steps
    assert ("finding slowdowns by quarter", 2) in steps
    assert brought.rows["timing_week"] == WEEKS * len(TARGETS) * 6
    assert brought.rows["slowdown"] == WEEKS * len(TARGETS) * 3
    query = (
        "SELECT probe_cc, target, week::VARCHAR, mechanism, n_baseline FROM slowdown "
        "WHERE answer = 'throttled' ORDER BY ALL"
    )
    assert rows(observatory, query) == [
        ("RU", TARGETS[0], "2024-04-01", "http.throttle", 8),
        ("RU", TARGETS[0], "2024-04-08", "http.throttle", 8),
    ]


def test_what_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    observatory = filled(tmp_path, "observatory")
    derive(observatory)
    brought, steps = derive(observatory)
    assert not brought.is_changed
    assert steps == []


def test_a_new_timing_makes_its_quarter_and_the_next_stale(tmp_path: Path) -> None:
    observatory = filled(tmp_path, "observatory")
    derive(observatory)
    late = msgspec.structs.replace(
        series("DE", (3,))[0], verdict=judgement(1, probe_cc="DE", measurement_uid="new").verdict
    )
    late = msgspec.structs.replace(
        late, verdict=msgspec.structs.replace(late.verdict, measurement_start_time=FIRST)
    )
    put(observatory, d=[late])
    _, steps = derive(observatory)
    assert ("summing up timings", 1) in steps
    assert ("finding slowdowns by quarter", 2) in steps


def test_workers_write_the_same_bytes(tmp_path: Path) -> None:
    alone, together = filled(tmp_path, "alone"), filled(tmp_path, "together")
    derive(alone)
    derive(together, workers=2)
    assert tree(alone) == tree(together)
