"""Networks of a country that see the same foreign networks the same way: one stands for all.

What is refused abroad changes nothing at home. Two classes from which the same foreign networks are
climbed to, and the same met on the way down, have the same fate under every set.
"""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.topology import Topology

__all__ = ["group_views"]


def group_views(
    topology: Topology, is_home: NDArray[np.bool_], classes: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Choose for each of the classes asked about the one that stands for it."""
    climbing, falling = _entries(topology, is_home)
    chosen: dict[tuple[int, int], int] = {}
    return np.array(
        [
            chosen.setdefault((climbing[at], falling[at] & ~climbing[at]), at)
            for at in classes.tolist()
        ],
        np.int32,
    )


def _entries(
    topology: Topology, is_home: NDArray[np.bool_]
) -> tuple[dict[int, int], dict[int, int]]:
    """Find for each class of the country the foreign classes climbed to, and those met falling.

    Sets are bits, numbered as foreign classes turn up. Classes are in order, customers first.
    """
    homes = np.flatnonzero(is_home).tolist()
    rows = [
        (start.tolist(), target)
        for start, target in (
            (topology.up_start, topology.up),
            (topology.down_start, topology.down),
            (topology.peer_start, topology.peer),
        )
    ]
    number: dict[int, int] = {}
    sold: dict[int, int] = {}
    for at in homes:
        sold[at] = 0
        for other in _row(rows[1], at):
            sold[at] |= (
                sold[other] if is_home[other] else 1 << number.setdefault(other, len(number))
            )
    climbing: dict[int, int] = {}
    falling: dict[int, int] = {}
    for at in reversed(homes):
        up, down = 0, sold[at]
        for other in _row(rows[2], at):
            down |= sold[other] if is_home[other] else 1 << number.setdefault(other, len(number))
        for other in _row(rows[0], at):
            if is_home[other]:
                up |= climbing[other]
                down |= falling[other]
            else:
                up |= 1 << number.setdefault(other, len(number))
        climbing[at], falling[at] = up, down
    return climbing, falling


def _row(rows: tuple[list[int], NDArray[np.int32]], at: int) -> list[int]:
    start, target = rows
    found: list[int] = target[start[at] : start[at + 1]].tolist()
    return found
