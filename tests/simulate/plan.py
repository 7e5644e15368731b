"""What a simulated world is told: its size, and how it breaks the rules. Six worlds break them.

The shares of the papers (FACTS of the access layer):

- services refuse by stage as they refused Cuba in May 2023 (USENIX Security 2024): of 546 refusals
  37 in DNS, 97 at TCP, 23 at TLS, 24 by an HTTP failure, 395 by a page; of the pages 347 were 403,
  9 were 451, 32 were 200, 7 another status; 66 of the 546 carried an informative notice; 30 domains
  refused at several stages;
- explicit pages are fully consistent in a country in 85 % of the cases, vague ones of the big edges
  in 13.9 % (IMC 2018); about 30 % of one edge's vague 403s were filters against machines (there);
- of the sites of one government, half were open to their own country or to its neighbour alone
  (USENIX Security 2023); here a few targets are open at home only.

Assumed, with no figure to go by: how often states interfere and by which means, and how outages,
loss and probe faults are spread. Drawn anew for each seed (``episodes.Assumed``), so that nothing
can be fitted to it: which share of the vague pages and of the bare failures is an edge's, and how
many of an edge's pages its wording tells.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

__all__ = ["MISSPECIFIED", "Plan", "simulated_country", "small", "variant"]


class Plan(Struct, frozen=True):
    """The size of a world and its vices; every rate is a share in [0, 1]."""

    seed: int
    name: str = "simulated country"
    countries: int = 6
    targets: int = 300
    networks: int = 12
    weeks: int = 26
    per_cell: float = 30
    """Measurements in one (country, target, week)."""
    is_exact: bool = True
    """Exactly so many in each cell; otherwise Poisson around it."""
    top_share: float = 0.0
    """Share of the measurements that one network holds; 0: all draw theirs alike."""
    thin_countries: float = 0.0
    """Share of countries of which one or two networks are measured."""
    gap_rate: float = 0.0
    """Share of the weeks of a pair in which nothing is measured."""
    drift: float = 0.1
    """Share of refusals that change their page, roll out by and by, come and go, or hit by lot."""
    control_refused: float = 0.01
    """Share of targets that refuse the control for a while: its page is the refusal too."""
    control_dropped: float = 0.005
    """Share of (target, week) in which the control fails: what fails here looks dead to all."""
    control_missing: float = 0.01
    """Share of measurements without a control."""
    control_blind: float = 0.03
    """Share of outages that the control does not see: it is fed from a cache."""
    repeats: float = 0.0
    """Share of (network, target, week) in which one probe repeats one result."""
    probe_defects: float = 0.01
    """Share of probes with a defect that hits all their targets for some weeks."""
    bots: float = 0.06
    """Share of targets with a recognisable check for machines."""
    vague_bots: float = 0.012
    """Share of targets whose check gives a vague page: 30 % of one edge's vague 403s."""
    bot_rows_vague: float = 0.02
    """Share of (check, network) whose pages come out as a vague refusal."""
    bot_rows_explicit: float = 0.001
    """Share of (check, network) whose pages come out as one that names the country."""


MISSPECIFIED: Final[dict[str, dict[str, float | bool]]] = {
    "unequal networks": {"top_share": 0.9},
    "missing networks": {
        "thin_countries": 0.7,
        "gap_rate": 0.35,
        "per_cell": 10,
        "is_exact": False,
    },
    "drifting services": {"drift": 0.8},
    "a noisy control": {
        "control_refused": 0.15,
        "control_dropped": 0.08,
        "control_missing": 0.10,
        "control_blind": 0.25,
    },
    "correlated probes": {"repeats": 0.6, "probe_defects": 0.08, "is_exact": False},
    "mislabelled bots": {
        "bots": 0.08,
        "vague_bots": 0.04,
        "bot_rows_vague": 0.3,
        "bot_rows_explicit": 0.03,
    },
}
"""The six misspecified worlds: what each changes of the simulated country."""


def simulated_country(seed: int) -> Plan:
    """Plan 300 targets, 12 networks, 26 weeks and 6 countries at 30 measurements a cell."""
    return Plan(seed=seed)


def variant(name: str, seed: int) -> Plan:
    """Plan one of the six misspecified worlds, in full size."""
    return msgspec.structs.replace(Plan(seed=seed, name=name), **MISSPECIFIED[name])


def small(plan: Plan, targets: int = 80, weeks: int = 13) -> Plan:
    """Shrink a world for a quick test; what it breaks stays as it is."""
    return msgspec.structs.replace(plan, targets=targets, weeks=weeks)
