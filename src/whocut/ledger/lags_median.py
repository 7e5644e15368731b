"""The median of spans of which some have not ended: Kaplan and Meier's estimate.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the
American Statistical Association 53 (1958), section 2: at each day d on which spans end, the share
that lasts longer is multiplied by 1 - ended(d) / still running before d. The median is the first
day on which that share is a half or less. An open span leaves the count after its last known day.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median_low
from typing import Final

from msgspec import Struct

from whocut.ledger.edtf import Span

__all__ = ["MedianDays", "median_of_spans", "survival_median"]

_HALF: Final = Fraction(1, 2)


class MedianDays(Struct, frozen=True, kw_only=True):
    """A median in days, or a bound below it where too few of the spans have ended."""

    least: int | None = None
    """With the fewest days that the dates allow."""
    most: int | None = None
    """With the most; None where there is no upper bound."""
    more_than: int | None = None
    """Where there is no median: what it would be if all that is open had ended on its last day."""


def survival_median(spans: Iterable[tuple[int, bool]]) -> int | None:
    """Give the median of spans, each its days and whether it is open; None where there is none."""
    # Of spans of one length those that end are counted first: the open ones were there that day.
    ordered = sorted(spans)
    share = Fraction(1)
    running = len(ordered)
    for days, is_open in ordered:
        if not is_open:
            share *= 1 - Fraction(1, running)
            if share <= _HALF:
                return days
        running -= 1
    return None


def median_of_spans(spans: Sequence[tuple[Span, bool]]) -> MedianDays | None:
    """Give the median of spans whose days are known between bounds; None where there are none.

    It is computed with the fewest days of every span, and with the most. Where neither has one, the
    bound is the plain median of the fewest days: every span lasts at least those, so that it needs
    no estimate. Where one of the two has, there is no upper bound.
    """
    bounded = [
        (one.least, one.most, is_open)
        for one, is_open in spans
        if one.least is not None and one.most is not None
    ]
    if not bounded:
        return None
    low = survival_median((least, is_open) for least, _, is_open in bounded)
    high = survival_median((most, is_open) for _, most, is_open in bounded)
    if low is None and high is None:
        return MedianDays(more_than=median_low(least for least, _, _ in bounded))
    known = [one for one in (low, high) if one is not None]
    return MedianDays(least=min(known), most=max(known) if len(known) == 2 else None)
