"""How a task says how far it is, wherever it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["advance", "reporting_to"]


def _nobody(amount: int) -> None:
    """Nobody asked."""


_listener: ContextVar[Callable[[int], None]] = ContextVar("listener", default=_nobody)


def advance(amount: int) -> None:
    """Say that so much more is done (bytes, rows: as the caller of the task counts)."""
    _listener.get()(amount)


@contextmanager
def reporting_to(listener: Callable[[int], None]) -> Iterator[None]:
    """Send what tasks say in this block to a listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
