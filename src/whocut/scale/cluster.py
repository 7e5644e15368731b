"""Tasks on a Dask cluster: results as they finish, lost workers' tasks given to others.

The scheduler begins a task again that was on a worker when it died, on another one, up to
``distributed.scheduler.allowed-failures`` (3) times; a task that fails on the way (a full disk, a
broken line) is tried twice more. Only small structs pass the scheduler.
"""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import distributed
from distributed.scheduler import KilledWorker

from whocut.model.errors import StoreError, UsageError, WhocutError
from whocut.scale.remote import Software, differences, own_software, pack, perform, unpack

__all__ = ["ClusterExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_CLIENT: Final[Any] = distributed.Client  # of its methods, some are typed and some are not
_SECURITY: Final[Any] = distributed.Security
_Future = Any
_SCHEMES: Final = ("tcp://", "tls://")
_PATIENCE_S: Final = 5.0
"""For the scheduler to answer. provisional"""
_ALONE_S: Final = 60.0
"""For which a cluster may be without any worker before the work is given up. provisional"""
_POLL_S: Final = 1.0
_RETRIES: Final = 2
"""Of a task that failed other than by our own error. provisional"""
_AHEAD: Final = 4
_LEAST_AHEAD: Final = 64
"""Tasks known to the scheduler: so many a thread, and so many at least. A million at once would
fill its memory; too few would let workers wait that join later. provisional"""
_AGAIN: Final = "what was finished before is kept, run the same command again"


class ClusterExecutor:
    """The workers of one scheduler."""

    is_remote = True

    def __init__(self, address: str) -> None:
        if not address.startswith(_SCHEMES) or not address.rpartition(":")[2].isdigit():
            raise UsageError(
                f"--cluster {address}: not the address of a scheduler, as in tcp://10.0.0.1:8786"
            )
        self._address = address
        security: Any = _SECURITY()  # as the settings of Dask have it
        if address.startswith("tls://") and not (security.tls_ca_file and security.tls_client_cert):
            before = "DASK_DISTRIBUTED__COMM__TLS__"
            raise UsageError(
                f"--cluster {address}: no certificate; name the files by {before}CA_FILE, "
                f"{before}CLIENT__CERT and {before}CLIENT__KEY (docs/manual/cluster.md)"
            )
        try:
            self._client: Any = _CLIENT(
                address, timeout=_PATIENCE_S, security=security, set_as_default=False, name="whocut"
            )
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise StoreError(
                f"--cluster {address}: no Dask scheduler answers there ({_in_one_line(error)})"
            ) from None
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        """Refuse a cluster whose results would not be ours, before it has worked for hours."""
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise StoreError(
                f"--cluster {self._address}: the scheduler has no workers; start some with: "
                f"dask worker {self._address} --nworkers -1 --nthreads 1"
            ) from None
        ours = own_software()
        for place, theirs in self._software().items():
            different = differences(theirs, ours)
            if different:
                raise StoreError(
                    f"--cluster {self._address}: the software of {place} differs: {different}; "
                    "the same has to run on all machines"
                )
        for place, threads in self._client.nthreads().items():
            if threads != 1:
                raise UsageError(
                    f"--cluster {self._address}: worker {place} has {threads} threads, of which "
                    "one would work; start workers with --nthreads 1, one for each core "
                    "(--nworkers -1)"
                )

    def _software(self) -> dict[str, Software]:
        try:
            found = {"the scheduler": self._client.run_on_scheduler(own_software)}
            for place, theirs in self._client.run(own_software).items():
                found[f"worker {place}"] = theirs
        except Exception as error:  # whatever loading our module raises over there
            raise StoreError(
                f"--cluster {self._address}: whocut cannot be loaded on the scheduler or a "
                f"worker ({_in_one_line(error)}); the same whocut has to be installed on all"
            ) from None
        return found

    @property
    def parallel(self) -> int:
        """How many tasks it runs at once; workers may come and go."""
        return sum(self._client.nthreads().values()) or 1

    def run(
        self,
        task: Callable[[T], R],
        items: Sequence[T],
        *,
        describe: Callable[[T], str] = repr,
        on_progress: Callable[[int], None] | None = None,
    ) -> Iterator[tuple[int, R]]:
        """Hand the items to the scheduler, in their order; yield results as they come."""
        done = 0
        running: dict[int, _Future] = {}
        finished: queue.SimpleQueue[int] = queue.SimpleQueue()
        waiting = iter(enumerate(items))
        try:
            self._submit(task, waiting, running, finished)
            while running:
                index = self._next(finished)
                future = running.pop(index)
                answer = unpack(self._result(future, describe, items[index]))
                if answer.error is not None:
                    raise answer.error
                done += answer.advanced
                if on_progress is not None:
                    on_progress(done)
                self._submit(task, waiting, running, finished)
                yield index, answer.result
        finally:
            self._client.cancel(list(running.values()), asynchronous=False)

    def _submit(
        self,
        task: Callable[[T], R],
        waiting: Iterator[tuple[int, T]],
        running: dict[int, _Future],
        finished: "queue.SimpleQueue[int]",
    ) -> None:
        most = max(_LEAST_AHEAD, _AHEAD * self.parallel)
        if len(running) > most * 3 // 4:  # asking the scheduler after each result would be slow
            return
        for index, item in waiting:
            packed = pack(task, item, own_software())
            future = self._client.submit(perform, packed, pure=False, retries=_RETRIES)
            running[index] = future
            future.add_done_callback(lambda _, index=index: finished.put(index))
            if len(running) >= most:
                return

    def _next(self, finished: "queue.SimpleQueue[int]") -> int:
        alone_since: float | None = None
        while True:
            try:
                return finished.get(timeout=_POLL_S)
            except queue.Empty:
                pass
            if self._client.status not in ("running", "connecting"):
                raise StoreError(f"--cluster {self._address}: the scheduler is gone; {_AGAIN}")
            if self._client.nthreads():
                alone_since = None
                continue
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > _ALONE_S:
                raise StoreError(
                    f"--cluster {self._address}: all workers are gone for {_ALONE_S:.0f} s; "
                    f"{_AGAIN}"
                )

    def _result(self, future: _Future, describe: Callable[[T], str], item: T) -> bytes:
        try:
            found: bytes = future.result()
        except KilledWorker as error:
            raise StoreError(
                f"{describe(item)}: every worker that took it died (the last was "
                f"{error.last_worker.address}), often for want of memory; {_AGAIN}"
            ) from None
        except distributed.CancelledError:
            raise StoreError(
                f"--cluster {self._address}: the scheduler is gone or was restarted; {_AGAIN}"
            ) from None
        except WhocutError:
            raise
        except Exception as error:
            error.add_note(f"on the cluster, at {describe(item)}")
            raise
        return found

    def close(self) -> None:
        """Let go of the cluster; what runs there for us is cancelled."""
        self._client.close(timeout=_PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _in_one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
