"""``whocut fetch topology|rib|updates``: what routes are answered from."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_rows
from whocut.cli.progress import Progress
from whocut.cli.reference_options import CacheOption, cache_directory
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from whocut.ingest.mrt.archive_downloads import ArchiveEndpoints, ArchivePlan
    from whocut.reference.web_files import WebFile

__all__ = ["rib", "topology", "updates"]

_DryRun = Annotated[
    bool, Parameter(negative="", help="Say what would come and how large it is, no more.")
]
_Folder = Annotated[Path, Parameter(help="Folder; below it one for each collector.")]
_Collectors = Annotated[
    list[str],
    Parameter(
        name="--collector",
        negative="",
        help="Such as rrc00 (RIS) or route-views2 (RouteViews); may be repeated.",
    ),
]
_RisEndpoint = Annotated[str | None, Parameter(help="Another address than RIPE RIS's.")]
_RouteViewsEndpoint = Annotated[
    str | None, Parameter(name="--routeviews-endpoint", help="Another address than RouteViews'.")
]
_Kind = Literal["serial-1", "serial-2", "organisations", "prefixes"]


def topology(
    *,
    month: Annotated[str, Parameter(help="A month or several: 2022-02, 2022-02..2022-06.")],
    only: Annotated[
        list[_Kind] | None,
        Parameter(negative="", help="Only this kind; may be repeated. Else all four."),
    ] = None,
    cache: CacheOption = None,
    endpoint: Annotated[str | None, Parameter(help="Another address than CAIDA's.")] = None,
    dry_run: _DryRun = False,
    output: Output = AS_TABLE,
) -> int:
    """Fetch AS relationships, organisations and prefixes of months from CAIDA's public folders.

    Links of every month; of organisations, published four times a year, the newest of each month;
    prefixes of the last month's first day, for weights. The size is said before anything comes,
    and what an earlier run has fetched is kept. Terms: CAIDA's acceptable use agreement.
    """
    from whocut.ingest.topology.topology_downloads import (
        TOPOLOGY_ENDPOINT,
        TOPOLOGY_FOLDER,
        TOPOLOGY_KINDS,
        months_between,
        plan_topology,
    )

    plan = plan_topology(
        months_between(month), kinds=only or TOPOLOGY_KINDS, endpoint=endpoint or TOPOLOGY_ENDPOINT
    )
    to = (cache or cache_directory()) / TOPOLOGY_FOLDER
    return _carry_out(plan.files, plan.missing, to, is_dry=dry_run, output=output)


def rib(
    *,
    at: Annotated[str, Parameter(help="A moment in UTC, 2022-03-04T16:00: the last table up to.")],
    collector: _Collectors,
    to: _Folder = Path("routing"),
    ris_endpoint: _RisEndpoint = None,
    routeviews_endpoint: _RouteViewsEndpoint = None,
    dry_run: _DryRun = False,
    output: Output = AS_TABLE,
) -> int:
    """Fetch routing tables (MRT) of collectors from RIPE RIS and RouteViews.

    Of each collector the newest table that is not after the moment. The size is said before
    anything comes; what broke off goes on where it stopped.
    """
    from whocut.ingest.mrt.archive_downloads import plan_ribs

    plan = plan_ribs(
        collector, _moment(at, "--at"), endpoints=_endpoints(ris_endpoint, routeviews_endpoint)
    )
    return _carry_out_archive(plan, to, is_dry=dry_run, output=output)


def updates(
    *,
    since: Annotated[str, Parameter(help="Begin, in UTC, 2022-03-04T16:00.")],
    until: Annotated[str, Parameter(help="End, in UTC.")],
    collector: _Collectors,
    to: _Folder = Path("routing"),
    ris_endpoint: _RisEndpoint = None,
    routeviews_endpoint: _RouteViewsEndpoint = None,
    dry_run: _DryRun = False,
    output: Output = AS_TABLE,
) -> int:
    """Fetch route updates (MRT) of collectors from RIPE RIS and RouteViews.

    Every file that holds updates of the span. The size is said before anything comes; what broke
    off goes on where it stopped.
    """
    from whocut.ingest.mrt.archive_downloads import plan_updates

    plan = plan_updates(
        collector,
        _moment(since, "--since"),
        _moment(until, "--until"),
        endpoints=_endpoints(ris_endpoint, routeviews_endpoint),
    )
    return _carry_out_archive(plan, to, is_dry=dry_run, output=output)


def _endpoints(ris: str | None, routeviews: str | None) -> "ArchiveEndpoints":
    from whocut.ingest.mrt.archive_downloads import (
        RIS_ENDPOINT,
        ROUTEVIEWS_ENDPOINT,
        ArchiveEndpoints,
    )

    return ArchiveEndpoints(ris or RIS_ENDPOINT, routeviews or ROUTEVIEWS_ENDPOINT)


def _carry_out_archive(plan: "ArchivePlan", to: Path, *, is_dry: bool, output: Output) -> int:
    return _carry_out(plan.files, plan.missing, to, is_dry=is_dry, output=output)


def _carry_out(
    files: "Sequence[WebFile]", missing: Sequence[str], to: Path, *, is_dry: bool, output: Output
) -> int:
    """Say the size, fetch unless it is a dry run; 3 where part of what was asked is not there."""
    from whocut.reference.web_files import fetch_files, missing_size

    size = sum(file.size_bytes for file in files)
    to_come = missing_size(files, to)
    output.say(
        f"{count_of(len(files), 'file')}, {size / 1e6:,.1f} MB;"
        f" {to_come / 1e6:,.1f} MB to come, into {to}"
    )
    for each in missing:
        output.say(f"not there: {each}")
    if not is_dry:
        with Progress(size, len(files), is_quiet=output.quiet) as progress:
            fetch_files(files, to, report=progress.advance_to)
    rows = [
        {
            "file": file.path if is_dry else os.fspath(to / file.path),
            "bytes": file.size_bytes,
            "checksum": file.checksum,
        }
        for file in files
    ]
    write_rows(rows, ("file", "bytes", "checksum"), output.form)
    return 3 if missing else 0


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a moment, as in 2022-03-04T16:00") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
