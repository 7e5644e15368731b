"""Who ended the links: the provider, its customers, or a third cause, each with its evidence.

A list of links shows that two networks no longer deal with each other, never who wished it. What
can be weighed is selectivity (this country and no other), agreement (several providers at once),
what the customers did otherwise, and whether the country or the watchers changed.
"""

from collections.abc import Sequence

from msgspec import Struct

from whocut.routes.changes.answer import Control, Hypothesis, HypothesisName, Standing, Verdict
from whocut.routes.changes.chances import wilson
from whocut.routes.changes.customers import Fates
from whocut.routes.changes.thresholds import Thresholds

__all__ = ["Case", "grade", "weigh"]


class Case(Struct, frozen=True):
    """What is known of one provider's losses in one country."""

    verdict: Verdict
    n: int
    n_lost: int
    chance: float | None
    elsewhere: Control
    others: Control
    rest: tuple[int, int]
    """Lost, and all, of the country's providers that are not odd: how the country fares."""
    world_share: float
    """Of all providers' customers everywhere, those lost."""
    fates: Fates
    usual: Fates
    """Of the same provider's customers in the country that were kept, or all if none was."""
    n_together: int
    """Independent providers in the same country and month, this one included."""
    n_opposite: int
    """Customers that the provider gained in the country in the same months; of a gain: lost."""
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    """Changes of the watchers."""
    is_gain: bool


def weigh(case: Case, thresholds: Thresholds) -> tuple[Hypothesis, ...]:
    """Weigh the three explanations; none leads where the test finds nothing odd."""
    third = _third_cause(case, thresholds)
    moved = _customers(case, thresholds)
    is_odd = case.verdict in {Verdict.SINGLE, Verdict.SEVERAL}
    others = {third.standing, moved.standing}
    leads = is_odd and Standing.LEADING not in others
    return (_provider(case, is_leading=leads), moved, third)


def _share(count: int, n: int) -> str:
    return f"{count:,} of {n:,}" if n else "none of none"


def _provider(case: Case, *, is_leading: bool) -> Hypothesis:
    verb, rest = ("gained", "kept as usual") if case.is_gain else ("lost", "kept elsewhere")
    speaks: list[str] = []
    against: list[str] = []
    here = f"{_share(case.n_lost, case.n)} customers {verb} here"
    there = f"{_share(case.elsewhere.n_lost, case.elsewhere.n)} in all other countries"
    if case.chance is not None and case.verdict in {Verdict.SINGLE, Verdict.SEVERAL}:
        speaks.append(f"selective: {here}, {there} (p = {case.chance:.1e})")
    elif case.verdict is Verdict.ORDINARY:
        against.append(f"no more than expected: {here}, {there}")
    else:
        against.append(f"nothing to hold it against ({rest} is not known)")
    if case.n_together > 1:
        speaks.append(f"{case.n_together} independent providers in the same country and months")
    elif is_leading:
        against.append("no other independent provider did so in the same country and months")
    if case.n_opposite:
        word = "lost" if case.is_gain else "took on"
        against.append(f"in the same months it {word} {case.n_opposite} other customers there")
    if case.fates.n_again and not case.is_gain:
        against.append(f"{_share(case.fates.n_again, case.fates.n_links)} links are back later")
    if case.fates.n_again and case.is_gain:
        told = (
            f"{_share(case.fates.n_again, case.fates.n_links)} links were there earlier: a return"
        )
        speaks.append(told)
    standing = Standing.LEADING if is_leading else Standing.OPEN
    if case.verdict is Verdict.ORDINARY:
        standing = Standing.UNLIKELY if case.n_lost == 0 else Standing.OPEN
    return Hypothesis(HypothesisName.PROVIDER, standing, tuple(speaks), tuple(against))


def _customers(case: Case, thresholds: Thresholds) -> Hypothesis:
    speaks: list[str] = []
    against: list[str] = []
    share, usual = case.fates.new_share, case.usual.new_share
    told = f"{_share(case.fates.n_with_new, case.fates.n_links)} took a new provider at once"
    if case.is_gain:
        told = f"{_share(case.fates.n_with_new, case.fates.n_links)} left another at once"
    if usual is not None:
        told += f"; of its other customers there {usual:.0%}"
    moved = share is not None and share >= thresholds.moved_share
    is_more = share is not None and (usual is None or share > 2 * usual)
    (speaks if is_more else against).append(told)
    if case.n_together > 1:
        against.append(f"{case.n_together} independent providers at once")
    shared = case.fates.most_shared
    if shared and case.fates.n_links > 1 and 2 * shared[1] > case.fates.n_links:
        speaks.append(
            f"{_share(shared[1], case.fates.n_links)} also buy, and bought, of {shared[0]}"
        )
    if case.n_lost == 1:
        speaks.append("one customer only")
    if moved and is_more and case.n_together < 2:
        standing = Standing.LEADING
    else:
        standing = Standing.OPEN if is_more or case.n_lost == 1 else Standing.UNLIKELY
    return Hypothesis(HypothesisName.CUSTOMERS, standing, tuple(speaks), tuple(against))


def _third_cause(case: Case, thresholds: Thresholds) -> Hypothesis:
    speaks: list[str] = [*case.doubts, *case.notes]
    against: list[str] = []
    country = case.rest[0] / case.rest[1] if case.rest[1] else 0.0
    told = f"providers in the country that are not odd: {_share(*case.rest)} lost"
    is_wide = country >= thresholds.country_wide_share
    floor = thresholds.country_excess * case.world_share
    is_uneasy = wilson(*case.rest)[0] >= floor > 0.0 and case.rest[1] > 0
    if is_uneasy:
        told += f", against {case.world_share:.1%} in the world: the country itself is unsettled"
    (speaks if is_wide or is_uneasy else against).append(told)
    other = case.fates.other_lost_share
    is_customers = other is not None and other >= thresholds.other_lost_share
    if other is not None:
        found = (
            f"the same customers' links to others: {case.fates.n_other_lost} of "
            f"{case.fates.n_kept + case.fates.n_other_lost} lost too"
        )
        (speaks if is_customers else against).append(found)
    if is_wide or is_customers:
        standing = Standing.LEADING
    else:
        standing = Standing.OPEN if case.doubts or is_uneasy else Standing.UNLIKELY
    return Hypothesis(HypothesisName.THIRD_CAUSE, standing, tuple(speaks), tuple(against))


def grade(verdict: Verdict, hypotheses: Sequence[Hypothesis], doubts: Sequence[str]) -> str | None:
    """Grade an alarm: A several independent providers, B one, each without doubt; C with doubts."""
    if verdict not in {Verdict.SINGLE, Verdict.SEVERAL}:
        return None
    leading = {each.name for each in hypotheses if each.standing is Standing.LEADING}
    unlikely = {each.name for each in hypotheses if each.standing is Standing.UNLIKELY}
    is_clear = leading == {HypothesisName.PROVIDER} and HypothesisName.THIRD_CAUSE in unlikely
    if doubts or not is_clear:
        return "C"
    return "A" if verdict is Verdict.SEVERAL else "B"
