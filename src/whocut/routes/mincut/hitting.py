"""The smallest set that is enough, where only the whole answer can be asked: implicit hitting sets.

If the blocks outside of a set must be touched for anything to be enough, they are a witness: one of
them is in every set that is enough. The smallest set that meets all witnesses known is a lower
bound; if it is enough it is the answer, and the witnesses are the proof; if not, it yields a new
witness. Holds for any question where more blocks never isolate less.
"""

import time
from collections.abc import Callable, Sequence

from whocut.routes.mincut.found import Found, Proof

__all__ = ["least_enough", "least_hitting"]

_Question = Callable[[int], bool]


def least_enough(
    order: Sequence[int], is_enough: _Question, deadline: float, seeds: Sequence[int] = ()
) -> Found | None:
    """Find the smallest set of blocks that is enough; None if all of them are not.

    ``order`` lists the blocks, those that matter least first: so witnesses stay small. ``seeds``
    are sets that may be enough, to begin with.
    """
    asked = _Asked(is_enough)
    everything = sum(1 << block for block in order)
    if asked(0):
        return Found(0, 0, Proof.WITNESSES, asked.count)
    if not asked(everything):
        return None
    first = _pruned(_last_ones(order, asked), order, asked, deadline)
    begun = [each & everything for each in seeds]
    best = min((first, *filter(asked, begun)), key=int.bit_count)
    witnesses: list[int] = []
    bound = 1
    while True:
        found = least_hitting(witnesses, deadline)
        bound = max(bound, found.bound)
        if asked(found.chosen):
            if found.proof is not Proof.OPEN:
                return Found(found.chosen, found.size, Proof.WITNESSES, asked.count)
            best = min(best, found.chosen, key=int.bit_count)
        grown = found.chosen
        while not asked(grown):
            if time.monotonic() > deadline:
                return _stopped(best, bound, asked)
            witness = everything & ~_grown(grown, order, asked, deadline)
            witnesses.append(witness)
            grown |= witness
        pruned = _pruned(grown, order, asked, deadline)
        best = min(best, pruned, key=int.bit_count)
        if bound >= best.bit_count():
            return Found(best, best.bit_count(), Proof.WITNESSES, asked.count)
        if time.monotonic() > deadline:
            return _stopped(best, bound, asked)


def _last_ones(order: Sequence[int], asked: _Question) -> int:
    """Take as few blocks as are enough from the end of the order, where those stand that matter."""
    low, high = 0, len(order)
    while high - low > 1:
        middle = (low + high) // 2
        if asked(sum(1 << block for block in order[len(order) - middle :])):
            high = middle
        else:
            low = middle
    return sum(1 << block for block in order[len(order) - high :])


def _stopped(best: int, bound: int, asked: "_Asked") -> Found:
    is_closed = bound >= best.bit_count()
    return Found(best, bound, Proof.WITNESSES if is_closed else Proof.OPEN, asked.count)


class _Asked:
    """A question that remembers its answers, and what follows from them."""

    def __init__(self, is_enough: _Question) -> None:
        self._is_enough = is_enough
        self._answers: dict[int, bool] = {}
        self.count = 0

    def __call__(self, chosen: int) -> bool:
        known = self._answers.get(chosen)
        if known is None:
            self.count += 1
            known = self._answers[chosen] = self._is_enough(chosen)
        return known


def _grown(chosen: int, order: Sequence[int], asked: _Question, deadline: float) -> int:
    """Add all blocks, many at a time, that leave the set not enough: nothing more can be added.

    Past the deadline fewer are added; the witness is longer, and as true.
    """

    def add(chosen: int, blocks: Sequence[int]) -> int:
        more = chosen
        for block in blocks:
            more |= 1 << block
        if more == chosen or not asked(more):
            return more
        if len(blocks) == 1 or time.monotonic() > deadline:
            return chosen
        half = len(blocks) // 2
        return add(add(chosen, blocks[:half]), blocks[half:])

    return add(chosen, order)


def _pruned(chosen: int, order: Sequence[int], asked: _Question, deadline: float) -> int:
    """Take out blocks that are not needed, many at a time."""

    def drop(chosen: int, blocks: Sequence[int]) -> int:
        if not blocks or time.monotonic() > deadline:
            return chosen
        less = chosen
        for block in blocks:
            less &= ~(1 << block)
        if asked(less):
            return less
        if len(blocks) == 1:
            return chosen
        half = len(blocks) // 2
        return drop(drop(chosen, blocks[:half]), blocks[half:])

    return drop(chosen, [block for block in order if chosen >> block & 1])


def least_hitting(witnesses: Sequence[int], deadline: float) -> Found:
    """Find the smallest set of bits that meets every witness, by branch and bound."""
    kept = _minimal(witnesses)
    best = _greedy(kept)
    root = _packed(kept)
    if root >= best.bit_count():
        return Found(best, best.bit_count(), Proof.WITNESSES, 0)
    stack = [(0, 0, tuple(kept))]
    steps = 0
    while stack:
        steps += 1
        if steps % 256 == 0 and time.monotonic() > deadline:
            return Found(best, root, Proof.OPEN, steps)
        chosen, barred, left = stack.pop()
        if not left:
            if chosen.bit_count() < best.bit_count():
                best = chosen
            continue
        if chosen.bit_count() + _packed(left) >= best.bit_count():
            continue
        narrow = min(left, key=int.bit_count)
        children = []
        for bit in _by_use(narrow, left):
            open_ones = tuple(each & ~barred for each in left if not each & bit)
            if all(open_ones):
                children.append((chosen | bit, barred, _minimal(open_ones)))
            # The later branches do without it: what it leads to has been looked at.
            barred |= bit
        stack.extend(reversed([(a, b, tuple(c)) for a, b, c in children]))
    return Found(best, best.bit_count(), Proof.WITNESSES, steps)


def _minimal(witnesses: Sequence[int]) -> list[int]:
    """Drop witnesses that a smaller one implies."""
    kept: list[int] = []
    for each in sorted(set(witnesses), key=int.bit_count):
        if all(other & ~each for other in kept):
            kept.append(each)
    return kept


def _packed(witnesses: Sequence[int]) -> int:
    """Count witnesses that share nothing: each needs a block of its own."""
    used = found = 0
    for each in sorted(witnesses, key=int.bit_count):
        if not each & used:
            used |= each
            found += 1
    return found


def _by_use(bits: int, witnesses: Sequence[int]) -> list[int]:
    singles = []
    while bits:
        low = bits & -bits
        singles.append(low)
        bits ^= low
    return sorted(singles, key=lambda bit: -sum(1 for each in witnesses if each & bit))


def _greedy(witnesses: Sequence[int]) -> int:
    chosen, left = 0, list(witnesses)
    while left:
        every = 0
        for each in left:
            every |= each
        bit = _by_use(every, left)[0]
        chosen |= bit
        left = [each for each in left if not each & bit]
    return chosen
