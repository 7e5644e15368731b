"""How an answer is written: a table for people, JSON, JSON Lines, CSV or Parquet for programs."""

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from cyclopts import Parameter

from whocut.cli.terminal import clean, console, escape_json, is_terminal, say
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AS_TABLE", "Output", "print_table", "write_json", "write_rows"]

Format = Literal["table", "json", "jsonl", "csv", "parquet"]


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """Options that every command has: how to answer, and how much to talk."""

    format: Annotated[
        Format, Parameter(help="How to write the answer; data goes to standard output.")
    ] = "table"
    json: Annotated[bool, Parameter(negative="", help="Short for --format json.")] = False
    quiet: Annotated[
        bool, Parameter(name=["--quiet", "-q"], negative="", help="No talk on standard error.")
    ] = False
    verbose: Annotated[
        bool, Parameter(name=["--verbose", "-v"], negative="", help="More talk, and tracebacks.")
    ] = False

    @property
    def form(self) -> Format:
        """The format that is asked for."""
        return "json" if self.json else self.format

    def say(self, text: str) -> None:
        """Talk on standard error, unless --quiet."""
        if not self.quiet:
            say(text)

    def detail(self, text: str) -> None:
        """Talk on standard error under --verbose."""
        if self.verbose and not self.quiet:
            say(text)


_SHORT: Final = frozenset(
    {"network", "outcome", "layer", "strength", "n", "networks", "days", "last day", "count"}
    | {"id", "record", "date", "grade"}
)
"""Columns that are never folded; where a line is too long, the others are."""
AS_TABLE: Final = Output()
"""What holds when nothing is asked for."""


def write_json(value: object) -> None:
    """Write one JSON document."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain)).decode()
    sys.stdout.write(escape_json(text) + "\n")


def write_rows(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    form: Format,
    *,
    schema: "pa.Schema | None" = None,
) -> None:
    """Write rows in a format for programs, or as a table.

    Raises: UsageError if Parquet would go to a terminal.
    """
    if form == "json":
        write_json([{name: row.get(name) for name in columns} for row in rows])
    elif form == "jsonl":
        for row in rows:
            line = msgspec.json.encode({name: row.get(name) for name in columns}, enc_hook=_plain)
            sys.stdout.write(escape_json(line.decode()) + "\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(name)) for name in columns])
    elif form == "parquet":
        _write_parquet(list(rows), columns, schema)
    else:
        print_table(columns, [[_cell(row.get(name)) for name in columns] for row in rows])


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table for people; cells are cleaned here."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    out = console()
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.header_style = "bold"
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in _SHORT)
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    out.print(table)


def _write_parquet(
    rows: list[Mapping[str, Any]], columns: Sequence[str], schema: "pa.Schema | None"
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if is_terminal(sys.stdout):
        raise UsageError("Parquet is not for terminals: add > FILE.parquet")
    plain = [{name: row.get(name) for name in columns} for row in rows]
    if schema is None and not plain:
        table = pa.table({name: pa.nulls(0) for name in columns})
    else:
        table = pa.Table.from_pylist(plain, schema=schema)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    sys.stdout.flush()
    sys.stdout.buffer.write(sink.getvalue())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return str(_plain(value))
    if isinstance(value, list | tuple):
        return " ".join(_cell(item) for item in value)
    return clean(str(value))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__}")
