"""``whocut ledger show ID``: everything of one record."""

from typing import Annotated, Any

from cyclopts import Parameter

from whocut.cli.ledger_cited import VALUE_COLUMNS, Cited, cited, value_rows
from whocut.cli.ledger_screen import print_record
from whocut.cli.ledger_wording import plain
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.ledger.actors import load_actors
from whocut.ledger.filters import near_names
from whocut.ledger.grade import grade_of_record
from whocut.ledger.history import History, history_of
from whocut.ledger.load import Ledger, load_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import sentence_of
from whocut.model.errors import UsageError

__all__ = ["asked_record", "show"]


def show(
    record_id: Annotated[str, Parameter(name="ID", help="A record, as in 2022-03-cogent-ru.")],
    /,
    *,
    revisions: Annotated[
        bool, Parameter(help="List how the record changed, from the files' history.")
    ] = True,
    output: Output = AS_TABLE,
) -> int:
    """Show one record: who, what, for whom, when and on what claimed ground, each by its sources.

    Where sources tell a thing in two ways, both stand side by side.
    """
    ledger = load_ledger()
    one = cited(ledger, load_actors(is_checked=False), asked_record(ledger, record_id))
    if output.form not in ("table", "json"):
        write_rows(value_rows(one), VALUE_COLUMNS, output.form)
        return 0
    history = history_of(one.record.id) if revisions else None
    if output.form == "json":
        write_json(_document(one, history))
        return 0
    print_record(one)
    if history is not None:
        _print_history(history)
    return 0


def asked_record(ledger: Ledger, record_id: str) -> CutRecord:
    """Find a record by its id.

    Raises: UsageError, with ids that are near to it, where there is none.
    """
    record = ledger.records.get(record_id.strip().casefold())
    if record is None:
        near = near_names(record_id, ledger.records)
        raise UsageError(f"no record {record_id}{near}; whocut ledger list shows them")
    return record


def _document(one: Cited, history: History | None) -> dict[str, Any]:
    record = one.record
    edges_in = [
        {"from": other.id, "kind": edge.kind.value}
        for other in one.ledger.records.values()
        for edge in other.edges
        if edge.to == record.id
    ]
    return {
        "sentence": sentence_of(one.ledger, one.actors, record),
        "grade": grade_of_record(record).value,
        "record": record,
        "values": value_rows(one),
        "sources": {
            key: {"number": one.numbers[key], "source": source}
            for key, source in one.sources.items()
        },
        "edges_in": edges_in,
        "revisions": history,
    }


def _print_history(history: History) -> None:
    console().print()
    print_prose("Revisions", style="bold")
    for revision in history.revisions:
        day = revision.day or "not committed"
        fields = revision.change.fields
        n = f", {len(fields)} fields" if fields and revision.change.kind == "changed" else ""
        at = f", {revision.hash[:12]}" if revision.hash else ""
        print_prose(f"{day}: {plain(revision.change.kind)}{n}{at}", 2)
    if history.gap is not None:
        print_prose(history.gap, 2)
    print_prose(f"Next: whocut ledger diff {history.id} (field by field)")
