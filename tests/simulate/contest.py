"""Run the cell model on a world, as pass 2 does, and lay its answers beside the baselines'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from tests.simulate.answers import Answers, answers_of_cells
from tests.simulate.world import country_code
from whocut.access.cells import fit_cells, tally_verdicts

if TYPE_CHECKING:
    from tests.simulate.world import World

__all__ = ["Modelled", "find_all_spans", "run_model", "tally_world"]


class Modelled(Struct, frozen=True):
    """What the cell model makes of a world."""

    cells: pa.Table
    answers: Answers


def tally_world(world: World) -> pa.Table:
    """Tally the verdicts of each country and quarter, as pass 2 does."""
    verdicts = world.verdicts
    # A row belongs to the quarter in which the Monday of its week lies.
    monday = pc.floor_temporal(verdicts["measurement_start_time"], unit="week")
    quarter = pc.floor_temporal(monday, unit="quarter")
    tallies = []
    for number in range(world.plan.countries):
        here = pc.equal(verdicts["probe_cc"], country_code(number))
        for day in sorted(pc.unique(quarter).to_pylist()):
            chosen = verdicts.filter(pc.and_(here, pc.equal(quarter, day)))
            if chosen.num_rows:
                tallies.append(tally_verdicts(chosen).tallies)
    return pa.concat_tables(tallies)


def run_model(world: World) -> Modelled:
    """Fit the cells of a world."""
    cells = fit_cells(tally_world(world))
    return Modelled(cells, answers_of_cells(cells, world.plan))


def find_all_spans(world: World, cells: pa.Table) -> pa.Table:
    """Find the spans of every country of a world."""
    from whocut.access.spans import find_spans

    return pa.concat_tables(
        find_spans(cells.filter(pc.equal(cells["probe_cc"], country_code(number))))
        for number in range(world.plan.countries)
    )
