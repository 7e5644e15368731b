"""Hidden states over weeks: what each week says of each, and what all weeks say together.

The chain is reversible: each measured week the state is kept, or drawn anew from its prior. Read
backwards it is the same chain, so that an end is found by the rule of an onset. A week without
measurements is no step of it.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from whocut.access.spans.thresholds import LASTING_SHORTFALLS, ODD_WEEK, REDRAW_HAZARD, STATE_PRIOR
from whocut.model.taxonomy import CUT_CAUSES, Cause

__all__ = ["CAUSES_OF_STATE", "CellPrior", "Evidence", "Floats", "Ints", "smooth", "weigh_weeks"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAUSES_OF_STATE: Final = (
    frozenset[Cause](),
    frozenset({Cause.REFUSED_SERVICE}),
    frozenset({Cause.REFUSED_EDGE}),
    frozenset({Cause.INTERFERED}),
    frozenset({Cause.REFUSED_SERVICE, Cause.INTERFERED}),
    frozenset({Cause.REFUSED_EDGE, Cause.INTERFERED}),
)
"""What is at work in each state; the first is clear."""

_PRIOR: Final = np.asarray(STATE_PRIOR)
_TINY: Final = 1e-6
"""Cells keep their probabilities as float32: no finer."""


class CellPrior(Struct, frozen=True):
    """What the cell model held likely before it saw anything; its probabilities hold it still."""

    alone: Mapping[Cause, float]
    """Of each cause by itself."""
    two: float
    """Of a refusal and interference at once."""


class Evidence(Struct, frozen=True):
    """What each cell says of each state.

    Shapes: one row a cell, one column a state.
    """

    likelihood: Floats
    """Of the states, the largest of a week being 1; never under the chance of an odd week."""
    cut_likelihood: Floats
    """The same of a cut, whoever did it."""
    log_who: Floats
    """Of the cut states among themselves, as logarithms of likelihoods."""
    among: Floats
    """What the cells held likely of the cut states among themselves."""
    p_cut: Floats
    """Probability of a cut by this cell alone."""
    told: Floats
    """Share of a week that tells of the target: none of a week in which it was down."""
    falls_short: Floats
    """1 where a cell lacks what more weeks of the same do not give, else 0."""


def weigh_weeks(cells: pa.Table, prior: CellPrior) -> Evidence:
    """Divide each cell's probabilities by the prior that is in them already.

    A week that shows a dead target, a dead network, a check for machines or a measurement at fault
    says nothing of the state behind it.

    A cell cannot rule out a cut on networks that were not measured; a span is one that shows. Half
    of the networks at least are to meet it, so that k networks without a trace speak against it by
    2 to the power of k.
    """
    joint = _joint(cells)
    hidden = np.clip(1.0 - joint.sum(axis=1), 0.0, 1.0)[:, None]
    joint[:, 1:] *= _unseen(cells)[:, None]
    cell_prior = _joint_prior(prior)
    other_prior = sum(
        share for cause, share in prior.alone.items() if cause not in CUT_CAUSES | {Cause.SERVED}
    )
    shown = (1.0 - other_prior) * joint / cell_prior
    likelihood = _capped(shown + hidden)
    among = cell_prior[1:] / cell_prior[1:].sum()
    cut = (1.0 - other_prior) * joint[:, 1:].sum(axis=1, keepdims=True) / cell_prior[1:].sum()
    two = np.concatenate([shown[:, :1], cut], axis=1) + hidden
    p_cut = joint[:, 1:].sum(axis=1)
    who = (joint[:, 1:] + _TINY) / (p_cut + _TINY * len(among))[:, None] / among
    lasting = pa.array(sorted(LASTING_SHORTFALLS))
    falls_short = pc.is_in(cells.column("shortfall"), value_set=lasting).to_numpy()
    return Evidence(
        likelihood=likelihood,
        cut_likelihood=_capped(two),
        log_who=np.log(who),
        among=among,
        p_cut=np.clip(p_cut, 0.0, 1.0),
        told=1.0 - hidden[:, 0],
        falls_short=falls_short.astype(np.float64),
    )


def _unseen(cells: pa.Table) -> Floats:
    """Weigh how likely a cut that shows would leave no trace in a week."""
    n_usable, n_served, n_networks = (
        cells.column(name).to_numpy() for name in ("n_usable", "n_served", "n_networks")
    )
    is_spotless = (n_served >= n_usable) & (n_usable > 0)
    return np.where(is_spotless, 0.5**n_networks, 1.0)


def _capped(likelihood: Floats) -> Floats:
    scaled: Floats = likelihood / likelihood.max(axis=1, keepdims=True)
    return ODD_WEEK + (1.0 - ODD_WEEK) * scaled


def _joint(cells: pa.Table) -> Floats:
    """Take a cell's marginals apart: one cause alone, or one beside interference."""

    def column(name: str) -> Floats:
        values: Floats = cells.column(name).to_numpy().astype(np.float64)
        return np.clip(values, 0.0, 1.0)

    service, edge = column("p_refused_service"), column("p_refused_edge")
    path, two = column("p_interfered"), column("p_two")
    both = np.minimum(two, np.minimum(service + edge, path))
    share = service / np.maximum(service + edge, _TINY)
    service_path = np.minimum(both * share, service)
    edge_path = np.minimum(both * (1.0 - share), edge)
    joint = np.stack(
        [
            column("p_served"),
            service - service_path,
            edge - edge_path,
            path - service_path - edge_path,
            service_path,
            edge_path,
        ],
        axis=1,
    )
    joint = np.clip(joint, 0.0, 1.0)
    apart: Floats = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1.0)
    return apart


def _joint_prior(prior: CellPrior) -> Floats:
    alone = prior.alone
    service, edge = alone[Cause.REFUSED_SERVICE], alone[Cause.REFUSED_EDGE]
    share = service / (service + edge)
    pairs = (prior.two * share, prior.two * (1.0 - share))
    return np.asarray([alone[Cause.SERVED], service, edge, alone[Cause.INTERFERED], *pairs])


def smooth(likelihood: Floats, starts: Ints, lengths: Ints) -> Floats:
    """Give each state's probability in each week, told by all weeks of its series.

    Shapes: series lie one after the other, each from ``starts`` on, ``lengths`` long. All series
    go forward and backward together, week by week.
    """
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    longest = int(lengths[0]) if len(lengths) else 0
    running = np.searchsorted(-lengths, -np.arange(longest), side="left")
    forward = np.empty_like(likelihood)
    state = np.tile(_PRIOR, (len(starts), 1))
    for step in range(longest):
        n = int(running[step])
        rows = starts[:n] + step
        before = state[:n] if step == 0 else _step(state[:n])
        state = before * likelihood[rows]
        state /= state.sum(axis=1, keepdims=True)
        forward[rows] = state
    backward = np.ones((len(starts), len(_PRIOR)))
    for step in range(longest - 1, -1, -1):
        n = int(running[step])
        rows = starts[:n] + step
        together = forward[rows] * backward[:n]
        forward[rows] = together / together.sum(axis=1, keepdims=True)
        seen = likelihood[rows] * backward[:n]
        mixed = (1.0 - REDRAW_HAZARD) * seen + REDRAW_HAZARD * (seen @ _PRIOR)[:, None]
        backward[:n] = mixed / mixed.max(axis=1, keepdims=True)
    return forward


def _step(state: Floats) -> Floats:
    return (1.0 - REDRAW_HAZARD) * state + REDRAW_HAZARD * _PRIOR
