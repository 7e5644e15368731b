"""Days as sources tell them, in words: as exact as they are told, and no more."""

from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_skeleton

from whocut.i18n.text import Text
from whocut.ledger.edtf import Edtf, Precision, parse_edtf

__all__ = ["told_day", "told_days"]

_KEPT: Final = 16_384
"""Tellings kept as written: a page of the ledger holds fifty, and many stand on many pages."""
_EXACT: Final = (Precision.DAY, Precision.TIME)


@lru_cache(_KEPT)
def told_day(text: Text, told: str) -> str:
    """Write one telling of a day (EDTF) in words; what is no date stands as it is."""
    try:
        when = parse_edtf(told)
    except ValueError:
        return told
    return _words(text, when)


def told_days(text: Text, told: tuple[str, ...]) -> str:
    """Write the tellings of one moment: the preferred one, and every other beside it."""
    first, *others = (told_day(text, one) for one in told)
    if not others:
        return first
    return text.gettext(
        "%(day)s, or %(others)s as others tell", day=first, others=text.listed(others, "or")
    )


def _words(text: Text, when: Edtf) -> str:
    if when.choices:
        return text.listed((_words(text, one) for one in when.choices), "or")
    said = _interval(text, when) if when.precision is Precision.INTERVAL else _date(text, when)
    if when.is_approximate and when.is_uncertain:
        return text.gettext("about %(day)s, uncertain", day=said)
    if when.is_approximate:
        return text.gettext("about %(day)s", day=said)
    return text.gettext("%(day)s, uncertain", day=said) if when.is_uncertain else said


def _interval(text: Text, when: Edtf) -> str:
    start, _, end = when.text.partition("/")
    if when.start_is_open or when.start_is_unknown or not start:
        return text.gettext("by %(day)s at the latest", day=_side(text, end))
    if when.end_is_open or when.end_is_unknown or not end:
        return text.gettext("from %(day)s on", day=_side(text, start))
    return text.gettext(
        "between %(first)s and %(last)s", first=_side(text, start), last=_side(text, end)
    )


def _side(text: Text, told: str) -> str:
    return _words(text, parse_edtf(told))


def _date(text: Text, when: Edtf) -> str:
    first = when.earliest
    if when.instant is not None:
        return text.moment(when.instant)
    if first is None:
        return when.text
    if when.precision in _EXACT:
        return text.day(first)
    if when.precision is Precision.MONTH:
        return text.month(first)
    if when.precision is Precision.YEAR:
        return _year(text, first)
    last = when.latest or first
    return text.gettext(
        "between %(first)s and %(last)s", first=text.month(first), last=text.month(last)
    )


def _year(text: Text, day: date) -> str:
    return format_skeleton("y", day, locale=text.locale)
