"""``whocut ledger stats``: counts of records, each grade by itself."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.ledger_question import ALL_RECORDS, Asked, FilterOptions, asked_records
from whocut.cli.ledger_wording import GRADES_APART, by_grade, filter_words, plain
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.ledger.counts import (
    AXES,
    ByGrade,
    count_by,
    count_grades,
    is_of_line,
    load_statement,
)
from whocut.model.errors import UsageError

__all__ = ["stats"]

_GRADES: Final = ("documented", "excerpt", "lead")
_COLUMNS: Final = ("by", "value", *_GRADES)
_STATEMENT_COLUMNS: Final = ("line", "words", *_GRADES)
_MOST_ROWS: Final = 12


def stats(
    *,
    options: FilterOptions = ALL_RECORDS,
    by: Annotated[
        str | None, Parameter(help=f"Only by one of: {', '.join(AXES)}; all its values.")
    ] = None,
    statement: Annotated[
        bool,
        Parameter(negative="", help="Count what the statement of March 2022 names, line by line."),
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Count records by country, sector, layer, action, ground, kind, actor kind and attribution.

    Grades stand in columns of their own and are never added up. A record with several places or
    grounds stands under each, so that columns do not add up to anything either.
    """
    if by is not None and by not in AXES:
        raise UsageError(f"--by {by}: not known; there are {', '.join(AXES)}")
    asked = asked_records(options)
    if statement:
        return _write_statement(asked, output)
    counts = {axis: count_by(axis, asked.records, asked.actors) for axis in ([by] if by else AXES)}
    if output.form == "json":
        write_json(
            {
                "by": counts,
                "grades": count_grades(asked.records),
                "with_several": _several(asked),
                "meta": {"asked": asked.filters},
            }
        )
    elif output.form == "table":
        _print(asked, counts, is_whole=by is not None)
    else:
        write_rows(_rows(counts), _COLUMNS, output.form)
    return 0


def _rows(counts: dict[str, dict[str, ByGrade]]) -> Iterator[dict[str, Any]]:
    for axis, values in counts.items():
        for value, count in values.items():
            yield {"by": axis, "value": value, **_figures(count)}


def _figures(count: ByGrade) -> dict[str, int]:
    return {grade: getattr(count, grade) for grade in _GRADES}


def _several(asked: Asked) -> dict[str, ByGrade]:
    """Count the records that stand in more than one row of a table."""
    records = asked.records
    return {
        "places": count_grades(one for one in records if len(one.population.places) > 1),
        "grounds": count_grades(one for one in records if len(one.grounds) > 1),
        "deciders": count_grades(one for one in records if len(one.parties.decider) > 1),
    }


def _print(asked: Asked, counts: dict[str, dict[str, ByGrade]], *, is_whole: bool) -> None:
    _print_head(asked)
    for name, count in _several(asked).items():
        if asked.records:
            print_prose(f"With several {name}: {by_grade(count)}; each stands under every one.")
    for axis, values in counts.items():
        if not values:
            continue
        console().print()
        shown = dict(list(values.items())[: None if is_whole else _MOST_ROWS])
        print_table(
            (plain(axis), *_GRADES),
            [
                (value if axis in ("country", "subdivision") else plain(value), *_cells(count))
                for value, count in shown.items()
            ],
        )
        if len(values) > len(shown):
            print_prose(f"{len(values) - len(shown)} more rows: --by {axis}")
    print_prose("Next: whocut ledger list with the same filters")


def _print_head(asked: Asked) -> None:
    told = filter_words(asked.filters)
    about = f" ({told})" if told else ""
    print_prose(f"Records{about}: {by_grade(count_grades(asked.records))}.", style="bold")
    print_prose(GRADES_APART)
    kinds = count_by("kind", asked.records, asked.actors)
    for kind in ("refusal", "restoration", "rumour"):
        if kind in kinds:
            print_prose(f"Among them, and no cut, each {kind}: {by_grade(kinds[kind])}.")
    if retracted := [one for one in asked.records if one.retracted is not None]:
        print_prose(f"Among them, and no longer held: {by_grade(count_grades(retracted))}.")


def _cells(count: ByGrade) -> tuple[str, ...]:
    return tuple(f"{figure:,}" if figure else "-" for figure in _figures(count).values())


def _write_statement(asked: Asked, output: Output) -> int:
    lines = load_statement()
    groups = {line.id: [one for one in asked.records if is_of_line(one, line)] for line in lines}
    rows = [
        {"line": line.id, "words": line.words, **_figures(count_grades(groups[line.id]))}
        for line in lines
    ]
    if output.form == "json":
        write_json({"lines": rows, "meta": {"asked": asked.filters, "mapping": lines}})
    elif output.form == "table":
        _print_head(asked)
        print_prose(
            "What the statement of March 2022 names, in its words; that a record belongs to a line "
            "is our mapping, and says nothing about the record. One may belong to several lines."
        )
        console().print()
        print_table(
            ("named in the statement", "counted by", *_GRADES),
            [
                (
                    line.words,
                    ", ".join(plain(one) for one in (*line.sectors, *line.actions)),
                    *_cells(count_grades(groups[line.id])),
                )
                for line in lines
            ],
        )
        print_prose("Next: whocut ledger list --country RU --since 2022-02 --until 2022-04")
    else:
        write_rows(rows, _STATEMENT_COLUMNS, output.form)
    return 0
