"""The screen that the README shows is what whocut prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

_WHOCUT = str(Path(sys.executable).with_name("whocut"))


def test_the_screen_is_what_is_printed(repo_dir: Path, shared_dir: Path, tmp_path: Path) -> None:
    readme = (repo_dir / "README.md").read_text()
    found = re.search(r"```\n\$ whocut (.*?)\n(.*?)```\n", readme, re.DOTALL)
    assert found is not None
    command, shown = found.groups()
    environment = dict(
        os.environ,
        COLUMNS="100",
        WHOCUT_CACHE=str(tmp_path / "cache"),
        WHOCUT_OBSERVATORY=str(tmp_path / "observatory"),
    )
    data = str(shared_dir / "access" / "ooni" / "real.jsonl")
    subprocess.run(
        [_WHOCUT, "ingest", data], env=environment, check=True, capture_output=True, timeout=300
    )
    printed = subprocess.run(
        [_WHOCUT, *shlex.split(command)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    ).stdout
    lines = [line.rstrip() for line in printed.splitlines()]
    # The last line names the ruleset, which changes with every edit of a rule.
    assert lines[: len(shown.splitlines())] == shown.splitlines()
    assert lines[-1].startswith("n = 1, 2025-05-27")


def test_the_screen_of_the_ledger_is_what_is_printed(repo_dir: Path) -> None:
    readme = (repo_dir / "README.md").read_text()
    found = re.search(r"```\n\$ whocut (ledger .*?)\n(.*?)```\n", readme, re.DOTALL)
    assert found is not None
    command, shown = found.groups()
    printed = subprocess.run(
        [_WHOCUT, *shlex.split(command)],
        env=dict(os.environ, COLUMNS="100"),
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    ).stdout
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


def test_the_screen_of_a_finding_is_what_is_printed(repo_dir: Path, tmp_path: Path) -> None:
    readme = (repo_dir / "README.md").read_text()
    found = re.search(r"```\n\$ whocut (finding .*?)\n(.*?)```\n", readme, re.DOTALL)
    assert found is not None
    command, shown = found.groups()
    printed = subprocess.run(
        [_WHOCUT, *shlex.split(command)],
        env=dict(os.environ, COLUMNS="100", WHOCUT_OBSERVATORY=str(tmp_path / "observatory")),
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    ).stdout
    lines = [line.rstrip() for line in printed.splitlines()]
    assert lines[: len(shown.splitlines())] == shown.splitlines()
