"""The country that a what-if asks about: its classes, the world's weights, its links abroad."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.topology import Topology
from whocut.routes.whatif.regions import region_numbers

__all__ = ["CrossLinks", "InnerLinks", "Subject", "make_subject"]

_Bools = NDArray[np.bool_]
_Floats = NDArray[np.float64]
_Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CrossLinks:
    """Links between a class of the country and a foreign one, as places in ``up`` or ``peer``."""

    place: _Places
    home: _Places
    foreign: _Places
    is_sold_from_abroad: _Bools
    """The foreign side is the provider; of peerings, never."""


@dataclass(frozen=True, eq=False)
class InnerLinks:
    """Links between two classes of the country, as places in ``up`` or ``peer``."""

    place: _Places
    first: _Places
    """Of a sale, the customer."""
    second: _Places


@dataclass(frozen=True, eq=False)
class Subject:
    """One country in one topology, with the weights of all ASes; nothing here depends on a cut."""

    topology: Topology
    country: str
    addresses: _Floats
    """Of each AS of the topology."""
    users: _Floats | None
    unit: str
    """What the weights count: addresses, or networks where none are known."""
    is_home: _Bools
    """Of each AS."""
    key: str
    """Digest of the topology, the weights and the country."""

    @cached_property
    def is_home_class(self) -> _Bools:
        """Say of each class whether it is the country's; a class has one country."""
        topology = self.topology
        return self.is_home[topology.members[topology.member_start[:-1]]]

    @cached_property
    def home_classes(self) -> NDArray[np.int32]:
        """List the country's classes."""
        return np.flatnonzero(self.is_home_class).astype(np.int32)

    @cached_property
    def home_asns(self) -> NDArray[np.int64]:
        """List the country's ASes, as places in ``topology.asns``."""
        return np.flatnonzero(self.is_home)

    @cached_property
    def home_total(self) -> float:
        """Add up the country's addresses."""
        return float(self.addresses[self.is_home].sum())

    @cached_property
    def world_total(self) -> float:
        """Add up the addresses of all other networks."""
        return float(self.addresses[~self.is_home].sum())

    @cached_property
    def region_of(self) -> NDArray[np.int64]:
        """Number the region of each class."""
        numbers = np.array(region_numbers(self.topology.countries), np.int64)
        return numbers[self.topology.class_country]

    @cached_property
    def sales(self) -> CrossLinks:
        """List the sales across the country's border."""
        customer, provider = _sides(self.topology.up_start, self.topology.up)
        home = self.is_home_class
        place = np.flatnonzero(home[customer] != home[provider])
        customer, provider = customer[place], provider[place]
        is_bought = home[customer]
        return CrossLinks(
            place,
            np.where(is_bought, customer, provider),
            np.where(is_bought, provider, customer),
            is_bought,
        )

    @cached_property
    def peerings(self) -> CrossLinks:
        """List the peerings across the border, once each, from the country's side."""
        source, target = _sides(self.topology.peer_start, self.topology.peer)
        home = self.is_home_class
        place = np.flatnonzero(home[source] & ~home[target])
        return CrossLinks(place, source[place], target[place], np.zeros(len(place), np.bool_))

    @cached_property
    def inner_sales(self) -> InnerLinks:
        """List the sales within the country."""
        return self._within(*_sides(self.topology.up_start, self.topology.up))

    @cached_property
    def inner_peerings(self) -> InnerLinks:
        """List the peerings within the country, in both directions."""
        return self._within(*_sides(self.topology.peer_start, self.topology.peer))

    def _within(self, first: _Places, second: _Places) -> InnerLinks:
        home = self.is_home_class
        place = np.flatnonzero(home[first] & home[second])
        return InnerLinks(place, first[place], second[place])


def _sides(start: NDArray[np.int32], other: NDArray[np.int32]) -> tuple[_Places, _Places]:
    """Write out the classes on both sides of every link."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start)), other.astype(np.int64)


def make_subject(
    topology: Topology,
    country: str,
    addresses: _Floats,
    users: _Floats | None = None,
    *,
    unit: str = "addresses",
) -> Subject:
    """Look at a topology from one country; weights are of the ASes of the topology, in its order.

    Raises: UsageError if no network of the country has a link there, or none has an address.
    """
    is_home = topology.in_country(country)
    if not is_home.any():
        raise UsageError(f"no network registered in {country} has a link in {topology.source}")
    if not addresses[is_home].sum() > 0:
        raise UsageError(f"no network registered in {country} has addresses in the weights given")
    if not addresses[~is_home].sum() > 0:
        raise UsageError("no foreign network has addresses in the weights given")
    digest = hashlib.sha256(f"{topology.key}\n{country}\n".encode())
    for weights in (addresses, users):
        if weights is not None:
            digest.update(np.ascontiguousarray(weights, "<f8").tobytes())
    return Subject(topology, country, addresses, users, unit, is_home, digest.hexdigest())
