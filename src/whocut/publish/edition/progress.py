"""How far a build is, told to whoever wants to know."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["Progress", "Told"]

Told = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""
_T = TypeVar("_T")


class Progress:
    """Say how far a build is; without a listener nothing is said."""

    def __init__(self, told: Told | None = None) -> None:
        self._told = told

    def say(self, step: str, done: int, total: int) -> None:
        """Say how much of a step is done."""
        if self._told is not None:
            self._told(step, done, total)

    def over(self, step: str, items: Sequence[_T]) -> Iterator[_T]:
        """Walk items, saying so before each."""
        total = len(items)
        for done, item in enumerate(items):
            self.say(step, done, total)
            yield item
        self.say(step, total, total)
