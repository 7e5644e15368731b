"""Keep what was read of a map of the Internet, so that the next question needs no reading.

Each file's name holds the digest of its inputs as they lie and of the way it was made: other files
or other code make another. What cannot be read is made anew, and where nothing can be kept, nothing
is.
"""

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from whocut.ingest.topology import (
    Organisations,
    OrganisationTally,
    Weights,
    address_weights,
    read_country_origins,
    read_organisations,
    read_prefix_origins,
    read_relationships,
    read_weights,
)
from whocut.routes.cycles import BrokenLink
from whocut.routes.relationships import consensus
from whocut.routes.topology import CODE_VERSION, Topology, build_topology

__all__ = ["file_digest", "load_organisations", "load_topology", "load_weights"]

_LAYOUT: Final = 1
"""Raised when a column changes its meaning."""
_PREFIX_NAMES: Final = (".pfx2as", "ipasn_", "ipasn6_")
_Kept = Topology | Organisations | Weights
_ORIGINS_BEGIN: Final = b"OriginASN"


class _TopologyFacts(msgspec.Struct, frozen=True):
    n_leaf: int
    n_stub: int
    countries: tuple[str, ...]
    depth: int
    broken: tuple[BrokenLink, ...]
    months: tuple[date, ...]
    source: str
    clique: tuple[int, ...]
    key: str


class _OrganisationFacts(msgspec.Struct, frozen=True):
    as_name: tuple[str, ...]
    org_id: tuple[str, ...]
    org_name: tuple[str, ...]
    org_country: tuple[str, ...]
    sha256: str
    source: str
    day: date | None
    tally: OrganisationTally


class _WeightFacts(msgspec.Struct, frozen=True):
    unit: str
    sha256: str
    source: str


def file_digest(paths: Sequence[Path], *said: str) -> str:
    """Digest files as they lie, with their names, and what else decides what is made of them."""
    digest = hashlib.sha256("\n".join((f"{_LAYOUT} {CODE_VERSION}", *said)).encode())
    for path in paths:
        digest.update(f"\n{path.name} ".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def load_topology(
    links: Sequence[Path], organisations: Path, folder: Path | None, *, is_strict: bool = True
) -> Topology:
    """Index the consensus of months for the kernels, or take it from a folder of earlier ones."""
    ordered = sorted(links, key=lambda each: each.name)
    kept = _place(folder, "topology", file_digest([*ordered, organisations], str(is_strict)))
    if (held := _read(kept, _TopologyFacts)) is not None:
        return Topology(**held)
    months = [read_relationships(path) for path in ordered]
    registry = load_organisations(organisations, folder)
    topology = build_topology(consensus(months, is_strict=is_strict), registry)
    _write(kept, topology, _TopologyFacts)
    return topology


def load_organisations(path: Path, folder: Path | None) -> Organisations:
    """Read who holds which AS number, or take it from a folder of earlier ones."""
    kept = _place(folder, "organisations", file_digest([path]))
    if (held := _read(kept, _OrganisationFacts)) is not None:
        return Organisations(**held)
    organisations = read_organisations(path)
    _write(kept, organisations, _OrganisationFacts)
    return organisations


def load_weights(path: Path, folder: Path | None) -> Weights:
    """Read what ASes weigh: a prefix-to-AS table, origins of a CTI run, or lines of asn,weight."""
    kept = _place(folder, "weights", file_digest([path]))
    if (held := _read(kept, _WeightFacts)) is not None:
        return Weights(**held)
    if any(name in path.name for name in _PREFIX_NAMES):
        weights: Weights = address_weights(read_prefix_origins(path))
    elif path.suffix == ".csv" and path.read_bytes().startswith(_ORIGINS_BEGIN):
        weights = read_country_origins(path).weights()
    else:
        weights = read_weights(path)
    _write(kept, weights, _WeightFacts)
    return weights


def _place(folder: Path | None, kind: str, digest: str) -> Path | None:
    return folder / f"{kind}-{digest[:32]}.npz" if folder else None


def _read(path: Path | None, facts: type[msgspec.Struct]) -> dict[str, Any] | None:
    """Read the fields of a thing that was kept; nothing where there is none, or a damaged one."""
    if path is None:
        return None
    try:
        # Opened here: of a damaged file the reader would forget to close what it opened.
        with path.open("rb") as source, np.load(source, allow_pickle=False) as held:
            arrays: Mapping[str, Any] = {name: held[name] for name in held.files}
            plain = msgspec.msgpack.decode(arrays["facts"].tobytes(), type=facts)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, msgspec.MsgspecError):
        return None
    for array in arrays.values():
        array.flags.writeable = False
    found = {name: array for name, array in arrays.items() if name != "facts"}
    return found | {name: getattr(plain, name) for name in facts.__struct_fields__}


def _write(path: Path | None, thing: _Kept, facts: type[msgspec.Struct]) -> None:
    if path is None:
        return
    plain = facts(**{name: getattr(thing, name) for name in facts.__struct_fields__})
    text = np.frombuffer(msgspec.msgpack.encode(plain), np.uint8)
    names = [each.name for each in fields(thing) if each.name not in facts.__struct_fields__]
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            np.savez(out, facts=text, **{name: getattr(thing, name) for name in names})
        part.replace(path)
    except OSError:  # a full or closed disk: the next question reads anew
        with suppress(OSError):
            part.unlink()
