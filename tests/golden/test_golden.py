"""One measurement a folder: its input, and what each tier makes of it, to be read in review.

The inputs are captures of the lab, so that they may ship. A bug begins as a folder here with its
input and the answer that is wanted. `make golden` rewrites the answers; git shows what changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from whocut.access import judge
from whocut.ingest.ooni import Source, read_source
from whocut.model.observation import Measurement
from whocut.reference.snapshot import Reference, load_reference

_HERE = Path(__file__).resolve().parent
_CASES = sorted(path.parent for path in _HERE.glob("*/input.json"))
# They change with every edit of a rule or a pattern, and say nothing of the case.
_OF_THE_RELEASE = ("ruleset", "reference_snapshot", "source", "source_offset", "source_line")


@pytest.fixture(scope="module")
def reference() -> Reference:
    """What ships, the lab's root and its prefixes; nothing that a cache may hold."""
    return load_reference(
        None,
        extra_roots=(_HERE / "root.pem",),
        prefixes=_HERE / "prefix2as.txt",
        fingerprints=(),
    )


def _plain(value: object) -> Any:
    """Turn structs into plain values; long bytes into their length and hash."""
    return msgspec.to_builtins(value, enc_hook=str, builtin_types=(bytes,))


def _shorten(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value)} bytes, SHA-256 {hashlib.sha256(value).hexdigest()[:16]}"
    if isinstance(value, dict):
        return {key: _shorten(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shorten(item) for item in value]
    return value


def _tiers(case: Path, reference: Reference) -> dict[str, str]:
    path = case / "input.json"
    (measurement,) = read_source(Source(str(path), path.stat().st_size))
    assert isinstance(measurement, Measurement), measurement
    judgement = judge(measurement, reference)
    observations = _shorten(_plain(measurement))
    observations.pop("position")
    verdict = _plain(judgement.verdict)
    for name in _OF_THE_RELEASE:
        verdict.pop(name)
    tiers = {
        "observations.json": observations,
        "signals.json": _plain(judgement.signals),
        "timing.json": _plain(judgement.timing),
        "verdict.json": verdict,
    }
    return {
        name: json.dumps(tier, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, tier in tiers.items()
    }


def test_there_are_cases_and_each_outcome_class_is_among_them() -> None:
    outcomes = {json.loads((case / "verdict.json").read_text())["outcome"] for case in _CASES}
    assert {"served", "refused", "interfered", "cut_unattributed", "bot_check"} <= outcomes
    assert {"target_down", "target_misconfigured", "network_down"} <= outcomes


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_each_tier_is_as_reviewed(case: Path, reference: Reference) -> None:
    tiers = _tiers(case, reference)
    if os.environ.get("WHOCUT_GOLDEN") == "rewrite":
        for name, text in tiers.items():
            (case / name).write_text(text)
    for name, text in tiers.items():
        assert text == (case / name).read_text(), f"{case.name}/{name}: see make golden"
