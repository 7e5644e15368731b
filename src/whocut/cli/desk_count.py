"""``whocut desk count``: what may be published of reports."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from whocut.cli.desk_options import QUEUE, QueueOptions
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.wording import count_of
from whocut.publish.desk.counts import LEAST, Counts, Grain, count_reports, write_counts
from whocut.publish.desk.queue import open_all

__all__ = ["count"]


def count(
    *,
    to: Annotated[Path, Parameter(help="The file to publish.")] = Path("desk-counts.json"),
    grain: Annotated[
        Grain, Parameter(help="Weeks or quarters; never both, the two would tell too much.")
    ] = Grain.QUARTER,
    dry_run: Annotated[bool, Parameter(negative="", help="Show it and write nothing.")] = False,
    queue: QueueOptions = QUEUE,
    output: Output = AS_TABLE,
) -> int:
    """Count accepted reports by service, country, period and kind, from five on, in steps of five.

    Copy the file into the server's observatory. Publish once a week at most: a number that rises
    the moment a report arrives tells of that report.
    """
    opened = open_all(queue.queue, queue.keys(), queue.decided())
    tally = count_reports(opened, grain=grain, today=datetime.now(UTC).date())
    if not dry_run:
        write_counts(to, tally.counts)
    _write(tally.counts, output)
    output.say(
        f"{count_of(tally.n_accepted, 'accepted report')}: {tally.n_below:,} in parts below "
        f"{LEAST}, {tally.n_again:,} sent again, {tally.n_nameless:,} of no known service, "
        f"{tally.n_other:,} of no kind or period that is counted. These figures are for you alone."
    )
    output.say("Nothing is written." if dry_run else f"Next: copy {to} into the observatory")
    unreadable = sum(bool(one.fault) for one in opened)
    if unreadable:
        output.say(f"{count_of(unreadable, 'form')} cannot be opened.")
    return 3 if unreadable else 0


def _write(counts: Counts, output: Output) -> None:
    if output.form == "json":
        write_json(counts)
        return
    columns = ("subject", "country", "period", "kind", "at_least")
    rows = [{name: getattr(row, name) for name in columns} for row in counts.rows]
    write_rows(rows, columns, output.form)
