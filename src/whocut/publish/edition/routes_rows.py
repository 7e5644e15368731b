"""What pages read of routes: who carries a country, what a withdrawal leaves, who stopped."""

from datetime import date

from msgspec import Struct

from whocut.routes.cascades import Cascade, CascadeCountry
from whocut.routes.dependency.answer import Band
from whocut.routes.minimum_sets import ShippedMinimum
from whocut.routes.results import CountryResult, DateSources
from whocut.routes.states import StateShare

__all__ = [
    "Carried",
    "CountryRoutes",
    "NamedNetwork",
    "NetworkRoutes",
    "RouteSummary",
    "RoutesFacts",
    "WhatIf",
]


class NamedNetwork(Struct, frozen=True, array_like=True):
    """A network, its holder, and where its number is registered."""

    asn: int
    name: str
    """Empty where no file of ours names it."""
    registered_in: str


class RoutesFacts(Struct, frozen=True):
    """What the figures on routes rest on."""

    dates: tuple[DateSources, ...] = ()
    """The earliest first; empty where no results ship."""
    n_countries: int = 0
    n_changes: int = 0
    changes_from: str = ""
    """The first month of the changes, and the last: ``2021-01``."""
    changes_until: str = ""


class RouteSummary(Struct, frozen=True, array_like=True):
    """One country in the table of all, at the last date that has it."""

    country: str
    day: date
    slash24: float
    networks: int
    foreign_providers: int
    hhi: Band
    control_points: Band
    top: NamedNetwork | None
    """The network that most often is the last abroad."""
    top_share: float
    pairs_now: float
    pairs_stop_customers: float | None
    pairs_cut_links: float | None
    pairs_carry_nothing: float | None
    minimums: tuple[ShippedMinimum, ...]
    """The smallest sets that leave nothing of half of its addresses: networks, holders, states."""


class CountryRoutes(Struct, frozen=True):
    """Who carries one country, at each date that has it."""

    country: str
    results: tuple[CountryResult, ...]
    """The earliest first."""
    states: tuple[StateShare, ...]
    minimums: tuple[ShippedMinimum, ...]


class Carried(Struct, frozen=True, array_like=True):
    """What one network hands over to, or takes over for, one country."""

    country: str
    role: str
    """``hands_over`` or ``takes_over``."""
    shares: tuple[Band | None, ...]
    """At each date; None where it is not among those listed."""
    alone: tuple[Cascade, ...]
    """What is left if it alone leaves, in each mode; empty where that was not asked."""
    pairs_now: float


class NetworkRoutes(Struct, frozen=True):
    """A network, and how many countries it is listed for."""

    network: NamedNetwork
    n_hands_over: int
    n_takes_over: int


class WhatIf(Struct, frozen=True):
    """The cascades of one set of leavers."""

    about: CascadeCountry
    modes: tuple[Cascade, ...]
    """Each mode, from the least to the most that is stopped."""
