"""Pass 1: every source to staged verdicts, by whatever runs tasks."""

import re
import secrets
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from whocut.access import RULESET_VERSION
from whocut.cli.ingest_worker import (
    STREAM_PREFIX,
    Client,
    IngestPlan,
    SourceResult,
    SourceTask,
    read_task,
)
from whocut.cli.reference_options import ReferenceRequest
from whocut.ingest.ooni.sources import Source
from whocut.scale.executor import Executor, InProcessExecutor
from whocut.store.object_path import AnyPath, ObjectPath
from whocut.store.observatory import YOUNG, Writer

__all__ = ["ReadingRequest", "read_sources"]

_BATCH_BYTES: Final = 4 << 20
_BATCH_SOURCES: Final = 64
"""A task for a cluster: a few milliseconds to hand out, so that it should take some hundred; OONI's
bucket has many files of a few kilobytes. provisional"""
_PARTS_EACH: Final = 4
_MARK_PREFIX: Final = "client-"
_OF_A_SOURCE: Final = re.compile(rf"([0-9a-f]{{32}}|{STREAM_PREFIX}\w+)(\.\w+)?")
"""Folders of sources, finished or not; the second pass keeps its own beside them."""


class ReadingRequest(Struct, frozen=True):
    """How the sources of one ingest are to be read."""

    reference: ReferenceRequest
    reference_snapshot: str
    is_keeping_observations: bool


def read_sources(
    sources: Sequence[Source],
    writer: Writer,
    executor: Executor,
    request: ReadingRequest,
    advance_to: Callable[[int], None],
) -> Iterator[SourceResult]:
    """Read, judge and stage sources; yield what became of each, as they are done.

    ``advance_to`` is told how many bytes are read in all.
    Raises: StoreError naming a source that cannot be read because its worker died or lacks it.
    """
    staging = writer.directory.absolute() / "staging"
    known: dict[str, set[str]] = defaultdict(set)
    for entry in writer.manifest.sources:
        known[entry.name].add(entry.key)
    _sweep(staging, {entry.key for entry in writer.manifest.sources})
    done = 0

    def advance(amount: int) -> None:
        advance_to(done + amount)

    with _plan(staging, executor, request) as plan:
        for some, where in _shares(sources, executor):
            tasks = []
            for batch in _batches(some, where):
                keys = frozenset(key for source in batch for key in known[source.name] if key)
                batch_plan = structs.replace(plan, committed=keys)
                tasks.append(SourceTask(batch, batch_plan, request.reference))
            for _, results in where.run(read_task, tasks, describe=_name_of, on_progress=advance):
                yield from results
            done += sum(source.size_bytes or 0 for source in some)


def _name_of(task: SourceTask) -> str:
    more = len(task.sources) - 1
    return task.sources[0].name + (f" and {more} more" if more else "")


def _batches(sources: Sequence[Source], executor: Executor) -> Iterator[tuple[Source, ...]]:
    """Put small sources together for another machine, and leave enough parts for all workers."""
    most_bytes = 0
    if executor.is_remote:
        total = sum(source.size_bytes or 0 for source in sources)
        most_bytes = min(_BATCH_BYTES, total // (_PARTS_EACH * executor.parallel))
    batch: list[Source] = []
    held = 0
    for source in sources:
        size = source.size_bytes or _BATCH_BYTES
        if batch and (held + size > most_bytes or len(batch) >= _BATCH_SOURCES):
            yield tuple(batch)
            batch, held = [], 0
        batch.append(source)
        held += size
    if batch:
        yield tuple(batch)


def _shares(
    sources: Sequence[Source], executor: Executor
) -> Iterator[tuple[list[Source], Executor]]:
    """Read standard input here: it has one reader; the rest where it is asked, largest first."""
    yield [source for source in sources if source.name == "-"], InProcessExecutor()
    others = [source for source in sources if source.name != "-"]
    if executor.parallel > 1:
        others.sort(key=lambda source: (-(source.size_bytes or 0), source.name))
    yield others, executor


@contextmanager
def _plan(staging: AnyPath, executor: Executor, request: ReadingRequest) -> Iterator[IngestPlan]:
    plan = IngestPlan(str(staging), request.is_keeping_observations, committed=frozenset())
    if not executor.is_remote:
        yield plan
        return
    mark = staging / f"{_MARK_PREFIX}{secrets.token_hex(8)}"
    staging.mkdir(parents=True, exist_ok=True)
    mark.touch()
    try:
        client = Client(str(Path.cwd()), mark.name, RULESET_VERSION, request.reference_snapshot)
        yield structs.replace(plan, client=client)
    finally:
        with suppress(FileNotFoundError):
            mark.unlink()


def _sweep(staging: AnyPath, committed: set[str]) -> None:
    """Remove what killed runs left, half done or committed; we hold the lock, nobody is at it.

    In an object store somebody may be: there only what is old goes.
    """
    if isinstance(staging, ObjectPath):
        for path in staging.written_before(datetime.now(UTC) - YOUNG):
            path.unlink()
        return
    for left in staging.glob("*"):
        if left.name.startswith(_MARK_PREFIX):
            left.unlink()
        elif _OF_A_SOURCE.fullmatch(left.name) and _is_useless(left, committed):
            shutil.rmtree(left)


def _is_useless(folder: Path, committed: set[str]) -> bool:
    name = folder.name
    is_half_done = "." in name or not (folder / "done.json").exists()
    return is_half_done or name.startswith(STREAM_PREFIX) or name in committed
