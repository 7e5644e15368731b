"""Tallies drawn from the cell model's own stated prior: the world in which it must be calibrated.

This is the only simulator that reads the model: the shares, modes and concentrations of data/cells.
It draws forward, one network after the other, and shares no code with the fit but for the means of
the modes.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.rows import COLUMNS, palette
from whocut.access.cells import MODEL, fit_cells
from whocut.access.cells.emission import PATH_ANY, mean_of, mode_index
from whocut.access.cells.hypotheses import HYPOTHESES, Hypothesis
from whocut.access.cells.symbols import SYMBOL_INDEX, symbols_of
from whocut.model.cell_schema import TALLY
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import Cause

__all__ = ["PriorWorld", "coverage_over_prior", "draw_prior_world"]

_WEEK: Final = dt.date(2024, 1, 1)
_NOON: Final = dt.datetime(2024, 1, 3, 12, tzinfo=dt.UTC)
_NET_FAIL: Final = len(MODEL.symbol_ids) - 1
_REFUSALS: Final = {Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE}
Rng = np.random.Generator


class PriorWorld(Struct, frozen=True):
    """Tallies, and by [target, country] which causes are at work on which share of networks."""

    tallies: pa.Table
    extents: list[list[dict[Cause, float]]]


@cache
def _row_of_symbol() -> dict[int, int]:
    """Find a row that the judge can give for each symbol."""
    rows = palette()
    kinds = pa.table({name: rows.values[name].tolist() for name in COLUMNS})
    found = {int(symbol): at for at, symbol in enumerate(symbols_of(kinds))}
    # A failure of the network's own is any failure on a bad day.
    found[_NET_FAIL] = found[SYMBOL_INDEX["tcp_timeout"]]
    return found


@cache
def _path_modes() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    places = [at for at, mode in enumerate(MODEL.mode) if mode.cause == Cause.INTERFERED]
    share = np.array([MODEL.mode[at].prior for at in places])
    return np.array(places), share / share.sum()


@cache
def _mean(name: str) -> NDArray[np.float64]:
    """Mean share of each symbol under a mode; of the path by any means, over its modes."""
    if name != PATH_ANY:
        return mean_of(MODEL.mode[mode_index(name)])
    places, share = _path_modes()
    return np.average([mean_of(MODEL.mode[at]) for at in places], axis=0, weights=share)


def _shape(name: str, rng: Rng) -> NDArray[np.float64]:
    """Dirichlet parameters of a network under a mode; a network of its own chooses the means."""
    if name == PATH_ANY:
        places, share = _path_modes()
        name = MODEL.mode[int(rng.choice(places, p=share))].id
    return _mean(name) * MODEL.mode[mode_index(name)].concentration


def _states() -> tuple[NDArray[np.float64], list[tuple[float, dict[str, float]]]]:
    """States of a target in the whole world: their probability, and what each shows as where."""
    world = MODEL.world
    known = {one.id for one in HYPOTHESES}
    unseen = sorted(name for name in known if name.startswith("unseen."))
    found = [
        (world.down, world.down_share, {"target.down": 1.0}),
        (world.bots, world.bots_share, dict(world.bots_modes)),
        *((world.unseen / len(unseen), world.unseen_share, {name: 1.0}) for name in unseen),
    ]
    refusers = [one for one in HYPOTHESES if not one.is_pair and one.causes.keys() & _REFUSALS]
    total = sum(one.prior for one in refusers) * len(world.refuser_shares)
    for one in refusers:
        pair = f"{PATH_ANY}+{one.id}"
        shows = {one.id: 1.0}
        if pair in known:
            shows = {one.id: 1 - world.refuser_two, pair: world.refuser_two}
        found += [(world.refuser * one.prior / total, s, shows) for s in world.refuser_shares]
    prior = np.array([one[0] for one in found])
    states = [(0.0, {}), *((share, shows) for _, share, shows in found)]
    return np.concatenate(([1 - prior.sum()], prior)), states


def _network_shape(names: list[str], is_lossy: bool, rng: Rng) -> NDArray[np.float64]:
    """Choose what one network shows: its own oddity, what reaches it, or a plain service."""
    if rng.random() < MODEL.network.odd:
        return _shape("odd", rng)
    if len(names) == 2:
        return (_mean(names[0]) + _mean(names[1])) / 2 * MODEL.two.concentration
    if names:
        return _shape(names[0], rng)
    return _shape("served.lossy" if is_lossy else "served", rng)


def _cause_of(name: str, rng: Rng) -> Cause:
    """Draw who is behind a mode: its words may leave open whether the edge or the service is."""
    if name == PATH_ANY:
        return Cause.INTERFERED
    mode = MODEL.mode[mode_index(name)]
    if mode.cause is Cause.REFUSED_SERVICE and rng.random() < mode.edge:
        return Cause.REFUSED_EDGE
    return mode.cause


def _draw_cell(
    one: Hypothesis, networks: int, rng: Rng
) -> tuple[dict[Cause, float], list[tuple[NDArray[np.int64], float]]]:
    """Draw one cell: how far each cause reaches, and each network's counts and its line."""
    priors = [MODEL.two.extent, one.extent] if one.is_pair else [one.extent] * len(one.modes)
    extents = [float(rng.beta(*prior)) for prior in priors]
    reached = {
        _cause_of(name, rng): extent for name, extent in zip(one.modes, extents, strict=True)
    }
    found = []
    for _ in range(networks):
        there = [n for n, e in zip(one.modes, extents, strict=True) if rng.random() < e]
        lossy = float(rng.choice(MODEL.network.lossy_levels)) if rng.random() < 0.1 else 0.0
        shape = _network_shape(there, rng.random() < lossy, rng)
        n = int(1 + rng.poisson(2.5))
        found.append((rng.multinomial(n, rng.dirichlet(shape)), lossy))
    return reached, found


def draw_prior_world(seed: int, targets: int = 3000, countries: int = 6) -> PriorWorld:
    """Draw one week of many targets in some countries, each network a few measurements."""
    rng = np.random.default_rng(seed)
    prior = np.array([one.prior for one in HYPOTHESES])
    by_id = {one.id: one for one in HYPOTHESES}
    state_prior, states = _states()
    rows: list[tuple[str, str, int, int, int, float]] = []
    extents: list[list[dict[Cause, float]]] = []
    for target in range(targets):
        share, shows = states[int(rng.choice(len(states), p=state_prior / state_prior.sum()))]
        own: list[dict[Cause, float]] = []
        for country in range(countries):
            if rng.random() < share:
                weights = np.array(list(shows.values()))
                one = by_id[str(rng.choice(list(shows), p=weights / weights.sum()))]
            else:
                one = HYPOTHESES[int(rng.choice(len(HYPOTHESES), p=prior / prior.sum()))]
            reached, networks = _draw_cell(one, int(rng.integers(2, 13)), rng)
            own.append(reached)
            for network, (counts, lossy) in enumerate(networks):
                rows += [
                    (f"X{chr(65 + country)}", f"t{target:05d}.example", network, int(symbol),
                     int(counts[symbol]), lossy)
                    for symbol in np.flatnonzero(counts)
                ]  # fmt: skip
        extents.append(own)
    return PriorWorld(_tally_table(rows), extents)


def _tally_table(rows: list[tuple[str, str, int, int, int, float]]) -> pa.Table:
    """Write counts of symbols as the tallies that would give them, one network failure apart."""
    codes, targets, networks, symbols, counts, lossy = (
        list(part) for part in zip(*rows, strict=True)
    )
    kinds, place = palette(), _row_of_symbol()
    at = np.array([place[symbol] for symbol in symbols])
    bad = [n if symbol == _NET_FAIL else 0 for symbol, n in zip(symbols, counts, strict=True)]
    size = len(rows)
    columns = {
        "origin": ["ooni"] * size,
        "probe_cc": codes,
        "target": targets,
        "week": [_WEEK] * size,
        "probe_asn": [64512 + network for network in networks],
        **{name: kinds.values[name][at].tolist() for name in COLUMNS},
        "n": counts,
        "n_bad_day": bad,
        "n_effective": counts,
        "days": [min(n, 7) for n in counts],
        "first": [_NOON] * size,
        "last": [_NOON] * size,
        "example_uid": ["prior"] * size,
        "network_lossy": lossy,
        # Nothing is known of the other targets: the prior stays as it is stated.
        "others_alike": [0] * size,
        "others_refused": [0] * size,
        "others": [0] * size,
    }
    schema = arrow_schema(TALLY)
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


def coverage_over_prior(world: PriorWorld) -> tuple[float, int]:
    """Fit the tallies; give the share of intervals that hold the true extent, and how many.

    The interval of a cell is that of the cause that leads it, and counts where this cause is at
    work: it is conditional on that.
    """
    columns = ["probe_cc", "target", "lead", "extent_low", "extent_high"]
    hits = total = 0
    for row in fit_cells(world.tallies).select(columns).to_pylist():
        own = world.extents[int(row["target"][1:6])][ord(row["probe_cc"][1]) - ord("A")]
        if row["lead"] in ("none", "served") or Cause(row["lead"]) not in own:
            continue
        true = own[Cause(row["lead"])]
        hits += row["extent_low"] - 1e-6 <= true <= row["extent_high"] + 1e-6
        total += 1
    return hits / total, total
