"""Walk the values of a record that name sources, and grade each."""

from collections.abc import Iterator
from functools import cache

import msgspec
from msgspec import Struct

from whocut.ledger.grade import grade_of_value
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord, Source, Witnessed
from whocut.ledger.vocabulary import Grade

__all__ = ["cited_sources", "graded_values", "witnessed_values"]


def witnessed_values(record: CutRecord) -> Iterator[tuple[str, Witnessed]]:
    """Give each value that names sources, with its dotted field, in the order of the model."""
    yield from _walk(record, "")


def _walk(value: Struct, path: str) -> Iterator[tuple[str, Witnessed]]:
    if isinstance(value, Witnessed):
        yield path, value
    for name, written in _fields(type(value)):
        inner = getattr(value, name)
        place = f"{path}.{written}" if path else written
        if isinstance(inner, Struct):
            yield from _walk(inner, place)
        elif isinstance(inner, tuple):
            for number, item in enumerate(inner):
                if isinstance(item, Struct):
                    yield from _walk(item, f"{place}[{number}]")


@cache
def _fields(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    """Name the fields of a struct, here and in files."""
    return tuple((one.name, one.encode_name) for one in msgspec.structs.fields(kind))


def graded_values(ledger: Ledger, record: CutRecord) -> dict[str, Grade]:
    """Grade every value, by its dotted field: the grade of a record says nothing of each."""
    return {path: grade_of_value(ledger, record, value) for path, value in witnessed_values(record)}


def cited_sources(ledger: Ledger, record: CutRecord) -> dict[str, Source]:
    """Give the record's own sources, and those it cites from elsewhere, by key."""
    found = dict(record.sources)
    for _, value in witnessed_values(record):
        for key in (*value.from_, *value.among):
            source = ledger.source(record, key)
            if source is not None:
                found.setdefault(key, source)
    return found
