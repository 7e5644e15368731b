"""The version of the judgment: a verdict names it, and is recomputed under it."""

import hashlib

from whocut.model.shipped import shipped_path

__all__ = ["RULESET_VERSION"]

_RELEASE = "2026.11"


def _digest() -> str:
    """Hash the rule and taxonomy files: a changed rule is a changed ruleset."""
    state = hashlib.sha256()
    for folder in ("rules", "taxonomy"):
        for path in sorted(shipped_path(folder).glob("*.toml")):
            state.update(path.name.encode())
            state.update(path.read_bytes())
    return state.hexdigest()[:12]


RULESET_VERSION: str = f"{_RELEASE}+{_digest()}"
"""Release and content hash of the rules and the taxonomy."""
