"""Changes for people: each alarm with its controls, its customers and its hypotheses."""

from collections.abc import Sequence
from typing import Final

from whocut.cli.output import print_table
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.routes.changes import CAVEATS, CountryChange, ProviderChange
from whocut.routes.changes.answer import Control

__all__ = ["print_changes"]

_VERDICTS: Final = {
    "several": "odd, with other independent providers",
    "single": "odd by itself",
    "ordinary": "as expected",
    "domestic": "domestic, not tested",
    "no_control": "no control, not tested",
}
_NAMES: Final = {
    ("provider", "lost"): "The provider withdrew",
    ("customers", "lost"): "The customers moved",
    ("third_cause", "lost"): "A third cause",
    ("provider", "gained"): "The provider took them on",
    ("customers", "gained"): "The customers moved to it",
    ("third_cause", "gained"): "A third cause",
}
_SHOWN: Final = 25


def print_changes(found: Sequence[CountryChange], *, is_whole: bool) -> None:
    """Print what changed, country by country; losses before gains."""
    if not found:
        print_prose("No provider stands out in any country.", style="bold")
    for number, change in enumerate(found):
        if number:
            console().print()
        _print_country(change, is_whole=is_whole)
    console().print()
    for text in CAVEATS:
        print_prose(text)


def _print_country(change: CountryChange, *, is_whole: bool) -> None:
    span = f"{change.last_before} to {change.first_after}"
    told = count_of(change.n_links, "customer")
    print_prose(
        f"{change.country}, {span}: {change.n_lost:,} of {told} {change.sign} for good, counted "
        "once a provider.",
        style="bold",
    )
    if not change.alarms:
        print_prose("No provider stands out against itself elsewhere and others here.", 2)
    if change.several:
        names = ", ".join(change.several.providers)
        print_prose(
            f"Several independent providers at once: {names} (p = {change.several.p:.1e} among "
            f"{change.several.n_tests:,} tested).",
            2,
        )
    for one in change.alarms:
        _print_provider(one)
    if is_whole:
        _print_ordinary(change.ordinary)
    elif change.n_ordinary:
        others = count_of(change.n_ordinary, "other provider")
        print_prose(f"{others} with a change, none that stands out: --ordinary shows them.", 2)
    for text in (*change.doubts, *change.notes):
        print_prose(f"Mind: {text}.", 2)


def _print_provider(one: ProviderChange) -> None:
    asns = ", ".join(f"AS{asn}" for asn in one.provider_asns)
    console().print()
    print_prose(
        f"{one.provider} ({asns}, {one.provider_country}): {one.n_lost:,} of {one.n:,} {one.sign} "
        f"({one.share:.0%}, 95 % interval {one.low:.0%} to {one.high:.0%}). Grade {one.grade}, "
        f"{_VERDICTS[one.verdict.value]}.",
        2,
        style="bold",
    )
    effect = ""
    if one.effect is not None and one.effect_low is not None and one.effect_high is not None:
        effect = (
            f" Difference in differences {one.effect:+.0%} "
            f"({one.effect_low:+.0%} to {one.effect_high:+.0%})."
        )
    print_prose(
        f"Elsewhere: {_control(one.elsewhere)}. Other providers here: {_control(one.others)}. "
        f"Expected {one.expected:.1%}, p = {one.p or 0:.1e}.{effect}",
        4,
    )
    for each in one.hypotheses:
        print_prose(f"{_NAMES[each.name.value, one.sign]}: {each.standing.value}.", 4)
        for text in each.evidence_for:
            print_prose(f"+ {text}", 6)
        for text in each.evidence_against:
            print_prose(f"- {text}", 6)
    _print_customers(one)


def _control(control: Control) -> str:
    if control.share is None:
        return "none"
    return f"{control.n_lost:,} of {control.n:,} ({control.low:.1%} to {control.high:.1%})"


def _print_customers(one: ProviderChange) -> None:
    rows = [
        (
            f"AS{each.asn}",
            each.name,
            each.reason.replace("_", " "),
            str(each.other_providers),
            ", ".join(each.new_providers) or (each.moved_to or ""),
            each.again or "",
        )
        for each in one.customers[:_SHOWN]
    ]
    again = "again in" if one.sign == "lost" else "earlier in"
    new = "new providers" if one.sign == "lost" else "providers left"
    print_table(("network", "customer", "reason", "other providers", new, again), rows)
    if len(one.customers) > _SHOWN:
        print_prose(f"and {len(one.customers) - _SHOWN:,} more; --json has all.", 4)


def _print_ordinary(found: Sequence[ProviderChange]) -> None:
    rows = [
        (
            one.provider,
            one.provider_country,
            f"{one.n_lost:,} of {one.n:,}",
            f"{one.expected:.1%}",
            "" if one.p is None else f"{one.p:.2g}",
            _VERDICTS[one.verdict.value],
            ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in one.reasons.items()),
        )
        for one in found
    ]
    console().print()
    print_table(
        ("provider", "registered", "counted", "expected", "p", "verdict", "links by reason"), rows
    )
