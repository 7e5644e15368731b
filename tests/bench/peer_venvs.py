"""Each peer's venv, hash-locked and apart from ours; made when first wanted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["peer_python"]

_REPO_DIR = Path(__file__).resolve().parents[2]


def peer_python(name: str) -> str:
    """Find the Python of .venv-peers/NAME, which requirements/peers-NAME.txt fills."""
    directory = _REPO_DIR / ".venv-peers" / name
    lock = _REPO_DIR / "requirements" / f"peers-{name}.txt"
    python, stamp = directory / "bin" / "python", directory / ".installed"
    if not stamp.is_file() or stamp.stat().st_mtime < lock.stat().st_mtime:
        print(f"making {directory.relative_to(_REPO_DIR)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], check=True
        )
        stamp.touch()
    return str(python)
