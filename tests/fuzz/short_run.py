"""A fuzz target as a test runs it: by its own program, for so many inputs of the run's seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["TARGETS", "assert_survives"]

TARGETS = Path(__file__).parent
_LIMIT_S = 240  # guards against hanging only
_LAST_BYTES = 4000


def assert_survives(target: Path, *, runs: int, seed: int, folder: Path) -> None:
    """Fuzz one target for ``runs`` inputs; what breaks it is left in ``folder``."""
    done = subprocess.run(
        [
            sys.executable,
            target,
            f"-atheris_runs={runs}",
            f"-seed={seed % 2**31 or 1}",
            f"-artifact_prefix={folder}/",
        ],
        capture_output=True,
        timeout=_LIMIT_S,
        check=False,
    )
    said = done.stderr.decode(errors="replace")[-_LAST_BYTES:]
    assert done.returncode == 0, said
    assert f"Done {runs}".encode() in done.stderr, said
