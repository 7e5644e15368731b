"""Words of the lags: days between bounds, medians, why a record gives no figure."""

from collections.abc import Mapping
from typing import Final

from whocut.cli.ledger_wording import few_of, plain
from whocut.ledger.edtf import Span
from whocut.ledger.lags import LagFigure
from whocut.ledger.lags_median import MedianDays
from whocut.ledger.lags_regimes import BaseKind, FirstDay, RegimeLag
from whocut.ledger.lags_spells import Why
from whocut.ledger.law.instrument import Basis

__all__ = ["days_words", "figure_line", "median_words", "regime_line", "why_words"]

_WHY: Final[Mapping[Why, str]] = {
    Why.REFUSAL: "refused to cut",
    Why.RESTORATION: "restorations, which end cuts and are none",
    Why.RUMOUR: "rumours",
    Why.RETRACTED: "retracted",
    Why.NOT_CARRIED_OUT: "announced and not carried out",
    Why.CARRIED_OUT_UNKNOWN: "not known whether it was carried out",
    Why.SERIES: "many cuts told together",
    Why.NO_DAY_OF_EFFECT: "no day of effect told",
    Why.UNBOUNDED_DATE: "a date without a bound",
    Why.LATER: "took effect later",
    Why.END_OF_WHICH_PLACES: "an end told as of all places, while only some were restored that day",
    Why.RESTORED_IN_PART: "restored by some of those who cut",
    Why.BACKWARDS: "dates that put the end before the start",
    Why.OWN_CHOICE: "a state's own act, of which no sanctions law speaks",
    Why.NOTHING_TO_EXEMPT: "required by no law here, so that there was nothing to exempt",
    Why.LAW_UNCLEAR: "the law of the day is unclear",
    Why.NOT_EXEMPTED: "no exemption in force, from which a return could be counted",
    Why.BACK_BEFORE: "back before an exemption came, or without one",
}
_BASES: Final[Mapping[BaseKind, str]] = {
    BaseKind.EMBARGO: "embargo",
    BaseKind.GOVERNMENT_BLOCKED: "government blocked, no embargo",
    BaseKind.SERVICES_BAN: "ban of some services",
    BaseKind.FREEZE: "freeze of listed persons, no embargo",
    BaseKind.MEASURES_BEGIN: "no embargo: the measures and the cuts begin",
}


def days_words(days: Span, *, is_open: bool = False) -> str:
    """Word days between bounds; what is open has lasted so long."""
    about = "about " if days.is_qualified else ""
    if days.least == days.most:
        said = f"{about}{_number(days.least)}"
    else:
        said = f"{about}{_number(days.least)} to {_number(days.most)}"
    return f"{said} so far" if is_open else said


def median_words(median: MedianDays | None) -> str:
    """Word a median; empty where there is nothing to take it of."""
    if median is None:
        return ""
    if median.more_than is not None:
        return f"more than {median.more_than:,}"
    if median.most is None:
        return f"{_number(median.least)} or more"
    return days_words(Span(median.least, median.most))


def figure_line(one: LagFigure) -> tuple[str, ...]:
    """Give the row of one group."""
    ended = median_words(one.median_of_ended)
    if (
        one.least is not None
        and one.most is not None
        and one.n - one.n_open > 1
        and one.least != one.most
    ):
        ended += f" (from {one.least:,} to {one.most:,})"
    about = "about " if one.is_about else ""
    return (
        one.value,
        one.grade.value,
        ", ".join(plain(part) for part in (one.case, one.breadth) if part),
        f"{one.n:,}",
        f"{one.n_open:,}",
        about + median_words(one.median),
        ended,
        few_of(one.records),
    )


def regime_line(one: RegimeLag) -> tuple[str, ...]:
    """Give the row of one regime."""
    return (
        one.regime.name,
        f"{_day(one.base)} ({_BASES[one.regime.base_kind]})",
        _day(one.exemption),
        days_words(one.days) if one.days is not None else "not known",
        f"{one.regime.order}, {one.regime.breadth}",
        one.regime.covers,
    )


def why_words(why: Why) -> str:
    """Say why a record gives no figure."""
    return _WHY[why]


def _number(days: int | None) -> str:
    return "not known" if days is None else f"{days:,}"


def _day(one: FirstDay | None) -> str:
    if one is None:
        return "not known"
    latest = "at the latest " if one.is_at_latest else ""
    own = ", own" if one.basis is Basis.OWN else ""
    return f"{latest}{one.on} {one.provision}{own}"
