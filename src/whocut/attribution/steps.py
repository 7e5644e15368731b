"""What would settle a hypothesis: codes, when each is missing, and its sentence."""

from collections.abc import Mapping, Sequence
from typing import Final

from whocut.attribution.grading import GRADE_ORDER, Graded
from whocut.attribution.items import Item
from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Room, RuleStrength
from whocut.i18n.catalog import N_

__all__ = ["STEPS", "steps_of"]

STEPS: Final[Mapping[str, str]] = {
    "measure": N_(
        "Measure it from three networks of the country, and from three other countries, in the "
        "same week."
    ),
    "read_page": N_(
        "Read the refusing page and its certificate: does it speak for the service, for its edge "
        "or for an authority?"
    ),
    "own_words": N_(
        "The party's own words, read in full: a notice, a register, a letter or a reply."
    ),
    "read_sources": N_("Read the sources of which only the address is known."),
    "path": N_(
        "Send an innocuous server name to the same address, compare the hop limits of the answers, "
        "and trace the route."
    ),
    "other_services": N_(
        "Compare it with other services on the same networks, and with the same service in other "
        "countries, day by day."
    ),
    "routes": N_(
        "Compare the links of the provider before and after, in the country and elsewhere, in "
        "tables of routes."
    ),
    "outage_cause": N_(
        "How unrelated services and networks did in the same days, and what failed, from somebody "
        "without a stake."
    ),
    "outside": N_("Ask for it from outside the country in the same hours."),
    "browser": N_("Repeat with an ordinary browser on home connections of several networks."),
    "after_day": N_("Measure it again after the day for which it was announced."),
    "accounts": N_(
        "Two independent persons or organisations whose accounts it touches, with the message "
        "that they saw."
    ),
}
"""Each code and its sentence."""
_OF: Final[Mapping[HypothesisId, tuple[str, ...]]] = {
    HypothesisId.SERVICE_DECIDED: ("measure", "read_page", "own_words"),
    HypothesisId.EDGE_DECIDED: ("measure", "read_page", "own_words"),
    HypothesisId.STATE_INTERFERES: ("measure", "path", "other_services", "own_words"),
    HypothesisId.OPERATOR_WITHDREW: ("routes", "own_words"),
    HypothesisId.OUTAGE: ("outside", "outage_cause"),
    HypothesisId.BOT_CHECK: ("browser",),
    HypothesisId.NO_CUT: ("measure", "after_day"),
}
_BELOW: Final = frozenset({"account", "payment", "app_store", "device_update", "content"})


def _is_solid(graded: Graded) -> bool:
    return any(
        one.item.room is not Room.CLAIM and one.rule.strength is RuleStrength.STRONG
        for one in graded.carrying
    )


def steps_of(graded: Graded, items: Sequence[Item]) -> tuple[str, ...]:
    """List what would settle one hypothesis, as far as it is not there yet."""
    if GRADE_ORDER[graded.grade] >= GRADE_ORDER[FindingGrade.PROOF]:
        return ()
    steps = [*_OF[graded.id]]
    spoken = [one for one in items if one.said is not None and one.said.stated is graded.id]
    if _is_solid(graded):
        steps = [name for name in steps if name not in ("measure", "routes", "outside", "browser")]
    if any("source.lead" in one.facts for one in spoken):
        steps.append("read_sources")
    if spoken and all(one.layer in _BELOW for one in spoken):
        # What is closed above the network cannot be measured from it.
        steps = [name for name in steps if name not in ("measure", "read_page", "path")]
        steps.append("accounts")
    return tuple(steps)
