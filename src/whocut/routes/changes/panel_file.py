"""Keep a panel in a file, so that the next question over the same months needs no reading.

The file's name holds the hash of its inputs as they lie, and of the code that laid them out: other
files or other code make another panel. What cannot be read is made anew.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from whocut.ingest.topology import read_organisations, read_relationships
from whocut.routes.changes.panel import Panel, build_panel
from whocut.routes.relationships import CollectorChange

__all__ = ["load_panel"]

_ARRAYS = (
    *("asns", "unit", "country", "first_asn", "exchange", "alive"),
    *("provider", "customer", "carried", "otherwise"),
)
_LAYOUT = 1
"""Raised when a column changes its meaning."""


class _Facts(msgspec.Struct, frozen=True):
    """All of a panel that is no array."""

    months: tuple[date, ...]
    serial: int
    hashes: tuple[str, ...]
    organisations_hash: str
    observed: tuple[tuple[date, date] | None, ...]
    collectors: tuple[CollectorChange, ...]
    countries: tuple[str, ...]
    unit_names: tuple[str, ...]


def load_panel(
    links: Sequence[Path],
    organisations: Path,
    folder: Path | None,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Panel:
    """Read months and organisations into a panel, or take it from a folder of earlier ones.

    ``advance`` is told how many months are read. Without a folder nothing is kept.
    """
    kept = folder / f"{_key(links, organisations)}.npz" if folder else None
    if kept is not None and (found := _read(kept)) is not None:
        return found
    months = []
    for done, path in enumerate(links, 1):
        months.append(read_relationships(path))
        advance(done)
    panel = build_panel(months, read_organisations(organisations))
    if kept is not None:
        _write(kept, panel)
    return panel


def _key(links: Sequence[Path], organisations: Path) -> str:
    digest = hashlib.sha256(f"{_LAYOUT}".encode())
    for code in ("panel.py", "panel_file.py"):
        digest.update((Path(__file__).parent / code).read_bytes())
    for path in (*sorted(links, key=lambda each: each.name), organisations):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _read(path: Path) -> Panel | None:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as held:
            arrays = {name: held[name] for name in _ARRAYS}
            facts = msgspec.json.decode(held["facts"].tobytes(), type=_Facts)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, msgspec.MsgspecError):
        return None
    return Panel(**{name: getattr(facts, name) for name in _Facts.__struct_fields__}, **arrays)


def _write(path: Path, panel: Panel) -> None:
    facts = _Facts(**{name: getattr(panel, name) for name in _Facts.__struct_fields__})
    text = np.frombuffer(msgspec.json.encode(facts), np.uint8)
    arrays = {name: getattr(panel, name) for name in _ARRAYS}
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            np.savez(out, facts=text, **arrays)
        part.replace(path)
    except OSError:  # a full or closed disk: the next question reads anew
        part.unlink(missing_ok=True)
