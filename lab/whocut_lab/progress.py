"""Show how far a run is: a bar on a terminal, a line a scenario elsewhere. On stderr."""

import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from whocut_lab.play import Play

__all__ = ["shown"]


def shown(plays: Iterable[list[Play]], total: int, label: str) -> Iterator[list[Play]]:
    """Pass plays through and show each as it ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        for number, group in enumerate(plays, 1):
            seconds = max(play.seconds for play in group)
            line = f"{label}: {number}/{total} {group[0].scenario_id} {seconds:.1f} s"
            print(line, file=sys.stderr, flush=True)
            yield group
        return
    columns: Sequence[TextColumn | BarColumn | MofNCompleteColumn | TimeElapsedColumn] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(label, total=total)
        for group in plays:
            progress.update(task, advance=1, description=f"{label} {group[0].scenario_id}")
            yield group
