"""Worker processes, one source at a time each; results in the order in which they are done.

Workers are forked after the reference data is loaded, so that they share it, and before anything
starts a thread. A worker dies with its parent, and its death is noticed, not waited for.
"""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from whocut.cli.ingest_worker import IngestPlan, SourceResult, ingest_source
from whocut.ingest.ooni.sources import Source
from whocut.model.errors import StoreError
from whocut.reference.snapshot import Reference

__all__ = ["IngestPool"]

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.2
_COLLECT_EVERY = 100_000


class IngestPool:
    """A few processes that read, judge and stage sources."""

    def __init__(self, workers: int, plan: IngestPlan, reference: Reference) -> None:
        context = multiprocessing.get_context("fork")
        self._read_bytes = context.Value("q", 0)
        self._workers: dict[Connection, BaseProcess] = {}
        self._busy: dict[Connection, Source] = {}
        # Frozen objects are not touched by a worker's collector, so that their pages stay shared.
        gc.freeze()
        for _ in range(workers):
            self._start(context, plan, reference)
        gc.unfreeze()

    def _start(self, context: BaseContext, plan: IngestPlan, reference: Reference) -> None:
        ours, theirs = context.Pipe()
        process = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, os.getpid(), plan, reference, self._read_bytes), daemon=True
        )
        process.start()
        theirs.close()
        self._workers[ours] = process

    @property
    def read_bytes(self) -> int:
        """Bytes read so far by all of them."""
        return int(self._read_bytes.value)

    def run(self, sources: Sequence[Source]) -> Iterator[SourceResult | None]:
        """Hand out the sources, largest first; yield results, and ``None`` now and then.

        Raises: StoreError naming the source on which a worker died.
        """
        waiting = sorted(sources, key=lambda source: (source.size_bytes or 0, source.name))
        for pipe in self._workers:
            self._give(pipe, waiting)
        while self._busy:
            ready = wait(list(self._busy), timeout=_POLL_S)
            if not ready:
                yield None
            for pipe in [pipe for pipe in self._busy if pipe in ready]:
                yield self._receive(pipe)
                self._give(pipe, waiting)

    def _give(self, pipe: Connection, waiting: list[Source]) -> None:
        if waiting:
            self._busy[pipe] = waiting.pop()
            pipe.send(self._busy[pipe])

    def _receive(self, pipe: Connection) -> SourceResult:
        source = self._busy.pop(pipe)
        try:
            result: SourceResult | Exception = pipe.recv()
        except (EOFError, OSError):
            process = self._workers.pop(pipe)
            process.join()
            raise StoreError(
                f"{source.name}: the worker reading it ended (exit code {process.exitcode}; "
                "-9 is a kill, often for want of memory); what was finished before is kept, "
                "run the same command again"
            ) from None
        if isinstance(result, Exception):
            raise result
        return result

    def stop(self) -> None:
        """End the workers, at once where they are busy."""
        for pipe, process in self._workers.items():
            if pipe in self._busy:
                process.terminate()
            else:
                with contextlib.suppress(OSError):  # it may have died meanwhile
                    pipe.send(None)
        for pipe, process in self._workers.items():
            process.join()
            pipe.close()


def _work(
    pipe: Connection,
    parent: int,
    plan: IngestPlan,
    reference: Reference,
    read_bytes: "multiprocessing.sharedctypes.Synchronized[int]",
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    _die_with(parent)
    # A measurement's structs hold no cycles: the collector need not come every 700 of them.
    gc.set_threshold(_COLLECT_EVERY, 20, 20)

    def advance(size: int) -> None:
        with read_bytes.get_lock():
            read_bytes.value += size

    while True:
        try:
            source: Source | None = pipe.recv()
        except (EOFError, OSError):
            return
        if source is None:
            return
        try:
            pipe.send(ingest_source(source, plan, reference, advance))
        except Exception as error:
            pipe.send(error)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
