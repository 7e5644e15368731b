"""Which symbol a kind of verdict is."""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from whocut.access.cells.model_data import MODEL, NET_FAIL

__all__ = ["KIND_COLUMNS", "NET_FAIL_INDEX", "SYMBOL_INDEX", "is_mask", "places_of", "symbols_of"]

KIND_COLUMNS: Final = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength")
"""What tells one kind of verdict from another."""
SYMBOL_INDEX: Final = {name: index for index, name in enumerate(MODEL.symbol_ids)}
NET_FAIL_INDEX: Final = SYMBOL_INDEX[NET_FAIL]


def _holds(value: str, allowed: tuple[str, ...]) -> bool:
    if not allowed:
        return True
    return any(
        value == one or (one.endswith(".*") and (value + ".").startswith(one[:-1]))
        for one in allowed
    )


@lru_cache(maxsize=4096)
def _symbol_of(kind: tuple[str, ...]) -> int:
    for index, symbol in enumerate(MODEL.symbol):
        if all(
            _holds(value, getattr(symbol, column))
            for column, value in zip(KIND_COLUMNS, kind, strict=True)
        ):
            return index
    return SYMBOL_INDEX["other"]


def symbols_of(kinds: pa.Table) -> npt.NDArray[np.int64]:
    """Give the index of the symbol of each row, by its columns in ``KIND_COLUMNS``."""
    columns = [kinds[name].to_pylist() for name in KIND_COLUMNS]
    return np.array([_symbol_of(kind) for kind in zip(*columns, strict=True)], np.int64)


def places_of(names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Give the places of symbols."""
    return np.array([SYMBOL_INDEX[name] for name in names], np.int64)


def is_mask(attribute: str) -> npt.NDArray[np.bool_]:
    """Give, by symbol, whether it has an attribute such as ``is_usable``; the last is no failure.

    A failure that the network owns says nothing of the target.
    """
    return np.array([*(bool(getattr(one, attribute)) for one in MODEL.symbol), False])
