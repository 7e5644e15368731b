"""Equal rows and equal cells found once: most networks and most cells are like many others."""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

__all__ = ["Patterns", "RepeatedCells", "repeated_cells", "repeated_rows"]

Ints = npt.NDArray[np.int64]


class Patterns(Struct, frozen=True):
    """Distinct rows of a matrix, and which of them each row is."""

    distinct: npt.NDArray[np.uint8]
    of_row: Ints


class RepeatedCells(Struct, frozen=True):
    """Distinct cells as runs of patterns, and which of them each cell is."""

    rows: Ints
    starts: Ints
    of_cell: Ints


def repeated_rows(matrix: npt.NDArray[np.uint8]) -> Patterns:
    """Find the distinct rows of a matrix of bytes."""
    width = matrix.shape[1]
    padded = np.zeros((len(matrix), -(-width // 8) * 8), np.uint8)
    padded[:, :width] = matrix
    words = padded.view(np.uint64)
    # One column of words after the other: sorting integers is far quicker than sorting rows.
    of_row = np.zeros(len(matrix), np.int64)
    for column in range(words.shape[1]):
        _, codes = np.unique(words[:, column], return_inverse=True)
        codes = codes.reshape(-1).astype(np.int64)
        packed = of_row * (int(codes.max()) + 1) + codes
        _, of_row = np.unique(packed, return_inverse=True)
        of_row = of_row.reshape(-1).astype(np.int64)
    first = np.zeros(int(of_row.max()) + 1, np.int64)
    first[of_row[::-1]] = np.arange(len(of_row))[::-1]
    return Patterns(matrix[first], of_row)


def repeated_cells(pattern: Ints, starts: Ints) -> RepeatedCells:
    """Find the cells whose networks show the same patterns, in whatever order.

    Shapes: the networks of a cell stand side by side in ``pattern`` and begin at ``starts``.
    """
    lengths = np.diff(np.append(starts, len(pattern)))
    cell = np.repeat(np.arange(len(starts)), lengths)
    ordered = pattern[np.lexsort((pattern, cell))]
    of_cell = np.zeros(len(starts), np.int64)
    # Cells are told apart by their first network, then by their second, and so on: what is still
    # alike at its last network is the same cell.
    is_long = np.arange(len(starts))
    depth = 0
    base = np.int64(int(pattern.max()) + 2)
    while len(is_long):
        has_more = lengths[is_long] > depth
        is_long = is_long[has_more]
        code = np.zeros(len(starts), np.int64)
        code[is_long] = ordered[starts[is_long] + depth] + 1
        _, of_cell = np.unique(of_cell * base + code, return_inverse=True)
        of_cell = of_cell.reshape(-1).astype(np.int64)
        depth += 1
    first = np.zeros(int(of_cell.max()) + 1, np.int64)
    first[of_cell[::-1]] = np.arange(len(of_cell))[::-1]
    kept = lengths[first]
    own = np.concatenate(([0], np.cumsum(kept)[:-1])).astype(np.int64)
    rows = ordered[np.repeat(starts[first] - own, kept) + np.arange(int(kept.sum()))]
    return RepeatedCells(rows, own, of_cell)
