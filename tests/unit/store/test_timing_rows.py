"""Timings are staged, merged and replaced with the judgement they belong to."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from tests.unit.store.building import DAY, judgement, put, rows
from whocut.model.timing import Timing
from whocut.model.verdict import Judgement
from whocut.store.observatory import Observatory


def timed(number: int, **changes: object) -> Judgement:
    timing = Timing(
        200.0, "read", "reads", 100_000, 1000.0, 1e5 + number, 99_000, 50.0, None, False, None, None
    )
    return msgspec.structs.replace(judgement(number, **changes), timing=timing)


def test_a_timing_row_repeats_what_it_is_of(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "observatory")
    put(observatory, a=[judgement(0), timed(1), timed(2)])
    query = "SELECT measurement_uid, target, probe_asn, rate, failure FROM timing ORDER BY 1"
    assert rows(observatory, query) == [
        ("uid-000001", "example.org", 64501, 100_001.0, None),
        ("uid-000002", "example.org", 64502, 100_002.0, None),
    ]


def test_a_new_judgement_replaces_its_timing(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "observatory")
    put(observatory, a=[timed(1)])
    put(observatory, b=[timed(1, ruleset="2026.12+bbbb")])
    assert rows(observatory, "SELECT ruleset FROM timing") == [("2026.12+bbbb",)]


def test_a_file_that_lacks_a_column_reads_it_as_null(tmp_path: Path) -> None:
    """An older whocut wrote no connect times; merging with its files must not fail."""
    observatory = Observatory(tmp_path / "observatory")
    put(observatory, a=[timed(1)])
    (path,) = (tmp_path / "observatory" / "timing").rglob("*.parquet")
    older = pq.read_table(path, partitioning=None).drop_columns(["connect_ms"])
    pq.write_table(older, path)
    put(observatory, b=[timed(2)])
    query = "SELECT measurement_uid, connect_ms FROM timing ORDER BY 1"
    assert rows(observatory, query) == [("uid-000001", None), ("uid-000002", 50.0)]


def test_older_and_newer_files_are_read_together(tmp_path: Path) -> None:
    """Handshakes gained a column: a day that is not merged again keeps a file without it."""
    observatory = Observatory(tmp_path / "observatory")
    put(observatory, keep=True, a=[judgement(1)])
    (path,) = (tmp_path / "observatory" / "observation_tls").rglob("*.parquet")
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["duration_s"]), path)
    put(observatory, keep=True, b=[judgement(2, measurement_start_time=DAY + timedelta(days=1))])
    query = "SELECT measurement_uid, duration_s FROM observation_tls ORDER BY 1"
    assert rows(observatory, query) == [("uid-000001", None), ("uid-000002", None)]
