"""Each fuzz target of the desk runs, for two thousand inputs."""

import pytest
from tests.fuzz.short_run import TARGETS, assert_survives

FOUND = sorted(TARGETS.glob("fuzz_desk_*.py"))


def test_there_are_targets():
    assert len(FOUND) >= 1


@pytest.mark.parametrize("target", FOUND, ids=lambda path: path.stem)
def test_a_few_thousand_inputs(target, seed, tmp_path):
    assert_survives(target, runs=2_000, seed=seed, folder=tmp_path)
