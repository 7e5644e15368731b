"""``whocut ledger export``: the records that are asked for, in the forms that others read."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from whocut.cli.ledger_question import ALL_RECORDS, FilterOptions, asked_records
from whocut.cli.ledger_wording import by_grade
from whocut.cli.output import AS_TABLE, Output
from whocut.cli.terminal import clean, escape_json, is_terminal
from whocut.cli.wording import count_of
from whocut.ledger.counts import count_grades
from whocut.ledger.export.forms import exported
from whocut.model.errors import UsageError
from whocut.store.durable import write_whole

__all__ = ["export"]

Form = Literal["jsonl", "parquet", "csv", "claimreview", "bibtex"]
By = Literal["record", "asn", "domain", "source"]


def export(
    *,
    options: FilterOptions = ALL_RECORDS,
    form: Annotated[
        Form,
        Parameter(help="JSON Lines, Parquet, CSV, JSON-LD ClaimReview, or BibTeX of the sources."),
    ] = "jsonl",
    by: Annotated[
        By | None,
        Parameter(help="What a row is, in Parquet and CSV: a record, or what it is tied to."),
    ] = None,
    to: Annotated[Path | None, Parameter(help="File to write; else standard output.")] = None,
    base: Annotated[
        str, Parameter(help="Address before /cut/ID in ClaimReview, as in https://example.org.")
    ] = "",
    output: Output = AS_TABLE,
) -> int:
    """Give records away: grade, disputes, replies and retraction stand beside each claim.

    A grade says how well something is witnessed, not whether it is true. In CSV, an apostrophe
    stands before a cell that a spreadsheet would run as a formula.
    """
    if output.form != "table":
        raise UsageError(f"--format {output.form}: an export is asked for with --form")
    if base and not base.startswith(("https://", "http://")):
        raise UsageError(f"--base {base}: not an address, as in https://example.org")
    if to is None and form == "parquet" and is_terminal(sys.stdout):
        raise UsageError("Parquet is not for terminals: add --to FILE.parquet")
    asked = asked_records(options)
    content = exported(
        form, asked.ledger, asked.actors, asked.records, by=by, base=base.rstrip("/")
    )
    if to is None:
        _print(content, form)
    else:
        write_whole(to, content)
    counts = by_grade(count_grades(asked.records))
    where = "" if to is None else f"; written to {to}"
    output.say(f"{count_of(len(asked.records), 'record')} ({counts}){where}")
    return 0


def _print(content: bytes, form: str) -> None:
    if is_terminal(sys.stdout):
        text = content.decode()
        if form in ("jsonl", "claimreview"):
            sys.stdout.write(escape_json(text))
        else:
            sys.stdout.write("".join(f"{clean(line)}\n" for line in text.splitlines()))
        return
    # To a file or a program go the very bytes: a line of JSON stays canonical.
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
