"""``whocut ingest``: from files to verdicts, in one commit."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.question import (
    FailOn,
    ObservatoryOption,
    asked_to_fail,
    observatory_directory,
)
from whocut.cli.reference_options import (
    ExtraRootOption,
    FingerprintsOption,
    PrefixesOption,
    RootsOption,
    load_requested,
    request_reference,
)
from whocut.cli.scale_options import ClusterOption, WorkersOption
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError
from whocut.model.taxonomy import CUT_OUTCOMES
from whocut.store.observatory import CommitResult, Observatory, Writer

if TYPE_CHECKING:
    from whocut.cli.ingest_worker import SourceResult
    from whocut.cli.reading_pass import ReadingRequest
    from whocut.ingest.ooni.sources import Source
    from whocut.scale.executor import Executor

__all__ = ["ingest"]


def ingest(
    sources: Annotated[
        list[str],
        Parameter(
            help="Files, folders, globs, - for standard input, s3://bucket/prefix, https://",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    observatory: ObservatoryOption = None,
    workers: WorkersOption = 1,
    cluster: ClusterOption = None,
    keep_observations: Annotated[
        bool, Parameter(negative="", help="Keep what was seen, too: bodies, chains, answers.")
    ] = False,
    no_cells: Annotated[
        bool, Parameter(negative="", help="Leave the cells for whocut cells to make.")
    ] = False,
    roots: RootsOption = None,
    extra_root: ExtraRootOption = None,
    prefixes: PrefixesOption = None,
    fingerprints: FingerprintsOption = None,
    fail_on: FailOn = None,
    output: Output = AS_TABLE,
) -> int:
    """Read OONI Web Connectivity measurements, judge each, and keep the verdicts.

    All sources become visible at once, when the last is done. What was read before an interruption
    is not read again: give the same command once more. A measurement that is in two files counts
    once. Records that cannot be read go to the observatory's quarantine, with a reason each. Then
    the cells of the quarters with new verdicts are made anew, as whocut cells does.
    """
    from whocut.cli.cells_command import derive
    from whocut.cli.reading_pass import ReadingRequest
    from whocut.ingest.ooni.sources import expand_sources
    from whocut.scale.executor import open_executor

    must_fail = asked_to_fail(fail_on)
    if not sources:
        raise UsageError("whocut ingest: which files? A folder, a glob or - will do")
    strange = next((name for name in sources if name.startswith("-") and name != "-"), None)
    if strange is not None:
        raise UsageError(f"whocut ingest: no option {strange}; a file is called ./{strange}")
    begin = time.monotonic()
    asked = request_reference(
        roots=roots, extra_roots=extra_root, prefixes=prefixes, fingerprints=fingerprints
    )
    # Workers are forked with the reference data in memory, and before an object store is asked.
    snapshot_id = load_requested(asked).snapshot_id
    request = ReadingRequest(asked, snapshot_id, keep_observations)
    with open_executor(workers, cluster) as executor:
        wanted = list({source.name: source for source in expand_sources(sources)}.values())
        with Observatory(observatory_directory(observatory)).writer() as writer:
            results = _read_all(wanted, writer, executor, request, output)
            staged = [result.staged for result in results if result.staged is not None]
            output.detail(f"committing {count_of(len(staged), 'source')}")
            commit = writer.commit(staged)
            if not no_cells:
                derive(writer, executor, output)
            writer.collect()
            summary = _summary(results, writer, commit, time.monotonic() - begin)
    _write_summary(summary, output)
    unjudged = [result.unjudged for result in results if result.unjudged]
    for text in unjudged:
        output.say(f"whocut: our rules failed on a measurement, a bug: {text}")
    if unjudged:
        return 1
    if must_fail and any(summary["outcomes"].get(outcome) for outcome in CUT_OUTCOMES):
        return 4
    return 3 if summary["incomplete"] else 0


def _read_all(
    sources: Sequence["Source"],
    writer: Writer,
    executor: "Executor",
    request: "ReadingRequest",
    output: Output,
) -> list["SourceResult"]:
    from whocut.cli.reading_pass import read_sources

    total = sum(source.size_bytes or 0 for source in sources)
    results: list[SourceResult] = []
    with Progress(total, len(sources), is_quiet=output.quiet) as progress:
        for result in read_sources(sources, writer, executor, request, progress.advance_to):
            results.append(result)
            progress.finished(_line(result))
    return sorted(results, key=lambda result: result.name)


def _line(result: "SourceResult") -> str:
    if result.staged is None:
        return f"{result.name}: known already"
    entry = result.staged.entry
    parts = [f"{entry.parsed:,} judged"]
    if entry.refused:
        parts.append(f"{sum(entry.refused.values()):,} refused")
    if entry.skipped:
        parts.append(f"{sum(entry.skipped.values()):,} of other tests skipped")
    if not entry.is_complete:
        parts.append("not read to its end")
    return f"{result.name}: {', '.join(parts)}" + (
        " (read by an earlier run)" if result.was_staged else ""
    )


def _summary(
    results: Sequence["SourceResult"], writer: Writer, commit: CommitResult, took_s: float
) -> dict[str, Any]:
    names = {result.name for result in results}
    entries = [source for source in writer.manifest.sources if source.name in names]
    refused: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for entry in entries:
        refused.update(entry.refused)
        skipped.update(entry.skipped)
    for result in results:
        outcomes.update(result.outcomes)
    return {
        "observatory": str(writer.directory),
        "snapshot": writer.manifest.sequence,
        "sources": len(results),
        "known_before": sum(result.staged is None for result in results),
        "judged": sum(entry.parsed for entry in entries),
        "refused": dict(sorted(refused.items())),
        "skipped": dict(sorted(skipped.items())),
        "incomplete": sorted(entry.name for entry in entries if not entry.is_complete),
        "outcomes": dict(outcomes.most_common()),
        "verdicts": commit.verdicts_after,
        "verdicts_new": commit.verdicts_after - commit.verdicts_before,
        "seconds": round(took_s, 2),
    }


def _write_summary(summary: dict[str, Any], output: Output) -> None:
    if output.form == "json":
        write_json(summary)
        return
    rows = [
        {"what": what, "name": name, "count": count}
        for what, name, count in [
            ("sources", "given", summary["sources"]),
            ("sources", "known before", summary["known_before"]),
            ("records", "judged", summary["judged"]),
            *(("refused", name, count) for name, count in summary["refused"].items()),
            *(("skipped", name, count) for name, count in summary["skipped"].items()),
            *(("outcome", name, count) for name, count in summary["outcomes"].items()),
            ("verdicts", "new", summary["verdicts_new"]),
            ("verdicts", "in the observatory", summary["verdicts"]),
        ]
        if count or what in ("records", "verdicts")
    ]
    if output.form != "table":
        write_rows(rows, ("what", "name", "count"), output.form)
        return
    print_table(("what", "", "count"), [(r["what"], r["name"], f"{r['count']:,}") for r in rows])
    if summary["incomplete"]:
        output.say(f"Not read to their end: {', '.join(summary['incomplete'][:5])}")
    if summary["refused"]:
        output.say("What was refused, and why: whocut sources --quarantine")
