"""The distinct values of many whole numbers, by sorting them: a table of hashes takes longer."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct"]


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """List each number once, ascending."""
    ordered = np.sort(numbers)
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]
