"""Labelled files for ``whocut evaluate``, in the layouts that the field uses.

- JSON Lines of measurements: ``{"measurement": {...}, "label": {...}}``; ``raw`` stands for
  ``measurement`` too. Without ``label`` the id is looked up in ``--labels``.
- JSON Lines of pages: ``{"text" or "body": ..., "status": ..., "headers": {...}, "label": ...}``;
  PAM 2025's ``type`` and ``why`` are read as a label.
- OONI's label records (JSON with ``labels``) and CSV with ``measurement_uid``: ids and labels,
  joined with the verdicts of an observatory.

A label is one word, or a mapping with any of outcome, layer, mechanism, locus, actor_kind; in
OONI's words label, mechanisms, locus.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from whocut.model.errors import InputError
from whocut.model.taxonomy import Outcome

__all__ = ["Labelled", "Page", "read_label_index", "read_labelled"]

_OURS: Final = ("outcome", "layer", "mechanism", "locus", "actor_kind", "class")
_OONI_WORDS: Final = frozenset({"ok", "blocked", "down"})
_BOT_TYPES: Final = frozenset({"challenge", "checking", "require_js"})
_UNDECIDED: Final = frozenset({"", "unadjudicated", "uncertain"})


class Page(Struct, frozen=True):
    """One page without its measurement."""

    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Labelled(Struct, frozen=True):
    """One labelled thing; neither measurement nor page: only its id is known."""

    id: str
    label: dict[str, str]
    line: int
    measurement: bytes | None = None
    page: Page | None = None
    is_in_ooni_words: bool = False


class _Line(Struct):
    measurement: Raw = Raw(b"")
    raw: Raw = Raw(b"")
    label: Any = None
    text: str | None = None
    body: str | None = None
    content: str | None = None
    status: int | None = None
    headers: dict[str, str] | list[tuple[str, str]] = {}
    measurement_uid: str | None = None
    id: str | int | None = None
    type: str | None = None
    why: str | None = None


def read_label_index(path: Path) -> dict[str, Labelled]:
    """Read labels by measurement id, from any layout that has ids."""
    return {one.id: one for one in read_labelled(path)}


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Read a labelled file, record by record.

    Raises: InputError naming the line that cannot be read.
    """
    if not path.is_file():
        raise InputError("no such file", source=str(path))
    if path.suffix == ".csv":
        yield from _csv(path)
    elif path.suffix == ".json":
        yield from _ooni_records(path)
    else:
        yield from _lines(path)


def _csv(path: Path) -> Iterator[Labelled]:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream)
        if "measurement_uid" not in (rows.fieldnames or ()):
            raise InputError("no column measurement_uid", source=str(path))
        for row in rows:
            found = _label({name: value for name, value in row.items() if name and value})
            if found is not None:
                label, is_ooni = found
                yield Labelled(
                    row["measurement_uid"], label, rows.line_num, is_in_ooni_words=is_ooni
                )


def _ooni_records(path: Path) -> Iterator[Labelled]:
    try:
        document = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise InputError(f"not JSON: {error}", source=str(path)) from error
    records = document.get("labels") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise InputError("no list of labels", source=str(path), field="labels")
    for number, record in enumerate(records, start=1):
        # A label that was judged again stays in the file beside its successor.
        found = None if record.get("superseded_by") else _label(record)
        if found is not None:
            label, is_ooni = found
            yield Labelled(
                str(record.get("measurement_uid", "")), label, number, is_in_ooni_words=is_ooni
            )


def _lines(path: Path) -> Iterator[Labelled]:
    decoder = msgspec.json.Decoder(_Line)
    with path.open("rb") as stream:
        for number, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                line = decoder.decode(text)
            except msgspec.DecodeError as error:
                reason = f"line {number}: {error}"
                raise InputError(reason, source=str(path)) from error
            yield _labelled(line, number)


def _labelled(line: _Line, number: int) -> Labelled:
    found = _label(line.label) if line.label is not None else _pam(line)
    label, is_ooni = found or ({}, False)
    name = line.measurement_uid or str(line.id or f"line {number}")
    measurement = bytes(line.measurement) or bytes(line.raw) or None
    page = None
    text = line.text if line.text is not None else line.body
    if measurement is None and text is not None:
        pairs = line.headers.items() if isinstance(line.headers, dict) else line.headers
        headers = tuple((key.lower(), value) for key, value in pairs)
        page = Page(line.status, headers, text.encode("utf-8", "replace"))
    return Labelled(name, label, number, measurement, page, is_ooni)


def _pam(line: _Line) -> tuple[dict[str, str], bool] | None:
    if line.type is None:
        return None
    if line.why == "geoblock":
        return {"class": "geoblock"}, False
    return {"class": "bot_check" if line.type in _BOT_TYPES else "other"}, False


def _label(value: Any) -> tuple[dict[str, str], bool] | None:  # noqa: ANN401 - decoding boundary
    """Read a label; ``None`` where it decides nothing. The flag: it is in OONI's words."""
    if isinstance(value, str):
        value = {"label": value}
    if not isinstance(value, dict):
        return None
    word = str(value.get("label") or value.get("verdict") or value.get("outcome") or "")
    if word.partition(".")[0] in _OONI_WORDS:
        mechanisms = value.get("mechanisms") or [value.get("mechanism")]
        label = {
            "outcome": word.partition(".")[0],
            "mechanism": str(mechanisms[0] or ""),
            "locus": str(value.get("locus") or ""),
        }
        return {axis: text for axis, text in label.items() if text}, True
    label = {axis: str(value[axis]) for axis in _OURS if value.get(axis)}
    if "outcome" not in label and word and word not in _UNDECIDED:
        is_outcome = word in {outcome.value for outcome in Outcome}
        label["outcome" if is_outcome else "class"] = word
    return (label, False) if label else None
