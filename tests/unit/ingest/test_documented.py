"""The manual names every reason, and the public names are those that are exported."""

import whocut.ingest.ooni as ooni
from whocut.ingest.ooni import ReadLimits, RefusalReason
from whocut.ingest.ooni.decode import RecordDecoder


def test_every_reason_stands_in_the_manual(repo_dir):
    manual = (repo_dir / "docs" / "manual" / "reading.md").read_text()
    missing = [reason.value for reason in RefusalReason if f"`{reason.value}`" not in manual]
    assert missing == []


def test_the_manual_says_the_limits_that_hold(repo_dir):
    manual = (repo_dir / "docs" / "manual" / "reading.md").read_text()
    limits = ReadLimits()
    assert f"more than {limits.max_record_bytes >> 20} MiB; passed over" in manual
    assert f"body of more than {limits.max_body_bytes >> 20} MiB" in manual
    assert f"({limits.raw_head_bytes} bytes at most)" in manual
    assert limits.max_ratio == 100
    assert limits.max_layers == 4
    assert limits.max_record_values == 1_000_000


def test_public_names():
    assert sorted(ooni.__all__) == ooni.__all__
    assert all(hasattr(ooni, name) for name in ooni.__all__)
    assert RecordDecoder.__doc__
