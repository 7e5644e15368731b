"""Influence where it is not known how much of its customers' routes a peer hands on.

A list of links holds a peering that was seen once beside one that hands on every route. A
simulation that lets every peer hand on all takes from those who sell transit what they carry. So a
share of the peerings outside the clique is taken out, drawn by a hash of the two networks, and the
answer is the mean over shares from none to all, each counting alike: no figure is fitted.
tests/replay/test_cti.py holds it, and the answer with all peerings, against published figures.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.dependency.flows import Target, measure_influence
from whocut.routes.kernels import Ties
from whocut.routes.kernels_graph import kernel
from whocut.routes.mask import Mask, no_mask
from whocut.routes.topology import Topology

__all__ = ["SHARES", "partial_influence", "partial_mask"]

SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the peerings that stay; even steps, since nothing tells which is likelier. Nine steps
came to the same on the published countries (docs/bench.md)."""
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_WHOLE: Final = 2.0**64


@kernel
def _draw(  # noqa: PLR0917 - kernels take no named arguments
    start: NDArray[np.int32],
    peer: NDArray[np.int32],
    asns: NDArray[np.uint32],
    is_top: NDArray[np.uint8],
    salt: int,
    share: float,
    is_off: NDArray[np.uint8],
) -> None:
    """Give each pair of networks a number in [0, 1) that is its own; take out those from a share.

    The number depends on the two AS numbers and the salt alone.
    """
    factor, shift = np.uint64(_MULTIPLIER), np.uint64(29)
    for at in range(len(start) - 1):
        for edge in range(start[at], start[at + 1]):
            other = peer[edge]
            if is_top[at] and is_top[other]:
                continue
            low, high = min(asns[at], asns[other]), max(asns[at], asns[other])
            mixed = (np.uint64(low) << np.uint64(32) | np.uint64(high)) ^ (np.uint64(salt) * factor)
            for _ in range(3):
                mixed *= factor
                mixed ^= mixed >> shift
            is_off[edge] = np.uint8(np.float64(mixed) / _WHOLE >= share)


def partial_mask(topology: Topology, share: float, *, salt: int = 0) -> Mask:
    """Take out all peerings but a share of them; those within the clique stay."""
    is_top = np.isin(topology.first_asn, np.array(topology.clique, np.uint32)).astype(np.uint8)
    mask = no_mask(topology)
    asns = topology.first_asn
    _draw(topology.peer_start, topology.peer, asns, is_top, salt, share, mask.peer_off)
    return mask


def partial_influence(
    topology: Topology,
    target: Target,
    viewpoints: Sequence[int],
    *,
    ties: Ties = "equal",
    shares: Sequence[float] = SHARES,
    workers: int = 2,
) -> dict[int, tuple[float, ...]]:
    """Give the CTI of each AS for each share of peerings that stay; 0 where nothing is reached.

    Raises: UsageError as measure_flows does, if all peerings stay.
    """
    found: dict[int, list[float]] = {}
    for place, share in enumerate(shares):
        mask = None if share >= 1 else partial_mask(topology, share, salt=place)
        try:
            influence = measure_influence(
                topology, target, viewpoints, ties=ties, workers=workers, mask=mask
            )
        except UsageError:
            if mask is None:
                raise
            continue  # without these peerings nobody abroad has a route
        for asn, value in influence.items():
            found.setdefault(asn, [0.0] * len(shares))[place] = value
    return {asn: tuple(values) for asn, values in found.items()}
