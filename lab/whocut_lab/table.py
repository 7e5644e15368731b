"""The table of scenario, truth, verdict, and what OONI's own fields say: docs/lab.md."""

from collections.abc import Iterator, Sequence

from whocut_lab.results import Result

__all__ = ["render_table"]

_HEAD = """\
# The lab: what happened, what we say, what OONI's fields say

Made by `whocut lab table`; do not edit. Every row was measured in the emulated internet
(docs/lab-scenarios.md), where the culprit is known, and judged from one measurement alone.

*Truth* is what the scenario does. *Can show* is what one measurement can tell of it: where one
connection fails, nobody can say from it who failed it, and a verdict that did would be wrong.
*OONI* gives `blocking` and `accessible` as Web Connectivity 0.5 concludes from the same record.
"""


def _truth(result: Result) -> str:
    truth = result.truth
    return f"{truth.outcome} · `{truth.mechanism}` · {truth.locus} · {truth.actor_kind}"


def _expected(result: Result) -> str:
    expected = result.expected
    return f"{expected.outcome} · {expected.layer} · {expected.locus}"


def _verdict(result: Result) -> str:
    verdict = result.verdict
    if verdict is None:
        return "not read"
    return (
        f"{verdict.outcome} · {verdict.layer} · `{verdict.mechanism}` · {verdict.locus} · "
        f"{verdict.strength}"
    )


def _ooni(result: Result) -> str:
    blocking = "null" if result.ooni_blocking is None else str(result.ooni_blocking)
    accessible = "null" if result.ooni_accessible is None else str(result.ooni_accessible)
    return f"{blocking.lower()}, {accessible.lower()}"


def _rows(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    """Give one row a scenario, or one a vantage where they differ."""
    grouped: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for result in results:
        scenario = result.scenario
        row: tuple[str, ...] = (
            scenario.title,
            _truth(result),
            _expected(result),
            _verdict(result),
            _ooni(result),
            "yes" if not result.faults else "**no**: " + "; ".join(result.faults),
        )
        grouped.setdefault(scenario.id, {}).setdefault(row, []).append(result.vantage)
    for scenario_id in sorted(grouped):
        rows = grouped[scenario_id]
        for cells, vantages in rows.items():
            name = f"`{scenario_id}`"
            if len(rows) > 1:
                name += " at " + ", ".join(sorted(vantages))
            yield name, *cells


def render_table(results: Sequence[Result]) -> str:
    """Write docs/lab.md from the results of one run."""
    header = ("scenario", "what happens", "truth", "can show", "verdict", "OONI", "right")
    lines = [_HEAD, _line(header), _line(("---",) * len(header))]
    lines += [_line(row) for row in _rows(results)]
    controls = [r for r in results if r.scenario.is_negative_control]
    right = sum(not r.faults for r in results)
    lines += [
        "",
        f"{right} of {len(results)} verdicts right; "
        f"{sum(not r.faults for r in controls)} of {len(controls)} on negative controls.",
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
