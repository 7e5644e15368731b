"""One automaton over many patterns: every pattern is tested in one pass over the bytes.

Built with hyperscan, which takes about two seconds for two thousand patterns, so the compiled
form is kept in the cache directory under a name made of all its inputs. What hyperscan cannot
express is compiled as a wider prefilter and confirmed with ``re``.
"""

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hyperscan
from msgspec import Struct

__all__ = ["Automaton", "Expression", "byte_expression", "escape_bytes", "is_expressible"]

_BASE_FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
_FORMAT = "1"


class Expression(Struct, frozen=True, gc=False):
    """One pattern as bytes; several expressions may share a key, as spellings of one pattern."""

    key: int
    pattern: bytes
    is_caseless: bool = False
    is_multiline: bool = False
    is_prefilter: bool = False

    def flags(self) -> int:
        """Combine the hyperscan flags of this expression."""
        flags = _BASE_FLAGS
        if self.is_caseless:
            flags |= hyperscan.HS_FLAG_CASELESS
        if self.is_multiline:
            flags |= hyperscan.HS_FLAG_MULTILINE
        if self.is_prefilter:
            flags |= hyperscan.HS_FLAG_PREFILTER
        return int(flags)

    def confirmer(self) -> re.Pattern[bytes]:
        """Compile the exact meaning, to confirm what a prefilter reports."""
        flags = re.DOTALL
        if self.is_caseless:
            flags |= re.IGNORECASE
        if self.is_multiline:
            flags |= re.MULTILINE
        return re.compile(self.pattern, flags)


class Automaton:
    """A compiled set of expressions; scanning is thread-safe.

    Raises: ValueError where hyperscan refuses an expression that ``is_expressible`` accepted.
    """

    def __init__(self, expressions: Sequence[Expression], *, cache_dir: Path | None = None) -> None:
        self._confirmers = {
            expression.key: expression.confirmer()
            for expression in expressions
            if expression.is_prefilter
        }
        self._database: hyperscan.Database | None = (
            _open_database(tuple(expressions), cache_dir) if expressions else None
        )
        self._local = threading.local()

    def scan(self, data: bytes) -> dict[int, int]:
        """Find which keys match, each with the byte offset where its first match ends."""
        hits: dict[int, int] = {}
        if self._database is None or not data:
            return hits
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        # The binding types its context as object, and hands back the one it was given.
        collect: Any = _collect
        self._database.scan(data, match_event_handler=collect, context=hits, scratch=scratch)
        for key, confirmer in self._confirmers.items():
            if key in hits:
                match = confirmer.search(data)
                if match is None:
                    del hits[key]
                else:
                    hits[key] = match.end()
        return hits


def _collect(key: int, _start: int, end: int, _flags: int, hits: dict[int, int]) -> None:
    if key not in hits:
        hits[key] = end


def _open_database(
    expressions: tuple[Expression, ...], cache_dir: Path | None
) -> hyperscan.Database:
    kept = None if cache_dir is None else cache_dir / f"{_digest(expressions)}.hsdb"
    if kept is not None and kept.is_file():
        # A file cut short or made for another processor is compiled again, not trusted.
        with suppress(hyperscan.HyperscanError, OSError, ValueError):
            return hyperscan.loadb(kept.read_bytes(), hyperscan.HS_MODE_BLOCK)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[expression.pattern for expression in expressions],
            ids=[expression.key for expression in expressions],
            elements=len(expressions),
            flags=[expression.flags() for expression in expressions],
        )
    except hyperscan.HyperscanError as error:
        raise ValueError(f"the pattern set does not compile: {error}") from error
    if kept is not None:
        with suppress(OSError):
            _keep(kept, hyperscan.dumpb(database))
    return database


def _digest(expressions: tuple[Expression, ...]) -> str:
    digest = hashlib.sha256(f"{_FORMAT} {version('hyperscan')} {os.uname().machine}".encode())
    for expression in expressions:
        head = f"\0{expression.key} {expression.flags()} {len(expression.pattern)} "
        digest.update(head.encode() + expression.pattern)
    return digest.hexdigest()[:32]


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".automaton-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def is_expressible(expression: Expression, *, cache_dir: Path | None = None) -> bool:
    """Say whether hyperscan compiles this expression as it stands."""
    try:
        _open_database((expression,), cache_dir)
    except ValueError:
        return False
    return True


def escape_bytes(literal: bytes) -> bytes:
    """Write bytes as a pattern that matches just them."""
    return b"".join(
        bytes((value,)) if chr(value).isalnum() and value < 0x80 else b"\\x%02x" % value
        for value in literal
    )


def byte_expression(pattern: str, charset: str = "utf-8") -> bytes:
    """Rewrite a pattern over characters as one over bytes of a charset.

    A character that is several bytes becomes a group, so that a quantifier keeps its meaning.
    Raises: ValueError for a character of several bytes inside a class, or outside the charset.
    """
    parts: list[bytes] = []
    in_class = False
    is_escaped = False
    for character in pattern:
        if character.isascii():
            if not is_escaped and character == "[":
                in_class = True
            elif not is_escaped and character == "]":
                in_class = False
            is_escaped = character == "\\" and not is_escaped
            parts.append(character.encode())
            continue
        is_escaped = False
        if in_class:
            raise ValueError(f"{character!r} stands in a character class")
        parts.append(b"(?:" + escape_bytes(character.encode(charset)) + b")")
    return b"".join(parts)
