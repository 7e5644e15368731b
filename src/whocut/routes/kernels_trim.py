"""A trimmed mean inside a kernel, of numbers most of which are zero."""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import lean_kernel

__all__ = ["trimmed"]

_F64 = NDArray[np.float64]


@lean_kernel
def _sort(column: _F64, count: int) -> None:
    """Sort some numbers; few, and often nearly in order."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap:
        for place in range(gap, count):
            value, before = column[place], place
            while before >= gap and column[before - gap] > value:
                column[before] = column[before - gap]
                before -= gap
            column[before] = value
        gap //= 3


@lean_kernel
def trimmed(column: _F64, above: int, count: int, trim: float) -> float:
    """Take the mean of ``count`` values without the lowest and the highest part.

    ``column`` holds those above zero and is written over; the others are zero.
    """
    cut = int(count * trim + 1e-9)
    if above <= cut or count <= 2 * cut:
        return 0.0
    _sort(column, above)
    total = 0.0
    for place in range(max(0, cut - (count - above)), above - cut):
        total += column[place]
    return total / (count - 2 * cut)
