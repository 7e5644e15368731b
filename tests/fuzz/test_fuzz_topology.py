"""Each fuzz target of the topology's readers runs, for a few thousand inputs."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["links", "organisations", "prefixes", "weights"])
def test_a_few_thousand_inputs(name, seed, tmp_path):
    runs = 2_000
    done = subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name(f"fuzz_topology_{name}.py"),
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
