"""The revisions of records: from git where the files stand in a checkout, else from two folders."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from whocut.ledger.checkout import Checkout, Commit, find_checkout
from whocut.ledger.load import Fault, ledger_path, read_ledger
from whocut.ledger.release import RELEASES, Manifest, compare, read_chain, state_of
from whocut.ledger.revisions import (
    RecordChange,
    Version,
    compare_versions,
    hash_of_version,
    version_of,
)
from whocut.model.errors import UsageError

__all__ = [
    "NO_HISTORY",
    "History",
    "Revision",
    "changes_against",
    "changes_between",
    "changes_since",
    "history_of",
    "rewritten_manifests",
]

NO_HISTORY: Final = (
    "no history at hand: these files are in no git checkout (an installed package holds none). "
    "Clone the project, or name an older copy of data/ledger with --against"
)
_SHALLOW: Final = "the checkout is shallow: what came before its first commit is not at hand"


class Revision(Struct, frozen=True):
    """One version of a record, and how it differs from the one before."""

    hash: str | None
    """The commit; None for what stands in the files and is not committed."""
    day: str | None
    change: RecordChange


class History(Struct, frozen=True):
    """All revisions of a record, oldest first."""

    id: str
    revisions: tuple[Revision, ...] = ()
    gap: str | None = None
    """Why there is none, or why the first is not the first."""


def history_of(record_id: str, root: Path | None = None) -> History:
    """List the revisions of a record."""
    root = (root or ledger_path()).resolve()
    checkout = find_checkout(root)
    if checkout is None:
        return History(record_id, gap=NO_HISTORY)
    commits = _one_a_commit(checkout.commits(f"*/{record_id}.yaml"))
    texts = checkout.texts([(commit.hash, commit.path) for commit in commits])
    revisions: list[Revision] = []
    version: Version | None = None
    for commit, text in zip(commits, texts, strict=True):
        after = None if text is None else version_of(text, f"{commit.hash}:{commit.path}")
        change = compare_versions(record_id, version, after)
        if change is not None:
            revisions.append(Revision(commit.hash, commit.day, change))
        version = after
    change = compare_versions(record_id, version, _version_now(root, record_id))
    if change is not None:
        revisions.append(Revision(None, None, change))
    return History(record_id, tuple(revisions), _SHALLOW if checkout.is_shallow else None)


def _one_a_commit(commits: Iterable[Commit]) -> list[Commit]:
    """Keep one entry a commit, oldest first: a file that moves is removed and added in one."""
    kept: dict[str, Commit] = {}
    for one in commits:
        if one.hash not in kept or kept[one.hash].is_removal:
            kept[one.hash] = one
    return list(kept.values())[::-1]


def _version_now(root: Path, record_id: str) -> Version | None:
    # The id has been checked: it holds no character of a pattern.
    for path in root.glob(f"*/{record_id}.yaml"):
        return version_of(path.read_text("utf-8"), str(path))
    return None


def changes_between(
    record_id: str, old: str, new: str | None = None, root: Path | None = None
) -> RecordChange | None:
    """Compare a record at two revisions, or at one and as it stands; None if it is the same.

    Raises: UsageError without a history, and for a revision that git does not know.
    """
    root = (root or ledger_path()).resolve()
    checkout = _needed(root)
    before = _version_at(checkout, checkout.resolve(old), record_id)
    if new is None:
        return compare_versions(record_id, before, _version_now(root, record_id))
    after = _version_at(checkout, checkout.resolve(new), record_id)
    return compare_versions(record_id, before, after)


def _version_at(checkout: Checkout, commit: str, record_id: str) -> Version | None:
    name = f"{record_id}.yaml"
    paths = [path for path in checkout.files_at(commit) if _record_id(path) == record_id]
    texts = checkout.texts([(commit, path) for path in paths[:1]])
    return version_of(texts[0], f"{commit}:{name}") if texts and texts[0] is not None else None


def _record_id(path: str) -> str | None:
    """Give the id of the record in ``<year>/<id>.yaml``; None for any other file."""
    folder, _, name = path.rpartition("/")
    is_record = folder and "/" not in folder and name.endswith(".yaml")
    return name.removesuffix(".yaml") if is_record else None


def changes_since(since: int | date, root: Path | None = None) -> list[RecordChange]:
    """Compare all records with a release, or with the last commit before a day.

    Without a history, a release still tells which records differ, and not how.

    Raises: UsageError if there is no such release, or no history for a day.
    """
    root = (root or ledger_path()).resolve()
    checkout = find_checkout(root)
    if isinstance(since, date):
        if checkout is None:
            raise UsageError(NO_HISTORY)
        return _changes_from_commit(checkout, checkout.last_before(since), root)
    return _changes_since_release(_manifest(root, since), checkout, root)


def _changes_since_release(
    manifest: Manifest, checkout: Checkout | None, root: Path
) -> list[RecordChange]:
    """Take from the manifest which records differ, and from git what they were when released."""
    ledger, _ = read_ledger(root)
    since = compare(manifest, state_of(ledger, root))
    released = {one.id: one.sha256 for one in manifest.records}
    differing = {*since.changed, *since.removed}
    before = {} if checkout is None else _versions_hashed(checkout, differing, released)
    found = []
    for id_ in sorted(differing):
        old, now = before.get(id_), ledger.records.get(id_)
        if old is None:
            found.append(RecordChange(id_, "changed" if now is not None else "removed", None))
            continue
        new: Version | None = None if now is None else msgspec.to_builtins(now)
        change = compare_versions(id_, old, new)
        found += [] if change is None else [change]
    for id_ in since.added:
        added = compare_versions(id_, None, msgspec.to_builtins(ledger.records[id_]))
        found += [] if added is None else [added]
    return sorted(found, key=lambda one: one.id)


def _versions_hashed(
    checkout: Checkout, ids: Collection[str], hashes: Mapping[str, str]
) -> dict[str, Version]:
    """Find, in the history of some records, the versions that have these hashes."""
    if not ids:
        return {}
    commits = [one for one in checkout.commits("*/*.yaml") if _record_id(one.path) in ids]
    texts = checkout.texts([(one.hash, one.path) for one in commits])
    found: dict[str, Version] = {}
    for commit, text in zip(commits, texts, strict=True):
        id_ = _record_id(commit.path) or ""
        version = None if text is None else version_of(text, commit.path)
        if version is not None and hash_of_version(version) == hashes[id_]:
            found.setdefault(id_, version)
    return found


def _manifest(root: Path, number: int) -> Manifest:
    manifests = read_chain(root).manifests
    found = next((one for one in manifests if one.number == number), None)
    if found is None:
        there = ", ".join(str(one.number) for one in manifests) or "none"
        raise UsageError(f"--since {number}: no such release; there are: {there}")
    return found


def _changes_from_commit(checkout: Checkout, commit: str | None, root: Path) -> list[RecordChange]:
    if commit is None:
        paths = tuple(path.relative_to(root).as_posix() for path in root.glob("*/*.yaml"))
        before: dict[str, Version] = {}
    else:
        paths = checkout.changed_files(commit)
        held = set(checkout.files_at(commit))
        old_paths = [path for path in paths if path in held and _record_id(path)]
        texts = checkout.texts([(commit, path) for path in old_paths])
        before = {}
        for path, text in zip(old_paths, texts, strict=True):
            version = None if text is None else version_of(text, f"{commit}:{path}")
            if version is not None:
                before[_record_id(path) or ""] = version
    ids = sorted({id_ for path in paths if (id_ := _record_id(path))})
    compared = (compare_versions(id_, before.get(id_), _version_now(root, id_)) for id_ in ids)
    return [one for one in compared if one is not None]


def changes_against(
    older: Path, root: Path | None = None, *, release: int | None = None
) -> tuple[list[RecordChange], list[Fault]]:
    """Compare all records with an older copy of the ledger.

    With ``release``, that copy is held against the release that it should be; what is not as it was
    released is told as a fault.
    """
    root = (root or ledger_path()).resolve()
    if not older.is_dir():
        raise UsageError(f"--against {older}: no folder")
    old, old_faults = read_ledger(older)
    new, new_faults = read_ledger(root)
    faults = [*old_faults, *new_faults]
    if release is not None:
        held = compare(_manifest(root, release), state_of(old, older.resolve()))
        for what, ids in (("added", held.added), ("changed", held.changed), ("gone", held.removed)):
            reason = f"{what}: the older copy is not release {release}"
            faults += [Fault(str(older), id_, reason) for id_ in ids]
    found = []
    for id_ in sorted(old.records.keys() | new.records.keys()):
        before, after = old.records.get(id_), new.records.get(id_)
        change = compare_versions(
            id_,
            None if before is None else msgspec.to_builtins(before),
            None if after is None else msgspec.to_builtins(after),
        )
        if change is not None:
            found.append(change)
    return found, faults


def rewritten_manifests(root: Path | None = None) -> list[Fault]:
    """Name the releases that are not as they were first committed; none without a history."""
    root = (root or ledger_path()).resolve()
    checkout = find_checkout(root)
    if checkout is None:
        return []
    first = {one.path: one for one in checkout.commits(f"{RELEASES}/*.json") if not one.is_removal}
    ordered = sorted(first.items())
    texts = checkout.texts([(commit.hash, path) for path, commit in ordered])
    faults = []
    for (path, commit), text in zip(ordered, texts, strict=True):
        now = root / path
        if not now.is_file():
            faults.append(Fault(path, "", f"removed; it was committed in {commit.hash}"))
        elif text is not None and now.read_text("utf-8", "replace") != text:
            faults.append(Fault(path, "", f"altered since it was committed in {commit.hash}"))
    return faults


def _needed(root: Path) -> Checkout:
    checkout = find_checkout(root)
    if checkout is None:
        raise UsageError(NO_HISTORY)
    return checkout
