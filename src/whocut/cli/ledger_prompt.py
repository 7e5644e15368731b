"""Ask for one answer at a time: each is checked at once, and asked again with the reason."""

import contextlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from whocut.cli.terminal import clean, is_terminal, say
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.filters import near_names
from whocut.ledger.record import OWN
from whocut.model.errors import UsageError

__all__ = ["Prompt", "as_edtf", "as_slug", "as_text", "chosen_from", "each_of", "one_of"]

_T = TypeVar("_T")
_SLUG: Final = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_MOST_TEXT: Final = 2000
_MOST_TOLD: Final = 1000
_MOST_LISTED: Final = 30
"""Values of a closed set that are listed whole."""


class Prompt:
    """Questions on standard error, answers from standard input, a terminal or not."""

    def __init__(self) -> None:
        self._is_terminal = is_terminal(sys.stdin)
        self._witnesses: Mapping[str, Sequence[str]] | None = None
        if self._is_terminal:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - editing of the line, where the system has it

    def ask(self, question: str, check: Callable[[str], _T], default: str | None = None) -> _T:
        """Ask until the answer passes; an empty one stands for the default.

        ``check`` gives the value, or raises a ValueError that says what is wrong.
        Raises: UsageError where the answers end.
        """
        shown = question if not default else f"{question} [{default}]"
        while True:
            answer = self._line(f"{shown}: ", question).strip()
            if not answer and default is not None:
                answer = default
            try:
                return check(answer)
            except ValueError as error:
                say(f"  {_shortened(str(error))}")

    def ask_or_skip(self, question: str, check: Callable[[str], _T]) -> _T | None:
        """Ask for what may be absent; an empty answer skips it."""
        return self.ask(
            f"{question} (empty: no source says)", lambda text: check(text) if text else None
        )

    def witnesses(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """Ask which sources carry the last value; the last answer is the default."""
        last = self._witnesses
        default = _written(last) if last else (keys[0] if len(keys) == 1 else None)
        found = self.ask(
            f"  said by ({' '.join(keys)}, own; 'any s1 s2' where one of them says it)",
            lambda text: _as_witnesses(text, keys),
            default,
        )
        self._witnesses = found
        return found

    def agrees(self, question: str, default: str | None = None) -> bool:
        """Ask for yes or no; without a default, until one of them is answered."""
        return self.ask(f"{question} (y/n)", one_of(("y", "n")), default) == "y"

    def _line(self, shown: str, question: str) -> str:
        if self._is_terminal:
            try:
                return input(clean(shown))
            except EOFError:
                line = ""
        else:
            sys.stderr.write(clean(shown))
            line = sys.stdin.readline()
            sys.stderr.write("\n")
        if not line:
            raise UsageError(f"the answers end before this one: {question}; nothing is written")
        return line


def _shortened(text: str) -> str:
    """Keep an answer of any length from flooding the screen."""
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}..."


def as_text(text: str) -> str:
    """Take any text, on one line.

    Raises: ValueError if it is empty or too long.
    """
    if not text:
        raise ValueError("an answer is needed")
    if len(text) > _MOST_TEXT:
        raise ValueError(f"longer than {_MOST_TEXT} characters")
    return text


def as_slug(text: str) -> str:
    """Take an id.

    Raises: ValueError for anything but lower-case letters, digits and single hyphens.
    """
    if not _SLUG.fullmatch(text):
        raise ValueError(f"{text or 'nothing'}: lower-case letters, digits and single hyphens only")
    return text


def as_edtf(text: str) -> str:
    """Take a date as its source gives it.

    Raises: ValueError if it is no EDTF.
    """
    parse_edtf(text)
    return text


def one_of(known: Sequence[str] | type[StrEnum]) -> Callable[[str], str]:
    """Check that an answer is one of a closed set."""
    values = [str(value) for value in known]

    def check(text: str) -> str:
        if text not in values:
            near = near_names(text, values) if text else ""
            listed = f": not one of {', '.join(values)}" if len(values) <= _MOST_LISTED else ""
            raise ValueError(f"{text or 'nothing'}{listed or ': not known'}{near}")
        return text

    return check


def chosen_from(known: type[StrEnum]) -> str:
    """List a closed set for a question."""
    return " ".join(known)


def each_of(check: Callable[[str], _T]) -> Callable[[str], list[_T]]:
    """Check each of some answers between commas."""

    def all_of(text: str) -> list[_T]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise ValueError("at least one is needed, several with commas between")
        return [check(part) for part in parts]

    return all_of


def _as_witnesses(text: str, keys: Sequence[str]) -> dict[str, list[str]]:
    words = text.replace(",", " ").split()
    is_any = bool(words) and words[0] == "any"
    named = [f"s{word}" if word.isdigit() else word for word in words[is_any:]]
    unknown = [word for word in named if word not in keys and word != OWN]
    if unknown:
        raise ValueError(f"{unknown[0]}: no source of this record; there are {', '.join(keys)}")
    if not named:
        raise ValueError("name at least one source, or own for own knowledge")
    if is_any and len(named) < 2:
        raise ValueError("'any' needs two sources or more")
    return {"among" if is_any else "from": list(dict.fromkeys(named))}


def _written(witnesses: Mapping[str, Sequence[str]]) -> str:
    (how, keys), *_ = witnesses.items()
    return " ".join(("any", *keys) if how == "among" else keys)
