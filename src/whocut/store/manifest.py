"""The manifest: which files make up an observatory, and what was read to make them.

A manifest is a JSON file ``manifests/<sequence>.json``. The highest one is in force; renaming it
into place is the one moment at which a commit becomes visible. It holds no clock time, so that
the same input gives the same bytes.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, StoreError
from whocut.store.durable import write_whole

__all__ = [
    "EMPTY",
    "Derivation",
    "FileEntry",
    "Manifest",
    "SourceEntry",
    "load_manifest",
    "manifest_path",
    "save_manifest",
    "sealed",
    "sequences",
]

FORMAT: Final = 1
_DIRECTORY: Final = "manifests"


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


class Manifest(Struct, frozen=True, omit_defaults=True):
    """One state of an observatory."""

    format: int
    sequence: int
    content: str
    """SHA-256 over files and sources: two observatories with the same data have the same one."""
    files: tuple[FileEntry, ...]
    sources: tuple[SourceEntry, ...]
    derived: tuple[Derivation, ...] = ()


def sealed(
    sequence: int,
    files: tuple[FileEntry, ...],
    sources: tuple[SourceEntry, ...],
    derived: tuple[Derivation, ...] = (),
) -> Manifest:
    """Make a manifest of what it lists, in its one order."""
    files = tuple(sorted(files))
    sources = tuple(sorted(sources, key=lambda source: (source.name, source.key)))
    derived = tuple(sorted(derived))
    content = _content_hash(files, sources, derived)
    return Manifest(FORMAT, sequence, content, files, sources, derived)


def _content_hash(
    files: tuple[FileEntry, ...],
    sources: tuple[SourceEntry, ...],
    derived: tuple[Derivation, ...],
) -> str:
    listed = (FORMAT, files, sources, derived) if derived else (FORMAT, files, sources)
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()


EMPTY: Final = sealed(0, (), ())


def sequences(directory: Path) -> list[int]:
    """List the manifests of an observatory, oldest first."""
    found = (directory / _DIRECTORY).glob("*.json")
    return sorted(int(path.stem) for path in found if path.stem.isdigit())


def manifest_path(directory: Path, sequence: int) -> Path:
    """Name the file of one manifest."""
    return directory / _DIRECTORY / f"{sequence:010d}.json"


def load_manifest(path: Path) -> Manifest:
    """Read one manifest and check that it says what was written.

    Raises: DamagedDataError if it does not decode or its content hash differs; StoreError if a
    newer whocut wrote it.
    """
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise DamagedDataError(f"not a manifest: {error}", source=str(path)) from error
    if manifest.format > FORMAT:
        raise StoreError(f"{path}: written by a newer whocut (format {manifest.format})")
    if _content_hash(manifest.files, manifest.sources, manifest.derived) != manifest.content:
        raise DamagedDataError("content hash differs", source=str(path), field="content")
    return manifest


def save_manifest(directory: Path, manifest: Manifest) -> None:
    """Put a manifest in force: the one atomic step of a commit."""
    path = manifest_path(directory, manifest.sequence)
    path.parent.mkdir(exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    write_whole(path, text)
