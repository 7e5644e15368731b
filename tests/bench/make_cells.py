"""Make an observatory of many cells, by the store's own writer: what look-ups are timed on.

`python tests/bench/make_cells.py DIR --cells 10000000`. Sizes and shares resemble a large country
set: targets drawn alike in every country, most cells served, some cut for a run of weeks. There
are no verdicts behind the cells. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pycountry

from whocut.access.targets import load_targets
from whocut.model.cell_schema import CELL, NETWORK_WEEK, SPAN, TALLY
from whocut.model.schema import arrow_schema
from whocut.model.taxonomy import Cause
from whocut.store.derived import ALL_TIME, quarter_of
from whocut.store.manifest import FileEntry
from whocut.store.observatory import Observatory
from whocut.store.parquet_files import Place, in_order, write_rows

__all__ = ["CellPlan", "make_cells", "names"]

_MODEL = "bench"
_WORDS = ("news", "post", "bank", "maps", "video", "chat", "store", "cloud", "radio", "wiki")
_ENDINGS = ("com", "org", "net", "io", "info")
# Real codes first, so that RU or IR can be asked for; then invented pairs.
_REAL = "RU IR CN TR US DE FR GB BR IN PK VE KZ BY UA EG SA AE VN TH ID MY MM ET UG NG KE ZA MX AR"
_CUTS = (
    # answer, mechanism, layer, share of the cells of a country's targets
    ("interfered", "tls.reset.sni", "tls", 0.04),
    ("interfered", "dns.injection.bogon", "dns", 0.02),
    ("refused_service", "http.refusal.geo_explicit", "http", 0.02),
    ("refused_edge", "http.refusal.edge_rule", "http", 0.01),
)


@dataclass(frozen=True)
class CellPlan:
    """What decides the observatory byte for byte."""

    cells: int = 10_000_000
    countries: int = 60
    weeks: int = 104
    tallies_a_cell: int = 1
    seed: int = 3
    first_week: date = date(2023, 1, 2)
    known: int = 0
    """Targets that are taken from the catalogue; the others are invented."""

    @property
    def targets(self) -> int:
        return max(1, -(-self.cells // (self.countries * self.weeks)))


def names(count: int, seed: int) -> list[str]:
    """Invent domain names, in order."""
    rng = random.Random(seed)
    found = {"example.org"}
    while len(found) < count:
        word, number = rng.choice(_WORDS), rng.randrange(10 * count)
        found.add(f"{word}{number}.{rng.choice(_ENDINGS)}")
    return sorted(found)


def country_codes(count: int) -> list[str]:
    """Give country codes: real ones, then made-up pairs."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = list(_REAL.split())
    codes += [a + b for a in "XQ" for b in letters if a + b not in codes]
    if count > len(codes):
        codes = [*_REAL.split(), *sorted({one.alpha_2 for one in pycountry.countries} - {*codes})]
    if count > len(codes):
        raise ValueError(f"at most {len(codes)} countries")
    return codes[:count]


def make_cells(directory: Path, plan: CellPlan) -> int:
    """Fill an empty directory with an observatory; give the number of its cells."""
    rng = np.random.default_rng(plan.seed)
    catalogue = sorted(one.domain for one in load_targets().targets)[: plan.known]
    targets = sorted({*catalogue, *names(plan.targets, plan.seed)[: plan.targets - plan.known]})
    weeks = [plan.first_week + timedelta(weeks=n) for n in range(plan.weeks)]
    entries: list[FileEntry] = []
    with Observatory(directory).writer() as writer:
        scratch = writer.staging_directory("make_cells")
        scratch.mkdir(parents=True)
        for cc in country_codes(plan.countries):
            country = _Country(cc, targets, weeks, rng)
            pieces = [*country.spans()]
            for quarter in sorted({quarter_of(week.isoformat()) for week in weeks}):
                pieces.extend(country.quarter(quarter, plan.tallies_a_cell))
            for table, day, rows in pieces:
                ordered = in_order(rows, table)
                entries.append(write_rows(directory, scratch, Place(table, cc, day), ordered))
        writer.swap_derived(entries, ())
        shutil.rmtree(scratch)
    return sum(entry.rows for entry in entries if entry.table == "cell")


class _Country:
    def __init__(
        self, cc: str, targets: list[str], weeks: list[date], rng: np.random.Generator
    ) -> None:
        self._cc = cc
        self._rng = rng
        self._weeks = weeks
        self._targets = pa.array(targets)
        shares = [share for *_, share in _CUTS]
        self._cut = rng.choice(
            len(_CUTS) + 1, len(targets), p=[1 - sum(shares), *shares]
        )  # 0 is never cut
        self._onset = rng.integers(0, len(weeks), len(targets))
        self._end = self._onset + rng.integers(2, len(weeks), len(targets))
        self._asns = np.sort(rng.choice(np.arange(1000, 60000), int(rng.integers(3, 13)), False))

    def spans(self) -> list[tuple[str, str, pa.Table]]:
        cut = np.flatnonzero(self._cut)
        if not len(cut):
            return []
        onset = pa.array([self._weeks[n] for n in self._onset[cut]])
        ends = [self._weeks[n] if n < len(self._weeks) else None for n in self._end[cut]]
        kind = pa.array(self._cut[cut] - 1)
        last = np.minimum(self._end[cut], len(self._weeks)) - 1
        columns = {
            "target": self._targets.take(pa.array(cut)),
            "cause": pa.array([row[0] for row in _CUTS]).take(kind),
            "mechanism": pa.array([row[1] for row in _CUTS]).take(kind),
            "layer": pa.array([row[2] for row in _CUTS]).take(kind),
            **dict.fromkeys(("onset_low", "onset_high", "onset"), onset),
            **dict.fromkeys(("end_low", "end_high", "end"), pa.array(ends, pa.date32())),
            "last_week": pa.array([self._weeks[n] for n in last]),
            "p": np.full(len(cut), 0.99, np.float32),
            "n": np.full(len(cut), 300, np.int32),
            "n_networks": np.full(len(cut), 5, np.int32),
            "weeks": (last - self._onset[cut] + 1).astype(np.int32),
        }
        return [(SPAN.name, ALL_TIME, self._table(SPAN, columns, len(cut)))]

    def quarter(self, quarter: str, tallies_a_cell: int) -> list[tuple[str, str, pa.Table]]:
        chosen = [n for n, week in enumerate(self._weeks) if quarter_of(f"{week}") == quarter]
        target = np.repeat(np.arange(len(self._targets)), len(chosen))
        week = np.tile(np.array(chosen), len(self._targets))
        is_cut = (self._onset[target] <= week) & (week < self._end[target])
        kind = np.where(is_cut, self._cut[target], 0)
        made = [(CELL.name, quarter, self._cells(target, week, kind))]
        made.append((NETWORK_WEEK.name, quarter, self._networks(chosen)))
        if tallies_a_cell:
            made.append((TALLY.name, quarter, self._tallies(target, week, kind, tallies_a_cell)))
        return made

    def _cells(self, target: np.ndarray, week: np.ndarray, kind: np.ndarray) -> pa.Table:
        rng, count = self._rng, len(target)
        n = rng.geometric(1 / 20, count).astype(np.int32)
        is_few = (n < 3) & (kind == 0)
        answers = ["served", *(row[0] for row in _CUTS), "insufficient"]
        answer = np.where(is_few, len(answers) - 1, kind)
        strong = rng.uniform(0.95, 1, count).astype(np.float32)
        faint = rng.uniform(0, 0.01, count).astype(np.float32)
        posterior = {
            f"p_{cause.value}": np.where(
                np.isin(answer, [i for i, name in enumerate(answers) if name == cause.value]),
                strong,
                faint,
            )
            for cause in Cause
        }
        lead = pa.array(["none", *(row[0] for row in _CUTS)]).take(pa.array(kind))
        columns = {
            **self._keys(target, week),
            "n": n,
            "n_usable": n,
            "n_served": np.where(kind == 0, n, 0).astype(np.int32),
            "n_networks": np.minimum(n, len(self._asns)).astype(np.int32),
            "n_networks_cut": np.where(kind, np.minimum(n, len(self._asns)), 0).astype(np.int32),
            "n_countries": rng.integers(10, 50, count, dtype=np.int32),
            "n_countries_served": rng.integers(8, 10, count, dtype=np.int32),
            "answer": pa.array(answers).take(pa.array(answer)),
            "shortfall": pa.array(["", "few_measurements"]).take(pa.array(is_few.astype(int))),
            "mechanism": pa.array(["none", *(row[1] for row in _CUTS)]).take(pa.array(kind)),
            "layer": pa.array(["none", *(row[2] for row in _CUTS)]).take(pa.array(kind)),
            **posterior,
            "p_two": faint,
            "p_cut": np.where(kind, strong, faint),
            "lead": lead,
            "extent": strong,
            "extent_low": strong - np.float32(0.1),
            "extent_high": np.ones(count, np.float32),
            "second": pa.array(["none"] * count),
        }
        return self._table(CELL, columns, count)

    def _tallies(
        self, target: np.ndarray, week: np.ndarray, kind: np.ndarray, each: int
    ) -> pa.Table:
        target, week, kind = (np.repeat(values, each) for values in (target, week, kind))
        count = len(target)
        asn = np.tile(self._asns[np.arange(each) % len(self._asns)], count // each)
        mondays = np.array(self._weeks, dtype="datetime64[us]")[week]
        first = pa.array(mondays + np.timedelta64(5, "h"), pa.timestamp("us", "UTC"))
        n = self._rng.geometric(1 / 5, count).astype(np.int32)
        outcomes = ("served", "interfered", "interfered", "refused", "refused")
        uid = np.char.add("bench-", self._rng.integers(0, 1 << 40, count).astype("U13"))
        columns = {
            **self._keys(target, week),
            "probe_asn": asn.astype(np.int64),
            "outcome": pa.array(outcomes).take(pa.array(kind)),
            "layer": pa.array(["none", *(row[2] for row in _CUTS)]).take(pa.array(kind)),
            "mechanism": pa.array(["none", *(row[1] for row in _CUTS)]).take(pa.array(kind)),
            "locus": pa.array(["unknown"] * count),
            "actor_kind": pa.array(["none", *["unknown"] * len(_CUTS)]).take(pa.array(kind)),
            "strength": pa.array(["B"] * count),
            "n": n,
            "n_bad_day": np.zeros(count, np.int32),
            "n_effective": n.astype(np.float32),
            "days": np.minimum(n, 7).astype(np.int32),
            "first": first,
            "last": first,
            "example_uid": pa.array(uid),
            "network_lossy": np.full(count, 0.01, np.float32),
            "others_alike": np.zeros(count, np.int32),
            "others_refused": np.zeros(count, np.int32),
            "others": np.full(count, 100, np.int32),
        }
        return self._table(TALLY, columns, count)

    def _networks(self, chosen: list[int]) -> pa.Table:
        asn = np.repeat(self._asns, len(chosen))
        week = np.tile(np.array(chosen), len(self._asns))
        count = len(asn)
        many = np.full(count, 2000, np.int32)
        few = np.full(count, 20, np.int32)
        keys = self._keys(np.zeros(count, int), week)
        del keys["target"]
        columns = {
            **keys,
            "probe_asn": asn.astype(np.int64),
            **dict.fromkeys(("n", "targets", "n_served", "reachable"), many),
            **dict.fromkeys(("n_cut", "n_unusable", "reachable_failed"), few),
            "bad_days": pa.array([[]] * count, NETWORK_WEEK.columns[-2].type),
            "lossy": np.full(count, 0.01, np.float32),
        }
        return self._table(NETWORK_WEEK, columns, count)

    def _keys(self, target: np.ndarray, week: np.ndarray) -> dict[str, object]:
        return {
            "target": self._targets.take(pa.array(target)),
            "week": pa.array(self._weeks, pa.date32()).take(pa.array(week)),
        }

    def _table(self, table, columns: dict[str, object], count: int) -> pa.Table:
        schema = arrow_schema(table)
        fixed = {"origin": "ooni", "probe_cc": self._cc, "model": _MODEL}
        repeated = {name: pa.array([value] * count) for name, value in fixed.items()}
        whole = {**repeated, **columns}
        return pa.table({name: whole[name] for name in schema.names}).cast(schema)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--cells", type=int, default=CellPlan.cells)
    parser.add_argument("--countries", type=int, default=CellPlan.countries)
    parser.add_argument("--weeks", type=int, default=CellPlan.weeks)
    parser.add_argument("--tallies-a-cell", type=int, default=CellPlan.tallies_a_cell)
    parser.add_argument("--seed", type=int, default=CellPlan.seed)
    options = vars(parser.parse_args())
    begun = time.perf_counter()
    cells = make_cells(options.pop("directory"), CellPlan(**options))
    print(f"{cells:,} cells, {time.perf_counter() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
