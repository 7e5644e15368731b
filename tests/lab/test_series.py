"""Scenarios as series, through both passes: right cause, onset and end, and no cause made up."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from whocut.cli.app import main
from whocut.model.taxonomy import CellAnswer
from whocut.store.lookup import rows
from whocut.store.observatory import Observatory

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("lab_machine")]
_A_WEEK = timedelta(weeks=1)
_VAGUE = {CellAnswer.CUT_UNATTRIBUTED, CellAnswer.REFUSED}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _capture(folder: Path, seed: int, *more: str) -> dict[str, dict[str, str]]:
    """Measure the series in the lab and give the truth by target."""
    command = [sys.executable, "-m", "whocut_lab", "series", "--out", str(folder)]
    done = subprocess.run(
        [*command, "--seed", str(seed), *more],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    with (folder / "truth.csv").open() as file:
        return {row["host"].removeprefix("www."): row for row in csv.DictReader(file)}


def _both_passes(folder: Path, observatory: Path) -> list[dict[str, object]]:
    files = [str(path) for path in sorted(folder.glob("isp_*.jsonl"))]
    options = [
        "--extra-root",
        str(folder / "root.pem"),
        "--prefixes",
        str(folder / "prefix2as.txt"),
    ]
    assert main(["ingest", *files, *options, "--observatory", str(observatory), "-q"]) == 0
    assert main(["cells", "--observatory", str(observatory), "-q"]) == 0
    with Observatory(observatory).snapshot() as snapshot:
        return rows(snapshot, "span").to_pylist()


def _faults(truth: dict[str, str], spans: list[dict[str, object]]) -> list[str]:
    """Name every point on which the spans of one target depart from what happened."""
    causes, alternatives = set(truth["causes"].split()), set(truth["or"].split())
    faults = [
        f"{span['cause']} in {span['probe_cc']}"
        for span in spans
        if span["cause"] not in causes | alternatives or span["probe_cc"] != truth["country"]
    ]
    found = {str(span["cause"]): span for span in spans}
    is_answered = causes <= found.keys() or bool(alternatives & found.keys())
    if not is_answered and not (truth["is_silence_right"] == "true" and not found):
        faults.append(f"found {sorted(found)}, not {sorted(causes)}")
    if len(spans) > len(found):
        faults.append("one span became several")
    onset = _monday(date.fromisoformat(truth["onset"]))
    # Gone in the middle of a week: the next one is the first without it.
    end = _monday(date.fromisoformat(truth["end"]) + timedelta(days=6))
    for span in spans:
        for name, true in (("onset", onset), ("end", end)):
            told, low, high = (span[key] for key in (name, f"{name}_low", f"{name}_high"))
            if told is None or not abs(told - true) <= _A_WEEK:
                faults.append(f"{span['cause']}: {name} {told}, not {true}")
            elif not low - _A_WEEK <= true <= high + _A_WEEK:
                faults.append(f"{span['cause']}: {name} {low} to {high}, not {true}")
    return faults


@pytest.mark.timeout(1000)
def test_series_have_the_right_cause_onset_and_end(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = _capture(tmp_path / "series", seed)
    spans = _both_passes(tmp_path / "series", tmp_path / "observatory")
    capsys.readouterr()
    faults = {
        f"{true['scenario']} ({target})": found
        for target, true in truth.items()
        if (found := _faults(true, [span for span in spans if span["target"] == target]))
    }
    assert faults == {}, "\n".join(f"{name}: {found}" for name, found in faults.items())
    controls = [true["scenario"] for true in truth.values() if not true["causes"]]
    assert len(controls) >= 5
    named = [span for span in spans if span["cause"] not in _VAGUE]
    assert len(named) >= 7
    dated = [_is_covered(span, truth[str(span["target"])]) for span in spans]
    assert sum(dated) >= 0.8 * len(dated)
    assert main(["changes", "--since", "2000-01-01", "--observatory", str(tmp_path / "observatory"),
                 "--country", "XA", "--format", "jsonl"]) == 0  # fmt: skip
    assert len(capsys.readouterr().out.splitlines()) == 2 * len(spans)
    print(f"seed {seed}: onset and end of {sum(dated)} of {len(dated)} spans in their intervals")


def _is_covered(span: dict[str, object], truth: dict[str, str]) -> bool:
    onset = _monday(date.fromisoformat(truth["onset"]))
    end = _monday(date.fromisoformat(truth["end"]) + timedelta(days=6))
    return bool(
        span["onset_low"] <= onset <= span["onset_high"]
        and span["end_low"] <= end <= span["end_high"]
    )
