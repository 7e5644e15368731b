"""Ask for the smallest set that isolates a share of a country, by either criterion."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.mincut.blocks import Blocks, Kind, make_blocks
from whocut.routes.mincut.border import make_border
from whocut.routes.mincut.closure import least_closure
from whocut.routes.mincut.found import Criterion, Found, MinimumSet, Proof
from whocut.routes.mincut.hitting import least_enough
from whocut.routes.mincut.world import make_world
from whocut.routes.topology import Registry, Topology

__all__ = ["least_set", "reconcile"]

_Floats = NDArray[np.float64]
_SEED_PART = 0.1
"""Part of the budget that may go into a set to begin with."""


def least_set(
    topology: Topology,
    country: str,
    addresses: _Floats,
    *,
    kind: Kind,
    criterion: Criterion,
    share: float,
    registry: Registry | None = None,
    budget_s: float = 60.0,
) -> MinimumSet:
    """Find the smallest set of foreign ASes, organisations or jurisdictions that isolates a share.

    Isolated by a set that carries nothing of the country's traffic. ``addresses`` are of the ASes
    of the topology. Past ``budget_s`` seconds the best found is given with its bound.
    Raises: UsageError if the share is not above 0 and at most 1, or the country has no network.
    """
    if not 0 < share <= 1:
        raise UsageError(
            f"a share of {share:.0%} cannot be isolated: wanted above 0 %, up to 100 %"
        )
    is_home = topology.in_country(country)
    total = float(addresses[is_home].sum())
    if not total > 0:
        raise UsageError(f"no network registered in {country} has addresses and a link here")
    began = time.monotonic()
    problem = _Problem(
        topology=topology,
        country=country,
        addresses=addresses,
        blocks=make_blocks(topology, country, kind, registry),
        needed=share * total,
        deadline=began + budget_s,
    )
    answer = _by_border(problem) if criterion is Criterion.NOTHING else _by_world(problem)
    found = answer.found
    return MinimumSet(
        country=country,
        kind=kind,
        criterion=criterion,
        share=share,
        isolated=answer.isolated / total,
        isolated_before=answer.isolated_before / total,
        members=None if found is None else answer.members,
        bound=found.bound if found else 0,
        # That no set does it is proven by the set of all.
        proof=found.proof if found else Proof.WITNESSES,
        seconds=time.monotonic() - began,
    )


def reconcile(sets: Sequence[MinimumSet]) -> list[MinimumSet]:
    """Let answers to several shares of one question help each other.

    A set that isolates the larger share isolates the smaller; what is ruled out for the smaller is
    ruled out for the larger.
    """
    return [
        _reconciled(one, [each for each in sets if _question(each) == _question(one)])
        for one in sets
    ]


def _question(one: MinimumSet) -> tuple[str, Kind, Criterion]:
    return one.country, one.kind, one.criterion


def _reconciled(one: MinimumSet, others: Sequence[MinimumSet]) -> MinimumSet:
    if one.is_exact or one.size is None:
        return one
    best = min(
        (each for each in others if each.share >= one.share and each.size is not None),
        key=lambda each: (each.size or 0, each.share),
    )
    bound = max(each.bound for each in others if each.share <= one.share)
    closed = best.size is not None and bound >= best.size
    return structs.replace(
        one,
        members=best.members,
        isolated=best.isolated,
        bound=min(bound, best.size or bound),
        proof=_CLOSED_BY[one.criterion] if closed else Proof.OPEN,
    )


_CLOSED_BY: Final = {Criterion.NOTHING: Proof.SEARCH, Criterion.UNDER_HALF: Proof.WITNESSES}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Problem:
    topology: Topology
    country: str
    addresses: _Floats
    blocks: Blocks
    needed: float
    deadline: float


@dataclass(frozen=True, kw_only=True)
class _Answer:
    found: Found | None
    members: tuple[str, ...]
    isolated: float
    isolated_before: float


def _by_border(problem: _Problem) -> _Answer:
    border = make_border(problem.topology, problem.blocks, problem.addresses)
    found = least_closure(border, math.ceil(problem.needed), problem.deadline)
    chosen = found.chosen if found else 0
    pairs = list(zip(border.masks, border.weights.tolist(), strict=False))
    return _Answer(
        found=found,
        members=_names(problem.blocks, [int(border.blocks[place]) for place in _places(chosen)]),
        isolated=float(sum(weight for mask, weight in pairs if not mask & ~chosen)),
        isolated_before=float(sum(weight for mask, weight in pairs if not mask)),
    )


def _by_world(problem: _Problem) -> _Answer:
    world = make_world(problem.topology, problem.country, problem.blocks, problem.addresses)
    question = world.question(problem.needed)
    found = least_enough(world.order, question, problem.deadline, _seeds(problem))
    chosen = found.chosen if found else 0
    return _Answer(
        found=found,
        members=_names(problem.blocks, _places(chosen)),
        isolated=world.isolated(chosen),
        isolated_before=world.isolated(0),
    )


def _seeds(problem: _Problem) -> list[int]:
    """Begin with the set that leaves nothing at all: mostly it leaves under half, too."""
    left = problem.deadline - time.monotonic()
    border = make_border(problem.topology, problem.blocks, problem.addresses)
    deadline = time.monotonic() + left * _SEED_PART
    found = least_closure(border, math.ceil(problem.needed), deadline)
    return [sum(1 << int(border.blocks[at]) for at in _places(found.chosen))] if found else []


def _places(chosen: int) -> list[int]:
    return [place for place in range(chosen.bit_length()) if chosen >> place & 1]


def _names(blocks: Blocks, numbers: list[int]) -> tuple[str, ...]:
    return tuple(blocks.names[number] for number in numbers)
