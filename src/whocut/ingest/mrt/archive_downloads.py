"""``whocut fetch rib`` and ``fetch updates``: MRT files of RIPE RIS and RouteViews.

RIS: ``rrcNN/YYYY.MM/bview.YYYYMMDD.HHMM.gz`` every eight hours and ``updates.*.gz`` every five
minutes. RouteViews: ``COLLECTOR/bgpdata/YYYY.MM/RIBS/rib.YYYYMMDD.HHMM.bz2`` every two hours and
``UPDATES/updates.*.bz2`` every fifteen minutes; its first collector, route-views2, has no folder of
its own. What is there is read from the month's page, never computed. Terms: docs/licences.md.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from whocut.model.errors import FetchError, UsageError
from whocut.reference.web_files import WebFile, check_endpoint, read_page, size_files

__all__ = [
    "RIS_ENDPOINT",
    "ROUTEVIEWS_ENDPOINT",
    "ArchiveEndpoints",
    "ArchivePlan",
    "plan_ribs",
    "plan_updates",
]

RIS_ENDPOINT = "https://data.ris.ripe.net"
ROUTEVIEWS_ENDPOINT = "https://archive.routeviews.org"
_RIS_NAME = re.compile(r"rrc\d{2}")
_ROUTEVIEWS_NAME = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_FIRST_ROUTEVIEWS = "route-views2"
_MOST_DAYS = 31
_LONGEST_FILE = timedelta(hours=1)
"""No archive's file of updates holds as much; an older one is of before a gap."""


class ArchiveEndpoints(Struct, frozen=True):
    """Where the two archives are."""

    ris: str = RIS_ENDPOINT
    routeviews: str = ROUTEVIEWS_ENDPOINT


class ArchivePlan(Struct, frozen=True):
    """What would come: files in the order of collectors, then of time."""

    files: tuple[WebFile, ...]
    missing: tuple[str, ...]
    """Collectors that hold nothing of what was asked, in words."""

    @property
    def size_bytes(self) -> int:
        """Sum of the files' sizes."""
        return sum(file.size_bytes for file in self.files)


class _Dump(Struct, frozen=True, order=True):
    """A file of a collector; its name tells when the dump was made, or when its updates begin."""

    at: datetime
    name: str
    folder: str


def plan_ribs(
    collectors: Sequence[str], at: datetime, *, endpoints: ArchiveEndpoints | None = None
) -> ArchivePlan:
    """Find each collector's newest table that is not after a moment; nothing is downloaded.

    Raises: FetchError if an archive cannot be read or no collector has one; UsageError if a name
    is no collector's.
    """
    chosen: list[tuple[str, _Dump]] = []
    missing: list[str] = []
    pages: list[str] = []
    for collector in _each_once(collectors):
        earlier: list[_Dump] = []
        # Collectors pause now and then: the month before serves too, with its date in its name.
        for month in (at, at.replace(day=1) - timedelta(days=1)):
            found = _dumps(collector, month, endpoints or ArchiveEndpoints(), pages, is_rib=True)
            earlier = [dump for dump in found if dump.at <= at]
            if earlier:
                chosen.append((collector, max(earlier)))
                break
        if not earlier:
            missing.append(f"{collector}: no table up to {at:%Y-%m-%d %H:%M}")
    return _plan(chosen, missing, pages)


def plan_updates(
    collectors: Sequence[str],
    since: datetime,
    until: datetime,
    *,
    endpoints: ArchiveEndpoints | None = None,
) -> ArchivePlan:
    """Find the updates of a span, from the file that is open at its start; nothing is downloaded.

    Raises: FetchError if an archive cannot be read or no collector has any; UsageError if the span
    is empty or longer than a month, or a name is no collector's.
    """
    if until <= since:
        raise UsageError(f"no time lies between {since} and {until}")
    if until - since > timedelta(days=_MOST_DAYS):
        raise UsageError(f"{since} to {until} is more than {_MOST_DAYS} days")
    chosen: list[tuple[str, _Dump]] = []
    missing: list[str] = []
    pages: list[str] = []
    for collector in _each_once(collectors):
        found: list[_Dump] = []
        for month in _months(since - _LONGEST_FILE, until):
            found += _dumps(collector, month, endpoints or ArchiveEndpoints(), pages, is_rib=False)
        inside = [dump for dump in sorted(found) if since <= dump.at < until]
        # A file begins when its name says; the one before holds what comes up to then.
        is_open = not inside or inside[0].at > since
        earlier = [dump for dump in sorted(found) if since - _LONGEST_FILE <= dump.at < since]
        before = earlier[-1:] if is_open else []
        if not inside and not before:
            missing.append(f"{collector}: no updates from {since:%Y-%m-%d %H:%M}")
        chosen += [(collector, dump) for dump in (*before, *inside)]
    return _plan(chosen, missing, pages)


def _plan(
    chosen: Sequence[tuple[str, _Dump]], missing: Sequence[str], pages: Sequence[str]
) -> ArchivePlan:
    if not chosen:
        raise FetchError("; ".join(missing), address="the archives")
    files = [
        WebFile(f"{dump.folder}/{dump.name}", f"{collector}/{dump.name}")
        for collector, dump in chosen
    ]
    return ArchivePlan(size_files(files, pages), tuple(missing))


def _dumps(
    collector: str, month: datetime, endpoints: ArchiveEndpoints, pages: list[str], *, is_rib: bool
) -> list[_Dump]:
    """List what a collector has of a month."""
    if _RIS_NAME.fullmatch(collector):
        folder = f"{check_endpoint(endpoints.ris)}/{collector}/{month:%Y.%m}"
        kind = "bview" if is_rib else "updates"
    else:
        own = "" if collector == _FIRST_ROUTEVIEWS else f"/{collector}"
        below = "RIBS" if is_rib else "UPDATES"
        folder = f"{check_endpoint(endpoints.routeviews)}{own}/bgpdata/{month:%Y.%m}/{below}"
        kind = "rib" if is_rib else "updates"
    page = read_page(f"{folder}/")
    pages.append(page)
    named = re.compile(rf"\b{kind}\.(\d{{8}})\.(\d{{4}})\.(?:gz|bz2)\b(?!\.)")
    dumps = {match[0]: match[1] + match[2] for match in named.finditer(page)}
    return [_Dump(at, name, folder) for name, at in _read_times(dumps)]


def _read_times(dumps: dict[str, str]) -> Iterator[tuple[str, datetime]]:
    for name, digits in dumps.items():
        try:
            yield name, datetime.strptime(digits, "%Y%m%d%H%M").replace(tzinfo=UTC)
        except ValueError:
            continue


def _months(since: datetime, until: datetime) -> Iterator[datetime]:
    month = since.replace(day=1)
    while month < until:
        yield month
        month = (month + timedelta(days=_MOST_DAYS)).replace(day=1, hour=0, minute=0)


def _each_once(collectors: Sequence[str]) -> tuple[str, ...]:
    if not collectors:
        raise UsageError("no collector is named, as in rrc00 or route-views2")
    for name in collectors:
        if not (_RIS_NAME.fullmatch(name) or _ROUTEVIEWS_NAME.fullmatch(name)):
            raise UsageError(f"{name}: not a collector, as in rrc00 or route-views2")
    return tuple(dict.fromkeys(collectors))
