"""How the refusal gap looks on a screen: every figure with its n, its interval, its limits."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from whocut.cli.output import print_table
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of, day_span

if TYPE_CHECKING:
    from whocut.access.gap import Gap, GapRow, OwnTarget
    from whocut.access.shares import Share

__all__ = ["print_gap", "print_rows", "sentence"]

_LEAST_N: Final = 5
"""Groups with fewer counted targets get no share on the screen, only their counts. provisional"""


def sentence(found: "Gap") -> str:
    """Give the answer in one sentence."""
    row = found.services
    if not row.n:
        return (
            f"No answer: no service on our list was answered from {found.country} and served in "
            "two comparison countries in this period."
        )
    refuse = "refuses" if row.refused.k == 1 else "refuse"
    return (
        f"{found.country}: of {count_of(row.n, 'service')} on our list, tested from there and "
        f"served elsewhere, {row.refused.k:,} {refuse} it: {_share(row.refused)}."
    )


def _share(share: "Share") -> str:
    if share.share is None or share.low is None or share.high is None:
        return "no share"
    return f"{share.share:.1%}, 90 % interval {share.low:.1%} to {share.high:.1%}"


def print_gap(
    found: "Gap",
    groups: Sequence["GapRow"],
    *,
    by: str,
    since: date | None,
    until: date | None,
    note: str,
) -> None:
    """Print the answer, what stands beside it, the groups, and what it does not cover."""
    print_prose(sentence(found), style="bold")
    if since and until:
        print_prose(f"Weeks of {day_span(since, until)}; {_compared(found)}.")
    if note:
        print_prose(note)
    if not found.services.n:
        _print_why_none(found)
    else:
        _print_beside(found)
    _print_groups(by.replace("_", " "), groups)
    other = [row for row in found.by_class if row.group != "service"]
    if by != "class" and any(row.n or row.unanswered or row.not_compared for row in other):
        print_prose(f"From inside {found.country}, by class, which the figures above leave out:")
        _print_groups("class", other)
    _print_own(found)
    _print_limits(found)


def _compared(found: "Gap") -> str:
    names = " ".join(found.against[:8])
    rest = f" and {len(found.against) - 8} more" if len(found.against) > 8 else ""
    return f"compared with {names or 'no country'}{rest}"


def _print_why_none(found: "Gap") -> None:
    print_prose("Nothing counted is neither refused nor served.")
    _print_uncounted(found.services)
    steps = (
        f"whocut fetch ooni --country {found.country} --since YYYY-MM-DD --until YYYY-MM-DD, and "
        "two or more countries to compare with; then whocut ingest",
        "whocut cells   (where measurements are there and cells are not)",
    )
    print_prose("Next:")
    for step in steps:
        print_prose(step, 2)


def _print_beside(found: "Gap") -> None:
    row, rest = found.services, found.unlisted
    print_prose(
        f"Interfered with in the path, as by a state's block: {row.interfered.k:,} "
        f"({_share(row.interfered)}). Both at once: {row.both.k:,}. Cut off, by whom is not "
        f"shown: {row.unattributed.k:,}."
    )
    n_listed = row.targets - rest.targets
    without = f"{rest.refused.k:,} of {rest.n:,} ({_share(rest.refused)})" if rest.n else "none"
    print_prose(
        f"Our list is made in good part of known refusals, so the share is biased upwards. "
        f"Without the {count_of(n_listed, 'service')} that lists or records of refusals of "
        f"{found.country} name: {without}."
    )
    unblocked = found.unblocked
    if unblocked.n:
        print_prose(
            f"Interfered with, without those that lists or records of blocks there name: "
            f"{unblocked.interfered.k:,} of {unblocked.n:,} ({_share(unblocked.interfered)})."
        )
    _print_uncounted(row)
    if row.changed:
        print_prose(
            f"{count_of(row.changed, 'service')} changed within the period; the latest state "
            "counts."
        )


def _print_uncounted(row: "GapRow") -> None:
    print_prose(
        f"In neither share: {row.unanswered:,} measured without an answer, {row.not_compared:,} "
        f"not served in two comparison countries, {row.not_measured:,} not measured."
    )


def _print_groups(heading: str, rows: Sequence["GapRow"]) -> None:
    rows = [row for row in rows if row.n or row.unanswered or row.not_compared]
    if not rows:
        return
    console().print()
    print_table(
        (heading, "n", "refuse", "90 %", "interfered", "90 %", "both", "unknown", "no answer"),
        [
            (
                row.group.replace("_", " "),
                f"{row.n:,}",
                _cell(row.refused),
                _range(row.refused),
                _cell(row.interfered),
                _range(row.interfered),
                f"{row.both.k:,}",
                f"{row.unattributed.k:,}",
                f"{row.unanswered:,} of {row.targets - row.not_measured:,}",
            )
            for row in rows
        ],
    )
    console().print()


def _cell(share: "Share") -> str:
    if share.share is None:
        return "-"
    return f"{share.k:,}" if share.n < _LEAST_N else f"{share.k:,} ({share.share:.0%})"


def _range(share: "Share") -> str:
    if share.low is None or share.high is None or share.n < _LEAST_N:
        return "-"
    return f"{share.low:.0%}-{share.high:.0%}"


def _print_own(found: "Gap") -> None:
    asked = [one for one in found.own if one.answered]
    if not asked:
        return
    print_prose(
        f"{found.country}'s own media and state services, from outside: "
        f"{sum(bool(one.refused) for one in asked)} of {len(asked)} refuse a comparison country, "
        f"{sum(bool(one.interfered) for one in asked)} are interfered with in one."
    )
    console().print()
    print_table(
        ("target", "class", "inside", "countries", "served", "refused", "interfered", "unknown"),
        [_own_cells(one) for one in asked],
    )
    console().print()


def _own_cells(one: "OwnTarget") -> tuple[str, ...]:
    return (
        one.target.domain,
        one.target.class_.replace("_", " "),
        (one.inside or "not measured").replace("_", " "),
        str(one.answered),
        *(_few(codes) for codes in (one.served, one.refused, one.interfered, one.unattributed)),
    )


def _few(codes: Sequence[str], most: int = 3) -> str:
    if not codes:
        return "0"
    rest = " ..." if len(codes) > most else ""
    return f"{len(codes)} ({' '.join(codes[:most])}{rest})"


def _print_limits(found: "Gap") -> None:
    print_prose(
        "It counts names on our list, each alike, and not what people use; web access, and not "
        "accounts, payments or apps. Interference is not yet a state's: the cell does not show "
        f"who. {found.not_told_apart} hosts below a domain are not told apart from it. "
        "docs/methods/gap.md says more."
    )
    print_prose(f"Next: whocut gap {found.country} --rows; whocut targets --list {found.country}")


def print_rows(rows: Sequence[dict[str, Any]], country: str) -> None:
    """Print the cells behind the figures."""
    print_prose(f"{country}: {count_of(len(rows), 'cell')} behind the figures.", style="bold")
    console().print()
    print_table(
        ("target", "sector", "place", "stand", "week", "n", "networks", "answer", "mechanism"),
        [
            (
                *(str(row[name] or "") for name in ("target", "sector", "place", "stand")),
                str(row["week"]),
                f"{row['n_usable']} of {row['n']}",
                str(row["n_networks"]),
                row["answer"] + (f" ({row['shortfall']})" if row["shortfall"] else ""),
                row["mechanism"],
            )
            for row in rows
        ],
    )
