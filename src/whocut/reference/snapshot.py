"""Everything that verdicts are checked against, loaded once and named by one short id."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from whocut.model.shipped import shipped_path
from whocut.reference.bogons import bogon_table_digest
from whocut.reference.prefixes import PREFIXES_FOLDER, PrefixTables
from whocut.reference.roots import ROOTS_FOLDER, RootStores
from whocut.reference.suffixes import suffix_list_version

if TYPE_CHECKING:
    from whocut.reference.fingerprints import FingerprintSet

__all__ = ["Reference", "load_reference"]

_ID_CHARACTERS = 12


class Reference(Struct, frozen=True):
    """The reference data of one run."""

    fingerprints: "FingerprintSet"
    roots: RootStores
    prefixes: PrefixTables | None
    """``None`` where no table is at hand: the measurement's own annotations serve."""
    snapshot_id: str
    """Twelve hex digits over all of it: equal ids mean equal reference data."""


def load_reference(
    cache_dir: Path | None,
    extra_roots: Sequence[Path] = (),
    prefixes: Path | None = None,
    fingerprints: Sequence[Path] | None = None,
) -> Reference:
    """Load what ships, what the cache holds, and what was asked for beside it.

    ``prefixes`` is one table for every day, or a folder of dated ones; else the cache's are used.
    Raises: InputError if a file that was asked for cannot be read; DamagedDataError if one that
    ships or that the cache holds is broken.
    """
    from whocut.reference.fingerprints import FingerprintSet

    fingerprint_set = FingerprintSet.load(fingerprints, cache_dir=cache_dir)
    roots = RootStores.load(cache_dir / ROOTS_FOLDER if cache_dir else None, extra_roots)
    tables = _load_prefixes(cache_dir, prefixes)
    parts = (
        ("fingerprints", fingerprint_set.digest),
        ("roots", roots.digest),
        ("prefixes", tables.digest if tables else "none"),
        ("suffixes", suffix_list_version()),
        ("bogons", bogon_table_digest()),
        ("domestic_cas", _shipped_digest("domestic_cas.toml")),
        # Which signatures and names count is the library's word too.
        ("cryptography", version("cryptography")),
    )
    digest = hashlib.sha256("\n".join(f"{name} {value}" for name, value in parts).encode())
    return Reference(fingerprint_set, roots, tables, digest.hexdigest()[:_ID_CHARACTERS])


def _load_prefixes(cache_dir: Path | None, asked: Path | None) -> PrefixTables | None:
    if asked is not None:
        return PrefixTables.load(asked)
    folder = cache_dir / PREFIXES_FOLDER if cache_dir else None
    if folder is None or not any(folder.rglob("routeviews-*.pfx2as*")):
        return None
    return PrefixTables.load(folder)


def _shipped_digest(name: str) -> str:
    return hashlib.sha256(shipped_path("reference", name).read_bytes()).hexdigest()
