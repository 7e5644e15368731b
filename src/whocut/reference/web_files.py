"""Files from public web folders: what a folder links, how large it is, and the file itself.

A folder answers with a page that links its files. A download goes on where an earlier one stopped,
bears its name only once it is whole, and is checked: against a checksum file where the folder links
one (``NAME.sha256``, ``NAME.md5``), and by unpacking it, for gzip and bzip2 carry checksums too.
"""

import bz2
import gzip
import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import HTTPStore

from whocut.model.errors import FetchError, UsageError

if TYPE_CHECKING:
    from obstore import GetOptions

__all__ = [
    "WebFile",
    "check_endpoint",
    "fetch_file",
    "fetch_files",
    "file_size",
    "missing_size",
    "read_page",
    "size_files",
]

_READ_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 13
"""What breaks off before a chunk is full is lost to the next run."""
_MAX_PAGE_BYTES = 1 << 24
_ATTEMPTS = 3
_AT_ONCE = 8
_DIGESTS = {"sha256": 64, "md5": 32}
_HEX = re.compile(r"\b[0-9a-fA-F]+\b")


class WebFile(Struct, frozen=True):
    """One file to download."""

    address: str
    path: str
    """Where it goes, below the folder for all of them."""
    size_bytes: int = 0
    checksum: str = ""
    """``md5:`` or ``sha256:`` and the digest, where the folder gives one."""


def check_endpoint(endpoint: str) -> str:
    """Return an address without the slash at its end.

    Raises: UsageError if it is no http address.
    """
    if not endpoint.startswith(("https://", "http://")):
        raise UsageError(f"{endpoint}: the endpoint must begin with https:// or http://")
    return endpoint.rstrip("/")


def read_page(address: str) -> str:
    """Read a folder's page; one that is not there is empty.

    Raises: FetchError if the server fails.
    """
    try:
        # The whole address is the store's root, or the slash at its end would be lost.
        answer = obstore.get(_store(address), "")
        if answer.meta["size"] > _MAX_PAGE_BYTES:
            raise FetchError("answers with more than a folder's page", address=address)
        return bytes(answer.bytes()).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except (BaseError, OSError) as error:
        raise FetchError(_first_line(error), address=address) from None


def file_size(address: str) -> int:
    """Ask how large a file is.

    Raises: FetchError if it is not there or the server fails.
    """
    try:
        return int(obstore.head(_store(address), "")["size"])
    except (BaseError, OSError) as error:
        raise FetchError(_first_line(error), address=address) from None


def size_files(files: Sequence[WebFile], pages: Sequence[str]) -> tuple[WebFile, ...]:
    """Ask for the sizes of files, and for the checksums that their folders' pages link."""
    linked = "\n".join(pages)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(partial(_size_one, linked), files))


def missing_size(files: Sequence[WebFile], directory: Path) -> int:
    """Sum what is still to come into a folder."""
    return sum(
        file.size_bytes - _held_bytes(directory / file.path, file.size_bytes) for file in files
    )


def fetch_files(
    files: Sequence[WebFile],
    directory: Path,
    *,
    report: Callable[[int], None] = lambda _held: None,
) -> tuple[Path, ...]:
    """Download files one after another; what is at hand and whole is kept.

    ``report`` is called with the bytes at hand, of all files together.
    Raises: FetchError if a file cannot be had; UsageError if the disk is too small.
    """
    directory.mkdir(parents=True, exist_ok=True)
    missing = missing_size(files, directory)
    if (free := shutil.disk_usage(directory).free) < missing:
        raise UsageError(f"{directory}: {missing} bytes are to come and {free} are free")
    paths, before = [], 0
    for file in files:
        path = directory / file.path
        fetch_file(file, path, report=partial(_report_after, report, before))
        before += file.size_bytes
        report(before)
        paths.append(path)
    return tuple(paths)


def fetch_file(
    file: WebFile, path: Path, *, report: Callable[[int], None] = lambda _held: None
) -> None:
    """Download one file, going on where an earlier run stopped; nothing to do if it is at hand.

    Raises: FetchError if it cannot be had.
    """
    if path.is_file() and path.stat().st_size == file.size_bytes:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _fetch_rest(file, part, report)
            _check(file, part)
            break
        except (BaseError, OSError, EOFError, zlib.error) as error:
            if attempt == _ATTEMPTS:
                raise FetchError(_first_line(error), address=file.address) from None
    part.replace(path)


def _report_after(report: Callable[[int], None], before: int, held: int) -> None:
    report(before + held)


def _size_one(linked: str, file: WebFile) -> WebFile:
    size = file_size(file.address)
    name = file.address.rpartition("/")[2]
    for kind, length in _DIGESTS.items():
        if f"{name}.{kind}" in linked:
            digests = [
                word for word in _HEX.findall(read_page(f"{file.address}.{kind}"))
                if len(word) == length
            ]
            if len(digests) == 1:
                return WebFile(file.address, file.path, size, f"{kind}:{digests[0].lower()}")
    return WebFile(file.address, file.path, size)


def _store(address: str) -> HTTPStore:
    return HTTPStore.from_url(address, client_options={"allow_http": True})


def _part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _held_bytes(path: Path, size: int) -> int:
    if path.is_file() and path.stat().st_size == size:
        return size
    part = _part_of(path)
    held = part.stat().st_size if part.is_file() else 0
    return held if held <= size else 0


def _fetch_rest(file: WebFile, part: Path, report: Callable[[int], None]) -> None:
    held = part.stat().st_size if part.is_file() else 0
    if held > file.size_bytes:
        part.unlink()
        held = 0
    with part.open("ab") as stream:
        if held < file.size_bytes:
            options: GetOptions = {"range": (held, file.size_bytes)} if held else {}
            for chunk in obstore.get(_store(file.address), "", options=options).stream(
                min_chunk_size=_CHUNK_BYTES
            ):
                stream.write(chunk)
                held += len(chunk)
                report(held)
        stream.flush()
        os.fsync(stream.fileno())


def _check(file: WebFile, part: Path) -> None:
    held = part.stat().st_size
    if held < file.size_bytes:
        raise OSError(f"{held} of {file.size_bytes} bytes came")
    try:
        _compare_checksum(file, part)
        _unpack(part, file.path)
    except (OSError, EOFError, zlib.error):
        # What was mixed from two versions cannot be mended by going on.
        part.unlink()
        raise


def _compare_checksum(file: WebFile, part: Path) -> None:
    kind, _, wanted = file.checksum.partition(":")
    if not kind:
        return
    with part.open("rb") as stream:
        found = hashlib.file_digest(stream, kind).hexdigest()
    if found != wanted:
        raise OSError(f"its {kind} is {found}, and {wanted} is given")


def _unpack(part: Path, name: str) -> None:
    if not name.endswith((".gz", ".bz2")):
        return
    with gzip.open(part) if name.endswith(".gz") else bz2.open(part) as stream:
        while stream.read(_READ_BYTES):
            pass


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
