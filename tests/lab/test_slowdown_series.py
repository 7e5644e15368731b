"""Slowdowns over weeks of the lab: two networks of one country, one abroad, seven sites.

Three weeks in which all is well are the past. Then four of the sites are policed, shaped, frozen
and slow; in the last week one network's whole line is slow.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pytest

import whocut_lab
from whocut.access import judge
from whocut.access.slowdown import find_slowdowns, summarise_timings
from whocut.ingest.ooni.reader import read_blocks
from whocut.model.observation import Measurement
from whocut.reference.snapshot import load_reference
from whocut.store.batches import timing_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("lab_machine")]

SUBJECTS = {
    "throttle-policed": "policed.example",
    "throttle-shaped": "shaped.example",
    "stall-16kb": "frozen.example",
    "slow-but-fine": "slow.example",
}
PLAIN = ("plain.example", "simple.example", "usual.example")
PAST_WEEKS, CUT_WEEK, LINE_WEEK = range(3), 3, 4
PLAYS = 6
"""Of a site that is answered for; one is enough of those that only tell the line."""
ANSWERED_ON_A_SLOW_LINE = ("policed.example", "plain.example")
_MONDAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
_LONG_BYTES = 120_000
_TIMEOUT_S = 900


def _write(folder: Path, identity: str, host: str, like: dict[str, Any]) -> None:
    """Write one play: a site under a fixed name, measured from both countries."""
    size = like.get("site", {}).get("target", {}).get("body_bytes", _LONG_BYTES)
    lines = [
        "format = 1",
        f'id = "{identity}"',
        'title = "One measurement of a series"',
        'vantages = ["isp_a", "isp_b", "isp_c"]',
        "[truth]",
        'outcome = "served"\nlayer = "none"\nmechanism = "none"',
        'locus = "unknown"\nactor_kind = "none"',
        "[single_vantage]",
        'outcome = "served"\nlayer = "none"\nmechanism = "none"\nlocus = "unknown"',
        f'[site.target]\nhost = "{host}"\nbody_bytes = {size}',
    ]
    for action in like.get("action", ()):
        lines.append("[[action]]")
        lines += [f"{name} = {msgspec.json.encode(v).decode()}" for name, v in action.items()]
    (folder / f"{identity}.toml").write_text("\n".join(lines) + "\n")


def _write_series(folder: Path) -> None:
    shipped = Path(whocut_lab.__file__).with_name("scenarios")
    likes = {
        name: tomllib.loads((shipped / f"{name}.toml").read_text())
        for name in (*SUBJECTS, "slow-line")
    }
    hosts = {
        **{host: likes[name]["site"] for name, host in SUBJECTS.items()},
        **{host: {} for host in PLAIN},
    }
    # Short pages, or the slow line would not bring them within the probe's patience.
    slow_line = {**likes["slow-line"], "site": {"target": {"body_bytes": 20_000}}}
    for host, site in hosts.items():
        word = host.partition(".")[0]
        for week in PAST_WEEKS:
            _write(folder, f"w{week}-{word}-0", host, {"site": site})
        for n in range(PLAYS if host in ANSWERED_ON_A_SLOW_LINE else 1):
            _write(folder, f"w{LINE_WEEK}-{word}-{n}", host, slow_line)
    for name, host in SUBJECTS.items():
        for n in range(PLAYS):
            _write(folder, f"w{CUT_WEEK}-{host.partition('.')[0]}-{n}", host, likes[name])
    for host in PLAIN:
        for n in range(PLAYS if host == PLAIN[0] else 1):
            _write(folder, f"w{CUT_WEEK}-{host.partition('.')[0]}-{n}", host, {})


def _dated(line: bytes) -> bytes:
    """Put a measurement into the week that its scenario names."""
    record = msgspec.json.decode(line)
    week, n = re.match(r"w(\d+)-\w+-(\d+)", record["annotations"]["scenario"]).groups()
    start = _MONDAY + timedelta(weeks=int(week), days=int(n))
    record["measurement_start_time"] = start.strftime("%Y-%m-%d %H:%M:%S")
    return msgspec.json.encode(record) + b"\n"


def _timings(captures: Path) -> Iterator[pa.Table]:
    """Judge what each country's probes saw, and keep the clock."""
    reference = load_reference(
        cache_dir=None,
        extra_roots=(captures / "root.pem",),
        prefixes=captures / "prefix2as.txt",
    )
    for vantages in (("isp_a", "isp_b"), ("isp_c",)):
        lines = [
            _dated(line)
            for vantage in vantages
            for line in (captures / f"{vantage}.jsonl").read_bytes().splitlines()
        ]
        records = read_blocks("lab", iter(lines))
        judged = [judge(r, reference) for r in records if isinstance(r, Measurement)]
        assert len(judged) == len(lines)
        yield pa.Table.from_batches([timing_batch(judged)])


@pytest.mark.timeout(_TIMEOUT_S + 20)
def test_throttled_frozen_slow_and_a_slow_line_are_told_apart(seed: int, tmp_path: Path) -> None:
    scenarios, captures = tmp_path / "scenarios", tmp_path / "captures"
    scenarios.mkdir()
    _write_series(scenarios)
    command = [sys.executable, "-m", "whocut_lab", "run", "--scenarios", str(scenarios)]
    done = subprocess.run(
        [*command, "--seed", str(seed % 1_000_000), "--out", str(captures)],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    # Exit 1: the series claims nothing, so that cut plays are not what their files say.
    assert done.returncode in (0, 1), done.stderr[-3000:]
    summaries = pa.concat_tables(summarise_timings(one) for one in _timings(captures))
    found = {
        (row["probe_cc"], row["target"], (row["week"] - _MONDAY.date()).days // 7): row
        for row in find_slowdowns(summaries).to_pylist()
    }
    for row in found.values():
        if (row["week"] - _MONDAY.date()).days // 7 >= CUT_WEEK:
            print(row["probe_cc"], row["target"], row["week"], row["answer"], row["mechanism"])
    cut = {name: found["XA", host, CUT_WEEK]["mechanism"] for name, host in SUBJECTS.items()}
    assert cut == {
        "throttle-policed": "http.throttle",
        "throttle-shaped": "http.throttle",
        "stall-16kb": "http.stall.byte_count",
        "slow-but-fine": "http.slow.service",
    }
    assert found["XA", PLAIN[0], CUT_WEEK]["answer"] == "none"
    for host in ANSWERED_ON_A_SLOW_LINE:
        assert found["XA", host, LINE_WEEK]["answer"] in {"none", "slow_network", "slow_service"}
    for (country, target, week), row in found.items():
        is_cut = country == "XA" and week == CUT_WEEK and target in SUBJECTS.values()
        if not is_cut:
            assert row["answer"] not in {"throttled", "stalled"}, row
