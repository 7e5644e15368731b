"""Write a bench's table into docs/bench.md, between the marks that carry its name."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["machine_line", "table", "write_section"]

_BENCH_PAGE = Path(__file__).resolve().parents[2] / "docs" / "bench.md"


def table(columns: list[str], rows: list[list[str]]) -> str:
    """Draw a Markdown table; the first column reads left, the rest right."""
    marks = ["---"] + ["---:"] * (len(columns) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [columns, marks, *rows]) + "\n"


def machine_line() -> str:
    """Say on what and when the figures were taken, and what else the machine was doing."""
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=_BENCH_PAGE.parent,
    ).stdout.strip()
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'none'}, {model}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}"
    )


def write_section(name: str, text: str) -> None:
    """Replace one section of docs/bench.md.

    Raises: ValueError if the page has no marks of that name.
    """
    begin, end = f"<!-- bench:{name} -->\n", f"<!-- /bench:{name} -->\n"
    page = _BENCH_PAGE.read_text()
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"docs/bench.md has no marks for the bench {name!r}")
    _BENCH_PAGE.write_text(before + begin + "\n" + text.strip("\n") + "\n\n" + end + after)
