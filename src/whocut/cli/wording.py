"""Verdicts in plain words: neutral, hedged, no party beyond what the evidence shows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from whocut.access.agreement import Agreement, Statement
from whocut.model.taxonomy import CUT_OUTCOMES, ActorKind, Layer, Locus, Outcome, Strength

__all__ = [
    "HEDGES",
    "count_of",
    "day_span",
    "headline",
    "measured",
    "network_names",
    "span",
    "statement_line",
]

HEDGES: Final = {
    Strength.A: "shown",
    Strength.B: "strongly indicated",
    Strength.C: "suggested, no more",
}
_NAMES: Final = {
    Outcome.SERVED: "Served",
    Outcome.REFUSED: "Refused",
    Outcome.INTERFERED: "Interfered with",
    Outcome.CUT_UNATTRIBUTED: "Cut off, by whom is unknown",
    Outcome.TARGET_DOWN: "Target down",
    Outcome.TARGET_MISCONFIGURED: "Target misconfigured",
    Outcome.NETWORK_DOWN: "Probe's network down",
    Outcome.BOT_CHECK: "Bot check",
    Outcome.INVALID: "Invalid",
    Outcome.INSUFFICIENT: "Not enough evidence",
}
_PLAIN: Final = {
    Outcome.SERVED: "the service answered as it does elsewhere",
    Outcome.CUT_UNATTRIBUTED: (
        "reached from the control vantage and not from here; the measurements cannot show by whom"
    ),
    Outcome.TARGET_DOWN: "the control vantage did not reach it either",
    Outcome.TARGET_MISCONFIGURED: "the target's own fault, for everybody",
    Outcome.NETWORK_DOWN: "the probe's own network failed",
    Outcome.BOT_CHECK: "a check for machines or addresses; it says nothing about the country",
    Outcome.INVALID: "the measurements themselves are at fault",
    Outcome.INSUFFICIENT: "the evidence carries no answer",
}
_REFUSER: Final = {
    Locus.ORIGIN: "the service itself answered and refused",
    Locus.EDGE: "the edge that the service uses answered and refused",
}
_PLACE: Final = {
    Locus.RESOLVER: "at the resolver",
    Locus.ACCESS_NETWORK: "in the access network",
    Locus.BORDER: "at the border",
    Locus.TRANSIT: "in transit",
    Locus.CLIENT: "on the client's side",
    Locus.ORIGIN: "at the far end",
    Locus.EDGE: "at the far end",
    Locus.REGISTRY: "at the registry",
    Locus.UNKNOWN: "where in the network is not shown",
}
_POINTS_TO: Final = {
    ActorKind.STATE: "the evidence points to a state's rule",
    ActorKind.OPERATOR: "the evidence points to a network operator, or a product it runs",
    ActorKind.COURT: "the evidence points to a court's order",
    ActorKind.COMPANY: "the evidence points to a company",
    ActorKind.CLOUD: "the evidence points to a cloud provider",
    ActorKind.STANDARDS_BODY: "the evidence points to a standards body",
}
_UNNAMED: Final = "by whom is not shown"


def count_of(n: int, noun: str) -> str:
    """Count something in words: 1 network, 2 networks."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def span(first: datetime, last: datetime) -> str:
    """Give the days from first to last."""
    return day_span(first.date(), last.date())


def day_span(first: date, last: date) -> str:
    """Give the days from first to last."""
    return str(first) if first == last else f"{first} to {last}"


def network_names(networks: Sequence[int], most: int = 4) -> str:
    """Name networks, the first few of many."""
    names = [f"AS{asn}" if asn else "unknown AS" for asn in networks]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def measured(statement: Statement, n_usable: int) -> str:
    """Say on how much a statement rests: always with n, networks and dates."""
    return (
        f"{statement.n:,} of {count_of(n_usable, 'measurement')}, "
        f"{count_of(len(statement.networks), 'network')} ({network_names(statement.networks)}), "
        f"{span(statement.first, statement.last)}"
    )


def _what_happened(statement: Statement) -> str:
    outcome = statement.outcome
    if outcome is Outcome.REFUSED:
        if statement.actor_kind is ActorKind.CLOUD:
            return "the provider below the service answered and refused"
        return _REFUSER.get(
            statement.locus, "the service, or an edge or cloud it chose, answered and refused"
        )
    if outcome is Outcome.INTERFERED:
        who = _POINTS_TO.get(statement.actor_kind, _UNNAMED)
        return (
            "somebody who is not the service answered, altered or ended the exchange; "
            f"{_PLACE[statement.locus]}; {who}"
        )
    return _PLAIN[outcome]


def statement_line(statement: Statement, n_usable: int) -> str:
    """Put one statement into a sentence."""
    layer = "" if statement.layer is Layer.NONE else f" at the {statement.layer} layer"
    mechanism = "" if statement.mechanism == "none" else f" ({statement.mechanism})"
    together = ", by the agreement of all" if statement.is_by_agreement else ""
    return (
        f"{_NAMES[statement.outcome]}{layer}{mechanism}: {_what_happened(statement)}. "
        f"{HEDGES[statement.strength].capitalize()}{together} "
        f"({statement.strength}). {measured(statement, n_usable)}."
    )


def headline(agreement: Agreement) -> str:
    """Answer in one sentence."""
    total = agreement.n_usable
    if total == 0:
        return f"No answer: {count_of(agreement.n_unusable, 'measurement')}, none of them usable."
    cuts = [s for s in agreement.statements if s.outcome in CUT_OUTCOMES]
    n_cut = sum(statement.n for statement in cuts)
    n_served = sum(s.n for s in agreement.statements if s.outcome is Outcome.SERVED)
    of_all = f"of {count_of(total, 'measurement')}"
    if not cuts:
        top = max(agreement.statements, key=lambda s: (s.n, s.outcome is Outcome.SERVED))
        return f"{_NAMES[top.outcome]} in {top.n:,} {of_all}; no cut was seen."
    top = cuts[0]
    kinds = {statement.outcome for statement in cuts}
    what = _NAMES[top.outcome] if len(kinds) == 1 else "Cut off in more than one way"
    if n_served:
        return f"Mixed: {_lower(what)} in {n_cut:,} {of_all}, served in {n_served:,}."
    if len(cuts) > 1:
        return f"{what} in {n_cut:,} {of_all}; the strongest evidence is {top.strength}."
    return f"{what} in {n_cut:,} {of_all}; {HEDGES[top.strength]} ({top.strength})."


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
