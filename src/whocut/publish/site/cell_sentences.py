"""What cells say, in sentences of each language: why nothing is shown, and what would settle it.

A code that has no sentence here stands for itself, so that a new one is shown and not hidden.
"""

from collections.abc import Mapping
from typing import Final

from whocut.access.cells import MODEL
from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.model.taxonomy import CellAnswer, Outcome
from whocut.publish.edition.access_rows import PairRow

__all__ = [
    "chance",
    "shortfall_numbers",
    "shortfall_step",
    "shortfall_words",
    "slowdown_words",
    "status_class",
    "target_class_words",
]

_SHORTFALLS: Final[Mapping[str, str]] = {
    "few_measurements": N_("There are fewer measurements than an answer takes."),
    "one_network": N_("Only one network was measured. That cannot tell a network from a country."),
    "vague_pages": N_("There are refusals without a reason, and they do not agree enough."),
    "no_contrast": N_("Nobody measured it in another country in that week."),
    "by_whom": N_("It is cut off. What was measured fits the service as well as the way to it."),
    "mixed": N_("The measurements point in different directions."),
    "bots": N_("It may be a refusal, or a check for machines. Both fit."),
    "faults": N_("Most of the measurements failed for reasons of their own."),
    "unclear_page": N_("A page or an address is not the usual one, for no known reason."),
}
_STEPS: Final[Mapping[str, str]] = {
    "few_measurements": N_("Measure it again, on more days and from more networks there."),
    "one_network": N_("Measure it from another network of the country."),
    "vague_pages": N_("Repeat it over several networks and days, and from two other countries."),
    "no_contrast": N_("Measure it from two other countries in the same week."),
    "by_whom": N_(
        "Compare a reset or an answer with the connection it came on, and measure from a second "
        "country that the same law names."
    ),
    "mixed": N_("Repeat it on the networks that disagree; look at the days on which it changed."),
    "bots": N_("Open it in a real browser at home, on several networks."),
    "faults": N_("Repeat it when the network is well again."),
    "unclear_page": N_("Look at the page itself, in one of the measurements below."),
}
_SHORT_OF_NUMBERS: Final = ("few_measurements", "one_network")
_SLOWED: Final[Mapping[str, str]] = {
    "throttled": N_("Held back here and not elsewhere, and not by the line."),
    "stalled": N_("Answers begin here and freeze."),
    "slow_service": N_("Slow, here as elsewhere: the service."),
    "slow_network": N_("Slow for everything on these networks: the line."),
    "none": N_("Not slowed."),
    "insufficient": N_("Slowed or not: not enough evidence."),
}
_STATUS: Final[Mapping[str, str]] = {
    CellAnswer.SERVED: "status-served",
    CellAnswer.INSUFFICIENT: "status-unknown",
    CellAnswer.TARGET_DOWN: "status-unknown",
    CellAnswer.NETWORK_DOWN: "status-unknown",
    CellAnswer.BOT_CHECK: "status-unknown",
    CellAnswer.MEASUREMENT_FAULT: "status-unknown",
    Outcome.TARGET_MISCONFIGURED: "status-unknown",
    Outcome.INVALID: "status-unknown",
}
_CLASSES: Final[Mapping[str, str]] = {
    "service": N_("services"),
    "civil_society": N_("civil society"),
    "state_service": N_("state services"),
    "messenger": N_("messengers"),
    "independent_media": N_("independent media"),
    "public_media": N_("public media"),
    "state_media": N_("state media"),
    "other_media": N_("other media"),
}
_NEVER_CERTAIN: Final = 0.01


def shortfall_words(text: Text, shortfall: str) -> str:
    """Say why a cell names no cause; empty where nothing is short."""
    return text.gettext(_SHORTFALLS.get(shortfall, shortfall)) if shortfall else ""


def shortfall_step(text: Text, shortfall: str) -> str:
    """Say what would settle it."""
    return text.gettext(_STEPS[shortfall]) if shortfall in _STEPS else ""


def shortfall_numbers(text: Text, row: PairRow) -> str:
    """Say how much there is and how much an answer takes; empty where another thing is short."""
    if row.shortfall not in _SHORT_OF_NUMBERS:
        return ""
    floor = MODEL.floor
    return text.ngettext(
        "There is %(n)s usable measurement (networks: %(networks)s); an answer takes %(least)s, "
        "on %(least_networks)s networks.",
        "There are %(n)s usable measurements (networks: %(networks)s); an answer takes %(least)s, "
        "on %(least_networks)s networks.",
        row.n_usable,
        networks=text.number(row.n_networks),
        least=text.number(floor.measurements),
        least_networks=text.number(floor.networks),
    )


def slowdown_words(text: Text, answer: str) -> str:
    """Say whether and how a week was slow."""
    return text.gettext(_SLOWED.get(answer, answer))


def target_class_words(text: Text, name: str) -> str:
    """Name a class of the catalogue of targets."""
    return text.gettext(_CLASSES.get(name, name))


def status_class(answer: str) -> str:
    """Give the class that draws the sign of an answer; words stand beside it always."""
    return _STATUS.get(answer, "status-cut")


def chance(text: Text, probability: float) -> str:
    """Give a probability in per cent; none is certain, whatever its digits hold."""
    if probability < _NEVER_CERTAIN:
        return text.gettext("under %(share)s", share=text.share(_NEVER_CERTAIN))
    if probability > 1 - _NEVER_CERTAIN:
        return text.gettext("over %(share)s", share=text.share(1 - _NEVER_CERTAIN))
    return text.share(probability)
