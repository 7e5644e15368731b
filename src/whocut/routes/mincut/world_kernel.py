"""How much of the world 64 destinations miss, over and over with other classes refusing.

The room's general kernel takes many destinations at once and stops classes for good. A search asks
thousands of times, and whoever refuses still delivers to its own block: a link onward is open if
its start does not refuse, or if both ends are of one block. One word is one class: a bit for each
destination.
"""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels_graph import KernelGraph, kernel

__all__ = ["LANES", "missed_shares"]

LANES = 64
_U64 = NDArray[np.uint64]
_F64 = NDArray[np.float64]
_I32 = NDArray[np.int32]


@kernel
def missed_shares(graph: KernelGraph, block: _I32, lanes: _I32, shares: _F64, missed: _F64) -> None:
    """Write for each destination the share of the sources that it does not reach.

    ``graph.node_off`` flags who refuses; ``shares`` is of classes.
    """
    count = len(graph.up_start) - 1
    climbed = np.zeros(count, np.uint64)
    held = np.zeros(count, np.uint64)
    full = np.uint64(0)
    for lane in range(len(lanes)):
        full |= np.uint64(1) << np.uint64(lane)
        climbed[lanes[lane]] |= np.uint64(1) << np.uint64(lane)
    _spread(graph, block, climbed, held)
    missed[:] = 0.0
    by_all = 0.0
    for at in range(count - 1, -1, -1):
        word = held[at] | climbed[at]
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            other = graph.up[edge]
            if not graph.node_off[other] or block[other] == block[at]:
                word |= held[other]
        held[at] = word
        if shares[at] == 0.0 or word == full:
            continue
        if word == 0:
            by_all += shares[at]
            continue
        for lane in range(len(lanes)):
            if not (word >> np.uint64(lane)) & np.uint64(1):
                missed[lane] += shares[at]
    missed += by_all


@kernel
def _spread(graph: KernelGraph, block: _I32, climbed: _U64, held: _U64) -> None:
    """Climb from customers to providers, then cross one peering."""
    for at in range(len(climbed)):
        word = climbed[at]
        if word == 0:
            continue
        refuses = graph.node_off[at]
        for edge in range(graph.up_start[at], graph.up_start[at + 1]):
            other = graph.up[edge]
            if not refuses or block[other] == block[at]:
                climbed[other] |= word
        for edge in range(graph.peer_start[at], graph.peer_start[at + 1]):
            other = graph.peer[edge]
            if not refuses or block[other] == block[at]:
                held[other] |= word
