"""Releases: a chain of manifests, so that no record of the ledger is rewritten or dropped unseen.

A release is ``releases/<number>.json`` beside the records: the hash of every record (SHA-256 of its
canonical JSON, RFC 8785, absent fields left out), the hash of every file that records lean on
(shared sources, actors, instruments; SHA-256 of its bytes), the seal of the release before it, and
its own seal: the SHA-256 of the canonical JSON of all the rest. Whoever alters one manifest breaks
its seal, or the link of the next. Whoever writes the whole chain anew can only be found out by a
seal that was kept elsewhere: ``head`` of ``verify_ledger``.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import rfc8785
from msgspec import Meta, Struct

from whocut.ledger.load import Fault, Ledger, ledger_path, read_ledger
from whocut.ledger.record import CutRecord
from whocut.model.errors import InputError, UsageError
from whocut.store.durable import create_whole

__all__ = [
    "FORMAT",
    "RELEASES",
    "Chain",
    "Difference",
    "FileHash",
    "Manifest",
    "RecordHash",
    "State",
    "Verification",
    "canonical_json",
    "compare",
    "manifest_text",
    "next_manifest",
    "read_chain",
    "record_hash",
    "release_ledger",
    "seal_of",
    "state_of",
    "verify_ledger",
]

FORMAT: Final = 1
RELEASES: Final = "releases"
_SIBLINGS: Final = ("actors", "instruments", "law")
"""Folders beside the ledger whose files a record's meaning leans on."""
_DATA: Final = frozenset({".yaml", ".toml", ".csv", ".jsonl"})
_NAME: Final = re.compile(r"[1-9][0-9]{0,5}\.json")
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class RecordHash(Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """One record as it was released."""

    id: str
    sha256: Sha256


class FileHash(Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """One file that records lean on, by its path from the folder above the ledger."""

    path: str
    sha256: Sha256


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One release."""

    format: int
    number: Annotated[int, Meta(ge=1)]
    date: date
    previous: Sha256 | None
    """The seal of the release before it; None for the first."""
    records: tuple[RecordHash, ...]
    files: tuple[FileHash, ...]
    sha256: Sha256
    """The seal: the hash of all the other fields."""


class State(Struct, frozen=True):
    """The hashes of the files as they are."""

    records: Mapping[str, str]
    files: Mapping[str, str]


class Difference(Struct, frozen=True):
    """What is not as it was released."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    files_added: tuple[str, ...] = ()
    files_changed: tuple[str, ...] = ()
    files_removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(msgspec.structs.astuple(self))


class Chain(Struct, frozen=True):
    """The releases in order, and what is wrong with them."""

    manifests: tuple[Manifest, ...]
    faults: tuple[Fault, ...]


class Verification(Struct, frozen=True):
    """What the releases prove of the files as they are."""

    manifests: tuple[Manifest, ...]
    since: Difference
    """What differs from the newest release."""
    faults: tuple[Fault, ...]
    n_records: int

    @property
    def newest(self) -> Manifest | None:
        """The release that the files are held against."""
        return self.manifests[-1] if self.manifests else None

    @property
    def is_intact(self) -> bool:
        """Whether nothing was rewritten unseen; later revisions and additions are no fault."""
        return not self.faults


def canonical_json(value: object) -> bytes:
    """Write a value as canonical JSON (RFC 8785); absent fields are left out."""
    return rfc8785.dumps(msgspec.to_builtins(value))


def record_hash(record: CutRecord) -> str:
    """Hash a record by what it says: comments, order and spelling of the YAML do not count."""
    return hashlib.sha256(canonical_json(record)).hexdigest()


def seal_of(manifest: Manifest) -> str:
    """Compute the seal that a manifest must carry."""
    plain: dict[str, Any] = msgspec.to_builtins(manifest)
    del plain["sha256"]
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


def manifest_text(manifest: Manifest) -> bytes:
    """Write a manifest the one way in which it is written: a line for each value."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def state_of(ledger: Ledger, root: Path) -> State:
    """Hash the records and the files they lean on."""
    records = {id_: record_hash(record) for id_, record in sorted(ledger.records.items())}
    files = {
        path.relative_to(root.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _files(root)
    }
    return State(records, files)


def _files(root: Path) -> list[Path]:
    found = [path for path in root.iterdir() if path.is_file()]
    for name in _SIBLINGS:
        found += (root.parent / name).rglob("*")
    return sorted(
        path
        for path in found
        if path.suffix in _DATA and path.is_file() and not path.name.startswith(".")
    )


def compare(manifest: Manifest, state: State) -> Difference:
    """List what was added, changed and removed since a release."""
    added, changed, removed = _differences(_hashes(manifest), state.records)
    files = {one.path: one.sha256 for one in manifest.files}
    files_added, files_changed, files_removed = _differences(files, state.files)
    return Difference(added, changed, removed, files_added, files_changed, files_removed)


def _hashes(manifest: Manifest) -> dict[str, str]:
    return {one.id: one.sha256 for one in manifest.records}


def _differences(
    old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(key for key in old.keys() & new.keys() if old[key] != new[key])),
        tuple(sorted(old.keys() - new.keys())),
    )


def read_chain(root: Path) -> Chain:
    """Read every release and prove each: well formed, sealed, tied to the one before."""
    folder = root / RELEASES
    names = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    # What begins with a dot is a file that a killed writer left behind.
    stray = [name for name in names if not _NAME.fullmatch(name) and not name.startswith(".")]
    faults = [_fault(name, "", "no release: releases are <number>.json") for name in stray]
    manifests: list[Manifest] = []
    numbers = sorted(int(name[:-5]) for name in names if _NAME.fullmatch(name))
    for number in range(1, max(numbers, default=0) + 1):
        if number not in numbers:
            faults.append(_fault(f"{number}.json", "", "missing, and later releases stand"))
            continue
        manifest, found = _read_manifest(folder / f"{number}.json", number)
        faults += found
        if manifest is not None:
            manifests.append(manifest)
    for old, new in pairwise(manifests):
        faults += _link_faults(old, new)
    if manifests and manifests[0].number == 1 and manifests[0].previous is not None:
        faults.append(_fault("1.json", "previous", "the first release names one before it"))
    return Chain(tuple(manifests), tuple(faults))


def _read_manifest(path: Path, number: int) -> tuple[Manifest | None, list[Fault]]:
    content = path.read_bytes()
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, ValueError) as error:  # ValueError: bytes that are not UTF-8
        return None, [_fault(path.name, "", f"altered or damaged: {error}")]
    faults = []
    if manifest.format != FORMAT:
        faults.append(_fault(path.name, "format", f"{manifest.format}; this whocut reads {FORMAT}"))
    if manifest.number != number:
        faults.append(_fault(path.name, "number", f"{manifest.number} in the file of {number}"))
    if seal_of(manifest) != manifest.sha256:
        reason = f"altered: it hashes to {seal_of(manifest)}, its seal is {manifest.sha256}"
        faults.append(_fault(path.name, "sha256", reason))
    elif content != manifest_text(manifest):
        faults.append(_fault(path.name, "", "altered: not spelt as a release is written"))
    for field, keys in (
        ("records", [one.id for one in manifest.records]),
        ("files", [one.path for one in manifest.files]),
    ):
        if keys != sorted(set(keys)):
            faults.append(_fault(path.name, field, "not in order, or one stands twice"))
    return manifest, faults


def _link_faults(old: Manifest, new: Manifest) -> list[Fault]:
    name = f"{new.number}.json"
    faults = []
    if new.number == old.number + 1 and new.previous != seal_of(old):
        reason = (
            f"release {old.number} was rewritten after it: sealed {seal_of(old)}, known to "
            f"release {new.number} as {new.previous}"
        )
        faults.append(_fault(f"{old.number}.json", "sha256", reason))
    if new.date < old.date:
        reason = f"{new.date} lies before release {old.number} of {old.date}"
        faults.append(_fault(name, "date", reason))
    for id_ in sorted(_hashes(old).keys() - _hashes(new).keys()):
        reason = f"leaves out {id_} of release {old.number}: records are retracted, never removed"
        faults.append(_fault(name, "records", reason))
    return faults


def _fault(name: str, field: str, reason: str) -> Fault:
    return Fault(f"{RELEASES}/{name}", field, reason)


def verify_ledger(root: Path | None = None, *, head: str | None = None) -> Verification:
    """Prove that nothing was rewritten unseen: the chain, then the files against its newest.

    ``head`` is the seal of a release that was kept elsewhere; one of the chain must carry it.
    """
    root = _checked_root(root)
    ledger, unreadable = read_ledger(root)
    chain = read_chain(root)
    faults = [*chain.faults, *unreadable]
    if head is not None and head not in {seal_of(one) for one in chain.manifests}:
        faults.append(Fault(RELEASES, "", f"no release has the seal {head}: the chain is not that"))
    since = Difference()
    if chain.manifests:
        newest = chain.manifests[-1]
        since = compare(newest, state_of(ledger, root))
        faults += _removals(newest, since.removed, unreadable)
    elif not chain.faults:
        faults.append(Fault(RELEASES, "", "there is no release: nothing can be proved"))
    return Verification(chain.manifests, since, tuple(faults), len(ledger.records))


def _removals(newest: Manifest, removed: Sequence[str], unreadable: Iterable[Fault]) -> list[Fault]:
    # A record whose file cannot be read is a fault already, under its own name.
    damaged = {Path(fault.file).stem for fault in unreadable}
    reason = f"removed since release {newest.number}: records are retracted, never removed"
    return [Fault(id_, "", reason) for id_ in removed if id_ not in damaged]


def next_manifest(previous: Manifest | None, state: State, day: date) -> Manifest:
    """Make the release that follows.

    Raises: UsageError if nothing changed, a record is gone, or the day lies before the last one.
    """
    if previous is not None:
        since = compare(previous, state)
        if not since:
            raise UsageError(f"nothing changed since release {previous.number}")
        if since.removed:
            gone = ", ".join(since.removed)
            raise UsageError(f"{gone}: removed; a record is retracted with its reason, and stays")
        if day < previous.date:
            raise UsageError(f"--date {day}: release {previous.number} is of {previous.date}")
    unsealed = Manifest(
        format=FORMAT,
        number=1 if previous is None else previous.number + 1,
        date=day,
        previous=None if previous is None else previous.sha256,
        records=tuple(RecordHash(*one) for one in sorted(state.records.items())),
        files=tuple(FileHash(*one) for one in sorted(state.files.items())),
        sha256="",
    )
    return msgspec.structs.replace(unsealed, sha256=seal_of(unsealed))


def release_ledger(day: date, root: Path | None = None) -> tuple[Manifest, Path]:
    """Write the next release beside the records.

    Raises: UsageError if nothing changed or the chain is broken; InputError if a file cannot be
        read. What else is wrong with the records is for the check to say, before.
    """
    root = _checked_root(root)
    ledger, unreadable = read_ledger(root)
    chain = read_chain(root)
    for fault in (*chain.faults, *unreadable):
        raise InputError(fault.reason, source=fault.file, field=fault.field or None)
    if not ledger.records:
        raise UsageError(f"{root}: no record to release")
    previous = chain.manifests[-1] if chain.manifests else None
    manifest = next_manifest(previous, state_of(ledger, root), day)
    path = root / RELEASES / f"{manifest.number}.json"
    path.parent.mkdir(exist_ok=True)
    create_whole(path, manifest_text(manifest))
    return manifest, path


def _checked_root(root: Path | None) -> Path:
    root = root or ledger_path()
    if not root.is_dir():
        raise UsageError(f"{root}: no folder of a ledger")
    return root.resolve()
