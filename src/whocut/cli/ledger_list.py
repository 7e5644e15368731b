"""``whocut ledger list``: the records that are asked for, one a line."""

from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.ledger_question import ALL_RECORDS, Asked, FilterOptions, asked_records
from whocut.cli.ledger_wording import (
    GRADES_APART,
    by_grade,
    date_words,
    filter_words,
    ground_words,
    places_told_apart,
    what_words,
    who_is_named,
)
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.ledger.counts import count_grades
from whocut.ledger.grade import grade_of_record
from whocut.ledger.moments import in_force, leading_moment, restored_by
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import sentence_of
from whocut.ledger.vocabulary import Grade

__all__ = ["COLUMNS", "list_records"]

COLUMNS: Final = (
    *("id", "kind", "date", "date_kind", "date_precision", "announced", "effective", "ended"),
    *("deciders", "attribution", "places", "sector", "layer", "action", "grounds", "grade"),
    *("in_force", "sentence"),
)

_HELD: Final = ("in force",)


def list_records(
    *,
    options: FilterOptions = ALL_RECORDS,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    output: Output = AS_TABLE,
) -> int:
    """List records: what was cut, by whom as far as that is known, when, on what claimed ground.

    A ground is somebody's claim. How well a record is witnessed is its grade, and grades are never
    added up.
    """
    asked = asked_records(options)
    if output.form == "table":
        _print(asked, limit)
        return 0
    held = _held(asked)
    rows = [_row(asked, record, held.get(record.id)) for record in asked.records]
    if output.form == "json":
        counts = count_grades(asked.records)
        write_json({"grades": counts, "records": rows, "meta": {"asked": asked.filters}})
    else:
        write_rows(rows, COLUMNS, output.form)
    return 0


def _row(asked: Asked, record: CutRecord, held: str | None) -> dict[str, Any]:
    leading = leading_moment(record)
    dates = record.dates
    return {
        "id": record.id,
        "kind": record.kind.value,
        "date": leading.telling.on if leading else None,
        "date_kind": leading.kind.value if leading else None,
        "date_precision": leading.when.precision.value if leading else None,
        "announced": [one.on for one in dates.announced],
        "effective": [one.on for one in dates.effective],
        "ended": [one.on for one in dates.ended],
        "deciders": [one.actor for one in record.parties.decider],
        "attribution": record.attribution.status.value,
        "places": list(record.population.places),
        "sector": record.sector.value.value,
        "layer": record.layer.value.value,
        "action": record.action.value.value,
        "grounds": list(dict.fromkeys(one.category.value for one in record.grounds)),
        "grade": grade_of_record(record).value,
        "in_force": held,
        "sentence": sentence_of(asked.ledger, asked.actors, record),
    }


def _held(asked: Asked) -> dict[str, str]:
    """Tell of each record whether it held on the day that was asked for; empty without one."""
    day = asked.filters.in_force
    if day is None:
        return {}
    back = restored_by(asked.ledger.records)
    return {one.id: in_force(one, day, back.get(one.id)).value for one in asked.records}


def _print(asked: Asked, limit: int) -> None:
    told = filter_words(asked.filters)
    counts = count_grades(asked.records)
    about = f" ({told})" if told else ""
    print_prose(f"Records{about}: {by_grade(counts)}.", style="bold")
    if not asked.records:
        print_prose("No record is no proof that nothing was cut: it is what has been entered.")
        print_prose("Next: whocut ledger list --country RU, or fewer filters")
        return
    print_prose(GRADES_APART)
    if asked.filters.country and (parts := places_told_apart(asked.records, asked.filters.country)):
        print_prose(parts)
    console().print()
    shown = asked.records[:limit] if limit else asked.records
    held = _held(asked)
    print_table(
        ("date", "id", "who", "where", "what", "ground claimed", "grade", *_HELD[: bool(held)]),
        [[*_line(asked, one), *([held[one.id]] if held else [])] for one in shown],
    )
    if len(asked.records) > len(shown):
        rest = count_grades(asked.records[limit:])
        print_prose(f"Not shown: {by_grade(rest)}; --limit 0 shows all.")
    if any(grade_of_record(one) is Grade.LEAD for one in shown):
        print_prose("A lead is a pointer for research, and says of nobody that it did anything.")
    print_prose("Next: whocut ledger show ID")


def _line(asked: Asked, record: CutRecord) -> list[str]:
    places = record.population.places
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    return [
        date_words(record),
        record.id,
        who_is_named(asked.ledger, asked.actors, record),
        " ".join(places[:5]) + more,
        what_words(asked.ledger, record),
        ground_words(record),
        grade_of_record(record).value,
    ]
