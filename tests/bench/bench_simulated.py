"""The cell model and the papers' baselines on simulated worlds whose truth is known: one table."""

from __future__ import annotations

import argparse
import functools
import math
import operator
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from report import machine_line, table, write_section
from tests.simulate.baselines import BASELINES
from tests.simulate.contest import find_all_spans, run_model
from tests.simulate.kinds import Units, by_kind, count_units
from tests.simulate.measure import Counts, figures, measure, measure_onsets, reliability
from tests.simulate.plan import MISSPECIFIED, Plan, simulated_country, small, variant
from tests.simulate.prior_world import coverage_over_prior, draw_prior_world
from tests.simulate.world import build_world

from whocut.access.cells import MODEL_VERSION

_COLUMNS = [
    *("world", "by", "strict: precision", "recall", "with shallow"),
    *("causes: precision", "recall", "where rows tell"),
    *("accusations", "wrong, %", "side mistaken, %", "coverage", "insufficient, %"),
]


def _number(value: float, scale: float = 1.0, places: int = 3) -> str:
    return "-" if math.isnan(value) else f"{value * scale:.{places}f}"


def _row(world: str, by: str, counts: Counts, units: Units) -> list[str]:
    found = figures(counts)
    return [
        world,
        by,
        _number(found.precision),
        _number(found.recall),
        _number(found.recall_with_shallow),
        _number(units.precision),
        _number(units.recall),
        _number(units.telling_recall),
        f"{counts.accusations:,}",
        _number(found.false_rate, 100, 1),
        _number(found.false_side, 100, 1),
        _number(found.coverage),
        _number(found.insufficient, 100, 1),
    ]


class _Contest:
    """What all contestants did in the worlds of one name, over its seeds."""

    def __init__(self) -> None:
        self.counts: dict[str, list[Counts]] = {}
        self.units: dict[str, list[Units]] = {}
        self.onsets = [0, 0, 0]
        self.kinds: dict[str, list[int]] = {}
        self.reliability: dict[tuple[str, int], list[float]] = {}

    def run(self, plan: Plan) -> None:
        world = build_world(plan)
        modelled = run_model(world)
        for answers in (modelled.answers, *(baseline(world) for baseline in BASELINES)):
            self.counts.setdefault(answers.name, []).append(measure(world, answers))
            self.units.setdefault(answers.name, []).append(count_units(world, answers))
        onsets = measure_onsets(world, find_all_spans(world, modelled.cells))
        for place, n in enumerate((onsets.planted, onsets.found, onsets.within_one_week)):
            self.onsets[place] += n
        for kind in by_kind(world, modelled.answers):
            own = self.kinds.setdefault(kind.kind, [0] * 6)
            for place, name in enumerate(_KIND_COLUMNS):
                own[place] += getattr(kind, name)
        for name, p, at_work, n in reliability(world, modelled.answers):
            bin_ = self.reliability.setdefault((name, min(int(p * 10), 9)), [0.0, 0.0, 0.0])
            bin_[0] += p * n
            bin_[1] += at_work * n
            bin_[2] += n

    def rows(self, name: str) -> list[list[str]]:
        return [
            _row(name, by, _sum(counts), _sum(self.units[by])) for by, counts in self.counts.items()
        ]


def _sum(parts: list[Any]) -> Any:
    return functools.reduce(operator.add, parts)


_KIND_COLUMNS = ("cells", "strict", "shallow", "wrong", "insufficient", "served")


def _section(options: argparse.Namespace) -> str:
    seeds = tuple(int(seed) for seed in options.seeds.split(","))
    contests = {}
    for name in ("simulated country", *MISSPECIFIED):
        contest = contests[name] = _Contest()
        for seed in seeds:
            plan = simulated_country(seed) if name == "simulated country" else variant(name, seed)
            contest.run(small(plan) if options.small else plan)
        print(f"{name}: done", file=sys.stderr)
    prior = [coverage_over_prior(draw_prior_world(seed, options.prior_targets)) for seed in seeds]
    rows = [row for name, contest in contests.items() for row in contest.rows(name)]
    plain = contests["simulated country"]
    onsets = [
        [name, str(contest.onsets[0]), str(contest.onsets[1]),
         _number(contest.onsets[2] / max(contest.onsets[0], 1))]
        for name, contest in contests.items()
    ]  # fmt: skip
    kinds = [[kind, *(f"{n:,}" for n in numbers)] for kind, numbers in sorted(plain.kinds.items())]
    bins = [
        [side, _number(sums[0] / sums[2]), _number(sums[1] / sums[2]), f"{int(sums[2]):,}"]
        for (side, _), sums in sorted(plain.reliability.items())
    ]
    shares = ", ".join(f"{share:.3f} of {n:,}" for share, n in prior)
    size = "small worlds, " if options.small else ""
    return (
        f"{machine_line()}. Model {MODEL_VERSION}; {size}seeds {options.seeds}.\n\n"
        f"Command: `python tests/bench/bench_simulated.py --seeds {options.seeds}"
        f"{' --small' if options.small else ''}`\n\n"
        f"Over the stated prior, 90 % intervals of the extent cover, seed by seed: {shares}.\n\n"
        + table(_COLUMNS, rows)
        + "\nOnsets of cuts that leave something to find, and the share within one week:\n\n"
        + table(["world", "planted", "found", "within one week"], onsets)
        + "\nThe simulated country by what is at work, in cells:\n\n"
        + table(["at work", *_KIND_COLUMNS], kinds)
        + "\nThe simulated country by stated probability:\n\n"
        + table(["at work", "mean probability", "share at work", "cells"], bins)
    )


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--prior-targets", type=int, default=8000)
    parser.add_argument("--small", action="store_true", help="80 targets, 13 weeks")
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    section = _section(options)
    print(section)
    if options.write:
        write_section("simulated", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
