"""Options that say which reference data to ask, shared by commands that judge."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from msgspec import Struct, structs

if TYPE_CHECKING:
    from whocut.reference.snapshot import Reference

__all__ = [
    "CacheOption",
    "ExtraRootOption",
    "FingerprintsOption",
    "PrefixesOption",
    "ReferenceRequest",
    "RootsOption",
    "cache_directory",
    "load_asked_reference",
    "load_requested",
    "request_reference",
]

CacheOption = Annotated[
    Path | None,
    Parameter(name="--cache", help="Where to keep it; else $WHOCUT_CACHE, else ~/.cache/whocut."),
]
RootsOption = Annotated[
    Path | None,
    Parameter(
        name="--roots",
        help="Cache directory with dated root stores (whocut fetch roots); else $WHOCUT_CACHE, "
        "else ~/.cache/whocut.",
    ),
]
ExtraRootOption = Annotated[
    list[Path] | None,
    Parameter(
        name="--extra-root", negative="", help="PEM file of a further root; may be repeated."
    ),
]
PrefixesOption = Annotated[
    Path | None,
    Parameter(
        name="--prefixes", help="Prefix-to-AS table (whocut fetch pfx2as); else the annotations."
    ),
]
FingerprintsOption = Annotated[
    list[Path] | None,
    Parameter(
        name="--fingerprints",
        negative="",
        help="Fingerprint list to import beside the shipped one; may be repeated.",
    ),
]


def cache_directory() -> Path:
    """Find the cache: $WHOCUT_CACHE, else ~/.cache/whocut."""
    named = os.environ.get("WHOCUT_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "whocut"


class ReferenceRequest(Struct, frozen=True):
    """Which reference data to load, in a form that another process can follow."""

    roots: str | None
    """``None`` means the cache of the process that loads: on other machines, theirs."""
    extra_roots: tuple[str, ...]
    prefixes: str | None
    fingerprints: tuple[str, ...] | None


def request_reference(
    *,
    roots: Path | None,
    extra_roots: Sequence[Path] | None,
    prefixes: Path | None,
    fingerprints: Sequence[Path] | None,
) -> ReferenceRequest:
    """Write down what was asked for, with whole paths."""
    return ReferenceRequest(
        roots=_whole(roots) if roots else None,
        extra_roots=tuple(_whole(path) for path in extra_roots or ()),
        prefixes=_whole(prefixes) if prefixes else None,
        fingerprints=tuple(_whole(path) for path in fingerprints) if fingerprints else None,
    )


def _whole(path: Path) -> str:
    return os.fspath(path.absolute())


def load_requested(request: ReferenceRequest) -> "Reference":
    """Load reference data once a process; workers forked after it share it.

    Raises: InputError if a file is missing or broken.
    """
    return _load(structs.replace(request, roots=request.roots or _whole(cache_directory())))


@lru_cache(maxsize=1)
def _load(request: ReferenceRequest) -> "Reference":
    fingerprints = request.fingerprints
    return load_asked_reference(
        roots=Path(request.roots) if request.roots else None,
        extra_roots=[Path(path) for path in request.extra_roots],
        prefixes=Path(request.prefixes) if request.prefixes else None,
        fingerprints=[Path(path) for path in fingerprints] if fingerprints else None,
    )


def load_asked_reference(
    *,
    roots: Path | None,
    extra_roots: Sequence[Path] | None,
    prefixes: Path | None,
    fingerprints: Sequence[Path] | None,
) -> "Reference":
    """Load the reference data that was asked for.

    Raises: InputError if a file is missing or broken.
    """
    from whocut.reference.snapshot import load_reference

    return load_reference(
        roots or cache_directory(),
        extra_roots=tuple(extra_roots or ()),
        prefixes=prefixes,
        fingerprints=tuple(fingerprints) if fingerprints else None,
    )
