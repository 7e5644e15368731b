"""Limits by which breaks are judged: one table, each with its ground."""

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits"]


@dataclass(frozen=True)
class Limits:
    """When something is long, much or together enough. All provisional unless a source is named."""

    settle_s: float = 180.0
    """What happens within this time is one event. Labovitz et al. (SIGCOMM 2000, Delayed Internet
    Routing Convergence): after a failure routes settle in three minutes on average."""
    lead_fraction: float = 0.5
    """A new provider that stands this part of ``settle_s`` before the break came first."""
    blind_below: float = 0.2
    """A vantage that keeps less of its other paths through the backbone no longer sees it."""
    lost_below: float = 0.1
    """A vantage whose table keeps less of its routes has gone from the collector."""
    whole_from: float = 0.95
    """Losing this share of prefixes is losing the adjacency: strays remain in stale tables. As many
    strays as that are no filter. Ten minutes of rrc15 in 2010, 40 backbones, 3,194 adjacencies: one
    prefix of 13,598 and two of 103 were told as filters without this."""
    dip_from: float = 0.5
    """A passing loss is told from this share of prefixes."""
    most: float = 0.5
    """What holds for this share of the prefixes at stake gives the reason its name. A break is told
    where as many show that the backbone itself goes another way: in the same ten minutes eight
    adjacencies were told as broken because vantages had turned to other carriers."""
    stage_from: float = 0.1
    """A change in stages is dated by the last that holds this share of its paths."""
    onset_quantile: float = 0.25
    """The break is when this share of the vantages had turned: the first may be noise."""
    min_leaked: int = 2
    """A leak is told from this many prefixes, or all that the network leaked has."""
    full_from: float = 0.5
    """A vantage that tells less than this share of what the fullest tells has no full view."""
    hole_s: float = 300.0
    """A time this long without updates beside a RIB is a hole: of the archives that whocut fetches
    from, RIS writes a file of updates every five minutes, and no other writes them oftener."""


LIMITS = Limits()
