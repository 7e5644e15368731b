"""Merge what is staged for one country and day with what is kept of it already.

The result is a function of the set of rows alone: not of the order of the input, nor of the number
of workers. Of several judgements of one measurement one stays:

1. the one under the newest release of the rules (``2026.11`` of ``2026.11+3f9a``);
2. of those, one under the ruleset, then one under the reference snapshot, of this commit: to
   ingest again with other rules or reference data replaces what was there;
3. of those, the first by (source, offset, line).

Signals and observations stay with the judgement they belong to. A partition too large for memory
is cut into files by a hash of the measurement id, and merged one file at a time.
"""

import contextlib
import hashlib
import re
import shutil
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from whocut.model.schema import TABLES
from whocut.store.batches import table_schema
from whocut.store.manifest import FileEntry
from whocut.store.object_path import AnyPath, ObjectPath, path_of
from whocut.store.opening import open_parquet
from whocut.store.parquet_files import Place, write_rows

__all__ = ["Partition", "PartitionMerger", "StagedPiece"]

FILE_ROWS: Final = 1 << 16
"""Verdicts one file holds at most, about: 258 MB for a day of 600,000 (test_store_memory)."""
FILE_WEIGHT: Final = 48 << 20
"""Estimated bytes of signals or observations a file holds: 391 MB at most (same test)."""
_ROW_WEIGHT: Final = 512
_MOST_BITS: Final = 9
"""512 files of one table are open at once at most; beyond 33 million rows a day files grow."""
_MAPPED_BYTES: Final = 96 << 20
"""Size of the runs kept mapped: bounds resident memory where many runs fill one partition."""
_PROVENANCE: Final = (
    "ruleset",
    "reference_snapshot",
    "source",
    "source_offset",
    "source_line",
)
_HEAVY: Final = ("body", "certificates", "input", "detail")


class StagedPiece(Struct, frozen=True, gc=False):
    """Rows of one partition in one staged run."""

    path: str
    start: int
    length: int


class Partition(Struct, frozen=True):
    """One country and day: what is kept of it and what is staged for it, by table."""

    cc: str
    day: str
    kept: dict[str, list[FileEntry]]
    staged: dict[str, list[StagedPiece]]


def _release_order(ruleset: str) -> tuple[int, ...]:
    """Order releases as people do, 2026.9 before 2026.10; the content hash has no order."""
    return tuple(int(part) for part in re.findall(r"\d+", ruleset.partition("+")[0]))


class PartitionMerger:
    """Merges partitions of one observatory, one after the other."""

    def __init__(
        self, directory: AnyPath, scratch: Path, *, ruleset: str, reference_snapshot: str
    ) -> None:
        self._directory = directory
        self._scratch = scratch
        self._current = {"ruleset": ruleset, "reference_snapshot": reference_snapshot}
        self._runs: OrderedDict[str, tuple[pa.Table, int]] = OrderedDict()
        self._mapped_bytes = 0

    def merge(self, partition: Partition) -> list[FileEntry]:
        """Write the merged files of one partition and list them."""
        bits = self._verdict_bits(partition)
        if bits == 0:
            entries = list(self._merge_bucket(partition))
        else:
            entries = []
            for bucket in self._split(partition, bits):
                entries.extend(self._merge_bucket(bucket))
        pa.default_memory_pool().release_unused()
        return entries

    def _merge_bucket(self, partition: Partition) -> Iterator[FileEntry]:
        rows = pa.concat_tables(self._rows(partition, "verdict"))
        verdicts = self._winners(rows)
        yield self._write(partition, "verdict", verdicts)
        # Where no measurement stood twice, all their signals stay and none stands twice either.
        is_all = verdicts.num_rows == rows.num_rows
        winners = None if is_all else verdicts.select(["measurement_uid", *_PROVENANCE])
        del verdicts, rows
        for table in sorted(partition.kept.keys() | partition.staged.keys()):
            if table != "verdict":
                yield from self._merge_children(partition, table, winners)

    def _split(self, partition: Partition, bits: int) -> Iterator[Partition]:
        """Deal the rows out to files, by the head of the hash of their id, and give each back."""
        folder = self._scratch / "split"
        rows: dict[int, dict[str, list[StagedPiece]]] = {n: {} for n in range(1 << bits)}
        for table in sorted(partition.kept.keys() | partition.staged.keys()):
            folder.mkdir(exist_ok=True)
            for bucket, piece in self._deal(partition, table, bits, folder).items():
                rows[bucket][table] = [piece]
        self.close()
        for pieces in rows.values():
            if "verdict" in pieces:
                yield Partition(partition.cc, partition.day, {}, pieces)
                self.close()
        shutil.rmtree(folder)

    def _deal(
        self, partition: Partition, table: str, bits: int, folder: Path
    ) -> dict[int, StagedPiece]:
        schema = table_schema(table)
        lengths: Counter[int] = Counter()
        paths = [str(folder / f"{table}.{bucket}.arrow") for bucket in range(1 << bits)]
        with contextlib.ExitStack() as stack:
            writers = [stack.enter_context(pa.ipc.new_file(path, schema)) for path in paths]
            for rows in self._rows(partition, table):
                buckets = pc.shift_right(_hashes(rows), pa.scalar(32 - bits, pa.uint32()))
                order = pc.sort_indices(buckets)
                dealt = rows.take(order)
                start = 0
                for found in pc.value_counts(buckets.take(order)).to_pylist():
                    bucket, count = found["values"], found["counts"]
                    writers[bucket].write_table(dealt.slice(start, count))
                    lengths[bucket] += count
                    start += count
        return {bucket: StagedPiece(paths[bucket], 0, length) for bucket, length in lengths.items()}

    def close(self) -> None:
        """Let go of the staged runs."""
        self._runs.clear()
        self._mapped_bytes = 0

    def _rows(self, partition: Partition, table: str) -> Iterator[pa.Table]:
        schema = table_schema(table)
        for entry in partition.kept.get(table, ()):
            yield _as_today(_read_whole(self._directory / entry.path), schema)
        for piece in partition.staged.get(table, ()):
            yield self._run(piece.path).slice(piece.start, piece.length)

    def _run(self, path: str) -> pa.Table:
        if path in self._runs:
            self._runs.move_to_end(path)
            return self._runs[path][0]
        local = self._local(path)
        run = pa.ipc.open_file(pa.memory_map(str(local))).read_all()
        size = local.stat().st_size
        self._runs[path] = (run, size)
        self._mapped_bytes += size
        while self._mapped_bytes > _MAPPED_BYTES and len(self._runs) > 1:
            _, (_, gone) = self._runs.popitem(last=False)
            self._mapped_bytes -= gone
        return run

    def _local(self, path: str) -> Path:
        """Give a run on a disk, from which it can be mapped; once fetched it stays for the rest."""
        place = path_of(path)
        if not isinstance(place, ObjectPath):
            return place
        local = self._scratch / hashlib.sha256(path.encode()).hexdigest()
        if not local.exists():
            place.download(local)
        return local

    def _verdict_bits(self, partition: Partition) -> int:
        rows = sum(entry.rows for entry in partition.kept.get("verdict", ()))
        rows += sum(piece.length for piece in partition.staged.get("verdict", ()))
        if rows <= FILE_ROWS:
            return 0
        # Counted on a 64th of the ids, the same ones whatever the input's order: bounded memory.
        sample: set[int] = set()
        for table in self._rows(partition, "verdict"):
            hashes = _hashes(table)
            tail = pc.bit_wise_and(hashes, pa.scalar(63, pa.uint32()))
            sample.update(hashes.filter(pc.equal(tail, 0)).to_pylist())
        return min(_bits(len(sample) * 64, FILE_ROWS), _MOST_BITS)

    def _winners(self, rows: pa.Table) -> pa.Table:
        uids = rows["measurement_uid"]
        if pc.count_distinct(uids).as_py() == rows.num_rows:
            return _sorted(rows, "verdict")
        keyed = rows.append_column("_release", _releases(rows["ruleset"]))
        for name, current in self._current.items():
            keyed = keyed.append_column(f"_{name}", pc.equal(rows[name], current).cast(pa.int8()))
        order = pc.sort_indices(
            keyed,
            [
                ("measurement_uid", "ascending"),
                ("_release", "descending"),
                ("_ruleset", "descending"),
                ("_reference_snapshot", "descending"),
                *((name, "ascending") for name in _PROVENANCE[2:]),
            ],
        )
        uids = uids.take(order).combine_chunks()
        is_first = pc.not_equal(uids.slice(1), uids.slice(0, len(uids) - 1))
        mask = pa.concat_arrays([pa.array([True]), is_first])
        return _sorted(rows.take(order.filter(mask)), "verdict")

    def _merge_children(
        self, partition: Partition, table: str, winners: pa.Table | None
    ) -> Iterator[FileEntry]:
        def kept() -> Iterator[pa.Table]:
            for rows in self._rows(partition, table):
                yield rows if winners is None else _of_winners(rows, winners)

        weight = sum(_weight(rows) for rows in kept())
        parts = 1 << _bits(weight, FILE_WEIGHT)
        for part in range(parts if weight else 0):
            merged = pa.concat_tables(_in_part(rows, parts, part) for rows in kept())
            if winners is not None:
                merged = _distinct(merged)
            if merged.num_rows:
                yield self._write(partition, table, _sorted(merged, table))

    def _write(self, partition: Partition, table: str, rows: pa.Table) -> FileEntry:
        place = Place(table, partition.cc, partition.day)
        return write_rows(self._directory, self._scratch, place, rows)


def _as_today(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give rows of an older file every column of today: what it lacks was not observed."""
    columns = [
        rows[field.name] if field.name in rows.schema.names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, names=schema.names).cast(schema)


def _releases(rulesets: pa.ChunkedArray) -> pa.Array:
    known = sorted(pc.unique(rulesets).to_pylist())
    releases = sorted({_release_order(ruleset) for ruleset in known})
    ranks = pa.array([releases.index(_release_order(ruleset)) for ruleset in known], pa.int32())
    return ranks.take(
        pc.index_in(rulesets, value_set=pa.array(known, pa.string())).combine_chunks()
    )


def _bits(amount: int, limit: int) -> int:
    files = -(-amount // limit)
    return max(files - 1, 0).bit_length()


def _read_whole(path: AnyPath) -> pa.Table:
    if isinstance(path, ObjectPath):
        with open_parquet(path) as file:
            return file.read()
    return pq.read_table(path, partitioning=None)


def _hashes(rows: pa.Table) -> pa.Array:
    uids = rows["measurement_uid"].to_pylist()
    return pa.array([zlib.crc32(uid.encode()) for uid in uids], pa.uint32())


def _in_part(rows: pa.Table, parts: int, part: int) -> pa.Table:
    """Keep a share of a bucket, by the tail of the hash; its head chose the bucket."""
    if parts == 1:
        return rows
    tail = pc.bit_wise_and(_hashes(rows), pa.scalar(parts - 1, pa.uint32()))
    return rows.filter(pc.equal(tail, part))


def _of_winners(rows: pa.Table, winners: pa.Table) -> pa.Table:
    """Keep the rows that belong to the judgements that stayed."""
    place = pc.index_in(rows["measurement_uid"], value_set=winners["measurement_uid"])
    mask = pc.is_valid(place)
    for name in _PROVENANCE:
        same = pc.equal(rows[name], winners[name].take(place))
        mask = pc.and_(mask, pc.fill_null(same, False))
    return rows.filter(mask)


def _distinct(rows: pa.Table) -> pa.Table:
    """Drop repeats: a source that is judged again brings the rows that are kept already."""
    keys = rows.select(["measurement_uid", "ordinal"]).append_column(
        "_place", pa.array(range(rows.num_rows), pa.int64())
    )
    first = keys.group_by(["measurement_uid", "ordinal"], use_threads=False).aggregate(
        [("_place", "min")]
    )
    if first.num_rows == rows.num_rows:
        return rows
    return rows.take(first["_place_min"])


def _weight(rows: pa.Table) -> int:
    total: int = rows.num_rows * _ROW_WEIGHT
    for name in _HEAVY:
        if name in rows.schema.names:
            column = rows[name]
            if pa.types.is_list(column.type):
                column = pc.list_flatten(column)
            total += pc.sum(pc.binary_length(column)).as_py() or 0
    return total


def _sorted(rows: pa.Table, table: str) -> pa.Table:
    order = [(name, "ascending") for name in TABLES[table].sorted_by]
    return rows.take(pc.sort_indices(rows, order)).combine_chunks()
