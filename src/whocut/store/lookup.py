"""Fast look-up of a few rows: straight to the Parquet files, without a database.

A file is skipped by its quarter, a row group by its statistics, a row by bisection, since rows
stand in the order of their table. Only the columns that are asked for are decoded.
"""

import datetime
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.store.weeks import WEEKLY, monday

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from whocut.store.manifest import FileEntry
    from whocut.store.snapshot import Snapshot

__all__ = ["has_rows", "rows", "verdict_at", "week_range"]

_BY_TARGET: Final = frozenset({"cell", "tally", "span", "slowdown"})
"""Tables whose rows stand by target first: there a target is found by bisection."""
_BY_WEEK: Final = frozenset({"cell", "tally", "slowdown"})
"""Those whose rows of one target stand by week."""
_FEW: Final = 4096
_HANDFUL: Final = 64


def has_rows(snapshot: "Snapshot", table: str, *, cc: str | None = None) -> bool:
    """Say whether a table has any row, by the manifest alone."""
    return snapshot.manifest.rows_of(table, cc) > 0


def week_range(snapshot: "Snapshot", table: str, cc: str) -> tuple[date, date] | None:
    """Give the first and the last week of a weekly table, from the statistics of its files."""
    known = [entry for entry in snapshot.files(table, cc=cc) if entry.rows]
    if not known:
        return None
    days = {entry.day for entry in known}
    ends: list[date] = []
    for entry in known:
        if entry.day not in (min(days), max(days)):
            continue
        with _open(snapshot, entry) as file:
            place = _place(file, "week")
            for group in range(file.metadata.num_row_groups):
                found = file.metadata.row_group(group).column(place).statistics
                ends.extend((found.min, found.max))
    return min(ends), max(ends)


def rows(
    snapshot: "Snapshot",
    table: str,
    *,
    cc: str | None = None,
    target: str | None = None,
    since: date | None = None,
    until: date | None = None,
    columns: Sequence[str] | None = None,
) -> "pa.Table":
    """Read the rows of one stored table, by country, target and days (both ends included).

    Of tables by the week a row counts where any day of its week does; of ``span`` where the cause
    may have been at work on one of the days. Columns come in the order of the table.

    Raises: DamagedDataError if a file is not what the manifest names.
    """
    import pyarrow as pa

    from whocut.model.schema import TABLES, arrow_schema

    schema = arrow_schema(TABLES[table])
    wanted = [name for name in schema.names if columns is None or name in columns]
    asked = _Asked(table, target, monday(since) if since and table != "verdict" else since, until)
    read = [name for name in schema.names if name in {*wanted, *asked.needed()}]
    pieces = []
    for entry in snapshot.entries(table, cc=cc, since=since, until=until):
        with _open(snapshot, entry, () if target is None else _texts(schema)) as file:
            for piece in _pieces(file, asked, read):
                kept = _within(piece, asked)
                if kept.num_rows:
                    pieces.append(kept)
    found = pa.schema([schema.field(name) for name in wanted])
    if not pieces:
        return found.empty_table()
    return pa.concat_tables(_plain(piece, found) for piece in pieces)


def verdict_at(
    snapshot: "Snapshot",
    cc: str,
    measurement_uid: str,
    at: datetime.datetime,
    columns: Sequence[str],
) -> dict[str, Any] | None:
    """Read one verdict by the moment of its measurement; ``None`` where it is not there.

    Verdicts stand by time and id, so that a row group at most is decoded for it.
    """
    name = "measurement_start_time"
    for entry in snapshot.files("verdict", cc=cc, since=at.date(), until=at.date()):
        with _open(snapshot, entry) as file:
            for piece in _sorted_slices(file, name, at, [*columns, name, "measurement_uid"]):
                uids = piece["measurement_uid"]
                place = _bisect(uids, measurement_uid, is_right=False)
                if place < len(uids) and uids[place].as_py() == measurement_uid:
                    (row,) = piece.slice(place, 1).to_pylist()
                    return {column: row[column] for column in columns}
    return None


def _open(
    snapshot: "Snapshot", entry: "FileEntry", encoded: Sequence[str] = ()
) -> "pq.ParquetFile":
    """Open one file of an observatory: the one place that knows where files lie.

    ``encoded`` columns stay as the file has them, places in a dictionary: a quarter of the time.
    """
    from whocut.store.opening import open_parquet

    return open_parquet(snapshot.directory / entry.path, texts=encoded, is_mapped=True)


class _Asked(Struct, frozen=True):
    """What is asked of one table; of tables by the week ``since`` is a Monday."""

    table: str
    target: str | None
    since: date | None
    until: date | None

    @property
    def times(self) -> tuple[str, str] | None:
        """Columns with the beginning and the end of a row, where files hold more than a day."""
        if self.since is None and self.until is None:
            return None
        if self.table in WEEKLY:
            return ("week", "week")
        return ("onset_high", "end_high") if self.table == "span" else None

    def needed(self) -> tuple[str, ...]:
        """Name the columns without which the rows cannot be told apart."""
        return (*(("target",) if self.target is not None else ()), *(self.times or ()))


def _pieces(file: "pq.ParquetFile", asked: _Asked, columns: list[str]) -> "Iterator[pa.Table]":
    if asked.target is None:
        groups = _groups_of_weeks(file, asked)
        if groups:
            yield file.read_row_groups(groups, columns=columns, use_threads=len(groups) > 1)
    elif asked.table in _BY_TARGET:
        yield from _sorted_slices(file, "target", asked.target, columns)
    else:
        import pyarrow.compute as pc

        whole = file.read(columns=columns)
        yield whole.filter(pc.equal(whole["target"], asked.target))


def _groups_of_weeks(file: "pq.ParquetFile", asked: _Asked) -> list[int]:
    groups = range(file.metadata.num_row_groups)
    if asked.times is None or asked.table not in WEEKLY:
        return list(groups)
    low, high = asked.since or date.min, asked.until or date.max
    return [n for n in groups if _may_hold(file, n, "week", low, high)]


def _may_hold(file: "pq.ParquetFile", group: int, column: str, low: Any, high: Any) -> bool:  # noqa: ANN401 - as the column has it
    """Say by its statistics whether a row group may hold a value from low to high."""
    place = _place(file, column)
    known = file.metadata.row_group(group).column(place).statistics
    if known is None or not known.has_min_max:
        return True
    return bool(known.min <= high and known.max >= low)


def _place(file: "pq.ParquetFile", column: str) -> int:
    metadata = file.metadata
    for number in range(metadata.num_columns):
        if metadata.schema.column(number).path == column:
            return number
    raise DamagedDataError("column is missing", source=str(file), field=column)


def _sorted_slices(
    file: "pq.ParquetFile",
    column: str,
    value: Any,  # noqa: ANN401 - as the column has it
    columns: list[str],
) -> "Iterator[pa.Table]":
    """Cut out the rows whose leading column has a value."""
    for group in range(file.metadata.num_row_groups):
        if not _may_hold(file, group, column, value, value):
            continue
        whole = file.read_row_group(group, columns=columns, use_threads=False)
        first = _bisect(whole[column], value, is_right=False)
        last = _bisect(whole[column], value, is_right=True)
        if first < last:
            yield whole.slice(first, last - first)


def _bisect(values: "pa.ChunkedArray", value: Any, *, is_right: bool) -> int:  # noqa: ANN401 - as the column has it
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        found = values[middle].as_py()
        if found < value or (is_right and found == value):
            low = middle + 1
        else:
            high = middle
    return low


def _within(table: "pa.Table", asked: _Asked) -> "pa.Table":
    """Keep the rows of the days asked for."""
    if asked.times is None or not table.num_rows:
        return table
    first, last = asked.times
    if asked.target is not None and asked.table in _BY_WEEK:
        weeks = table[first]
        low = _bisect(weeks, asked.since, is_right=False) if asked.since else 0
        high = _bisect(weeks, asked.until, is_right=True) if asked.until else len(weeks)
        return table.slice(low, max(high - low, 0))
    if table.num_rows <= _HANDFUL:
        return _handful_within(table, asked)
    import pyarrow.compute as pc

    mask = None
    if asked.until is not None:
        mask = pc.less_equal(table[first], asked.until)
    if asked.since is not None:
        is_late = pc.fill_null(pc.greater_equal(table[last], asked.since), fill_value=True)
        mask = is_late if mask is None else pc.and_(mask, is_late)
    return table.filter(mask)


def _handful_within(table: "pa.Table", asked: _Asked) -> "pa.Table":
    """Do the same row by row, without pyarrow.compute, which takes 25 ms to load."""
    import pyarrow as pa

    first, last = (table[name].to_pylist() for name in asked.times or ())
    kept = [
        table.slice(place, 1)
        for place, (begin, end) in enumerate(zip(first, last, strict=True))
        if (asked.until is None or begin <= asked.until)
        and (asked.since is None or end is None or end >= asked.since)
    ]
    return pa.concat_tables(kept) if kept else table.slice(0, 0)


def _texts(schema: "pa.Schema") -> list[str]:
    return [field.name for field in schema if str(field.type) == "string"]


def _plain(table: "pa.Table", schema: "pa.Schema") -> "pa.Table":
    """Give the columns the types of the table again; those that an older file lacks are null."""
    import pyarrow as pa

    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        column = table[field.name]
        if column.type != field.type:
            # A cast would load pyarrow.compute: 25 ms for a handful of rows.
            is_small = table.num_rows <= _FEW
            column = (
                pa.array(column.to_pylist(), field.type) if is_small else (column.cast(field.type))
            )
        columns.append(column)
    return pa.table(columns, schema=schema)
