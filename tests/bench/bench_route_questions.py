"""Questions about routes to the real Internet: whole processes, with and without a kept answer.

Run: python tests/bench/bench_route_questions.py [--laps 7] [--write]
The maps of three months are indexed and the kernels compiled before, in a cache of the run's own;
the answer itself is taken out of that cache before each lap, or left in it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from race import Lap, Result, run_lap  # noqa: E402
from report import machine_line, table, write_section  # noqa: E402

_WHOCUT = str(Path(sys.executable).with_name("whocut"))
_MAPS = _HERE.parents[2] / "shared" / "routes"
_MONTH = ("--month", "2022-04")
_ANSWERS = "route-maps/dependency-*.msgpack"
QUESTIONS = (
    ("country RU", ("country", "RU", *_MONTH), False),
    ("country RU, answer kept", ("country", "RU", *_MONTH), True),
    ("country US", ("country", "US", *_MONTH), False),
    ("country TM", ("country", "TM", *_MONTH), False),
    ("whatif RU", ("whatif", "RU", "--stop", "174,3356", *_MONTH), True),
    ("changes RU", ("changes", "RU", "--from", "2022-02", "--to", "2022-04"), True),
)
"""Name, command, and whether an answer may be kept; what-ifs and changes keep none."""


def ask(cache: Path, command: tuple[str, ...], laps: int, *, is_kept: bool) -> Result:
    """Ask one question several times, after once to index maps and compile kernels."""
    whole = [_WHOCUT, "routes", *command, "--topology", str(_MAPS), "--quiet"]
    # Compiled modules are kept, as they are where a program is installed; the first lap makes them.
    env = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(cache / "compiled"),
        "WHOCUT_CACHE": str(cache),
    }
    found: list[Lap] = []
    for _ in range(laps + 1):
        for answer in [] if is_kept else cache.glob(_ANSWERS):
            answer.unlink()
        found.append(run_lap(whole, cores=(0, 1), env=env))
    return Result(command[0], 1, tuple(found[1:]))


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--laps", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    began = machine_line()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command, is_kept in QUESTIONS:
            result = ask(Path(folder), command, options.laps, is_kept=is_kept)
            found.append([
                name, f"{result.wall_s:.2f}", f"{min(lap.wall_s for lap in result.laps):.2f}",
                f"{result.cpu_s:.2f}", f"{result.peak_rss_bytes / 1e6:.0f}",
                f"{result.others_share:.0%}",
            ])  # fmt: skip
    heads = ["question", "median, s", "best, s", "CPU, s", "peak MB", "others"]
    section = (
        f"{began}, {os.getloadavg()[0]:.1f} at the end. Whole processes, start-up included, maps "
        f"indexed, kernels compiled, median of {options.laps}.\n\n"
        "Command: `python tests/bench/bench_route_questions.py`\n\n" + table(heads, found)
    )
    print(section)
    if options.write:
        write_section("route-questions", section)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
