"""``whocut ledger verify`` and ``release``: nothing is rewritten unseen, and what proves it."""

import contextlib
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.question import asked_day
from whocut.cli.terminal import print_prose
from whocut.cli.wording import count_of
from whocut.ledger.history import rewritten_manifests
from whocut.ledger.load import Fault
from whocut.ledger.release import Manifest, Verification, release_ledger, verify_ledger
from whocut.model.errors import UsageError

__all__ = ["REWRITTEN", "release", "verify"]

REWRITTEN: Final = 1
"""The exit code where something was rewritten, dropped or cannot be proved."""
_COLUMNS: Final = ("what", "item", "reason")
_SINCE: Final = {
    "added": "added",
    "changed": "changed",
    "removed": "removed",
    "files_added": "file added",
    "files_changed": "file changed",
    "files_removed": "file removed",
}
Root = Annotated[
    Path | None, Parameter(help="A folder of records, as data/ledger; the shipped one if none.")
]


def verify(
    *,
    root: Root = None,
    head: Annotated[
        str | None,
        Parameter(help="Seal of a release that you kept: the chain must still hold it."),
    ] = None,
    as_released: Annotated[
        bool,
        Parameter(negative="", help="Also fail where anything differs from the newest release."),
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Prove that no record was rewritten or dropped unseen since the first release.

    Exit code 1 where a release was altered, or a record is gone. A record that was revised since
    the newest release is named, and is no fault. Only a seal kept elsewhere can show that a whole
    chain was written anew.
    """
    if head is not None and not re.fullmatch(r"[0-9a-f]{64}", head):
        raise UsageError(f"--head {head}: not a seal, which has 64 digits of 0-9 and a-f")
    found = verify_ledger(root, head=head)
    committed = rewritten_manifests(root)
    # A release that breaks the chain is named once, with the reason the chain gives.
    named = {one.file for one in found.faults}
    faults = [*found.faults, *(one for one in committed if one.file not in named)]
    if output.form == "json":
        write_json(_document(found, faults))
    elif output.form == "table":
        _print(found, faults)
    else:
        write_rows(_rows(found, faults), _COLUMNS, output.form)
    return REWRITTEN if faults or (as_released and found.since) else 0


def _document(found: Verification, faults: list[Fault]) -> dict[str, Any]:
    newest = found.newest
    return {
        "is_intact": not faults,
        "records": found.n_records,
        "releases": [
            {
                "number": one.number,
                "date": one.date,
                "sha256": one.sha256,
                "previous": one.previous,
                "records": len(one.records),
            }
            for one in found.manifests
        ],
        "head": newest.sha256 if newest else None,
        "since": found.since,
        "faults": faults,
    }


def _rows(found: Verification, faults: list[Fault]) -> list[dict[str, Any]]:
    newest = found.newest
    since = f"since release {newest.number}" if newest else ""
    rows = [{"what": "fault", "item": one.file, "reason": one.reason} for one in faults]
    rows += [
        {"what": words, "item": item, "reason": since}
        for name, words in _SINCE.items()
        for item in getattr(found.since, name)
    ]
    return rows


def _print(found: Verification, faults: list[Fault]) -> None:
    newest = found.newest
    print_prose(
        f"{count_of(found.n_records, 'record')}, {count_of(len(found.manifests), 'release')}: "
        + ("nothing was rewritten unseen." if not faults else f"{count_of(len(faults), 'fault')}."),
        style="bold",
    )
    for fault in faults:
        print_prose(str(fault), 2)
    if newest is None:
        print_prose("Next: whocut ledger release --date DAY (for keepers of the records)")
        return
    if not found.since:
        print_prose(f"The files equal release {newest.number} of {newest.date}.")
    else:
        print_prose(f"Since release {newest.number} of {newest.date}:")
    for name, words in _SINCE.items():
        items = getattr(found.since, name)
        if items:
            print_prose(f"{words} ({len(items)}): {' '.join(items)}", 2)
    print_prose(f"Seal of release {newest.number}: {newest.sha256}")
    print_prose("Keep it elsewhere: with --head SEAL it shows a chain that was written anew.")
    if found.since:
        print_prose(f"Next: whocut ledger diff --since {newest.number} (field by field)")


def release(
    *,
    date: Annotated[str, Parameter(help="Day of the release, YYYY-MM-DD.")],
    root: Root = None,
    output: Output = AS_TABLE,
) -> int:
    """Write the next release: the hash of every record, tied to the release before (for keepers).

    Refused where the check finds a fault, a record is gone, the chain is broken, or nothing
    changed.
    """
    day = asked_day(date, "--date")
    if day is None:
        raise UsageError("--date: which day?")
    _refuse_faulty(root)
    manifest, path = release_ledger(day, root)
    if output.form == "table":
        _print_release(manifest, path)
    else:
        row = {"number": manifest.number, "date": str(manifest.date), "sha256": manifest.sha256}
        row |= {"records": len(manifest.records), "file": str(path)}
        if output.form == "json":
            write_json(row)
        else:
            write_rows([row], tuple(row), output.form)
    return 0


def _refuse_faulty(root: Path | None) -> None:
    from whocut.cli.ledger_check import check

    # What the check says is talk here; the answer is the release.
    with contextlib.redirect_stdout(sys.stderr):
        code = check(root=root)
    if code:
        raise UsageError("the check finds faults: a release would keep them for ever")


def _print_release(manifest: Manifest, path: Path) -> None:
    print_prose(
        f"Release {manifest.number} of {manifest.date}: "
        f"{count_of(len(manifest.records), 'record')}, {count_of(len(manifest.files), 'file')}.",
        style="bold",
    )
    print_prose(f"Written to {path}; commit it with the records.", 2)
    print_prose(f"Seal: {manifest.sha256}", 2)
    print_prose(
        "Publish the seal elsewhere, too: only so can a chain written anew be found out.", 2
    )
