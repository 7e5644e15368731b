"""Sentences, numbers, days and names in one language: what pages and findings are written with."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from whocut.i18n.catalog import translations_of
from whocut.i18n.language import Language

__all__ = ["Text", "isolate", "text_in"]

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_RUSSIAN_YEAR: Final = "\u0433."
_FRENCH_FIRST: Final = re.compile(r"^1 (?=\w)")
_PSEUDO: Final = frozenset({"XA", "XB"})
"""Codes that CLDR uses for languages that do not exist, and the laboratory for its countries."""
_OVERRIDES: Final = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
)
"""Characters that turn the direction of what follows; a name has no business to hold one."""


def isolate(name: str) -> str:
    """Keep a name from turning the direction of the words around it, and they its own."""
    return f"{_FIRST_STRONG_ISOLATE}{name.translate(_OVERRIDES)}{_POP_ISOLATE}"


_KEPT: Final = 16_384
"""Numbers, shares, days and countries kept as written, of each kind and language: writing one takes
40 to 100 µs, and pages hold hundreds, mostly the same."""
_LOCALES: Final = {Language.EN: "en_GB"}
"""Where the language alone would mean another country's usage."""


class Text:
    """Sentences, numbers, days and names in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES.get(language, str(language)))
        self._translations = translations_of(language)
        self._number = lru_cache(_KEPT)(self._write_number)
        self._share = lru_cache(_KEPT)(self._write_share)
        self._day = lru_cache(_KEPT)(self._write_day)
        self._country = lru_cache(_KEPT)(self._write_country)

    def gettext(self, message: str, **values: object) -> str:
        """Give a message in this language, its ``%(name)s`` filled in."""
        found = str(self._translations.gettext(message)) if message else ""
        return found % values if values else found

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """Give the form of a message that fits a number; ``%(n)s`` is that number."""
        found = str(self._translations.ngettext(one, many, n))
        return found % {"n": self.number(n), **values}

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """Give a message that means different things in different places."""
        found = str(self._translations.pgettext(context, message))
        return found % values if values else found

    def npgettext(self, context: str, one: str, many: str, n: int, **values: object) -> str:
        """Give the form that fits a number, of a message with a context."""
        found = str(self._translations.npgettext(context, one, many, n))
        return found % {"n": self.number(n), **values}

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number as this language does."""
        return self._number(value or 0, digits)

    def _write_number(self, value: float, digits: int) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)

    def share(self, value: float, digits: int = 0) -> str:
        """Write a share of one as a percentage."""
        return self._share(value or 0, digits)

    def _write_share(self, value: float, digits: int) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        percent = self.locale.percent_formats[None].pattern.replace("#,##0", pattern)
        return format_percent(value, percent, locale=self.locale)

    def day(self, day: date, form: str = "long") -> str:
        """Write a day: ``long`` (4 March 2022), ``medium`` or ``short``."""
        return self._day(day, form)

    def month(self, day: date) -> str:
        """Write a month and its year."""
        return self._day(day, "LLLL y")

    def _write_day(self, day: date, form: str) -> str:
        # Russian's mark of the year would stand before the full stop of a sentence.
        text = format_date(day, form, locale=self.locale).removesuffix(_RUSSIAN_YEAR).rstrip()
        # French counts the first day of a month alone as an ordinal; CLDR does not.
        is_first = self.language is Language.FR and day.day == 1
        return _FRENCH_FIRST.sub("1er ", text, count=1) if is_first else text

    def moment(self, moment: datetime) -> str:
        """Write a moment to the minute; it is UTC and says so."""
        return format_datetime(moment, "d MMMM y, HH:mm 'UTC'", locale=self.locale)

    def country(self, code: str) -> str:
        """Name a country or territory; a code that has no name stands for itself."""
        return self._country(code)

    def _write_country(self, code: str) -> str:
        name: str = code if code in _PSEUDO else self.locale.territories.get(code, code)
        return name

    def listed(self, items: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
        """Join items with commas and an ``and`` (style ``or``: with an ``or``)."""
        return format_list(list(items), style=style, locale=self.locale)


@cache
def text_in(language: Language) -> Text:
    """Give the text of a language."""
    return Text(language)
