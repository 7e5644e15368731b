"""What `make run` does: build an observatory from what is at hand, and print an answer.

With INPUT its files; else the research data beside the checkout, or the rows in data/results. Then,
unless INPUT was given, nine weeks of the laboratory, so that there is a country to ask about. It
runs the commands a user would type, and shows them.
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
SERIES = HERE / "lab" / "series"
WHOCUT = str(Path(sys.executable).with_name("whocut"))
OBSERVATORY = os.environ.get("OBSERVATORY") or "observatory"
LAB_COUNTRY = "XA"
LAB_UNTIL = "2026-11-01"
"""The sixth week of nine, when what is cut off in them is cut off."""
_INCOMPLETE = 3
_NO_CUTS = {"served", "insufficient", "target_down", "bot_check"}


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


def ingest_given() -> bool:
    """Read what is given or at hand, and say what it is; say whether there was any."""
    given = os.environ.get("INPUT", "").strip()
    if given:
        whocut("ingest", *shlex.split(given))
        return True
    research = REPO_DIR.parent / "shared" / "access" / "ooni"
    if research.is_dir():
        print(
            "Reading the real OONI measurements of the research data beside the checkout.\n"
            "(Its qa.jsonl is left out: emulated scenarios, filed under Italy.)\n"
            "Your own: make run INPUT='files, folders or globs'\n"
        )
        names = ("real.jsonl", "other-tests.jsonl")
        whocut("ingest", *(os.path.relpath(research / name) for name in names))
        return True
    show_shipped_results()
    return False


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


def likeliest_cut(countries: list[str]) -> tuple[str, str] | None:
    """Find the target for whose cut most speaks: an answer first, then its probability."""
    found = []
    for country in countries:
        listed = whocut("country", country, "--all", "--format", "jsonl", is_shown=False)
        for line in listed.splitlines():
            row = json.loads(line)
            found.append((row["answer"] in _NO_CUTS, -row["p_cut"], country, row["target"]))
    return min(found)[2:] if found else None


def ask_about_given(countries: list[str]) -> None:
    """Ask what a user would ask first."""
    cut = likeliest_cut(countries)
    if cut is None:
        sys.exit("no measurement could be judged; whocut sources --quarantine says why")
    country, target = cut
    whocut("country", country)
    whocut("who", target, "--country", country)
    others = " ".join(one for one in countries if one != country)
    if others:
        print(f"Also in {OBSERVATORY}: {others}  (whocut country CC)\n")


def ask_about_the_lab() -> None:
    """Read the laboratory's series, and ask what was cut off in it, by whom, since when."""
    print(
        "Nine weeks of whocut's laboratory, an emulated internet: its countries, networks and\n"
        "culprits are made up, and known (examples/lab/series/truth.csv).\n"
    )
    captures = sorted(os.path.relpath(path) for path in SERIES.glob("*.zst"))
    root, prefixes = (os.path.relpath(SERIES / name) for name in ("root.pem", "prefix2as.txt"))
    whocut("ingest", *captures, "--extra-root", root, "--prefixes", prefixes)
    whocut("country", LAB_COUNTRY, "--until", LAB_UNTIL)
    listed = whocut(
        *("country", LAB_COUNTRY, "--until", LAB_UNTIL, "--format", "jsonl"), is_shown=False
    )
    rows = [json.loads(line) for line in listed.splitlines()]
    two = next((row["target"] for row in rows if row["answer"] == "two_causes"), None)
    if two:
        whocut("who", two, "--country", LAB_COUNTRY, "--until", LAB_UNTIL)
    whocut("changes", "--since", "2026-11-02", "--country", LAB_COUNTRY, "--limit", "4")


def main() -> None:
    """Ingest, then ask what a user would ask."""
    if ingest_given():
        folders = sorted((Path(OBSERVATORY) / "verdict").glob("cc=*"))
        countries = [folder.name.removeprefix("cc=") for folder in folders]
        ask_about_given([one for one in countries if one != LAB_COUNTRY] or countries)
    if not os.environ.get("INPUT", "").strip():
        ask_about_the_lab()


if __name__ == "__main__":
    main()
