"""``whocut ledger check``: does every record keep the rules, and where does one not."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import print_prose
from whocut.cli.wording import count_of
from whocut.ledger.check import CheckReport, Finding, check_ledger
from whocut.ledger.check import rules as rules_of_the_check
from whocut.ledger.document import read_document_file
from whocut.ledger.load import ledger_path
from whocut.ledger.record import schema as record_schema
from whocut.ledger.vocabulary import LedgerActorKind
from whocut.model.errors import DamagedDataError, UsageError
from whocut.model.shipped import shipped_path

__all__ = ["FAULTY", "check", "report_of"]

FAULTY: Final = 5
"""The exit code where faults were found."""
_COMPANIES: Final = frozenset(
    {
        LedgerActorKind.COMPANY,
        LedgerActorKind.CERTIFICATE_AUTHORITY,
        LedgerActorKind.PAYMENT_NETWORK,
    }
)
_COLUMNS: Final = ("level", "file", "line", "field", "rule", "reason")


def check(
    *,
    root: Annotated[
        Path | None, Parameter(help="A folder of records, as data/ledger; the shipped one if none.")
    ] = None,
    rules: Annotated[
        bool, Parameter(name="--rules", negative="", help="Only list the rules, with their ids.")
    ] = False,
    schema: Annotated[
        bool, Parameter(name="--schema", negative="", help="Only write a record's JSON Schema.")
    ] = False,
    limit: Annotated[int, Parameter(help="Warnings of the table; 0 for all of them.")] = 20,
    output: Output = AS_TABLE,
) -> int:
    """Check every record of the ledger: sources, dates, edges, references, texts.

    Exit code 5 if there is a fault. Warnings are for people to look at, and change nothing.
    """
    if schema:
        write_json(record_schema())
        return 0
    if rules:
        _write_rules(output)
        return 0
    report = report_of(root)
    if output.form == "json":
        write_json(
            {
                "is_clean": report.is_clean,
                "counts": report.counts,
                "faults": report.faults,
                "warnings": report.warnings,
            }
        )
    elif output.form == "table":
        _print(report, limit)
    else:
        rows = [_row("fault", one) for one in report.faults]
        rows += [_row("warning", one) for one in report.warnings]
        write_rows(rows, _COLUMNS, output.form)
    return 0 if report.is_clean else FAULTY


def report_of(root: Path | None) -> CheckReport:
    """Check a folder of records, or the one that ships, by the ids that ship."""
    from whocut.access.mechanisms import MECHANISMS
    from whocut.ledger.actors import load_actors

    if root is not None and not root.is_dir():
        raise UsageError(f"--root {root}: no such folder")
    actors = load_actors()
    return check_ledger(
        root or ledger_path(),
        actors=actors,
        companies=[name for name, one in actors.items() if one.kind in _COMPANIES],
        today=datetime.now(UTC).date(),
        instruments=_instrument_ids(),
        mechanisms=MECHANISMS,
    )


def _instrument_ids() -> frozenset[str]:
    """Collect the ids of instruments and of their versions."""
    found: set[str] = set()
    for path in sorted(shipped_path("instruments").glob("*.yaml")):
        document = read_document_file(path)
        if not isinstance(document, dict):
            raise DamagedDataError("no mapping", source=str(path))
        for part in (document, *document.get("versions", ())):
            if "id" in part:
                found.add(part["id"])
    return frozenset(found)


def _row(level: str, one: Finding) -> dict[str, Any]:
    return {"level": level, **{name: getattr(one, name) for name in _COLUMNS[1:]}}


def _print(report: CheckReport, limit: int) -> None:
    counts = report.counts
    print_prose(
        f"{count_of(counts['records'], 'record')}, {count_of(counts['values'], 'value')}, "
        f"{count_of(counts['sources'], 'source')}: {count_of(len(report.faults), 'fault')}, "
        f"{count_of(len(report.warnings), 'warning')}.",
        style="bold",
    )
    _print_findings("Faults", report.faults)
    shown = report.warnings[:limit] if limit else report.warnings
    _print_findings("Warnings", shown)
    if len(shown) < len(report.warnings):
        print_prose(f"{len(report.warnings) - len(shown):,} more warnings: --limit 0 shows them.")
    for name, found in (("faults", report.faults), ("warnings", report.warnings)):
        if found:
            by_rule = Counter(one.rule for one in found).most_common()
            print_prose(f"{name.capitalize()} by rule:")
            for rule, n in by_rule:
                print_prose(f"{n:,} {rule}", 2)
    print_prose("Next: whocut ledger check --rules (what each rule asks for)")


def _print_findings(title: str, found: Sequence[Finding]) -> None:
    if not found:
        return
    print_prose(f"{title}:", style="bold")
    for one in found:
        print_prose(str(one), 2)
        print_prose(one.rule, 4)


def _write_rules(output: Output) -> None:
    table = [
        {"rule": rule, "level": "warning" if is_warning else "fault", "says": says}
        for rule, says, is_warning in rules_of_the_check()
    ]
    if output.form == "json":
        write_json({"rules": table})
    elif output.form == "table":
        print_table(("rule", "level", "says"), [tuple(row.values()) for row in table])
    else:
        write_rows(table, ("rule", "level", "says"), output.form)
