"""Keep a built topology beside what it was built from, by digest, so that it loads at once.

A kept topology is found by the bytes of the files that went in, by the way it was asked for, and by
the version of the code; one that cannot be read, or that is not what its name says, is built anew.
"""

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.topology import CODE_VERSION, BrokenLink, Topology, build_topology

__all__ = ["TOPOLOGY_FOLDER", "load_topology", "read_kept_topology", "write_kept_topology"]

TOPOLOGY_FOLDER = "topology"
_FORMAT = 1
_ALIGNED = 64
_HEAD_BYTES = 16


def load_topology(
    months: Sequence[Path],
    *,
    organisations: Path | None = None,
    is_strict: bool = True,
    apart: Collection[int] = (),
    cache_dir: Path | None = None,
) -> Topology:
    """Read and index one month of AS relationships, or what several agree on.

    With ``cache_dir`` the result is kept there, and read from there the next time. Countries are
    known where ``organisations`` names a file of them.
    Raises: InputError for what is no such file.
    """
    if not months:
        raise UsageError("a topology needs at least one month of AS relationships")
    if cache_dir is None:
        return _build(months, organisations, is_strict, apart)
    name = _cache_name(months, organisations, is_strict, apart)
    path = cache_dir / TOPOLOGY_FOLDER / f"{name}.topology"
    kept = read_kept_topology(path, name)
    if kept is not None:
        return kept
    topology = _build(months, organisations, is_strict, apart)
    # A cache that cannot be written (a full or foreign disk) costs time, not the answer.
    with contextlib.suppress(OSError):
        write_kept_topology(path, topology, name)
    return topology


def _build(
    months: Sequence[Path], organisations: Path | None, is_strict: bool, apart: Collection[int]
) -> Topology:
    from whocut.ingest.topology import read_organisations, read_relationships
    from whocut.routes.relationships import consensus

    links = consensus([read_relationships(each) for each in months], is_strict=is_strict)
    registry = None if organisations is None else read_organisations(organisations)
    return build_topology(links, registry, apart=apart)


def _cache_name(
    months: Sequence[Path], organisations: Path | None, is_strict: bool, apart: Collection[int]
) -> str:
    said: list[str] = [f"format {_FORMAT}", f"code {CODE_VERSION}", f"strict {is_strict}"]
    for path in sorted(months, key=lambda each: each.name):
        # The name counts, too: it may tell the month.
        said += [path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
    if organisations is not None:
        said.append(hashlib.sha256(organisations.read_bytes()).hexdigest())
    said += [f"apart {asn}" for asn in sorted(set(apart))]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def write_kept_topology(path: Path, topology: Topology, name: str) -> None:
    """Write a topology: a head that says where each array lies, then the arrays as they are."""
    head: dict[str, Any] = {"name": name, "arrays": {}}
    arrays: list[tuple[int, NDArray[Any]]] = []
    end = 0
    for each in fields(Topology):
        value = getattr(topology, each.name)
        if isinstance(value, np.ndarray):
            place = -(-end // _ALIGNED) * _ALIGNED
            head["arrays"][each.name] = [value.dtype.str, len(value), place]
            arrays.append((place, value))
            end = place + value.nbytes
        else:
            head[each.name] = _plain(value)
    head["bytes"] = end
    said = json.dumps(head).encode()
    start = -(-(_HEAD_BYTES + len(said)) // _ALIGNED) * _ALIGNED
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(b"%015d\n" % len(said))
            file.write(said)
            for place, array in arrays:
                file.seek(start + place)
                file.write(array.data)
            file.truncate(start + end)
            file.close()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def read_kept_topology(path: Path, name: str) -> Topology | None:
    """Read a kept topology; ``None`` if there is none, or what is there is not whole.

    Arrays are views of the file and read-only.
    """
    try:
        content = np.memmap(path, np.uint8, "r")
        size = int(bytes(content[:_HEAD_BYTES]))
        head = json.loads(bytes(content[_HEAD_BYTES : _HEAD_BYTES + size]))
        start = -(-(_HEAD_BYTES + size) // _ALIGNED) * _ALIGNED
        if head.pop("name") != name or len(content) != start + head.pop("bytes"):
            return None
        body = np.asarray(content[start:])
        arrays = {
            key: body[place : place + count * np.dtype(kind).itemsize].view(kind)
            for key, (kind, count, place) in head.pop("arrays").items()
        }
        return Topology(**arrays, **_restored(head))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, BrokenLink):
        return [value.provider, value.customer, list(value.knot)]
    return value.isoformat() if isinstance(value, date) else value


def _restored(head: dict[str, Any]) -> dict[str, Any]:
    return head | {
        "countries": tuple(head["countries"]),
        "clique": tuple(head["clique"]),
        "months": tuple(date.fromisoformat(each) for each in head["months"]),
        "broken": tuple(
            BrokenLink(provider, customer, tuple(knot))
            for provider, customer, knot in head["broken"]
        ),
    }
