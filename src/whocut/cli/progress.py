"""How far a command is: a bar where a person looks, a quiet line per source or step elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from whocut.cli.terminal import clean, console, is_terminal, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

__all__ = ["Progress"]


class Progress:
    """Progress of several sources, by bytes where their sizes are known; or of a named step."""

    def __init__(self, total: int, sources: int, *, is_quiet: bool, step: str = "") -> None:
        self._is_quiet = is_quiet
        self._step = step
        self._sources = sources
        self._done = 0
        self._total = total
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if not self._is_quiet and is_terminal(sys.stderr):
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                MofNCompleteColumn,
                TextColumn,
                TimeRemainingColumn,
            )
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn() if self._step else DownloadColumn(),
                TimeRemainingColumn(),
                console=console(sys.stderr),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._title(), total=self._total or None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance_to(self, done: int) -> None:
        """Say how many bytes are read in all, or how many parts of the step are done."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)

    def finished(self, line: str) -> None:
        """Say that one source is done, and what it gave."""
        self._done += 1
        if self._is_quiet:
            return
        if self._bar is None or self._task is None:
            say(line)
        else:
            self._bar.console.print(clean(line))
            self._bar.update(self._task, description=self._title())

    def _title(self) -> str:
        return self._step or f"{self._done} of {self._sources} sources"
