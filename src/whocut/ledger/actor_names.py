"""What actors are called in other languages than English."""

from collections.abc import Mapping
from functools import cache

from whocut.ledger.actors import load_actors

__all__ = ["called_in"]

_SHOWN_FIRST = "en"


@cache
def _names_in(language: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for actor in load_actors(is_checked=False).values():
        for name in actor.names[1:]:
            if name.lang == language:
                found.setdefault(actor.name, name.name)
    return found


def called_in(language: str, name: str) -> str:
    """Call by its name in a language who is known by an English one; others keep theirs.

    Raises: DamagedDataError if the shipped actors cannot be read.
    """
    return name if language == _SHOWN_FIRST else _names_in(language).get(name, name)
