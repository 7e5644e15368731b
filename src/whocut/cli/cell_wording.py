"""Cells and spans in plain words: an answer, how probable, on how much, since when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from whocut.access.pair_answer import CUT_ANSWERS, answer_probability
from whocut.cli.wording import count_of
from whocut.model.taxonomy import Cause, CellAnswer

__all__ = [
    "answer_name",
    "cause_shares",
    "cell_headline",
    "chance",
    "contrast_line",
    "extent_line",
    "measured_in",
    "percent",
    "span_line",
]

_NAMES: Final = {
    CellAnswer.SERVED: "served",
    CellAnswer.REFUSED_SERVICE: "refused by the service itself",
    CellAnswer.REFUSED_EDGE: "refused by the edge or cloud below the service",
    CellAnswer.INTERFERED: "interfered with in the path",
    CellAnswer.TARGET_DOWN: "target down",
    CellAnswer.NETWORK_DOWN: "the probes' networks down",
    CellAnswer.BOT_CHECK: "a bot check",
    CellAnswer.MEASUREMENT_FAULT: "measurements at fault",
    CellAnswer.REFUSED: "refused, by the service or its edge: which of them is not shown",
    CellAnswer.TWO_CAUSES: "two causes at once",
    CellAnswer.CUT_UNATTRIBUTED: "cut off, by whom is not shown",
    CellAnswer.INSUFFICIENT: "not enough evidence for an answer",
}
_SHOWN: Final = 0.01
"""Causes less probable than this are not listed for people."""


def percent(share: float) -> str:
    """Give a share in per cent, without claiming certainty by rounding."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def chance(probability: float) -> str:
    """Give a probability in per cent; none is certain, whatever its digits hold."""
    return percent(min(max(probability, 1e-6), 1 - 1e-6))


def answer_name(answer: str) -> str:
    """Name an answer in words."""
    return _NAMES[CellAnswer(answer)]


def measured_in(cell: Mapping[str, Any]) -> str:
    """Say on how much a cell rests."""
    usable = "" if cell["n_usable"] == cell["n"] else f", {cell['n_usable']:,} usable"
    return (
        f"{count_of(cell['n'], 'measurement')}{usable}, "
        f"{count_of(cell['n_networks'], 'network')}, week of {cell['week']}"
    )


def cell_headline(cell: Mapping[str, Any], meaning: str = "") -> str:
    """Answer in one sentence; ``meaning`` is that of the shortfall, where there is one."""
    answer = CellAnswer(cell["answer"])
    name = answer_name(answer)
    if answer is CellAnswer.TWO_CAUSES:
        name += f": {_cause_name(cell['lead'])}, and {_cause_name(cell['second'])}"
    name = name[0].upper() + name[1:]
    likely = chance(answer_probability(cell))
    if answer is CellAnswer.INSUFFICIENT:
        because = f": {meaning[0].lower()}{meaning[1:].rstrip('.')}" if meaning else ""
        return f"{name}{because}. Probability of a cut so far: {likely} ({measured_in(cell)})."
    return f"{name}; probability {likely} ({measured_in(cell)})."


def _cause_name(cause: str) -> str:
    return cause if cause == "none" else answer_name(cause)


def cause_shares(cell: Mapping[str, Any]) -> str:
    """List the causes by their probability, the likeliest first."""
    known = sorted(
        ((float(cell[f"p_{cause.value}"]), cause.value) for cause in Cause), reverse=True
    )
    shown = [f"{cause} {chance(p)}" for p, cause in known if p >= _SHOWN]
    if cell["p_two"] >= _SHOWN:
        shown.append(f"two of them at once {chance(float(cell['p_two']))}")
    rest = "; every other under 1 %" if len(shown) < len(known) else ""
    return f"Probability of each cause: {', '.join(shown)}{rest}."


def extent_line(cell: Mapping[str, Any], country: str) -> str:
    """Say on how many of a country's networks the leading cause acts; empty where none leads."""
    if cell["lead"] == "none" or cell["answer"] not in CUT_ANSWERS:
        return ""
    interval = f"{percent(cell['extent_low'])} to {percent(cell['extent_high'])}"
    mechanism = "" if cell["mechanism"] == "none" else f"; mostly {cell['mechanism']}"
    return (
        f"Where it acts: on {percent(cell['extent'])} of the networks of {country} "
        f"(90 % interval {interval}); seen on {cell['n_networks_cut']} of "
        f"{cell['n_networks']} measured{mechanism}."
    )


def contrast_line(cell: Mapping[str, Any], elsewhere: Sequence[Mapping[str, Any]]) -> str:
    """Say how other countries fared that week."""
    if not cell["n_countries"]:
        return "No other country measured it that week."
    cut = [
        f"{row['probe_cc']} ({row['answer']})" for row in elsewhere if row["answer"] in CUT_ANSWERS
    ]
    many = f" and {len(cut) - 6} more" if len(cut) > 6 else ""
    also = f" Cut also in {', '.join(cut[:6])}{many}." if cut else ""
    countries = (
        "1 other country"
        if cell["n_countries"] == 1
        else (f"{cell['n_countries']} other countries")
    )
    return (
        f"That week {countries} measured it; mostly served in {cell['n_countries_served']}.{also}"
    )


def span_line(span: Mapping[str, Any]) -> str:
    """Say since when a cause was at work, and until when."""
    name = answer_name(span["cause"])
    if span["onset"] is None:
        begun = "already when measuring began"
        if span["onset_high"] is not None:
            begun += f" (by {span['onset_high']})"
    else:
        begun = f"since the week of {span['onset']}{_interval(span, 'onset')}"
    if span["end"] is None:
        gone = f"still at work in the last week measured ({span['last_week']})"
    else:
        gone = f"gone in the week of {span['end']}{_interval(span, 'end')}"
    size = f"{count_of(span['n'], 'measurement')} in {count_of(span['weeks'], 'week')}"
    return f"{name[0].upper()}{name[1:]} ({span['mechanism']}): {begun}; {gone}; {size}."


def _interval(span: Mapping[str, Any], end: str) -> str:
    low, high = span[f"{end}_low"], span[f"{end}_high"]
    if low is None or high is None or low == high:
        return ""
    return f" (between {low} and {high})"
