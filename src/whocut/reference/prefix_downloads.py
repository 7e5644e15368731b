"""``whocut fetch pfx2as``: the prefix-to-AS snapshot of a day from CAIDA's public folders.

Layout: ``routeviews-prefix2as/YYYY/MM/routeviews-rv2-YYYYMMDD-HHMM.pfx2as.gz`` for IPv4 and
``routeviews6-prefix2as/YYYY/MM/routeviews-rv6-...`` for IPv6; a month's folder answers with a page
that links its files. Terms: CAIDA's acceptable use agreement (docs/licences.md).
"""

import gzip
import os
import re
import shutil
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import HTTPStore

from whocut.model.errors import FetchError, UsageError
from whocut.reference.prefixes import PREFIXES_FOLDER

if TYPE_CHECKING:
    from obstore import GetOptions

__all__ = ["PREFIX_ENDPOINT", "PrefixFile", "PrefixPlan", "fetch_prefixes", "plan_prefixes"]

PREFIX_ENDPOINT = "https://publicdata.caida.org/datasets/routing"
_FAMILIES = ("routeviews-prefix2as", "routeviews6-prefix2as")
_LINKED = re.compile(r"routeviews-(?:oix|rv2|rv6)-(\d{8})-\d{4}\.pfx2as\.gz")
_MONTHS_BACK = 2
"""Days are missing now and then, whole months never were."""
_READ_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 13
"""What breaks off before a chunk is full is lost to the next run."""
_MAX_PAGE_BYTES = 1 << 24
_ATTEMPTS = 3


class PrefixFile(Struct, frozen=True):
    """One file to download."""

    day: date
    folder: str
    """Below the endpoint."""
    name: str
    size_bytes: int


class PrefixPlan(Struct, frozen=True):
    """What a day needs: the newest IPv4 and IPv6 files that are not after it."""

    endpoint: str
    files: tuple[PrefixFile, ...]

    @property
    def size_bytes(self) -> int:
        """Sum of the files' sizes."""
        return sum(file.size_bytes for file in self.files)


def plan_prefixes(day: date, *, endpoint: str = PREFIX_ENDPOINT) -> PrefixPlan:
    """Find the files in force on a day, with their sizes; nothing is downloaded.

    Raises: FetchError if a folder cannot be read or holds no file up to that day; UsageError if
    the endpoint is no http address.
    """
    if not endpoint.startswith(("https://", "http://")):
        raise UsageError(f"{endpoint}: the endpoint must begin with https:// or http://")
    endpoint = endpoint.rstrip("/")
    return PrefixPlan(endpoint, tuple(_newest(endpoint, family, day) for family in _FAMILIES))


def fetch_prefixes(
    plan: PrefixPlan,
    cache_dir: Path,
    *,
    report: Callable[[PrefixFile, int], None] = lambda _file, _held: None,
) -> tuple[Path, ...]:
    """Download a plan's files into the cache, going on where an earlier run stopped.

    ``report`` is called with a file and the bytes of it at hand. A file bears its name only once
    it is whole and unpacks.
    Raises: FetchError if a file cannot be had; UsageError if the disk is too small.
    """
    folder = cache_dir / PREFIXES_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(folder).free) < plan.size_bytes:
        raise UsageError(f"{folder}: {plan.size_bytes} bytes are to come and {free} are free")
    paths = []
    for file in plan.files:
        path = folder / file.name
        if not (path.is_file() and path.stat().st_size == file.size_bytes):
            _download(plan.endpoint, file, path, partial(report, file))
        report(file, file.size_bytes)
        paths.append(path)
    return tuple(paths)


def _newest(endpoint: str, family: str, day: date) -> PrefixFile:
    month = day.replace(day=1)
    for _ in range(_MONTHS_BACK + 1):
        folder = f"{family}/{month:%Y}/{month:%m}"
        names = _LINKED.finditer(_read_page(f"{endpoint}/{folder}/"))
        found = {match.group(0): match.group(1) for match in names}
        earlier = [(digits, name) for name, digits in found.items() if digits <= f"{day:%Y%m%d}"]
        if earlier:
            digits, name = max(earlier)
            taken = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
            return PrefixFile(taken, folder, name, _size(endpoint, folder, name))
        month = (month - timedelta(days=1)).replace(day=1)
    raise FetchError(f"holds no snapshot up to {day}", address=f"{endpoint}/{family}/")


def _store(address: str) -> HTTPStore:
    return HTTPStore.from_url(address, client_options={"allow_http": True})


def _read_page(address: str) -> str:
    """Read a folder's page; one that is not there is empty."""
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


def _size(endpoint: str, folder: str, name: str) -> int:
    address = f"{endpoint}/{folder}/{name}"
    try:
        return int(obstore.head(_store(address), "")["size"])
    except (BaseError, OSError) as error:
        raise FetchError(_first_line(error), address=address) from None


def _download(endpoint: str, file: PrefixFile, path: Path, report: Callable[[int], None]) -> None:
    address = f"{endpoint}/{file.folder}/{file.name}"
    part = path.with_name(f"{path.name}.part")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _fetch_rest(address, file.size_bytes, part, report)
            _check(part, file.size_bytes)
            break
        except (BaseError, OSError, EOFError, zlib.error) as error:
            if attempt == _ATTEMPTS:
                raise FetchError(_first_line(error), address=address) from None
    part.replace(path)


def _fetch_rest(address: str, size: int, part: Path, report: Callable[[int], None]) -> None:
    held = part.stat().st_size if part.is_file() else 0
    if held > size:
        part.unlink()
        held = 0
    with part.open("ab") as stream:
        if held < size:
            options: GetOptions = {"range": (held, size)} if held else {}
            for chunk in obstore.get(_store(address), "", options=options).stream(
                min_chunk_size=_CHUNK_BYTES
            ):
                stream.write(chunk)
                held += len(chunk)
                report(held)
        stream.flush()
        os.fsync(stream.fileno())


def _check(part: Path, size: int) -> None:
    held = part.stat().st_size
    if held < size:
        raise OSError(f"{held} of {size} bytes came")
    try:
        with gzip.open(part) as stream:
            while stream.read(_READ_BYTES):
                pass
    except (OSError, EOFError, zlib.error):
        # What was mixed from two versions cannot be mended by going on.
        part.unlink()
        raise


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
