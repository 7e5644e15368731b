"""Names of places: countries, their parts, unions, and the countries of the emulated laboratory."""

import re
from typing import Final

from whocut.i18n.text import Text
from whocut.publish.edition.edition import Edition
from whocut.publish.site.asking import country_codes

__all__ = ["is_in", "is_known_place", "is_lab_code", "place_name"]

_OF_USERS: Final = re.compile("AA|Q[M-Z]|X[A-JL-Z]|ZZ")
"""Codes that ISO 3166-1 leaves to whoever uses it; XK is used for Kosovo by all."""


def is_lab_code(code: str) -> bool:
    """Say whether a code is of no country, but of one of the emulated laboratory."""
    return _OF_USERS.fullmatch(code) is not None


def place_name(text: Text, code: str) -> str:
    """Name a place: RU, a part of a country such as UA-43, EU, WORLD, or one of the laboratory."""
    if code == "WORLD":
        return text.gettext("the whole world")
    if is_lab_code(code):
        return text.gettext("emulated country %(code)s", code=code)
    country, _, part = code.partition("-")
    return f"{text.country(country)} ({code})" if part else text.country(country)


def is_in(place: str, country: str) -> bool:
    """Say whether a place is a country or a part of it."""
    return place == country or place.startswith(f"{country}-")


def is_known_place(edition: Edition, code: str) -> bool:
    """Say whether a code is of a country, or of one that this edition has measurements of."""
    return code in country_codes() or edition.access.summary(code) is not None
