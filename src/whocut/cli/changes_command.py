"""``whocut changes``: what was cut off lately, and what came back."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from whocut.access.changes import changes_of
from whocut.cli.cell_wording import answer_name, chance
from whocut.cli.country_codes import refuse_no_country
from whocut.cli.freshness import NO_CELLS
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.question import (
    Day,
    ObservatoryOption,
    asked_country,
    asked_days,
    asked_domain,
    observatory_directory,
    only_world,
)
from whocut.cli.rows_option import OfOption, RowsOf, RowsOption, asked_rows
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.model.schema import TABLES, arrow_schema
from whocut.store.lookup import has_rows
from whocut.store.lookup import rows as stored_rows
from whocut.store.observatory import Observatory

if TYPE_CHECKING:
    from whocut.store.snapshot import Snapshot

__all__ = ["CHANGE_COLUMNS", "changes"]

Kind = Literal["onset", "end", "all"]
SpanCause = Literal["refused_service", "refused_edge", "interfered", "refused", "cut_unattributed"]

CHANGE_COLUMNS: Final = (
    *("kind", "week", "week_low", "week_high", "probe_cc", "target", "cause", "mechanism"),
    *("layer", "is_restored", "followed_by", "p", "n", "networks", "weeks", "last_week"),
    *("origin", "model", "sentence"),
)
_SUNDAY: Final = timedelta(days=6)
_AROUND: Final = timedelta(weeks=4)
"""Weeks before and after a change whose cells are shown as its rows. provisional"""
_SHOWN: Final[dict[RowsOf, tuple[str, ...]]] = {
    "tallies": (
        *("probe_cc", "target", "week", "probe_asn", "outcome", "mechanism", "n", "days"),
        "example_uid",
    ),
    "cells": (
        *("probe_cc", "target", "week", "answer", "shortfall", "mechanism", "n", "n_served"),
        *("n_networks", "p_cut"),
    ),
    "spans": ("probe_cc", "target", "cause", "mechanism", "onset", "end", "last_week", "n"),
}

_TABLE_OF: Final[dict[RowsOf, str]] = {"cells": "cell", "tallies": "tally", "spans": "span"}


def changes(
    *,
    since: Day = None,
    until: Day = None,
    country: Annotated[
        str | None, Parameter(name=["--country", "-c"], help="Country of the probes; else all.")
    ] = None,
    target: Annotated[str | None, Parameter(help="One registrable domain; else all.")] = None,
    kind: Annotated[Kind, Parameter(help="Only what began, or only what ended.")] = "all",
    cause: Annotated[SpanCause | None, Parameter(help="Only what has this cause.")] = None,
    limit: Annotated[int, Parameter(help="Changes shown; 0 for all of them.")] = 40,
    rows: RowsOption = False,
    of: OfOption = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Show what began to be cut off, and what was restored, the newest first.

    A change is dated to the week, with a 90 % interval; it counts where its likeliest week has a
    day in the days asked for. What was at work already when measuring began has no onset, and a gap
    in measuring is no change. --rows writes the cells of the weeks around each change, or, with
    --of, the tallies they are made of, or the spans.
    """
    begin, end = asked_days(since, until)
    code = asked_country(country) if country is not None else None
    domain = asked_domain(target) if target is not None else None
    opened = asked_rows(rows, of or ("cells" if rows else None), "cells", "tallies", "spans")
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        if code is not None:
            refuse_no_country(code, snapshot)
        is_there = has_rows(snapshot, "cell", cc=code)
        spans, note = only_world(_spans(snapshot, code, domain), "spans")
        found = [
            {**change, "sentence": _sentence(change)}
            for change in changes_of(spans)
            if kind in ("all", change["kind"])
            and cause in (None, change["cause"])
            and (begin is None or change["week"] + _SUNDAY >= begin)
            and (end is None or change["week"] <= end)
        ]
        listed = found if limit == 0 or output.form != "table" else found[:limit]
        if opened is not None:
            _write_rows(snapshot, listed, opened, output)
            return 0
        sequence = snapshot.manifest.sequence
    missing = "" if is_there else NO_CELLS
    if output.form == "json":
        meta = {"n": len(found), "snapshot": sequence, "note": note, "missing": missing}
        question = {"since": begin, "until": end, "country": code, "domain": domain}
        asked = {**question, "kind": kind, "cause": cause}
        write_json({"question": asked, "changes": listed, "meta": meta})
    elif output.form == "table":
        _print(found, listed, note=note, missing=missing)
    else:
        write_rows(listed, CHANGE_COLUMNS, output.form)
    return 0


def _spans(snapshot: "Snapshot", code: str | None, domain: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stored_rows(snapshot, "span", cc=code, target=domain).to_pylist()
    return found


def _sentence(change: dict[str, Any]) -> str:
    after = change["followed_by"].split()
    when = f"in the week of {change['week']}"
    if change["week_low"] != change["week_high"]:
        when += f" (90 % interval: {change['week_low']} to {change['week_high']})"
    name = answer_name(change["cause"])
    mechanism = "" if change["mechanism"] == "none" else f" ({change['mechanism']})"
    if change["kind"] == "onset":
        what = f"{name}{mechanism} began {when}"
    elif after:
        others = " and ".join(answer_name(cause) for cause in after)
        what = f"{name}{mechanism} ended {when}; from then on {others}"
    else:
        what = f"restored {when}, after it was {name}{mechanism}"
    basis = (
        f"{count_of(change['n'], 'measurement')} in {count_of(change['weeks'], 'week')}, "
        f"up to {count_of(change['networks'], 'network')} a week"
    )
    return (
        f"{change['target']} in {change['probe_cc']}: {what}; probability "
        f"{chance(change['p'])}; {basis}."
    )


def _print(
    found: list[dict[str, Any]], listed: list[dict[str, Any]], *, note: str, missing: str
) -> None:
    if not found:
        print_prose("No change was found in these days.", style="bold")
        print_prose(
            missing or "Where nothing is measured, nothing is found: that is no sign of quiet."
        )
        return
    begun = sum(change["kind"] == "onset" for change in found)
    restored = sum(change["is_restored"] for change in found)
    print_prose(
        f"{count_of(len(found), 'change')}: {begun:,} began, {len(found) - begun:,} ended, "
        f"{restored:,} of these restored.",
        style="bold",
    )
    if note:
        print_prose(note)
    console().print()
    for change in listed:
        print_prose(change["sentence"], 2)
    if len(found) > len(listed):
        print_prose(f"{len(found) - len(listed):,} more changes: --limit 0 shows them.")
    print_prose("Next: whocut who DOMAIN --country CC, or --rows here for the cells behind.")


def _write_rows(
    snapshot: "Snapshot", listed: list[dict[str, Any]], of: RowsOf, output: Output
) -> None:
    """Write the rows around each change, each row once, in the order of the changes."""
    name = _TABLE_OF[of]
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for change in listed:
        around = stored_rows(
            snapshot,
            name,
            cc=change["probe_cc"],
            target=change["target"],
            since=change["week_low"] - _AROUND,
            until=change["week_high"] + _AROUND,
        )
        for row in around.to_pylist():
            if row["origin"] == change["origin"]:
                kept[tuple(row.values())] = row
    schema = arrow_schema(TABLES[name])
    columns = _SHOWN[of] if output.form == "table" else tuple(schema.names)
    write_rows(list(kept.values()), columns, output.form, schema=schema)
