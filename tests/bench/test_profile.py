"""The profile's stages name functions that are still there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:
    sys.path.insert(0, str(_HERE))

from profile_pipeline import STAGES, STREAMS, find  # noqa: E402


@pytest.mark.parametrize(("module", "path", "stage"), [*STAGES, *STREAMS])
def test_every_stage_is_there(module: str, path: str, stage: str) -> None:
    _, _, found = find(module, path)
    assert callable(found), stage
