"""Make an observatory of many verdicts, by the store's own writer, to time the second pass on.

`python tests/bench/make_verdicts.py DIR --verdicts 10000000`. Countries of unequal size, targets
and a few networks a country drawn by rank; most verdicts served, some targets cut for a run of
weeks, some measurements failing at random. All columns are filled. The same seed gives the same
bytes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import time
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from make_cells import country_codes, names  # noqa: E402

from whocut.model.schema import VERDICT, arrow_schema  # noqa: E402
from whocut.store.manifest import FileEntry, save_manifest, sealed  # noqa: E402
from whocut.store.observatory import Observatory  # noqa: E402
from whocut.store.parquet_files import Place, write_rows  # noqa: E402

__all__ = ["RECIPE", "VerdictPlan", "make_verdicts"]

RECIPE = 1
"""Raised when the same seed would give other bytes."""
_RULES = {
    rule["id"]: rule
    for rule in tomllib.loads((_HERE.parents[1] / "data" / "rules" / "access.toml").read_text())[
        "rule"
    ]
}
_USUAL = {
    "served.authenticated": 680,
    "served.authenticated.alike": 180,
    "served.no_control": 40,
    "tcp.timeout.same": 14,
    "tls.reset.same": 5,
    "tls.timeout.same": 9,
    "dns.timeout.control": 7,
    "target.http.error": 15,
    "bot.challenge": 20,
    "refusal.vague.status": 12,
    "http.diff": 10,
    "network.down": 5,
    "invalid.no_data": 3,
}
"""What happens by itself, and how often in a thousand."""
_CUTS = {
    "tls.reset.same": 40,
    "dns.bogon": 20,
    "refusal.geo.edge": 15,
    "blockpage.cleartext.state": 10,
    "refusal.sanctions": 5,
}
"""Deliberate cuts, and on how many targets of a thousand in each country."""
_KINDS = list(dict.fromkeys([*_USUAL, *_CUTS]))
_COPIED = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength", "doubt", "next_step")


@dataclass(frozen=True)
class VerdictPlan:
    """What decides the observatory byte for byte."""

    verdicts: int = 10_000_000
    countries: int = 60
    weeks: int = 26
    targets: int = 3_000
    seed: int = 5
    first_day: date = date(2024, 1, 1)

    def amounts(self) -> list[int]:
        """Give the verdicts of each country, the largest first."""
        weights = np.cumsum(1 / np.arange(1, self.countries + 1) ** 0.8)
        ends = np.round(self.verdicts * weights / weights[-1]).astype(int)
        return np.diff(ends, prepend=0).tolist()


def make_verdicts(directory: Path, plan: VerdictPlan, *, processes: int = 2) -> int:
    """Fill an empty directory with an observatory; give the number of its verdicts."""
    codes = country_codes(plan.countries)
    jobs = [(directory, plan, rank, cc) for rank, cc in enumerate(codes)]
    with Observatory(directory).writer() as writer:
        scratch = writer.staging_directory("make_verdicts")
        scratch.mkdir(parents=True)
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            made = pool.map(_make_country, jobs, chunksize=1)
        entries = [entry for country in made for entry in country]
        save_manifest(directory, sealed(1, tuple(entries), ()))
        shutil.rmtree(scratch)
    return sum(entry.rows for entry in entries)


def _make_country(job: tuple[Path, VerdictPlan, int, str]) -> list[FileEntry]:
    directory, plan, rank, cc = job
    country = _Country(cc, plan, np.random.default_rng([plan.seed, rank]))
    days = 7 * plan.weeks
    amounts = np.diff(np.linspace(0, plan.amounts()[rank], days + 1).round().astype(int))
    scratch = directory / "staging" / "make_verdicts"
    entries = []
    for number, amount in enumerate(amounts):
        if amount:
            day = plan.first_day + timedelta(days=number)
            rows = country.day(number, day, int(amount))
            entries.append(write_rows(directory, scratch, Place("verdict", cc, f"{day}"), rows))
    return entries


class _Country:
    def __init__(self, cc: str, plan: VerdictPlan, rng: np.random.Generator) -> None:
        self._cc = cc
        self._rng = rng
        self._schema = arrow_schema(VERDICT)
        self._targets = pa.array(names(plan.targets, plan.seed))
        rank = np.random.default_rng(plan.seed).permutation(plan.targets) + 1
        self._popular = np.cumsum(1 / rank**0.8)
        asns = rng.choice(np.arange(1000, 60000), int(rng.integers(3, 13)), replace=False)
        self._asns = np.sort(asns).astype(np.int64)
        self._large = np.cumsum(1 / np.arange(1, len(asns) + 1))
        shares = np.array([0, *_CUTS.values()]) / 1000
        shares[0] = 1 - shares.sum()
        self._cut = rng.choice(len(shares), plan.targets, p=shares)
        self._onset = rng.integers(-10, plan.weeks, plan.targets)
        self._end = self._onset + rng.integers(2, plan.weeks, plan.targets)
        self._cut_kinds = np.array([-1, *(_KINDS.index(name) for name in _CUTS)])
        self._usual = np.cumsum(list(_USUAL.values())) / sum(_USUAL.values())
        self._of_kind = {
            name: pa.array([_RULES[kind].get(name, "") for kind in _KINDS]) for name in _COPIED
        }

    def day(self, number: int, day: date, count: int) -> pa.Table:
        rng, week = self._rng, number // 7
        target = self._drawn(self._popular, count)
        network = self._drawn(self._large, count)
        kind = np.searchsorted(self._usual, rng.random(count))
        is_cut = (
            (self._onset[target] <= week) & (week < self._end[target]) & (rng.random(count) < 0.95)
        )
        cut = self._cut_kinds[self._cut[target]]
        kind = pa.array(np.where(is_cut & (cut >= 0), cut, kind))
        start = np.datetime64(day, "us") + np.sort(rng.integers(0, 86_400 * 10**6, count))
        seconds = np.char.replace(start.astype("datetime64[s]").astype(str), "-", "")
        serial = np.char.mod("%016x", rng.integers(0, 1 << 62, count))
        uid = np.char.add(np.char.add(seconds, f"_{self._cc}_webconnectivity_"), serial)
        names_of = self._targets.take(pa.array(target))
        rule = pa.array(_KINDS).take(kind)
        same = {
            "origin": "ooni",
            "probe_cc": self._cc,
            "chain_grade": "valid",
            "ooni_blocking": "false",
            "ooni_accessible": True,
            "ruleset": "bench",
            "reference_snapshot": "bench",
            "source": f"bench/{day}/{self._cc}.jsonl.gz",
        }
        columns = {
            **{name: pa.array([value] * count) for name, value in same.items()},
            **{name: values.take(kind) for name, values in self._of_kind.items()},
            **dict.fromkeys(("rules", "cut_layers", "fingerprints"), _lists(rule)),
            "measurement_uid": pa.array(uid),
            "probe_asn": self._asns[network],
            "resolver_asn": self._asns[network],
            "measurement_start_time": pa.array(start),
            "input": pa.array([f"https://{name}/" for name in names_of.to_pylist()]),
            "hostname": names_of,
            "target": names_of,
            "rule_id": rule,
            "hop": np.zeros(count, np.int32),
            "source_offset": np.arange(count) * 90_000,
            "source_line": np.arange(count) + 1,
        }
        arrays = [
            pa.array(columns[name]).cast(self._schema.field(name).type)
            for name in self._schema.names
        ]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _drawn(self, weights: np.ndarray, count: int) -> np.ndarray:
        return np.searchsorted(weights, self._rng.random(count) * weights[-1])


def _lists(values: pa.Array) -> pa.Array:
    kind = pa.list_(pa.field("item", pa.string(), nullable=False))
    return pa.ListArray.from_arrays(pa.array(range(len(values) + 1), pa.int32()), values, type=kind)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    for name in ("verdicts", "countries", "weeks", "targets", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(VerdictPlan, name))
    options = vars(parser.parse_args())
    begun = time.perf_counter()
    verdicts = make_verdicts(options.pop("directory"), VerdictPlan(**options))
    print(f"{verdicts:,} verdicts, {time.perf_counter() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
