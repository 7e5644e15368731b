"""``whocut cells``: from verdicts to tallies, cells and spans, as far as they are out of date."""

import time
from types import TracebackType
from typing import Annotated, Any, Self

from cyclopts import Parameter

from whocut.cli.cells_pass import Brought, bring_up_to_date, shipped_model
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.question import ObservatoryOption, observatory_directory
from whocut.cli.scale_options import ClusterOption, WorkersOption
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError
from whocut.scale.executor import Executor, open_executor
from whocut.store.observatory import Observatory, Writer

__all__ = ["cells", "derive"]


def cells(
    *,
    observatory: ObservatoryOption = None,
    workers: WorkersOption = 1,
    cluster: ClusterOption = None,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", help="Make everything anew, stale or not.")
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Bring the derived tables up to date: tallies, networks, cells and spans.

    Only what new verdicts or a new model have put out of date is made anew; without them, nothing
    is. All of it becomes visible at once. An interrupted run is taken up again by the same command.
    ``whocut ingest`` does this at its end.
    """
    place = Observatory(observatory_directory(observatory))
    begin = time.monotonic()
    # Workers are forked with the model in memory, and before an object store is asked.
    model = shipped_model()
    with open_executor(workers, cluster) as executor:
        if not place.exists():
            raise UsageError(
                f"{place.directory}: no observatory here yet; whocut ingest FILES makes one"
            )
        with place.writer() as writer:
            with _Told(output) as watch:
                brought = bring_up_to_date(writer, model, executor, watch, is_all=all_)
            writer.collect()
    _write_summary(_summary(writer, brought, model.version, time.monotonic() - begin), output)
    return 0


def derive(writer: Writer, executor: Executor, output: Output) -> Brought:
    """Bring the derived tables up to date at the end of an ingest, under its lock."""
    with _Told(output, is_brief=not output.verbose) as watch:
        brought = bring_up_to_date(writer, shipped_model(), executor, watch)
    output.detail(f"cells of {count_of(brought.fitted, 'quarter')} made anew")
    return brought


class _Told:
    """Shows each step as a bar of its tasks; where it is brief, without a line at its end."""

    def __init__(self, output: Output, *, is_brief: bool = False) -> None:
        self._is_quiet = output.quiet
        self._is_brief = is_brief
        self._bar: Progress | None = None
        self._title = ""
        self._tasks = self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None

    def begin(self, title: str, tasks: int) -> None:
        """Show a new bar in the place of the last one."""
        self._close()
        self._bar = Progress(tasks, tasks, is_quiet=self._is_quiet, step=title).__enter__()
        self._done, self._tasks, self._title = 0, tasks, title

    def advance(self) -> None:
        """Move the bar on."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance_to(self._done)
            if self._done == self._tasks and not self._is_brief:
                self._bar.finished(f"{self._title}: {self._tasks:,} done")


def _summary(writer: Writer, brought: Brought, model: str, took_s: float) -> dict[str, Any]:
    return {
        "observatory": str(writer.directory),
        "snapshot": brought.sequence,
        "content": writer.manifest.content,
        "is_changed": brought.is_changed,
        "model": model,
        "tallied": brought.tallied,
        "fitted": brought.fitted,
        "spanned": brought.spanned,
        "rows": brought.rows,
        "seconds": round(took_s, 2),
    }


def _write_summary(summary: dict[str, Any], output: Output) -> None:
    if output.form == "json":
        write_json(summary)
        return
    rows = [
        {"what": "made anew", "name": "country and quarter", "count": summary["tallied"]},
        {"what": "made anew", "name": "quarter of cells", "count": summary["fitted"]},
        {"what": "made anew", "name": "country of spans", "count": summary["spanned"]},
        *(
            {"what": "in the observatory", "name": f"{table} rows", "count": count}
            for table, count in summary["rows"].items()
        ),
    ]
    if output.form != "table":
        write_rows(rows, ("what", "name", "count"), output.form)
        return
    print_table(("what", "", "count"), [(r["what"], r["name"], f"{r['count']:,}") for r in rows])
    if not summary["is_changed"]:
        output.say("Everything was up to date.")
    elif summary["fitted"]:
        output.say(f"{count_of(summary['fitted'], 'quarter')} fitted in {summary['seconds']:.0f} s")
