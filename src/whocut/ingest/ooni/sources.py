"""Where measurements come from: files, folders, globs, standard input, object stores, the web."""

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import HTTPStore, S3Store

from whocut.model.errors import FetchError, InputError, UsageError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

__all__ = ["Source", "bucket_store", "expand_sources", "first_line", "open_blocks"]

_READ_BYTES = 256 * 1024
_STREAM_BYTES = 1024 * 1024
_STDIN = "-"
_READABLE_SUFFIXES = (".json", ".jsonl", ".ndjson", ".post", ".gz", ".tgz", ".tar", ".zst")
"""What a folder is searched for; a file named outright is read whatever its name."""
_DEFAULT_REGION = "eu-central-1"
"""OONI's public bucket stands there."""
_GLOB_MARKS = "*?["


class Source(Struct, frozen=True):
    """One thing to read."""

    name: str
    """What the user calls it: a path, ``-``, or an address."""
    size_bytes: int | None = None
    endpoint: str | None = None
    """Address of the object store, where it is not Amazon's."""
    e_tag: str | None = None
    """What an object store calls this content of an object."""


def expand_sources(arguments: Sequence[str], *, endpoint: str | None = None) -> Iterator[Source]:
    """List what the arguments name: files, folders, globs, ``-``, ``s3://``, ``https://``.

    Folders are searched through and through, in order of name. ``endpoint`` stands for
    ``AWS_ENDPOINT_URL``.
    Raises: InputError if a file does not exist or a glob matches none; UsageError if an address
    is none; FetchError if a bucket cannot be listed.
    """
    endpoint = endpoint or os.environ.get("AWS_ENDPOINT_URL") or None
    for argument in arguments:
        if argument == _STDIN:
            yield Source(_STDIN)
        elif argument.startswith("s3://"):
            yield from _bucket_sources(argument, endpoint)
        elif argument.startswith(("https://", "http://")):
            try:
                _web_store(argument)
            except (BaseError, ValueError) as error:
                raise UsageError(f"{argument}: no address: {first_line(error)}") from None
            yield Source(argument)
        else:
            yield from _file_sources(argument)


def _file_sources(argument: str) -> Iterator[Source]:
    path = Path(argument)
    if path.is_dir():
        yield from _folder_sources(path)
    elif path.exists():
        yield Source(argument, path.stat().st_size if path.is_file() else None)
    elif any(mark in argument for mark in _GLOB_MARKS):
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 (absolute patterns)
        if not matches:
            raise InputError("no file matches", source=argument)
        for match in matches:
            if Path(match).is_file():
                yield Source(match, Path(match).stat().st_size)
    else:
        raise InputError("no such file or folder", source=argument)


def _folder_sources(folder: Path) -> Iterator[Source]:
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(_READABLE_SUFFIXES)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    files = [path for path in found if path.is_file()]
    if not files:
        endings = " ".join(_READABLE_SUFFIXES)
        raise InputError(f"the folder holds no file ending in {endings}", source=str(folder))
    for path in files:
        yield Source(str(path), path.stat().st_size)


def _bucket_sources(address: str, endpoint: str | None) -> Iterator[Source]:
    bucket, key = _split_address(address)
    is_glob = any(mark in key for mark in _GLOB_MARKS)
    prefix = key
    if is_glob:
        first = min(key.index(mark) for mark in _GLOB_MARKS if mark in key)
        prefix = key[:first].rpartition("/")[0]
    store = bucket_store(bucket, endpoint)
    found: list[tuple[str, int, str | None]] = []
    try:
        for page in obstore.list(store, prefix=prefix or None):
            found.extend((str(each["path"]), int(each["size"]), each["e_tag"]) for each in page)
        if not found and not is_glob and key:
            meta = obstore.head(store, key)
            found.append((key, int(meta["size"]), meta["e_tag"]))
    except (BaseError, OSError) as error:
        raise FetchError(first_line(error), address=address) from None
    for path, size, e_tag in sorted(found, key=lambda each: each[0]):
        if is_glob and not fnmatchcase(path, key):
            continue
        if path == key or path.lower().endswith(_READABLE_SUFFIXES):
            yield Source(f"s3://{bucket}/{path}", size, endpoint, e_tag)


def _split_address(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not bucket:
        raise UsageError(f"{address}: no bucket; write s3://BUCKET/PREFIX")
    return bucket, key.strip("/")


@cache
def bucket_store(bucket: str, endpoint: str | None) -> S3Store:
    """Open a public bucket without credentials; ``endpoint`` is where it is not Amazon's."""
    config: S3Config = {
        "skip_signature": True,
        "region": os.environ.get("AWS_REGION", _DEFAULT_REGION),
    }
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(bucket, config=config, client_options=_client_options())


def _client_options() -> "ClientConfig":
    return {"allow_http": True}


def _web_store(address: str) -> HTTPStore:
    """Take the whole address for the store's root, so that a query string stays as it is."""
    return HTTPStore.from_url(address, client_options=_client_options())


def open_blocks(source: Source) -> Iterator[bytes]:
    """Read a source block by block.

    Raises: OSError when it cannot be opened or fails on the way.
    """
    if source.name == _STDIN:
        return _stdin_blocks()
    if source.name.startswith("s3://"):
        bucket, key = _split_address(source.name)
        return _object_blocks(bucket_store(bucket, source.endpoint), key)
    if source.name.startswith(("https://", "http://")):
        return _object_blocks(_web_store(source.name), "")
    return _file_blocks(source.name)


def _file_blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (unbuffered)
        while block := file.read(_READ_BYTES):
            yield block


def _stdin_blocks() -> Iterator[bytes]:
    descriptor = sys.stdin.fileno()
    while block := os.read(descriptor, _READ_BYTES):
        yield block


def _object_blocks(store: S3Store | HTTPStore, key: str) -> Iterator[bytes]:
    try:
        for chunk in obstore.get(store, key).stream(min_chunk_size=_STREAM_BYTES):
            yield bytes(chunk)
    except (BaseError, OSError) as error:
        # A missing object comes as FileNotFoundError, with the server's whole page as its text.
        raise OSError(first_line(error)) from None


def first_line(error: Exception) -> str:
    """The store's own words without the page that the server sent along."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
