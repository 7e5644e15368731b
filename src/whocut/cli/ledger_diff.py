"""``whocut ledger diff``: what changed in a record, field by field, and with which sources."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.terminal import print_prose
from whocut.cli.wording import count_of
from whocut.ledger.history import (
    Revision,
    changes_against,
    changes_between,
    changes_since,
    history_of,
)
from whocut.ledger.load import Fault, Ledger, ledger_path, read_ledger
from whocut.ledger.revisions import FieldChange, RecordChange
from whocut.model.errors import UsageError

__all__ = ["diff"]

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLUMNS: Final = (
    *("id", "revision", "day", "change", "field", "old", "new"),
    *("old_sources", "new_sources"),
)


def diff(
    record_id: Annotated[
        str | None, Parameter(help="A record: all its revisions, or as --from and --to say.")
    ] = None,
    *,
    from_: Annotated[
        str | None, Parameter(name="--from", help="Older revision: a commit, tag or branch.")
    ] = None,
    to: Annotated[
        str | None, Parameter(help="Newer revision; else the files as they stand.")
    ] = None,
    since: Annotated[
        str | None,
        Parameter(help="All records since a release, by number, or since a day, YYYY-MM-DD."),
    ] = None,
    against: Annotated[
        Path | None,
        Parameter(help="An older copy of data/ledger to compare with, where git is not at hand."),
    ] = None,
    root: Annotated[
        Path | None, Parameter(help="A folder of records, as data/ledger; the shipped one if none.")
    ] = None,
    output: Output = AS_TABLE,
) -> int:
    """Show what changed in records, field by field, with the sources of either value.

    Older versions come from git where the records stand in a checkout; an installed package holds
    none. With --against DIR two folders are compared; with --since RELEASE as well, that folder is
    first held against the release that it should be.
    """
    _check_question(record_id, from_, to, since, against)
    root = root or ledger_path()
    if not root.is_dir():
        raise UsageError(f"--root {root}: no such folder")
    faults: list[Fault] = []
    revisions: Sequence[Revision]
    if against is not None:
        release = None if since is None else _asked_release(since)
        changes, faults = changes_against(against, root, release=release)
        revisions = _as_revisions(changes)
    elif since is not None:
        revisions = _as_revisions(changes_since(_asked_since(since), root))
    elif record_id is not None and from_ is not None:
        change = changes_between(record_id, from_, to, root)
        revisions = _as_revisions([] if change is None else [change])
    else:
        revisions = _history(record_id or "", root, output)
    if record_id is not None:
        revisions = [one for one in revisions if one.change.id == record_id]
    for fault in faults:
        output.say(f"{fault}")
    _write(revisions, read_ledger(root)[0], output)
    return 1 if faults else 0


def _check_question(
    record_id: str | None, old: str | None, new: str | None, since: str | None, against: Path | None
) -> None:
    if record_id is None and since is None and against is None:
        raise UsageError("which record? whocut ledger diff RECORD_ID, or --since, or --against DIR")
    if record_id is not None and not _ID.fullmatch(record_id):
        raise UsageError(f"{record_id}: not the id of a record, as in 2022-03-cogent-ru")
    if new is not None and old is None:
        raise UsageError("--to asks for --from")
    if old is not None and (record_id is None or since is not None or against is not None):
        raise UsageError("--from is for one record, and neither with --since nor with --against")


def _asked_since(text: str) -> int | date:
    if re.fullmatch(r"[1-9][0-9]{0,5}", text):
        return int(text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--since {text}: neither a release nor a day YYYY-MM-DD") from error


def _asked_release(text: str) -> int:
    asked = _asked_since(text)
    if not isinstance(asked, int):
        raise UsageError(f"--since {text}: with --against, a release by its number")
    return asked


def _as_revisions(changes: Sequence[RecordChange]) -> list[Revision]:
    return [Revision(None, None, change) for change in changes]


def _history(record_id: str, root: Path, output: Output) -> Sequence[Revision]:
    history = history_of(record_id, root)
    if not history.revisions:
        raise UsageError(history.gap or f"{record_id}: no such record, now or before")
    if history.gap is not None:
        output.say(history.gap)
    return history.revisions


def _write(revisions: Sequence[Revision], ledger: Ledger, output: Output) -> None:
    if output.form == "json":
        write_json({"revisions": revisions, "meta": {"n": len(revisions)}})
    elif output.form == "table":
        _print(revisions, ledger)
    else:
        rows = [row for one in revisions for row in _rows(one)]
        write_rows(rows, _COLUMNS, output.form)


def _rows(revision: Revision) -> list[dict[str, Any]]:
    head = {
        "id": revision.change.id,
        "revision": revision.hash,
        "day": revision.day,
        "change": revision.change.kind,
    }
    if revision.change.fields is None:
        return [head]
    return [
        {**head, **{name: getattr(one, name) for name in FieldChange.__struct_fields__}}
        for one in revision.change.fields
    ]


def _print(revisions: Sequence[Revision], ledger: Ledger) -> None:
    if not revisions:
        print_prose("Nothing changed.")
        return
    for one in revisions:
        change = one.change
        when = f", {one.day}, commit {one.hash[:12]}" if one.hash and one.day else ""
        is_told = change.fields is not None and change.kind != "added"
        n = f" ({count_of(len(change.fields or ()), 'field')})" if is_told else ""
        print_prose(f"{change.id}: {change.kind}{n}{when}", style="bold")
        if change.fields is None:
            print_prose(
                "The older version is not at hand: that it differs is known, how is not.", 2
            )
        # Every field of a new record is new: its page says them better.
        elif change.kind == "added":
            print_prose(f"whocut ledger show {change.id} shows it.", 2)
        else:
            for field in change.fields:
                _print_field(field, _publishers(ledger, change.id))


def _publishers(ledger: Ledger, record_id: str) -> Mapping[str, str]:
    record = ledger.records.get(record_id)
    known = {**ledger.shared_sources, **(record.sources if record else {})}
    return {key: f"{key}, {source.publisher}" for key, source in known.items()}


def _print_field(field: FieldChange, publishers: Mapping[str, str]) -> None:
    print_prose(f"{field.field}:", 2)
    # Such a value is a list of sources itself.
    is_provenance = field.field.endswith((".from", ".among"))
    for sign, value, keys in (
        ("-", field.old, field.old_sources),
        ("+", field.new, field.new_sources),
    ):
        if value is not None:
            said = "; ".join(publishers.get(key, key) for key in keys)
            tail = f" [{said}]" if said and not is_provenance else ""
            print_prose(f"{sign} {value}{tail}", 4)
