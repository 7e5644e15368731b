"""What a regular expression cannot match without: literals it needs, and literals it starts with.

Source: the idea of FilteredRE2 (RE2's prefilter), over Python's own parse of the pattern.
"""

from collections.abc import Sequence, Set
from functools import cache
from itertools import takewhile
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["WORD_START", "Needs", "rarity", "required_literals", "starting_literals"]

_SHORTEST_LITERAL = 2
_MOST_LITERALS = 400
_LENGTH_THAT_TELLS = 4

WORD_START = "\0"

Needs = tuple[frozenset[str], ...]
"""Every set must have a member in the text."""


# Text and headings are searched with the same patterns: each is taken apart once.
@cache
def _parse(pattern: str) -> Sequence[tuple[Any, Any]]:
    return list(sre_parser.parse(pattern))


@cache
def required_literals(pattern: str) -> Needs:
    """Take a pattern apart into sets of literals, one of each of which any match must hold.

    A literal that begins a word is marked by ``WORD_START`` before it. Only literals of some
    length are kept; an empty result says that nothing is needed.
    """
    return tuple(
        need
        for need in _needs_of(_parse(pattern), is_word_start=False)
        if len(need) <= _MOST_LITERALS and _shortest(need) >= _SHORTEST_LITERAL
    )


def _shortest(need: Set[str]) -> int:
    return min(len(literal.removeprefix(WORD_START)) for literal in need)


def rarity(need: Set[str]) -> tuple[int, int]:
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
        union |= max(needs, key=rarity)
    return frozenset(union)


@cache
def starting_literals(pattern: str) -> frozenset[str] | None:
    """Collect literals one of which begins every match; ``None`` where no such set is known."""
    return _starts_of(_parse(pattern))


def _starts_of(parsed: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    rest = [item for item in parsed if item[0] is not sre.AT]
    if not rest:
        return None
    operation, argument = rest[0]
    starts: frozenset[str] | None = None
    if operation is sre.LITERAL:
        run = takewhile(lambda item: item[0] is sre.LITERAL, rest)
        starts = frozenset({"".join(chr(character) for _, character in run)})
    elif operation is sre.IN and all(kind is sre.LITERAL for kind, _ in argument):
        starts = frozenset(chr(character) for _, character in argument)
    elif operation is sre.SUBPATTERN:
        starts = _starts_of(argument[3])
    elif operation is sre.BRANCH:
        starts = _union([_starts_of(branch) for branch in argument[1]])
    elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        starts = _starts_of(argument[2])
        if argument[0] == 0:
            starts = _union([starts, _starts_of(rest[1:])])
    return starts


def _union(sets: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    joined: set[str] = set()
    for one in sets:
        if one is None:
            return None
        joined |= one
    return frozenset(joined)
