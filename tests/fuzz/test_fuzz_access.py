"""Each fuzz target of the access room runs, for a few thousand inputs."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["fuzz_targets.py"])
def test_a_few_thousand_inputs(name, seed, tmp_path):
    runs = 2_000
    done = subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name(name),
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
