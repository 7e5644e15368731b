"""A what-if for people: each step, then what the last one leaves, region by region."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from whocut.cli.output import print_table
from whocut.cli.terminal import console, print_prose

if TYPE_CHECKING:
    from whocut.ingest.topology import Organisations
    from whocut.routes.whatif.outcome import Outcome, StepOutcome

__all__ = ["print_outcome"]

_SHOWN: Final = 12


def print_outcome(outcome: "Outcome", organisations: "Organisations") -> None:
    """Print an outcome with what it rests on."""
    scenario = outcome.scenario
    print_prose(f"{outcome.country}: {scenario.title}", style="bold")
    source = "Hypothetical." if scenario.is_hypothetical else f"Source: {scenario.source}"
    print_prose(" ".join(filter(None, (source, scenario.note))))
    print_prose(
        f"Share of pairs of one of the country's {outcome.addresses:,.0f} {outcome.unit} and one "
        f"of {outcome.world_addresses:,.0f} abroad that policy still lets through; steps add up."
    )
    console().print()
    _print_steps(outcome)
    _print_modes(outcome)
    for step in outcome.steps:
        if step.regions:
            _print_detail(step, organisations, outcome.unit)
    console().print()
    _print_left_out(outcome)
    print_prose(outcome.caveat)
    months = ", ".join(outcome.months)
    print_prose(
        f"Links of {months} ({'one month' if len(outcome.months) == 1 else 'all months agree'}); "
        f"ties: {outcome.ties}; countries are those of registration; inputs "
        f"{outcome.inputs_sha256[:16]}."
    )


def _print_steps(outcome: "Outcome") -> None:
    has_users = outcome.steps[0].nothing.users is not None
    headings = ["step", "who", "act", "networks that act", "still reachable"]
    headings += ["no foreign network", "under half of the world"]
    rows = [
        (
            str(step.step),
            step.title,
            _act(step),
            f"{step.actors:,}" if step.step else "",
            _reachable(step),
            *(
                f"{each.networks:,} networks, {each.address_share:.1%}"
                + (f", {each.users:,.0f} users" if has_users and each.users is not None else "")
                for each in (step.nothing, step.under_half)
            ),
        )
        for step in outcome.steps
    ]
    print_table(headings, rows)
    if outcome.band_months:
        print_prose(
            "In brackets: the least and the most that these months together, and each of "
            f"{', '.join(outcome.band_months)} alone, leave."
        )
    print_prose(
        f"The last two columns: networks of the country that are left so, and their {outcome.unit} "
        "as a share of the country's."
    )


def _reachable(step: "StepOutcome") -> str:
    share = f"{step.reachable:.2%}"
    if step.reachable_low is None or step.reachable_high is None:
        return share
    return f"{share} ({100 * step.reachable_low:.2f} to {100 * step.reachable_high:.2f})"


def _act(step: "StepOutcome") -> str:
    from whocut.routes.whatif.scenario import MODE_WORDS

    return MODE_WORDS[step.mode][0] if step.mode else ""


def _print_modes(outcome: "Outcome") -> None:
    from whocut.routes.whatif.scenario import MODE_WORDS, Mode

    used = {step.mode for step in outcome.steps}
    for mode in Mode:
        if mode in used:
            name, meaning = MODE_WORDS[mode]
            print_prose(f"{name[0].upper()}{name[1:]}: {meaning}.")


def _print_detail(step: "StepOutcome", organisations: "Organisations", unit: str) -> None:
    console().print()
    print_prose(f"After step {step.step} ({step.title})", style="bold")
    lengths = step.lengths
    if lengths and lengths.before and lengths.after:
        print_prose(
            f"Paths of the pairs that are left: {lengths.before:.2f} AS hops in the mean before, "
            f"{lengths.after:.2f} after."
        )
    console().print()
    print_table(
        ("region", f"{unit} there", "before", "after"),
        [
            (each.title, f"{each.addresses:,.0f}", f"{each.before:.1%}", f"{each.after:.1%}")
            for each in step.regions
        ],
    )
    _print_carriers(step, organisations)
    _print_networks(step, organisations, unit)


def _print_carriers(step: "StepOutcome", organisations: "Organisations") -> None:
    if not step.carriers:
        return
    console().print()
    print_prose("Who carries instead: share of all pairs whose best paths cross the network.")
    _print_shares(
        ("network", "holder", "registered", "before", "after"),
        [
            (
                f"AS{each.asn}",
                organisations.name_of(each.asn),
                each.country,
                each.before,
                each.after,
            )
            for each in step.carriers[:_SHOWN]
        ],
    )


def _print_networks(step: "StepOutcome", organisations: "Organisations", unit: str) -> None:
    if not step.networks:
        print_prose("No network of the country loses any reach.")
        return
    console().print()
    print_prose(
        f"Networks of the country that lose most, by {unit} on both sides: share of the world that "
        "each reaches."
    )
    _print_shares(
        ("network", "holder", unit, "before", "after"),
        [
            (
                f"AS{each.asn}",
                organisations.name_of(each.asn),
                f"{each.addresses:,.0f}",
                each.before,
                each.after,
            )
            for each in step.networks[:_SHOWN]
        ],
    )


def _print_shares(
    headings: Sequence[str], rows: Sequence[tuple[str, str, str, float, float]]
) -> None:
    print_table(headings, [(*row[:3], f"{row[3]:.1%}", f"{row[4]:.1%}") for row in rows])


def _print_left_out(outcome: "Outcome") -> None:
    if outcome.domestic:
        named = ", ".join(f"AS{asn}" for asn in outcome.domestic[:_SHOWN])
        print_prose(
            "The country's own networks that a holder, state or group takes in did not act: "
            f"{named}."
        )
    if outcome.unknown:
        named = ", ".join(f"AS{asn}" for asn in outcome.unknown[:_SHOWN])
        print_prose(f"No link of these is known: {named}.")
