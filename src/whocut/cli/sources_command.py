"""``whocut sources``: what was read into an observatory, what was refused and why."""

from typing import Annotated

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_rows
from whocut.cli.question import ObservatoryOption, observatory_directory
from whocut.model.schema import QUARANTINE, SKIPPED, SOURCE, Table, arrow_schema
from whocut.store.observatory import Observatory

__all__ = ["sources"]

_BRIEF = ("reason", "field", "source", "offset", "line", "detail")


def sources(
    *,
    quarantine: Annotated[
        bool, Parameter(negative="", help="The records that were refused, with reason and offset.")
    ] = False,
    skipped: Annotated[
        bool, Parameter(negative="", help="The records of other OONI tests, by test.")
    ] = False,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """List what was read: records judged, refused by reason, skipped by OONI test."""
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        table: Table
        if quarantine:
            table, rows = QUARANTINE, snapshot.quarantine().to_pylist()
        elif skipped:
            table, rows = SKIPPED, snapshot.skipped().to_pylist()
        else:
            table, rows = SOURCE, snapshot.sources().to_pylist()
    columns = tuple(column.name for column in table.columns)
    if quarantine and output.form == "table":
        columns = _BRIEF
    write_rows(rows, columns, output.form, schema=arrow_schema(table))
    return 0
