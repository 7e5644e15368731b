"""Rules are data: load them, check them, fire them."""

from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from whocut.access.facts import FACTS, fact_bit
from whocut.access.mechanisms import MECHANISMS
from whocut.model.errors import DamagedDataError
from whocut.model.identifiers import RuleId
from whocut.model.rule_file import read_rules
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength

__all__ = ["FALLBACK", "Rule", "load_rules", "parse_rules"]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: when it fires, what it says, how strongly, on whose word."""

    id: RuleId
    rank: int
    when: tuple[str, ...]
    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    sentence: str
    doubt: str
    next_step: str
    source: str
    seen: str
    unless: tuple[str, ...] = ()
    need: int = 0
    """Bits of ``when``."""
    forbid: int = 0
    """Bits of ``unless``."""
    page_meanings: frozenset[str] = frozenset()
    """Meanings of the page fingerprints that ``when`` leans on."""
    block_scopes: frozenset[str] = frozenset()
    """Scopes that ``when`` demands of a block page."""
    needs_expected_country: bool = False
    needs_dns_fingerprint: bool = False


FALLBACK = Rule(
    id=RuleId("insufficient.none_fired"),
    rank=110,
    when=(),
    outcome=Outcome.INSUFFICIENT,
    layer=Layer.NONE,
    mechanism="none",
    locus=Locus.UNKNOWN,
    actor_kind=ActorKind.UNKNOWN,
    strength=Strength.C,
    sentence="No rule fired: the evidence carries no answer.",
    doubt="Everything.",
    next_step="Measure again with a current probe, over https, with a control.",
    source="own reasoning",
    seen="wild",
)
"""What is said when no rule fires."""

_SEEN = ("wild", "paper", "lab")


_BLOCK_SCOPES = {
    "page.block_page_state": ("state",),
    "page.block_page_operator": ("isp",),
    "page.block_page_product": ("product", "institution"),
}


def _leanings(when: tuple[str, ...]) -> dict[str, Any]:
    """Say which fingerprints a rule leans on, from the facts that it needs."""
    pages = [name.removeprefix("page.") for name in when if name.startswith("page.")]
    return {
        "page_meanings": frozenset(
            "block_page" if name.startswith("block_page") else name
            for name in pages
            if not name.startswith(("scope_", "provider_"))
        ),
        "block_scopes": frozenset(s for name in when for s in _BLOCK_SCOPES.get(name, ())),
        "needs_expected_country": "page.block_page_expected" in when,
        "needs_dns_fingerprint": any(name.startswith("dns.fingerprint") for name in when),
    }


def _check(rule: Rule, source: str) -> Rule:
    unknown = [name for name in (*rule.when, *rule.unless) if name not in FACTS]
    if unknown:
        raise DamagedDataError(f"unknown fact {unknown[0]!r}", source=source, field=rule.id)
    if not rule.when:
        raise DamagedDataError("a rule needs a fact", source=source, field=rule.id)
    if rule.mechanism not in MECHANISMS:
        raise DamagedDataError(
            f"unknown mechanism {rule.mechanism!r}", source=source, field=rule.id
        )
    if rule.seen not in _SEEN:
        raise DamagedDataError(f"seen is none of {_SEEN}", source=source, field=rule.id)
    need = sum({fact_bit(name) for name in rule.when})
    forbid = sum({fact_bit(name) for name in rule.unless})
    if need & forbid:
        raise DamagedDataError("a fact is both needed and forbidden", source=source, field=rule.id)
    return replace(rule, need=need, forbid=forbid, **_leanings(rule.when))


def parse_rules(text: str, source: str) -> tuple[Rule, ...]:
    """Parse one rule file, strictly.

    Raises: DamagedDataError naming the file and the rule.
    """
    return read_rules(text, source, Rule, _check)


@cache
def load_rules() -> tuple[Rule, ...]:
    """Load the shipped access rules, in order of decision.

    Raises: DamagedDataError if a shipped rule is broken.
    """
    rules: list[Rule] = []
    for path in sorted(Path(shipped_path("rules")).glob("*.toml")):
        rules.extend(parse_rules(path.read_text("utf-8"), f"data/rules/{path.name}"))
    return tuple(sorted(rules, key=lambda rule: (rule.rank, rule.strength)))
