"""``whocut ledger timeline``: what was announced, took effect, ended, was refused or restored."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.ledger_question import ALL_RECORDS, Asked, FilterOptions, asked_records
from whocut.cli.ledger_wording import (
    GRADES_APART,
    by_grade,
    date_words,
    filter_words,
    plain,
    what_words,
    who_is_named,
)
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, is_terminal, print_prose
from whocut.ledger.chronicle import Event, axis_of, events_of, mark_of
from whocut.ledger.counts import count_grades
from whocut.ledger.filters import asked_window, is_within
from whocut.ledger.grade import grade_of_record
from whocut.ledger.record import CutRecord

__all__ = ["timeline"]

_COLUMNS: Final = (
    *("date", "earliest", "latest", "precision", "moment", "telling", "mark", "id", "kind"),
    *("deciders", "attribution", "places", "action", "grade"),
)
_LEAST_COLUMNS: Final = 24
_MOST_COLUMNS: Final = 72
_LEGEND: Final = (
    "A announced, E in effect, P planned and not carried out, O first observed, D made known by "
    "others, X ended or withdrawn, R restored, N refused to cut, ? rumour; {span} is a date less "
    "exact than a day, its letter in the middle; {held} from the start to the end where both are "
    "told."
)


def timeline(
    *,
    options: FilterOptions = ALL_RECORDS,
    limit: Annotated[int, Parameter(help="Records that are drawn; 0 for all of them.")] = 40,
    output: Output = AS_TABLE,
) -> int:
    """Put announcements, starts, ends, refusals and restorations on one axis of time.

    A date that is told to the month or year is drawn as that month or year, never as its first day.
    """
    asked = asked_records(options)
    window = asked_window(asked.filters.since, asked.filters.until)
    events = [
        one for one in events_of(asked.records) if window is None or is_within(one.when, window)
    ]
    if output.form == "table":
        _print(asked, events, limit)
        return 0
    rows = [_row(one) for one in events]
    if output.form == "json":
        counts = count_grades(asked.records)
        write_json({"events": rows, "grades": counts, "meta": {"asked": asked.filters}})
    else:
        write_rows(rows, _COLUMNS, output.form)
    return 0


def _row(event: Event) -> dict[str, Any]:
    record = event.record
    return {
        "date": event.on,
        "earliest": event.first,
        "latest": event.last,
        "precision": event.when.precision.value,
        "moment": event.moment.value,
        "telling": event.number + 1,
        "mark": mark_of(event),
        "id": record.id,
        "kind": record.kind.value,
        "deciders": [one.actor for one in record.parties.decider],
        "attribution": record.attribution.status.value,
        "places": list(record.population.places),
        "action": record.action.value.value,
        "grade": grade_of_record(record).value,
    }


def _print(asked: Asked, events: Sequence[Event], limit: int) -> None:
    told = filter_words(asked.filters)
    about = f" ({told})" if told else ""
    print_prose(f"Records{about}: {by_grade(count_grades(asked.records))}.", style="bold")
    print_prose(GRADES_APART)
    by_record: dict[str, list[Event]] = {one.id: [] for one in asked.records}
    for event in events:
        by_record[event.record.id].append(event)
    dated = [one for one in asked.records if by_record[one.id]]
    shown = dated[:limit] if limit else dated
    _draw(shown, by_record)
    console().print()
    print_table(
        ("date", "", "who", "where", "what", "id", "grade"),
        [_line(asked, one) for record in shown for one in by_record[record.id]],
    )
    if len(dated) > len(shown):
        rest = count_grades(dated[len(shown) :])
        print_prose(f"Not drawn: {by_grade(rest)}; --limit 0 draws all.")
    undated = [one for one in asked.records if not by_record[one.id]]
    if undated:
        print_prose(f"Without a date: {by_grade(count_grades(undated))}.")
    print_prose("Next: whocut ledger show ID")


def _draw(records: Sequence[CutRecord], by_record: dict[str, list[Event]]) -> None:
    dates = [date_words(one) for one in records]
    longest = max(map(len, dates), default=0)
    labels = [f"{day:<{longest}}  {one.id}" for day, one in zip(dates, records, strict=True)]
    widest = max(map(len, labels), default=0)
    width = console(width=100).width
    columns = min(max(width - widest - 3, _LEAST_COLUMNS), _MOST_COLUMNS)
    axis = axis_of([one for record in records for one in by_record[record.id]], columns)
    if axis is None:
        return
    span, held = ("░", "━") if is_terminal(sys.stdout) else ("~", "=")
    print_prose(_LEGEND.format(span=span, held=held))
    console().print()
    out = console()
    for label, record in zip(labels, records, strict=True):
        drawn = axis.line(by_record[record.id], span=span, held=held)
        out.print(f"{label:<{widest}} |{drawn}|", soft_wrap=True)
    out.print(f"{'':<{widest}}  {axis.years()}", soft_wrap=True)


def _line(asked: Asked, event: Event) -> list[str]:
    record = event.record
    others = f" (telling {event.number + 1})" if event.number else ""
    return [
        event.on,
        f"{'planned' if mark_of(event) == 'P' else plain(event.moment)}{others}",
        who_is_named(asked.ledger, asked.actors, record),
        " ".join(record.population.places),
        what_words(asked.ledger, record),
        record.id,
        grade_of_record(record).value,
    ]
