"""What the cells say of one target in one country, with what they rest on."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from msgspec import Struct

from whocut.access.agreement import Agreement, Statement
from whocut.access.pair_answer import (
    CUT_ANSWERS,
    PairAnswer,
    answer_of,
    behind,
    by_network,
    look_at,
    most,
    rounded,
)
from whocut.access.period import Period, Question
from whocut.cli.points import Point, examples_of, point_of
from whocut.cli.question import only_world
from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

__all__ = ["CellsFound", "cells_of", "shortfall_steps"]

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


def cells_of(snapshot: Snapshot, question: Question) -> CellsFound | None:
    """Find what the cells say; ``None`` where there are none of that target in these weeks."""
    if question.domain is None:
        return None
    look_up = partial(rows, snapshot, cc=question.country, target=question.domain)
    measured = look_up(table="cell", columns=("origin", "week", "n")).to_pylist()
    look = look_at(measured, question)
    if look is None:
        return None
    period = look.period
    look_up = partial(look_up, since=period.since, until=period.until)
    found = answer_of(
        look,
        look_up(table="cell").to_pylist(),
        look_up(table="tally", columns=_TALLIED).to_pylist(),
        look_up(table="span").to_pylist(),
        look_up(table="slowdown").to_pylist(),
    )
    if found is None:
        return None
    examples = examples_of(snapshot, question.country, found.agreement, found.tallies)
    week = found.cell["week"]
    _, note = only_world(measured, "weeks")
    return CellsFound(
        period=period,
        history=[{name: row[name] for name in _COURSE} for row in found.history],
        cell=found.cell,
        later=found.later,
        elsewhere=_elsewhere(snapshot, found.cell, week, week),
        spans=found.spans,
        slowdowns=found.slowdowns,
        tallies=found.tallies,
        agreement=found.agreement,
        points=[
            point_of(statement, examples[statement], found.agreement.n_usable)
            for statement in found.agreement.statements
        ],
        next_steps=_next_steps(snapshot, found, examples),
        n_before=look.n_before,
        note=note,
    )


def _next_steps(
    snapshot: Snapshot, found: PairAnswer, examples: Mapping[Statement, list[dict[str, Any]]]
) -> list[str]:
    cell, tallies, agreement = found.cell, found.tallies, found.agreement
    steps = [] if cell["shortfall"] == "" else shortfall_steps(snapshot, cell, tallies)
    for statement in agreement.statements:
        looked_up = examples[statement]
        steps.extend(most(row["next_step"] for row in looked_up)[:1])
        if not looked_up and (own := behind(statement, tallies, agreement)):
            steps.append(f"Look at one: whocut explain {own[-1]['example_uid']}")
    return list(dict.fromkeys(steps))


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
