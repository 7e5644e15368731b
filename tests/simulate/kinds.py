"""Sort what is at work into kinds, so that a figure can be taken apart; and pick telling cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.episodes import CAUSES, Episode
from tests.simulate.measure import weigh
from tests.simulate.rows import MEANS
from tests.simulate.world import country_code, monday, target_name

if TYPE_CHECKING:
    from tests.simulate.answers import Answers
    from tests.simulate.world import World

__all__ = ["KindFigures", "Units", "by_kind", "count_units", "wrong_cells"]

_VAGUE: Final = ("vague_edge", "vague_page", "vague_status", "vague_cloud", "vague_200")
_MOST_OF_IT: Final = 0.5
"""Share of the week from which a cause is at work."""
_OWN_MARK: Final = ("dns_bogon", "dns_blockpage_state", "dns_blockpage", "dns_blockpage_weak",
                    "dns_nxdomain", "dns_no_answer", "dns_other", "block_page", "tls_mitm",
                    "stall_count", "stall")  # fmt: skip


class KindFigures(Struct, frozen=True):
    """How the cells of one kind are answered: counts."""

    kind: str
    cells: int
    strict: int
    shallow: int
    incomplete: int
    wrong: int
    insufficient: int
    served: int


class Units(Struct, frozen=True):
    """Causes counted one by one, service and edge as one: a cell with two at work counts twice."""

    named: int
    right: int
    """Named, and at work at some time of the week."""
    planted: int
    found: int
    telling: int
    """Planted in cells whose rows can tell: a witness was measured, and it is no bare failure."""
    telling_found: int

    def __add__(self, other: Units) -> Units:
        return Units(
            *(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__)
        )

    @property
    def precision(self) -> float:
        """Of the causes that are named, those at work."""
        return self.right / max(self.named, 1)

    @property
    def recall(self) -> float:
        """Of the causes at work, those named."""
        return self.found / max(self.planted, 1)

    @property
    def telling_recall(self) -> float:
        """Of the causes at work whose rows can tell, those named."""
        return self.telling_found / max(self.telling, 1)


_MUTE: Final = (
    "no witness in the cell",
    "service, bare failures",
    "state, central, bare failures",
    "two at once, one without a witness",
)
"""Kinds of cells whose rows do not hold what would tell, whoever reads them."""


def count_units(world: World, answers: Answers) -> Units:
    """Count causes by side: the service or its edge, the path, the target, a check."""
    active, measured = world.truth.active, world.truth.measured > 0
    names = _by_side(answers.names)
    # Of two causes one may be a refusal whose refuser is not known: named, and no cause of its own.
    two = (answers.answer == "two_causes") & (answers.names.sum(axis=-1) == 1)
    names[..., 0] |= (answers.answer == "refused") | two
    names &= measured[..., None]
    ever = _by_side(active > 0)
    at_work = _by_side(active >= _MOST_OF_IT) & measured[..., None]
    telling = at_work & ~np.isin(_kind_grid(world), _MUTE)[..., None]
    grids = (names, names & ever, at_work, at_work & names, telling, telling & names)
    return Units(*(int(grid.sum()) for grid in grids))


def _by_side(grid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.concatenate([grid[..., :2].any(axis=-1, keepdims=True), grid[..., 2:]], axis=-1)


def _kind(episode: Episode) -> str:
    means = episode.phases[0][1]
    if episode.cause in ("target_down", "bot_check"):
        return "outage" if episode.cause == "target_down" else "check for machines"
    if episode.cause == "interfered":
        marked = np.mean([name in _OWN_MARK for name in np.array(means)[episode.hit > 0]])
        how = "central" if episode.how == "central" else "by network"
        return f"state, {how}, " + ("with a mark of its own" if marked > 0.5 else "bare failures")
    if MEANS[means[0]].page:
        if means[0] in _VAGUE:
            is_told = means[0] in ("vague_edge", "vague_cloud")
            return "service, vague page" + (" in an edge's wording" if is_told else "")
        return "service, explicit page"
    return "service, " + ("DNS" if MEANS[means[0]].stage == "dns" else "bare failures")


def _kind_grid(world: World) -> NDArray[np.object_]:
    """Name the kind of what is at work in each cell; two at once are a kind of their own."""
    active = world.truth.active
    grid = np.full(active.shape[:3], "", object)
    for episode in world.episodes:
        at = (episode.country, episode.target)
        number = CAUSES.index(episode.cause)
        weeks = active[at][:, number] >= 0.5
        grid[at][weeks & (grid[at] == "")] = _kind(episode)
    count = (active >= 0.5).sum(axis=-1)
    hidden = ((active >= 0.5) & (world.truth.witnesses == 0)).any(axis=-1)
    grid[count > 1] = "two at once"
    grid[(count > 1) & hidden] = "two at once, one without a witness"
    grid[(count == 1) & hidden] = "no witness in the cell"
    return grid


def by_kind(world: World, answers: Answers) -> list[KindFigures]:
    """Count how the cells of each kind are answered."""
    found, grid = weigh(world, answers), _kind_grid(world)
    rows = []
    for kind in sorted(set(grid[found.planted])):
        here = found.planted & (grid == kind)
        counts = [
            int((here & mask).sum())
            for mask in (
                *(np.ones_like(here), found.strict, found.shallow, found.incomplete, found.wrong),
                *(answers.answer == "insufficient", answers.answer == "served"),
            )
        ]
        rows.append(KindFigures(kind, *counts))
    return rows


def wrong_cells(world: World, answers: Answers, count: int = 20) -> list[str]:
    """Describe false accusations in words: the data, the answer, the truth."""
    found = weigh(world, answers)
    places = np.argwhere(found.false)
    order = np.random.default_rng(0).permutation(len(places))[:count]
    lines = []
    for country, target, week in places[order]:
        at = (country, target, week)
        active, extent = world.truth.active[at], world.truth.extent[at]
        truth = [
            f"{cause} ({extent[number]:.2f} of the networks, {active[number]:.2f} of the week)"
            for number, cause in enumerate(CAUSES)
            if active[number] > 0
        ]
        named = [cause for number, cause in enumerate(CAUSES) if answers.names[at][number]]
        lines.append(
            f"{country_code(country)} {target_name(target)} {monday(week)}: says "
            f"{answers.answer[at]} {named} p={answers.p[at]:.3f}; truth {truth or 'nothing'}; "
            f"rows {_rows_in_words(world, country, target, week)}"
        )
    return lines


def _rows_in_words(world: World, country: int, target: int, week: int) -> str:
    table = world.verdicts
    chosen = pc.and_(
        pc.equal(table["probe_cc"], country_code(country)),
        pc.equal(table["target"], target_name(target)),
    )
    table = table.filter(chosen)
    first = np.datetime64(monday(week), "us")
    start = table["measurement_start_time"].to_numpy().astype("datetime64[us]")
    here = (start >= first) & (start < first + np.timedelta64(7, "D"))
    counts: dict[tuple[str, str, str, str], list[int]] = {}
    rows = table.filter(here).select(["outcome", "mechanism", "locus", "strength", "probe_asn"])
    for row in rows.to_pylist():
        key = (row["outcome"], row["mechanism"], row["locus"], row["strength"])
        counts.setdefault(key, []).append(row["probe_asn"])
    ordered = sorted(counts.items(), key=lambda item: -len(item[1]))
    return ", ".join(
        f"{len(asns)}x {'/'.join(key)} on {len(set(asns))} networks" for key, asns in ordered
    )
