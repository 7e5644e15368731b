"""Match wording patterns in one pass: an automaton of the literals they need, then the patterns.

Wording patterns are too wide for an automaton of their own (hyperscan builds one for minutes), so
each is taken apart into the literals it cannot match without. One scan finds which literals a text
holds; only a pattern whose needs are met is tried with ``re``.
Source: the idea of FilteredRE2 (RE2's prefilter), over Python's own parse of the pattern.
"""

import re
from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

from msgspec import Struct

from whocut.reference.fingerprint_automaton import Automaton, Expression, escape_bytes

__all__ = ["WORD_START", "Veto", "WordingMatcher", "required_literals"]

_SHORTEST_LITERAL = 2
_MOST_LITERALS = 400
_LENGTH_THAT_TELLS = 4

_SENTENCE_ENDS = (". ", "! ", "? ", "\n", "。")
_SENTENCE_END = re.compile(r"[.!?。\n]")
_LONGEST_REST = 120

WORD_START = "\0"

Needs = tuple[frozenset[str], ...]
"""Every set must have a member in the text."""


class Veto(Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a sentence say nothing about this visitor."""

    sentence: str = ""
    before: str = ""
    """Looked for in what stands before the match only."""


class _Wording:
    """One pattern; compiled when first needed, as most never are."""

    def __init__(self, key: int, source: str, needs: tuple[int, ...], *, is_vetoed: bool) -> None:
        self.key = key
        self.needs = needs
        """Bit masks over literals: each must meet the mask of the literals found."""
        self.is_vetoed = is_vetoed
        self._source = source

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, re.MULTILINE)


class WordingMatcher:
    """Wording patterns over normalised text."""

    def __init__(
        self,
        patterns: Iterable[tuple[int, str, bool]],
        veto: Veto,
        *,
        cache_dir: Path | None = None,
    ) -> None:
        self._veto = re.compile(veto.sentence) if veto.sentence else None
        self._veto_before = re.compile(veto.before) if veto.before else None
        bits: dict[str, int] = {}
        self._always: list[_Wording] = []
        self._by_literal: dict[int, list[_Wording]] = {}
        for key, pattern, is_vetoed in patterns:
            needs = required_literals(pattern)
            masks = tuple(
                sum(1 << bits.setdefault(literal, len(bits)) for literal in sorted(need))
                for need in needs
            )
            wording = _Wording(key, pattern, masks, is_vetoed=is_vetoed)
            if not needs:
                self._always.append(wording)
                continue
            for literal in max(needs, key=_rarity):
                self._by_literal.setdefault(bits[literal], []).append(wording)
        self._automaton = Automaton(
            [_expression(bit, literal) for literal, bit in bits.items()],
            cache_dir=cache_dir,
        )

    def search(self, text: str, *, latest: int | None = None) -> list[int]:
        """Find the keys of all patterns that match and end before ``latest`` characters."""
        found = self._automaton.scan(text.encode())
        mask = 0
        for bit in found:
            mask |= 1 << bit
        candidates = {w.key: w for w in self._always}
        for bit in found:
            for wording in self._by_literal.get(bit, ()):
                if all(need & mask for need in wording.needs):
                    candidates[wording.key] = wording
        return [key for key, wording in candidates.items() if self._holds(wording, text, latest)]

    def _holds(self, wording: _Wording, text: str, latest: int | None) -> bool:
        end = len(text) if latest is None else latest
        for match in wording.pattern.finditer(text):
            if match.end() > end:
                return False
            if not (wording.is_vetoed and self._is_vetoed(text, match)):
                return True
        return False

    def _is_vetoed(self, text: str, match: re.Match[str]) -> bool:
        start = 1 + max(text.rfind(mark, 0, match.start()) for mark in _SENTENCE_ENDS)
        ending = _SENTENCE_END.search(text, match.end())
        stop = len(text) if ending is None else ending.end()
        sentence = text[start : min(stop, match.end() + _LONGEST_REST)]
        if sentence.endswith("?"):
            return True
        if self._veto_before and self._veto_before.search(text[start : match.start()]):
            return True
        return self._veto is not None and self._veto.search(sentence) is not None


def _expression(key: int, literal: str) -> Expression:
    """Write a literal; bytes beyond ASCII count as no letters, so a word may start after them."""
    text = literal.removeprefix(WORD_START)
    boundary = rb"\b" if literal.startswith(WORD_START) else b""
    return Expression(key, boundary + escape_bytes(text.encode()))


def required_literals(pattern: str) -> Needs:
    """Take a pattern apart into sets of literals, one of each of which any match must hold.

    A literal that begins a word is marked by ``WORD_START`` before it. Only literals of some
    length are kept; an empty result says that nothing is needed.
    """
    return tuple(
        need
        for need in _needs_of(sre_parser.parse(pattern), is_word_start=False)
        if len(need) <= _MOST_LITERALS and _shortest(need) >= _SHORTEST_LITERAL
    )


def _shortest(need: Set[str]) -> int:
    return min(len(literal.removeprefix(WORD_START)) for literal in need)


def _rarity(need: Set[str]) -> tuple[int, int]:
    """Rank a need by how seldom it is met: few literals, none very short."""
    return (min(_shortest(need), _LENGTH_THAT_TELLS), -len(need))


def _needs_of(parsed: Sequence[tuple[Any, Any]], *, is_word_start: bool) -> list[frozenset[str]]:
    """Walk one sequence: literals side by side join, everything else ends the run."""
    needs: list[frozenset[str]] = []
    run: list[str] = []

    def end_run() -> None:
        if run and run != [WORD_START]:
            needs.append(frozenset({"".join(run)}))
        run.clear()

    for operation, argument in parsed:
        if operation is sre.LITERAL:
            character = chr(argument)
            if is_word_start and character.isascii() and character.isalnum():
                run.append(WORD_START)
            is_word_start = False
            run.append(character)
            continue
        if operation is sre.AT:
            if argument is sre.AT_BOUNDARY and not run:
                is_word_start = True
            continue
        end_run()
        if operation is sre.SUBPATTERN:
            needs.extend(_needs_of(argument[3], is_word_start=is_word_start))
        elif operation is sre.BRANCH:
            union = _needs_of_branch(argument[1], is_word_start=is_word_start)
            if union:
                needs.append(union)
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] >= 1:
            needs.extend(_needs_of(argument[2], is_word_start=False))
        is_word_start = False
    end_run()
    return needs


def _needs_of_branch(branches: Sequence[Any], *, is_word_start: bool) -> frozenset[str]:
    """Join the longest need of each branch; nothing is needed if one branch needs nothing."""
    union: set[str] = set()
    for branch in branches:
        needs = [
            need
            for need in _needs_of(branch, is_word_start=is_word_start)
            if _shortest(need) >= _SHORTEST_LITERAL
        ]
        if not needs:
            return frozenset()
        union |= max(needs, key=_rarity)
    return frozenset(union)
