"""Routes a second out of the 2014 table, ours and the peers', in one run; then memory.

The slice is cut within its bzip2 stream; what is whole of it is written anew as .gz and raw into a
scratch directory. Processor time of all threads and children counts, the best of several rounds;
beside it the wall clock, which shows what is done side by side. mrtparse and pybgpkit-parser run in
a venv of their own: .venv-peers/mrt by its lock, or the one whose Python --peers-python names.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from isal import isal_zlib
from peer_venvs import peer_python
from report import machine_line, table, write_section

from whocut.ingest.mrt import Record, read_records, read_routes
from whocut.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

_REPO = Path(__file__).resolve().parents[2]
_SLICE = _REPO.parent / "shared" / "routes" / "mrt" / "rib.20140523.0600_firstMB.bz2"
_LOCK = _REPO / "requirements" / "peers-mrt.txt"
_COPIES = 20

_PEERS = {
    "mrtparse": "import mrtparse\nfor _ in mrtparse.Reader({path!r}): pass",
    "pybgpkit-parser": "import pybgpkit_parser\nfor _ in pybgpkit_parser.Parser({path!r}): pass",
}
_READ = (
    "import resource; from pathlib import Path; from whocut.ingest.mrt import read_routes\n"
    "rows = sum(len(batch) for batch in read_routes(Path({path!r})))\n"
    "print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def whole_records(path: Path) -> bytes:
    """Give the slice up to its last whole record."""
    plain = bz2.BZ2Decompressor().decompress(path.read_bytes())
    try:
        for _ in read_routes(path):
            pass
    except InputError as error:
        return plain[: error.offset]
    return plain


def rows_of(path: Path) -> int:
    """Count the routes, whether or not the file is cut."""
    rows = 0
    try:
        for batch in read_routes(path):
            rows += len(batch)
    except InputError:
        pass
    return rows


def _processor_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = [resource.getrusage(kind) for kind in kinds]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def best(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Time some work: processor seconds and wall seconds, each the best of its rounds."""
    processor = wall = float("inf")
    for _ in range(rounds):
        began, began_wall = _processor_s(), time.perf_counter()
        work()
        processor = min(processor, _processor_s() - began)
        wall = min(wall, time.perf_counter() - began_wall)
    return processor, wall


def race(
    contestants: list[tuple[str, Callable[[], object], int]],
) -> dict[str, tuple[float, float]]:
    """Time all contestants round by round, so that what else runs disturbs them alike."""
    taken: dict[str, tuple[float, float]] = {}
    for turn in range(max(rounds for _, _, rounds in contestants)):
        for name, work, rounds in contestants:
            if turn < rounds:
                now, before = best(work, 1), taken.get(name, (float("inf"),) * 2)
                taken[name] = (min(now[0], before[0]), min(now[1], before[1]))
    return taken


def records_of(path: Path) -> int:
    """Count the entries by the readable reader."""
    return sum(
        len(getattr(found.body, "entries", ()))
        for found in read_records(path)
        if isinstance(found, Record)
    )


def peak_mb(path: Path) -> tuple[int, float]:
    """Read a file in a process of its own: rows, peak of its memory."""
    done = subprocess.run(
        [sys.executable, "-c", _READ.format(path=str(path))],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, kilobytes = map(int, done.stdout.split())
    return rows, kilobytes / 1024


def _peers_python(named: str | None) -> str | None:
    if named:
        return named
    return peer_python("mrt") if _LOCK.is_file() else None


def _contestants(
    scratch: Path, peers_python: str | None
) -> list[tuple[str, Callable[[], object], int]]:
    gz, raw = scratch / "rib.gz", scratch / "rib.mrt"
    run = subprocess.run
    packed, plain_bz2 = gz.read_bytes(), _SLICE.read_bytes()
    found: list[tuple[str, Callable[[], object], int]] = [
        ("read_routes, .gz", lambda: rows_of(gz), 9),
        ("read_routes, raw", lambda: rows_of(raw), 9),
        ("read_routes, .bz2", lambda: rows_of(_SLICE), 9),
        ("read_records, .gz", lambda: records_of(gz), 1),
        ("isal alone, .gz", lambda: isal_zlib.decompress(packed, wbits=31), 9),
        ("bzip2 alone, .bz2", lambda: bz2.BZ2Decompressor().decompress(plain_bz2), 9),
    ]
    if shutil.which("bgpdump"):
        quiet = subprocess.DEVNULL
        line = ["bgpdump", "-m", str(gz)]
        found.append(("bgpdump -m, .gz", lambda: run(line, stdout=quiet, stderr=quiet), 3))
    for name, code in _PEERS.items() if peers_python else ():
        call = [peers_python, "-c", code.format(path=str(gz))]
        found.append((f"{name}, .gz", lambda call=call: run(call, check=True), 1))
    return found


def main() -> None:
    """Measure and print, one line a contestant."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--peers-python", help="a Python with mrtparse and pybgpkit-parser")
    arguments.add_argument("--write", action="store_true", help="write docs/bench.md")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="whocut-bench-") as directory:
        scratch = Path(directory)
        plain = whole_records(_SLICE)
        (scratch / "rib.mrt").write_bytes(plain)
        packed = gzip.compress(plain, 6)
        (scratch / "rib.gz").write_bytes(packed)
        (scratch / "many.gz").write_bytes(packed * _COPIES)
        entries = rows_of(scratch / "rib.gz")
        taken = race(_contestants(scratch, _peers_python(given.peers_python)))
        ours = taken["read_routes, .gz"][0]
        rows = [
            [
                name,
                f"{processor * 1000:,.1f}",
                f"{wall * 1000:,.1f}",
                "" if "alone" in name else f"{entries / processor / 1e6:.3f}",
                "" if "alone" in name else f"{processor / ours:,.1f}",
            ]
            for name, (processor, wall) in taken.items()
        ]
        alone, read = taken["bzip2 alone, .bz2"], taken["read_routes, .bz2"]
        one, many = peak_mb(scratch / "rib.gz"), peak_mb(scratch / "many.gz")
        text = (
            f"{machine_line()}. {entries:,} entries, {len(plain) / 1e6:.1f} MB.\n\n"
            f"Command: `python tests/bench/bench_mrt.py`\n\n"
            + table(["", "CPU, ms", "wall, ms", "M entries/s of CPU", "times ours"], rows)
            + f"\nOf the bound of bzip2: {alone[0] / read[0]:.2f} by processor time,"
            f" {alone[1] / read[1]:.2f} by the clock (it is unpacked in a thread of its own).\n"
            f"\nPeak of the whole process: {one[1]:.0f} MB for {one[0]:,} entries,"
            f" {many[1]:.0f} MB for {many[0]:,}.\n"
        )
    print(text)
    if given.write:
        write_section("mrt", text)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
