"""Paths in an object store that are used as paths on a disk are: ``s3://bucket/prefix``.

Only what the store needs of ``pathlib.Path`` is there. Objects are whole or not there at all, so
that nothing has to be made durable; there are no folders, no locks, and no renaming in one step.
Endpoint, region and credentials come from the usual variables: ``AWS_ENDPOINT_URL``,
``AWS_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``; without
keys, from the machine's role.

Nothing here may be called before worker processes are forked: threads do not survive a fork.
"""

import io
import os
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from whocut.model.errors import StoreError, UsageError

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

__all__ = ["AnyPath", "ObjectPath", "object_file_system", "path_of"]

_SCHEME: Final = "s3://"
_DEFAULT_REGION: Final = "eu-central-1"
"""OONI's bucket stands there: beside it, reading costs no transfer."""
_USED_BY: Final[set[int]] = set()
"""The process that has asked an object store; a forked one inherits the note, not the threads."""


class ObjectPath:
    """One key, or the beginning of keys, in a bucket."""

    __slots__ = ("_key", "bucket")

    def __init__(self, bucket: str, key: str) -> None:
        self.bucket = bucket
        self._key = PurePosixPath(key)

    @property
    def key(self) -> str:
        """The key in its bucket; empty for the bucket itself."""
        return "" if self._key == PurePosixPath() else str(self._key)

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self._key.name

    @property
    def stem(self) -> str:
        """The last part of the key without its ending."""
        return self._key.stem

    @property
    def parent(self) -> "ObjectPath":
        """The key without its last part."""
        return ObjectPath(self.bucket, str(self._key.parent))

    def __truediv__(self, name: object) -> "ObjectPath":
        return ObjectPath(self.bucket, str(self._key / str(name)))

    def __str__(self) -> str:
        return f"{_SCHEME}{self.bucket}/{self.key}".rstrip("/")

    def __repr__(self) -> str:
        return f"ObjectPath({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectPath) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: "ObjectPath") -> bool:
        return str(self) < str(other)

    def with_name(self, name: str) -> "ObjectPath":
        """Give the key with another last part."""
        return ObjectPath(self.bucket, str(self._key.with_name(name)))

    def with_suffix(self, suffix: str) -> "ObjectPath":
        """Give the key with another ending."""
        return ObjectPath(self.bucket, str(self._key.with_suffix(suffix)))

    def relative_to(self, other: "ObjectPath") -> PurePosixPath:
        """Give what follows another key."""
        return self._key.relative_to(other._key)

    def absolute(self) -> "ObjectPath":
        """Give itself."""
        return self

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Do nothing: folders come with the objects in them."""

    def exists(self) -> bool:
        """Say whether there is such an object, or one below."""
        return self.is_file() or self.is_dir()

    def is_file(self) -> bool:
        """Say whether there is such an object."""
        import obstore

        try:
            with _told(self):
                obstore.head(_store(self.bucket), self.key)
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        """Say whether there is an object below."""
        return any(True for _ in self._below())

    def read_bytes(self) -> bytes:
        """Read an object.

        Raises: FileNotFoundError if there is none; StoreError if the store refuses.
        """
        import obstore

        with _told(self):
            return bytes(obstore.get(_store(self.bucket), self.key).bytes())

    def write_bytes(self, content: bytes) -> None:
        """Write an object in one step, whatever was there."""
        import obstore

        with _told(self):
            obstore.put(_store(self.bucket), self.key, bytes(content))  # Arrow gives its own

    def create(self, content: bytes) -> None:
        """Write an object where there is none; of two who try, one succeeds.

        Raises: FileExistsError if there is one.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            with _told(self):
                obstore.put(_store(self.bucket), self.key, content, mode="create")
        except AlreadyExistsError:
            raise FileExistsError(str(self)) from None

    def upload(self, file: Path) -> None:
        """Write an object from a file, in parts where it is large."""
        import obstore

        with _told(self):
            obstore.put(_store(self.bucket), self.key, file)

    def download(self, file: Path) -> None:
        """Read an object into a file."""
        import obstore

        with _told(self), file.open("wb") as out:
            for chunk in obstore.get(_store(self.bucket), self.key).stream():
                out.write(chunk)

    def touch(self) -> None:
        """Write an empty object."""
        self.write_bytes(b"")

    def open(self, mode: str = "rb") -> io.BytesIO:
        """Open an object for reading, whole in memory."""
        if mode != "rb":
            raise ValueError(f"an object cannot be opened as {mode}")
        return io.BytesIO(self.read_bytes())

    def unlink(self) -> None:
        """Remove an object; one that is not there is removed already."""
        import obstore

        with _told(self):
            obstore.delete(_store(self.bucket), self.key)

    def remove_below(self) -> None:
        """Remove the objects below."""
        import obstore

        keys = [str(each["path"]) for each in self._below()]
        if keys:
            with _told(self):
                obstore.delete(_store(self.bucket), keys)

    def replace(self, target: "ObjectPath") -> None:
        """Copy an object, then remove it: both are there for a moment, never none."""
        import obstore

        with _told(self):
            obstore.copy(_store(self.bucket), self.key, target.key)
        self.unlink()

    def iterdir(self) -> Iterator["ObjectPath"]:
        """List what is one step below."""
        import obstore

        with _told(self):
            found = obstore.list_with_delimiter(_store(self.bucket), self.key or None)
        for prefix in found["common_prefixes"]:
            yield ObjectPath(self.bucket, str(prefix))
        for each in found["objects"]:
            yield ObjectPath(self.bucket, str(each["path"]))

    def glob(self, pattern: str) -> Iterator["ObjectPath"]:
        """List what is one step below, by a pattern."""
        return (path for path in self.iterdir() if fnmatchcase(path.name, pattern))

    def rglob(self, pattern: str) -> Iterator["ObjectPath"]:
        """List the objects below, by a pattern of their names."""
        for each in self._below():
            path = ObjectPath(self.bucket, str(each["path"]))
            if fnmatchcase(path.name, pattern):
                yield path

    def written_before(self, moment: datetime) -> Iterator["ObjectPath"]:
        """List the objects below that are older, by the store's clock."""
        for each in self._below():
            if each["last_modified"] < moment:
                yield ObjectPath(self.bucket, str(each["path"]))

    def _below(self) -> Iterator[Any]:
        import obstore

        with _told(self):
            for page in obstore.list(_store(self.bucket), prefix=self.key or None):
                yield from page


AnyPath: TypeAlias = Path | ObjectPath
"""A path on a disk or in an object store."""


def path_of(place: str | Path | ObjectPath) -> AnyPath:
    """Read a path; what begins with s3:// lies in an object store.

    Raises: UsageError if it names no bucket.
    """
    if not isinstance(place, str):
        return place
    if not place.startswith(_SCHEME):
        return Path(place)
    bucket, _, key = place.removeprefix(_SCHEME).partition("/")
    if not bucket:
        raise UsageError(f"{place}: no bucket; write s3://BUCKET/PREFIX")
    return ObjectPath(bucket, key.strip("/"))


def object_file_system() -> Any:  # noqa: ANN401 - pyarrow has no types
    """Open the object store for pyarrow, which reads the parts of files that are asked for."""
    _note_process()
    return _file_system(_endpoint(), _region())


@cache
def _file_system(endpoint: str | None, region: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    from pyarrow import fs

    return fs.S3FileSystem(
        access_key=os.environ.get("AWS_ACCESS_KEY_ID"),
        secret_key=os.environ.get("AWS_SECRET_ACCESS_KEY"),
        session_token=os.environ.get("AWS_SESSION_TOKEN"),
        region=region,
        endpoint_override=endpoint,
        scheme="http" if endpoint and endpoint.startswith("http://") else "https",
    )


def _store(bucket: str) -> "S3Store":
    _note_process()
    return _opened(bucket, _endpoint(), _region())


def _note_process() -> None:
    _USED_BY.add(os.getpid())
    if len(_USED_BY) > 1:  # it would hang
        raise RuntimeError("an object store was used before this process was forked")


@cache
def _opened(bucket: str, endpoint: str | None, region: str) -> "S3Store":
    from obstore.store import S3Store

    config: S3Config = {"region": region}
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(bucket, config=config, client_options={"allow_http": True})


def _endpoint() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION


class _told:  # noqa: N801 - reads as a statement
    """Turns an object store's errors into ours, and keeps those that a disk has too."""

    def __init__(self, path: ObjectPath) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError

        if isinstance(error, NotFoundError | FileNotFoundError):
            raise FileNotFoundError(f"{self._path}: no such object or bucket") from None
        if isinstance(error, BaseError) and not isinstance(error, AlreadyExistsError):
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise StoreError(f"{self._path}: {first}") from None
