"""What is told of one backbone and one network below it."""

from enum import StrEnum

from msgspec import Struct

__all__ = ["BREAKS", "Evidence", "PairFinding", "Reason", "Sighting", "VantageLoss"]


class Reason(StrEnum):
    """What happened to an adjacency, as far as routes can show. Who did it, they do not show."""

    SESSIONS_ENDED = "sessions_ended"
    """All prefixes left the adjacency; the customer's are seen by others, or were its alone."""
    PREFIX_FILTER = "prefix_filter"
    """Some prefixes left it, others stay; the customer is still on the way to those that left."""
    ROUTE_LEAK = "route_leak"
    """For a time it carried prefixes that others carry, and still carried while it did."""
    RENUMBERING = "renumbering"
    """The prefixes have a new origin; the old number is seen no more."""
    VANTAGE_LOST = "vantage_lost"
    """Those who saw it no longer feed a collector: nothing is known of the adjacency."""
    NOT_SEEN = "not_seen"
    """Those who saw it no longer see the backbone at all: nothing is known of the adjacency."""
    TURNED_AWAY = "turned_away"
    """Those who saw it now go by other carriers, and none shows that the backbone itself goes
    another way: the adjacency may stand."""
    MAINTENANCE = "maintenance"
    """It was gone for a time and came back."""
    MOVED = "moved"
    """All prefixes left it after the customer had taken another provider."""
    MOVED_BELOW = "moved_below"
    """What left it are prefixes of networks that no longer use the customer."""
    CUSTOMER_GONE = "customer_gone"
    """The customer's prefixes are seen nowhere."""
    PREFIXES_GONE = "prefixes_gone"
    """Some prefixes are seen nowhere; the others stay."""
    STAND_IN = "stand_in"
    """For a time it carried prefixes whose usual carrier was away."""
    NONE = "none"
    """Nothing that lasts."""


BREAKS = frozenset({Reason.SESSIONS_ENDED, Reason.PREFIX_FILTER})
"""Reasons by which a backbone carries less for a customer that is still there."""


class Sighting(Struct, frozen=True):
    """How widely an adjacency is seen."""

    n_prefixes: int
    n_vantages: int
    """Distinct ASes that feed a collector."""
    n_paths: int
    """Pairs of a vantage and a prefix."""


class Evidence(Struct, frozen=True):
    """The routing messages behind a time; each path counts as it stood once it had settled."""

    n_withdrawn: int
    n_withdrawn_by: int
    n_reannounced: int
    """Paths replaced by one that avoids the adjacency; of a leak, by one that takes it."""
    n_reannounced_by: int
    n_unseen: int
    """Paths that a RIB alone shows as gone: no update tells when."""
    n_detours_by: int
    """Vantages that still pass the backbone, which now goes another way: the strongest sign."""
    first_s: float | None
    last_s: float | None


class PairFinding(Struct, frozen=True):
    """What happened between one backbone and one network below it.

    Shares are of what the vantages saw before that are there before and after and see the backbone.
    """

    backbone: int
    customer: int
    reason: Reason
    before: Sighting
    after: Sighting
    during: Sighting
    """At any time from the RIB before to the end, passing routes too."""
    prefix_share: float
    """Of the prefixes that were seen, those that left; for a time only, where it came back."""
    path_share: float
    start_s: float | None
    """When the change began; absent where only RIBs show it."""
    end_s: float | None
    """When it was over, for what came back."""
    evidence: Evidence
    prefixes: tuple[str, ...]
    """Those that the reason is about."""
    others: tuple[int, ...] = ()
    """The new number; providers not seen before, which the customer may have chosen or needed; or
    those whose routes were leaked."""
    is_still_seen: bool = True
    """Some prefix that left is seen by another way."""
    lost_vantages: tuple[int, ...] = ()
    blind_vantages: tuple[int, ...] = ()
    together: tuple[int, ...] = ()
    """Others of the same country whose sessions with the backbone ended at the same time: what
    happens to several at once is more likely the backbone's doing than each customer's."""


class VantageLoss(Struct, frozen=True):
    """A collector's peer that is there before and not after; no share counts its view."""

    asn: int
    address: str
    n_routes_before: int
    n_routes_after: int
    ended_s: float | None
    """When the collector says that their session ended; absent where it does not say."""
