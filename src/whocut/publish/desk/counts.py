"""How many reports there are, published so that no number tells of fewer than five.

A report counts once a keeper has accepted it. Reports are parted by (subject, country, period,
kind), and into nothing else: there is no total from which a part could be found by taking away.
A part below five is not there at all; above, only full steps of five are told (5, 10, 15), so that
two publications differ by nothing or by five at least. Weeks and quarters are never both published.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from whocut.model.errors import DamagedDataError, UsageError
from whocut.publish.desk.decisions import Outcome
from whocut.publish.desk.form import Happened, Report, days_of
from whocut.publish.desk.parties import subject_of
from whocut.publish.desk.queue import Opened
from whocut.store.durable import write_whole

__all__ = [
    "COUNTS_FORMAT",
    "LEAST",
    "CountRow",
    "Counts",
    "Grain",
    "Tally",
    "count_reports",
    "counts_of",
    "read_counts",
    "write_counts",
]

COUNTS_FORMAT: Final = "whocut-desk-counts/1"
LEAST: Final = 5
"""k: behind no number stand fewer reports, and behind no difference of two publications."""
_MOST_BYTES: Final = 16_000_000


class Grain(StrEnum):
    """How long the periods are."""

    WEEK = "week"
    QUARTER = "quarter"


class CountRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Users report: so many at least."""

    subject: Annotated[str, Meta(pattern="^[a-z0-9]+([.-][a-z0-9-]+)*$", max_length=253)]
    """An actor's id, or the domain of a service that no actor is known to own."""
    country: Annotated[str, Meta(pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    period: Annotated[str, Meta(pattern="^[0-9]{4}-(W[0-9]{2}|Q[1-4])$")]
    kind: Happened
    at_least: Annotated[int, Meta(ge=LEAST, multiple_of=LEAST)]


class Counts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is published of reports: nothing else of them is."""

    format: str = COUNTS_FORMAT
    made: date
    grain: Grain
    least: int = LEAST
    rows: tuple[CountRow, ...] = ()


class Tally(Struct, frozen=True):
    """What the keepers see of a count, and nobody else."""

    counts: Counts
    n_accepted: int
    n_again: int
    """Accepted, and sent from the same copy of a form as another."""
    n_nameless: int
    """Accepted, and neither the actors nor a keeper know what service is meant."""
    n_other: int
    """Accepted, and of no kind that is counted, or of a period longer than the grain."""
    n_below: int
    """Counted in parts that are not published yet."""


def count_reports(opened: Iterable[Opened], *, grain: Grain, today: date) -> Tally:
    """Count accepted reports, each form once, and keep back what is below five."""
    accepted = [
        one
        for one in opened
        if isinstance(one.body, Report)
        and one.standing.outcome is Outcome.ACCEPTED
        and not one.standing.is_disputed
    ]
    parts: Counter[tuple[str, str, str, str]] = Counter()
    n_again = n_nameless = n_other = 0
    seen: set[str] = set()
    for one in accepted:
        report = one.body
        assert isinstance(report, Report)  # noqa: S101 - chosen so above
        period = _period(report, grain)
        subject = one.standing.subject or subject_of(report.service)
        if report.nonce and report.nonce in seen:
            n_again += 1
        elif not subject:
            n_nameless += 1
        elif report.happened is Happened.OTHER or not period:
            n_other += 1
        else:
            seen.add(report.nonce)
            parts[subject, report.country, period, report.happened.value] += 1
    rows = tuple(_row(part, n) for part, n in sorted(parts.items()) if n >= LEAST)
    return Tally(
        counts=Counts(made=today, grain=grain, rows=rows),
        n_accepted=len(accepted),
        n_again=n_again,
        n_nameless=n_nameless,
        n_other=n_other,
        n_below=sum(n for n in parts.values() if n < LEAST),
    )


def _row(part: tuple[str, str, str, str], n: int) -> CountRow:
    subject, country, period, kind = part
    return CountRow(
        subject=subject,
        country=country,
        period=period,
        kind=Happened(kind),
        at_least=n - n % LEAST,
    )


def _period(report: Report, grain: Grain) -> str:
    is_week = "W" in report.when
    if grain is Grain.WEEK:
        return report.when if is_week else ""
    if not is_week:
        return report.when
    # A week belongs to the quarter of its Thursday, as to its year.
    thursday = days_of(report.when)[0] + timedelta(days=3)
    return f"{thursday.year}-Q{(thursday.month + 2) // 3}"


def write_counts(path: Path, counts: Counts) -> None:
    """Write counts for publication.

    Raises: UsageError if those that stand there are of another grain: the two together would tell
        of parts below five.
    """
    if path.exists():
        before = read_counts(path)
        if before.grain is not counts.grain:
            raise UsageError(
                f"{path}: was published by {before.grain}; by {counts.grain} as well, the two "
                "together would tell of fewer than five"
            )
    write_whole(path, msgspec.json.format(msgspec.json.encode(counts)) + b"\n")


def read_counts(path: Path) -> Counts:
    """Read what was published; where nothing was, there are no rows.

    Raises: DamagedDataError if it is no file of counts.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return Counts(made=date.min, grain=Grain.QUARTER)
    if len(content) > _MOST_BYTES:
        raise DamagedDataError("far too large for counts", source=str(path))
    try:
        counts = msgspec.json.decode(content, type=Counts)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedDataError(f"no counts of the desk: {error}", source=str(path)) from error
    if counts.format != COUNTS_FORMAT or counts.least != LEAST:
        raise DamagedDataError(f"wanted {COUNTS_FORMAT}", source=str(path), field="format")
    for number, row in enumerate(counts.rows):
        if ("W" in row.period) is not (counts.grain is Grain.WEEK):
            where = f"rows[{number}].period"
            raise DamagedDataError(
                f"not of the grain {counts.grain}", source=str(path), field=where
            )
    return counts


def counts_of(counts: Counts, *, subject: str = "", country: str = "") -> tuple[CountRow, ...]:
    """Choose rows: of an actor or a domain, of a country with its parts, or of both."""
    return tuple(
        row
        for row in counts.rows
        if subject in ("", row.subject)
        and (not country or row.country == country or row.country.startswith(f"{country}-"))
    )
