"""The report on OONI's fastpath rows counts every row once and stands as generated."""

from pathlib import Path

import pytest

from tests.replay.fastpath_report import (
    READINGS,
    REPORT,
    build_report,
    known_fingerprints,
    read_rows,
)


@pytest.mark.shared
def test_every_row_has_one_reading(shared_dir: Path) -> None:
    access = shared_dir / "access"
    known = known_fingerprints(access / "fingerprints")
    rows = read_rows(access / "labels" / "ooni-fastpath-rows.csv", known)
    assert len(rows) == 1081
    assert {row.reading for row in rows} <= set(READINGS)
    confirmed = [row for row in rows if row.reading.startswith("confirmed")]
    assert len(confirmed) == 17


@pytest.mark.shared
def test_the_report_stands_as_generated(shared_dir: Path) -> None:
    assert REPORT.read_text(encoding="utf-8") == build_report(shared_dir / "access")
