"""The answer to a what-if: what each step leaves of a country's reach, with what it rests on."""

import hashlib
from collections.abc import Sequence
from typing import Final, Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.whatif.cut import Cut, Holders, add_step, no_cut
from whocut.routes.whatif.reach import Reach, carried, mean_lengths, reach_of, world_reach
from whocut.routes.whatif.regions import load_regions
from whocut.routes.whatif.scenario import Mode, Scenario
from whocut.routes.whatif.subject import Subject

__all__ = [
    "CAVEAT",
    "CODE_VERSION",
    "Carrier",
    "Detail",
    "Isolation",
    "Lengths",
    "NetworkReach",
    "Outcome",
    "RegionReach",
    "StepOutcome",
    "Ties",
    "run_scenario",
]

CODE_VERSION: Final = 1
"""Counts changes to what is computed; part of every digest."""
CAVEAT: Final = (
    "Simulated paths over inferred links: policy reachability, not capacity. Links that no "
    "collector saw are not there, and contracts change when links fall."
)
Ties = Literal["equal", "lowest_asn"]
Detail = Literal["none", "last", "all"]


class Isolation(Struct, frozen=True):
    """The country's networks that lost what is asked, with their addresses and users."""

    networks: int
    addresses: float
    users: float | None
    address_share: float


class RegionReach(Struct, frozen=True):
    """Share of the pairs of the country with one region of the world."""

    region: str
    title: str
    addresses: float
    before: float
    after: float


class Lengths(Struct, frozen=True):
    """Mean AS hops of the pairs that are left, then and before; nothing if none is left."""

    before: float | None
    after: float | None

    @property
    def inflation(self) -> float | None:
        """How many times longer the paths have become."""
        return self.after / self.before if self.before and self.after else None


class Carrier(Struct, frozen=True):
    """Share of the country's pairs with the world that one AS carries, ends not counted."""

    asn: int
    country: str
    before: float
    after: float


class NetworkReach(Struct, frozen=True):
    """What one network of the country reaches of the world's addresses."""

    asn: int
    addresses: float
    before: float
    after: float


class StepOutcome(Struct, frozen=True, kw_only=True):
    """What is left after a step and all before it."""

    step: int
    """0 is the baseline, with nothing stopped."""
    title: str
    mode: Mode | None
    actors: int
    """ASes that have acted so far."""
    reachable: float
    nothing: Isolation
    under_half: Isolation
    lengths: Lengths | None = None
    regions: tuple[RegionReach, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    networks: tuple[NetworkReach, ...] = ()
    reachable_low: float | None = None
    """The least of what the months that agree, and each of them alone, leave; None: not asked."""
    reachable_high: float | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """A scenario carried through for one country."""

    scenario: Scenario
    country: str
    steps: tuple[StepOutcome, ...]
    domestic: tuple[int, ...]
    """The country's own networks that a holder, state or group brought in: they did not act."""
    unknown: tuple[int, ...]
    """AS numbers named that have no link in the topology."""
    addresses: float
    """What the country's networks weigh, in ``unit``; so all that is called addresses here."""
    world_addresses: float
    unit: str
    networks: int
    months: tuple[str, ...]
    source: str
    ties: Ties
    paths: str = "simulated"
    caveat: str = CAVEAT
    band_months: tuple[str, ...] = ()
    """The months whose links alone bound what is reachable, beside those that agree."""
    inputs_sha256: str


def run_scenario(
    subject: Subject,
    scenario: Scenario,
    holders: Holders | None = None,
    *,
    detail: Detail = "last",
    ties: Ties = "equal",
    limit: int = 20,
) -> Outcome:
    """Carry a scenario through, step by step, for the subject's country.

    ``detail``: for which steps regions, lengths, carriers and networks are told beside reach and
    isolation, which takes longer. ``limit`` cuts the lists of carriers and networks; 0
    keeps them whole.
    Raises: UsageError where a step names nobody that is there.
    """
    cut = no_cut(subject)
    before = _Before(subject, ties) if detail != "none" else None
    base = before.reach if before else reach_of(subject, cut)
    told = [_told(base, cut, 0, "nothing stopped", None)]
    digest = hashlib.sha256("\n".join((str(CODE_VERSION), subject.key, ties)).encode())
    for number, step in enumerate(scenario.step, 1):
        cut = add_step(subject, cut, step, holders)
        for flags in (cut.stops, cut.cuts, cut.carries_nothing, cut.gateways):
            digest.update(flags.tobytes())
        digest.update(bytes([cut.closed]))
        reach = reach_of(subject, cut)
        outcome = _told(reach, cut, number, step.title, step.mode)
        if before and (detail == "all" or number == len(scenario.step)):
            outcome = _detailed(outcome, before, reach, cut, limit)
        told.append(outcome)
    return Outcome(
        scenario=scenario,
        country=subject.country,
        steps=tuple(told),
        domestic=cut.domestic,
        unknown=cut.unknown,
        addresses=subject.home_total,
        world_addresses=subject.world_total,
        unit=subject.unit,
        networks=len(subject.home_asns),
        months=tuple(f"{day:%Y-%m}" for day in subject.topology.months),
        source=subject.topology.source,
        ties=ties,
        inputs_sha256=digest.hexdigest(),
    )


def _told(reach: Reach, cut: Cut, number: int, title: str, mode: Mode | None) -> StepOutcome:
    return StepOutcome(
        step=number,
        title=title,
        mode=mode,
        actors=int(cut.actors.sum()),
        reachable=reach.share,
        nothing=_isolation(reach.subject, reach.has_nothing),
        under_half=_isolation(reach.subject, reach.has_under_half),
    )


def _isolation(subject: Subject, lost: NDArray[np.bool_]) -> Isolation:
    at = subject.home_asns[lost]
    addresses = float(subject.addresses[at].sum())
    users = None if subject.users is None else float(subject.users[at].sum())
    return Isolation(len(at), addresses, users, addresses / subject.home_total)


class _Before:
    """What the steps are held against."""

    def __init__(self, subject: Subject, ties: Ties) -> None:
        nothing = no_cut(subject)
        self.reach = reach_of(subject, nothing)
        self.regions = world_reach(subject, nothing)
        self.carried = carried(subject, nothing, ties=ties)
        self.ties: Ties = ties


def _detailed(
    outcome: StepOutcome, before: _Before, reach: Reach, cut: Cut, limit: int
) -> StepOutcome:
    subject = reach.subject
    lengths = mean_lengths(subject, cut)
    after = carried(subject, cut, ties=before.ties)
    return msgspec.structs.replace(
        outcome,
        lengths=Lengths(*lengths) if lengths else Lengths(None, None),
        regions=_regions(subject, before.regions, world_reach(subject, cut)),
        carriers=_carriers(subject, before.carried, after, limit),
        networks=_networks(before.reach, reach, limit),
    )


def _regions(
    subject: Subject, before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[RegionReach, ...]:
    foreign = subject.topology.class_sums(np.where(subject.is_home, 0.0, subject.addresses))
    regions = load_regions()
    totals = np.bincount(subject.region_of, foreign, minlength=len(regions)).tolist()
    return tuple(
        RegionReach(
            region.id,
            region.title,
            total,
            float(old) / (total * subject.home_total),
            float(new) / (total * subject.home_total),
        )
        for region, total, old, new in zip(regions, totals, before, after, strict=True)
        if total > 0
    )


def _carriers(
    subject: Subject, before: NDArray[np.float64], after: NDArray[np.float64], limit: int
) -> tuple[Carrier, ...]:
    topology = subject.topology
    shift = np.abs(after - before)
    order = np.lexsort((topology.first_asn, -shift))
    order = order[shift[order] > 0]
    return tuple(
        Carrier(
            int(topology.first_asn[at]),
            topology.countries[topology.class_country[at]],
            float(before[at]),
            float(after[at]),
        )
        for at in (order[:limit] if limit else order)
    )


def _networks(base: Reach, reach: Reach, limit: int) -> tuple[NetworkReach, ...]:
    subject = reach.subject
    addresses = subject.addresses[subject.home_asns]
    lost = addresses * (base.reached - reach.reached)
    order = np.argsort(-lost, kind="stable")
    order = order[lost[order] > 0]
    return _listed(subject, base, reach, order[:limit] if limit else order)


def _listed(
    subject: Subject, base: Reach, reach: Reach, order: Sequence[int] | NDArray[np.int64]
) -> tuple[NetworkReach, ...]:
    return tuple(
        NetworkReach(
            int(subject.topology.asns[subject.home_asns[at]]),
            float(subject.addresses[subject.home_asns[at]]),
            float(base.reached[at]) / subject.world_total,
            float(reach.reached[at]) / subject.world_total,
        )
        for at in order
    )
