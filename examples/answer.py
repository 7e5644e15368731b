"""What `make run` does: build an observatory from what is at hand, and print an answer.

With INPUT its files; else the research data beside the checkout; else the lab's captures in
examples/lab and the rows in data/results. It runs the commands a user would type, and shows them.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO_DIR = HERE.parent
WHOCUT = str(Path(sys.executable).with_name("whocut"))
OBSERVATORY = os.environ.get("OBSERVATORY") or "observatory"
_INCOMPLETE = 3
_MOST_COUNTRIES = 12


def whocut(*arguments: str, is_shown: bool = True) -> str:
    """Run one command; its talk goes through, its data comes back."""
    if is_shown:
        print("$ " + shlex.join(["whocut", *arguments]), flush=True)
    ran = subprocess.run(
        [WHOCUT, *arguments, "--observatory", OBSERVATORY],
        stdout=None if is_shown else subprocess.PIPE,
        stderr=None if is_shown else subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if ran.returncode not in (0, _INCOMPLETE):
        sys.exit(ran.returncode)
    if is_shown:
        print(flush=True)
    return ran.stdout or ""


def find_input() -> list[str]:
    """Choose what to read, and say what it is."""
    given = os.environ.get("INPUT", "").strip()
    if given:
        return shlex.split(given)
    research = REPO_DIR.parent / "shared" / "access" / "ooni"
    if research.is_dir():
        print(
            "Reading the real OONI measurements of the research data beside the checkout.\n"
            "(Its qa.jsonl is left out: emulated scenarios, filed under Italy.)\n"
            "Your own: make run INPUT='files, folders or globs'\n"
        )
        return [os.path.relpath(research / name) for name in ("real.jsonl", "other-tests.jsonl")]
    show_shipped_results()
    captures = sorted(os.path.relpath(path) for path in (HERE / "lab").glob("*.jsonl"))
    if not captures:
        sys.exit("nothing to read: make run INPUT='files, folders or globs'")
    print(
        "Reading the captures in examples/lab. They come from whocut's laboratory, an emulated\n"
        "internet: its countries, networks and culprits are made up.\n"
        "Your own: make run INPUT='files, folders or globs'\n"
    )
    root, prefixes = HERE / "lab" / "root.pem", HERE / "lab" / "prefix2as.txt"
    options = ["--extra-root", os.path.relpath(root)] if root.is_file() else []
    if prefixes.is_file():
        options += ["--prefixes", os.path.relpath(prefixes)]
    return captures + options


def show_shipped_results() -> None:
    """Sum up what whocut made of the real measurements whose rows ship."""
    files = sorted((REPO_DIR / "data" / "results").glob("*.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    if not rows:
        return
    print(f"Shipped results: {len(rows)} rows, derived from OONI's measurements (docs/licences.md)")
    for outcome, count in Counter(row["outcome"] for row in rows).most_common():
        print(f"  {count:5} {outcome}")
    print()


def strongest_cut(countries: list[str]) -> tuple[str, str] | None:
    """Find the best-shown cut: proof first, then the number of measurements."""
    found = []
    for country in countries:
        for line in whocut("country", country, "--format", "jsonl", is_shown=False).splitlines():
            row = json.loads(line)
            if row["outcome"] in {"refused", "interfered", "cut_unattributed"}:
                found.append((row["strength"], -row["n"], country, row["target"]))
    return min(found)[2:] if found else None


def main() -> None:
    """Ingest, then ask what a user would ask."""
    whocut("ingest", *find_input())
    folders = sorted((Path(OBSERVATORY) / "verdict").glob("cc=*"))
    countries = [folder.name.removeprefix("cc=") for folder in folders]
    if not countries:
        sys.exit("no measurement could be judged; whocut sources --quarantine says why")
    cut = strongest_cut(countries)
    if cut is None:
        for country in countries[:_MOST_COUNTRIES]:
            whocut("country", country)
    else:
        country, target = cut
        whocut("country", country)
        whocut("who", target, "--country", country)
    others = " ".join(one for one in countries if cut is None or one != cut[0])
    if others:
        print(f"Also in {OBSERVATORY}: {others}  (whocut country CC)")


if __name__ == "__main__":
    main()
