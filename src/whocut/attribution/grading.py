"""From weights to grades: sums over independent groups, and the structure each grade asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution.finding import Weight
from whocut.attribution.items import share_layer
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import (
    ABOVE_NETWORK,
    CUTS,
    Direction,
    FindingGrade,
    HypothesisId,
    Room,
    RuleStrength,
)
from whocut.attribution.weighing import Fired, is_rebutted_by

__all__ = ["GRADE_ORDER", "Graded", "grade_all", "graded_on"]

GRADE_ORDER: Final[Mapping[FindingGrade, int]] = {
    FindingGrade.PROOF: 3,
    FindingGrade.STRONG: 2,
    FindingGrade.SUGGESTIVE: 1,
    FindingGrade.INSUFFICIENT: 0,
    FindingGrade.CONTRADICTED: -1,
}
_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_LAYERS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE, Room.CLAIM})
_DECIMALS: Final = 6
"""Sums are rounded, so that no order of adding shows."""


class Graded(Struct, frozen=True):
    """A hypothesis with its grade, and all that fired for or against it."""

    id: HypothesisId
    grade: FindingGrade
    score: float
    counted: tuple[Fired, ...]
    """What the score rests on, for and against."""
    weights: tuple[Weight, ...]
    because: str = ""
    carrying: tuple[Fired, ...] = ()
    """What carries it, each more than a hint."""

    @property
    def holds(self) -> bool:
        """Whether the evidence carries it."""
        return GRADE_ORDER[self.grade] > 0

    @property
    def stands(self) -> bool:
        """Whether it rests on own words, a measurement or a route change, not on reports alone."""
        return any(one.item.room in _EVENT_ROOMS or _is_own(one) for one in self.carrying)


def _is_own(one: Fired) -> bool:
    return {"claim.own", "claim.own_act"} <= one.item.facts


def _is_identity(one: Fired) -> bool:
    return one.rule.strength is RuleStrength.STRONG and one.rule.when[0].startswith("identity.")


def _strongest(found: Iterable[Fired]) -> dict[str, Fired]:
    """Take the strongest of each group; of equals the one that stands first by its id."""
    best: dict[str, Fired] = {}
    for one in sorted(found, key=lambda x: (-x.rule.nats, x.item.id, x.rule.id)):
        best.setdefault(one.item.group, one)
    return best


def _score(speaking_for: Iterable[Fired], against: Iterable[Fired]) -> float:
    gain = sorted(one.rule.nats for one in _strongest(speaking_for).values())
    loss = sorted(one.rule.nats for one in _strongest(against).values())
    return round(float(sum(gain) - sum(loss)), _DECIMALS)


def _conditions(found: Sequence[Fired]) -> frozenset[str]:
    """Say which structures the evidence has; copies in one group and hints add none."""
    carrying = [one for one in found if one.carries]
    rooms = {one.item.room for one in carrying} & _LAYERS
    has_event = bool(rooms & _EVENT_ROOMS)
    has_primary = any(one.rule.strength is RuleStrength.PROOF for one in carrying)
    witnesses = {one.item.witness for one in carrying}
    groups = {one.item.group for one in carrying}
    holds = {
        "own_words_primary": has_primary,
        "own_words": any(_is_own(one) for one in carrying),
        "measured_or_routed": has_event,
        "measured_routed_or_primary": has_event or has_primary,
        "two_layers": len(rooms) > 1,
        "two_witnesses": len(witnesses) > 1 and len(groups) > 1,
        "one_witness": bool(carrying),
        "identity_on_many_networks": any(_is_identity(one) for one in carrying),
    }
    return frozenset(name for name, is_so in holds.items() if is_so)


def _apart(found: Sequence[Fired]) -> tuple[Sequence[Fired], ...]:
    """Part words of accounts and sales from routes, where no other words bear on these.

    That nothing new is sold and that links end are two acts; neither shows the other.
    """
    routed = [one for one in found if one.item.room is Room.ROUTE]
    spoken = [one for one in found if one.item.room is Room.CLAIM]
    if not routed or any(one.item.layer not in ABOVE_NETWORK for one in spoken):
        return (found,)
    return [one for one in found if one not in spoken], spoken


def _grade(speaking_for: Sequence[Fired], against: Sequence[Fired], tables: Tables) -> FindingGrade:
    """Give the best grade that one part of it reaches by itself."""
    reached = [FindingGrade.INSUFFICIENT]
    for part in _apart(speaking_for):
        score, conditions = _score(part, against), _conditions(part)
        reached += [
            rule.id
            for rule in tables.grade
            if score >= rule.nats and any(conditions.issuperset(every) for every in rule.any)
        ]
    return max(reached, key=lambda grade: GRADE_ORDER[grade])


def graded_on(graded: Graded, kept: Sequence[Fired], tables: Tables) -> Graded:
    """Grade a hypothesis on a part of what counts, as on what can be of one party."""
    against = [one for one in graded.counted if not one.is_for]
    return replace(
        graded,
        grade=_grade(kept, against, tables),
        score=_score(kept, against),
        counted=(*kept, *against),
        carrying=tuple(one for one in kept if one.carries),
    )


def _weight(one: Fired, counted: bool, why_not: str, by: tuple[str, ...]) -> Weight:
    return Weight(
        evidence=one.item.id,
        rule=one.rule.id,
        direction=one.rule.direction,
        nats=one.rule.nats,
        strength=one.rule.strength,
        group=one.item.group,
        witness=one.item.witness,
        room=one.item.room,
        counted=counted,
        why_not=why_not,
        by=by,
        is_own=_is_own(one),
        is_identity=_is_identity(one),
    )


def _weights(found: Sequence[Fired], used: Sequence[Fired]) -> tuple[Weight, ...]:
    """List all that fired, with what became of it; the strongest first."""
    kept = {(one.item.id, one.rule.id) for one in used}
    best = {
        direction: _strongest(one for one in used if one.rule.direction is direction)
        for direction in Direction
    }
    weights = []
    for one in found:
        leader = best[one.rule.direction].get(one.item.group)
        if one.gives_way:
            weights.append(_weight(one, False, one.way, one.gives_way))
        elif one.rule.nats == 0:
            weights.append(_weight(one, False, "", ()))
        elif (one.item.id, one.rule.id) not in kept:
            weights.append(_weight(one, False, "met" if one.is_for else "elsewhere", ()))
        elif leader is not None and leader is not one:
            weights.append(_weight(one, False, "weaker_in_group", (leader.item.id,)))
        else:
            weights.append(_weight(one, True, "", ()))
    return tuple(sorted(weights, key=lambda w: (not w.counted, -w.nats, w.evidence, w.rule)))


def _graded(hypothesis: HypothesisId, found: Sequence[Fired], tables: Tables) -> Graded:
    """Grade one hypothesis: on all there is, or on what nothing of the same time rebuts."""
    speaking_for = [one for one in found if one.is_for and one.counts]
    against = [one for one in found if not one.is_for and one.counts]
    rebuttals = [one for one in against if one.rule.rebuts]
    lasting = [one for one in against if not one.rule.rebuts]
    unmet = [
        one
        for one in speaking_for
        if not any(is_rebutted_by(one.item, other.item) for other in rebuttals)
    ]
    ways = [(speaking_for, against), (unmet, lasting)] if rebuttals else [(speaking_for, against)]
    graded = []
    for pro, contra in ways:
        score, grade = _score(pro, contra), _grade(pro, contra, tables)
        counted = (*pro, *contra)
        carrying = tuple(one for one in pro if one.carries)
        weights = _weights(found, counted)
        graded.append(Graded(hypothesis, grade, score, counted, weights, carrying=carrying))
    # Where nothing speaks for it, the rebuttals are shown as they stand.
    return max(graded, key=lambda one: (GRADE_ORDER[one.grade], bool(one.carrying), one.score))


def _outsiders_yield(graded: dict[HypothesisId, Graded]) -> dict[HypothesisId, Graded]:
    """Let reports of others alone yield to what stands, and to each other, in one layer."""
    doers = [one for one in graded.values() if one.holds and one.id is not HypothesisId.NO_CUT]
    for one in doers:
        if one.stands:
            continue
        rivals = [
            other
            for other in doers
            if other.id is not one.id
            and (other.stands or not one.stands)
            and any(
                share_layer(a.item.layer, b.item.layer)
                for a in one.carrying
                for b in other.carrying
            )
        ]
        if rivals:
            grade = FindingGrade.INSUFFICIENT
            graded = {**graded, one.id: replace(one, grade=grade, because="outsiders")}
    return graded


def _no_cut_yields(graded: dict[HypothesisId, Graded]) -> dict[HypothesisId, Graded]:
    no_cut = graded[HypothesisId.NO_CUT]
    if no_cut.holds and any(one.holds for key, one in graded.items() if key is not no_cut.id):
        grade = FindingGrade.INSUFFICIENT
        graded = {**graded, no_cut.id: replace(no_cut, grade=grade, because="excluded")}
    return graded


_STATED: Final = frozenset(
    f"claim.{name}" for name in ("announces", "admits", "orders", "restores", "alleges", "reports")
)


def _contradicted(one: Graded, found: Sequence[Fired], graded: dict[HypothesisId, Graded]) -> bool:
    """Tell whether somebody states it and it is measured otherwise."""
    stated = [
        fired
        for fired in found
        if fired.item.said is not None
        and fired.item.said.stated is one.id
        and not _STATED.isdisjoint(fired.item.facts)
    ]
    if not stated:
        return False
    if any(fired.way == "voided" or "claim.not_done" in fired.item.facts for fired in stated):
        return True
    against = [
        fired
        for fired in found
        if not fired.is_for
        and fired.counts
        and fired.item.room in _EVENT_ROOMS
        and fired.rule.strength is not RuleStrength.HINT
        and any(is_rebutted_by(x.item, fired.item) for x in stated)
    ]
    if against:
        return True
    no_cut = graded[HypothesisId.NO_CUT]
    served = [x for x in no_cut.carrying if x.item.room in _EVENT_ROOMS] if no_cut.holds else []
    return one.id in CUTS and any(
        share_layer(a.item.layer, b.item.layer) for a in served for b in stated
    )


def grade_all(found: Sequence[Fired], tables: Tables) -> dict[HypothesisId, Graded]:
    """Grade the seven hypotheses, each by itself, and then against each other."""
    of = {key: [one for one in found if one.hypothesis is key] for key in HypothesisId}
    graded = {key: _graded(key, of[key], tables) for key in HypothesisId}
    graded = _no_cut_yields(_outsiders_yield(graded))
    for key, one in graded.items():
        if not one.holds and _contradicted(one, of[key], graded):
            grade = FindingGrade.CONTRADICTED
            graded = {**graded, key: replace(one, grade=grade, because="contradicted")}
    return graded
