"""Where the time of one core goes: the stages of `whocut ingest`, each timed in one process.

The program's own ingest runs, with a clock of CPU time around the functions named in `STAGES`.
Stages that nest are timed exclusively: what chains take is not in the rules' figure. The clock
costs about 0.5 µs a call, so that many short calls look a little longer than they are.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from make_corpus import Corpus, CorpusPlan, make_corpus
from report import machine_line, table, write_section

from whocut.cli.ingest_worker import IngestPlan, SourceResult, ingest_source
from whocut.ingest.ooni import expand_sources
from whocut.reference.snapshot import load_reference
from whocut.store.observatory import Observatory

if TYPE_CHECKING:
    from collections.abc import Iterator

# Module, attribute (a class's by a dot), stage. The room that calls a function holds the name
# that has to be replaced.
STAGES: tuple[tuple[str, str, str], ...] = (
    ("whocut.cli.ingest_worker", "_key_before_reading", "name the source (SHA-256 of the file)"),
    ("whocut.cli.ingest_worker", "judge", "rules and verdict"),
    ("whocut.cli.ingest_worker", "StageWriter.add", "stage to Arrow"),
    ("whocut.cli.ingest_worker", "StageWriter.finish", "stage to Arrow"),
    ("whocut.ingest.ooni.decode", "RecordDecoder.decode", "decode JSON"),
    ("whocut.ingest.ooni.decode", "RecordDecoder._diagnose", "diagnose odd records"),
    ("whocut.ingest.ooni.decode", "build_measurement", "convert to observations"),
    ("whocut.ingest.ooni.decode", "_derive_uid", "derive the uid (SHA-256)"),
    ("whocut.access.judgement", "split_hops", "hops"),
    ("whocut.access.judgement", "read_dns", "facts: DNS"),
    ("whocut.access.judgement", "read_tcp", "facts: TCP"),
    ("whocut.access.judgement", "read_tls", "facts: TLS"),
    ("whocut.access.judgement", "read_page", "facts: page"),
    ("whocut.access.judgement", "registrable_domain", "public suffixes"),
    ("whocut.access.tls_facts", "verify_chain", "chains"),
    ("whocut.reference.fingerprints", "FingerprintSet.match_response", "fingerprints of responses"),
    ("whocut.reference.fingerprints", "FingerprintSet.match_dns", "fingerprints of DNS answers"),
)
# The same for functions that give an iterator: every step of it is timed.
STREAMS: tuple[tuple[str, str, str], ...] = (
    ("whocut.ingest.ooni.reader", "split_records", "split into records"),
    ("whocut.ingest.ooni.records", "_guarded", "inflate"),
)


class StageClock:
    """Adds up exclusive time by stage: opening one stage pauses the one around it."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._open: list[str] = ["all else"]
        self._since = time.process_time()

    def enter(self, stage: str) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._open.append(stage)
        self.calls[stage] += 1
        self._since = now

    def leave(self) -> None:
        now = time.process_time()
        self.seconds[self._open.pop()] += now - self._since
        self._since = now

    def time_calls(self, module: str, path: str, stage: str) -> None:
        """Time every call of one function from now on."""
        owner, name, timed = find(module, path)

        @functools.wraps(timed)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            self.enter(stage)
            try:
                return timed(*arguments, **named)
            finally:
                self.leave()

        setattr(owner, name, wrapper)

    def time_steps(self, module: str, path: str, stage: str) -> None:
        """Time every step of the iterators that one function gives."""
        owner, name, timed = find(module, path)

        @functools.wraps(timed)
        def wrapper(*arguments: Any, **named: Any) -> Iterator[Any]:
            items = timed(*arguments, **named)
            while True:
                self.enter(stage)
                try:
                    item = next(items)
                except StopIteration:
                    return
                finally:
                    self.leave()
                yield item

        setattr(owner, name, wrapper)


def find(module: str, path: str) -> tuple[Any, str, Any]:
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    return owner, name, getattr(owner, name)


def profile(corpus: Corpus) -> tuple[StageClock, list[SourceResult]]:
    """Run the program's ingest over a corpus under the clock."""
    clock = StageClock()
    for module, path, stage in STAGES:
        clock.time_calls(module, path, stage)
    for module, path, stage in STREAMS:
        clock.time_steps(module, path, stage)
    clock.enter("load the reference (once)")
    reference = load_reference(None, extra_roots=(corpus.root_pem,))
    clock.leave()
    results: list[SourceResult] = []
    with (
        tempfile.TemporaryDirectory(prefix="whocut-profile-") as directory,
        Observatory(Path(directory) / "observatory").writer() as writer,
    ):
        staging = writer.staging_directory("").resolve()
        plan = IngestPlan(str(staging), is_keeping_observations=False, committed=frozenset())
        for source in expand_sources([str(path) for path in corpus.files]):
            results.append(ingest_source(source, plan, reference, lambda _: None))  # noqa: PERF401
        clock.enter("merge to Parquet, commit")
        writer.commit([result.staged for result in results if result.staged is not None])
        clock.leave()
    return clock, results


def render(clock: StageClock, corpus: Corpus) -> str:
    """Draw the section of docs/bench.md."""
    records = corpus.measurements
    total = sum(clock.seconds.values())
    rows = [
        [
            stage,
            f"{seconds:.2f}",
            f"{seconds / records * 1e6:.1f}",
            f"{seconds / total:.1%}",
            f"{clock.calls[stage] / records:.2f}",
        ]
        for stage, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1])
    ]
    rows.append(["together", f"{total:.2f}", f"{total / records * 1e6:.1f}", "100.0%", ""])
    columns = ["stage", "seconds", "µs a measurement", "share", "calls a measurement"]
    return (
        f"{machine_line()}. {records:,} measurements, "
        f"{records / total:,.0f}/s with the clock on.\n\n"
        f"Command: `taskset -c 0 python tests/bench/profile_pipeline.py "
        f"--measurements {corpus.measurements}`\n\n" + table(columns, rows)
    )


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measurements", type=int, default=2016)
    parser.add_argument("--chains", choices=("handshake", "measurement"), default="handshake")
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    corpus = make_corpus(CorpusPlan(measurements=options.measurements, chains=options.chains))
    clock, results = profile(corpus)
    section = render(clock, corpus)
    print(section)
    outcomes: Counter[str] = Counter()
    for result in results:
        outcomes.update(result.outcomes)
    print(dict(outcomes), [result.unjudged for result in results if result.unjudged][:1])
    if options.write:
        write_section("stages", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
