"""Load the ledger from its files; what cannot be read is a fault with file, line and field."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from whocut.ledger.document import line_of, read_document_file
from whocut.ledger.record import OWN, CutRecord, Source
from whocut.ledger.vocabulary import ReadLevel, Stance
from whocut.model.errors import DamagedDataError, InputError
from whocut.model.shipped import shipped_path

__all__ = [
    "OWN_KNOWLEDGE",
    "Fault",
    "Ledger",
    "convert",
    "ledger_path",
    "load_ledger",
    "read_ledger",
    "read_record",
    "record_files",
]

_T = TypeVar("_T")
OWN_KNOWLEDGE: Final = Source(
    title="own knowledge, no source seen",
    publisher="whocut",
    read=ReadLevel.OWN,
    stance=Stance.REFERENCE,
    group="own-knowledge",
)
_PATH_OF_FIELD: Final = re.compile(r" - at `\$?\.?([^`]*)`$")
_UNKNOWN_FIELD: Final = re.compile(r"contains unknown field `(.*)`$", re.DOTALL)
_LINE: Final = re.compile(r"^line (\d+): ")
_ANY_KEY: Final = "[...]"
_SHARED: Final = "sources.yaml"


class Fault(Struct, frozen=True, order=True):
    """One thing wrong with one file of the ledger."""

    file: str
    field: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.reason}" + (f" (field {self.field})" if self.field else "")


class Ledger(Struct, frozen=True):
    """All records that could be read, by id, with the sources that records share."""

    records: Mapping[str, CutRecord]
    shared_sources: Mapping[str, Source]
    files: Mapping[str, Path]
    """The file of each record."""

    def source(self, record: CutRecord, key: str) -> Source | None:
        """Give the source behind a key of a record; None where there is none."""
        if key == OWN:
            return OWN_KNOWLEDGE
        return record.sources.get(key) or self.shared_sources.get(key)


def ledger_path() -> Path:
    """Locate the ledger that ships."""
    return shipped_path("ledger")


def record_files(root: Path) -> Iterator[Path]:
    """Walk the files of records, ``<year>/<id>.yaml``, in the order of their names."""
    for year in sorted(path for path in root.iterdir() if path.is_dir()):
        yield from sorted(year.glob("*.yaml"))


def load_ledger(root: Path | None = None) -> Ledger:
    """Load the whole ledger.

    Raises: DamagedDataError with the first fault, if a file cannot be read.
    """
    ledger, faults = read_ledger(root)
    if faults:
        first = faults[0]
        raise DamagedDataError(first.reason, source=first.file, field=first.field or None)
    return ledger


def read_ledger(root: Path | None = None) -> tuple[Ledger, list[Fault]]:
    """Read every file; what cannot be read is left out and told, nothing else is lost."""
    root = root or ledger_path()
    records: dict[str, CutRecord] = {}
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    for path in record_files(root):
        record = read_record(path, faults, root)
        if record is None:
            continue
        if record.id in records:
            other = files[record.id].relative_to(root)
            faults.append(_fault(path, root, "id", f"{record.id} stands in {other} as well"))
            continue
        records[record.id] = record
        files[record.id] = path
    return Ledger(records, _shared_sources(root, faults), files), faults


def read_record(path: Path, faults: list[Fault], root: Path) -> CutRecord | None:
    """Read one record; None, and a fault, where it cannot be read."""
    try:
        return convert(read_document_file(path), CutRecord, str(path))
    except InputError as error:
        faults.append(_fault(path, root, error.field or "", error.reason))
        return None


def convert(document: Any, kind: type[_T], source: str) -> _T:  # noqa: ANN401 - a document
    """Turn a document of text into a struct.

    Raises: InputError that names the field.
    """
    try:
        return msgspec.convert(document, kind, strict=False)
    except msgspec.ValidationError as error:
        reason = str(error)
        found = _PATH_OF_FIELD.search(reason)
        field = _with_key(document, kind, found[1], reason) if found else ""
        reason = _PATH_OF_FIELD.sub("", reason)
        if (named := _UNKNOWN_FIELD.search(reason)) is not None:
            field = f"{field}.{named[1]}" if field else named[1]
        raise InputError(reason, source=source, field=field or None) from error


def _with_key(document: Any, kind: type[_T], field: str, reason: str) -> str:  # noqa: ANN401
    """Name the key that msgspec leaves open, as in ``sources[...].url``."""
    before, is_open, after = field.partition(_ANY_KEY)
    if not is_open or not isinstance(document, dict):
        return field
    for key, value in (document[before] if before else document).items():
        alone = {**document, before: {key: value}} if before else {key: value}
        try:
            msgspec.convert(alone, kind, strict=False)
        except msgspec.ValidationError as error:
            if str(error) == reason:
                return (f"{before}.{key}" if before else key) + after
    return field


def _shared_sources(root: Path, faults: list[Fault]) -> dict[str, Source]:
    path = root / _SHARED
    if not path.exists():
        return {}
    try:
        document = read_document_file(path)
        return convert(document, dict[str, Source], str(path))
    except InputError as error:
        faults.append(_fault(path, root, error.field or "", error.reason))
        return {}


def _fault(path: Path, root: Path, field: str, reason: str) -> Fault:
    line: int | None
    try:
        if (told := _LINE.match(reason)) is not None:
            line, reason = int(told[1]), reason[told.end() :]
        else:
            line = line_of(path.read_text("utf-8"), field) if field else None
    except (OSError, UnicodeDecodeError):
        line = None
    return Fault(str(path.relative_to(root)), field, reason, line)
