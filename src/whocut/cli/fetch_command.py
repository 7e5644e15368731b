"""``whocut fetch``: measurements and reference data from where the public keeps them."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from whocut.cli.fetch_routing import rib, topology, updates
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.question import Country, asked_country, asked_day
from whocut.cli.reference_options import CacheOption, cache_directory
from whocut.cli.wording import count_of
from whocut.model.errors import FetchError, UsageError

__all__ = ["fetch"]

fetch = App(
    name="fetch",
    help="Fetch measurements and reference data from where they are public.",
    version_flags=[],
)


@fetch.command
def ooni(
    *,
    country: Country,
    since: Annotated[str, Parameter(help="First day, YYYY-MM-DD, in UTC.")],
    until: Annotated[str | None, Parameter(help="Last day, included; else the first.")] = None,
    to: Annotated[Path, Parameter(help="Folder; below it the bucket's own folders.")] = Path(
        "ooni"
    ),
    endpoint: Annotated[
        str | None,
        Parameter(help="Address of another S3 store; else $AWS_ENDPOINT_URL, else Amazon's."),
    ] = None,
    bucket: Annotated[str | None, Parameter(help="Another bucket than OONI's.")] = None,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Say what would come and how large it is, no more.")
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Fetch Web Connectivity measurements of a country from OONI's public bucket.

    The size is said before anything comes. What an earlier run has fetched is kept, and a file
    that broke off goes on where it stopped. Then: whocut ingest FOLDER.
    """
    from whocut.ingest.ooni.bucket import (
        DEFAULT_BUCKET,
        FetchRequest,
        download,
        missing_bytes,
        plan_fetch,
    )

    first = asked_day(since, "--since")
    last = asked_day(until, "--until") or first
    if first is None or last is None or last < first:
        raise UsageError(f"--until {until} lies before --since {since}")
    request = FetchRequest(asked_country(country), first, last + timedelta(days=1))
    plan = plan_fetch(request, bucket=bucket or DEFAULT_BUCKET, endpoint=endpoint)
    missing = missing_bytes(plan, to)
    output.say(
        f"{count_of(len(plan.objects), 'file')}, {_megabytes(plan.size_bytes)}; "
        f"{_megabytes(missing)} to come, into {to}"
    )
    if dry_run:
        rows = [{"file": each.key, "bytes": each.size_bytes} for each in plan.objects]
        write_rows(rows, ("file", "bytes"), output.form)
        return 0
    with Progress(plan.size_bytes, len(plan.objects), is_quiet=output.quiet) as progress:
        done = download(plan, to, on_progress=lambda step: progress.advance_to(step.bytes_done))
    rows = [{"file": os.fspath(path), "bytes": path.stat().st_size} for path in done.paths]
    write_rows(rows, ("file", "bytes"), output.form)
    if done.paths:
        output.say(f"Next: whocut ingest {to}")
    else:
        output.say("OONI's bucket holds nothing for that country and those days.")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@fetch.command
def roots(*, cache: CacheOption = None, output: Output = AS_TABLE) -> int:
    """Fetch dated root stores, one hash-locked download a date; what is at hand is kept.

    With them a chain is verified against the roots of its own day. Where they are missing, chains
    are graded lower, and the verdict says so.
    """
    from whocut.reference.root_downloads import RootRelease, fetch_roots, list_releases

    releases = list_releases()
    with Progress(0, len(releases), is_quiet=output.quiet) as progress:

        def report(release: RootRelease) -> None:
            progress.finished(f"{release.day}: certifi {release.release}")

        done = fetch_roots(cache or cache_directory(), releases=releases, report=report)
    rows = [
        *({"day": day, "state": "kept", "why": ""} for day in done.kept),
        *({"day": day, "state": "fetched", "why": ""} for day in done.fetched),
        *({"day": day, "state": "failed", "why": why} for day, why in done.failed),
    ]
    rows.sort(key=lambda row: str(row["day"]))
    if output.form == "json":
        write_json(rows)
    else:
        write_rows(rows, ("day", "state", "why"), output.form)
    if done.failed and not done.fetched and not done.kept:
        raise FetchError(done.failed[0][1], address="certifi")
    return 3 if done.failed else 0


@fetch.command
def pfx2as(
    *,
    day: Annotated[str, Parameter(help="The day the measurements were made, YYYY-MM-DD.")],
    cache: CacheOption = None,
    endpoint: Annotated[str | None, Parameter(help="Another address than CAIDA's.")] = None,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Say what would come and how large it is, no more.")
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Fetch the prefix-to-AS tables in force on a day, from CAIDA's public folders.

    With them an address is put into the AS that announced it on the day of the measurement; else
    the measurement's own annotation serves.
    """
    from whocut.reference.prefix_downloads import (
        PREFIX_ENDPOINT,
        PrefixFile,
        fetch_prefixes,
        plan_prefixes,
    )

    asked = asked_day(day, "--day")
    if asked is None:
        raise UsageError("--day: which day?")
    plan = plan_prefixes(asked, endpoint=endpoint or PREFIX_ENDPOINT)
    output.say(f"{count_of(len(plan.files), 'file')}, {_megabytes(plan.size_bytes)}")
    rows = [{"file": file.name, "day": file.day, "bytes": file.size_bytes} for file in plan.files]
    if not dry_run:
        held: dict[str, int] = {}
        with Progress(plan.size_bytes, len(plan.files), is_quiet=output.quiet) as progress:

            def report(file: PrefixFile, size: int) -> None:
                held[file.name] = size
                progress.advance_to(sum(held.values()))

            fetch_prefixes(plan, cache or cache_directory(), report=report)
    write_rows(rows, ("file", "day", "bytes"), output.form)
    return 0


for _command in (topology, rib, updates):
    fetch.command(_command)
