"""One way to run many tasks: in this process, in local processes, on a Dask cluster.

A task is a function of a module, without state, of one picklable frozen struct; it gives back a
small picklable one. Large data goes through files of the observatory, never through here. What a
task gives depends on its item alone, so that where it ran, and how often it was begun, shows
nowhere.
"""

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

from whocut.model.errors import UsageError
from whocut.scale.progress import reporting_to

__all__ = ["Executor", "InProcessExecutor", "open_executor"]

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Runs tasks; close it at the end, or use it in a with statement."""

    @property
    def parallel(self) -> int:
        """How many tasks it runs at once."""

    @property
    def is_remote(self) -> bool:
        """Say whether tasks run on other machines: without our memory, our working directory."""

    def run(
        self,
        task: Callable[[T], R],
        items: Sequence[T],
        *,
        describe: Callable[[T], str] = repr,
        on_progress: Callable[[int], None] | None = None,
    ) -> Iterator[tuple[int, R]]:
        """Run a task on each item; yield the item's index and its result, as they finish.

        Items are begun in their order. ``describe`` names an item in an error. ``on_progress`` is
        told now and then what the tasks have said by ``whocut.scale.progress.advance``, summed up.
        Raises: what the task raised; StoreError if the work cannot go on.
        """

    def close(self) -> None:
        """Let the workers go, at once where they are busy."""

    def __enter__(self) -> Self:
        """Give itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""


def open_executor(workers: int = 1, cluster: str | None = None) -> Executor:
    """Open what runs tasks: this process, so many local ones, or a cluster by its address.

    Local workers are forked here and now: load what they shall share before, and start threads
    (DuckDB, object stores) after.
    Raises: UsageError if that cannot be asked; StoreError if the cluster cannot be used.
    """
    if workers < 1:
        raise UsageError("--workers: at least 1")
    if cluster is not None:
        if workers != 1:
            raise UsageError("--workers and --cluster exclude each other: a cluster has its own")
        # Neither Dask nor a pool is loaded where it is not asked for.
        from whocut.scale.cluster import ClusterExecutor

        return ClusterExecutor(cluster)
    if workers == 1:
        return InProcessExecutor()
    from whocut.scale.pool import PoolExecutor

    return PoolExecutor(workers)


class InProcessExecutor:
    """One task after the other, here."""

    parallel = 1
    is_remote = False

    def run(
        self,
        task: Callable[[T], R],
        items: Sequence[T],
        *,
        describe: Callable[[T], str] = repr,  # noqa: ARG002 - no item gets lost here
        on_progress: Callable[[int], None] | None = None,
    ) -> Iterator[tuple[int, R]]:
        """Run a task on each item, in their order."""
        done = 0

        def advance(amount: int) -> None:
            nonlocal done
            done += amount
            if on_progress is not None:
                on_progress(done)

        for index, item in enumerate(items):
            with reporting_to(advance):
                result = task(item)
            yield index, result

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
