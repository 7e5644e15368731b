"""Each fuzz target of the MRT readers runs, for a few thousand inputs."""

import pytest
from tests.fuzz.short_run import TARGETS, assert_survives

FOUND = sorted(TARGETS.glob("fuzz_mrt_*.py"))


def test_every_record_type_has_a_target():
    assert {target.stem.removeprefix("fuzz_mrt_") for target in FOUND} == {
        "bgp4mp",
        "bgp4mp_et",
        "mrtd_bgp",
        "stream",
        "table_dump",
        "table_dump_v2",
    }


@pytest.mark.parametrize("target", FOUND, ids=lambda path: path.stem)
def test_a_few_thousand_inputs(target, seed, tmp_path):
    assert_survives(target, runs=2_000, seed=seed, folder=tmp_path)
