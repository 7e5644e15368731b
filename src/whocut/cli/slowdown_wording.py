"""Slowdowns in plain words: what was slow, by how much, and what it was held against."""

from collections.abc import Mapping
from typing import Any, Final

from whocut.cli.wording import count_of

__all__ = ["slowdown_line"]

_PLAIN: Final = {
    "throttled": "Held back here and not elsewhere, and not by the line",
    "stalled": "Answers begin here and freeze",
    "slow_service": "Slow, here as elsewhere: the service",
    "slow_network": "Slow, for all targets of these networks: the line",
    "none": "Not slowed",
    "insufficient": "Slowed or not: not enough evidence",
}
_WHO: Final = "Who holds it back, timings do not show"


def slowdown_line(row: Mapping[str, Any]) -> str:
    """Put one row of ``slowdown`` into a sentence or two, with n, interval and doubt."""
    answer = row["answer"]
    week = f"Week of {row['week']}: "
    measured = count_of(row["n"], "timed answer")
    if answer == "insufficient":
        return f"{week}{_PLAIN[answer]} ({measured}; {row['shortfall']})."
    networks = count_of(row["n_networks"], "network")
    countries = row["n_countries"]
    elsewhere = f"{countries} other {'country' if countries == 1 else 'countries'}"
    basis = f"{measured}, {networks}, held against {elsewhere}"
    mechanism = "" if row["mechanism"] == "none" else f" ({row['mechanism']})"
    parts = [f"{week}{_PLAIN[answer]}{mechanism}: {_figures(row)}. {_capital(basis)}."]
    if answer in {"throttled", "stalled"}:
        parts.append(f"{_WHO}.")
    if row["shortfall"]:
        parts.append(f"{_capital(row['shortfall'])}.")
    return " ".join(parts)


def _figures(row: Mapping[str, Any]) -> str:
    answer = row["answer"]
    if answer == "stalled":
        return (
            f"{row['n_stalled']:,} answers, {row['stalled_share']:.0%} of the long ones, stopped "
            f"after about {_bytes(row['stalled_at'])}; elsewhere "
            f"{row['stalled_share_elsewhere']:.0%} did"
        )
    if answer == "slow_service":
        return f"its rate in other countries is {_times(row['service_ratio'])}"
    if answer == "slow_network":
        return f"the rate of their other targets is {_times(row['network_ratio'])}"
    held = (
        f"the rate is {_times(row['rate_ratio'])} what line, service and earlier weeks explain "
        f"(90 %: {_number(row['rate_ratio_low'])} to {_number(row['rate_ratio_high'])})"
    )
    if row["cap"] is not None:
        held += f", the same on all networks: a cap of about {_bytes(row['cap'])} a second"
    return held


def _number(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"


def _times(ratio: float) -> str:
    return f"{_number(ratio)} times"


def _bytes(count: float) -> str:
    return f"{count / 1000:.0f} kB" if count >= 10_000 else f"{count:.0f} bytes"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
