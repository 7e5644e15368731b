"""``whocut network``: how one network fares, and what is seen there and not beside it."""

import re
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.country_codes import refuse_no_country
from whocut.cli.freshness import NO_CELLS, stale_note
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.period import WeekOption, asked_week
from whocut.cli.plots import PlotOption, is_plot_wanted, print_weekly
from whocut.cli.question import (
    Day,
    FailOn,
    ObservatoryOption,
    asked_country,
    asked_days,
    asked_to_fail,
    observatory_directory,
)
from whocut.cli.rows_option import Behind, OfOption, RowsOption, asked_rows, write_behind
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError
from whocut.store.lookup import has_rows
from whocut.store.observatory import Observatory

__all__ = ["asked_network", "network"]

_ASN: Final = re.compile(r"(?:AS)?(\d{1,10})", re.IGNORECASE)
_MOST_ASN: Final = 2**32 - 1
_KINDS: Final = {
    "only_here": "cut here, served on the country's other networks",
    "only_elsewhere": "served here, cut on others",
    "both": "cut here and on others",
    "unknown_elsewhere": "cut here, not measured on another",
}


def asked_network(text: str) -> int:
    """Read the number of a network, with or without AS before it.

    Raises: UsageError if it is none.
    """
    found = _ASN.fullmatch(text)
    if found is None or int(found[1]) > _MOST_ASN:
        raise UsageError(f"{text}: not a network, as in AS64500 or 64500")
    return int(found[1])


def network(
    asn: Annotated[str, Parameter(name="ASN", help="Number of the network, as in AS64500.")],
    /,
    *,
    country: Annotated[
        str | None,
        Parameter(
            name=["--country", "-c"],
            help="Country of the probes; by default the one with most measurements there.",
        ),
    ] = None,
    since: Day = None,
    until: Day = None,
    week: WeekOption = None,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    rows: RowsOption = False,
    of: OfOption = None,
    plot: PlotOption = None,
    fail_on: FailOn = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Show how one network fares: measurements, its own failures, and what is seen there.

    Each target that was cut there, or cut elsewhere and served there, with how the country's other
    networks saw it in the same weeks. A network that fails on unrelated targets too, or loses
    exchanges at random, says less of each.
    """
    from whocut.cli.network_tallies import TARGET_COLUMNS, network_found

    number = asked_network(asn)
    begin, end = asked_days(since, until)
    begin, end = asked_week(week, begin, end) or (begin, end)
    code = asked_country(country) if country is not None else None
    must_fail = asked_to_fail(fail_on)
    opened = asked_rows(rows, of, "verdicts", "signals", "tallies", "networks")
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        if code is not None:
            refuse_no_country(code, snapshot)
        found = network_found(snapshot, number, code, begin, end)
        if opened is not None:
            days = {"since": begin, "until": end}
            if found is not None:
                days = {"since": found.period.since, "until": found.period.until}
                code = found.country
            behind = Behind(code, network=number, since=days["since"], until=days["until"])
            write_behind(snapshot, opened, behind, output)
            return 4 if must_fail and found is not None and found.is_cut else 0
        if found is None:
            missing = "" if has_rows(snapshot, "network_week", cc=code) else NO_CELLS
            return _absent(number, code, missing, output)
        stale = stale_note(snapshot.manifest, found.country)
        sequence = snapshot.manifest.sequence
    if output.form == "json":
        write_json(found.document(sequence, stale))
    elif output.form == "table":
        _print(found.document(sequence, stale), limit)
        if is_plot_wanted(plot, is_table=True, weeks=len(found.weeks)):
            console().print()
            _plot(found.weeks)
    else:
        write_rows(found.targets, TARGET_COLUMNS, output.form)
    return 4 if must_fail and found.is_cut else 0


def _absent(number: int, country: str | None, missing: str, output: Output) -> int:
    place = f" in {country}" if country else ""
    answer = f"No data: nothing was measured on AS{number}{place} in these weeks."
    if output.form == "json":
        steps = [missing] if missing else []
        write_json({"answer": answer, "targets": [], "next_steps": steps, "meta": {"n": 0}})
        return 0
    if output.form != "table":
        write_rows([], ("target", "n", "n_cut"), output.form)
        output.say(answer)
        return 0
    for text in (answer, "Nothing measured is neither served nor cut.", missing):
        if text:
            print_prose(text)
    return 0


def _print(document: dict[str, Any], limit: int) -> None:
    print_prose(document["answer"], style="bold")
    if document["meta"]["note"]:
        print_prose(document["meta"]["note"])
    for line in document["health"]:
        print_prose(line, 2)
    counts = ", ".join(f"{outcome} {n:,}" for outcome, n in document["outcomes"].items())
    print_prose(f"Measurements by outcome: {counts}.")
    targets = document["targets"]
    kinds = document["kinds"]
    for kind, words in _KINDS.items():
        if kinds.get(kind):
            print_prose(f"{kind}: {count_of(kinds[kind], 'target')}, {words}.", 2)
    shown = targets[:limit] if limit else targets
    if shown:
        console().print()
        print_table(
            ("target", "mechanism", "here cut", "others cut", "kind", "last day"),
            [
                (
                    row["target"],
                    row["mechanism"],
                    f"{row['n_cut']} of {row['n']}",
                    f"{row['others_cut']} of {row['others_n']}, "
                    f"{count_of(row['others_networks'], 'network')}",
                    row["kind"],
                    str(row["last_day"]),
                )
                for row in shown
            ],
        )
    if len(targets) > len(shown):
        print_prose(f"{len(targets) - len(shown):,} more rows: --limit 0 shows them.")
    for step in document["next_steps"]:
        print_prose(f"Next: {step}")


def _plot(weeks: list[dict[str, Any]]) -> None:
    def share(name: str, whole: str) -> list[float | None]:
        return [row[name] / row[whole] if row[whole] else None for row in weeks]

    print_weekly(
        "Share of this network's measurements, by week",
        [row["week"] for row in weeks],
        {
            "C cut": share("n_cut", "n"),
            "F failed on targets it reaches as a rule": share("reachable_failed", "reachable"),
        },
    )
