"""``whocut fetch roots``: dated root stores from certifi's releases, one hash-locked download each.

certifi republishes Mozilla's list; its version is the day of release. The locked requirement of
every date ships in data/reference/roots, so that two machines build the same stores.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, FetchError, UsageError
from whocut.model.shipped import shipped_path
from whocut.reference.roots import (
    MANIFEST_NAME,
    ROOTS_FOLDER,
    StoredRoots,
    read_manifest,
    read_pem,
)

__all__ = ["RootRelease", "RootsFetched", "fetch_roots", "list_releases"]

_BUNDLE_MEMBER = "certifi/cacert.pem"
_DOWNLOADS_AT_ONCE = 4
_TIMEOUT_S = 120


class RootRelease(Struct, frozen=True):
    """One certifi release that whocut knows, and its locked requirement."""

    day: date
    release: str
    requirement: Path


class RootsFetched(Struct, frozen=True):
    """What one run of ``fetch_roots`` did."""

    fetched: tuple[date, ...]
    kept: tuple[date, ...]
    """At hand already, and right."""
    failed: tuple[tuple[date, str], ...]


def list_releases() -> tuple[RootRelease, ...]:
    """List the locked releases that ship, oldest first.

    Raises: DamagedDataError if one of the files is not named by a day or locks nothing.
    """
    found = []
    for path in sorted(shipped_path("reference", "roots").glob("*.txt")):
        try:
            day = date.fromisoformat(path.stem)
        except ValueError as error:
            raise DamagedDataError("is not named by a day", source=str(path)) from error
        first = path.read_text("ascii").splitlines()[0]
        name, _, release = first.rstrip(" \\").partition("==")
        if name != "certifi" or not release:
            raise DamagedDataError("locks no release of certifi", source=str(path), field="line 1")
        found.append(RootRelease(day, release, path))
    return tuple(found)


def fetch_roots(
    cache_dir: Path,
    *,
    releases: Sequence[RootRelease] | None = None,
    report: Callable[[RootRelease], None] | None = None,
) -> RootsFetched:
    """Download the stores that are missing; what is at hand and right is kept.

    ``report`` is called with each release when it is at hand. A release that fails is named in the
    answer, and the next run tries it again.
    Raises: UsageError if there is neither pip nor uv to download with.
    """
    folder = cache_dir / ROOTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list_releases() if releases is None else tuple(releases)
    held = {entry.day: entry for entry in read_manifest(folder / MANIFEST_NAME)}
    kept = tuple(item.day for item in wanted if _is_right(folder, held.get(item.day)))
    missing = [item for item in wanted if item.day not in kept]
    failed: list[tuple[date, str]] = []
    fetched: list[date] = []
    downloader = _find_downloader() if missing else ()
    with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
        tries = [(item, pool.submit(_fetch_one, item, folder, downloader)) for item in missing]
        for item, pending in tries:
            try:
                held[item.day] = pending.result()
            except FetchError as error:
                failed.append((item.day, error.reason))
                continue
            # After each, so that a killed run loses nothing.
            _write_atomically(folder / MANIFEST_NAME, _encode_manifest(held.values()))
            fetched.append(item.day)
            if report is not None:
                report(item)
    return RootsFetched(tuple(fetched), kept, tuple(failed))


def _is_right(folder: Path, entry: StoredRoots | None) -> bool:
    if entry is None:
        return False
    path = folder / f"{entry.day}.pem"
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256


def _find_downloader() -> tuple[str, ...]:
    """Find a package client that checks hashes: this Python's pip, else uv."""
    if importlib.util.find_spec("pip") is not None:
        return (
            sys.executable,
            "-m",
            "pip",
            "download",
            "--disable-pip-version-check",
            "--no-input",
        )
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is not None:
        return (uv, "pip", "install", "--python", sys.executable)
    raise UsageError("fetching root stores needs pip or uv on this machine; install either")


def _fetch_one(release: RootRelease, folder: Path, downloader: tuple[str, ...]) -> StoredRoots:
    address = f"certifi=={release.release}"
    with tempfile.TemporaryDirectory(prefix="whocut-roots-") as scratch:
        target = "--target" if "install" in downloader else "--dest"
        # Wheels only: nothing that is downloaded is ever run.
        command = [*downloader, "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", target, scratch, "-r", str(release.requirement)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FetchError(f"the package client failed: {error}", address=address) from error
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise FetchError(f"the package client failed: {said}", address=address)
        bundle = _read_bundle(Path(scratch), address)
    path = folder / f"{release.day}.pem"
    _write_atomically(path, bundle)
    return StoredRoots(
        day=release.day,
        release=release.release,
        sha256=hashlib.sha256(bundle).hexdigest(),
        certificates=len(read_pem(path)),
    )


def _read_bundle(scratch: Path, address: str) -> bytes:
    unpacked = scratch / _BUNDLE_MEMBER
    if unpacked.is_file():
        return unpacked.read_bytes()
    for wheel in scratch.glob("certifi-*.whl"):
        try:
            with zipfile.ZipFile(wheel) as archive:
                return archive.read(_BUNDLE_MEMBER)
        except (zipfile.BadZipFile, KeyError) as error:
            raise FetchError(f"{wheel.name} holds no {_BUNDLE_MEMBER}", address=address) from error
    raise FetchError("the package client left no wheel", address=address)


def _encode_manifest(entries: Iterable[StoredRoots]) -> bytes:
    ordered = sorted(entries, key=lambda entry: entry.day)
    return msgspec.json.format(msgspec.json.encode(ordered), indent=1)


def _write_atomically(path: Path, data: bytes) -> None:
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_bytes(data)
    staged.replace(path)
