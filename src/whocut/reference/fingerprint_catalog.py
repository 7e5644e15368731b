"""Read whocut's own fingerprints, data/fingerprints/*.toml, and the words and limits they share."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import ActorKind, Strength
from whocut.reference.fingerprint_model import (
    CEILINGS,
    Fingerprint,
    Meaning,
    PatternType,
    Scope,
    is_where,
)
from whocut.reference.fingerprint_wording import Veto

__all__ = ["Catalog", "Limits", "Unnamed", "load_catalog"]

_WORD = re.compile(r"<<(\w+)>>")
_WORDS_FILE = "words.toml"
_LIMITS_FILE = "limits.toml"
_LOOKUPS_FILE = "lookups.toml"
_RANK = {Strength.A: 3, Strength.B: 2, Strength.C: 1}


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a response is looked at; each value's reason stands in limits.toml."""

    largest_scanned_body_bytes: int
    small_body_bytes: int
    sparse_body_bytes: int
    few_links: int
    longest_refusal_chars: int
    longest_error_chars: int
    latest_wording_chars: int


class Unnamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of others' lists whose wording does not tell whose page it is."""

    ids: tuple[str, ...]
    """Ids, or prefixes of ids that end in ``*``."""
    reason: str


class Catalog(msgspec.Struct, frozen=True):
    """Everything that ships: fingerprints, the triggers of the reading pass, the limits."""

    fingerprints: tuple[Fingerprint, ...]
    triggers: tuple[str, ...]
    veto: Veto
    limits: Limits
    unnamed: tuple[Unnamed, ...] = ()

    def reviewed(self, fingerprint: Fingerprint) -> Fingerprint:
        """Give an imported fingerprint our reading, where it differs from its list's."""
        if fingerprint.meaning is not Meaning.BLOCK_PAGE:
            return fingerprint
        for unnamed in self.unnamed:
            if any(_is_named(fingerprint.id, name) for name in unnamed.ids):
                return msgspec.structs.replace(
                    fingerprint,
                    scope=Scope.UNKNOWN,
                    actor_kind=ActorKind.UNKNOWN,
                    strength=Strength.C,
                    note=unnamed.reason,
                )
        return fingerprint


def load_catalog(directory: Path | None = None) -> Catalog:
    """Load the shipped fingerprints, or those of another directory of the same form.

    Raises: DamagedDataError naming the file and the fingerprint that is wrong.
    """
    directory = shipped_path("fingerprints") if directory is None else directory
    words_path, limits_path = directory / _WORDS_FILE, directory / _LIMITS_FILE
    words_file = _read_toml(words_path)
    words = {name: str(value) for name, value in words_file.get("words", {}).items()}
    triggers = tuple(str(trigger) for trigger in words_file.get("triggers", []))
    try:
        limits = msgspec.convert(_read_toml(limits_path), Limits)
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source=str(limits_path)) from error
    found: dict[str, Fingerprint] = {}
    for path in sorted(directory.glob("*.toml")):
        if path.name in (_WORDS_FILE, _LIMITS_FILE, _LOOKUPS_FILE):
            continue
        for fingerprint in _read_fingerprints(path, words):
            if fingerprint.id in found:
                raise DamagedDataError("stands twice", source=str(path), field=fingerprint.id)
            found[fingerprint.id] = fingerprint
    expanded = tuple(_expand(trigger, words, words_path, "triggers") for trigger in triggers)
    try:
        veto = msgspec.convert(words_file.get("veto", {}), Veto)
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source=str(words_path), field="veto") from error
    return Catalog(tuple(found.values()), expanded, veto, limits, _read_lookups(directory))


def _read_lookups(directory: Path) -> tuple[Unnamed, ...]:
    path = directory / _LOOKUPS_FILE
    if not path.is_file():
        return ()
    try:
        return msgspec.convert(_read_toml(path).get("unnamed", []), tuple[Unnamed, ...])
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source=str(path), field="unnamed") from error


def _is_named(identifier: str, name: str) -> bool:
    if name.endswith("*"):
        return identifier.startswith(name[:-1])
    return identifier == name


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DamagedDataError(f"cannot be read: {error}", source=str(path)) from error


def _read_fingerprints(path: Path, words: dict[str, str]) -> list[Fingerprint]:
    content = _read_toml(path)
    defaults: dict[str, Any] = content.get("defaults", {})
    fingerprints = []
    for number, table in enumerate(content.get("fingerprint", []), start=1):
        name = str(table.get("id", f"number {number}"))
        merged = {**defaults, **table}
        if merged.get("pattern_type") == PatternType.REGEXP:
            merged["pattern"] = _expand(str(merged.get("pattern")), words, path, name)
        try:
            fingerprint = msgspec.convert(merged, Fingerprint)
        except msgspec.ValidationError as error:
            raise DamagedDataError(str(error), source=str(path), field=name) from error
        _check(fingerprint, path)
        fingerprints.append(fingerprint)
    return fingerprints


def _expand(pattern: str, words: dict[str, str], path: Path, name: str) -> str:
    """Put shared words in place of ``<<name>>``; a word may use words above it."""
    for _ in range(4):
        missing = [word for word in _WORD.findall(pattern) if word not in words]
        if missing:
            raise DamagedDataError(f"no such word: {missing[0]}", source=str(path), field=name)
        pattern = _WORD.sub(lambda match: f"(?:{words[match.group(1)]})", pattern)
    if _WORD.search(pattern):
        raise DamagedDataError("words nest too deep", source=str(path), field=name)
    return pattern


def _check(fingerprint: Fingerprint, path: Path) -> None:
    def wrong(reason: str) -> DamagedDataError:
        return DamagedDataError(reason, source=str(path), field=fingerprint.id)

    if not is_where(fingerprint.where):
        raise wrong(f"where {fingerprint.where!r} is unknown")
    if _RANK[fingerprint.strength] > _RANK[CEILINGS[fingerprint.seen]]:
        raise wrong(f"seen {fingerprint.seen}: at most {CEILINGS[fingerprint.seen]}")
    if fingerprint.is_wording and fingerprint.where not in ("body", "title"):
        raise wrong("wording is matched in a body or title only")
    if fingerprint.where == "title" and not fingerprint.is_wording:
        raise wrong("a title is matched as wording")
    if fingerprint.pattern_type is PatternType.REGEXP:
        try:
            re.compile(fingerprint.pattern)
        except re.error as error:
            raise wrong(f"the pattern is no regular expression: {error}") from error
