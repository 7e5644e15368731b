"""The fast reader keeps its speed and its memory, by generous bounds; bench_mrt.py has figures."""

import gzip
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bench_mrt import best, peak_mb, rows_of, whole_records

pytestmark = pytest.mark.shared

FEWEST_ENTRIES_A_SECOND = 2_500_000
"""Of processor time, half of what is promised: other work shares the caches."""
MOST_GROWTH_MB = 25


@pytest.fixture(scope="module")
def table(shared_dir, tmp_path_factory):
    plain = whole_records(shared_dir / "routes" / "mrt" / "rib.20140523.0600_firstMB.bz2")
    path = tmp_path_factory.mktemp("mrt") / "rib.gz"
    path.write_bytes(gzip.compress(plain, 1))
    return path


def test_millions_of_entries_a_second(table):
    processor, _ = best(lambda: rows_of(table), 5)
    assert rows_of(table) / processor > FEWEST_ENTRIES_A_SECOND


def test_memory_does_not_grow_with_the_file(table):
    many = table.with_name("many.gz")
    many.write_bytes(table.read_bytes() * 12)
    one_rows, one_peak = peak_mb(table)
    many_rows, many_peak = peak_mb(many)
    assert many_rows == 12 * one_rows
    assert many_peak < one_peak + MOST_GROWTH_MB
