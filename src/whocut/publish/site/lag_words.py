"""Days between two dates, and medians of them, in words."""

from whocut.i18n.text import Text
from whocut.ledger.edtf import Span
from whocut.ledger.lags_median import MedianDays

__all__ = ["days_words", "median_words"]


def days_words(text: Text, days: Span | None, *, is_open: bool = False) -> str:
    """Word days between bounds; what is open has lasted so long."""
    if days is None or (days.least is None and days.most is None):
        return text.gettext("not known")
    said = _between(text, days.least, days.most)
    if days.is_qualified:
        said = text.gettext("about %(days)s", days=said)
    return text.gettext("%(days)s so far, no end told", days=said) if is_open else said


def median_words(text: Text, median: MedianDays | None) -> str:
    """Word a median; a dash where there is nothing to take it of."""
    if median is None:
        return "-"
    if median.more_than is not None:
        return text.ngettext("more than %(n)s day", "more than %(n)s days", median.more_than)
    if median.most is None and median.least is not None:
        return text.ngettext("%(n)s day or more", "%(n)s days or more", median.least)
    return _between(text, median.least, median.most)


def _between(text: Text, least: int | None, most: int | None) -> str:
    if least is None:
        return text.ngettext("at most %(n)s day", "at most %(n)s days", most or 0)
    if most is None:
        return text.ngettext("%(n)s day or more", "%(n)s days or more", least)
    if least == most:
        return text.ngettext("%(n)s day", "%(n)s days", least)
    return text.ngettext(
        "%(least)s to %(n)s day", "%(least)s to %(n)s days", most, least=text.number(least)
    )
