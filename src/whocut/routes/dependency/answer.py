"""What is said of a country's dependency: every figure with its band over tie rules and months."""

from datetime import date
from typing import Final

from msgspec import Struct

__all__ = [
    "ANSWER_VERSION",
    "CAVEAT",
    "COUNTED",
    "INFLUENCE_VERSION",
    "Band",
    "Carrier",
    "CountryDependency",
    "Domestic",
    "Entry",
    "Group",
    "Rules",
]

ANSWER_VERSION: Final = "1"
"""Counts changes to what is computed or said; part of every digest, so that no kept answer outlives
them."""
INFLUENCE_VERSION: Final = "2"
"""The same for the influence alone, which no result that ships holds."""
CAVEAT: Final = (
    "Simulated paths over inferred links, not observed. Policy reachability, not capacity: shares "
    "are of addresses that policy would send this way, not of traffic."
)

COUNTED: Final = "each network counts 1"
"""The unit where no weights are given."""


class Band(Struct, frozen=True):
    """A figure, and the least and the most that other tie rules and single months give."""

    value: float
    low: float
    high: float


class Rules(Struct, frozen=True):
    """Months that must agree on a link, and what breaks a tie between equal paths."""

    months: tuple[date, ...]
    ties: str


class Carrier(Struct, frozen=True):
    """One network on the way to a country."""

    asn: int
    name: str
    organisation: str
    """Identity of its holder in AS2Org; empty where not known."""
    registered_in: str
    is_domestic: bool
    gate: Band
    """Share of the country's addresses that it is the last network abroad to carry; the shares of
    all gates and what viewpoints hand over themselves make one."""
    carried: Band
    """Share that crosses it anywhere between the ends; these do not add up."""
    hegemony: Band
    """The same after trimming: AS hegemony towards the country's addresses."""
    country_hegemony: Band
    """Mean of its AS hegemony towards each network of the country, by users or each counting 1."""
    influence: Band
    """Country-level Transit Influence (CTI), in the mean over shares of peerings that hand on."""


class Group(Struct, frozen=True):
    """Gates of one holder, or of one place of registration."""

    name: str
    """AS2Org's name of the holder, or the country's code."""
    registered_in: str
    asns: tuple[int, ...]
    gate: Band


class Entry(Struct, frozen=True):
    """A network of the country that takes over from abroad."""

    asn: int
    name: str
    share: Band


class Domestic(Struct, frozen=True):
    """How a country's address space is held, from the weights and links alone; no paths."""

    networks: int
    """ASes registered there that have a weight and a link."""
    weight: float
    holders_of_90: int
    """Fewest ASes that hold 90 % of it."""
    organisations_of_90: int
    cone_cover: tuple[int, ...]
    """ASes whose customers within the country, with themselves, hold 90 %. A network that buys from
    several is under each of them: these could reach it, not cut it off."""
    concentration: float
    """HHI over organisations."""


class CountryDependency(Struct, frozen=True, kw_only=True):
    """On whom a country depends to be reached from abroad."""

    country: str
    paths: str = "simulated"
    caveat: str = CAVEAT
    rules: Rules
    others: tuple[Rules, ...]
    """What the bands are over, beside ``rules``."""
    serial: int
    unit: str
    """What an AS is weighed by."""
    origin_unit: str
    viewpoints: tuple[int, ...]
    viewpoint_rule: str
    unheard: tuple[int, ...]
    reached: Band
    """Share of the country's weight that the viewpoints have a route to, in the mean."""
    direct: Band
    """Share that viewpoints hand over themselves, with nobody between."""
    concentration: Band
    """HHI of foreign transit: over the gates, by AS."""
    organisation_concentration: Band
    jurisdiction_concentration: Band
    entry_concentration: Band
    """HHI over the networks of the country that take over from abroad."""
    control_points: Band
    """Fewest of these that take 90 %: points of control (Berkman Center, 2011)."""
    domestic: Domestic
    carriers: tuple[Carrier, ...]
    organisations: tuple[Group, ...]
    jurisdictions: tuple[Group, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    inputs_sha256: str
