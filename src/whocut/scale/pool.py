"""Worker processes, one item at a time each; results in the order in which they are done.

Workers are forked when the pool is made, so that they share what is loaded by then, and before
anything starts a thread. A worker dies with its parent, and its death is noticed, not waited for.
"""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from whocut.model.errors import StoreError
from whocut.scale.progress import reporting_to

__all__ = ["PoolExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.2
_COLLECT_EVERY = 100_000


class PoolExecutor:
    """A few processes of this machine."""

    is_remote = False

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("fork")
        self.parallel = workers
        self._done = context.Value("q", 0)
        self._workers: dict[Connection, BaseProcess] = {}
        self._busy: dict[Connection, int] = {}
        # Frozen objects are not touched by a worker's collector, so that their pages stay shared.
        gc.freeze()
        for _ in range(workers):
            self._start(context)
        gc.unfreeze()

    def _start(self, context: BaseContext) -> None:
        ours, theirs = context.Pipe()
        process = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, os.getpid(), self._done), daemon=True
        )
        process.start()
        theirs.close()
        self._workers[ours] = process

    def run(
        self,
        task: Callable[[T], R],
        items: Sequence[T],
        *,
        describe: Callable[[T], str] = repr,
        on_progress: Callable[[int], None] | None = None,
    ) -> Iterator[tuple[int, R]]:
        """Hand out the items in their order; yield results as they come.

        Raises: StoreError naming the item on which a worker died.
        """
        before = int(self._done.value)
        waiting = iter(enumerate(items))
        finished = 0
        try:
            for pipe in list(self._workers):
                self._give(pipe, task, waiting)
            while self._busy:
                ready = wait(list(self._busy), timeout=_POLL_S)
                if on_progress is not None:
                    on_progress(int(self._done.value) - before)
                for pipe in [pipe for pipe in self._busy if pipe in ready]:
                    index = self._busy.pop(pipe)
                    result: R = self._receive(pipe, describe, items[index])
                    self._give(pipe, task, waiting)
                    finished += 1
                    yield index, result
            if finished < len(items):
                raise StoreError("no worker is left; run the same command again")
        finally:
            self._drop_busy()  # whoever broke off wants no more results

    def _give(
        self, pipe: Connection, task: Callable[[T], R], waiting: Iterator[tuple[int, T]]
    ) -> None:
        for index, item in waiting:
            self._busy[pipe] = index
            with contextlib.suppress(BrokenPipeError):  # it died idle; reading will tell
                pipe.send((task, item))
            return

    def _receive(self, pipe: Connection, describe: Callable[[T], str], item: T) -> Any:  # noqa: ANN401 - as unpickled
        try:
            result = pipe.recv()
        except (EOFError, OSError):
            process = self._workers.pop(pipe)
            process.join()
            raise StoreError(
                f"{describe(item)}: the worker on it ended (exit code {process.exitcode}; "
                "-9 is a kill, often for want of memory); what was finished before is kept, "
                "run the same command again"
            ) from None
        if isinstance(result, Exception):
            raise result
        return result

    def _drop_busy(self) -> None:
        for pipe in self._busy:
            process = self._workers.pop(pipe)
            process.terminate()
            process.join()
            pipe.close()
        self._busy.clear()

    def close(self) -> None:
        """End the workers, at once where they are busy."""
        self._drop_busy()
        for pipe in self._workers:
            with contextlib.suppress(OSError):  # it may have died meanwhile
                pipe.send(None)
        for pipe, process in self._workers.items():
            process.join()
            pipe.close()
        self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _work(
    pipe: Connection, parent: int, done: "multiprocessing.sharedctypes.Synchronized[int]"
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    _die_with(parent)
    # Structs hold no cycles: the collector need not come every 700 of them.
    gc.set_threshold(_COLLECT_EVERY, 20, 20)

    def advance(amount: int) -> None:
        with done.get_lock():
            done.value += amount

    with reporting_to(advance):
        while True:
            try:
                given = pipe.recv()
            except (EOFError, OSError):
                return
            if given is None:
                return
            task, item = given
            try:
                pipe.send(task(item))
            except Exception as error:
                pipe.send(error)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
