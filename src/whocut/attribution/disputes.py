"""Accounts of who did it: which exclude each other, and whether anything settles it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct

from whocut.attribution.grading import GRADE_ORDER, Graded
from whocut.attribution.items import Item, share_layer
from whocut.attribution.roles import Cast
from whocut.attribution.vocabulary import (
    CUTS,
    ClaimType,
    FindingGrade,
    HypothesisId,
    Room,
    RuleStrength,
)

__all__ = ["Conflict", "accusations", "conflicts_of", "denials", "deniers", "is_settled"]

_ACCUSES: Final = frozenset({ClaimType.ALLEGES, ClaimType.REPORTS})
_OWN_ACTS: Final = frozenset({ClaimType.ANNOUNCES, ClaimType.ADMITS, ClaimType.ORDERS})
_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})


class Conflict(Struct, frozen=True):
    """Two accounts that exclude each other."""

    one: Item
    other: Item
    hypotheses: frozenset[HypothesisId]
    is_denial: bool


def _weighable(items: Sequence[Item]) -> list[Item]:
    return [one for one in items if one.said is not None and one.aside is None]


def accusations(items: Sequence[Item]) -> list[Item]:
    """List what is said of who did it, or of what happened, by anybody but the doer."""
    return [
        one
        for one in _weighable(items)
        if one.said is not None
        and one.said.stated is not None
        and (one.said.type in _ACCUSES or one.said.is_own_fault)
    ]


def denials(items: Sequence[Item]) -> list[Item]:
    """List the denials."""
    return [
        one
        for one in _weighable(items)
        if one.said is not None and one.said.type is ClaimType.DENIES
    ]


def _is_of_itself(one: Item, cast: Cast) -> bool:
    said = one.said
    if said is None or said.speaker is None:
        return False
    mine = cast.hypothesis_about(said.speaker)
    return said.about == said.speaker or (mine is not None and said.stated is mine)


def deniers(items: Sequence[Item], cast: Cast) -> dict[str, tuple[str, ...]]:
    """Give each party that denies its own part, with the evidence of it."""
    found: dict[str, tuple[str, ...]] = {}
    for one in denials(items):
        if one.said is not None and one.said.speaker is not None and _is_of_itself(one, cast):
            found[one.said.speaker] = (*found.get(one.said.speaker, ()), one.id)
    return found


def _is_serious(one: Item) -> bool:
    """Tell whether an account was read, and is signed by somebody."""
    return "source.read" in one.facts and "source.weak" not in one.facts


def _alike_once(items: Iterable[Item]) -> list[Item]:
    """Keep one of each account: who says it, of whom, what, in which layer."""
    kept: dict[object, Item] = {}
    for one in items:
        said, source = one.said, one.evidence.source
        if said is not None:
            told = (said.speaker, said.about, said.stated, said.type, said.is_interested)
            # A text that quotes a party's admission and its denial is told from two that do.
            text = source if said.is_own else None
            kept.setdefault((told, one.layer, text), one)
    return list(kept.values())


def _relayed_own_words(items: Sequence[Item]) -> list[Item]:
    """What others relay of a party's own words: where the party denies it, it is their word."""
    return [
        one
        for one in _weighable(items)
        if one.said is not None and one.said.type in _OWN_ACTS and "source.primary" not in one.facts
    ]


def _denies(denial: Item, account: Item, cast: Cast) -> bool:
    """Tell whether a denial speaks of what an account says."""
    a, b = denial.said, account.said
    if a is None or b is None or not _is_of_itself(denial, cast):
        return False
    if a.speaker == b.speaker and account.evidence.source == denial.evidence.source:
        return False
    same_party = a.about is not None and a.about == b.about
    same_hypothesis = a.stated is not None and a.stated is b.stated
    return same_party or (same_hypothesis and (b.about is None or a.about is None))


def _blames_back(one: Item, other: Item, cast: Cast) -> bool:
    """Tell whether the one whom an account accuses gives another account."""
    a, b = one.said, other.said
    if a is None or b is None or a.stated is b.stated or a.speaker == b.speaker:
        return False
    if not share_layer(one.layer, other.layer):
        return False
    accused = cast.hypothesis_about(b.speaker)
    is_accused = b.speaker is not None and (
        a.about == b.speaker or (accused is a.stated and a.about in (None, b.speaker))
    )
    both_have_stakes = a.is_interested and b.is_interested
    return is_accused or both_have_stakes


def _stated(*items: Item) -> frozenset[HypothesisId]:
    found = [one.said.stated for one in items if one.said is not None]
    return frozenset(one for one in found if one is not None)


def conflicts_of(items: Sequence[Item], cast: Cast) -> tuple[Conflict, ...]:
    """Find the accounts that exclude each other."""
    accounts = _alike_once(one for one in accusations(items) if _is_serious(one))
    found = [
        Conflict(account, denial, _stated(account), is_denial=True)
        for denial in _alike_once(denials(items))
        for account in (*accounts, *_alike_once(_relayed_own_words(items)))
        if _denies(denial, account, cast)
    ]
    for one, other in combinations(accounts, 2):
        if _blames_back(one, other, cast) or _blames_back(other, one, cast):
            found.append(Conflict(one, other, _stated(one, other), is_denial=False))
    return tuple(found)


def _shows_itself(graded: Graded, conflict: Conflict) -> bool:
    """Tell whether own words in a primary source, or measured identity, carry a hypothesis."""
    return any(
        (one.rule.strength is RuleStrength.PROOF or one.rule.when[0].startswith("identity."))
        and share_layer(one.item.layer, conflict.one.layer)
        for one in graded.carrying
    )


def _speaks_of(graded: Graded, conflict: Conflict) -> bool:
    return any(share_layer(one.item.layer, conflict.one.layer) for one in graded.carrying)


def _is_measured(graded: Graded, conflict: Conflict) -> bool:
    return any(
        one.item.room in _EVENT_ROOMS
        and one.rule.strength is RuleStrength.STRONG
        and share_layer(one.item.layer, conflict.one.layer)
        for one in graded.carrying
    )


def _has_yielded(account: Item, graded: Mapping[HypothesisId, Graded]) -> bool:
    """Tell whether an outsider's report gave way to what was measured, or to own words."""
    said = account.said
    if said is None or said.stated is None or said.is_interested:
        return False
    return graded[said.stated].because == "outsiders" and any(
        one.holds and one.stands and one.id is not said.stated for one in graded.values()
    )


def is_settled(conflict: Conflict, graded: Mapping[HypothesisId, Graded]) -> bool:
    """Tell whether evidence settles a conflict: own words, identity, or that nobody did it.

    A mere denial is settled by a measured hypothesis that is graded strong, too.
    """
    if conflict.is_denial and _has_yielded(conflict.one, graded):
        return True
    for one in graded.values():
        if not one.holds:
            continue
        if one.id not in CUTS:
            if _is_measured(one, conflict):
                return True
            continue
        if _shows_itself(one, conflict):
            return True
        if one.grade is FindingGrade.PROOF and _speaks_of(one, conflict):
            return True
        strong = GRADE_ORDER[one.grade] >= GRADE_ORDER[FindingGrade.STRONG]
        is_seen = any(x.item.room in _EVENT_ROOMS for x in one.carrying)
        if conflict.is_denial and one.id in conflict.hypotheses and strong and is_seen:
            return True
    return False
