"""What an edition is made from, and the key that stands for all of it."""

import hashlib
from pathlib import Path
from typing import Final

from msgspec import Struct

import whocut
from whocut.ledger.load import ledger_path
from whocut.model.shipped import shipped_path
from whocut.publish.desk.desk import COUNTS_NAME
from whocut.store.object_path import AnyPath
from whocut.store.observatory import Observatory
from whocut.store.snapshot import Snapshot

__all__ = ["Inputs", "find_inputs", "pinned"]

_FORMAT: Final = 1
"""Raised when the same code would write another file."""
_CODE: Final = ("access", "attribution", "ledger", "model", "publish/edition", "routes", "store")
"""Rooms whose code decides what an edition says."""
_SKIPPED: Final = frozenset({"__pycache__"})


class Inputs(Struct, frozen=True):
    """What an edition is made from."""

    observatory: AnyPath
    sequence: int
    """Of the snapshot; 0: nothing was measured."""
    content: str
    ledger: Path
    rest: str
    """Hash of the ledger, of all other data that ships, and of the code."""
    counts: Path | None = None
    """What the keepers have published of reports; None where nothing is."""
    reports: str = ""
    """Hash of that."""

    @property
    def key(self) -> str:
        """The key of the edition: the same inputs have the same one."""
        said = f"{_FORMAT}\n{self.sequence}\n{self.content}\n{self.rest}\n{self.reports}\n"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def find_inputs(snapshot: Snapshot | None, observatory: AnyPath, ledger: Path | None) -> Inputs:
    """Find what an edition would be made from now."""
    root = ledger or ledger_path()
    digest = hashlib.sha256()
    for name, directory in (("data", shipped_path()), ("ledger", root), *_code()):
        for path in _files(directory):
            digest.update(f"{name}/{path.relative_to(directory)}\n".encode())
            digest.update(_hash_of(path))
    manifest = snapshot.manifest if snapshot is not None else None
    counts = observatory / COUNTS_NAME if isinstance(observatory, Path) else None
    is_published = counts is not None and counts.is_file()
    return Inputs(
        observatory=observatory,
        sequence=manifest.sequence if manifest else 0,
        content=manifest.content if manifest else "",
        ledger=root,
        rest=digest.hexdigest(),
        counts=counts if is_published else None,
        reports=_hash_of(counts).hex() if counts is not None and is_published else "",
    )


def pinned(observatory: AnyPath) -> Snapshot | None:
    """Pin the state of an observatory; None where nothing was measured yet."""
    found = Observatory(observatory)
    return found.snapshot() if found.exists() else None


_hashes: Final[dict[Path, tuple[int, int, bytes]]] = {}
"""Of files that were read before, by their size and time: a server looks every few seconds."""


def _hash_of(path: Path) -> bytes:
    told = path.stat()
    known = _hashes.get(path)
    if known is not None and known[:2] == (told.st_mtime_ns, told.st_size):
        return known[2]
    found = hashlib.sha256(path.read_bytes()).digest()
    _hashes[path] = told.st_mtime_ns, told.st_size, found
    return found


def _code() -> list[tuple[str, Path]]:
    package = Path(whocut.__file__).parent
    return [(room, package / room) for room in _CODE]


def _files(directory: Path) -> list[Path]:
    return sorted(
        path
        for path in directory.rglob("*")
        if path.is_file() and _SKIPPED.isdisjoint(path.parts) and not path.name.startswith(".")
    )
