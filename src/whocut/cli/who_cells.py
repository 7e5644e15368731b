"""What the cells say of one target in one country, with what they rest on."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from msgspec import Struct

from whocut.access.agreement import Agreement, agree
from whocut.cli.cell_wording import CUT_ANSWERS, rounded
from whocut.cli.period import Period, period_of
from whocut.cli.points import Point, as_tallied, behind, by_network, examples_of, most, point_of
from whocut.cli.question import Question, only_world
from whocut.model.taxonomy import CellAnswer
from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

__all__ = ["CellsFound", "cells_of", "choose_week", "shortfall_steps"]

_COURSE: Final = (
    *("week", "answer", "shortfall", "n", "n_usable", "n_networks", "p_cut"),
    *("p_served", "p_refused_service", "p_refused_edge", "p_interfered"),
)
"""Of each week of an answer."""
_TALLIED: Final = (
    *("origin", "week", "probe_asn", "outcome", "layer", "mechanism", "locus"),
    *("actor_kind", "strength", "n", "first", "last", "example_uid"),
)
_CONTRAST: Final = ("origin", "week", "answer", "n", "n_usable", "n_networks")
_NOT_SLOWED: Final = ("none", "insufficient")
_MOST_COUNTRIES: Final = 16
"""Countries looked at for the contrast, the most measured first: each is a file to open."""
_ABOUT: Final = timedelta(weeks=6)
"""Networks and countries are looked for in this many weeks before and after."""


class CellsFound(Struct, frozen=True):
    """The cells of a target in a country, and the tallies they were made from."""

    period: Period
    history: list[dict[str, Any]]
    """Each week of the period, oldest first; only some columns."""
    cell: dict[str, Any]
    """The cell that answers."""
    later: int
    """Weeks after it whose cells are insufficient."""
    elsewhere: list[dict[str, Any]]
    """The same target and week in other countries."""
    spans: list[dict[str, Any]]
    slowdowns: list[dict[str, Any]]
    """Weeks in which it was slowed, oldest first."""
    tallies: list[dict[str, Any]]
    agreement: Agreement
    points: list[Point]
    next_steps: list[str]
    n_before: int
    """Measurements of weeks before the period."""
    note: str

    @property
    def is_cut(self) -> bool:
        """Say whether a cut stands."""
        return self.cell["answer"] in CUT_ANSWERS

    def networks(self) -> list[dict[str, Any]]:
        """Count by network and kind."""
        return by_network(self.tallies)


def choose_week(history: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Choose the week that answers: the last one that is not insufficient, else the last one."""
    answered = [row for row in history if row["answer"] != CellAnswer.INSUFFICIENT]
    return (answered or history)[-1]


def cells_of(snapshot: Snapshot, question: Question) -> CellsFound | None:
    """Find what the cells say; ``None`` where there are none of that target in these weeks."""
    if question.domain is None:
        return None
    look_up = partial(rows, snapshot, cc=question.country, target=question.domain)
    measured = look_up(table="cell", columns=("origin", "week", "n")).to_pylist()
    measured, note = only_world(measured, "weeks")
    if not measured:
        return None
    measured.sort(key=lambda row: row["week"])
    origin = measured[0]["origin"]
    period = period_of(question, measured[0]["week"], measured[-1]["week"])
    look_up = partial(look_up, since=period.since, until=period.until)
    history = _of(look_up(table="cell").to_pylist(), origin)
    if not history:
        return None
    cell = choose_week(history)
    week = cell["week"]
    tallies = _of(look_up(table="tally", columns=_TALLIED).to_pylist(), origin)
    agreement = agree([as_tallied(row) for row in tallies])
    examples = examples_of(snapshot, question.country, agreement, tallies)
    points = [
        point_of(statement, examples[statement], agreement.n_usable)
        for statement in agreement.statements
    ]
    steps = [] if cell["shortfall"] == "" else shortfall_steps(snapshot, cell, tallies)
    for statement, point in zip(agreement.statements, points, strict=True):
        steps.extend(most(row["next_step"] for row in examples[statement])[:1])
        if not point.measurements and (own := behind(statement, tallies, agreement)):
            steps.append(f"Look at one: whocut explain {own[-1]['example_uid']}")
    return CellsFound(
        period=period,
        history=[{name: row[name] for name in _COURSE} for row in history],
        cell=cell,
        later=sum(row["week"] > week for row in history),
        elsewhere=_elsewhere(snapshot, cell, week, week),
        spans=_of(look_up(table="span").to_pylist(), origin),
        slowdowns=[
            row
            for row in _of(look_up(table="slowdown").to_pylist(), origin)
            if row["answer"] not in _NOT_SLOWED
        ],
        tallies=tallies,
        agreement=agreement,
        points=points,
        next_steps=list(dict.fromkeys(steps)),
        n_before=sum(row["n"] for row in measured if row["week"] < period.since),
        note=note,
    )


def shortfall_steps(
    snapshot: Snapshot, cell: dict[str, Any], tallies: Sequence[dict[str, Any]]
) -> list[str]:
    """Say what would settle a cell, with the networks and countries at hand."""
    from whocut.cli.shortfall import Around, concrete_steps

    week = cell["week"]
    since, until = week - _ABOUT, week + _ABOUT
    networks = rows(snapshot, "network_week", cc=cell["probe_cc"], since=since, until=until)
    elsewhere = [] if cell["n_countries"] else _elsewhere(snapshot, cell, since, until)
    around = Around(
        [row for row in tallies if row["week"] == week],
        _of(networks.to_pylist(), cell["origin"]),
        elsewhere,
    )
    return concrete_steps(cell, around)


def _elsewhere(
    snapshot: Snapshot, cell: dict[str, Any], since: date, until: date
) -> list[dict[str, Any]]:
    """Give the target's cells of other countries in these weeks."""
    size = {part.cc: part.rows for part in snapshot.manifest.sections if part.table == "cell"}
    size.pop(cell["probe_cc"], None)
    found: list[dict[str, Any]] = []
    for cc in sorted(size, key=lambda cc: (-size[cc], cc))[:_MOST_COUNTRIES]:
        one = rows(
            *(snapshot, "cell"),
            cc=cc,
            target=cell["target"],
            since=since,
            until=until,
            columns=_CONTRAST,
        )
        found.extend({"probe_cc": cc, **row} for row in _of(one.to_pylist(), cell["origin"]))
    return found


def _of(found: list[dict[str, Any]], origin: str) -> list[dict[str, Any]]:
    return [rounded(row) for row in found if row["origin"] == origin]
