"""Each fuzz target of the desk runs, for two thousand inputs."""

import subprocess
import sys
from pathlib import Path

import pytest

TARGETS = sorted(Path(__file__).parent.glob("fuzz_desk_*.py"))


def test_there_are_targets():
    assert TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=lambda path: path.stem)
def test_a_few_thousand_inputs(target, seed, tmp_path):
    runs = 2_000
    done = subprocess.run(
        [
            sys.executable,
            target,
            f"-atheris_runs={runs}",
            f"-seed={seed % 2**31 or 1}",
            f"-artifact_prefix={tmp_path}/",
        ],
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4000:]
    assert f"Done {runs}".encode() in done.stderr
