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
from whocut.routes.dependency.flows import Target, measure_flows
from whocut.routes.kernels import Ties
from whocut.routes.mask import Mask, make_mask
from whocut.routes.topology import Topology

__all__ = ["SHARES", "partial_influence", "partial_mask"]

SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the peerings that stay; even steps, since nothing tells which is likelier. Nine steps
came to the same on the published countries (docs/bench.md)."""
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_MASK: Final = 2**64 - 1
_SHIFT: Final = np.uint64(29)
_WHOLE: Final = 2.0**64


def _drawn(low: NDArray[np.uint32], high: NDArray[np.uint32], salt: int) -> NDArray[np.float64]:
    """Give each pair of networks a number in [0, 1) that is its own and depends on nothing else."""
    mixed = (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)
    mixed ^= np.uint64(salt * _MULTIPLIER & _MASK)
    for _ in range(3):
        mixed *= np.uint64(_MULTIPLIER)
        mixed ^= mixed >> _SHIFT
    return mixed.astype(np.float64) / _WHOLE


def partial_mask(topology: Topology, share: float, *, salt: int = 0) -> Mask:
    """Take out all peerings but a share of them; those within the clique stay."""
    sizes = np.diff(topology.peer_start)
    first = np.repeat(topology.first_asn, sizes)
    other = topology.first_asn[topology.peer]
    clique = np.array(topology.clique, np.uint32)
    is_top = np.isin(first, clique) & np.isin(other, clique)
    low, high = np.minimum(first, other), np.maximum(first, other)
    return make_mask(topology, peer=(_drawn(low, high, salt) >= share) & ~is_top)


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
            flows = measure_flows(
                topology, target, viewpoints, ties=ties, workers=workers, mask=mask
            )
        except UsageError:
            if mask is None:
                raise
            continue  # without these peerings nobody abroad has a route
        for asn, value in zip(flows.asns.tolist(), flows.influence().tolist(), strict=True):
            found.setdefault(asn, [0.0] * len(shares))[place] = value
    return {asn: tuple(values) for asn, values in found.items()}
