"""What a rule of the check is, what it looks at and what it says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.load import Fault, Ledger
from whocut.ledger.record import CutRecord, Source, Witnessed

__all__ = [
    "CheckReport",
    "Finding",
    "Hit",
    "Known",
    "Rule",
    "RuleOfAll",
    "Subject",
    "keys_of",
    "parsed",
    "parts_of",
    "subject_of",
]

Hit: TypeAlias = tuple[str, str]
"""A field, and what is wrong with it."""


class Finding(Fault, frozen=True, order=True):
    """A fault or a warning, with the rule that found it."""

    rule: str = ""


class CheckReport(Struct, frozen=True):
    """What the check found."""

    faults: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    counts: Mapping[str, int]
    """Files, records, sources and values that were looked at."""

    @property
    def is_clean(self) -> bool:
        """Say whether there is no fault; warnings do not count."""
        return not self.faults


class Known(Struct, frozen=True):
    """The ids that records may name, and what else is known from outside the records."""

    actors: frozenset[str]
    instruments: frozenset[str]
    mechanisms: frozenset[str]
    companies: frozenset[str] = frozenset()
    """The actors that are companies, so that no act of a state is theirs."""
    today: date | None = None
    """The day of the check; None where nothing is to turn on it."""


class Subject(Struct, frozen=True):
    """One record, with all its values and texts by field."""

    record: CutRecord
    ledger: Ledger
    known: Known
    values: tuple[tuple[str, Witnessed], ...]
    texts: tuple[tuple[str, str], ...]

    @property
    def file(self) -> tuple[str, str]:
        """Give the folder and the stem of the record's file."""
        path = self.ledger.files[self.record.id]
        return path.parent.name, path.stem

    @property
    def keys(self) -> set[str]:
        """Collect the source keys that values name."""
        return {key for _, value in self.values for key in keys_of(value)}

    def sources(self, value: Witnessed) -> list[Source]:
        """Give the sources behind a value; keys without one are told elsewhere."""
        found = (self.ledger.source(self.record, key) for key in keys_of(value))
        return [one for one in found if one is not None]


class Rule(Struct, frozen=True):
    """A rule on one record; its id is a public promise."""

    id: str
    says: str
    find: Callable[[Subject], Iterator[Hit]]
    is_warning: bool = False


class RuleOfAll(Struct, frozen=True):
    """A rule on all records together; it finds the file too."""

    id: str
    says: str
    find: Callable[[Ledger], Iterator[tuple[str, str, str]]]
    is_warning: bool = False


def parsed(text: str | None) -> Edtf | None:
    """Read a date; None where there is none, or it is told elsewhere that it is none."""
    try:
        return None if text is None else parse_edtf(text)
    except ValueError:
        return None


def subject_of(record: CutRecord, ledger: Ledger, known: Known) -> Subject:
    """Walk a record once, for all rules."""
    values, texts = parts_of(record)
    return Subject(record, ledger, known, tuple(values), tuple(texts))


def keys_of(value: Witnessed) -> tuple[str, ...]:
    """Give every source key that a value names."""
    return (*value.from_, *value.among)


def parts_of(record: CutRecord) -> tuple[list[tuple[str, Witnessed]], list[tuple[str, str]]]:
    """Walk a record: its values with their fields, and its texts with theirs."""
    values: list[tuple[str, Witnessed]] = []
    texts: list[tuple[str, str]] = []
    _walk(record, "", values, texts)
    return values, texts


def _walk(
    part: object, field: str, values: list[tuple[str, Witnessed]], texts: list[tuple[str, str]]
) -> None:
    if type(part) is str:
        texts.append((field, part))
    elif isinstance(part, Struct):
        if isinstance(part, Witnessed):
            values.append((field, part))
        for name, key in zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True):
            if key not in ("from", "among") and (inner := getattr(part, name)) is not None:
                _walk(inner, _below(field, key), values, texts)
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            _walk(inner, f"{field}[{number}]", values, texts)
    elif isinstance(part, dict):
        for key, inner in part.items():
            _walk(inner, _below(field, key), values, texts)


def _below(field: str, key: str) -> str:
    return f"{field}.{key}" if field else key
