"""``--rows`` and ``--of``: an answer opened down to the rows behind it, alike in all commands."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter
from msgspec import Struct

from whocut.cli.output import Output, write_rows
from whocut.cli.question import fetch, only_world
from whocut.model.errors import UsageError
from whocut.model.schema import TABLES, arrow_schema
from whocut.store.lookup import rows as stored_rows
from whocut.store.snapshot import Snapshot

__all__ = ["Behind", "OfOption", "RowsOf", "RowsOption", "asked_rows", "write_behind"]

RowsOf = Literal["verdicts", "signals", "tallies", "networks", "cells", "spans"]
RowsOption = Annotated[
    bool,
    Parameter(
        name="--rows", negative="", help="Write the rows behind the answer; --of says which."
    ),
]
OfOption = Annotated[
    RowsOf | None,
    Parameter(
        name="--of",
        help="Which rows: verdicts (one a measurement, the default), signals (one a rule that "
        "fired), tallies (verdicts counted by network and week), networks (one a network and "
        "week), cells (one a target and week), spans (one a cause from onset to end).",
    ),
]

_TABLE_OF: Final[dict[RowsOf, str]] = {
    "verdicts": "verdict",
    "signals": "signal",
    "tallies": "tally",
    "networks": "network_week",
    "cells": "cell",
    "spans": "span",
}
_SHOWN: Final[dict[RowsOf, tuple[str, ...]]] = {
    "verdicts": (
        *("measurement_uid", "measurement_start_time", "probe_asn", "input"),
        *("outcome", "layer", "mechanism", "strength", "rule_id"),
    ),
    "signals": ("measurement_uid", "rule_id", "hop", "outcome", "mechanism", "strength", "detail"),
    "tallies": (
        *("target", "week", "probe_asn", "outcome", "mechanism", "strength"),
        *("n", "n_bad_day", "days", "example_uid"),
    ),
    "networks": (
        *("probe_asn", "week", "n", "targets", "n_served", "n_cut", "n_unusable"),
        *("reachable", "reachable_failed", "lossy", "bad_days"),
    ),
    "cells": (
        *("target", "week", "answer", "shortfall", "mechanism", "n", "n_usable", "n_networks"),
        *("n_countries", "p_cut", "extent"),
    ),
    "spans": (
        *("target", "cause", "mechanism", "onset_low", "onset", "onset_high"),
        *("end_low", "end", "end_high", "last_week", "n"),
    ),
}
"""Columns of the table for people; the other formats have them all."""


class Behind(Struct, frozen=True):
    """Which rows stand behind an answer; ``None`` leaves a side open."""

    country: str | None
    target: str | None = None
    network: int | None = None
    since: date | None = None
    until: date | None = None
    hosts: bool = False
    """``target`` may be a host name too: its verdicts are those of the host and its www."""


def asked_rows(rows: bool, of: RowsOf | None, *known: RowsOf) -> RowsOf | None:
    """Read --rows and --of: which rows to write, if any. --of alone is enough.

    Raises: UsageError if this answer has no such rows.
    """
    if of is not None and known and of not in known:
        raise UsageError(f"--of {of}: this answer opens down to {', '.join(known)}")
    return of or ("verdicts" if rows else None)


def write_behind(snapshot: Snapshot, of: RowsOf, behind: Behind, output: Output) -> None:
    """Write the rows behind an answer, the world's apart from the emulated internet's."""
    if of in ("verdicts", "signals"):
        found = _measured(snapshot, of, behind)
    else:
        found = _derived(snapshot, of, behind)
    note = ""
    if of != "signals":
        found, note = only_world(found)
    if note:
        output.say(note)
    if not found:
        output.say(f"No {of} there." + (_MAKE if of not in ("verdicts", "signals") else ""))
    schema = arrow_schema(TABLES[_TABLE_OF[of]])
    if output.form == "table":
        write_rows([_short(row) for row in found], _SHOWN[of], "table")
    else:
        write_rows(found, tuple(schema.names), output.form, schema=schema)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Round shares for people."""
    return {
        name: f"{value:.3f}" if isinstance(value, float) else value for name, value in row.items()
    }


_MAKE: Final = " whocut cells makes them from the verdicts."


def _derived(snapshot: Snapshot, of: RowsOf, behind: Behind) -> list[dict[str, Any]]:
    name = _TABLE_OF[of]
    has_target = any(column.name == "target" for column in TABLES[name].columns)
    table = stored_rows(
        snapshot,
        name,
        cc=behind.country,
        target=behind.target if has_target else None,
        since=behind.since,
        until=behind.until,
    )
    if behind.network is not None and "probe_asn" in table.column_names:
        import pyarrow.compute as pc

        table = table.filter(pc.equal(table["probe_asn"], behind.network))
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _measured(snapshot: Snapshot, of: RowsOf, behind: Behind) -> list[dict[str, Any]]:
    where = ["true"]
    values: dict[str, Any] = {}
    for column, value in (("probe_cc", behind.country), ("probe_asn", behind.network)):
        if value is not None:
            where.append(f"verdict.{column} = ${column}")
            values[column] = value
    if behind.target is not None:
        hosts = " OR hostname = $target OR hostname = 'www.' || $target" if behind.hosts else ""
        where.append(f"(target = $target{hosts})")
        values["target"] = behind.target
    order = "verdict.measurement_start_time, verdict.measurement_uid"
    if of == "verdicts":
        sql = f"SELECT * FROM verdict WHERE {' AND '.join(where)} ORDER BY {order}"  # noqa: S608 - column names are ours
    else:
        sql = (
            "SELECT signal.* FROM signal JOIN verdict USING (measurement_uid, "  # noqa: S608 - column names are ours
            "measurement_start_time, probe_cc) "
            f"WHERE {' AND '.join(where)} ORDER BY {order}, ordinal"
        )
    days = {"since": behind.since, "until": behind.until}
    with snapshot.connect(cc=behind.country, **days) as connection:
        return fetch(connection, sql, values)
