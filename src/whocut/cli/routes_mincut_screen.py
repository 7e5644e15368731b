"""Minimum sets for people: how many, who, and whether fewer are ruled out."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from whocut.cli.output import print_table
from whocut.cli.terminal import console, print_prose

if TYPE_CHECKING:
    from whocut.ingest.topology import Organisations
    from whocut.routes.mincut.found import MinimumSet

__all__ = ["print_sets"]

_NAMED: Final = 6
_PROOFS: Final = {
    "flow": "exact: flow",
    "search": "exact: flows and search",
    "witnesses": "exact: witnesses",
    "open": "not closed",
}


def print_sets(
    found: "Sequence[MinimumSet]",
    organisations: "Organisations",
    unit: str,
    months: Sequence[date],
) -> None:
    """Print sets of one country in full, of many in one table."""
    from whocut.routes.mincut.found import CRITERION_WORDS
    from whocut.routes.whatif.outcome import CAVEAT

    if len({one.country for one in found}) > 1:
        _print_table(found)
    else:
        _print_country(found, organisations, unit)
    console().print()
    for criterion in dict.fromkeys(one.criterion for one in found):
        print_prose(f"{_LEFT[criterion.value]}: {CRITERION_WORDS[criterion]}.")
    print_prose(
        "Where a size is a range, the set of the higher number was found, and fewer than the lower "
        "are ruled out."
    )
    print_prose(CAVEAT)
    print_prose(
        f"Links of {', '.join(f'{day:%Y-%m}' for day in months)}; states are those of "
        "registration, which is not always where a network stands."
    )


_LEFT: Final = {"nothing": "Nothing left", "under_half": "Under half left"}


def _size(one: "MinimumSet") -> str:
    if one.size is None:
        return "no set does"
    return f"{one.size:,}" if one.is_exact else f"{one.bound:,} to {one.size:,}"


def _print_country(
    found: "Sequence[MinimumSet]", organisations: "Organisations", unit: str
) -> None:
    country = found[0].country
    print_prose(f"{country}: the smallest sets whose exit isolates it", style="bold")
    console().print()
    print_table(
        ("isolated", f"of its {unit}", "who goes", "how many", "proof", "among them"),
        [
            (
                _LEFT[one.criterion.value],
                f"{one.share:.0%}",
                one.kind.value,
                _size(one),
                _PROOFS[one.proof.value],
                _members(one, organisations),
            )
            for one in found
        ],
    )


def _members(one: "MinimumSet", organisations: "Organisations") -> str:
    members = one.members or ()
    shown = members[:_NAMED]
    if one.kind.value == "organisations":
        named = [organisations.name_of(int(each[2:])) or each for each in shown]
    else:
        named = list(shown)
    return ", ".join(named) + (f" and {len(members) - _NAMED:,} more" if members[_NAMED:] else "")


def _print_table(found: "Sequence[MinimumSet]") -> None:
    print_prose("How many states must agree to cut a country off", style="bold")
    console().print()
    asked = list(dict.fromkeys((one.criterion, one.share) for one in found))
    sizes = {(one.country, one.criterion, one.share): one for one in found}
    print_table(
        ("country", *(f"{_LEFT[criterion.value]}, {share:.0%}" for criterion, share in asked)),
        [
            (country, *(_size(sizes[country, criterion, share]) for criterion, share in asked))
            for country in dict.fromkeys(one.country for one in found)
        ],
    )
