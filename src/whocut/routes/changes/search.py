"""The search that set the thresholds: what 2021 looks like at each, and nothing of later years.

``python -m whocut.routes.changes.search ORGANISATIONS FILES...`` prints the tables of
docs/methods/route-changes.md. It refuses months other than those of 2021.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct, structs

from whocut.ingest.topology import read_organisations, read_relationships
from whocut.model.errors import UsageError
from whocut.routes.changes.cells import Cells, count_cells, expect
from whocut.routes.changes.chances import beta_binomial_loglik
from whocut.routes.changes.panel import Panel, build_panel
from whocut.routes.changes.reasons import REASONS, find_lost_links
from whocut.routes.changes.thresholds import Thresholds, load_thresholds
from whocut.routes.changes.verdicts import judge_window, tested_cells
from whocut.routes.changes.window import Window, month_label, windows_of

__all__ = ["Fit", "fit_concentration", "full_windows", "main", "sharpness"]

_YEAR = 2021
_WEIGHTS = (100, 300, 1000)
_CONCENTRATIONS = (20, 30, 50, 80, 120, 200, 300, 500, 1000)
_CHANCES = tuple(10.0**-power for power in range(1, 9))


class Fit(Struct, frozen=True, order=True):
    """One setting of the controls and how likely it makes the year's losses."""

    log_likelihood: float
    concentration: int
    provider_weight: int
    country_weight: int


def full_windows(panel: Panel, thresholds: Thresholds, *, is_reversed: bool) -> list[Window]:
    """Give the windows that have all their months, before and after."""
    found = windows_of(panel, panel.months, thresholds)
    return [
        window.reverse() if is_reversed else window
        for window in found
        if len(window.before) == thresholds.months_before
        and len(window.after) == thresholds.months_after
    ]


def fit_concentration(panel: Panel, cells: Sequence[Cells], thresholds: Thresholds) -> list[Fit]:
    """Find which weights and concentration make the year's losses most likely; best first."""
    found: list[Fit] = []
    for provider_weight in _WEIGHTS:
        for country_weight in _WEIGHTS:
            tried = structs.replace(
                thresholds, provider_weight=provider_weight, country_weight=country_weight
            )
            found.extend(
                Fit(
                    round(sum(_loglik(panel, each, tried, value) for each in cells), 1),
                    value,
                    provider_weight,
                    country_weight,
                )
                for value in _CONCENTRATIONS
            )
    return sorted(found, reverse=True)


def _loglik(panel: Panel, cells: Cells, thresholds: Thresholds, concentration: int) -> float:
    is_foreign, has_control = tested_cells(panel, cells, thresholds)
    used = is_foreign & has_control
    expected = expect(cells, thresholds)[used]
    return beta_binomial_loglik(cells.n_lost[used], cells.n[used], expected, concentration)


def sharpness(
    panel: Panel, windows: Sequence[Window], thresholds: Thresholds
) -> list[tuple[float, int, int]]:
    """Count, for each chance, the single providers and the countries with several beneath it."""
    wide = structs.replace(thresholds, several_p=1.0)
    judged = [judge_window(panel, window, wide) for window in windows]
    table: list[tuple[float, int, int]] = []
    for chance in _CHANCES:
        single = sum(
            int(
                np.count_nonzero(
                    (each.chance < chance) & (each.cells.n_lost >= thresholds.least_lost)
                )
            )
            for each in judged
        )
        several = sum(found.chance < chance for each in judged for found in each.several.values())
        table.append((chance, single, several))
    return table


def _print_reasons(panel: Panel, windows: Sequence[Window], thresholds: Thresholds) -> list[Cells]:
    print("month", "at risk", *(reason.value for reason in REASONS), "world", sep=" | ")
    cells: list[Cells] = []
    for window in windows:
        lost = find_lost_links(panel, window, thresholds)
        cells.append(count_cells(panel, lost))
        counts = [len(lost.rows_of(reason)) for reason in REASONS]
        month = month_label(panel.months[window.first_after])
        print(month, len(lost.at_risk), *counts, f"{lost.world_share:.4f}", sep=" | ")
    return cells


def main(arguments: Sequence[str]) -> int:
    """Print what each threshold would have said of 2021."""
    organisations = read_organisations(Path(arguments[0]))
    months = [read_relationships(Path(each)) for each in arguments[1:]]
    if any(each.day.year != _YEAR for each in months):
        raise UsageError(f"thresholds are set on {_YEAR}; later months are for judging them")
    panel = build_panel(months, organisations)
    thresholds = load_thresholds()
    for is_reversed in (False, True):
        print("gains" if is_reversed else "losses")
        windows = full_windows(panel, thresholds, is_reversed=is_reversed)
        cells = _print_reasons(panel, windows, thresholds)
        for fit in fit_concentration(panel, cells, thresholds)[:5]:
            print(fit)
        for chance, single, several in sharpness(panel, windows, thresholds):
            print(f"{chance:.0e}", single, several, sep=" | ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
