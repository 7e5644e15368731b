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
    "Counts",
    "Figures",
    "OnsetFigures",
    "Verdicts",
    "figures",
    "measure",
    "measure_onsets",
    "reliability",
    "weigh",
]

_SERVICE: Final = slice(0, 2)
_PATH: Final = 2
_DOWN: Final = 3
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


class Counts(Struct, frozen=True):
    """What is counted of one contestant in one world; counts of several worlds add up."""

    cells: int
    insufficient: int
    planted: int
    strict: int
    """Cells, planted or not, whose answer names exactly what is at work."""
    wrong: int
    incomplete: int
    strict_planted: int
    shallow: int
    shallow_planted: int
    accusations: int
    false: int
    false_side: int
    service: int
    false_service: int
    path: int
    false_path: int
    sides_named: int
    """Cells whose answer names a side: the service or its edge, the path, the target."""
    sides_right: int
    sides_planted: int
    sides_found: int
    covered: int
    intervals: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__)
        )


class Figures(Struct, frozen=True):
    """The figures of one contestant, as shares."""

    precision: float
    """Strict: of the answers that name causes, those that name exactly what is at work."""
    recall: float
    """Strict: of the cells in which something is at work, those answered exactly."""
    precision_with_incomplete: float
    recall_with_shallow: float
    precision_by_side: float
    """Service and edge taken as one, checks for machines left out."""
    recall_by_side: float
    false_rate: float
    """Of the accusations at a posterior of 0.95 or more, those whose accused was not at work."""
    false_side: float
    """Those of them that only mistook the service for its edge or the reverse."""
    false_service: float
    """Of the accusations of the service or its edge, those where neither was at work."""
    false_path: float
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


def _coverage(world: World, answers: Answers) -> tuple[int, int]:
    """Count the 90 % intervals that hold the true extent, where the lead is at work all week."""
    if answers.extent is None or answers.lead is None:
        return 0, 0
    hits = total = 0
    for number, cause in enumerate(CAUSES):
        here = (answers.lead == cause) & (world.truth.active[..., number] > 1 - _ROUNDING)
        here &= ~np.isnan(answers.extent[..., 0])
        true = world.truth.extent[..., number][here]
        low, high = answers.extent[here][:, 0], answers.extent[here][:, 1]
        hits += int(((low <= true + _ROUNDING) & (true - _ROUNDING <= high)).sum())
        total += int(here.sum())
    return hits, total


def _sides(grid: Grid) -> Grid:
    """Reduce causes to sides: the service or its edge, the path, the target."""
    return np.stack([grid[..., _SERVICE].any(axis=-1), grid[..., _PATH], grid[..., _DOWN]], axis=-1)


def _by_side(world: World, answers: Answers) -> tuple[int, int, int, int]:
    """Count cells by side: named, named rightly, planted, planted and named rightly."""
    active, measured = world.truth.active, world.truth.measured > 0
    at_work, full = _sides(active >= 0.5), _sides(active > 1 - _ROUNDING)
    ever = _sides(active > _ROUNDING)
    names = _sides(answers.names)
    names[..., 0] |= answers.answer == "refused"
    named = names.any(axis=-1) & measured
    right = named & ~(names & ~ever).any(axis=-1) & ~(full & ~names).any(axis=-1)
    planted = at_work.any(axis=-1) & measured
    return int(named.sum()), int(right.sum()), int(planted.sum()), int((planted & right).sum())


def measure(world: World, answers: Answers) -> Counts:
    """Count what one contestant does in one world."""
    found = weigh(world, answers)
    measured = world.truth.measured > 0
    ever = world.truth.active > _ROUNDING
    not_service = ~ever[..., _SERVICE].any(axis=-1)

    def count(grid: Grid) -> int:
        return int(grid.sum())

    return Counts(
        count(measured),
        count((answers.answer == "insufficient") & measured),
        count(found.planted),
        count(found.strict),
        count(found.wrong),
        count(found.incomplete),
        count(found.strict & found.planted),
        count(found.shallow),
        count(found.shallow & found.planted),
        count(found.accuses),
        count(found.false),
        count(found.wrong_side),
        count(found.accuses_service),
        count(found.accuses_service & not_service),
        count(found.accuses_path),
        count(found.accuses_path & ~ever[..., _PATH]),
        *_by_side(world, answers),
        *_coverage(world, answers),
    )


def figures(counts: Counts) -> Figures:
    """Turn counts into shares; a share of nothing is not a number."""
    return Figures(
        precision=_share(counts.strict, counts.strict + counts.wrong),
        recall=_share(counts.strict_planted, counts.planted),
        precision_with_incomplete=_share(
            counts.strict + counts.incomplete, counts.strict + counts.wrong
        ),
        recall_with_shallow=_share(counts.strict_planted + counts.shallow_planted, counts.planted),
        precision_by_side=_share(counts.sides_right, counts.sides_named),
        recall_by_side=_share(counts.sides_found, counts.sides_planted),
        false_rate=_share(counts.false, counts.accusations),
        false_side=_share(counts.false_side, counts.accusations),
        false_service=_share(counts.false_service, counts.service),
        false_path=_share(counts.false_path, counts.path),
        coverage=_share(counts.covered, counts.intervals),
        insufficient=_share(counts.insufficient, counts.cells),
    )


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
