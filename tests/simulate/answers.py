"""Answers on a grid [country, target, week], whoever gave them: the cell model or a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.episodes import CAUSES
from tests.simulate.world import FIRST_MONDAY, country_code, target_name

if TYPE_CHECKING:
    from tests.simulate.plan import Plan

__all__ = ["MODEL_CAUSES", "Answers", "answers_of_cells", "grid_index"]

MODEL_CAUSES: Final = (
    *("served", "refused_service", "refused_edge", "interfered", "target_down", "network_down"),
    *("bot_check", "measurement_fault"),
)


class Answers(Struct, frozen=True):
    """What somebody answers for each cell; cells without an answer say ``insufficient``."""

    name: str
    answer: NDArray[np.object_]
    names: NDArray[np.bool_]
    """Which of ``CAUSES`` the answer names."""
    p: NDArray[np.float64]
    """Probability of what is named (of the likelier one where two are); a share for a baseline."""
    causes: NDArray[np.float64] | None = None
    """Probability of each of ``CAUSES``; none for a baseline."""
    lead: NDArray[np.object_] | None = None
    extent: NDArray[np.float64] | None = None
    """Low and high end of the interval of the lead's extent, last axis; none for a baseline."""


def grid_index(table: pa.Table, plan: Plan, time_column: str) -> tuple[NDArray[np.int64], ...]:
    """Place each row on the grid: numbers of country, target and week."""

    def numbers(column: str, order: list[str]) -> NDArray[np.int64]:
        coded = table[column].combine_chunks().dictionary_encode()
        place = np.array([order.index(value) for value in coded.dictionary.to_pylist()], np.int64)
        return place[coded.indices.to_numpy(zero_copy_only=False)]

    country = numbers("probe_cc", [country_code(number) for number in range(plan.countries)])
    target = numbers("target", [target_name(number) for number in range(plan.targets)])
    days = table[time_column].cast(pa.date32()).combine_chunks().cast(pa.int32()).to_numpy()
    week = (days - FIRST_MONDAY.astype(int)) // 7
    return country, target, week


def _text_grid(values: pa.ChunkedArray, at: tuple[NDArray[np.int64], ...], plan: Plan,
               otherwise: str) -> NDArray[np.object_]:  # fmt: skip
    grid = np.full((plan.countries, plan.targets, plan.weeks), otherwise, object)
    grid[at] = values.to_pylist()
    return grid


def answers_of_cells(cells: pa.Table, plan: Plan, name: str = "whocut") -> Answers:
    """Lay the rows of CELL on the grid."""
    at = grid_index(cells, plan, "week")
    shape = (plan.countries, plan.targets, plan.weeks)
    answer = _text_grid(cells["answer"], at, plan, "insufficient")
    lead = _text_grid(cells["lead"], at, plan, "none")
    second = _text_grid(cells["second"], at, plan, "none")
    causes = np.zeros((*shape, len(CAUSES)))
    for number, cause in enumerate(CAUSES):
        causes[(*at, number)] = cells[f"p_{cause}"].to_numpy()
    names = np.zeros((*shape, len(CAUSES)), bool)
    two = answer == "two_causes"
    for number, cause in enumerate(CAUSES):
        named = (answer == cause) | (two & ((lead == cause) | (second == cause)))
        names[..., number] = named
    p = np.where(names, causes, 0).max(axis=-1)
    side = np.clip(causes[..., :2].sum(axis=-1), 0, 1)
    p = np.where(answer == "refused", side, p)
    extent = np.full((*shape, 2), np.nan)
    for number, column in enumerate(("extent_low", "extent_high")):
        extent[(*at, number)] = cells[column].to_numpy(zero_copy_only=False)
    return Answers(name, answer, names, p, causes, lead, extent)
