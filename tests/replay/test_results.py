"""The shipped rows are what the rules say today of the measurements at hand."""

import json
from pathlib import Path

import msgspec
import pytest

from whocut.cli.results_document import derive_rows
from whocut.model.shipped import shipped_path

pytestmark = pytest.mark.shared


def test_shipped_rows_are_what_the_rules_say(shared_dir: Path) -> None:
    shipped = [
        json.loads(line)
        for line in shipped_path("results", "ooni-measurements.jsonl")
        .read_text("utf-8")
        .splitlines()
    ]
    derived = json.loads(
        msgspec.json.encode(derive_rows([str(shared_dir / "access" / "ooni" / "real.jsonl")], None))
    )
    for rows in (shipped, derived):
        for row in rows:
            del row["ruleset"]
    assert derived == shipped, "run python -m whocut.cli.results_document again"


def test_rows_hold_no_bodies_and_no_addresses() -> None:
    text = shipped_path("results", "ooni-measurements.jsonl").read_text("utf-8")
    for row in map(json.loads, text.splitlines()):
        assert row["citation"] and row["measurement_uid"]
        assert not {"body", "headers", "ips", "source", "detail"} & set(row)
