"""The most frequent mechanism of what leads a cell."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from whocut.access.cells.answer import speaks_for
from whocut.access.cells.grouping import Ints, encode, group
from whocut.access.cells.hypotheses import CAUSES
from whocut.access.cells.model_data import MODEL

__all__ = ["leading_mechanisms"]

_NONE: Final = "none"


def leading_mechanisms(
    tallies: pa.Table, symbol: Ints, cell: Ints, lead: Ints
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """Give mechanism and layer, by cell, of the verdicts that speak for its leading cause.

    Of equally frequent ones the first by name.
    """
    speaks = np.zeros((len(CAUSES) + 1, len(MODEL.symbol_ids)), bool)
    for place, cause in enumerate(CAUSES):
        speaks[place, speaks_for(cause)] = True
    is_own = speaks[lead[cell], symbol]
    mechanism, mechanisms = encode(tallies["mechanism"])
    layer, layers = encode(tallies["layer"])
    found = group(cell[is_own], mechanism[is_own], layer[is_own])
    n = found.sum(np.asarray(tallies["n"].to_numpy())[is_own])
    order = np.lexsort((found.keys[2], found.keys[1], -n, found.keys[0]))
    cells = found.keys[0][order]
    first = order[np.flatnonzero(np.diff(cells, prepend=-1))] if len(order) else order
    names = np.full(len(lead), _NONE, dtype=object)
    at = np.full(len(lead), _NONE, dtype=object)
    names[found.keys[0][first]] = np.array(mechanisms.to_pylist(), object)[found.keys[1][first]]
    at[found.keys[0][first]] = np.array(layers.to_pylist(), object)[found.keys[2][first]]
    return names, at
