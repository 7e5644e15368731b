"""Who may leave: foreign ASes one by one, organisations with all of theirs, or jurisdictions."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.topology import Registry, Topology

__all__ = ["GOES_ALONG", "HOME", "Blocks", "Kind", "make_blocks"]


class Kind(StrEnum):
    """What acts as one."""

    ASES = "ases"
    ORGANISATIONS = "organisations"
    JURISDICTIONS = "jurisdictions"


@dataclass(frozen=True, eq=False)
class Blocks:
    """The foreign ASes of a topology, each in one block."""

    kind: Kind
    block_of: NDArray[np.int64]
    """Of each AS; -1 the country's own, -2 goes along with any set (its state is not known)."""
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """Count the blocks."""
        return len(self.names)


HOME = -1
GOES_ALONG = -2


def make_blocks(
    topology: Topology, country: str, kind: Kind, registry: Registry | None = None
) -> Blocks:
    """Put every foreign AS into its block.

    Networks whose country is not known go along with any set of jurisdictions, so that a count of
    states is never too high for their sake. An AS without a known holder is its own organisation.
    Raises: UsageError if organisations are asked for and none are known.
    """
    is_home = topology.in_country(country)
    if kind is Kind.JURISDICTIONS:
        return _jurisdictions(topology, is_home)
    if kind is Kind.ORGANISATIONS:
        if registry is None:
            raise UsageError("organisations are asked for, and none were read")
        return _organisations(topology, is_home, registry)
    block_of = np.full(len(topology.asns), HOME, np.int64)
    block_of[~is_home] = np.arange(int((~is_home).sum()))
    return Blocks(kind, block_of, tuple(f"AS{asn}" for asn in topology.asns[~is_home].tolist()))


def _jurisdictions(topology: Topology, is_home: NDArray[np.bool_]) -> Blocks:
    block_of = np.full(len(topology.asns), GOES_ALONG, np.int64)
    names: list[str] = []
    for place in np.unique(topology.country[~is_home]).tolist():
        code = topology.countries[place]
        if code:
            block_of[topology.country == place] = len(names)
            names.append(code)
    block_of[is_home] = HOME
    return Blocks(Kind.JURISDICTIONS, block_of, tuple(names))


def _organisations(topology: Topology, is_home: NDArray[np.bool_], registry: Registry) -> Blocks:
    order = np.argsort(registry.asn, kind="stable")
    known = registry.asn[order]
    place = np.minimum(np.searchsorted(known, topology.asns), max(len(known) - 1, 0))
    is_held = known[place] == topology.asns if len(known) else np.zeros(len(is_home), np.bool_)
    holder = np.where(
        is_held, registry.org[order][place] if len(known) else 0, -1 - np.arange(len(is_home))
    )
    foreign = np.flatnonzero(~is_home)
    _, first, number = np.unique(holder[foreign], return_index=True, return_inverse=True)
    block_of = np.full(len(is_home), HOME, np.int64)
    block_of[foreign] = number
    # A block is named by its lowest AS number; the topology's are ascending.
    names = tuple(f"AS{asn}" for asn in topology.asns[foreign[first]].tolist())
    return Blocks(Kind.ORGANISATIONS, block_of, names)
