"""What changed in a record, field by field, and since when.

Two versions are compared as the values they hold, not as the lines of their files. A version that
today's model no longer reads is compared as the plain document that it is. Items of a list are
matched by what they say, so that one put in front does not change all that follow.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from whocut.ledger.document import read_document
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord
from whocut.ledger.release import canonical_json
from whocut.model.errors import InputError

__all__ = [
    "FieldChange",
    "RecordChange",
    "Version",
    "changes",
    "compare_versions",
    "hash_of_version",
    "version_of",
]

Version: TypeAlias = Mapping[str, Any]
"""One version of a record, as plain values."""
_PROVENANCE: Final = ("from", "among")


class FieldChange(Struct, frozen=True):
    """One field that differs; ``None`` is absent."""

    field: str
    """Dotted; of a list, the place in the newer version, or where it was if it is gone."""
    old: str | None
    new: str | None
    old_sources: tuple[str, ...] = ()
    """Keys of the sources that carried the old value."""
    new_sources: tuple[str, ...] = ()


class RecordChange(Struct, frozen=True):
    """How a record differs between two versions of the ledger."""

    id: str
    kind: str
    """added, changed, removed or retracted."""
    fields: tuple[FieldChange, ...] | None
    """None where the older version is not at hand: that it differs is known, how is not."""


def version_of(text: str, source: str) -> Version | None:
    """Read a version from its YAML: by the model, else as it stands; None if it is no mapping."""
    try:
        document = read_document(text, source)
        plain: Version = msgspec.to_builtins(convert(document, CutRecord, source))
    except InputError:
        return _document(text, source)
    return plain


def hash_of_version(version: Version) -> str:
    """Hash a version as a release does."""
    return hashlib.sha256(canonical_json(version)).hexdigest()


def _document(text: str, source: str) -> Version | None:
    try:
        document = read_document(text, source)
    except InputError:
        return None
    return document if isinstance(document, dict) else None


def compare_versions(id_: str, old: Version | None, new: Version | None) -> RecordChange | None:
    """Compare two versions of a record; None if they say the same."""
    fields = tuple(changes(old or {}, new or {}))
    if old is None or new is None:
        if old is None and new is None:
            return None
        return RecordChange(id_, "added" if old is None else "removed", fields)
    if not fields:
        return None
    is_retracted = "retracted" in new and "retracted" not in old
    return RecordChange(id_, "retracted" if is_retracted else "changed", fields)


def changes(old: Version, new: Version) -> Iterator[FieldChange]:
    """List the fields that differ, in the order of the newer version."""
    yield from _mappings("", old, new, ((), ()))


_Sources: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


def _mappings(
    path: str, old: Mapping[str, Any], new: Mapping[str, Any], sources: _Sources
) -> Iterator[FieldChange]:
    sources = _cited(old) or sources[0], _cited(new) or sources[1]
    for key in (*new, *(key for key in old if key not in new)):
        inner = f"{path}.{key}" if path else key
        yield from _values(inner, old.get(key), new.get(key), sources)


def _cited(value: Mapping[str, Any]) -> tuple[str, ...]:
    named = [value.get(key) for key in _PROVENANCE]
    return tuple(key for keys in named if isinstance(keys, list | tuple) for key in keys)


def _values(path: str, old: object, new: object, sources: _Sources) -> Iterator[FieldChange]:
    if _same(old, new):
        return
    if _is_one_of(dict, old, new):
        yield from _mappings(path, _as_mapping(old), _as_mapping(new), sources)
    elif _is_one_of((list, tuple), old, new) and not _are_plain(old, new):
        yield from _lists(path, _as_list(old), _as_list(new), sources)
    else:
        old_text, new_text = _text(old), _text(new)
        yield FieldChange(
            *(path, old_text, new_text),
            old_sources=sources[0] if old_text is not None else (),
            new_sources=sources[1] if new_text is not None else (),
        )


def _lists(
    path: str, old: Sequence[Any], new: Sequence[Any], sources: _Sources
) -> Iterator[FieldChange]:
    matcher = SequenceMatcher(
        None, [canonical_json(item) for item in old], [canonical_json(item) for item in new], False
    )
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        for step in range(max(old_to - old_from, new_to - new_from)):
            before = old[old_from + step] if old_from + step < old_to else None
            after = new[new_from + step] if new_from + step < new_to else None
            at = new_from + step if after is not None else old_from + step
            yield from _values(f"{path}[{at}]", before, after, sources)


def _same(old: object, new: object) -> bool:
    return canonical_json(old) == canonical_json(new)


def _is_one_of(kind: type | tuple[type, ...], old: object, new: object) -> bool:
    """Tell whether both are of a kind, or one is and the other is absent."""
    present = [value for value in (old, new) if value is not None]
    return all(isinstance(value, kind) for value in present)


def _are_plain(old: object, new: object) -> bool:
    items = (*_as_list(old), *_as_list(new))
    return not any(isinstance(item, dict | list | tuple) for item in items)


def _as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _as_list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else canonical_json(value).decode()
