"""One pinned state of an observatory, and DuckDB in memory over it."""

import os
from collections.abc import Iterator
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa

from whocut.model.schema import QUARANTINE, SKIPPED, SOURCE, TABLES, Table, arrow_schema
from whocut.store.manifest import FileEntry, Manifest
from whocut.store.object_path import AnyPath, ObjectPath, object_file_system
from whocut.store.weeks import WEEKLY, monday, quarter

if TYPE_CHECKING:
    import duckdb

__all__ = ["Snapshot"]

_GAINED_COLUMNS: Final = frozenset({"observation_tls", "observation_transfers"})
"""Tables to which columns were added since the first release."""


class Snapshot:
    """A manifest that stays readable, with all its files, until it is closed."""

    def __init__(self, directory: AnyPath, manifest: Manifest, pin: int | None) -> None:
        self.directory = directory
        self.manifest = manifest
        self._pin = pin

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the pin."""
        if self._pin is not None:
            os.close(self._pin)
            self._pin = None

    def files(
        self,
        table: str,
        *,
        cc: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[FileEntry]:
        """List the files of one table, by country and by days (both ends included)."""
        return [
            entry
            for entry in self.manifest.files_of(table, cc)
            if (since is None or entry.day >= since.isoformat())
            and (until is None or entry.day <= until.isoformat())
        ]

    def entries(
        self,
        table: str,
        *,
        cc: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[FileEntry]:
        """List the files that may hold rows of these days; of weekly tables, of their weeks.

        The files of ``span`` hold all time.
        """
        if table == "span":
            return self.files(table, cc=cc)
        if table in WEEKLY:
            since = quarter(monday(since)) if since else None
            until = quarter(monday(until)) if until else None
        return self.files(table, cc=cc, since=since, until=until)

    def connect(
        self, *, cc: str | None = None, since: date | None = None, until: date | None = None
    ) -> "duckdb.DuckDBPyConnection":
        """Open DuckDB in memory with one view per table, over this snapshot's files alone."""
        import duckdb

        connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "true",
            },
        )
        connection.execute("SET TimeZone = 'UTC'")
        for table in TABLES.values():
            if table.name in ("quarantine", "source", "skipped"):
                continue
            found = self.entries(table.name, cc=cc, since=since, until=until)
            self._register(connection, table, [entry.path for entry in found])
        connection.register("source", self.sources())
        connection.register("skipped", self.skipped())
        return connection

    def _register(
        self, connection: "duckdb.DuckDBPyConnection", table: Table, paths: list[str]
    ) -> None:
        if not paths:
            connection.register(table.name, arrow_schema(table).empty_table())
            return
        if isinstance(self.directory, ObjectPath):
            connection.register(table.name, _dataset(self.directory, table, paths))
            return
        names = [str(self.directory / path) for path in paths]
        # Files of an older whocut may lack columns; asking each file costs, and only these gained.
        is_mixed = table.name in _GAINED_COLUMNS
        relation = connection.read_parquet(names, hive_partitioning=False, union_by_name=is_mixed)
        relation.create_view(table.name)

    def sources(self) -> pa.Table:
        """Give every source that was read, with its counts."""
        rows = [
            {
                "source": source.name,
                "parsed": source.parsed,
                "refused": sum(source.refused.values()),
                "skipped": sum(source.skipped.values()),
                "is_complete": source.is_complete,
                "ruleset": source.ruleset,
                "reference_snapshot": source.reference_snapshot,
            }
            for source in self.manifest.sources
        ]
        return pa.Table.from_pylist(rows, schema=arrow_schema(SOURCE))

    def skipped(self) -> pa.Table:
        """Give the records of other OONI tests, by source and test."""
        rows = [
            {"source": source.name, "test_name": name, "count": count}
            for source in self.manifest.sources
            for name, count in sorted(source.skipped.items())
        ]
        return pa.Table.from_pylist(rows, schema=arrow_schema(SKIPPED))

    def quarantined(self) -> Iterator[dict[str, Any]]:
        """Yield every refused record as it was written down."""
        for source in self.manifest.sources:
            if source.quarantine is None:
                continue
            with (self.directory / source.quarantine).open("rb") as lines:
                for line in lines:
                    yield msgspec.json.decode(line)

    def quarantine(self) -> pa.Table:
        """Give the refused records as a table."""
        schema = arrow_schema(QUARANTINE)
        rows = [{name: record.get(name) for name in schema.names} for record in self.quarantined()]
        return pa.Table.from_pylist(rows, schema=schema)


def _dataset(directory: ObjectPath, table: Table, paths: list[str]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give DuckDB, which cannot read objects here, what fetches the columns and row groups."""
    from pyarrow import dataset

    names = [f"{directory.bucket}/{(directory / path).key}" for path in paths]
    schema = arrow_schema(table)
    return dataset.dataset(
        names, schema=schema, format="parquet", filesystem=object_file_system(), partitioning=None
    )
