"""What a worker has judged of one source, kept on disk until the parent commits it.

A source's folder holds runs (a few thousand verdicts, their signals and observations, as Arrow IPC
files whose rows stand by country and day) and, last of all, ``done.json``. Without it the folder is
rubbish from an interrupted run; with it the source need not be read again.
"""

import re
import secrets
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
from msgspec import Struct

from whocut.model.errors import StoreError
from whocut.model.observation import Measurement
from whocut.model.schema import OBSERVATION_TABLES
from whocut.model.verdict import Judgement
from whocut.store.batches import observation_batch, signal_batch, timing_batch, verdict_batch
from whocut.store.durable import (
    create_whole,
    remove_tree,
    sync_directory,
    sync_file,
    write_whole,
)
from whocut.store.manifest import SourceEntry
from whocut.store.object_path import AnyPath, ObjectPath, path_of

__all__ = ["RunSlice", "StageWriter", "StagedSource", "discard_staged", "load_staged"]

RUN_ROWS: Final = 4096
"""Verdicts a run holds, 4 MB or so. provisional"""
RUN_BODY_BYTES: Final = 32 << 20
"""Bodies and certificates a run holds before it is written, with observations. provisional"""

_DONE: Final = "done.json"
_ATTEMPTS: Final = 3
"""At naming a finished folder, where a half-done one stands in its way."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class RunSlice(Struct, frozen=True, gc=False):
    """The rows of one country and day in one run."""

    table: str
    cc: str
    day: str
    file: str
    start: int
    length: int


class StagedSource(Struct, frozen=True):
    """A source that is wholly read and waits for its commit."""

    entry: SourceEntry
    slices: tuple[RunSlice, ...]
    directory: str = ""
    attempt: str = ""
    """Folder beside the source's own in which the runs lie, in an object store."""


def load_staged(directory: AnyPath) -> StagedSource | None:
    """Load a finished source from its folder; ``None`` where it was not finished."""
    try:
        staged = msgspec.json.decode((directory / _DONE).read_bytes(), type=StagedSource)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    place = directory.with_name(staged.attempt) if staged.attempt else directory
    return msgspec.structs.replace(staged, directory=str(place))


def discard_staged(staged: StagedSource) -> None:
    """Remove a source's folder when it is committed."""
    place = path_of(staged.directory)
    if staged.attempt:  # first what says that it is finished
        remove_tree(place.with_name(staged.attempt.partition(".")[0]))
    remove_tree(place)


def partition_of(cc: str, start: datetime) -> tuple[str, str]:
    """Name the country and day a row is filed under; a strange country is ``ZZ``."""
    return (cc if _COUNTRY.fullmatch(cc) else "ZZ", start.date().isoformat())


class StageWriter:
    """Collects the judgements of one source into runs, in bounded memory.

    The folder gets its name when it is done. Two workers may be on one source, where a cluster
    takes one for dead that is not: each writes into a folder of its own, and the first is kept.
    For an object store runs are written on this machine, and uploaded when they are done.
    """

    def __init__(self, directory: AnyPath, *, is_keeping_observations: bool) -> None:
        self._final = directory
        attempt = f"{directory.name}.{secrets.token_hex(8)}"
        if isinstance(directory, ObjectPath):
            self._temporary = tempfile.TemporaryDirectory(prefix="whocut-")
            self.directory = Path(self._temporary.name, attempt)
        else:
            self.directory = directory.with_name(attempt)
        self.directory.mkdir(parents=True)
        self._is_keeping = is_keeping_observations
        self._judgements: list[tuple[Judgement, Measurement | None]] = []
        self._body_bytes = 0
        self._runs = 0
        self._slices: list[RunSlice] = []

    def add(self, judgement: Judgement, measurement: Measurement) -> None:
        """Take one judgement; now and then a run is written."""
        self._judgements.append((judgement, measurement if self._is_keeping else None))
        if self._is_keeping:
            self._body_bytes += sum(len(http.body or b"") for http in measurement.http)
            self._body_bytes += sum(len(der) for tls in measurement.tls for der in tls.certificates)
        if len(self._judgements) >= RUN_ROWS or self._body_bytes >= RUN_BODY_BYTES:
            self._write_run()

    def finish(self, entry: SourceEntry) -> StagedSource:
        """Write what is left and mark the source as done."""
        if self._judgements:
            self._write_run()
        staged = StagedSource(entry, tuple(self._slices))
        if isinstance(self._final, ObjectPath):
            return self._uploaded(staged, self._final)
        for file in {piece.file for piece in self._slices}:
            sync_file(self.directory / file)
        write_whole(self.directory / _DONE, msgspec.json.encode(staged))
        return self._named(staged, self._final)

    def _named(self, staged: StagedSource, final: Path) -> StagedSource:
        """Give the folder its name; a finished one of that name has the same rows, and stays."""
        for _ in range(_ATTEMPTS):
            try:
                self.directory.rename(final)
            except OSError:
                known = load_staged(final)
                if known is not None:
                    remove_tree(self.directory)
                    return known
                remove_tree(final)
            else:
                sync_directory(final.parent)
                return msgspec.structs.replace(staged, directory=str(final))
        raise StoreError(f"{final}: cannot be named; does another program write there?")

    def _uploaded(self, staged: StagedSource, final: ObjectPath) -> StagedSource:
        """Upload the runs, then say that they are done, unless somebody has said so before."""
        place = final.with_name(self.directory.name)
        for file in sorted(self.directory.iterdir()):
            (place / file.name).upload(file)
        self._temporary.cleanup()
        staged = msgspec.structs.replace(staged, attempt=place.name)
        try:
            create_whole(final / _DONE, msgspec.json.encode(staged))
        except FileExistsError:
            known = load_staged(final)
            if known is not None:
                remove_tree(place)
                return known
        return msgspec.structs.replace(staged, directory=str(place))

    def _write_run(self) -> None:
        partitions = [
            partition_of(j.verdict.probe_cc, j.verdict.measurement_start_time)
            for j, _ in self._judgements
        ]
        order = sorted(range(len(partitions)), key=partitions.__getitem__)
        judgements = [self._judgements[index][0] for index in order]
        filed = [partitions[index] for index in order]
        ones = [1] * len(order)
        self._write_table("verdict", verdict_batch(judgements), filed, ones)
        counts = [len(judgement.signals) for judgement in judgements]
        self._write_table("signal", signal_batch(judgements), filed, counts)
        timed = [int(judgement.timing is not None) for judgement in judgements]
        if any(timed):
            self._write_table("timing", timing_batch(judgements), filed, timed)
        if self._is_keeping:
            kept = [self._judgements[index][1] for index in order]
            measurements = [measurement for measurement in kept if measurement is not None]
            for layer, table in OBSERVATION_TABLES.items():
                batch = observation_batch(layer, judgements, measurements)
                rows = [_row_count(layer, measurement) for measurement in measurements]
                self._write_table(table.name, batch, filed, rows)
        self._judgements = []
        self._body_bytes = 0
        self._runs += 1

    def _write_table(
        self, table: str, batch: pa.RecordBatch, filed: list[tuple[str, str]], counts: list[int]
    ) -> None:
        file = f"{self._runs:05d}.{table}.arrow"
        with (
            pa.OSFile(str(self.directory / file), "wb") as sink,
            pa.ipc.new_file(sink, batch.schema) as writer,
        ):
            writer.write_batch(batch)
        lengths: Counter[tuple[str, str]] = Counter()
        for partition, count in zip(filed, counts, strict=True):
            lengths[partition] += count
        start = 0
        for (cc, day), length in lengths.items():
            self._slices.append(RunSlice(table, cc, day, file, start, length))
            start += length


def _row_count(layer: str, measurement: Measurement) -> int:
    if layer == "control":
        return int(measurement.control is not None)
    return len(getattr(measurement, layer))
