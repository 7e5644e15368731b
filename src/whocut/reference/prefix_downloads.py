"""``whocut fetch pfx2as``: the prefix-to-AS snapshot of a day from CAIDA's public folders.

Layout: ``routeviews-prefix2as/YYYY/MM/routeviews-rv2-YYYYMMDD-HHMM.pfx2as.gz`` for IPv4 and
``routeviews6-prefix2as/YYYY/MM/routeviews-rv6-...`` for IPv6; a month's folder answers with a page
that links its files. Terms: CAIDA's acceptable use agreement (docs/licences.md).
"""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from msgspec import Struct

from whocut.model.errors import FetchError, UsageError
from whocut.reference.prefixes import PREFIXES_FOLDER
from whocut.reference.web_files import WebFile, check_endpoint, fetch_file, file_size, read_page

__all__ = ["PREFIX_ENDPOINT", "PrefixFile", "PrefixPlan", "fetch_prefixes", "plan_prefixes"]

PREFIX_ENDPOINT = "https://publicdata.caida.org/datasets/routing"
_FAMILIES = ("routeviews-prefix2as", "routeviews6-prefix2as")
_LINKED = re.compile(r"routeviews-(?:oix|rv2|rv6)-(\d{8})-\d{4}\.pfx2as\.gz")
_MONTHS_BACK = 2
"""Days are missing now and then, whole months never were."""


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


def plan_prefixes(
    day: date, *, endpoint: str = PREFIX_ENDPOINT, is_ipv4_only: bool = False
) -> PrefixPlan:
    """Find the files in force on a day, with their sizes; nothing is downloaded.

    Raises: FetchError if a folder cannot be read or holds no file up to that day; UsageError if
    the endpoint is no http address.
    """
    endpoint = check_endpoint(endpoint)
    families = _FAMILIES[:1] if is_ipv4_only else _FAMILIES
    return PrefixPlan(endpoint, tuple(_newest(endpoint, family, day) for family in families))


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
        address = f"{plan.endpoint}/{file.folder}/{file.name}"
        wanted = WebFile(address, file.name, file.size_bytes)
        fetch_file(wanted, path, report=partial(report, file))
        report(file, file.size_bytes)
        paths.append(path)
    return tuple(paths)


def _newest(endpoint: str, family: str, day: date) -> PrefixFile:
    month = day.replace(day=1)
    for _ in range(_MONTHS_BACK + 1):
        folder = f"{family}/{month:%Y}/{month:%m}"
        names = _LINKED.finditer(read_page(f"{endpoint}/{folder}/"))
        found = {match.group(0): match.group(1) for match in names}
        earlier = [(digits, name) for name, digits in found.items() if digits <= f"{day:%Y%m%d}"]
        if earlier:
            digits, name = max(earlier)
            taken = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
            return PrefixFile(taken, folder, name, file_size(f"{endpoint}/{folder}/{name}"))
        month = (month - timedelta(days=1)).replace(day=1)
    raise FetchError(f"holds no snapshot up to {day}", address=f"{endpoint}/{family}/")
