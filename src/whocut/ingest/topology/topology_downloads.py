"""``whocut fetch topology``: links, organisations and prefixes of months, from CAIDA's folders.

Below the endpoint: ``as-relationships/serial-1/YYYYMMDD.as-rel.txt.bz2``, ``serial-2`` likewise
with ``as-rel2``; ``as-organizations/YYYYMMDD.as-org2info.txt.gz``, four a year;
``routing/routeviews-prefix2as/YYYY/MM``. Terms: CAIDA's acceptable use agreement
(docs/licences.md): fetched by whoever needs them, never shipped.
"""

import re
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from whocut.model.errors import FetchError, UsageError
from whocut.reference.prefix_downloads import plan_prefixes
from whocut.reference.web_files import WebFile, check_endpoint, read_page, size_files

__all__ = [
    "TOPOLOGY_ENDPOINT",
    "TOPOLOGY_FOLDER",
    "TOPOLOGY_KINDS",
    "TopologyPlan",
    "months_between",
    "plan_topology",
]

TOPOLOGY_ENDPOINT = "https://publicdata.caida.org/datasets"
TOPOLOGY_FOLDER = "topology"
"""Below the cache."""
TOPOLOGY_KINDS = ("serial-1", "serial-2", "organisations", "prefixes")
_LINKS = {
    "serial-1": re.compile(r"(\d{8})\.as-rel\.txt\.(?:bz2|gz)"),
    "serial-2": re.compile(r"(\d{8})\.as-rel2\.txt\.(?:bz2|gz)"),
}
_ORGANISATIONS = re.compile(r"(\d{8})\.as-org2info\.txt\.gz")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DECEMBER = 12
_MOST_MONTHS = 600


class TopologyPlan(Struct, frozen=True):
    """What would come, and what is not there."""

    files: tuple[WebFile, ...]
    missing: tuple[str, ...]
    """Kinds and months that the archive does not hold, in words."""

    @property
    def size_bytes(self) -> int:
        """Sum of the files' sizes."""
        return sum(file.size_bytes for file in self.files)


def months_between(text: str) -> tuple[date, ...]:
    """Read ``2022-02`` or ``2022-02..2022-06`` as first days of months.

    Raises: UsageError if it is neither, or ends before it begins.
    """
    first, dots, last = text.partition("..")
    begin = _month(first, text)
    end = _month(last, text) if dots else begin
    if end < begin:
        raise UsageError(f"--month {text}: ends before it begins")
    months = []
    while begin <= end:
        months.append(begin)
        if len(months) > _MOST_MONTHS:
            raise UsageError(f"--month {text}: more than {_MOST_MONTHS} months")
        begin = _next_month(begin)
    return tuple(months)


def plan_topology(
    months: Sequence[date],
    *,
    kinds: Sequence[str] = TOPOLOGY_KINDS,
    endpoint: str = TOPOLOGY_ENDPOINT,
) -> TopologyPlan:
    """Find the files of months, with their sizes; nothing is downloaded.

    Links of every month; of organisations the newest that is not after each month; prefixes of the
    last month's first day, for weights.
    Raises: FetchError if a folder cannot be read or holds none of it; UsageError for what is no
    kind or no endpoint.
    """
    endpoint = check_endpoint(endpoint)
    if unknown := [kind for kind in kinds if kind not in TOPOLOGY_KINDS]:
        raise UsageError(f"{unknown[0]}: not one of {', '.join(TOPOLOGY_KINDS)}")
    if not months:
        raise UsageError("no month is asked for")
    files: list[WebFile] = []
    missing: list[str] = []
    pages: list[str] = []
    for kind in ("serial-1", "serial-2"):
        if kind in kinds:
            folder = f"{endpoint}/as-relationships/{kind}"
            pages.append(read_page(f"{folder}/"))
            found = {match[1]: match[0] for match in _LINKS[kind].finditer(pages[-1])}
            for month in months:
                name = found.get(f"{month:%Y%m%d}")
                if name is None:
                    missing.append(f"{kind} of {month:%Y-%m}")
                else:
                    files.append(WebFile(f"{folder}/{name}", name))
    if "organisations" in kinds:
        folder = f"{endpoint}/as-organizations"
        pages.append(read_page(f"{folder}/"))
        files += _organisations(months, folder, pages[-1], missing)
    sized = list(size_files(files, pages))
    if "prefixes" in kinds:
        sized += _prefixes(months[-1], endpoint, missing)
    if not sized:
        raise FetchError(f"holds none of it: {', '.join(missing)}", address=endpoint)
    return TopologyPlan(tuple(sized), tuple(missing))


def _organisations(
    months: Sequence[date], folder: str, page: str, missing: list[str]
) -> list[WebFile]:
    found = {match[1]: match[0] for match in _ORGANISATIONS.finditer(page)}
    chosen: dict[str, WebFile] = {}
    for month in months:
        earlier = [day for day in found if day <= f"{month:%Y%m%d}"]
        if not earlier:
            missing.append(f"organisations up to {month:%Y-%m}")
            continue
        name = found[max(earlier)]
        chosen[name] = WebFile(f"{folder}/{name}", name)
    return list(chosen.values())


def _prefixes(day: date, endpoint: str, missing: list[str]) -> list[WebFile]:
    try:
        plan = plan_prefixes(day, endpoint=f"{endpoint}/routing", is_ipv4_only=True)
    except FetchError as error:
        missing.append(f"prefixes up to {day} ({error.reason})")
        return []
    return [
        WebFile(f"{plan.endpoint}/{file.folder}/{file.name}", file.name, file.size_bytes)
        for file in plan.files
    ]


def _month(text: str, asked: str) -> date:
    found = _MONTH.fullmatch(text.strip())
    try:
        if found:
            return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise UsageError(f"--month {asked}: not a month or two, as in 2022-02 or 2022-02..2022-06")


def _next_month(month: date) -> date:
    if month.month == _DECEMBER:
        return date(month.year + 1, 1, 1)
    return month.replace(month=month.month + 1)
