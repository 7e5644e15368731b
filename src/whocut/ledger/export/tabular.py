"""Write rows as CSV that no spreadsheet runs, or as Parquet whose columns explain themselves."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from whocut.model.table import Table, arrow_schema

__all__ = ["SEPARATOR", "csv_text", "guarded", "parquet_bytes"]

SEPARATOR: Final = " | "
"""Between the items of a list in one cell."""
# A spreadsheet takes a cell that begins so for a formula, and runs it; the wide forms too, where
# it is set to an East Asian language. Source: OWASP, "CSV Injection".
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Write rows as CSV (RFC 4180): a heading, CRLF, cells quoted where they need it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # A number is no formula; in front of -1 an apostrophe would make it text.
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return guarded(SEPARATOR.join(str(item) for item in value))
    return guarded(str(value))


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    Programs that read such a cell take the apostrophe off; text that begins with one and then with
    such a character gets another, so that nothing is lost.
    """
    bare = text.lstrip(" \xa0'")
    is_formula = text.startswith(_FORMULA) or bare.startswith(_FORMULA)
    return f"'{text}" if is_formula else text


def parquet_bytes(rows: Sequence[Mapping[str, Any]], table: Table) -> bytes:
    """Write rows as one Parquet file; comment, unit and null meaning travel with each column."""
    names = [column.name for column in table.columns]
    plain = [{name: row[name] for name in names} for row in rows]
    sink = pa.BufferOutputStream()
    data = pa.Table.from_pylist(plain, schema=arrow_schema(table))
    pq.write_table(data, sink, compression="zstd")
    return bytes(sink.getvalue())
