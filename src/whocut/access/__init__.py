"""Observation to signal to verdict."""

from whocut.access.judge import judge
from whocut.access.ruleset import RULESET_VERSION

__all__ = ["RULESET_VERSION", "judge"]
