"""Scenarios as series over weeks: off, on, off again, with the days of both drawn by the seed.

Each phase is put on and measured for real, once, from every vantage. The record then stands for the
other days of its phase, under their dates: on a network without latency and with one culprit,
measuring again shows the same.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.model.errors import InputError
from whocut.model.taxonomy import CellAnswer
from whocut_lab.play import Lab, Play
from whocut_lab.scenario import Scenario

__all__ = [
    "SERIES_PATH",
    "DatedSeries",
    "Series",
    "SeriesPlan",
    "load_series",
    "measure_series",
    "plan_dates",
]

SERIES_PATH: Final = Path(__file__).with_name("series.toml")
_FORMAT: Final = 1
_WEEK_DAYS: Final = 7
_DAY_SECONDS: Final = 86_400


class Series(Struct, frozen=True, forbid_unknown_fields=True, rename={"alternatives": "or"}):
    """One scenario over weeks, and what must be found."""

    scenario: str
    causes: tuple[CellAnswer, ...] = ()
    alternatives: tuple[CellAnswer, ...] = ()
    is_silence_right: bool = False


class SeriesPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """The file of all series."""

    format: int
    weeks: int
    quiet_weeks: int
    least_weeks: int
    days_a_week: int
    times_a_day: int
    vantages: tuple[str, ...]
    country: str
    series: tuple[Series, ...]


class DatedSeries(Struct, frozen=True):
    """One series with its dates."""

    series: Series
    first_day: date
    """A Monday."""
    onset: date
    """First day on which it is at work."""
    end: date
    """First day on which it is gone."""


def load_series(path: Path = SERIES_PATH) -> SeriesPlan:
    """Read the file of series.

    Raises: InputError naming the file and what is wrong in it.
    """
    try:
        plan = msgspec.convert(tomllib.loads(path.read_text()), SeriesPlan)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(str(error), source=str(path)) from error
    if plan.format != _FORMAT:
        raise InputError(f"this program reads format {_FORMAT}", source=str(path), field="format")
    if plan.weeks < 2 * plan.quiet_weeks + plan.least_weeks + 1:
        raise InputError("too few for what must lie in them", source=str(path), field="weeks")
    return plan


def plan_dates(plan: SeriesPlan, last_day: date, dice: random.Random) -> list[DatedSeries]:
    """Draw when each series begins and ends; all days lie before ``last_day``."""
    monday = last_day - timedelta(days=last_day.weekday())
    first_day = monday - timedelta(weeks=plan.weeks)
    dated = []
    for series in plan.series:
        latest_end = (plan.weeks - plan.quiet_weeks) * _WEEK_DAYS
        earliest = plan.quiet_weeks * _WEEK_DAYS
        length = plan.least_weeks * _WEEK_DAYS
        onset = dice.randint(earliest, latest_end - length)
        end = dice.randint(onset + length, latest_end)
        dated.append(
            DatedSeries(series, first_day, first_day + timedelta(onset), first_day + timedelta(end))
        )
    return dated


def measure_series(
    lab: Lab, scenario: Scenario, dated: DatedSeries, plan: SeriesPlan, dice: random.Random
) -> tuple[str, list[Play]]:
    """Measure both phases and lay their records out over the days.

    Shapes: the host that was measured; one play a network and measured day, by time.
    """
    host = f"www.{lab.draw_word()}.example"
    sites = {
        key: msgspec.structs.replace(site, host=host if key == "target" else site.host)
        for key, site in scenario.site.items()
    }
    on = msgspec.structs.replace(scenario, site=sites, vantages=plan.vantages, per_vantage={})
    off = msgspec.structs.replace(on, action=())
    healthy, ill = _by_vantage(lab.play(off)), _by_vantage(lab.play(on))
    laid = [
        _moved(
            (ill if dated.onset <= moment.date() < dated.end else healthy)[vantage],
            moment,
            f"{moment:%Y%m%dT%H%M%SZ}_webconnectivity_{vantage}_{dice.getrandbits(64):016x}",
        )
        for vantage in plan.vantages
        for moment in _moments(dated.first_day, plan, dice)
    ]
    return host, sorted(laid, key=lambda play: play.measurement["measurement_start_time"])


def _by_vantage(plays: Sequence[Play]) -> dict[str, Play]:
    return {play.vantage: play for play in plays}


def _moments(first_day: date, plan: SeriesPlan, dice: random.Random) -> Iterator[datetime]:
    """Draw when a network measures: some days of each week, any second of them."""
    for week in range(plan.weeks):
        for day in sorted(dice.sample(range(_WEEK_DAYS), plan.days_a_week)):
            midnight = datetime.combine(
                first_day + timedelta(weeks=week, days=day), time(), tzinfo=UTC
            )
            for _ in range(plan.times_a_day):
                yield midnight + timedelta(seconds=dice.randrange(_DAY_SECONDS))


def _moved(play: Play, moment: datetime, report_id: str) -> Play:
    at = f"{moment:%Y-%m-%d %H:%M:%S}"
    changed: dict[str, Any] = {
        "measurement_start_time": at,
        "test_start_time": at,
        "report_id": report_id,
        "annotations": {**play.measurement["annotations"], "replayed": "true"},
    }
    return msgspec.structs.replace(play, measurement={**play.measurement, **changed})
