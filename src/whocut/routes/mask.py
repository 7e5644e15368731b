"""What is taken out of a topology for a question: flags on links and classes, nothing rebuilt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.topology import Topology

__all__ = ["Mask", "make_mask", "no_mask"]


@dataclass(frozen=True, eq=False)
class Mask:
    """Flags (1 is off) for each link of ``up``, each direction of ``peer``, each class."""

    up_off: NDArray[np.uint8]
    peer_off: NDArray[np.uint8]
    """Both directions of a link are off, or neither."""
    node_off: NDArray[np.uint8]
    """A class that carries nothing for the destinations asked about, and gets nothing."""


def no_mask(topology: Topology) -> Mask:
    """Leave everything in."""
    return Mask(
        np.zeros(len(topology.up), np.uint8),
        np.zeros(len(topology.peer), np.uint8),
        np.zeros(topology.class_count, np.uint8),
    )


def make_mask(
    topology: Topology,
    *,
    up: NDArray[np.bool_] | None = None,
    peer: NDArray[np.bool_] | None = None,
    node: NDArray[np.bool_] | None = None,
) -> Mask:
    """Take out links and classes; a link between peers goes if either direction is named."""
    mask = no_mask(topology)
    if up is not None:
        mask.up_off[:] = up
    if peer is not None:
        mask.peer_off[:] = peer | peer[topology.peer_twin]
    if node is not None:
        mask.node_off[:] = node
    return mask
