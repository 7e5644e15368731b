"""Questions to an observatory of ten million cells: whole processes, warm cache, medians.

The observatory is made once by ``make_cells.py`` and kept in the cache; verdicts are laid behind
the last quarter of one country, so that an answer has measurements to open down to.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from make_cells import CellPlan, make_cells  # noqa: E402
from race import Lap, Result, run_lap  # noqa: E402
from report import machine_line, table, write_section  # noqa: E402

from whocut.model.cell_schema import TALLY  # noqa: E402
from whocut.model.schema import TABLES, arrow_schema  # noqa: E402
from whocut.model.table import TABLE_VERSION  # noqa: E402
from whocut.store.lookup import rows  # noqa: E402
from whocut.store.manifest import FileEntry, save_manifest, sealed  # noqa: E402
from whocut.store.observatory import Observatory  # noqa: E402
from whocut.store.parquet_files import Place, in_order, write_rows  # noqa: E402

_WHOCUT = str(Path(sys.executable).with_name("whocut"))
_COUNTRY = "RU"
_VERDICTS_A_DAY = 20_000
_RECIPE = 2
"""Raised when the same plan gives another observatory."""
BOUNDS_S = {"who": 0.3, "country": 1.0}
"""Issue 3, acceptance 4, at ten million cells."""


def observatory_of(plan: CellPlan, parent: Path | None = None) -> Path:
    """Find the observatory of a plan, in the cache or below ``parent``, or make it there."""
    cache = Path(os.environ.get("WHOCUT_CACHE") or Path.home() / ".cache" / "whocut")
    shape = f"{plan.cells}-by-{plan.countries}-{plan.weeks}-seed-{plan.seed}"
    columns = len(TALLY.columns)  # a new column makes other files
    name = f"cells-{shape}-v{TABLE_VERSION}.{columns}.{_RECIPE}"
    place = (parent or cache / "bench") / name
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        make_cells(place, plan)
        lay_verdicts(place)
        (place / "made").touch()
    return place


def lay_verdicts(place: Path) -> None:
    """Lay verdicts behind the last tallies of one country, among as many as a day has."""
    with Observatory(place).snapshot() as snapshot:
        last = max(entry.day for entry in snapshot.files("tally", cc=_COUNTRY))
        tallies = rows(snapshot, "tally", cc=_COUNTRY, since=date.fromisoformat(last))
        before = snapshot.manifest
    scratch = place / "staging" / "bench"
    scratch.mkdir(parents=True, exist_ok=True)
    entries: list[FileEntry] = []
    for monday in tallies["week"].unique().to_pylist():
        own = tallies.filter(pc.equal(tallies["week"], monday))
        found = in_order(_verdicts(own, seed=monday.toordinal()), "verdict")
        where = Place("verdict", _COUNTRY, monday.isoformat())
        entries.append(write_rows(place, scratch, where, found))
    shutil.rmtree(place / "staging")
    listed = [*before.files, *entries]
    save_manifest(place, sealed(before.sequence + 1, listed, before.sources, before.derived))


def _verdicts(tallies: pa.Table, seed: int) -> pa.Table:
    """Make the verdict that each tally names, and others over the same day."""
    rng = np.random.default_rng(seed)
    more = max(_VERDICTS_A_DAY - tallies.num_rows, 0)
    picks = pa.array(np.concatenate([np.arange(tallies.num_rows),
                                     rng.integers(0, tallies.num_rows, more)]))  # fmt: skip
    named = tallies.take(picks)
    count = named.num_rows
    uids = named["example_uid"].to_pylist()
    uids[tallies.num_rows :] = [f"other-{n}-{rng.integers(1 << 40)}" for n in range(more)]
    starts = named["last"].cast(pa.int64()).to_numpy().copy()
    starts[tallies.num_rows :] += rng.integers(-4 * 3600, 18 * 3600, more) * 1_000_000
    given = {
        "measurement_uid": pa.array(uids),
        "measurement_start_time": pa.array(starts).cast(pa.timestamp("us", "UTC")),
        "hostname": named["target"],
        **{
            name: named[name]
            for name in ("origin", "probe_cc", "probe_asn", "target", "outcome", "layer")
        },
        **{name: named[name] for name in ("mechanism", "locus", "actor_kind", "strength")},
    }
    fill = {
        "rules": ["bench.rule", "bench.other"],
        "cut_layers": ["http"],
        "fingerprints": ["bench.page"],
        "doubt": "One measurement cannot show whether other networks see the same.",
        "next_step": "Measure from a second network.",
        "rule_id": "http.status.451",
    }
    schema = arrow_schema(TABLES["verdict"])
    columns = []
    for field in schema:
        if field.name in given:
            columns.append(given[field.name])
        else:
            value = fill.get(field.name, _anything(field.type))
            columns.append(pa.array([value] * count, field.type))
    return pa.table(columns, names=schema.names).cast(schema)


def _anything(kind: pa.DataType) -> object:
    if pa.types.is_string(kind):
        return "bench"
    if pa.types.is_list(kind):
        return []
    return False if pa.types.is_boolean(kind) else 0


def questions(place: Path) -> dict[str, list[str]]:
    """Give the questions by name; the network is the one with most measurements."""
    with Observatory(place).snapshot() as snapshot:
        asns = rows(snapshot, "network_week", cc=_COUNTRY, columns=["probe_asn"])["probe_asn"]
        tallied = rows(snapshot, "tally", cc=_COUNTRY, columns=["probe_asn"])["probe_asn"]
        asn = tallied[0].as_py() if len(tallied) else asns[0].as_py()
        first = rows(snapshot, "span", cc=_COUNTRY, columns=["target", "last_week"])
        latest = max(first["last_week"].to_pylist())
        cut = next(row["target"] for row in first.to_pylist() if row["last_week"] == latest)
    return {
        "who": ["who", "example.org", "--country", _COUNTRY],
        "who, cut": ["who", cut, "--country", _COUNTRY],
        "who, --plot": ["who", cut, "--country", _COUNTRY, "--plot"],
        "country": ["country", _COUNTRY],
        "country, --all --json": ["country", _COUNTRY, "--all", "--json"],
        "network": ["network", f"AS{asn}", "--country", _COUNTRY],
        "changes": ["changes", "--country", _COUNTRY, "--since", f"{latest}"],
    }


def ask(place: Path, command: list[str], laps: int) -> Result:
    """Ask one question several times, after once to warm the cache."""
    whole = [_WHOCUT, *command, "--observatory", str(place)]
    # Compiled modules are kept, as they are where a program is installed; the first lap makes them.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(place / "compiled")}
    found: list[Lap] = [run_lap(whole, cores=(0, 1), env=compiled) for _ in range(laps + 1)]
    return Result(command[0], 1, tuple(found[1:]))


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=CellPlan.cells)
    parser.add_argument("--laps", type=int, default=11)
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    place = observatory_of(CellPlan(cells=options.cells))
    size = sum(path.stat().st_size for path in place.rglob("*.parquet"))
    found = []
    for name, command in questions(place).items():
        result = ask(place, command, options.laps)
        found.append([
            f"`{' '.join(['whocut', *command])}`", f"{result.wall_s * 1000:.0f}",
            f"{min(lap.wall_s for lap in result.laps) * 1000:.0f}",
            f"{result.cpu_s * 1000:.0f}", f"{result.peak_rss_bytes / 1e6:.0f}",
            f"{BOUNDS_S[name] * 1000:.0f}" if name in BOUNDS_S else "",
            f"{result.others_share:.0%}",
        ])  # fmt: skip
    heads = ["question", "median, ms", "best, ms", "CPU, ms", "peak MB", "bound, ms", "others"]
    section = (
        f"{machine_line()}. {options.cells:,} cells of 60 countries and 104 weeks, as many "
        f"tallies; {size / 1e6:,.0f} MB. Whole processes, start-up included, warm cache, median of "
        f"{options.laps}.\n\nCommand: `python tests/bench/bench_questions.py`\n\n"
        + table(heads, found)
    )
    print(section)
    if options.write:
        write_section("questions", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
