"""The lab needs root, network namespaces and its daemons; elsewhere its tests say why they skip."""

from __future__ import annotations

import pytest

from whocut_lab.enclosure import missing_requirements


@pytest.fixture(scope="session")
def lab_machine() -> None:
    """A machine that can run the lab."""
    missing = missing_requirements()
    if missing:
        pytest.skip("the lab cannot run here; it needs " + ", ".join(missing))
