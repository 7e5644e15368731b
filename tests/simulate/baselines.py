"""What others would make of the same rows: the papers' rules, and a fuzzy score as OONI's.

- The 80 % rule (IMC 2018): a country's samples must agree to 80 % over at least two networks; the
  cause is what they agree on.
- The length heuristic (IMC 2018, after earlier work): a page 30 % shorter than the longest one of
  the target is a refusal. McDonald et al. measured a recall of 58.3 % for it.
- The fuzzy score: each measurement gives blocked, down and ok by layer, the sums decide; there is
  no locus, and an answer over https counts as accessible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tests.simulate.answers import Answers, grid_index
from tests.simulate.episodes import CAUSES
from whocut.access.agreement import VAGUE_NETWORKS, VAGUE_SAMPLES, VAGUE_SHARE

if TYPE_CHECKING:
    import pyarrow as pa

    from tests.simulate.plan import Plan
    from tests.simulate.world import World

__all__ = ["BASELINES", "eighty_percent", "fuzzy_score", "length_heuristic"]

_LENGTH_SHARE: Final = 0.7
_VAGUE: Final = ("http.refusal.vague", "http.refusal.status", "http.refusal.cloud")
_CLASSES: Final = (
    *("served", "refused", "interfered", "cut_unattributed", "target_down", "bot_check"),
    "insufficient",
)
# Blocked, down, ok for one measurement, by outcome and layer; what is not named says nothing.
_SCORES: Final[dict[tuple[str, str], tuple[float, float, float]]] = {
    ("served", "none"): (0.0, 0.0, 1.0),
    ("refused", "http"): (0.0, 0.0, 1.0),
    ("bot_check", "http"): (0.0, 0.0, 1.0),
    ("insufficient", "http"): (0.2, 0.1, 0.7),
    ("insufficient", "dns"): (0.4, 0.1, 0.5),
    ("insufficient", "none"): (0.2, 0.2, 0.6),
    ("refused", "dns"): (0.5, 0.4, 0.1),
    ("interfered", "dns"): (0.9, 0.05, 0.05),
    ("interfered", "tls"): (0.8, 0.1, 0.1),
    ("interfered", "http"): (1.0, 0.0, 0.0),
    ("cut_unattributed", "dns"): (0.6, 0.3, 0.1),
    ("cut_unattributed", "tcp"): (0.6, 0.3, 0.1),
    ("cut_unattributed", "tls"): (0.75, 0.2, 0.05),
    ("cut_unattributed", "http"): (0.6, 0.25, 0.15),
    **{("target_down", layer): (0.1, 0.8, 0.1) for layer in ("dns", "tcp", "tls", "http")},
    **{("target_misconfigured", layer): (0.1, 0.7, 0.2) for layer in ("dns", "tls", "http")},
}


def _codes(table: pa.Table, column: str) -> tuple[NDArray[np.int64], list[str]]:
    coded = table[column].combine_chunks().dictionary_encode()
    return coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def _cells(table: pa.Table, plan: Plan) -> NDArray[np.int64]:
    at = grid_index(table, plan, "measurement_start_time")
    return np.ravel_multi_index(at, (plan.countries, plan.targets, plan.weeks))


def _classes(table: pa.Table) -> NDArray[np.int64]:
    """Class of each row, -1 where the measurement is of no use."""
    outcomes, names = _codes(table, "outcome")
    alias = {"target_misconfigured": "target_down"}
    lookup = np.array([
        -1 if name in ("invalid", "network_down") else _CLASSES.index(alias.get(name, name))
        for name in names
    ])  # fmt: skip
    found = lookup[outcomes]
    mechanisms, mechanism_names = _codes(table, "mechanism")
    is_vague = np.array([name in _VAGUE for name in mechanism_names])[mechanisms]
    return np.where(is_vague & (found >= 0), _CLASSES.index("refused"), found)


def _finish(
    name: str, world: World, answer: NDArray[np.object_], p: NDArray[np.float64]
) -> Answers:
    plan = world.plan
    shape = (plan.countries, plan.targets, plan.weeks)
    grid = answer.reshape(shape)
    names = np.stack([grid == cause for cause in CAUSES], axis=-1)
    return Answers(name, grid, names, p.reshape(shape))


def eighty_percent(world: World) -> Answers:
    """Answer what at least 80 % of the usable samples say, over at least two networks."""
    table, plan = world.verdicts, world.plan
    cell, kind = _cells(table, plan), _classes(table)
    size = plan.countries * plan.targets * plan.weeks
    used = kind >= 0
    counts = np.zeros((size, len(_CLASSES)))
    np.add.at(counts, (cell[used], kind[used]), 1)
    total = counts.sum(axis=1)
    most = counts.argmax(axis=1)
    share = counts.max(axis=1) / np.maximum(total, 1)
    asn = table["probe_asn"].to_numpy()
    agreeing = used & (kind == most[cell])
    pairs = np.unique(np.stack([cell[agreeing], asn[agreeing]]), axis=1)
    networks = np.bincount(pairs[0], minlength=size)
    agreed = (share >= VAGUE_SHARE) & (total >= VAGUE_SAMPLES)
    agreed &= (networks >= VAGUE_NETWORKS) | (most == 0)
    answer = np.where(agreed, np.array(_CLASSES, object)[most], "insufficient")
    # Whether the service or its edge refused is the majority's locus.
    loci, names = _codes(table, "locus")
    refusing = used & (kind == _CLASSES.index("refused"))
    tally = np.zeros((size, len(names)))
    np.add.at(tally, (cell[refusing], loci[refusing]), 1)
    side = np.array([{"origin": "refused_service", "edge": "refused_edge"}.get(name, "refused")
                     for name in names], object)[tally.argmax(axis=1)]  # fmt: skip
    answer = np.where(answer == "refused", side, answer)
    return _finish("80 % rule", world, answer, share)


def length_heuristic(world: World) -> Answers:
    """Answer `refused` where most pages are 30 % shorter than the target's longest usual page."""
    plan = world.plan
    cell = _cells(world.verdicts, plan)
    size = plan.countries * plan.targets * plan.weeks
    has_page = ~np.isnan(world.body_bytes)
    order = np.lexsort((world.body_bytes[has_page], cell[has_page]))
    cells, lengths = cell[has_page][order], world.body_bytes[has_page][order]
    count = np.bincount(cells, minlength=size)
    first = np.searchsorted(cells, np.arange(size))
    median = np.full(size, np.nan)
    seen = count > 0
    median[seen] = lengths[first[seen] + count[seen] // 2]
    grid = median.reshape(plan.countries, plan.targets, plan.weeks)
    longest = np.nanmax(grid, axis=(0, 2), keepdims=True)
    limit = np.broadcast_to(_LENGTH_SHARE * longest, grid.shape).ravel()
    short = np.bincount(cells, lengths < limit[cells], minlength=size)
    share = short / np.maximum(count, 1)
    answer = np.where(~seen, "insufficient", np.where(share > 0.5, "refused", "served"))
    return _finish("length, 30 %", world, answer.astype(object), share)


def fuzzy_score(world: World) -> Answers:
    """Answer what the summed scores favour; blocked is `cut_unattributed`, for want of a locus."""
    table, plan = world.verdicts, world.plan
    cell = _cells(table, plan)
    outcomes, outcome_names = _codes(table, "outcome")
    layers, layer_names = _codes(table, "layer")
    lookup = np.array([[_SCORES.get((outcome, layer), (0.0, 0.0, 0.0)) for layer in layer_names]
                       for outcome in outcome_names])  # fmt: skip
    actors, actor_names = _codes(table, "actor_kind")
    mechanisms, mechanism_names = _codes(table, "mechanism")
    # A refusing page over https is an answer of the service: accessible. Over http it is a diff.
    is_vague = np.array([name in _VAGUE for name in mechanism_names])[mechanisms]
    is_company = np.array([name in ("company", "cloud") for name in actor_names])[actors]
    scores = lookup[outcomes, layers]
    scores[is_vague & is_company] = (0.0, 0.0, 1.0)
    scores[is_vague & ~is_company] = (0.6, 0.1, 0.3)
    size = plan.countries * plan.targets * plan.weeks
    sums = np.zeros((size, 3))
    np.add.at(sums, cell, scores)
    total = sums.sum(axis=1)
    best = sums.argmax(axis=1)
    kinds = np.array(["cut_unattributed", "target_down", "served"], object)
    answer = np.where(total > 0, kinds[best], "insufficient")
    return _finish("fuzzy score", world, answer, sums.max(axis=1) / np.maximum(total, 1e-9))


BASELINES: Final = (eighty_percent, length_heuristic, fuzzy_score)
"""Each answers a whole world."""
