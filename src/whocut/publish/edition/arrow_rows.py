"""Rows of Arrow tables as Python has them, a column at a time: the same values, far sooner."""

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

__all__ = ["dicts_of", "lists_of"]

_DIGITS: Final = 6
"""That a 32-bit number carries, as ``whocut.access.pair_answer`` rounds shares."""


def lists_of(table: pa.Table, *, is_rounded: bool = False) -> dict[str, list[Any]]:
    """Give the columns of a table as lists, shares rounded where that is asked for."""
    return {name: _list_of(table[name], is_rounded) for name in table.column_names}


def dicts_of(table: pa.Table, *, is_rounded: bool = False) -> list[dict[str, Any]]:
    """Give the rows of a table, as ``to_pylist`` does."""
    columns = lists_of(table, is_rounded=is_rounded)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _list_of(column: pa.ChunkedArray, is_rounded: bool) -> list[Any]:
    kind = column.type
    found: list[Any]
    if column.null_count:
        found = column.to_pylist()
    elif pa.types.is_float32(kind):
        values = column.to_numpy().astype(np.float64)
        # Six digits of a 32-bit number are reckoned without loss: the same as Python's rounding.
        found = (np.round(values, _DIGITS) if is_rounded else values).tolist()
    elif pa.types.is_integer(kind) or pa.types.is_date32(kind) or pa.types.is_string(kind):
        found = column.to_numpy().tolist()
    elif pa.types.is_timestamp(kind) and kind.unit == "us" and kind.tz == "UTC":
        moments: list[datetime] = column.cast(pa.timestamp("us")).to_numpy().tolist()
        found = [moment.replace(tzinfo=UTC) for moment in moments]
    else:
        found = column.to_pylist()
    return found
