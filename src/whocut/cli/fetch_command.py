"""``whocut fetch``: measurements and reference data from where the public keeps them."""

from cyclopts import App

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.reference_options import RootsOption, cache_directory
from whocut.model.errors import FetchError

__all__ = ["fetch"]

fetch = App(
    name="fetch",
    help="Fetch measurements and reference data from where they are public.",
    version_flags=[],
)


@fetch.command
def roots(*, roots: RootsOption = None, output: Output = AS_TABLE) -> int:
    """Fetch dated root stores, one hash-locked download a date; what is at hand is kept.

    With them a chain is verified against the roots of its own day. Where they are missing, chains
    are graded lower, and the verdict says so.
    """
    from whocut.reference.root_downloads import RootRelease, fetch_roots, list_releases

    releases = list_releases()
    with Progress(0, len(releases), is_quiet=output.quiet) as progress:

        def report(release: RootRelease) -> None:
            progress.finished(f"{release.day}: certifi {release.release}")

        done = fetch_roots(roots or cache_directory(), releases=releases, report=report)
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
