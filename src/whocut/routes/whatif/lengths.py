"""Path lengths before and after a cut, over the pairs that are left."""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import kernel

__all__ = ["add_lengths"]


@kernel
def add_lengths(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    destinations: NDArray[np.float64],
    sources: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Add to ``sums`` the pairs that are left, their AS hops before, and their AS hops after.

    ``before`` and ``after`` hold a row of routes for each destination; 255 is none.
    """
    for row in range(before.shape[0]):
        pairs = old = new = 0.0
        for source in range(before.shape[1]):
            route = after[row, source]
            weight = 0.0 if route == 255 else sources[source]
            pairs += weight
            old += weight * (before[row, source] & 63)
            new += weight * (route & 63)
        sums[0] += destinations[row] * pairs
        sums[1] += destinations[row] * old
        sums[2] += destinations[row] * new
