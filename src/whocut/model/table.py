"""How a table is described: its columns, each with a comment, a unit and what a null means."""

from typing import Final

import pyarrow as pa
from msgspec import Struct

__all__ = ["INSTANT", "NEVER", "TABLE_VERSION", "TEXT", "Column", "Table", "arrow_schema"]

TABLE_VERSION: Final = 1
"""Raised when a column changes its meaning; adding a column does not raise it."""

TEXT: Final = pa.string()
INSTANT: Final = pa.timestamp("us", tz="UTC")
NEVER: Final = "never"


class Column(Struct, frozen=True):
    """One column: what it holds, in which unit, and what a null in it means."""

    name: str
    type: pa.DataType
    comment: str
    null: str = NEVER
    unit: str = ""


class Table(Struct, frozen=True):
    """One table: what one row is, its columns in order, and the order of its rows."""

    name: str
    row: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...]


def arrow_schema(table: Table) -> pa.Schema:
    """Turn a table into an Arrow schema whose fields carry comment, unit and null meaning."""
    fields = []
    for column in table.columns:
        notes = {"comment": column.comment, "null": column.null}
        if column.unit:
            notes["unit"] = column.unit
        is_nullable = column.null != NEVER
        fields.append(pa.field(column.name, column.type, nullable=is_nullable, metadata=notes))
    notes = {"table": table.name, "row": table.row, "table_version": str(TABLE_VERSION)}
    return pa.schema(fields, metadata=notes)
