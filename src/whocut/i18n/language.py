"""The languages that whocut speaks."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

__all__ = ["LANGUAGE_NAMES", "Language", "language_of"]


class Language(StrEnum):
    """A language of the pages, as in their addresses and in ``lang``."""

    EN = "en"
    FR = "fr"
    RU = "ru"


LANGUAGE_NAMES: Final[Mapping[Language, str]] = {
    Language.EN: "English",
    Language.FR: "Français",
    Language.RU: "Русский",
}
"""Each in itself."""


def language_of(code: str) -> Language | None:
    """Find a language by its code; None where whocut does not speak it."""
    try:
        return Language(code)
    except ValueError:
        return None
