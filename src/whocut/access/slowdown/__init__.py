"""From single timings to slowdowns: throttled, stalled at a byte count, or slow."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whocut.access.slowdown.answers import find_slowdowns
    from whocut.access.slowdown.summary import summarise_timings
    from whocut.access.slowdown.thresholds import MODEL_VERSION

__all__ = ["MODEL_VERSION", "find_slowdowns", "summarise_timings"]

_PLACES = {
    "find_slowdowns": "answers",
    "summarise_timings": "summary",
    "MODEL_VERSION": "thresholds",
}


def __getattr__(name: str) -> object:
    """Load the arithmetic when it is first asked for: pass 1 needs the thresholds alone."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(f"whocut.access.slowdown.{_PLACES[name]}"), name)
    raise AttributeError(name)
