"""What is asked of an observatory: a domain, a country, days; and the verdicts that speak of it."""

import os
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from cyclopts import Parameter

from whocut.access.agreement import Said
from whocut.access.pair_answer import LAB, of_world
from whocut.access.period import Question
from whocut.model.errors import UsageError
from whocut.model.schema import VERDICT
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.store.object_path import AnyPath, path_of
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = [
    "VERDICT_COLUMNS",
    "Country",
    "Day",
    "FailOn",
    "ObservatoryOption",
    "as_said",
    "asked_country",
    "asked_day",
    "asked_days",
    "asked_domain",
    "asked_to_fail",
    "fetch",
    "is_name",
    "lab_note",
    "observatory_directory",
    "only_world",
    "verdict_rows",
]

ObservatoryOption = Annotated[
    str | None,
    Parameter(
        name="--observatory",
        help="Directory of the observatory, or s3://BUCKET/PREFIX; else $WHOCUT_OBSERVATORY, else "
        "./observatory.",
    ),
]
Country = Annotated[
    str, Parameter(name=["--country", "-c"], help="Country of the probes, two letters.")
]
Day = Annotated[str | None, Parameter(help="A day, YYYY-MM-DD, in UTC; that day is included.")]
FailOn = Annotated[
    str | None, Parameter(name="--fail-on", help="With cut: exit code 4 where a cut was found.")
]

VERDICT_COLUMNS: Final = tuple(column.name for column in VERDICT.columns)
_LAB_NOTE: Final = (
    "These are measurements of the emulated internet (lab), where it is known who did what; "
    "they say nothing of any real country or service."
)
_NETWORK: Final = re.compile(r"(AS)?[0-9]+", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"[^\s/:@?#\[\]]{1,253}|\[?[0-9a-fA-F:.]+\]?")


def observatory_directory(named: str | None) -> AnyPath:
    """Find the observatory: as named, else by the environment, else ./observatory."""
    return path_of(named or os.environ.get("WHOCUT_OBSERVATORY") or "observatory")


def asked_country(text: str, option: str = "--country") -> str:
    """Read a country code.

    Raises: UsageError if it is not two letters.
    """
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise UsageError(f"{option} {text}: not a country of two letters, as in RU or IR")
    return text.upper()


def asked_domain(text: str) -> str:
    """Read a domain, also out of a URL, in the form in which measurements have it.

    Raises: UsageError if there is none in it.
    """
    host = urlsplit(text).hostname or "" if "://" in text else text.partition("/")[0]
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError as error:
            raise UsageError(f"{text}: not a domain ({error})") from error
    if not host or not _DOMAIN.fullmatch(host):
        raise UsageError(f"{text}: not a domain, as in example.org")
    return host


def is_name(text: str) -> bool:
    """Say whether this cannot be a domain: the number of a network, or words."""
    return bool(_NETWORK.fullmatch(text)) or ("://" not in text and len(text.split()) > 1)


def asked_day(text: str | None, option: str) -> date | None:
    """Read a day.

    Raises: UsageError if it is not YYYY-MM-DD.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: not a day, as in 2024-01-31") from error


def asked_days(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """Read --since and --until.

    Raises: UsageError if one is no day, or the last is before the first.
    """
    begin, end = asked_day(since, "--since"), asked_day(until, "--until")
    if begin and end and begin > end:
        raise UsageError(f"--since {begin} is after --until {end}")
    return begin, end


def asked_to_fail(text: str | None) -> bool:
    """Read --fail-on.

    Raises: UsageError if it is anything but cut.
    """
    if text not in (None, "cut"):
        raise UsageError(f"--fail-on {text}: only cut is known")
    return text == "cut"


def verdict_rows(snapshot: Snapshot, question: Question) -> list[dict[str, Any]]:
    """Fetch the verdicts that speak of a question, oldest first.

    A registrable domain stands for all its hosts; any other name for itself and its www.
    """
    where = ["probe_cc = $country"]
    values: dict[str, Any] = {"country": question.country}
    if question.domain is not None:
        where.append("(target = $domain OR hostname = $domain OR hostname = 'www.' || $domain)")
        values["domain"] = question.domain
    sql = (
        f"SELECT {', '.join(VERDICT_COLUMNS)} FROM verdict WHERE {' AND '.join(where)} "  # noqa: S608 - column names are ours
        "ORDER BY measurement_start_time, measurement_uid"
    )
    days = {"since": question.since, "until": question.until}
    with snapshot.connect(cc=question.country, **days) as connection:
        return fetch(connection, sql, values)


def fetch(
    connection: "duckdb.DuckDBPyConnection", sql: str, values: dict[str, Any]
) -> list[dict[str, Any]]:
    """Ask DuckDB and give the rows by column name."""
    found: pa.Table = connection.sql(sql, params=values).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def only_world(
    rows: Sequence[dict[str, Any]], noun: str = "measurements"
) -> tuple[list[dict[str, Any]], str]:
    """Keep the world's measurements apart from the emulated internet's, and say so.

    ``noun`` says what the rows are.
    """
    kept, n_left_out = of_world(rows)
    if n_left_out:
        return kept, f"{n_left_out} {noun} of the emulated internet are left out."
    return kept, lab_note(kept)


def lab_note(rows: Sequence[dict[str, Any]]) -> str:
    """Say that rows are of the emulated internet, where they are."""
    return _LAB_NOTE if any(row["origin"] == LAB for row in rows) else ""


def as_said(row: dict[str, Any]) -> Said:
    """Turn a verdict's row into what it contributes to an agreement."""
    return Said(
        Outcome(row["outcome"]),
        Layer(row["layer"]),
        row["mechanism"],
        Locus(row["locus"]),
        ActorKind(row["actor_kind"]),
        Strength(row["strength"]),
        row["probe_asn"],
        row["measurement_start_time"],
    )
