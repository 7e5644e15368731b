"""The band of a what-if: what each month's links alone leave, beside those that agree."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec.structs import replace

from whocut.routes.whatif.cut import Holders, add_step, no_cut
from whocut.routes.whatif.outcome import Outcome
from whocut.routes.whatif.reach import reach_of
from whocut.routes.whatif.scenario import Scenario
from whocut.routes.whatif.subject import Subject

__all__ = ["with_band"]


def with_band(
    outcome: Outcome, months: Sequence[Subject], holders: Holders | None = None, *, workers: int = 2
) -> Outcome:
    """Lay the least and the most that single months leave beside what each step leaves.

    ``months``: the country in the links of each month by itself. Ties have no part in it: whether
    there is a path does not hang on which of equal ones is taken.
    Raises: UsageError where a step names nobody that is there in a month.
    """
    if not months:
        return outcome
    with ThreadPoolExecutor(workers) as pool:
        alone = list(pool.map(partial(_shares, outcome.scenario, holders), months))
    steps = []
    for place, step in enumerate(outcome.steps):
        shares = [step.reachable, *(each[place] for each in alone)]
        steps.append(replace(step, reachable_low=min(shares), reachable_high=max(shares)))
    told = tuple(f"{day:%Y-%m}" for subject in months for day in subject.topology.months)
    return replace(outcome, steps=tuple(steps), band_months=told)


def _shares(scenario: Scenario, holders: Holders | None, subject: Subject) -> list[float]:
    """Tell the share of address pairs that is left with nothing stopped, and after each step."""
    cut = no_cut(subject)
    shares = [reach_of(subject, cut, workers=1).share]
    for step in scenario.step:
        cut = add_step(subject, cut, step, holders)
        shares.append(reach_of(subject, cut, workers=1).share)
    return shares
