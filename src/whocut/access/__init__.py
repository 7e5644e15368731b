"""Observation to signal to verdict."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whocut.access.judgement import judge
    from whocut.access.ruleset import RULESET_VERSION

__all__ = ["RULESET_VERSION", "judge"]


def __getattr__(name: str) -> object:
    """Load the judge when it is first asked for: questions to an observatory never need it."""
    if name == "judge":
        from whocut.access.judgement import judge

        return judge
    if name == "RULESET_VERSION":
        from whocut.access.ruleset import RULESET_VERSION

        return RULESET_VERSION
    raise AttributeError(name)
