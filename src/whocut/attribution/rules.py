"""Rules are data: load them, check them, fire them; and the version of the whole judgment."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from whocut.attribution.facts import FACTS
from whocut.attribution.tables import Tables, load_tables
from whocut.attribution.vocabulary import Direction, HypothesisId, RuleStrength
from whocut.model.errors import DamagedDataError
from whocut.model.rule_file import read_rules
from whocut.model.shipped import shipped_path

__all__ = ["STATED", "FindingRule", "Ruleset", "Yielding", "load_ruleset", "parse_finding_rules"]

STATED: Final = "stated"
"""In place of a hypothesis: the one that the claim states."""
Yielding = Literal["outage", "bot_check", "moved", "served", "stayed", "withdrawn"]
"""What explains evidence away, or voids an announcement."""
_RELEASE: Final = "2026.11.1"
"""Raised where the code that weighs changes an answer; of the tables the hash tells."""
_HYPOTHESES: Final = frozenset({STATED, *(one.value for one in HypothesisId)})


class FindingRule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: on which facts it fires, of which hypothesis it speaks, how much it weighs."""

    id: str
    when: tuple[str, ...]
    hypothesis: str
    direction: Direction
    nats: float
    strength: RuleStrength
    sentence: str
    source: str
    unless: tuple[str, ...] = ()
    yields_to: tuple[Yielding, ...] = ()
    firm: tuple[str, ...] = ()
    rebuts: bool = False

    def fires_on(self, facts: frozenset[str]) -> bool:
        """Tell whether it fires on what has these facts."""
        return facts.issuperset(self.when) and facts.isdisjoint(self.unless)

    def yields_on(self, facts: frozenset[str]) -> tuple[Yielding, ...]:
        """Say what may explain it away on what has these facts."""
        return self.yields_to if facts.isdisjoint(self.firm) else ()


class Ruleset(Struct, frozen=True):
    """The whole judgment."""

    version: str
    """Release and content hash: a changed rule is a changed ruleset."""
    rules: tuple[FindingRule, ...]
    tables: Tables

    def firing_on(self, facts: frozenset[str]) -> Iterator[FindingRule]:
        """Give the rules that fire."""
        return (rule for rule in self.rules if rule.fires_on(facts))


def _checked(rule: FindingRule, source: str) -> FindingRule:
    unknown = [name for name in (*rule.when, *rule.unless, *rule.firm) if name not in FACTS]
    if unknown:
        raise DamagedDataError(f"unknown fact {unknown[0]!r}", source=source, field=rule.id)
    if not rule.when:
        raise DamagedDataError("a rule needs a fact", source=source, field=rule.id)
    if rule.hypothesis not in _HYPOTHESES:
        reason = f"unknown hypothesis {rule.hypothesis!r}"
        raise DamagedDataError(reason, source=source, field=rule.id)
    if not 0 <= rule.nats <= 20:
        raise DamagedDataError("nats are 0 to 20", source=source, field=rule.id)
    if rule.rebuts and rule.direction is not Direction.AGAINST:
        raise DamagedDataError("a rebuttal speaks against", source=source, field=rule.id)
    if not (rule.sentence and rule.source and rule.id.startswith("finding.")):
        raise DamagedDataError(
            "a rule has an id under finding, a sentence and a source", source=source, field=rule.id
        )
    return rule


def parse_finding_rules(text: str, source: str) -> tuple[FindingRule, ...]:
    """Parse one rule file, strictly.

    Raises: DamagedDataError naming the file and the rule.
    """
    return read_rules(text, source, FindingRule, _checked)


@cache
def load_ruleset() -> Ruleset:
    """Load the shipped judgment.

    Raises: DamagedDataError if a table of it is broken.
    """
    state = hashlib.sha256()
    for name in ("rules.toml", "weighing.toml"):
        state.update(name.encode())
        state.update(shipped_path("findings", name).read_bytes())
    text = shipped_path("findings", "rules.toml").read_text("utf-8")
    return Ruleset(
        version=f"{_RELEASE}+{state.hexdigest()[:12]}",
        rules=parse_finding_rules(text, "data/findings/rules.toml"),
        tables=load_tables(),
    )
