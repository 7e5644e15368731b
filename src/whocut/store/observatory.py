"""One directory is one observatory.

- ``manifests/0000000007.json``: what is in force, and a few states before it
- ``manifests/sections/<hash>.json``: the lists that these name
- ``verdict/cc=RU/day=2024-01-01/<hash>.parquet``: immutable files, by table, country and day
- ``quarantine/<source key>.jsonl``: records that could not be read
- ``staging/<source key>/``: what an ingest has judged and not committed yet
- ``lock``: held by the one writer
"""

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from whocut.model.errors import StoreError, UsageError
from whocut.model.schema import TABLES
from whocut.store.derived import DERIVED_TABLES, still_derived
from whocut.store.durable import move_whole, remove_tree
from whocut.store.lock import remove_unpinned, shared_lock, writer_lock
from whocut.store.manifest import (
    DERIVED,
    EMPTY,
    LISTS,
    MANIFESTS,
    SOURCES,
    Derivation,
    FileEntry,
    Manifest,
    SourceEntry,
    load_manifest,
    manifest_path,
    save_manifest,
    sealed,
    section_name,
    sequences,
)
from whocut.store.object_path import AnyPath, ObjectPath, path_of
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    from whocut.store.staging import StagedSource

__all__ = ["QUARANTINE_FILE", "YOUNG", "CommitResult", "Observatory", "Writer"]

BESIDE: Final = ("editions", "desk", "desk.pub", "desk-counts.json")
"""What the pages keep beside the measurements; it may be there before any of those."""
KEEP_MANIFESTS: Final = 3
"""States kept for readers that come late, besides those that are pinned."""
QUARANTINE_FILE: Final = "quarantine.jsonl"
YOUNG: Final = timedelta(days=7)
"""Nobody removes what is younger from an object store, where readers and writers cannot be seen.
provisional"""


class CommitResult(Struct, frozen=True):
    """What a commit changed."""

    sequence: int
    is_changed: bool
    verdicts_before: int
    verdicts_after: int


class Observatory:
    """A directory of Parquet files with a manifest."""

    def __init__(self, directory: AnyPath) -> None:
        self.directory = directory

    def exists(self) -> bool:
        """Say whether anything was ever committed here."""
        return bool(sequences(self.directory))

    def snapshot(self, sequence: int | None = None) -> Snapshot:
        """Pin a state for reading: the one in force, or an older one by its number.

        Raises: UsageError if there is none; DamagedDataError if its manifest is damaged.
        """
        while True:
            known = sequences(self.directory)
            if not known:
                raise UsageError(
                    f"{self.directory}: no observatory here yet; whocut ingest FILES makes one"
                )
            if sequence is not None and sequence not in known:
                raise UsageError(f"{self.directory}: no state {sequence}; there are {known}")
            path = manifest_path(self.directory, known[-1] if sequence is None else sequence)
            if isinstance(path, ObjectPath):  # which cannot be pinned; see Writer.collect
                with contextlib.suppress(FileNotFoundError):
                    return Snapshot(self.directory, load_manifest(path), None)
                continue
            pin = shared_lock(path)
            # Gone between the listing and the pin: a newer one is in force by now.
            if pin is not None:
                return Snapshot(self.directory, load_manifest(path), pin)

    @contextlib.contextmanager
    def writer(self) -> Iterator["Writer"]:
        """Hold the observatory for writing, making it where there is none.

        Raises: StoreError if it is in use, or if the directory holds something else.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        strangers = {path.name for path in self.directory.iterdir()} - _own_names()
        if strangers and not self.exists():
            raise StoreError(
                f"{self.directory}: not an observatory and not empty (holds {min(strangers)})"
            )
        with writer_lock(self.directory / "lock"):
            yield Writer(self.directory)


def _own_names() -> set[str]:
    return {"manifests", "quarantine", "staging", "lock", *BESIDE, *TABLES}


class Writer:
    """The one process that may change an observatory."""

    def __init__(self, directory: AnyPath) -> None:
        self.directory = directory
        known = sequences(directory)
        self.manifest: Manifest = (
            load_manifest(manifest_path(directory, known[-1])) if known else EMPTY
        )

    def staging_directory(self, key: str) -> AnyPath:
        """Name the folder in which one source is staged."""
        return self.directory / "staging" / key

    def committed(self, key: str) -> SourceEntry | None:
        """Find a source that is committed already."""
        return next((s for s in self.manifest.sources if s.key == key), None)

    def staged(self, key: str) -> "StagedSource | None":
        """Find a source that an interrupted run has finished and not committed."""
        from whocut.store.staging import load_staged

        return load_staged(self.staging_directory(key))

    def commit(self, sources: "Sequence[StagedSource]") -> CommitResult:
        """Merge finished sources and put the result in force, all at once.

        Writing what is there already changes nothing, not even the manifest. The sources of one
        commit were judged under one ruleset and one reference snapshot.
        """
        from whocut.store.staging import discard_staged

        entries = self._merge(sources)
        known = {_source_id(source): source for source in self.manifest.sources}
        for staged in sources:
            known[_source_id(staged.entry)] = self._keep_quarantine(staged)
        before = self.manifest
        derived = still_derived(before, entries)
        after = sealed(before.sequence + 1, tuple(entries), tuple(known.values()), derived)
        is_changed = after.content != before.content
        if is_changed:
            save_manifest(self.directory, after, before)
            self.manifest = after
        for staged in sources:
            discard_staged(staged)
        return CommitResult(
            self.manifest.sequence, is_changed, _verdicts(before), _verdicts(self.manifest)
        )

    def swap_derived(
        self, files: Sequence[FileEntry], derived: Sequence[Derivation]
    ) -> CommitResult:
        """Put the derived files in the place of all that were there, in one step."""
        before = self.manifest
        kept = [entry for entry in before.files if entry.table not in DERIVED_TABLES]
        after = sealed(before.sequence + 1, (*kept, *files), before.sources, tuple(derived))
        is_changed = after.content != before.content
        if is_changed:
            save_manifest(self.directory, after, before)
            self.manifest = after
        return CommitResult(
            self.manifest.sequence, is_changed, _verdicts(before), _verdicts(self.manifest)
        )

    def collect(self, keep: int = KEEP_MANIFESTS) -> int:
        """Remove states beyond the last few that nobody pins, and files no state names.

        An object store has no pins: there what is younger than a week is kept, and a state that was
        in force within a week: so long have readers, and other writers until their commit.
        Returns the number of data files removed.
        """
        if isinstance(self.directory, ObjectPath):
            return self._collect_objects(self.directory, keep)
        known = sequences(self.directory)
        kept = known[-keep:]
        for sequence in known[:-keep]:
            if not remove_unpinned(manifest_path(self.directory, sequence)):
                kept.append(sequence)
        named = self._named(kept)
        removed = 0
        for path in (self.directory / MANIFESTS).rglob(".*"):
            path.unlink()  # a writer was killed here
        for folder in (LISTS, "quarantine", *TABLES):
            for path in (self.directory / folder).rglob("*.*"):
                if path.is_file() and str(path.relative_to(self.directory)) not in named:
                    path.unlink()
                    removed += folder != LISTS
        return removed

    def _collect_objects(self, directory: ObjectPath, keep: int) -> int:
        moment = datetime.now(UTC) - YOUNG
        manifests = directory / MANIFESTS
        old = {path for path in manifests.written_before(moment) if path.parent == manifests}
        known = sequences(directory)
        # A state was in force until its successor was written.
        kept = [
            sequence
            for sequence, successor in zip(known, [*known[1:], 0], strict=True)
            if sequence in known[-keep:] or manifest_path(directory, successor) not in old
        ]
        for sequence in set(known) - set(kept):
            manifest_path(directory, sequence).unlink()
        named = self._named(kept)
        removed = 0
        for folder in (LISTS, "quarantine", *TABLES):
            for path in (directory / folder).written_before(moment):
                if str(path.relative_to(directory)) not in named:
                    path.unlink()
                    removed += folder != LISTS
        return removed

    def _named(self, kept: Sequence[int]) -> set[str]:
        """List the files that some of the kept states name."""
        named: set[str] = set()
        for sequence in kept:
            manifest = load_manifest(manifest_path(self.directory, sequence))
            for section in manifest.sections:
                path = section_name(section)
                if path in named:
                    continue  # what it lists is named already
                named.add(path)
                if section.table == SOURCES:
                    quarantines = [source.quarantine for source in manifest.sources]
                    named.update(path for path in quarantines if path)
                elif section.table != DERIVED:
                    files = manifest.files_of(section.table, section.cc)
                    named.update(entry.path for entry in files)
        return named

    def _merge(self, sources: "Sequence[StagedSource]") -> list[FileEntry]:
        # Here, since questions never merge: it takes 65 ms to load.
        from whocut.store.merge import Partition, PartitionMerger, StagedPiece

        staged: dict[tuple[str, str], dict[str, list[StagedPiece]]] = defaultdict(dict)
        for source in sorted(sources, key=lambda staged: staged.entry.name):
            for piece in source.slices:
                pieces = staged[piece.cc, piece.day].setdefault(piece.table, [])
                path = str(path_of(source.directory) / piece.file)
                pieces.append(StagedPiece(path, piece.start, piece.length))
        kept: dict[tuple[str, str], dict[str, list[FileEntry]]] = defaultdict(dict)
        entries: list[FileEntry] = []
        for entry in self.manifest.files:
            # The first day of a quarter names a derived file, too.
            if (entry.cc, entry.day) in staged and entry.table not in DERIVED_TABLES:
                kept[entry.cc, entry.day].setdefault(entry.table, []).append(entry)
            else:
                entries.append(entry)
        if not staged:
            return entries
        ((ruleset, reference),) = {(s.entry.ruleset, s.entry.reference_snapshot) for s in sources}
        with self._scratch() as scratch:
            merger = PartitionMerger(
                self.directory, scratch, ruleset=ruleset, reference_snapshot=reference
            )
            for (cc, day), pieces_of in sorted(staged.items()):
                entries.extend(merger.merge(Partition(cc, day, kept[cc, day], pieces_of)))
            merger.close()
        return entries

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Make a folder on a disk: the observatory's own, so that files can be renamed into it."""
        scratch = self.staging_directory(".commit")
        if isinstance(scratch, ObjectPath):
            with tempfile.TemporaryDirectory(prefix="whocut-") as name:
                yield Path(name)
            return
        remove_tree(scratch)
        scratch.mkdir(parents=True)
        yield scratch
        remove_tree(scratch)

    def _keep_quarantine(self, staged: "StagedSource") -> SourceEntry:
        if staged.entry.quarantine is not None:
            target = self.directory / staged.entry.quarantine
            target.parent.mkdir(exist_ok=True)
            written = path_of(staged.directory) / QUARANTINE_FILE
            if written.exists():
                move_whole(written, target)
            elif not target.exists():
                raise StoreError(f"{written}: the quarantine of {staged.entry.name} is gone")
        return staged.entry


def _source_id(source: SourceEntry) -> str:
    """A source read again replaces itself; each standard input is a source of its own."""
    return source.key if source.name == "-" else source.name


def _verdicts(manifest: Manifest) -> int:
    return manifest.rows_of("verdict")
