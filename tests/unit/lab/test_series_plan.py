"""The plan of the lab's series: what may stand in it, and the days that are drawn."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from whocut.model.errors import InputError
from whocut_lab.__main__ import main
from whocut_lab.scenario import load_scenarios
from whocut_lab.series import SERIES_PATH, load_series, plan_dates
from whocut_lab.topology import load_topology

if TYPE_CHECKING:
    from pathlib import Path


def test_what_ships_names_scenarios_and_negative_controls_have_no_cause() -> None:
    plan = load_series()
    topology = load_topology()
    known = {scenario.id: scenario for scenario in load_scenarios(topology)}
    assert {topology.by_id(vantage).country for vantage in plan.vantages} == {"XA", "XB"}
    for series in plan.series:
        is_control = known[series.scenario].is_negative_control or series.scenario == "healthy"
        assert bool(series.causes) != is_control


@pytest.mark.parametrize("last_day", [date(2026, 3, 2), date(2026, 3, 8), date(2024, 2, 29)])
def test_days_lie_in_the_past_with_quiet_weeks_at_both_ends(
    last_day: date, rng: random.Random
) -> None:
    plan = load_series()
    for dated in plan_dates(plan, last_day, rng):
        assert dated.first_day.weekday() == 0
        over = dated.first_day + timedelta(weeks=plan.weeks)
        assert over <= last_day
        assert dated.onset - dated.first_day >= timedelta(weeks=plan.quiet_weeks)
        assert over - dated.end >= timedelta(weeks=plan.quiet_weeks)
        assert dated.end - dated.onset >= timedelta(weeks=plan.least_weeks)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("format = 1", "format = 9", "format"),
        ("weeks = 9", "weeks = 5", "weeks"),
        ('causes = ["refused_edge"]', 'causes = ["weather"]', "weather"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SERIES_PATH.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=f"wrong.toml.*{named}"):
        load_series(wrong)


def test_a_series_of_no_known_scenario_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("whocut_lab.__main__.missing_requirements", list)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SERIES_PATH.read_text().replace('"origin-451"', '"origin-452"'))
    assert main(["series", "--out", str(tmp_path), "--series", str(wrong)]) == 2
    assert "origin-452" in capsys.readouterr().err
