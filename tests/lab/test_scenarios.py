"""Every scenario, played and judged: what comes out must be what one measurement can show."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("lab_machine")]
_BUILD_LIMIT_S = 10
_ALL_SCENARIOS_LIMIT_S = 240


def _run(*arguments: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "whocut_lab", "run", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def _assert_right(done: subprocess.CompletedProcess[str], runs: int = 1) -> None:
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    reports = re.findall(r"built in ([\d.]+) s, played in ([\d.]+) s", done.stdout)
    assert len(reports) == runs
    for built, played in reports:
        assert float(built) < _BUILD_LIMIT_S
        assert float(played) < _ALL_SCENARIOS_LIMIT_S


@pytest.mark.timeout(300)
def test_every_scenario_is_judged_right(seed: int, tmp_path: Path) -> None:
    done = _run("--seed", str(seed), "--out", str(tmp_path), timeout_s=280)
    _assert_right(done)
    assert (tmp_path / "isp_a.jsonl").stat().st_size > 0
    assert (tmp_path / "isp_b.jsonl").stat().st_size > 0
    assert (tmp_path / "root.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE")


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_ten_runs_with_random_addresses_and_order(seed: int) -> None:
    _assert_right(_run("--seed", str(seed), "--runs", "10", timeout_s=2900), runs=10)


@pytest.mark.timeout(600)
def test_a_wrong_expectation_is_found(tmp_path: Path) -> None:
    """The lab can fail: a scenario whose file says something false is reported and exits 1."""
    (tmp_path / "false.toml").write_text(
        'format = 1\nid = "false"\ntitle = "A healthy site that claims to be down"\n'
        '[truth]\noutcome = "target_down"\nlayer = "tcp"\nmechanism = "target.down.tcp"\n'
        'locus = "origin"\nactor_kind = "none"\n'
        '[single_vantage]\noutcome = "target_down"\nlayer = "tcp"\nmechanism = "target.down"\n'
        'locus = "origin"\n'
    )
    done = _run("--scenarios", str(tmp_path), timeout_s=500)
    assert done.returncode == 1
    assert "false at isp_a: outcome served, not target_down" in done.stdout


@pytest.mark.timeout(600)
def test_other_vantages_and_two_labs_at_once(tmp_path: Path) -> None:
    """A vantage abroad sees the site that the country is refused; two labs do not meet."""
    (tmp_path / "abroad.toml").write_text(
        'format = 1\nid = "abroad"\ntitle = "Refused in XA, served in XB"\n'
        'vantages = ["isp_a", "isp_c"]\n'
        '[truth]\noutcome = "refused"\nlayer = "http"\nmechanism = "http.refusal.geo_explicit"\n'
        'locus = "origin"\nactor_kind = "company"\n'
        '[single_vantage]\noutcome = "refused"\nlayer = "http"\nmechanism = "http.refusal"\n'
        'locus = "origin"\n'
        '[per_vantage.isp_c.single_vantage]\noutcome = "served"\nlayer = "none"\n'
        'mechanism = "none"\nlocus = "unknown"\n'
        '[[action]]\nkind = "server.respond"\nstatus = 403\npage = "service_refusal"\n'
    )
    command = [sys.executable, "-m", "whocut_lab", "run", "--scenarios", str(tmp_path)]
    both = [
        subprocess.Popen(
            [*command, "--seed", "4"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate(timeout=500)
        assert process.returncode == 0, out + err
