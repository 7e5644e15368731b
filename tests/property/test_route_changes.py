"""Properties of changes: time turned about, order of months, names that do not matter."""

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.routes.changes.planted import MONTHS, make_world, panel_of, write_world
from whocut.ingest.topology import read_organisations, read_relationships
from whocut.routes.changes import Window, build_panel, load_thresholds
from whocut.routes.changes.cells import count_cells, expect
from whocut.routes.changes.chances import beta_binomial_tail, fisher_tail, wilson
from whocut.routes.changes.reasons import REASONS, find_lost_links

LIMITS = load_thresholds()
WINDOW = Window(before=(5, 6), after=(7, 8))


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_every_lost_link_has_one_reason_and_no_other_has_one(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        panel = panel_of(make_world(seed), Path(folder))
    for window in (WINDOW, WINDOW.reverse()):
        lost = find_lost_links(panel, window, LIMITS)
        assert ((lost.reason >= 0) == lost.is_lost).all()
        assert sum(len(lost.rows_of(reason)) for reason in REASONS) == lost.is_lost.sum()
        cells = count_cells(panel, lost)
        assert (cells.n_lost <= cells.n).all()
        assert (cells.n_beyond >= 0).all()
        expected = expect(cells, LIMITS)
        assert ((expected >= 0) & (expected < 1)).all()


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_the_order_in_which_months_come_is_no_matter(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths, organisations = write_world(make_world(seed), Path(folder))
        months = [read_relationships(path) for path in paths]
        first = build_panel(months, read_organisations(organisations))
        random.Random(seed).shuffle(months)
        second = build_panel(months, read_organisations(organisations))
    assert first.months == second.months
    assert len(first.months) == len(MONTHS)
    assert (first.carried == second.carried).all()


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.001, 0.9), st.floats(2, 1000))
def test_tails_are_chances_and_fall(lost: int, n: int, mean: float, concentration: float) -> None:
    lost = min(lost, n)
    found = beta_binomial_tail(lost, n, mean, concentration)
    assert 0.0 <= found <= 1.0
    if lost:
        assert found <= beta_binomial_tail(lost - 1, n, mean, concentration) + 1e-9
    low, high = wilson(lost, n)
    assert 0.0 <= low <= lost / n + 1e-9
    assert lost / n - 1e-9 <= high <= 1.0


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_fisher_is_a_chance(lost: int, n: int, other: int, other_n: int) -> None:
    lost, other = min(lost, n), min(other, other_n)
    found = fisher_tail(lost, n, other, other_n)
    assert 0.0 < found <= 1.0
