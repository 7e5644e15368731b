"""Keys of OONI's public bucket, and which of them answer a request: no input or output here.

``raw/YYYYMMDD/HH/CC/TEST/YYYYMMDDHH_CC_TEST.nN.M.jsonl.gz``, and beside it the same measurements as
``.tar.gz`` of the files that probes submitted.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath

from msgspec import Struct

from whocut.model.errors import UsageError

__all__ = [
    "BucketObject",
    "FetchPlan",
    "FetchRequest",
    "hour_prefixes",
    "local_path",
    "parse_key",
    "select_objects",
]

WEB_CONNECTIVITY = "webconnectivity"
_FIRST_DAY = date(2020, 10, 20)
"""The layout begins here; earlier measurements lie elsewhere in the bucket."""
_HOURS = 24
_KEY = re.compile(
    r"raw/(?P<day>\d{8})/(?P<hour>\d{2})/(?P<country>[A-Z]{2})/(?P<test>[a-z0-9]+)/"
    r"(?P<stem>\d{10}_[A-Z]{2}_[a-z0-9]+\.n\d+\.\d+)\.(?P<format>jsonl\.gz|tar\.gz)"
)


class FetchRequest(Struct, frozen=True):
    """Which measurements are wanted: one country, whole days from ``since`` to before ``until``."""

    country: str
    since: date
    until: date
    test: str = WEB_CONNECTIVITY


class BucketObject(Struct, frozen=True, gc=False):
    """One object of the bucket."""

    key: str
    size_bytes: int
    etag: str | None = None


class FetchPlan(Struct, frozen=True):
    """What will be downloaded, and from where."""

    bucket: str
    endpoint: str | None
    objects: tuple[BucketObject, ...]

    @property
    def size_bytes(self) -> int:
        """Size of all objects together."""
        return sum(each.size_bytes for each in self.objects)


class BucketKey(Struct, frozen=True, gc=False):
    """What a key says of its object."""

    at: datetime
    """Hour in which the measurements reached the collector; naive, UTC."""
    country: str
    test: str
    stem: str
    is_jsonl: bool


def hour_prefixes(request: FetchRequest) -> Iterator[str]:
    """List the prefixes that hold a request's objects, hour after hour.

    Raises: UsageError if the request names no country or no day, or one before the layout began.
    """
    country = request.country.upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise UsageError(f"{request.country}: no country code; write two letters, such as RU")
    if request.since >= request.until:
        raise UsageError(
            f"no day lies between {request.since} and {request.until}; the second is not included"
        )
    if request.since < _FIRST_DAY:
        raise UsageError(f"the bucket's hourly files begin on {_FIRST_DAY}")
    day = request.since
    while day < request.until:
        for hour in range(_HOURS):
            yield f"raw/{day:%Y%m%d}/{hour:02d}/{country}/{request.test}/"
        day += timedelta(days=1)


def parse_key(key: str) -> BucketKey | None:
    """Read a key; ``None`` if it is not of the layout."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    try:
        at = datetime.strptime(found["day"] + found["hour"], "%Y%m%d%H")  # noqa: DTZ007
    except ValueError:
        return None
    return BucketKey(
        at, found["country"], found["test"], found["stem"], found["format"] == "jsonl.gz"
    )


def select_objects(objects: Iterable[BucketObject]) -> tuple[BucketObject, ...]:
    """Pick each measurement once, in order of time: JSON Lines where both forms are there."""
    chosen: dict[tuple[datetime, str], tuple[bool, BucketObject]] = {}
    for each in objects:
        key = parse_key(each.key)
        if key is None:
            continue
        name = (key.at, key.stem)
        held = chosen.get(name)
        if held is None or (key.is_jsonl and not held[0]):
            chosen[name] = (key.is_jsonl, each)
    return tuple(chosen[name][1] for name in sorted(chosen))


def local_path(directory: Path, key: str) -> Path:
    """Name the file that an object becomes: the bucket's own folders below ``directory``.

    Raises: UsageError if the key would leave the directory.
    """
    parts = PurePosixPath(key).parts
    if not parts or key.startswith("/") or any(part in {"..", "."} for part in parts):
        raise UsageError(f"{key}: not a key of OONI's layout")
    return directory.joinpath(*parts)
