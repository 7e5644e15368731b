"""Read the ledger's YAML without guessing: every scalar is text, and what is ambiguous is refused.

YAML 1.1 reads ``NO`` as false, ``1e3`` as a number and 2022-03-04 as a date, each by its spelling;
a country, a name and a date of a ledger must not turn on that. So the tokens come from libyaml, the
values are built here as text, and the model that reads them says what type a field has (ADR-0008).
Source: YAML 1.1 chapter 5 (characters) to chapter 8 (block styles), by way of libyaml.
"""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its stubs leave it out

from whocut.model.errors import InputError, why_unread

__all__ = ["MAX_DEPTH", "Document", "line_of", "read_document", "read_document_file"]

Document: TypeAlias = dict[str, Any] | list[Any] | str | None
"""A mapping, a list, text, or nothing."""
MAX_DEPTH: Final = 16
"""Records are five deep; a hostile file must not exhaust the stack."""
_MAX_BYTES: Final = 4 << 20
_NOTHING: Final = frozenset({"", "~", "null"})


def read_document_file(path: Path) -> Document:
    """Read one YAML file.

    Raises: InputError, which names the file, the line and the field.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would be waited for, and a device has no end.
            raise InputError("cannot be read: not a file", source=str(path))
        if status.st_size > _MAX_BYTES:
            raise InputError(f"larger than {_MAX_BYTES >> 20} MiB", source=str(path))
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", source=str(path), offset=error.start) from error
    except OSError as error:
        raise InputError(f"cannot be read: {why_unread(error)}", source=str(path)) from error
    return read_document(text, str(path))


def read_document(text: str, source: str) -> Document:
    """Read one YAML document; every scalar is text, ``null`` and an empty value are nothing.

    Raises: InputError for what is not YAML, and for what a ledger must not hold: a key twice,
        anchors, aliases, tags, more than one document. It names the line and the field.
    """
    return _Reading(text, source).document()


def line_of(text: str, field: str) -> int | None:
    """Find the line (from 1) on which a field such as ``sources.s1.url`` or ``asns[0]`` begins."""
    lines: dict[str, int] = {}
    try:
        _Reading(text, "", lines.setdefault).document()
    except InputError:
        return None
    while field and field not in lines:
        # An absent field is reported where its nearest parent stands.
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field)


class _Reading:
    """One pass over the events of one text."""

    def __init__(
        self, text: str, source: str, note: Callable[[str, int], object] | None = None
    ) -> None:
        self._source = source
        self._note = note
        try:
            self._next = CParser(text).get_event
        except (yaml.YAMLError, ValueError) as error:
            raise self._broken(error) from error

    def document(self) -> Document:
        try:
            self._next()
            if isinstance(self._next(), yaml.StreamEndEvent):
                raise InputError("empty", source=self._source)
            value = self._value(self._next(), "", 0)
            self._next()
            after = self._next()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise self._broken(error) from error
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused("a second document in one file", after, "")
        return value

    def _value(self, event: Any, path: str, depth: int) -> Document:  # noqa: ANN401
        kind = type(event)
        if self._note is not None:
            self._note(path, event.start_mark.line + 1)
        if kind is yaml.AliasEvent:
            raise self._refused("an alias (*); write the value out", event, path)
        if event.anchor is not None:
            raise self._refused("an anchor (&); write the value out", event, path)
        if event.tag is not None:
            raise self._refused(f"a tag ({event.tag}); values are plain text", event, path)
        if kind is yaml.ScalarEvent:
            is_plain = event.style is None or event.style == ""
            return None if is_plain and event.value in _NOTHING else str(event.value)
        if depth == MAX_DEPTH:
            raise self._refused(f"nested deeper than {MAX_DEPTH}", event, path)
        if kind is yaml.MappingStartEvent:
            return self._mapping(path, depth)
        return self._sequence(path, depth)

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                raise self._refused("a key that is not plain text", event, path)
            key = str(event.value)
            inner = f"{path}.{key}" if path else key
            if key in found:
                raise self._refused(f"the key {key!r} stands twice", event, inner)
            found[key] = self._value(self._next(), inner, depth + 1)
        return found

    def _sequence(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            found.append(self._value(event, f"{path}[{len(found)}]", depth + 1))
        return found

    def _refused(self, reason: str, event: Any, path: str) -> InputError:  # noqa: ANN401
        line = event.start_mark.line + 1
        return InputError(f"line {line}: {reason}", source=self._source, field=path or None)

    def _broken(self, error: Exception) -> InputError:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error) or "not YAML"
        where = f"line {mark.line + 1}: " if mark is not None else ""
        return InputError(f"{where}{problem}", source=self._source)
