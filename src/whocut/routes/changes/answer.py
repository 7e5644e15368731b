"""What an answer on changes holds: each provider that lost or gained, its controls, its doubts."""

from enum import StrEnum

from msgspec import Struct

__all__ = [
    "CAVEATS",
    "Control",
    "CountryChange",
    "CustomerChange",
    "Hypothesis",
    "HypothesisName",
    "ProviderChange",
    "Several",
    "Standing",
    "Verdict",
]

CAVEATS = (
    "Links are inferred from observed paths, no contracts: policy reachability, not capacity.",
    "A list of links shows no partial cut: a customer that keeps one thin link counts as kept.",
    "Countries are those of registration, not of the network's place.",
    "Who left is a hypothesis; each is given with what speaks for and against it.",
)


class Verdict(StrEnum):
    """What the test says of one provider in one country."""

    SEVERAL = "several"
    """Odd, and one of several independent providers that are, in one country and month."""
    SINGLE = "single"
    """Odd by itself."""
    ORDINARY = "ordinary"
    """No more than the controls lead one to expect, or too little to tell."""
    DOMESTIC = "domestic"
    """The provider is registered in the country: what it stops there is no exit from it."""
    NO_CONTROL = "no_control"
    """Too few customers elsewhere, or in the country, to tell a country's loss from any other."""


class HypothesisName(StrEnum):
    """Who ended the links; of gains: who began them."""

    PROVIDER = "provider"
    CUSTOMERS = "customers"
    THIRD_CAUSE = "third_cause"


class Standing(StrEnum):
    """How a hypothesis stands after the evidence."""

    LEADING = "leading"
    OPEN = "open"
    UNLIKELY = "unlikely"


class Hypothesis(Struct, frozen=True):
    """One explanation with its evidence."""

    name: HypothesisName
    standing: Standing
    evidence_for: tuple[str, ...]
    evidence_against: tuple[str, ...]


class Control(Struct, frozen=True):
    """Losses of a comparison group, with the 95 % interval of their share (Wilson)."""

    n: int
    n_lost: int
    share: float | None
    low: float
    high: float
    p: float | None
    """Fisher's exact chance that the cell's share is no higher than this one's; one-sided."""


class CustomerChange(Struct, frozen=True):
    """One link that was lost or gained, and what else its customer did."""

    asn: int
    name: str
    provider_asn: int
    reason: str
    other_providers: int
    """Organisations that carried it throughout, before and after."""
    new_providers: tuple[str, ...]
    """Of a loss: those that carry it after and did not before. Of a gain: those it left."""
    other_lost: int
    """Links to other providers that it lost in the same months."""
    again: str | None
    """The first later month of the link's return; of a gain: the last earlier month that had it."""
    moved_to: str | None
    """The one provider that the customers of a block sit behind."""


class ProviderChange(Struct, frozen=True):
    """One provider in one country between two times."""

    provider: str
    provider_asns: tuple[int, ...]
    provider_country: str
    country: str
    sign: str
    """``lost`` or ``gained``."""
    verdict: Verdict
    grade: str | None
    """A: several independent providers and no doubt; B: one, and no doubt; C: with doubts."""
    n: int
    """Customers (organisations) at risk that live on; of a gain: customers at the end."""
    n_lost: int
    share: float
    low: float
    high: float
    expected: float
    """The share that both controls together lead one to expect."""
    elsewhere: Control
    others: Control
    effect: float | None
    """Difference in differences, with its 95 % interval (Newcombe); none without controls."""
    effect_low: float | None
    effect_high: float | None
    p: float | None
    """Beta-binomial chance of so many losses or more; none where not tested."""
    reasons: dict[str, int]
    """Links by reason; those that are not ``withdrawn`` do not count as lost."""
    customers: tuple[CustomerChange, ...]
    hypotheses: tuple[Hypothesis, ...]
    doubts: tuple[str, ...]


class Several(Struct, frozen=True):
    """Independent providers that lost customers in one country and month."""

    p: float
    """Chance of so many so odd ones among the country's tests."""
    n_tests: int
    providers: tuple[str, ...]


class CountryChange(Struct, frozen=True):
    """What changed for one country between two times."""

    country: str
    sign: str
    last_before: str
    """Month: ``2022-03``."""
    first_after: str
    months_before: tuple[str, ...]
    months_after: tuple[str, ...]
    n_links: int
    """Customers of foreign and domestic providers, counted once a provider."""
    n_lost: int
    several: Several | None
    alarms: tuple[ProviderChange, ...]
    ordinary: tuple[ProviderChange, ...]
    """All others that lost anything, for any reason; empty where only counted."""
    n_ordinary: int
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    """What is known of the watchers and their days."""
    serial: int
    inputs: str
    """Hash of all inputs and thresholds."""
