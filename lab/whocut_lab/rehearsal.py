"""One run from a seed to a result: build, play, judge, compare."""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from whocut.reference.snapshot import Reference, load_reference
from whocut_lab.captures import (
    PREFIXES_NAME,
    ROOT_NAME,
    write_captures,
    write_lines,
    write_series,
)
from whocut_lab.enclosure import SCRATCH
from whocut_lab.play import Lab, Play
from whocut_lab.progress import shown
from whocut_lab.results import Result, judge_plays
from whocut_lab.scenario import Scenario
from whocut_lab.series import DatedSeries, SeriesPlan, measure_series, plan_dates
from whocut_lab.table import render_table
from whocut_lab.topology import Topology

__all__ = ["rehearse", "rehearse_series"]

_SERIES_LEAF_AGE_DAYS = 365
"""Servers of a series show one certificate in all its weeks."""


def _reference(lab: Lab) -> Reference:
    """Load what verdicts need: the shipped data, the lab's root and its prefixes."""
    root, prefixes = SCRATCH / ROOT_NAME, SCRATCH / PREFIXES_NAME
    root.write_bytes(lab.authorities.root_pem)
    prefixes.write_text(lab.prefix_table)
    return load_reference(cache_dir=None, extra_roots=(root,), prefixes=prefixes)


def _judge(reference: Reference, scenarios: Sequence[Scenario], plays: list[Play]) -> list[Result]:
    captures = SCRATCH / "captures.jsonl"
    write_lines(captures, plays)
    return judge_plays(scenarios, plays, captures, reference)


def _report(results: Sequence[Result], lab: Lab, seconds: float) -> int:
    """Say what came out; data on stdout, one line a fault."""
    wrong = [r for r in results if r.faults]
    for result in wrong:
        print(f"{result.scenario.id} at {result.vantage}: {'; '.join(result.faults)}")
    print(
        f"seed {lab.seed}: {len(results) - len(wrong)} of {len(results)} verdicts right; "
        f"built in {lab.build_seconds:.1f} s, played in {seconds:.1f} s"
    )
    return 1 if wrong else 0


def rehearse(
    topology: Topology,
    scenarios: Sequence[Scenario],
    seed: int,
    out: Path | None,
    table: Path | None = None,
) -> int:
    """Build a lab, play every scenario, judge, compare; inside the enclosure.

    Returns an exit status; captures go to ``out`` and the table to ``table`` where given.
    """
    lab = Lab(topology, seed)
    reference = _reference(lab)
    began = time.monotonic()
    groups = shown(lab.play_all(scenarios), len(scenarios), f"seed {seed}")
    plays = [play for group in groups for play in group]
    seconds = time.monotonic() - began
    if out is not None:
        write_captures(out, lab, scenarios, plays)
    results = _judge(reference, scenarios, plays)
    if table is not None:
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text(render_table(results))
    return _report(results, lab, seconds)


def rehearse_series(
    topology: Topology, scenarios: Sequence[Scenario], plan: SeriesPlan, seed: int, out: Path
) -> int:
    """Build a lab, measure every series and write its records to ``out``; inside the enclosure.

    Shapes: ``scenarios`` are those of the plan's series, in their order.
    """
    lab = Lab(topology, seed, _SERIES_LEAF_AGE_DAYS)
    dice = random.Random(f"series {seed}")  # noqa: S311 - repeatable, not secret
    dated = plan_dates(plan, lab.authorities.now.date(), dice)
    hosts: list[tuple[DatedSeries, str]] = []
    plays: list[Play] = []

    def measured() -> Iterator[list[Play]]:
        for scenario, one in zip(scenarios, dated, strict=True):
            host, laid = measure_series(lab, scenario, one, plan, dice)
            hosts.append((one, host))
            yield laid

    for laid in shown(measured(), len(scenarios), f"seed {seed}"):
        plays += laid
    write_series(out, lab, plan, hosts, plays)
    print(f"seed {seed}: {len(plays)} records of {len(hosts)} series in {out}")
    return 0
