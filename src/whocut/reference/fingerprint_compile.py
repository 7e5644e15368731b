"""Turn fingerprints into expressions over bytes, one automaton for each text that is scanned."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from whocut.reference.fingerprint_automaton import (
    Automaton,
    Expression,
    byte_expression,
    escape_bytes,
    is_expressible,
)
from whocut.reference.fingerprint_catalog import Catalog
from whocut.reference.fingerprint_model import Fingerprint, PatternType, RejectedRow
from whocut.reference.fingerprint_text import normalise
from whocut.reference.fingerprint_wording import WordingMatcher

__all__ = ["Surfaces", "compile_surfaces"]

_CHARSETS_BY_SCRIPT = (
    ("\u0370", "\u03ff", ("windows-1253",)),
    ("\u0400", "\u04ff", ("windows-1251", "koi8-r")),
    ("\u0590", "\u05ff", ("windows-1255",)),
    ("\u0600", "\u06ff", ("windows-1256",)),
    ("\u0e00", "\u0e7f", ("cp874",)),
    ("\u3040", "\u30ff", ("shift_jis", "euc-jp")),
    ("\u4e00", "\u9fff", ("gb18030", "big5")),
    ("\uac00", "\ud7a3", ("euc-kr",)),
    ("\u0080", "\u024f", ("windows-1252", "windows-1254", "windows-1250")),
)
"""Charsets other than UTF-8 in which a page with a character of that range is met."""


class Surfaces(Struct, frozen=True):
    """The compiled automata and the fingerprints that their keys stand for."""

    fingerprints: tuple[Fingerprint, ...]
    headers: Automaton
    body: Automaton
    text: WordingMatcher
    headings: WordingMatcher
    trigger_key: int
    """Stands for any telling phrase."""
    links_key: int
    """Stands for a page with many links."""


def compile_surfaces(
    fingerprints: Sequence[Fingerprint],
    catalog: Catalog,
    rejected: list[RejectedRow],
    *,
    cache_dir: Path | None,
) -> Surfaces:
    """Compile all fingerprints; one that cannot be compiled is added to ``rejected``."""
    kept: list[Fingerprint] = []
    headers: list[Expression] = []
    body: list[Expression] = []
    text: list[tuple[int, str, bool]] = []
    headings: list[tuple[int, str, bool]] = []
    for fingerprint in fingerprints:
        key = len(kept)
        is_regexp = fingerprint.pattern_type is PatternType.REGEXP
        try:
            if fingerprint.where.startswith("header") or fingerprint.where == "response":
                found = _header_expressions(fingerprint, key)
                headers.extend(_checked(found, is_regexp, cache_dir))
            if fingerprint.where in ("body", "response") and not fingerprint.is_wording:
                body.extend(_checked(_body_expressions(fingerprint, key), is_regexp, cache_dir))
            if fingerprint.is_wording:
                wording = (key, _wording_pattern(fingerprint), fingerprint.is_vetoed)
                (text if fingerprint.where == "body" else headings).append(wording)
        except ValueError as error:
            rejected.append(RejectedRow(fingerprint.source, 0, str(error), fingerprint.id))
            continue
        kept.append(fingerprint)
    trigger_key = len(kept)
    body.extend(_trigger_expressions(catalog.triggers, trigger_key))
    body.append(_links_expression(catalog.limits.few_links, trigger_key + 1))
    return Surfaces(
        fingerprints=tuple(kept),
        headers=Automaton(headers, cache_dir=cache_dir),
        body=Automaton(body, cache_dir=cache_dir),
        text=WordingMatcher(text, catalog.veto, cache_dir=cache_dir),
        headings=WordingMatcher([*headings, *text], catalog.veto, cache_dir=cache_dir),
        trigger_key=trigger_key,
        links_key=trigger_key + 1,
    )


def _checked(
    expressions: Iterable[Expression],
    is_regexp: bool,
    cache_dir: Path | None,
) -> Iterable[Expression]:
    """Let plain strings pass; try every other expression, and widen it where it does not fit."""
    for expression in expressions:
        if not is_regexp or is_expressible(expression, cache_dir=cache_dir):
            yield expression
            continue
        wider = Expression(
            key=expression.key,
            pattern=expression.pattern,
            is_caseless=expression.is_caseless,
            is_multiline=expression.is_multiline,
            is_prefilter=True,
        )
        if not is_expressible(wider, cache_dir=cache_dir):
            raise ValueError("the pattern cannot be compiled")
        wider.confirmer()
        yield wider


def _header_expressions(fingerprint: Fingerprint, key: int) -> list[Expression]:
    r"""Write a header fingerprint over lines ``name: value\n``; names are lower-case there."""
    _, _, name = fingerprint.where.partition(".")
    start = b"^" + escape_bytes(name.encode()) + rb"\x3a\x20" if name else b""
    is_caseless = fingerprint.where == "response" or fingerprint.is_caseless
    core = _core(fingerprint, "utf-8")
    match fingerprint.pattern_type:
        case PatternType.FULL:
            pattern = (start or rb"^[^\n:]+: ") + core + b"$"
        case PatternType.PREFIX:
            pattern = (start or rb"^[^\n:]+: ") + core
        case PatternType.CONTAINS | PatternType.REGEXP:
            if core.startswith(b"^") and start:
                pattern = start + core[1:]
            else:
                pattern = start + rb"[^\n]*" + _group(core) if start else core
    return [Expression(key=key, pattern=pattern, is_caseless=is_caseless, is_multiline=True)]


def _body_expressions(fingerprint: Fingerprint, key: int) -> list[Expression]:
    is_caseless = fingerprint.is_caseless
    expressions: dict[bytes, Expression] = {}
    for charset in ("utf-8", *_charsets_of(fingerprint.pattern)):
        try:
            pattern = _core(fingerprint, charset)
        except UnicodeEncodeError:
            continue
        if fingerprint.pattern_type in (PatternType.FULL, PatternType.PREFIX):
            pattern = rb"\A" + pattern
        if fingerprint.pattern_type is PatternType.FULL:
            pattern += rb"\z"
        expressions[pattern] = Expression(key=key, pattern=pattern, is_caseless=is_caseless)
    return list(expressions.values())


def _wording_pattern(fingerprint: Fingerprint) -> str:
    """Write a wording fingerprint as a regular expression over normalised text."""
    if fingerprint.pattern_type is PatternType.REGEXP:
        return _normalise_pattern(fingerprint.pattern)
    literal = re.escape(normalise(fingerprint.pattern))
    if fingerprint.pattern_type is PatternType.FULL:
        return f"^{literal}$"
    return f"^{literal}" if fingerprint.pattern_type is PatternType.PREFIX else literal


def _normalise_pattern(pattern: str) -> str:
    """Fold the letters of a wording pattern as its text is folded; ASCII stays as written."""
    if pattern.isascii():
        return pattern
    return "".join(
        character if character.isascii() else normalise(character) for character in pattern
    )


def _trigger_expressions(triggers: Sequence[str], key: int) -> list[Expression]:
    expressions: dict[bytes, Expression] = {}
    for trigger in triggers:
        for charset in ("utf-8", *_charsets_of(trigger)):
            try:
                pattern = byte_expression(trigger, charset)
            except UnicodeEncodeError:
                continue
            expressions[pattern] = Expression(key=key, pattern=pattern, is_caseless=True)
    return list(expressions.values())


def _links_expression(few_links: int, key: int) -> Expression:
    return Expression(key=key, pattern=b".*".join([b"<a "] * few_links), is_caseless=True)


def _core(fingerprint: Fingerprint, charset: str) -> bytes:
    if fingerprint.pattern_type is PatternType.REGEXP:
        return byte_expression(fingerprint.pattern, charset)
    return escape_bytes(fingerprint.pattern.encode(charset))


def _group(pattern: bytes) -> bytes:
    return b"(?:" + pattern + b")"


def _charsets_of(pattern: str) -> tuple[str, ...]:
    if pattern.isascii():
        return ()
    for first, last, charsets in _CHARSETS_BY_SCRIPT:
        if any(first <= character <= last for character in pattern):
            return charsets
    return ()
