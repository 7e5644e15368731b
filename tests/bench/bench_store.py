"""What the store costs: columns from structs against rows as dicts, runs of several sizes."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
from make_corpus import CorpusPlan, make_corpus
from report import machine_line, table, write_section

from whocut.access import judge
from whocut.ingest.ooni import expand_sources, read_source
from whocut.model.observation import Measurement
from whocut.reference.snapshot import load_reference
from whocut.store import staging
from whocut.store.batches import table_schema, verdict_batch
from whocut.store.manifest import SourceEntry
from whocut.store.observatory import Observatory
from whocut.store.staging import StageWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from whocut.model.verdict import Judgement

_RUN_ROWS = (256, 1024, 4096, 16384)


def _judged(count: int) -> list[tuple[Judgement, Measurement]]:
    """Judge a small corpus and repeat its verdicts under new ids."""
    corpus = make_corpus(CorpusPlan(measurements=2016))
    reference = load_reference(None, extra_roots=(corpus.root_pem,))
    first = [
        (judge(record, reference), record)
        for source in expand_sources([str(path) for path in corpus.files])
        for record in read_source(source)
        if isinstance(record, Measurement)
    ]
    judged = []
    for number, (judgement, record) in zip(range(count), itertools.cycle(first), strict=False):
        verdict = msgspec.structs.replace(judgement.verdict, measurement_uid=f"bench-{number:08d}")
        judged.append((msgspec.structs.replace(judgement, verdict=verdict), record))
    return judged


def _best(work: Callable[[], object], rounds: int = 3) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def _store(judged: list[tuple[Judgement, Measurement]], run_rows: int) -> tuple[float, float]:
    """Stage and commit once; CPU seconds of each."""
    verdict = judged[0][0].verdict
    entry = SourceEntry(
        "bench", "bench", len(judged), {}, {}, True, verdict.ruleset, verdict.reference_snapshot
    )
    usual, staging.RUN_ROWS = staging.RUN_ROWS, run_rows  # type: ignore[misc]  # the size under test
    try:
        with (
            tempfile.TemporaryDirectory(prefix="whocut-bench-") as directory,
            Observatory(Path(directory) / "observatory").writer() as writer,
        ):
            begun = time.process_time()
            stage = StageWriter(writer.staging_directory("bench"), is_keeping_observations=False)
            for judgement, record in judged:
                stage.add(judgement, record)
            staged = stage.finish(entry)
            half = time.process_time()
            writer.commit([staged])
            return half - begun, time.process_time() - half
    finally:
        staging.RUN_ROWS = usual  # type: ignore[misc]


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measurements", type=int, default=20_000)
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    judged = _judged(options.measurements)
    judgements = [judgement for judgement, _ in judged]
    schema = table_schema("verdict")
    cells = len(judgements) * len(schema)
    columns_s = _best(lambda: verdict_batch(judgements))
    rows_s = _best(
        lambda: pa.RecordBatch.from_pylist(
            [msgspec.to_builtins(one.verdict, builtin_types=(datetime,)) for one in judgements],
            schema=schema,
        )
    )
    rows = []
    for run_rows in _RUN_ROWS:
        stage_s, commit_s = min(_store(judged, run_rows) for _ in range(2))
        each = len(judgements) / 1e6
        rows.append([f"{run_rows:,}", f"{stage_s / each:.1f}", f"{commit_s / each:.1f}"])
    section = (
        f"{machine_line()}. {len(judgements):,} verdicts and their signals, CPU time.\n\n"
        f"Command: `python tests/bench/bench_store.py --measurements {options.measurements}`\n\n"
        f"Verdicts to Arrow, column by column: {columns_s / cells * 1e6:.2f} µs a cell; as dicts, "
        f"row by row: {rows_s / cells * 1e6:.2f} µs a cell.\n\n"
        + table(["verdicts a run", "staging, µs a verdict", "merge and commit, µs a verdict"], rows)
    )
    print(section)
    if options.write:
        write_section("store", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
