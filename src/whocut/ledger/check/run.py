"""Run every rule over every record."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from whocut.ledger.check import accounts, provenance, references, texts, ties, times, values
from whocut.ledger.check.rule import CheckReport, Finding, Known, Rule, RuleOfAll, subject_of
from whocut.ledger.document import line_of
from whocut.ledger.load import Fault, read_ledger
from whocut.ledger.release import RELEASES

__all__ = ["check_ledger", "rules"]

_READ: Final = "ledger.check.read"
_STRAY: Final = "ledger.check.file.stray"
_NONE: Final = "ledger.check.file.none"
_FORMS: Final = frozenset({".yaml", ".yml", ".json"})
_TOP: Final = frozenset({"sources.yaml", "record.schema.json"})
"""What lies beside the folders of the years."""
_OF_FILES: Final = (
    (_READ, "Every file is YAML without ambiguity and fits the model of a record.", False),
    (_STRAY, "No YAML lies where no reader looks, and no record is a link.", False),
    (_NONE, "There is a record at all.", False),
)
_OF_ONE: Final[tuple[Rule, ...]] = (
    *ties.RULES,
    *provenance.RULES,
    *accounts.RULES,
    *times.RULES,
    *references.RULES,
    *values.RULES,
    *texts.RULES,
)
_OF_ALL: Final[tuple[RuleOfAll, ...]] = (
    *ties.RULES_OF_ALL,
    *provenance.RULES_OF_ALL,
    *times.RULES_OF_ALL,
    *texts.RULES_OF_ALL,
)


def rules() -> tuple[tuple[str, str, bool], ...]:
    """List every rule: its id, what it says, whether it only warns."""
    both: Sequence[Rule | RuleOfAll] = (*_OF_ONE, *_OF_ALL)
    return (*_OF_FILES, *((one.id, one.says, one.is_warning) for one in both))


def check_ledger(
    root: Path,
    *,
    actors: Collection[str],
    instruments: Collection[str],
    mechanisms: Collection[str],
    companies: Collection[str] = (),
    today: date | None = None,
) -> CheckReport:
    """Check the ledger in a folder against every rule; the ids are those that records may name.

    ``companies`` are those of the actors that are companies; no source is younger than ``today``.
    """
    ledger, unread = read_ledger(root)
    known = Known(
        frozenset(actors),
        frozenset(instruments),
        frozenset(mechanisms),
        frozenset(companies),
        today,
    )
    warnings: list[Finding] = []
    faults = [_finding(_READ, fault) for fault in unread]
    faults += [_finding(_STRAY, fault) for fault in _stray(root)]
    if not ledger.records and not faults:
        faults.append(Finding(".", "", "no record lies in a folder of a year here", rule=_NONE))
    values = sources = 0
    for record in ledger.records.values():
        subject = subject_of(record, ledger, known)
        values += len(subject.values)
        sources += len(record.sources)
        path = ledger.files[record.id].relative_to(root)
        for rule in _OF_ONE:
            found = warnings if rule.is_warning else faults
            found += (Finding(str(path), *hit, rule=rule.id) for hit in rule.find(subject))
    for whole in _OF_ALL:
        found = warnings if whole.is_warning else faults
        found += (Finding(*hit, rule=whole.id) for hit in whole.find(ledger))
    counts = {
        "files": len(ledger.records) + len({fault.file for fault in unread}),
        "records": len(ledger.records),
        "sources": sources,
        "shared_sources": len(ledger.shared_sources),
        "values": values,
    }
    return CheckReport(_placed(faults, root), _placed(warnings, root), counts)


def _finding(rule: str, fault: Fault) -> Finding:
    return Finding(fault.file, fault.field, fault.reason, fault.line, rule)


def _stray(root: Path) -> Iterator[Fault]:
    """Find what looks like a record and a reader passes by without a word."""
    for path in root.rglob("*"):
        name, form = path.relative_to(root), path.suffix.lower()
        depth = len(name.parts)
        if form not in _FORMS or str(name) in _TOP or name.parts[0] == RELEASES:
            continue  # what lies among the releases, verify looks at
        if path.is_symlink():
            yield Fault(str(name), "", "a link: what it leads to is not of the ledger")
        elif path.suffix != ".yaml":
            yield Fault(
                str(name), "", f"named {path.suffix}, so that nobody reads it; .yaml is read"
            )
        elif depth > 2:
            yield Fault(str(name), "", "nobody looks so deep; records lie in the year's folder")
        elif depth == 1:
            yield Fault(str(name), "", "nobody looks here; records lie in the year's folder")


def _placed(findings: Iterable[Finding], root: Path) -> tuple[Finding, ...]:
    """Put the line to each finding, and all in order."""
    texts_of: dict[str, str | None] = {}
    placed = []
    for one in findings:
        line = one.line
        if line is None and one.field:
            if one.file not in texts_of:
                texts_of[one.file] = _text(root / one.file)
            text = texts_of[one.file]
            line = None if text is None else line_of(text, one.field)
        placed.append(Finding(one.file, one.field, one.reason, line, one.rule))
    return tuple(sorted(placed, key=_place))


def _place(one: Finding) -> tuple[str, int, str, str, str]:
    return one.file, one.line or 0, one.field, one.rule, one.reason


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
