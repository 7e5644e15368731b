"""List and download from OONI's public bucket, or from any store that speaks S3."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from msgspec import Struct
from obstore.exceptions import (
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from whocut.ingest.ooni.bucket.layout import (
    BucketObject,
    FetchPlan,
    FetchRequest,
    hour_prefixes,
    local_path,
    select_objects,
)
from whocut.ingest.ooni.sources import bucket_store, first_line
from whocut.model.errors import FetchError, UsageError

if TYPE_CHECKING:
    from obstore import GetOptions

__all__ = [
    "DEFAULT_BUCKET",
    "FetchProgress",
    "FetchResult",
    "download",
    "missing_bytes",
    "plan_fetch",
]

DEFAULT_BUCKET = "ooni-data-eu-fra"

_LISTINGS_AT_ONCE = 8
_CHUNK_BYTES = 1024 * 1024
_ATTEMPTS = 5
"""Of one object, each going on where the last one broke. Provisional."""
_FIRST_PAUSE = timedelta(seconds=0.5)
_MD5_ETAG = re.compile(r'"?([0-9a-f]{32})"?')
_PART_SUFFIX = ".part"
_HASH_BLOCK_BYTES = 1024 * 1024


class FetchProgress(Struct, frozen=True, gc=False):
    """How far a download has come."""

    objects_done: int
    bytes_done: int
    key: str
    """The object that is being downloaded."""


class FetchResult(Struct, frozen=True):
    """What a download left on disk."""

    paths: tuple[Path, ...]
    downloaded_bytes: int
    """Over the network, in this run."""
    already_there: int
    """Objects that an earlier run had completed."""


def plan_fetch(
    request: FetchRequest, *, bucket: str = DEFAULT_BUCKET, endpoint: str | None = None
) -> FetchPlan:
    """List what a request would download, without downloading it.

    ``endpoint`` stands for ``AWS_ENDPOINT_URL``.
    Raises: UsageError for an impossible request, FetchError if the bucket cannot be listed.
    """
    endpoint = endpoint or os.environ.get("AWS_ENDPOINT_URL") or None
    store = bucket_store(bucket, endpoint)

    def listing(prefix: str) -> list[BucketObject]:
        found: list[BucketObject] = []
        try:
            for page in obstore.list(store, prefix=prefix):
                found.extend(
                    BucketObject(str(each["path"]), int(each["size"]), each["e_tag"])
                    for each in page
                )
        except (BaseError, OSError) as error:
            raise FetchError(first_line(error), address=f"s3://{bucket}/{prefix}") from None
        return found

    prefixes = list(hour_prefixes(request))
    with ThreadPoolExecutor(_LISTINGS_AT_ONCE) as pool:
        objects = [each for listed in pool.map(listing, prefixes) for each in listed]
    return FetchPlan(bucket, endpoint, select_objects(objects))


def missing_bytes(plan: FetchPlan, directory: Path) -> int:
    """Count the bytes of a plan that are not on disk yet."""
    missing = 0
    for each in plan.objects:
        path = local_path(directory, each.key)
        if not _is_complete(path, each):
            missing += each.size_bytes - _part_bytes(_part_path(path, each), each)
    return missing


def download(
    plan: FetchPlan,
    directory: Path,
    *,
    on_progress: Callable[[FetchProgress], None] = lambda _: None,
) -> FetchResult:
    """Download a plan's objects below ``directory``, going on where an earlier run stopped.

    A file bears its name only once it is whole: until then it is a ``.part`` that names the
    version of the object it belongs to.
    Raises: FetchError if an object cannot be had, UsageError if the disk is too small.
    """
    needed = missing_bytes(plan, directory)
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if needed > free:
        raise UsageError(f"{directory}: {needed} bytes are to come and {free} are free")
    store = bucket_store(plan.bucket, plan.endpoint)
    paths: list[Path] = []
    bytes_done = downloaded = already_there = 0
    for count, each in enumerate(plan.objects):
        path = local_path(directory, each.key)
        if _is_complete(path, each):
            already_there += 1
        else:
            before = bytes_done

            def report(
                held: int, key: str = each.key, done: int = count, base: int = before
            ) -> None:
                on_progress(FetchProgress(done, base + held, key))

            downloaded += _Download(store, plan.bucket, each, path, report).run()
        bytes_done += each.size_bytes
        paths.append(path)
        on_progress(FetchProgress(count + 1, bytes_done, each.key))
    return FetchResult(tuple(paths), downloaded, already_there)


def _is_complete(path: Path, wanted: BucketObject) -> bool:
    try:
        return path.stat().st_size == wanted.size_bytes
    except FileNotFoundError:
        return False


def _part_path(path: Path, wanted: BucketObject) -> Path:
    """Name the unfinished file after the object's version, so that two are never mixed."""
    version = hashlib.sha256(f"{wanted.etag}:{wanted.size_bytes}".encode()).hexdigest()[:12]
    return path.with_name(f"{path.name}.{version}{_PART_SUFFIX}")


def _part_bytes(part: Path, wanted: BucketObject) -> int:
    try:
        held = part.stat().st_size
    except FileNotFoundError:
        return 0
    return held if held <= wanted.size_bytes else 0


class _Download:
    """One object on its way."""

    def __init__(
        self,
        store: S3Store,
        bucket: str,
        wanted: BucketObject,
        path: Path,
        report: Callable[[int], None],
    ) -> None:
        self._store = store
        self._address = f"s3://{bucket}/{wanted.key}"
        self._wanted = wanted
        self._path = path
        self._part = _part_path(path, wanted)
        self._report = report
        self._downloaded = 0

    def run(self) -> int:
        """Download what is missing, check the whole, give it its name; say how much came."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for stale in self._path.parent.glob(f"{self._path.name}.*{_PART_SUFFIX}"):
            if stale != self._part:
                stale.unlink()
        pause = _FIRST_PAUSE
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._fetch_rest()
                self._check()
                break
            except (FileNotFoundError, PreconditionError) as error:
                raise FetchError(
                    f"the object changed or went since it was listed; run again"
                    f" ({first_line(error)})",
                    address=self._address,
                ) from None
            except (PermissionDeniedError, UnauthenticatedError) as error:
                raise FetchError(first_line(error), address=self._address) from None
            except (BaseError, OSError, _DamagedError) as error:
                if attempt == _ATTEMPTS:
                    raise FetchError(first_line(error), address=self._address) from None
                time.sleep(pause.total_seconds())
                pause *= 2
        os.replace(self._part, self._path)  # noqa: PTH105 (the atomic one)
        _sync_directory(self._path.parent)
        return self._downloaded

    def _fetch_rest(self) -> None:
        size = self._wanted.size_bytes
        held = _part_bytes(self._part, self._wanted)
        with self._part.open("ab" if held else "wb") as file:
            if held < size:
                options: GetOptions = {"range": (held, size)}
                if self._wanted.etag:
                    options["if_match"] = self._wanted.etag
                self._report(held)
                answer = obstore.get(self._store, self._wanted.key, options=options)
                for chunk in answer.stream(min_chunk_size=_CHUNK_BYTES):
                    file.write(chunk)
                    held += len(chunk)
                    self._downloaded += len(chunk)
                    self._report(held)
            file.flush()
            os.fsync(file.fileno())

    def _check(self) -> None:
        """Compare size and, where the store gives one, MD5; a wrong file is thrown away."""
        held = self._part.stat().st_size
        if held < self._wanted.size_bytes:
            raise _DamagedError(f"{held} of {self._wanted.size_bytes} bytes came")
        found = _MD5_ETAG.fullmatch(self._wanted.etag or "")
        if held > self._wanted.size_bytes or (found and _md5(self._part) != found[1]):
            self._part.unlink()
            raise _DamagedError("what came is not what was listed (size or MD5)")


class _DamagedError(Exception):
    """What was downloaded is not the object."""


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb", buffering=0) as file:
        while block := file.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
