"""Match wording patterns in one pass: an automaton of the literals they need, then the patterns.

Wording patterns are too wide for an automaton of their own (hyperscan builds one for minutes), so
each is taken apart into the literals it cannot match without. One scan finds which literals a text
holds; only a pattern whose needs are met is tried with ``re``, and only where it can begin.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from whocut.reference.fingerprint_automaton import Automaton, Expression, escape_bytes
from whocut.reference.fingerprint_literals import (
    WORD_START,
    rarity,
    required_literals,
    starting_literals,
)

__all__ = ["Veto", "WordingMatcher"]


_SENTENCE_ENDS = (". ", "! ", "? ", "\n", "。")
_SENTENCE_END = re.compile(r"[.!?。\n]")
_LONGEST_REST = 120


class _Places:
    """Where in one text the literals stand that were found in it; looked up once each."""

    def __init__(self, text: str, found: Iterable[int], literals: Sequence[str]) -> None:
        self._text = text
        self._found = frozenset(found)
        self._literals = literals
        self._known: dict[int, list[int]] = {}

    def of(self, bits: frozenset[int]) -> list[int]:
        places: set[int] = set()
        for bit in bits & self._found:
            if bit not in self._known:
                self._known[bit] = list(self._search(self._literals[bit]))
            places.update(self._known[bit])
        return sorted(places)

    def _search(self, literal: str) -> Iterator[int]:
        place = self._text.find(literal)
        while place >= 0:
            yield place
            place = self._text.find(literal, place + 1)


class Veto(Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a sentence say nothing about this visitor."""

    sentence: str = ""
    before: str = ""
    """Looked for in what stands before the match only."""


class _Wording:
    """One pattern; compiled when first needed, as most never are."""

    def __init__(
        self,
        key: int,
        source: str,
        needs: tuple[int, ...],
        starts: frozenset[int] | None,
        *,
        is_vetoed: bool,
    ) -> None:
        self.key = key
        self.starts = starts
        """Bits of literals one of which begins every match; ``None`` where not known."""
        self.needs = needs
        """Bit masks over literals: each must meet the mask of the literals found."""
        self.is_vetoed = is_vetoed
        self._source = source

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, re.MULTILINE)

    def matches(self, text: str, places: _Places) -> Iterator[re.Match[str]]:
        """Try the pattern where it can begin."""
        if self.starts is None:
            yield from self.pattern.finditer(text)
            return
        for place in places.of(self.starts):
            match = self.pattern.match(text, place)
            if match is not None:
                yield match


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
            begins = starting_literals(pattern)
            starts = (
                None
                if begins is None
                else frozenset(bits.setdefault(literal, len(bits)) for literal in sorted(begins))
            )
            wording = _Wording(key, pattern, masks, starts, is_vetoed=is_vetoed)
            if not needs:
                self._always.append(wording)
                continue
            for literal in max(needs, key=rarity):
                self._by_literal.setdefault(bits[literal], []).append(wording)
        self._literals = list(bits)
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
        places = _Places(text, found, self._literals)
        return [
            key for key, wording in candidates.items() if self._holds(wording, text, latest, places)
        ]

    def _holds(self, wording: _Wording, text: str, latest: int | None, places: _Places) -> bool:
        end = len(text) if latest is None else latest
        for match in wording.matches(text, places):
            if match.start() >= end:
                return False
            if match.end() <= end and not (wording.is_vetoed and self._is_vetoed(text, match)):
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
