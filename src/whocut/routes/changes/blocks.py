"""Customers that left a provider together and sit behind one and the same other provider.

A sale, a merger, or a seller that now stands between: Liberty Global's customers of 2021 are behind
Vodafone's companies of their countries. Either most of them took that provider at once; or it
carried most of them before, and the provider's whole business there ended. Customers that were
dropped one by one keep the providers that they had, and where one of these is large most of them
may have it: that is no move.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.changes.distinct import distinct
from whocut.routes.changes.panel import Panel, all_of, any_of
from whocut.routes.changes.thresholds import Thresholds
from whocut.routes.changes.window import Window

__all__ = ["Blocks", "customers_behind", "find_blocks"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Blocks(Struct, frozen=True):
    """Of each candidate link: the unit that its customer moved to in a block, or -1."""

    rows: Ints
    target: Ints


def find_blocks(
    panel: Panel, window: Window, lost: Ints, at_risk: Ints, thresholds: Thresholds
) -> Blocks:
    """Find the provider behind which most lost customers of one (provider, country) sit.

    The same is asked of a provider's lost customers in all countries together, for a sale of the
    whole where each country has few.
    """
    found = Blocks(lost, np.full(len(lost), -1, np.int64))
    if not len(lost):
        return found
    unit = panel.unit[panel.provider[lost]]
    country = panel.country[panel.unit[panel.customer[lost]]]
    behind = customers_behind(panel, lost, window.after)
    is_new = ~_pairs_in(behind, customers_behind(panel, lost, window.before, is_any=True), panel)
    usual = _usual_shares(panel, window, at_risk)
    risk_unit = panel.unit[panel.provider[at_risk]]
    risk_country = panel.country[panel.unit[panel.customer[at_risk]]]
    size = len(panel.countries)
    for group, risk in (
        (unit * size + country, risk_unit * size + risk_country),
        (unit, risk_unit),
    ):
        whole = _whole_business(panel, (lost, group), (at_risk, risk), thresholds)
        for holds in (is_new, whole[behind[0]]):
            sellers = behind[0][holds], behind[1][holds]
            _mark_blocks(found, panel, group, behind=sellers, usual=usual, thresholds=thresholds)
    return found


def _pairs_in(pairs: tuple[Ints, Ints], others: tuple[Ints, Ints], panel: Panel) -> Bools:
    size = len(panel.country)
    found: Bools = np.isin(pairs[0] * size + pairs[1], others[0] * size + others[1])
    return found


def _whole_business(
    panel: Panel,
    lost: tuple[Ints, Ints],
    at_risk: tuple[Ints, Ints],
    thresholds: Thresholds,
) -> Bools:
    """Say of each lost link whether its provider lost most of its customers of the group.

    Both are links with their groups.
    """
    size = len(panel.country)
    at_stake = distinct(at_risk[1] * size + panel.unit[panel.customer[at_risk[0]]]) // size
    gone = distinct(lost[1] * size + panel.unit[panel.customer[lost[0]]]) // size
    groups, n_gone = np.unique(gone, return_counts=True)
    staked, n_staked = np.unique(at_stake, return_counts=True)
    n_all = n_staked[np.searchsorted(staked, groups)]
    share = n_gone / n_all
    found: Bools = share[np.searchsorted(groups, lost[1])] >= thresholds.block_share
    return found


def customers_behind(
    panel: Panel, links: Ints, months: Sequence[int], *, is_any: bool = False
) -> tuple[Ints, Ints]:
    """List (place in ``links``, provider's unit) of every other provider of those customers.

    Carried in each of ``months``, or in any of them; a unit is named once a link.
    """
    order, starts = panel.customer_links
    customer = panel.customer[links]
    counts = starts[customer + 1] - starts[customer]
    which = np.repeat(np.arange(len(links)), counts)
    ends = np.cumsum(counts)
    offset = np.arange(len(which)) - np.repeat(ends - counts, counts)
    rows = order[starts[customer][which] + offset]
    seen = any_of if is_any else all_of
    holds = seen(panel.carried, rows, months) & ~panel.is_internal[rows]
    which, other = which[holds], panel.unit[panel.provider[rows[holds]]]
    is_other = other != panel.unit[panel.provider[links[which]]]
    pairs = distinct(which[is_other] * len(panel.country) + other[is_other])
    return pairs // len(panel.country), pairs % len(panel.country)


class _Usual(Struct, frozen=True):
    """Each provider's share of the networks of each country that buy from anybody at all."""

    key: Ints
    """Unit and country of its customers, in one number."""
    share: NDArray[np.float64]
    n_countries: int

    def share_of(self, unit: int, country: Ints) -> float:
        """Give a provider's share, averaged over the countries of some customers."""
        wanted = unit * self.n_countries + country
        place = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        found = np.where(self.key[place] == wanted, self.share[place], 0.0)
        return float(found.mean())


def _usual_shares(panel: Panel, window: Window, at_risk: Ints) -> _Usual:
    links = at_risk[all_of(panel.carried, at_risk, window.after)]
    size = len(panel.countries)
    customer = panel.customer[links]
    sold = panel.unit[panel.provider[links]] * size + panel.country[panel.unit[customer]]
    sold = distinct(sold * len(panel.asns) + customer) // len(panel.asns)
    key, n_sold = np.unique(sold, return_counts=True)
    buyers = panel.country[panel.unit[distinct(panel.customer[at_risk])]]
    n_buyers = np.bincount(buyers, minlength=size)
    return _Usual(key, n_sold / np.maximum(n_buyers[key % size], 1), size)


def _mark_blocks(
    blocks: Blocks,
    panel: Panel,
    group: Ints,
    *,
    behind: tuple[Ints, Ints],
    usual: _Usual,
    thresholds: Thresholds,
) -> None:
    """Mark the links of a group that sit behind its most common other provider, if it is a block.

    Counted in customers' organisations: three networks of one customer are no block.
    """
    which, other = behind
    target = blocks.target
    buyer = panel.unit[panel.customer[blocks.rows]]
    size = len(panel.country)
    groups, place = np.unique(group, return_inverse=True)
    n_lost = np.bincount(np.unique(place * size + buyer) // size, minlength=len(groups))
    pair = place[which] * size + other
    distinct = np.unique(np.stack([pair, buyer[which]]), axis=1)[0]
    pairs, n_pair = np.unique(distinct, return_counts=True)
    is_block = (n_pair >= thresholds.least_block) & (
        n_pair >= thresholds.block_share * n_lost[pairs // size]
    )
    for block, count in zip(pairs[is_block], n_pair[is_block], strict=True):
        member = which[pair == block]
        country = panel.country[buyer[member]]
        share = count / n_lost[block // size]
        if share >= thresholds.block_lift * usual.share_of(int(block % size), country):
            target[member[target[member] < 0]] = block % size
