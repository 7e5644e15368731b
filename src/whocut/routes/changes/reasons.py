"""Each lost link with a named reason; what no other reason explains is a withdrawal.

Reasons are tried in the order of ``Reason``. For gains time runs backwards: a customer that
"vanished" is then one that was not there before, and a block that moved came from one provider.
"""

from enum import StrEnum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.changes.blocks import Blocks, find_blocks
from whocut.routes.changes.distinct import distinct
from whocut.routes.changes.panel import Panel, all_of, any_of
from whocut.routes.changes.thresholds import Thresholds
from whocut.routes.changes.window import Window, months_apart

__all__ = ["LostLinks", "Reason", "find_lost_links"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Reason(StrEnum):
    """Why a link that was there is not."""

    REAPPEARED = "reappeared"
    """Gone in the first month and back in a later one of the window."""
    SHORT_LIVED = "short_lived"
    """Half a year earlier it was not there: a leak, a trial, or a relation inferred for a while."""
    VANISHED_CUSTOMER = "vanished_customer"
    """The customer's network is in no link at all."""
    RELATION_FLIP = "relation_flip"
    """The two are still linked, as peers or the other way round."""
    SIBLING_PROVIDER = "sibling_provider"
    """Another network of the provider's organisation carries the customer."""
    SIBLING_CUSTOMER = "sibling_customer"
    """The provider still carries another network of the customer's organisation."""
    RENUMBERING = "renumbering"
    """The provider carries another network of the customer's organisation, and did not before."""
    VANISHED_PROVIDER = "vanished_provider"
    """The provider's organisation carries nobody any more."""
    LOST_EVERYWHERE = "lost_everywhere"
    """The provider lost most of its customers everywhere: an end, a sale, or its watchers."""
    BLOCK_MOVE = "block_move"
    """The lost customers sit behind one and the same other provider: a sale, a merger, or a seller
    between."""
    COLLECTOR_CHANGE = "collector_change"
    """Links of all providers and countries were lost at once that month."""
    WITHDRAWN = "withdrawn"
    """None of these: provider and customer both live, and no longer deal with each other."""


REASONS: tuple[Reason, ...] = tuple(Reason)
_CODE = {reason: code for code, reason in enumerate(REASONS)}


class LostLinks(Struct, frozen=True):
    """Links at risk in a window, and what became of them."""

    at_risk: Ints
    """Rows of the panel that were there in every month before."""
    is_lost: Bools
    """Of those: not there in the first month after."""
    reason: NDArray[np.int8]
    """Of those: place in ``REASONS``; -1 where not lost."""
    blocks: Blocks
    world_share: float
    """Of all links at risk, those lost for good while both ends live."""

    def rows_of(self, reason: Reason) -> Ints:
        """Give the panel's rows of the links lost for a reason."""
        found: Ints = self.at_risk[self.reason == _CODE[reason]]
        return found


def find_lost_links(panel: Panel, window: Window, thresholds: Thresholds) -> LostLinks:
    """Tell for every link of a window whether it was lost, and why."""
    after = window.after
    first = max(after) if window.is_reversed else min(after)
    exempt = panel.is_internal | panel.exchange[panel.provider] | panel.exchange[panel.customer]
    candidates = np.flatnonzero(~exempt)
    at_risk = candidates[all_of(panel.carried, candidates, window.before)]
    is_lost = ~panel.carried[at_risk, first]
    reason = np.full(len(at_risk), -1, np.int8)
    _settle(reason, is_lost, any_of(panel.carried, at_risk, after), Reason.REAPPEARED)
    _settle(
        reason, is_lost, _is_short_lived(panel, at_risk, window, thresholds), Reason.SHORT_LIVED
    )
    lives = all_of(panel.alive, panel.customer[at_risk], after)
    _settle(reason, is_lost, ~lives, Reason.VANISHED_CUSTOMER)
    flipped = any_of(panel.otherwise, at_risk, after)
    _settle(reason, is_lost, flipped, Reason.RELATION_FLIP)
    _settle_siblings(reason, is_lost, panel, at_risk, window)
    is_open = is_lost & (reason < 0)
    world = float(is_open.sum() / max(len(at_risk), 1))
    _settle(reason, is_lost, ~_sells(panel, at_risk, window), Reason.VANISHED_PROVIDER)
    is_open = is_lost & (reason < 0)
    wide = _lost_everywhere(panel, at_risk, is_open, thresholds)
    _settle(reason, is_lost, wide, Reason.LOST_EVERYWHERE)
    remaining = at_risk[is_lost & (reason < 0)]
    blocks = find_blocks(panel, window, remaining, at_risk, thresholds)
    moved = np.zeros(len(at_risk), np.bool_)
    moved[np.searchsorted(at_risk, remaining[blocks.target >= 0])] = True
    _settle(reason, is_lost, moved, Reason.BLOCK_MOVE)
    if world > thresholds.world_share:
        _settle(reason, is_lost, np.ones(len(at_risk), np.bool_), Reason.COLLECTOR_CHANGE)
    _settle(reason, is_lost, np.ones(len(at_risk), np.bool_), Reason.WITHDRAWN)
    return LostLinks(at_risk, is_lost, reason, blocks, world)


def _is_short_lived(panel: Panel, at_risk: Ints, window: Window, thresholds: Thresholds) -> Bools:
    """Say of each link whether the months before, as far as they are at hand, did not have it yet.

    Of gains: whether the months that followed no longer had it.
    """
    edge = panel.months[max(window.before) if window.is_reversed else min(window.before)]
    beyond = [
        column
        for column, month in enumerate(panel.months)
        if (month > edge if window.is_reversed else month < edge)
        and months_apart(month, edge) <= thresholds.lasting_months
    ]
    if not beyond:
        return np.zeros(len(at_risk), np.bool_)
    furthest = [max(beyond) if window.is_reversed else min(beyond)]
    return ~any_of(panel.carried, at_risk, furthest)


def _settle(reason: NDArray[np.int8], is_lost: Bools, holds: Bools, name: Reason) -> None:
    reason[is_lost & (reason < 0) & holds] = _CODE[name]


def _settle_siblings(
    reason: NDArray[np.int8], is_lost: Bools, panel: Panel, at_risk: Ints, window: Window
) -> None:
    after = window.after
    row, by_network = panel.by_network
    carries = any_of(by_network, row[at_risk], after)
    _settle(reason, is_lost, carries, Reason.SIBLING_PROVIDER)
    row, by_unit = panel.by_unit
    pair = row[at_risk]
    still = any_of(by_unit, pair, after)
    # A link of the pair that was there before and holds is no renumbering: the rest is kept.
    kept = np.zeros(len(by_unit), np.bool_)
    every = np.arange(len(row))
    holds = any_of(panel.carried, every, window.before) & any_of(panel.carried, every, after)
    kept[row[holds]] = True
    _settle(reason, is_lost, still & ~kept[pair], Reason.RENUMBERING)
    _settle(reason, is_lost, still, Reason.SIBLING_CUSTOMER)


def _sells(panel: Panel, at_risk: Ints, window: Window) -> Bools:
    """Say of each link whether its provider carries anybody in the months after."""
    unit = panel.unit[panel.provider]
    sold = any_of(panel.carried, np.arange(len(unit)), window.after)
    sells = np.zeros(len(panel.country), np.bool_)
    sells[unit[sold & ~panel.is_internal]] = True
    found: Bools = sells[unit[at_risk]]
    return found


def _lost_everywhere(panel: Panel, at_risk: Ints, is_open: Bools, thresholds: Thresholds) -> Bools:
    """Say of each link whether its provider lost most customers, in more than one country."""
    own = panel.unit[panel.provider[at_risk]]
    size = len(panel.country)
    n_risk = np.bincount(own, minlength=size)
    n_lost = np.bincount(own[is_open], minlength=size)
    many = (n_lost >= thresholds.least_block) & (n_lost >= thresholds.everywhere_share * n_risk)
    # A provider in one country only cannot lose customers "everywhere".
    many &= _countries_served(panel, at_risk, own, size) > 1
    found: Bools = many[own]
    return found


def _countries_served(panel: Panel, at_risk: Ints, own: Ints, size: int) -> Ints:
    country = panel.country[panel.unit[panel.customer[at_risk]]]
    pairs = distinct(own * len(panel.countries) + country)
    served: Ints = np.bincount(pairs // len(panel.countries), minlength=size)
    return served
