"""Runs of weeks in one state, and who is behind each: what adds up over weeks and what does not."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec import Struct

from whocut.access.spans.chain import CAUSES_OF_STATE, Evidence, Floats, Ints
from whocut.access.spans.thresholds import COLLECTED_MEASUREMENTS, SPAN_FLOOR
from whocut.model.taxonomy import Cause, CellAnswer

__all__ = ["CLEAR", "Segment", "cut_series"]

CLEAR: Final = 0
_REFUSALS: Final = frozenset({Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE})
_NOTHING: Final[dict[str, float]] = {}


class Segment(Struct, frozen=True):
    """Neighbouring measured weeks in one state."""

    first: int
    """Row of its first week."""
    last: int
    """Row of its last week."""
    state: int
    causes: dict[str, float]
    """What is reported of it, with the share of the cut that is its; empty where it is clear."""


def cut_series(
    posterior: Floats, evidence: Evidence, n_usable: Floats, starts: Ints, lengths: Ints
) -> Iterator[list[Segment]]:
    """Yield the segments of each series in which some week is likelier cut than clear."""
    is_cut = posterior[:, CLEAR] < 0.5
    states = np.where(is_cut, posterior[:, 1:].argmax(axis=1) + 1, CLEAR)
    n_cut = np.concatenate([[0], np.cumsum(is_cut)])
    has_cut = n_cut[starts + lengths] > n_cut[starts]
    for start, length in zip(starts[has_cut].tolist(), lengths[has_cut].tolist(), strict=True):
        own = states[start : start + length]
        edges = np.flatnonzero(np.diff(own)) + 1
        firsts = [0, *edges.tolist()]
        lasts = [*(edges - 1).tolist(), length - 1]
        segments = [
            _segment(start + first, start + last, int(own[first]), evidence, n_usable)
            for first, last in zip(firsts, lasts, strict=True)
        ]
        yield _joined(segments, evidence, n_usable)


def _segment(first: int, last: int, state: int, evidence: Evidence, n_usable: Floats) -> Segment:
    if state == CLEAR:
        return Segment(first, last, state, _NOTHING)
    return Segment(first, last, state, _who(slice(first, last + 1), evidence, n_usable))


def _who(rows: slice, evidence: Evidence, n_usable: Floats) -> dict[str, float]:
    """Say who is behind a cut, as far as its weeks show together.

    Weeks weigh by how surely each shows a cut. Their evidence on who adds up only as long as it is
    made of few measurements. Where most of them lack what more weeks do not give, nobody is named.
    """
    nobody = {CellAnswer.CUT_UNATTRIBUTED.value: 1.0}
    weight = evidence.p_cut[rows]
    if _falls_short(rows, evidence):
        return nobody
    weeks = max(float(weight.sum()), 1.0)
    measurements = max(float((weight * n_usable[rows]).sum()), 1.0)
    scale = min(1.0, max(1.0 / weeks, COLLECTED_MEASUREMENTS / measurements))
    log_share = np.log(evidence.among) + scale * (weight[:, None] * evidence.log_who[rows]).sum(
        axis=0
    )
    share = np.exp(log_share - log_share.max())
    share /= share.sum()
    by_cause = {
        cause: float(sum(p for p, causes in zip(share, CAUSES_OF_STATE[1:], strict=True)
                         if cause in causes))
        for cause in sorted(_REFUSALS | {Cause.INTERFERED})
    }  # fmt: skip
    named = {cause.value: p for cause, p in by_cause.items() if p >= SPAN_FLOOR}
    refused = sum(by_cause[cause] for cause in _REFUSALS)
    if refused >= SPAN_FLOOR and not _REFUSALS & named.keys():
        named[CellAnswer.REFUSED.value] = min(refused, 1.0)
    return named or nobody


def _falls_short(rows: slice, evidence: Evidence) -> bool:
    """Say whether most of the weeks lack what more weeks do not give."""
    weight = evidence.p_cut[rows]
    return bool((weight * evidence.falls_short[rows]).sum() > 0.5 * weight.sum())


def _joined(segments: list[Segment], evidence: Evidence, n_usable: Floats) -> list[Segment]:
    """Join neighbours that are one cut, the surest pair first, whichever way time runs."""
    joined = list(segments)
    while True:
        pairs = {
            place: both
            for place in range(len(joined) - 1)
            if (both := _as_one(joined[place], joined[place + 1], evidence, n_usable))
        }
        if not pairs:
            return joined
        place = max(pairs, key=lambda place: max(pairs[place].causes.values()))
        joined[place : place + 2] = [pairs[place]]


def _as_one(
    before: Segment, after: Segment, evidence: Evidence, n_usable: Floats
) -> Segment | None:
    """Take two neighbours as one cut if either alone, or both together, say the same."""
    if CLEAR in (before.state, after.state):
        return None
    if _is_vague(before) != _is_vague(after):
        # Weeks that can name nobody are not lent the name of their neighbours.
        vague = before if _is_vague(before) else after
        if _falls_short(slice(vague.first, vague.last + 1), evidence):
            return None
    both = _who(slice(before.first, after.last + 1), evidence, n_usable)
    if _is_vague(before) or _is_vague(after):
        is_one = both.keys() in (before.causes.keys(), after.causes.keys())
    else:
        is_one = before.causes.keys() == after.causes.keys()
    if not is_one:
        return None
    longer = max(before, after, key=lambda one: one.last - one.first)
    return Segment(before.first, after.last, longer.state, both)


def _is_vague(segment: Segment) -> bool:
    return not {cause.value for cause in _REFUSALS | {Cause.INTERFERED}} & segment.causes.keys()
