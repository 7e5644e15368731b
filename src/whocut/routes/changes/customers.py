"""What the customers of a lost link did otherwise: kept providers, took new ones, lost others."""

from collections import Counter

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.changes.answer import CustomerChange
from whocut.routes.changes.blocks import customers_behind
from whocut.routes.changes.panel import Panel
from whocut.routes.changes.reasons import REASONS, LostLinks
from whocut.routes.changes.window import Window, month_label

__all__ = ["Fates", "follow_customers", "tell_customers"]

Ints = NDArray[np.int64]


class Fates(Struct, frozen=True):
    """Of some links that were lost: what became of their customers' other links."""

    n_links: int
    n_kept: int
    """Links to other providers, there throughout."""
    n_other_lost: int
    """Links to other providers, lost in the same months."""
    n_with_new: int
    """Of the links: those whose customer has a new provider."""
    n_again: int
    """Of the links: those that are there again in a later month; of gains: that were before."""
    most_shared: tuple[str, int] | None
    """The other provider that most of the customers have, and how many have it."""

    @property
    def other_lost_share(self) -> float | None:
        """Of the customers' other links: those lost too; none if they had none."""
        both = self.n_kept + self.n_other_lost
        return self.n_other_lost / both if both else None

    @property
    def new_share(self) -> float | None:
        """Of the links: those whose customer has a new provider."""
        return self.n_with_new / self.n_links if self.n_links else None


class _Others(Struct, frozen=True):
    kept: dict[int, set[int]]
    gone: dict[int, set[int]]
    new: dict[int, set[int]]


def _others(panel: Panel, window: Window, links: Ints) -> _Others:
    """Sort the other providers of the links' customers, by place in ``links``."""
    before = _sets(customers_behind(panel, links, window.before))
    after = _sets(customers_behind(panel, links, window.after))
    ever_before = _sets(customers_behind(panel, links, window.before, is_any=True))
    ever_after = _sets(customers_behind(panel, links, window.after, is_any=True))
    none: set[int] = set()
    places = range(len(links))
    return _Others(
        kept={each: before.get(each, none) & after.get(each, none) for each in places},
        gone={each: before.get(each, none) - ever_after.get(each, none) for each in places},
        new={each: after.get(each, none) - ever_before.get(each, none) for each in places},
    )


def _sets(pairs: tuple[Ints, Ints]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for place, unit in zip(pairs[0].tolist(), pairs[1].tolist(), strict=True):
        found.setdefault(place, set()).add(unit)
    return found


def follow_customers(panel: Panel, window: Window, links: Ints) -> Fates:
    """Count what the customers of some links did otherwise."""
    others = _others(panel, window, links)
    shared = Counter(unit for units in others.kept.values() for unit in units)
    most = min(shared.items(), key=lambda each: (-each[1], each[0]), default=None)
    return Fates(
        n_links=len(links),
        n_kept=sum(map(len, others.kept.values())),
        n_other_lost=sum(map(len, others.gone.values())),
        n_with_new=sum(map(bool, others.new.values())),
        n_again=int(panel.carried[links][:, window.past(panel)].any(axis=1).sum()),
        most_shared=(panel.name_of(most[0]), most[1]) if most else None,
    )


def tell_customers(
    panel: Panel, window: Window, lost: LostLinks, places: Ints
) -> tuple[CustomerChange, ...]:
    """Name each lost link, its reason and what its customer did; withdrawn ones last, by number."""
    links = lost.at_risk[places]
    others = _others(panel, window, links)
    target = dict(zip(lost.blocks.rows.tolist(), lost.blocks.target.tolist(), strict=True))
    told: list[CustomerChange] = []
    for place, link in enumerate(links.tolist()):
        customer = int(panel.customer[link])
        moved = target.get(link, -1)
        reason = REASONS[lost.reason[places[place]]]
        told.append(
            CustomerChange(
                asn=int(panel.asns[customer]),
                name=panel.name_of(int(panel.unit[customer])),
                provider_asn=int(panel.asns[panel.provider[link]]),
                reason=reason.value,
                other_providers=len(others.kept[place]),
                new_providers=tuple(sorted(map(panel.name_of, others.new[place]))),
                other_lost=len(others.gone[place]),
                again=_again(panel, window, link),
                moved_to=panel.name_of(moved) if moved >= 0 else None,
            )
        )
    return tuple(sorted(told, key=lambda one: (one.reason, one.asn, one.provider_asn)))


def _again(panel: Panel, window: Window, link: int) -> str | None:
    """Find the month nearest to the window in which the link is there again."""
    columns = window.past(panel)
    there = columns[panel.carried[link, columns]]
    if not len(there):
        return None
    return month_label(panel.months[int(there.max() if window.is_reversed else there.min())])
