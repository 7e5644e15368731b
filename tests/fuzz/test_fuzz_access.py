"""Each fuzz target of the access room runs, for a few thousand inputs."""

from tests.fuzz.short_run import TARGETS, assert_survives


def test_a_few_thousand_inputs(seed, tmp_path):
    assert_survives(TARGETS / "fuzz_targets.py", runs=2_000, seed=seed, folder=tmp_path)
