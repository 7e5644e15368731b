"""Onsets and ends drawn at random: how often they are found, and how often one is made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.access.cell_series import PRIOR, CellRows, draw, monday
from whocut.access.spans import find_spans
from whocut.model.taxonomy import Cause

WEEKS = 26
PLANTED = (Cause.REFUSED_SERVICE, Cause.INTERFERED)


@dataclass(frozen=True)
class Planted:
    """What really happened to one target."""

    cause: Cause
    onset: int
    end: int


@dataclass(frozen=True)
class Scores:
    """Shares over all planted series."""

    found: float
    onset_within_a_week: float
    onset_covered: float
    end_within_a_week: float
    end_covered: float
    wrongly_named: float


def _plant(rng: np.random.Generator, n: int, series: int) -> tuple[pa.Table, dict[str, Planted]]:
    """Make series with onsets and ends inside weeks; each week is measured n times."""
    rows, truth = CellRows(), {}
    for number in range(series):
        onset = int(rng.integers(3, WEEKS - 5))
        planted = Planted(PLANTED[rng.integers(2)], onset, int(rng.integers(onset + 4, WEEKS + 6)))
        target = f"t{number}.example"
        truth[target] = planted
        shares = np.zeros(max(WEEKS, planted.end))
        shares[planted.onset : planted.end] = 1.0
        shares[planted.onset] = 1.0 - rng.random()  # it may begin on any day
        shares[planted.end - 1] = 1.0 - rng.random()
        for week in range(WEEKS):
            n_cut = int(rng.binomial(n, shares[week]))
            seen = draw(rng, planted.cause, n_cut) + draw(rng, Cause.SERVED, n - n_cut)
            rows.observe(week, seen, target=target)
    return rows.table(), truth


def _score(spans: list[dict[str, object]], truth: dict[str, Planted]) -> Scores:
    own: dict[str, list[dict[str, object]]] = {target: [] for target in truth}
    for span in spans:
        own[str(span["target"])].append(span)
    onsets, ends, wrong = [], [], 0
    for target, planted in truth.items():
        causes = {span["cause"] for span in own[target]}
        wrong += bool(causes - {planted.cause.value, "cut_unattributed", "refused"})
        spell = next((s for s in own[target] if s["cause"] == planted.cause.value), None)
        if spell is None or spell["onset"] is None:
            continue
        near = [monday(planted.onset + shift) for shift in (-1, 0, 1)]
        is_covered = spell["onset_low"] <= near[1] <= spell["onset_high"]
        onsets.append((spell["onset"] in near, is_covered))
        if spell["end"] is not None and planted.end < WEEKS:
            near = [monday(planted.end + shift) for shift in (-1, 0, 1)]
            is_covered = spell["end_low"] <= near[1] <= spell["end_high"]
            ends.append((spell["end"] in near, is_covered))
    return Scores(
        len(onsets) / len(truth),
        *np.mean(onsets, axis=0).tolist(),
        *np.mean(ends, axis=0).tolist(),
        wrong / len(truth),
    )


@pytest.mark.parametrize(
    ("n", "found", "within"), [(30, 0.95, 0.95), (10, 0.9, 0.9), (3, 0.25, 0.9), (1, 0.35, 0.85)]
)
def test_onsets_and_ends_are_found(seed: int, n: int, found: float, within: float) -> None:
    """At 30 measurements a cell acceptance asks for 90 % of the onsets within a week.

    Thin cells name less, since a timeout fits more than one cause; what they date is right.
    """
    table, truth = _plant(np.random.default_rng(seed), n, series=300)
    scores = _score(find_spans(table, prior=PRIOR).to_pylist(), truth)
    print(f"seed {seed}, n = {n}: {scores}")
    assert scores.found >= found
    assert scores.onset_within_a_week >= within
    assert scores.end_within_a_week >= within
    assert scores.onset_covered >= 0.87
    assert scores.end_covered >= 0.87
    assert scores.wrongly_named <= 0.02


@pytest.mark.parametrize("n", [1, 3, 30])
def test_quiet_series_stay_quiet(seed: int, n: int) -> None:
    """Half of them live through two weeks of an outage and one week of a bad network."""
    rng, rows = np.random.default_rng(seed), CellRows()
    for number in range(1000):
        dead = int(rng.integers(0, WEEKS)) if number % 2 else WEEKS
        noisy = int(rng.integers(0, WEEKS)) if number % 2 else WEEKS
        for week in range(WEEKS):
            seen = draw(rng, Cause.TARGET_DOWN if dead <= week < dead + 2 else Cause.SERVED, n)
            if week == noisy:
                seen = draw(rng, Cause.INTERFERED, n)
            rows.observe(week, seen, target=f"t{number}.example")
    changes = find_spans(rows.table(), prior=PRIOR).num_rows
    print(f"seed {seed}, n = {n}: {changes} false changes in 1000 quiet series")
    assert changes <= 2
