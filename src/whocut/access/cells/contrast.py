"""All countries of one (target, week) together: what holds for the target itself, everywhere.

The target may be well, be down, check all comers for machines, or its service or edge may refuse a
set of countries by one means. Each such state of the world gives every country its own prior; the
states are weighed by all countries' likelihoods at once, in closed form.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.emission import Floats
from whocut.access.cells.hypotheses import HYPOTHESES
from whocut.access.cells.model_data import MODEL
from whocut.model.taxonomy import Cause

__all__ = ["posteriors"]

_PRIORS: Final = np.array([one.prior for one in HYPOTHESES])
_PLACES: Final = {one.id: place for place, one in enumerate(HYPOTHESES)}


class _State(Struct, frozen=True):
    """One state of the world: how often it is, and in which countries it shows as what."""

    prior: float
    share: float
    """Share of the countries in which it shows."""
    shows: dict[int, float]
    """As which hypotheses it shows there, with weights that add up to one."""


def _states() -> tuple[_State, ...]:
    world = MODEL.world
    down = {_PLACES["target.down"]: 1.0}
    bots = {_PLACES[name]: weight for name, weight in world.bots_modes.items()}
    states = [
        _State(world.down, world.down_share, down),
        _State(world.bots, world.bots_share, bots),
    ]
    refusers = [
        one
        for one in HYPOTHESES
        if len(one.causes) == 1 and one.causes[0] in (Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE)
    ]
    total = sum(one.prior for one in refusers) * len(world.refuser_shares)
    for one in refusers:
        pair = _PLACES.get(f"path+{one.id}")
        shows = {_PLACES[one.id]: 1.0}
        if pair is not None:
            shows = {_PLACES[one.id]: 1 - world.refuser_two, pair: world.refuser_two}
        states.extend(
            _State(world.refuser * one.prior / total, share, shows)
            for share in world.refuser_shares
        )
    rest = 1 - sum(state.prior for state in states)
    return (_State(rest, 0.0, {}), *states)


_STATES: Final = _states()


def posteriors(likelihood: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Give the probability of each hypothesis in each cell.

    Shapes: ``likelihood`` holds logs by cell and hypothesis; cells of one (target, week) stand side
    by side and begin at ``starts``.
    """
    most = likelihood.max(axis=1, keepdims=True)
    scaled = np.exp(likelihood - most)
    plain = scaled @ _PRIORS
    shown = np.stack([_shown(scaled, state) for state in _STATES], axis=1)
    shares = np.array([state.share for state in _STATES])
    total = (1 - shares) * plain[:, None] + shares * shown
    weight = np.add.reduceat(np.log(np.maximum(total, 1e-300)), starts, axis=0)
    weight += np.log([state.prior for state in _STATES])
    weight -= weight.max(axis=1, keepdims=True)
    weight = np.exp(weight)
    weight /= weight.sum(axis=1, keepdims=True)
    lengths = np.diff(np.append(starts, len(likelihood)))
    # Per unit of each state's likelihood of this country: what is left to share out.
    a_state = np.repeat(weight, lengths, axis=0) / np.maximum(total, 1e-300)
    result = scaled * _PRIORS * (a_state @ (1 - shares))[:, None]
    for number, state in enumerate(_STATES):
        for place, part in state.shows.items():
            result[:, place] += a_state[:, number] * state.share * part * scaled[:, place]
    normal: Floats = result / result.sum(axis=1, keepdims=True)
    return normal


def _shown(scaled: Floats, state: _State) -> Floats:
    found = np.zeros(len(scaled))
    for place, part in state.shows.items():
        found += part * scaled[:, place]
    return found
