"""One standing of a target in a country over several weeks: cells in, standings out.

The rule, in order:

1. Weeks whose cell answers nothing about the country (insufficient, network or target down, bot
   check, measurement fault) are left aside; where no other is left, the target is ``unanswered``.
2. The latest run of weeks that agree, of at least ``RUN_WEEKS`` weeks, is the standing: what holds
   at the end of the period, and not the worst of it. Another earlier run of that length is a
   change, and is said.
3. Else the answer that has more than half of the answered weeks, each weighed by the probability
   that its cell gives it; a single odd week at the end changes nothing.
4. Else the weeks disagree: ``unanswered``.

A run is one state, so that it is known at least as well as in its best week: the probabilities of
a standing are those of the week in which its answer is likeliest.
"""

from datetime import date
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from whocut.model.taxonomy import Cause, CellAnswer

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["CELL_COLUMNS", "DISAGREE", "RUN_WEEKS", "Stand", "Standing", "find_standings"]

RUN_WEEKS: Final = 2
"""Weeks that must agree at the end of the period to be a state of their own. provisional"""
DISAGREE: Final = "weeks_disagree"
"""Why a target is unanswered whose weeks have no majority."""
CELL_COLUMNS: Final = (
    *("probe_cc", "target", "week", "n_usable", "answer", "lead", "second"),
    *("p_served", "p_refused_service", "p_refused_edge", "p_interfered", "p_two", "p_cut"),
)
"""Columns of ``cell`` that a standing needs."""

_REFUSED: Final = 1
_INTERFERED: Final = 2
_UNATTRIBUTED: Final = 4
_NONE: Final = 5
_REFUSALS: Final = (CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE, CellAnswer.REFUSED)


class Stand(StrEnum):
    """How a target stands in a country."""

    SERVED = "served"
    REFUSED = "refused"
    """The service, or the edge or cloud below it, refuses the country."""
    INTERFERED = "interfered"
    """Somebody in the path interferes."""
    REFUSED_AND_INTERFERED = "refused_and_interfered"
    """Both at once."""
    UNATTRIBUTED = "unattributed"
    """Cut off, by whom is not shown."""
    UNANSWERED = "unanswered"
    """Measured, without an answer about the country."""


_STANDS: Final = tuple(Stand)
"""In the order of the codes: refused is bit 1, interfered bit 2."""


class Standing(Struct, frozen=True, gc=False):
    """How one target stands in one country, and on what that rests."""

    country: str
    target: str
    stand: Stand
    why: str
    """Of an unanswered one the answer of its last week, or ``weeks_disagree``; else empty."""
    p_refused: float
    p_interfered: float
    p_both: float
    weeks: int
    """Weeks with a cell."""
    weeks_answered: int
    n: int
    """Usable verdicts in the weeks that the standing rests on."""
    since: date
    """First of the weeks that the standing rests on."""
    last: date
    is_changed: bool
    """A run of another answer stands earlier in the period."""


def find_standings(cells: "pa.Table") -> list[Standing]:
    """Combine the cells of a period into one standing for each (country, target).

    Shapes: ``cells`` has CELL_COLUMNS of any countries and targets, one row for each of their
    weeks, of one origin, in any order. The standings are in order of country and target.
    """
    if cells.num_rows == 0:
        return []
    weeks = _Weeks(cells.sort_by([(name, "ascending") for name in ("probe_cc", "target", "week")]))
    first = np.flatnonzero(weeks.is_first)
    last = np.append(first[1:], len(weeks.code))
    bounds = zip(first.tolist(), last.tolist(), strict=True)
    return [_combine(weeks, low, high) for low, high in bounds]


class _Weeks:
    """Sorted cells as arrays: one place for each week."""

    def __init__(self, cells: "pa.Table") -> None:
        self.country, self.target, self.answer = (
            cells[name] for name in ("probe_cc", "target", "answer")
        )
        self.week: NDArray[np.datetime64] = cells["week"].to_numpy()
        self.n: NDArray[np.int64] = _numbers(cells, "n_usable").astype(np.int64)
        self.is_first = _differs(self.country) | _differs(self.target)
        self.code = _codes(cells)
        service, edge = _numbers(cells, "p_refused_service"), _numbers(cells, "p_refused_edge")
        self.refused = np.minimum(service + edge, 1.0)
        self.interfered = _numbers(cells, "p_interfered")
        self.both = np.minimum(np.minimum(self.refused, self.interfered), _numbers(cells, "p_two"))
        of_code = np.stack(
            [
                _numbers(cells, "p_served"),
                self.refused,
                self.interfered,
                self.both,
                _numbers(cells, "p_cut"),
                np.zeros(len(self.code)),
            ]
        )
        self.weight = of_code[self.code, np.arange(len(self.code))]


def _differs(column: "pa.ChunkedArray") -> "NDArray[np.bool_]":
    """Say of each place whether another value stands before it; of the first one always."""
    import pyarrow.compute as pc

    found = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
    return np.append(np.array([True]), found.to_numpy())


def _codes(cells: "pa.Table") -> "NDArray[np.int8]":
    names = ("answer", "lead", "second")
    place = np.zeros(cells.num_rows, np.int64)
    known: list[list[str]] = []
    for name in names:
        encoded = cells[name].combine_chunks().dictionary_encode()
        known.append(encoded.dictionary.to_pylist())
        place = place * len(known[-1]) + encoded.indices.to_numpy()
    combinations = [_code(*key) for key in product(*known)]
    return np.array(combinations, np.int8)[place]


def _numbers(cells: "pa.Table", name: str) -> "NDArray[np.float64]":
    found: NDArray[np.float64] = cells[name].to_numpy().astype(np.float64)
    return found


def _code(answer: str, lead: str, second: str) -> int:
    if answer == CellAnswer.SERVED:
        return 0
    if answer == CellAnswer.CUT_UNATTRIBUTED:
        return _UNATTRIBUTED
    causes = (lead, second) if answer == CellAnswer.TWO_CAUSES else (answer,)
    code = _REFUSED if any(cause in _REFUSALS for cause in causes) else 0
    return (code | (_INTERFERED if Cause.INTERFERED in causes else 0)) or _NONE


def _combine(weeks: _Weeks, low: int, high: int) -> Standing:
    answered = low + np.flatnonzero(weeks.code[low:high] != _NONE)
    codes = weeks.code[answered]
    code, why = _NONE, ""
    rests_on = answered
    if not len(answered):
        why = weeks.answer[high - 1].as_py()
        rests_on = np.arange(low, high)
    else:
        run = _last_run(codes)
        if len(run) >= RUN_WEEKS or len(run) == len(codes):
            code, rests_on = int(codes[-1]), answered[run]
        else:
            code = _majority(codes, weeks.weight[answered])
            rests_on = answered[codes == code] if code != _NONE else answered
            why = DISAGREE if code == _NONE else ""
    best = rests_on[np.argmax(weeks.weight[rests_on])]
    return Standing(
        country=weeks.country[low].as_py(),
        target=weeks.target[low].as_py(),
        stand=_STANDS[code],
        why=why,
        p_refused=float(weeks.refused[best]),
        p_interfered=float(weeks.interfered[best]),
        p_both=float(weeks.both[best]),
        weeks=int(high - low),
        weeks_answered=len(answered),
        n=int(weeks.n[rests_on].sum()),
        since=weeks.week[rests_on[0]].item(),
        last=weeks.week[rests_on[-1]].item(),
        is_changed=_has_other_run(codes, code),
    )


def _last_run(codes: "NDArray[np.int8]") -> "NDArray[np.int64]":
    others = np.flatnonzero(codes != codes[-1])
    start = int(others[-1]) + 1 if len(others) else 0
    return np.arange(start, len(codes))


def _majority(codes: "NDArray[np.int8]", weight: "NDArray[np.float64]") -> int:
    total = np.bincount(codes, weights=weight, minlength=_NONE)
    leader = int(np.argmax(total))
    return leader if total[leader] > total.sum() / 2 else _NONE


def _has_other_run(codes: "NDArray[np.int8]", code: int) -> bool:
    if (codes == code).all():
        return False
    length = 0
    for place, one in enumerate(codes):
        length = length + 1 if place and codes[place - 1] == one else 1
        if length >= RUN_WEEKS and one != code:
            return True
    return False
