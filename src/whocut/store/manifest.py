"""The manifest: which files make up an observatory, and what was read to make them.

A manifest is a JSON file ``manifests/<sequence>.json``. The highest one is in force; renaming it
into place is the one moment at which a commit becomes visible; in an object store, creating it
where none is, which one of two writers can. It names sections,
``manifests/sections/<hash>.json``, each the list of the files of one table and country, and one of
the sources, and one of what the derived tables were made from. A reader loads the sections it
needs, a commit writes those that changed. There is no clock time in them, so that the same input
gives the same bytes.

Format 1 held all lists in the manifest itself; it is read as before.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, StoreError
from whocut.store.durable import create_whole, write_whole
from whocut.store.object_path import AnyPath, ObjectPath

__all__ = [
    "DERIVED",
    "EMPTY",
    "LISTS",
    "MANIFESTS",
    "SOURCES",
    "Derivation",
    "FileEntry",
    "Manifest",
    "Section",
    "SourceEntry",
    "load_manifest",
    "manifest_path",
    "save_manifest",
    "sealed",
    "section_name",
    "section_path",
    "sequences",
]

P = TypeVar("P", bound=AnyPath)
T = TypeVar("T")

FORMAT: Final = 2
MANIFESTS: Final = "manifests"
SOURCES: Final = "source"
DERIVED: Final = "derived"
LISTS: Final = f"{MANIFESTS}/sections"


class FileEntry(Struct, frozen=True, gc=False, order=True):
    """One immutable Parquet file; its name is the head of its SHA-256."""

    table: str
    cc: str
    day: str
    path: str
    rows: int
    bytes: int
    sha256: str


class SourceEntry(Struct, frozen=True):
    """One source that was read, and what became of its records."""

    name: str
    key: str
    """Hash of name, content, ruleset, reference snapshot and what was kept."""
    parsed: int
    refused: dict[str, int]
    """Records by refusal reason, in order of the reason."""
    skipped: dict[str, int]
    """Records by the name of their OONI test."""
    is_complete: bool
    """The source could be read to its end."""
    ruleset: str
    reference_snapshot: str
    quarantine: str | None = None
    """Where the refused records stand, relative to the observatory."""


class Derivation(Struct, frozen=True, gc=False, order=True):
    """What the derived files of one table were made from; it stands for no rows, too."""

    table: str
    cc: str
    """Empty where all countries were made at once."""
    day: str
    made_from: str
    """Hash of the files that were read and of the version of the model."""
    model: str


class Section(Struct, frozen=True, gc=False, order=True):
    """A list that a manifest names: the files of one table and country, or another list whole."""

    table: str
    """A table, ``source`` or ``derived``."""
    cc: str
    entries: int
    rows: int
    """Rows of the files, all told."""
    sha256: str


class _Top(Struct, frozen=True):
    """What a manifest's own file holds."""

    format: int
    sequence: int
    content: str
    sections: tuple[Section, ...]


class _Whole(Struct, frozen=True):
    """A manifest of format 1."""

    format: int
    sequence: int
    content: str
    files: tuple[FileEntry, ...]
    sources: tuple[SourceEntry, ...]


class Manifest:
    """One state of an observatory; its lists are loaded when they are asked for."""

    def __init__(
        self, sequence: int, sections: Sequence[Section], load: Callable[[Section], bytes]
    ) -> None:
        self.sequence = sequence
        self.sections = tuple(sections)
        self.content = _content_hash(self.sections)
        """SHA-256 over all lists: two observatories with the same data have the same one."""
        self._load = load

    def files_of(self, table: str, cc: str | None = None) -> list[FileEntry]:
        """List the files of one table, of one country or of all, in order."""
        return [
            entry
            for section in self.sections
            if section.table == table and (cc is None or section.cc == cc)
            for entry in self._entries(section, FileEntry)
        ]

    def rows_of(self, table: str, cc: str | None = None) -> int:
        """Count the rows of one table, without loading a list."""
        return sum(
            section.rows
            for section in self.sections
            if section.table == table and (cc is None or section.cc == cc)
        )

    @cached_property
    def files(self) -> tuple[FileEntry, ...]:
        """All files, by table, country and day."""
        return tuple(
            entry
            for section in self.sections
            if section.table not in (SOURCES, DERIVED)
            for entry in self._entries(section, FileEntry)
        )

    @cached_property
    def sources(self) -> tuple[SourceEntry, ...]:
        """All sources, by name."""
        return self._whole_list(SOURCES, SourceEntry)

    @cached_property
    def derived(self) -> tuple[Derivation, ...]:
        """What every part of the derived tables was made from."""
        return self._whole_list(DERIVED, Derivation)

    def section_bytes(self, section: Section) -> bytes:
        """Give a list as it is written."""
        return self._load(section)

    def _whole_list(self, name: str, kind: type[T]) -> tuple[T, ...]:
        found = [section for section in self.sections if section.table == name]
        return self._entries(found[0], kind) if found else ()

    def _entries(self, section: Section, kind: type[T]) -> tuple[T, ...]:
        decoded: tuple[T, ...] = msgspec.json.decode(
            self._load(section),
            type=tuple[kind, ...],  # type: ignore[valid-type]
        )
        return decoded


def sealed(
    sequence: int,
    files: Iterable[FileEntry],
    sources: Iterable[SourceEntry],
    derived: Iterable[Derivation] = (),
) -> Manifest:
    """Make a manifest of what it lists, in its one order."""
    lists: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for entry in sorted(files):
        lists[entry.table, entry.cc].append(entry)
    lists[SOURCES, ""] = sorted(sources, key=lambda source: (source.name, source.key))
    lists[DERIVED, ""] = sorted(derived)
    written: dict[Section, bytes] = {}
    for (table, cc), entries in lists.items():
        if entries:
            text = msgspec.json.format(msgspec.json.encode(entries), indent=1)
            rows = sum(getattr(entry, "rows", 0) for entry in entries)
            digest = hashlib.sha256(text).hexdigest()
            written[Section(table, cc, len(entries), rows, digest)] = text
    return Manifest(sequence, sorted(written), written.__getitem__)


def _content_hash(sections: tuple[Section, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode((FORMAT, sections))).hexdigest()


EMPTY: Final = sealed(0, (), ())


def sequences(directory: AnyPath) -> list[int]:
    """List the manifests of an observatory, oldest first."""
    found = (directory / MANIFESTS).glob("*.json")
    return sorted(int(path.stem) for path in found if path.stem.isdigit())


def manifest_path(directory: P, sequence: int) -> P:
    """Name the file of one manifest."""
    return cast("P", directory / MANIFESTS / f"{sequence:010d}.json")


def section_path(directory: P, section: Section) -> P:
    """Name the file of one section; the same list is the same file in every manifest."""
    return cast("P", directory / section_name(section))


def section_name(section: Section) -> str:
    """Name the file of one section, relative to the observatory."""
    return f"{LISTS}/{section.sha256[:32]}.json"


def load_manifest(path: AnyPath) -> Manifest:
    """Read one manifest and check that it says what was written; its sections, as they are read.

    Raises: DamagedDataError if it does not decode or its content hash differs; StoreError if a
    newer whocut wrote it.
    """
    content = path.read_bytes()
    try:
        kind = msgspec.json.decode(content, type=_Format).format
        if kind > FORMAT:
            raise StoreError(f"{path}: written by a newer whocut (format {kind})")
        if kind < FORMAT:
            return _upgraded(msgspec.json.decode(content, type=_Whole), path)
        top = msgspec.json.decode(content, type=_Top)
    except msgspec.DecodeError as error:
        raise DamagedDataError(f"not a manifest: {error}", source=str(path)) from error
    directory = path.parent.parent
    manifest = Manifest(
        top.sequence, top.sections, lambda section: _read_section(directory, section)
    )
    if manifest.content != top.content:
        raise DamagedDataError("content hash differs", source=str(path), field="content")
    return manifest


class _Format(Struct, frozen=True):
    format: int


def _upgraded(old: _Whole, path: AnyPath) -> Manifest:
    listed = msgspec.json.encode((old.format, old.files, old.sources))
    if hashlib.sha256(listed).hexdigest() != old.content:
        raise DamagedDataError("content hash differs", source=str(path), field="content")
    return sealed(old.sequence, old.files, old.sources)


def _read_section(directory: AnyPath, section: Section) -> bytes:
    path = section_path(directory, section)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedDataError("a section of the manifest is gone", source=str(path)) from error
    if hashlib.sha256(content).hexdigest() != section.sha256:
        raise DamagedDataError("content hash differs", source=str(path), field="sha256")
    return content


def save_manifest(directory: AnyPath, manifest: Manifest, before: Manifest = EMPTY) -> None:
    """Put a manifest in force, in the place of the one before: the one atomic step of a commit.

    Raises: StoreError if another writer was first, in an object store.
    """
    path = manifest_path(directory, manifest.sequence)
    (directory / LISTS).mkdir(parents=True, exist_ok=True)
    in_force = set(before.sections)
    for section in manifest.sections:
        target = section_path(directory, section)
        # What is named by the state in force stays; a list of an older state may be collected.
        is_kept = section in in_force if isinstance(target, ObjectPath) else target.exists()
        if not is_kept:
            write_whole(target, manifest.section_bytes(section))
    top = _Top(FORMAT, manifest.sequence, manifest.content, manifest.sections)
    try:
        create_whole(path, msgspec.json.format(msgspec.json.encode(top), indent=1))
    except FileExistsError:
        raise StoreError(
            f"{directory}: another whocut put state {manifest.sequence} in force meanwhile; its "
            "work stands and ours is not lost: run the same command again, and it is added"
        ) from None
