"""Each fuzz target of the reference room runs, for a few thousand inputs."""

import pytest
from tests.fuzz.short_run import TARGETS, assert_survives


@pytest.mark.parametrize("name", ["fuzz_chains.py", "fuzz_fingerprints.py", "fuzz_prefixes.py"])
def test_a_few_thousand_inputs(name, seed, tmp_path):
    assert_survives(TARGETS / name, runs=2_000, seed=seed, folder=tmp_path)
