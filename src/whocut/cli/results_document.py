"""Derive the measurement rows that ship in ``data/results``: ids, dates, outcomes, no bodies.

``python -m whocut.cli.results_document FILE... --out data/results/ooni-measurements.jsonl``
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from whocut.access import judge
from whocut.ingest.ooni import expand_sources, read_source
from whocut.model.observation import Measurement
from whocut.model.verdict import Verdict
from whocut.reference.snapshot import load_reference

__all__ = ["derive_rows", "main"]

_COLUMNS = (
    "measurement_uid", "report_id", "measurement_start_time", "probe_cc", "probe_asn", "input",
    "outcome", "layer", "mechanism", "locus", "actor_kind", "strength", "rules", "doubt",
    "next_step", "ooni_blocking", "ooni_accessible", "ruleset", "citation",
)  # fmt: skip
_CITATION = "OONI, Web Connectivity measurements, https://ooni.org/data"


def _row(measurement: Measurement, verdict: Verdict) -> dict[str, Any]:
    values = {name: getattr(verdict, name, None) for name in _COLUMNS}
    values["report_id"] = measurement.report_id
    values["citation"] = _CITATION
    return values


def derive_rows(files: Sequence[str], cache_dir: Path | None) -> list[dict[str, Any]]:
    """Judge every measurement of some files; rows in order of time, then id."""
    reference = load_reference(cache_dir)
    rows = [
        _row(record, judge(record, reference).verdict)
        for source in expand_sources(files)
        for record in read_source(source)
        if isinstance(record, Measurement)
    ]
    return sorted(rows, key=lambda row: (row["measurement_start_time"], row["measurement_uid"]))


def main(arguments: Sequence[str]) -> int:
    """Write the rows as JSON Lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    cache = Path(os.environ.get("WHOCUT_CACHE") or Path.home() / ".cache" / "whocut")
    rows = derive_rows(options.files, cache if cache.is_dir() else None)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
