"""Who sells to whom, where a list of relationships is given; observed paths do not say it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["NO_TIES", "Ties"]


@dataclass(frozen=True)
class Ties:
    """Links by their relation: (provider, customer), and peers in both directions."""

    sales: frozenset[tuple[int, int]] = field(default=frozenset())
    peers: frozenset[tuple[int, int]] = field(default=frozenset())

    @classmethod
    def of(cls, sales: Iterable[tuple[int, int]], peers: Iterable[tuple[int, int]]) -> "Ties":
        """Take links; a peer link counts in both directions."""
        found = frozenset(peers)
        return cls(frozenset(sales), found | {(b, a) for a, b in found})

    def customers_of(self, provider: int) -> frozenset[int]:
        """Name the customers of a network."""
        return frozenset(customer for who, customer in self.sales if who == provider)

    def is_valley(self, asn: int, beneath: int) -> bool | None:
        """Tell whether an AS that hands its provider's traffic to another may not do so.

        A network carries its customers to its providers, and nobody else (Gao 2001). Nothing where
        the relation is not known.
        """
        if (asn, beneath) in self.sales:
            return False
        return True if (beneath, asn) in self.sales or (asn, beneath) in self.peers else None


NO_TIES = Ties()
