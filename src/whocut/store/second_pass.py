"""The steps of the second pass, each a task on a few files, none of them knowing the model.

1. ``tally_quarter``: the verdicts of one country and quarter to its tallies
2. ``deal_tallies``: the tallies of one country and quarter to a scratch file, by bucket of target
3. ``fit_bucket``: one bucket of all countries to cells, in a scratch file, by country
4. ``gather_cells``: the cells of one country and quarter to the files of the observatory
5. ``span_country``: all cells of one country to its spans

What a step writes depends on what it reads alone: not on who runs it, nor when, nor how often it
was begun. Dealt files hold one bucket or country a row group, so that the next step reads its own
rows and no others.
"""

import tempfile
import uuid
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from whocut.model.cell_schema import CELL, SPAN, TALLY
from whocut.model.schema import TABLES, arrow_schema
from whocut.model.table import TEXT
from whocut.store.derived import ALL_TIME, Part
from whocut.store.manifest import FileEntry
from whocut.store.object_path import AnyPath, ObjectPath, path_of
from whocut.store.opening import open_parquet
from whocut.store.parquet_files import Place, in_order, write_rows

__all__ = [
    "DealJob",
    "Dealt",
    "FitJob",
    "GatherJob",
    "Piece",
    "SpanJob",
    "Tallies",
    "TallyJob",
    "bucket_count",
    "deal_tallies",
    "fit_bucket",
    "gather_cells",
    "span_country",
    "tally_quarter",
]

VERDICT_COLUMNS: Final = (
    *("measurement_uid", "origin", "probe_cc", "probe_asn", "measurement_start_time", "target"),
    *("outcome", "layer", "mechanism", "locus", "actor_kind", "strength"),
)
"""What of a verdict is counted."""
_REPEATED: Final = (
    *("origin", "probe_cc", "target"),
    *("outcome", "layer", "mechanism", "locus", "actor_kind", "strength"),
)
"""Those of them that repeat: read as places in a dictionary, in a quarter of the memory."""
FILE_ROWS: Final = 1 << 18
"""Rows a derived file holds at most. provisional"""
BUCKET_ROWS: Final = 1 << 19
"""Tallies a bucket holds, about; the memory of one fit. provisional"""
SPAN_ROWS: Final = 1 << 19
"""Cells whose spans are looked for at once, about. provisional"""
_MOST_BUCKETS: Final = 1 << 10


class Tallies(Protocol):
    """What the tally of a country and quarter gives."""

    @property
    def tallies(self) -> pa.Table:
        """Rows of ``tally``."""

    @property
    def networks(self) -> pa.Table:
        """Rows of ``network_week``."""


class Piece(Struct, frozen=True):
    """Row groups of one scratch file."""

    path: str
    row_groups: tuple[int, ...]


class Dealt(Struct, frozen=True):
    """A scratch file, and the row groups in which each key's rows stand."""

    path: str
    row_groups: dict[str, tuple[int, ...]]
    rows: dict[str, int]

    def piece(self, key: str) -> Piece:
        """Give the rows of one key."""
        return Piece(self.path, self.row_groups[key])


class TallyJob(Struct, frozen=True):
    """One country and quarter whose verdicts are counted."""

    directory: str
    scratch: str
    part: Part
    tally: Callable[[pa.Table], Tallies]


class DealJob(Struct, frozen=True):
    """One country and quarter whose tallies are dealt out to buckets."""

    directory: str
    files: tuple[FileEntry, ...]
    buckets: int
    path: str


class FitJob(Struct, frozen=True):
    """One bucket of targets, in all countries."""

    pieces: tuple[Piece, ...]
    path: str
    fit: Callable[[pa.Table], pa.Table]


class GatherJob(Struct, frozen=True):
    """One country and quarter whose cells lie in several buckets."""

    directory: str
    scratch: str
    place: Place
    pieces: tuple[Piece, ...]


class SpanJob(Struct, frozen=True):
    """One country whose cells lie in several quarters."""

    directory: str
    scratch: str
    part: Part
    find: Callable[[pa.Table], pa.Table]


def bucket_count(rows: int) -> int:
    """Say into how many buckets so many tallies are dealt: a power of two."""
    wanted = -(-rows // BUCKET_ROWS)
    return min(1 << max(wanted - 1, 0).bit_length(), _MOST_BUCKETS)


def tally_quarter(job: TallyJob) -> tuple[FileEntry, ...]:
    """Count the verdicts of one country and quarter, and write the files of both tables."""
    directory = path_of(job.directory)
    tallied = job.tally(
        pa.concat_tables(
            _read(directory, entry, columns=VERDICT_COLUMNS, texts=_REPEATED)
            for entry in job.part.inputs
        )
    )
    note = job.part.derivation
    made: list[FileEntry] = []
    for table, rows in (("tally", tallied.tallies), ("network_week", tallied.networks)):
        place = Place(table, note.cc, note.day)
        made.extend(_write_files(job.directory, job.scratch, place, rows))
    pa.default_memory_pool().release_unused()
    return tuple(made)


def deal_tallies(job: DealJob) -> Dealt:
    """Deal the tallies of one country and quarter out to the buckets of their targets."""
    with _Dealer(job.path, TALLY.name) as dealer:
        for entry in job.files:
            rows = _read(path_of(job.directory), entry)
            dealer.deal(rows, _buckets(rows["target"], job.buckets))
    return dealer.dealt()


def fit_bucket(job: FitJob) -> Dealt:
    """Fit the cells of one bucket of targets, in all countries at once."""
    cells = in_order(job.fit(_read_pieces(job.pieces)), CELL.name)
    with _Dealer(job.path, CELL.name) as dealer:
        dealer.deal(cells, cells["probe_cc"])
    pa.default_memory_pool().release_unused()
    return dealer.dealt()


def gather_cells(job: GatherJob) -> tuple[FileEntry, ...]:
    """Put the cells of one country and quarter in order, and write its files."""
    return tuple(_write_files(job.directory, job.scratch, job.place, _read_pieces(job.pieces)))


def span_country(job: SpanJob) -> tuple[FileEntry, ...]:
    """Find the spans of one country, some targets at a time, and write its file."""
    found = [job.find(cells) for cells in _by_targets(path_of(job.directory), job.part)]
    place = Place(SPAN.name, job.part.derivation.cc, ALL_TIME)
    return tuple(_write_files(job.directory, job.scratch, place, pa.concat_tables(found)))


def _write_files(directory: str, scratch: str, place: Place, rows: pa.Table) -> Iterator[FileEntry]:
    ordered = in_order(rows, place.table)
    for start in range(0, ordered.num_rows, FILE_ROWS):
        piece = ordered.slice(start, FILE_ROWS)
        yield write_rows(path_of(directory), path_of(scratch), place, piece)


def _read(
    directory: AnyPath,
    entry: FileEntry,
    *,
    columns: Sequence[str] | None = None,
    texts: Sequence[str] = (),
) -> pa.Table:
    """Read columns of one file of the observatory; ``texts`` come dictionary-encoded."""
    with open_parquet(directory / entry.path, texts=texts) as file:
        return file.read(columns=columns and list(columns), use_threads=False)


def _read_pieces(pieces: Iterable[Piece]) -> pa.Table:
    tables = []
    for piece in pieces:
        with open_parquet(path_of(piece.path)) as file:
            tables.append(file.read_row_groups(list(piece.row_groups), use_threads=False))
    return pa.concat_tables(tables)


def _buckets(targets: pa.ChunkedArray, count: int) -> pa.Array:
    """Number the bucket of each target, as text; the same on every machine and in every run."""
    encoded = targets.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    buckets = pa.array([str(zlib.crc32(name.encode()) % count) for name in names], TEXT)
    return buckets.take(encoded.indices)


def _by_targets(directory: AnyPath, part: Part) -> Iterator[pa.Table]:
    """Yield the cells of a country, whole targets at a time, in order of the target."""
    if part.rows <= SPAN_ROWS:
        tables = [_read(directory, entry) for entry in part.inputs]
        yield in_order(pa.concat_tables(tables), CELL.name)
        return
    counts: dict[str, int] = defaultdict(int)
    for entry in part.inputs:
        targets = _read(directory, entry, columns=["target"], texts=["target"])["target"]
        for found in pc.value_counts(targets.combine_chunks()).to_pylist():
            counts[found["values"]] += found["counts"]
    for first, last in _ranges(counts):
        tables = [_read_range(directory / entry.path, first, last) for entry in part.inputs]
        yield in_order(pa.concat_tables(tables), CELL.name)


def _ranges(counts: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Cut the targets into ranges of about so many cells each."""
    first, held = "", 0
    names = sorted(counts)
    for name in names:
        first = name if held == 0 else first
        held += counts[name]
        if held >= SPAN_ROWS or name == names[-1]:
            yield first, name
            held = 0


def _read_range(path: AnyPath, first: str, last: str) -> pa.Table:
    """Read the rows of a range of targets; row groups beyond it are not touched."""
    with open_parquet(path) as file:
        place = file.schema_arrow.get_field_index("target")
        groups = []
        for number in range(file.metadata.num_row_groups):
            known = file.metadata.row_group(number).column(place).statistics
            if known is None or (known.min <= last and known.max >= first):
                groups.append(number)
        rows = file.read_row_groups(groups, use_threads=False)
    inside = pc.and_(pc.greater_equal(rows["target"], first), pc.less_equal(rows["target"], last))
    return rows.filter(inside)


class _Dealer:
    """Writes a scratch file with one key a row group. Rows of a key keep their order."""

    def __init__(self, path: str, table: str) -> None:
        self._path = path_of(path)
        # A worker given up for lost may still be writing when another begins.
        unfinished = f"{self._path.name}.{uuid.uuid4().hex}"
        if isinstance(self._path, ObjectPath):
            self._unfinished = Path(tempfile.gettempdir(), unfinished)
        else:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._unfinished = self._path.with_name(unfinished)
        self._schema = arrow_schema(TABLES[table])
        self._groups: dict[str, list[int]] = defaultdict(list)
        self._rows: dict[str, int] = defaultdict(int)
        self._written = 0

    def __enter__(self) -> "_Dealer":
        # Scratch is read once, at once: speed counts, size hardly.
        self._writer = pq.ParquetWriter(self._unfinished, self._schema, compression="lz4")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._writer.close()
        if isinstance(self._path, ObjectPath):
            if kind is None:
                self._path.upload(self._unfinished)
            self._unfinished.unlink()
        elif kind is None:
            self._unfinished.replace(self._path)

    def deal(self, rows: pa.Table, keys: pa.Array | pa.ChunkedArray) -> None:
        """Write rows, those of one key together."""
        order = pc.sort_indices(keys)  # stable
        rows = rows.take(order)
        start = 0
        for found in pc.value_counts(pc.take(keys, order)).to_pylist():
            key, count = found["values"], found["counts"]
            self._writer.write_table(rows.slice(start, count), row_group_size=count)
            self._groups[key].append(self._written)
            self._rows[key] += count
            self._written += 1
            start += count

    def dealt(self) -> Dealt:
        """Say what stands where."""
        groups = {key: tuple(numbers) for key, numbers in self._groups.items()}
        return Dealt(str(self._path), groups, dict(self._rows))
