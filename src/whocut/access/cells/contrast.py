"""All countries of one (target, week) together: what holds for the target itself, everywhere.

The target may be well, be down, check comers for machines, refuse them all without a reason, or its
service or edge may refuse a set of countries by one means. Each such state of the world gives every
country its own prior; the states are weighed by all countries' likelihoods at once, in closed form.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.emission import PATH_ANY, Floats
from whocut.access.cells.hypotheses import HYPOTHESES
from whocut.access.cells.model_data import MODEL
from whocut.model.taxonomy import Cause

__all__ = ["Outlook", "outlook_of", "posteriors"]

_REFUSALS: Final = {Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE}
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
    bots = {_PLACES[name]: weight for name, weight in world.bots_modes.items()}
    walls = [place for name, place in _PLACES.items() if name.startswith("wall.")]
    unseen = [place for name, place in _PLACES.items() if name.startswith("unseen.")]
    states = [
        _State(world.down, world.down_share, {_PLACES["target.down"]: 1.0}),
        _State(world.bots, world.bots_share, bots),
        *(_State(world.unseen / len(unseen), world.unseen_share, {place: 1.0}) for place in unseen),
        *(_State(world.wall / len(walls), world.wall_share, {place: 1.0}) for place in walls),
    ]
    refusers = [one for one in HYPOTHESES if not one.is_pair and one.causes.keys() & _REFUSALS]
    total = sum(one.prior for one in refusers) * len(world.refuser_shares)
    for one in refusers:
        pair = _PLACES.get(f"{PATH_ANY}+{one.id}")
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


class Outlook(Struct, frozen=True):
    """What each distinct cell says of each state of the world."""

    scaled: Floats
    """Likelihoods by hypothesis and cell, the largest of a cell being one."""
    total: Floats
    """Likelihood of the cell by state."""
    priors: Floats
    """Priors by hypothesis and cell, where the target is well."""


def outlook_of(likelihood: Floats, factor: Floats) -> Outlook:
    """Weigh the states of the world by each cell alone.

    Shapes: ``likelihood`` holds logs by hypothesis and cell; ``factor`` moves the prior of each
    hypothesis in each cell, where the country's habits speak. Sums run over hypotheses one by one,
    so that a cell's figures do not depend on which others stand beside it.
    """
    scaled = np.exp(likelihood - likelihood.max(axis=0))
    plain, mass = np.zeros((2, scaled.shape[1]))
    for place, prior in enumerate(_PRIORS):
        mass += prior * factor[place]
        plain += prior * factor[place] * scaled[place]
    plain /= mass
    total = np.empty((len(_STATES), scaled.shape[1]))
    for number, state in enumerate(_STATES):
        part = np.zeros(scaled.shape[1])
        for place, weight in state.shows.items():
            part += weight * scaled[place]
        total[number] = np.maximum((1 - state.share) * plain + state.share * part, 1e-300)
    priors = _PRIORS[:, None] * factor / mass
    return Outlook(scaled, total, priors)


def posteriors(
    outlook: Outlook, of_cell: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]
) -> Floats:
    """Give the probability of each hypothesis in each cell.

    Shapes: ``of_cell`` names the distinct cell of each; cells of one (target, week) stand side by
    side and begin at ``starts``; the result is by hypothesis and cell.
    """
    logs = np.log(outlook.total)
    weight = np.stack([np.add.reduceat(row[of_cell], starts) for row in logs])
    weight += np.log([state.prior for state in _STATES])[:, None]
    weight = np.exp(weight - weight.max(axis=0))
    weight /= sum(weight)
    lengths = np.diff(np.append(starts, len(of_cell)))
    kept = np.zeros(len(of_cell))
    result = np.zeros((len(HYPOTHESES), len(of_cell)))
    for number, state in enumerate(_STATES):
        # Per unit of the state's likelihood of this cell: what is left to share out.
        unit = np.repeat(weight[number], lengths) / outlook.total[number, of_cell]
        kept += unit * (1 - state.share)
        for place, part in state.shows.items():
            result[place] += unit * (state.share * part)
    for place, priors in enumerate(outlook.priors):
        result[place] = (result[place] + kept * priors[of_cell]) * outlook.scaled[place, of_cell]
    normal: Floats = result / sum(result)
    return normal
