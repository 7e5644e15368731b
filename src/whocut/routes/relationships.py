"""Several months of AS relationships against each other: what they agree on, who watched."""

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import reduce

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology import CollectorDays, LinkTally, Relationships
from whocut.model.errors import UsageError

__all__ = [
    "CollectorChange",
    "Relationships",
    "collector_warning",
    "compare_collectors",
    "consensus",
]

_PEER_SHIFT = 0.05
"""Provisional: of the 23 steps from month to month in serial-1 of 2021 and 2022, nine shift
the peers by 10 % or more, the rest by less than 4 %."""
_SHIFT_RATIO = 5
"""Provisional: peers that shift so much more than customers do are a matter of who watches."""
_Keys = NDArray[np.uint64]
_Asns = NDArray[np.uint32]


class CollectorChange(Struct, frozen=True):
    """How the watchers of two months differ; links that come or go may be theirs, not the world's.

    The list of collectors does not say all: from 2022-04 to 2022-05 the same 42 collectors watched
    on as many days, and the links between peers fell by 12 %, those of customers by nothing.
    So the numbers of links stand beside the names.
    """

    gone: tuple[str, ...]
    come: tuple[str, ...]
    kept: tuple[str, ...]
    other_days: tuple[str, ...]
    """Kept, but with fewer or more days of paths than before."""
    is_known: bool
    """False where either file names no collector: then nothing can be said."""

    sold_links: tuple[int, int]
    """Links of providers with customers, before and after."""
    peer_links: tuple[int, int]

    @property
    def is_same(self) -> bool:
        """True if both months were watched by the same collectors for as many days."""
        return self.is_known and not (self.gone or self.come or self.other_days)


def compare_collectors(before: Relationships, after: Relationships) -> CollectorChange:
    """Compare who watched in two months."""
    days_before = {each.collector: len(each.days) for each in before.collector_days}
    days_after = {each.collector: len(each.days) for each in after.collector_days}
    kept = tuple(sorted(days_before.keys() & days_after.keys()))
    return CollectorChange(
        gone=tuple(sorted(days_before.keys() - days_after.keys())),
        come=tuple(sorted(days_after.keys() - days_before.keys())),
        kept=kept,
        other_days=tuple(name for name in kept if days_before[name] != days_after[name]),
        is_known=bool(days_before and days_after),
        sold_links=(len(before.provider), len(after.provider)),
        peer_links=(len(before.peer_a), len(after.peer_a)),
    )


def collector_warning(change: CollectorChange) -> str | None:
    """Say why links that differ between two months may be the watchers' doing; or nothing."""
    reasons = []
    if not change.is_known:
        reasons.append("a file does not name its collectors")
    if change.gone:
        reasons.append(f"no longer watching: {', '.join(change.gone)}")
    if change.come:
        reasons.append(f"newly watching: {', '.join(change.come)}")
    if change.other_days:
        reasons.append(f"on more or fewer days: {', '.join(change.other_days)}")
    peers, sold = _shift(change.peer_links), _shift(change.sold_links)
    if abs(peers) >= _PEER_SHIFT and abs(peers) >= _SHIFT_RATIO * abs(sold):
        reasons.append(f"links between peers {peers:+.0%}, links to customers {sold:+.1%}")
    return "; ".join(reasons) or None


def _shift(links: tuple[int, int]) -> float:
    before, after = links
    return after / before - 1 if before else 0.0


def consensus(months: Sequence[Relationships], *, is_strict: bool = True) -> Relationships:
    """Keep the links that have one and the same relation in all months.

    Not strict: in more than half of them. A relation that was inferred wrongly in one month invents
    a provider; the next months do not repeat it.
    Raises: UsageError without months, with one month twice, or with serial-1 beside serial-2.
    """
    ordered = sorted(months, key=lambda each: each.day)
    _check_months(ordered)
    if len(ordered) == 1:
        return ordered[0]
    needed = len(ordered) if is_strict else len(ordered) // 2 + 1
    sold = _agreed([_pack(each.provider, each.customer) for each in ordered], needed)
    peers = _agreed([_pack(each.peer_a, each.peer_b) for each in ordered], needed)
    siblings = _agreed([_pack(each.sibling_a, each.sibling_b) for each in ordered], needed)
    rule = "strict" if is_strict else "majority"
    digest = hashlib.sha256(" ".join([rule, *(each.sha256 for each in ordered)]).encode())
    return Relationships(
        day=ordered[-1].day,
        serial=ordered[-1].serial,
        **dict(zip(("provider", "customer"), _unpack(sold), strict=True)),
        **dict(zip(("peer_a", "peer_b"), _unpack(peers), strict=True)),
        **dict(zip(("sibling_a", "sibling_b"), _unpack(siblings), strict=True)),
        clique=_in_all([each.clique for each in ordered]),
        collectors=tuple(sorted({name for each in ordered for name in each.collectors})),
        sha256=digest.hexdigest(),
        source=f"{rule} consensus of {', '.join(each.source for each in ordered)}",
        months=tuple(each.day for each in ordered),
        exchanges=_in_all([each.exchanges for each in ordered]),
        collector_days=_joined_days(ordered),
        tally=LinkTally(lines=sum(each.tally.lines for each in ordered)),
    )


def _check_months(ordered: Sequence[Relationships]) -> None:
    if not ordered:
        raise UsageError("a consensus needs at least one month")
    days = [each.day for each in ordered]
    if len(set(days)) < len(days):
        twice = next(day for day in days if days.count(day) > 1)
        raise UsageError(f"a consensus takes each month once; {twice:%Y-%m} is there twice")
    if len({each.serial for each in ordered}) > 1:
        raise UsageError("serial-1 and serial-2 see different links; a consensus takes one of them")


def _pack(first: _Asns, second: _Asns) -> _Keys:
    return (first.astype(np.uint64) << np.uint64(32)) | second


def _unpack(keys: _Keys) -> tuple[_Asns, _Asns]:
    return (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)


def _agreed(lists: Sequence[_Keys], needed: int) -> _Keys:
    """Keep what stands in at least ``needed`` lists; each is sorted and free of repeats."""
    if needed == len(lists):
        return reduce(_in_both, lists)
    found, counts = np.unique(np.concatenate(lists), return_counts=True)
    return found[counts >= needed]


def _in_both(first: _Keys, second: _Keys) -> _Keys:
    return np.intersect1d(first, second, assume_unique=True)


def _in_all(lists: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted(set(lists[0]).intersection(*lists[1:])))


def _joined_days(months: Sequence[Relationships]) -> tuple[CollectorDays, ...]:
    days: dict[str, set[date]] = {}
    for month in months:
        for each in month.collector_days:
            days.setdefault(each.collector, set()).update(each.days)
    return tuple(CollectorDays(name, tuple(sorted(days[name]))) for name in sorted(days))
