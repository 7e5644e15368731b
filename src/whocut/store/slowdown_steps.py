"""The steps from timings to slowdowns, each a task on a few files, none knowing the method.

1. ``summarise_quarter``: the timings of one country and quarter to their weekly summaries
2. ``find_in_quarter``: the summaries of all countries, of a quarter and the one before it, to the
   slowdowns of the quarter, filed by country
"""

from collections.abc import Callable
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from whocut.model.timing_schema import SLOWDOWN, TIMING_WEEK
from whocut.store.derived import Part
from whocut.store.manifest import FileEntry
from whocut.store.object_path import path_of
from whocut.store.opening import open_parquet
from whocut.store.parquet_files import Place, in_order, write_rows

__all__ = ["FindJob", "SummariseJob", "find_in_quarter", "summarise_quarter"]

TIMING_COLUMNS: Final = (
    *("origin", "probe_cc", "probe_asn", "target", "measurement_start_time", "failure"),
    *("transfer_bytes", "transfer_ms", "expected_bytes", "rate", "ttfb_ms"),
    *("connect_ms", "handshake_ms"),
    *("is_stalled", "stalled_at_bytes"),
)
"""What of a timing is summed up."""


class SummariseJob(Struct, frozen=True):
    """One country and quarter whose timings are summed up."""

    directory: str
    scratch: str
    part: Part
    summarise: Callable[[pa.Table], pa.Table]


class FindJob(Struct, frozen=True):
    """One quarter whose slowdowns are looked for, in all countries."""

    directory: str
    scratch: str
    part: Part
    find: Callable[[pa.Table], pa.Table]


def summarise_quarter(job: SummariseJob) -> tuple[FileEntry, ...]:
    """Sum up the timings of one country and quarter, and write the file."""
    summaries = job.summarise(_read_all(job.directory, job.part, TIMING_COLUMNS))
    note = job.part.derivation
    place = Place(TIMING_WEEK.name, note.cc, note.day)
    return _written(job.directory, job.scratch, place, summaries)


def find_in_quarter(job: FindJob) -> tuple[FileEntry, ...]:
    """Find the slowdowns of one quarter; the weeks before it are their past, and give no rows."""
    found = job.find(_read_all(job.directory, job.part, None))
    first = pa.scalar(date.fromisoformat(job.part.derivation.day), pa.date32())
    found = found.filter(pc.greater_equal(found["week"], first))
    made: list[FileEntry] = []
    for cc in sorted(pc.unique(found["probe_cc"]).to_pylist()):
        rows = found.filter(pc.equal(found["probe_cc"], cc))
        place = Place(SLOWDOWN.name, cc, job.part.derivation.day)
        made.extend(_written(job.directory, job.scratch, place, rows))
    pa.default_memory_pool().release_unused()
    return tuple(made)


def _read_all(directory: str, part: Part, columns: tuple[str, ...] | None) -> pa.Table:
    tables = []
    for entry in part.inputs:
        with open_parquet(path_of(directory) / entry.path) as file:
            tables.append(file.read(columns=columns and list(columns), use_threads=False))
    return pa.concat_tables(tables)


def _written(
    directory: str, scratch: str, place: Place, rows: pa.Table
) -> tuple[FileEntry, ...]:
    if not rows.num_rows:
        return ()
    ordered = in_order(rows, place.table)
    return (write_rows(path_of(directory), path_of(scratch), place, ordered),)
