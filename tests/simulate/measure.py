"""Hold answers against the truth of a world.

A cause is *at work* in a week if it is active for half of it or more. In the weeks in which it
begins or ends, an answer with it and one without it are both right. *Strict*: the answer names
exactly the causes at work. *Shallow*: right, and not deep enough: `refused` where the service or
its edge refuses, `cut_unattributed` where somebody cuts. Shallow answers count neither as right nor
as wrong in the strict figures; in recall they count as missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.episodes import CAUSES
from tests.simulate.world import country_code, monday, target_name

if TYPE_CHECKING:
    import pyarrow as pa

    from tests.simulate.answers import Answers
    from tests.simulate.world import World

__all__ = [
    "Figures",
    "OnsetFigures",
    "Verdicts",
    "measure",
    "measure_onsets",
    "reliability",
    "weigh",
]

_SERVICE: Final = slice(0, 2)
_PATH: Final = 2
_CUT: Final = slice(0, 3)
SURE: Final = 0.95
"""The posterior at which an accusation may be wrong in 2 % of the answers at most."""
_ROUNDING: Final = 1e-6
Grid = NDArray[np.bool_]


class Verdicts(Struct, frozen=True):
    """What each answer is worth, by cell."""

    planted: Grid
    """Some cause is at work."""
    named: Grid
    """The answer names a cause, or says who: not served, not an abstention."""
    strict: Grid
    incomplete: Grid
    """All that it names is at work, but something at work is not named."""
    shallow: Grid
    wrong: Grid
    """Neither strict nor shallow."""
    accuses: Grid
    """It says that the service side or the path did it, at a posterior of 0.95 or more."""
    accuses_service: Grid
    accuses_path: Grid
    false: Grid
    """The accused is not at work at any time of the week."""
    wrong_side: Grid
    """Service and edge were mistaken for each other; counted in ``false``."""


class Figures(Struct, frozen=True):
    """The figures of one contestant in one world."""

    cells: int
    planted: int
    precision: float
    recall: float
    precision_with_incomplete: float
    recall_with_shallow: float
    accusations: int
    false_rate: float
    false_service: float
    false_path: float
    false_side: float
    """Share of accusations that only mistook the service for its edge or the reverse."""
    coverage: float
    insufficient: float


class OnsetFigures(Struct, frozen=True):
    """How well onsets are found."""

    planted: int
    found: int
    within_one_week: int
    errors: tuple[int, ...]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def weigh(world: World, answers: Answers) -> Verdicts:
    """Say of each cell what its answer is worth."""
    truth = world.truth
    measured = truth.measured > 0
    at_work, full, ever = (
        truth.active >= 0.5,
        truth.active > 1 - _ROUNDING,
        truth.active > _ROUNDING,
    )
    planted = at_work.any(axis=-1) & measured
    names = answers.names
    is_refused, is_cut = answers.answer == "refused", answers.answer == "cut_unattributed"
    says_cause = names.any(axis=-1)
    named = (says_cause | is_refused | is_cut) & measured
    within = says_cause & ~(names & ~ever).any(axis=-1)
    strict = within & ~(full & ~names).any(axis=-1)
    shallow = is_refused & ever[..., _SERVICE].any(axis=-1)
    shallow |= is_cut & ever[..., _CUT].any(axis=-1)
    service = (names[..., _SERVICE].any(axis=-1) | is_refused) & (answers.p >= SURE)
    path = names[..., _PATH] & (answers.p >= SURE)
    wrong_service = service & ((names & ~ever)[..., _SERVICE].any(axis=-1))
    wrong_service |= service & is_refused & ~ever[..., _SERVICE].any(axis=-1)
    wrong_path = path & ~ever[..., _PATH]
    side = wrong_service & ever[..., _SERVICE].any(axis=-1) & ~wrong_path
    return Verdicts(
        planted=planted,
        named=named,
        strict=strict & measured,
        incomplete=within & ~strict & measured,
        shallow=shallow & measured,
        wrong=named & ~strict & ~shallow,
        accuses=(service | path) & measured,
        accuses_service=service & measured,
        accuses_path=path & measured,
        false=(wrong_service | wrong_path) & measured,
        wrong_side=side & measured,
    )


def _coverage(world: World, answers: Answers) -> float:
    """Share of the 90 % intervals that hold the true extent, where the lead is at work all week."""
    if answers.extent is None or answers.lead is None:
        return float("nan")
    hits = total = 0
    for number, cause in enumerate(CAUSES):
        here = (answers.lead == cause) & (world.truth.active[..., number] > 1 - _ROUNDING)
        here &= ~np.isnan(answers.extent[..., 0])
        true = world.truth.extent[..., number][here]
        low, high = answers.extent[here][:, 0], answers.extent[here][:, 1]
        hits += int(((low <= true + _ROUNDING) & (true - _ROUNDING <= high)).sum())
        total += int(here.sum())
    return _share(hits, total)


def measure(world: World, answers: Answers) -> Figures:
    """Take all figures of one contestant in one world."""
    found = weigh(world, answers)
    measured = world.truth.measured > 0
    strict_planted = int((found.strict & found.planted).sum())
    shallow_planted = int((found.shallow & found.planted).sum())
    strict, wrong = int(found.strict.sum()), int(found.wrong.sum())
    incomplete = int(found.incomplete.sum())
    accusations, false = int(found.accuses.sum()), int(found.false.sum())
    wrong_side = int(found.wrong_side.sum())
    by_service, by_path = int(found.accuses_service.sum()), int(found.accuses_path.sum())
    ever = world.truth.active > _ROUNDING
    false_path = int((found.accuses_path & ~ever[..., _PATH]).sum())
    not_service = ~ever[..., _SERVICE].any(axis=-1)
    return Figures(
        cells=int(measured.sum()),
        planted=int(found.planted.sum()),
        precision=_share(strict, strict + wrong),
        recall=_share(strict_planted, int(found.planted.sum())),
        precision_with_incomplete=_share(strict + incomplete, strict + wrong),
        recall_with_shallow=_share(strict_planted + shallow_planted, int(found.planted.sum())),
        accusations=accusations,
        false_rate=_share(false, accusations),
        false_service=_share(int((found.accuses_service & not_service).sum()), by_service),
        false_path=_share(false_path, by_path),
        false_side=_share(wrong_side, accusations),
        coverage=_coverage(world, answers),
        insufficient=_share(int(((answers.answer == "insufficient") & measured).sum()),
                            int(measured.sum())),
    )  # fmt: skip


def reliability(
    world: World, answers: Answers, bins: int = 10
) -> list[tuple[str, float, float, int]]:
    """Compare the probability of each cause with how often it was at work: rows of a diagram.

    Each row: the cause, the mean probability in the bin, the share at work, the number of cells.
    """
    if answers.causes is None:
        return []
    rows = []
    measured = world.truth.measured > 0
    sides = {
        "service or edge": (_SERVICE, np.clip(answers.causes[..., _SERVICE].sum(axis=-1), 0, 1)),
        "path": (slice(2, 3), answers.causes[..., 2]),
        "target": (slice(3, 4), answers.causes[..., 3]),
        "check": (slice(4, 5), answers.causes[..., 4]),
    }
    for name, (axis, p) in sides.items():
        at_work = (world.truth.active[..., axis] >= 0.5).any(axis=-1)
        bin_of = np.minimum((p * bins).astype(int), bins - 1)
        for number in range(bins):
            here = measured & (bin_of == number)
            if here.any():
                rows.append(
                    (name, float(p[here].mean()), float(at_work[here].mean()), int(here.sum()))
                )
    return rows


def _family(cause: str) -> str:
    return "service" if cause.startswith("refused") else cause


def measure_onsets(world: World, spans: pa.Table) -> OnsetFigures:
    """Compare the onsets of cuts with those of the spans, deep or shallow, nearest first.

    Only episodes count that begin after the second week and before the last two, act for at least
    two weeks, and follow no other of the same side at the same target: those that leave something
    to find. Those that are not found count as missed.
    """
    by_pair: dict[tuple[str, str], list[tuple[str, int]]] = {}
    first = monday(0).astype(int)
    for row in spans.select(["probe_cc", "target", "cause", "onset"]).to_pylist():
        if row["onset"] is None:
            continue
        week = (np.datetime64(row["onset"], "D").astype(int) - first) // 7
        by_pair.setdefault((row["probe_cc"], row["target"]), []).append((row["cause"], int(week)))
    planted = _plain_onsets(world)
    errors = []
    for country, target, cause, week in planted:
        near = [
            found - week
            for name, found in by_pair.get((country_code(country), target_name(target)), [])
            if _family(name) == _family(cause) or name == "cut_unattributed"
        ]
        if near:
            errors.append(min(near, key=abs))
    within = sum(abs(error) <= 1 for error in errors)
    return OnsetFigures(len(planted), len(errors), within, tuple(errors))


def _plain_onsets(world: World) -> list[tuple[int, int, str, int]]:
    """Onsets of cuts that leave something to find: country, target, cause, week."""
    weeks = world.plan.weeks
    earliest: dict[tuple[int, int, str], float] = {}
    for episode in world.episodes:
        if episode.cause not in CAUSES[:3]:
            continue
        key = (episode.country, episode.target, _family(episode.cause))
        start = float(episode.start[episode.hit > 0].min())
        earliest[key] = min(start, earliest.get(key, np.inf))
    found = []
    for episode in world.truth.onsets:
        if episode.cause not in CAUSES[:3]:
            continue
        start = float(episode.start[episode.hit > 0].min())
        week = int(start // 7)
        is_first = earliest[episode.country, episode.target, _family(episode.cause)] == start
        if is_first and 2 <= week < weeks - 2 and episode.end - start >= 14:
            found.append((episode.country, episode.target, episode.cause, week))
    return found
