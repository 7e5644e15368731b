"""Rows to groups by several integer codes at once; results in the order of the codes."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

__all__ = ["Groups", "Ints", "encode", "group", "start_of_week"]

Ints: TypeAlias = npt.NDArray[np.int64]
_MONDAY_SHIFT = 3
"""1970-01-01 was a Thursday, three days after a Monday."""


class Groups(Struct, frozen=True):
    """Rows dealt out to groups of equal keys."""

    keys: tuple[Ints, ...]
    """One array a key, one entry a group; groups stand in the order of their keys."""
    of_row: Ints
    """The group of each row."""

    def __len__(self) -> int:
        return len(self.keys[0])

    def sum(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Add up a value a row by group."""
        weights = values.astype(np.float64)
        found = np.bincount(self.of_row, weights, minlength=len(self))
        return found.astype(np.float64)

    def count(self, mask: npt.NDArray[np.bool_] | None = None) -> Ints:
        """Count rows, or those of a mask, by group."""
        rows = self.of_row if mask is None else self.of_row[mask]
        return np.bincount(rows, minlength=len(self)).astype(np.int64)


def group(*keys: Ints) -> Groups:
    """Group rows by non-negative integer keys."""
    spans = [int(key.max()) + 1 if len(key) else 1 for key in keys]
    packed = np.zeros(len(keys[0]), np.int64)
    size = 1
    for span in spans:
        size *= span
    if size >= 1 << 62:
        return _group_wide(keys)
    for key, span in zip(keys, spans, strict=True):
        packed = packed * span + key
    found, of_row = np.unique(packed, return_inverse=True)
    parts: list[Ints] = []
    for span in reversed(spans):
        parts.append(found % span)
        found = found // span
    return Groups(tuple(reversed(parts)), of_row.reshape(-1).astype(np.int64))


def _group_wide(keys: tuple[Ints, ...]) -> Groups:
    """Group by the first keys, then by their number and the last key: no product overflows."""
    first = group(*keys[:-1])
    both = group(first.of_row, keys[-1])
    heads = tuple(key[both.keys[0]] for key in first.keys)
    return Groups((*heads, both.keys[1]), both.of_row)


def encode(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Turn a column into codes and its values, sorted, so that codes order as values.

    A column that comes dictionary-encoded is never spelt out.
    """
    if pa.types.is_dictionary(column.type) and column.num_chunks:
        unified = column.unify_dictionaries()
        values = unified.chunk(0).dictionary
        order = pc.sort_indices(values)
        rank = np.empty(len(values), np.int64)
        rank[np.asarray(order)] = np.arange(len(values))
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in unified.chunks])
        return rank[codes], values.take(order)
    values = pc.unique(column)
    values = values.take(pc.sort_indices(values))
    codes = pc.index_in(column, value_set=values)
    return np.asarray(codes.to_numpy(), np.int64), values


def start_of_week(days: Ints) -> Ints:
    """Give the Monday of each day; days count from 1970-01-01."""
    return days - (days + _MONDAY_SHIFT) % 7
