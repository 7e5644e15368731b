"""From where a country is looked at when no list of viewpoints is given."""

import numpy as np
from numpy.typing import NDArray

from whocut.routes.topology import Topology

__all__ = ["VIEWPOINTS", "draw_viewpoints"]

VIEWPOINTS = 100
"""Provisional: enough for shares of one per cent; a hundred leave ten out at either end."""


def draw_viewpoints(
    topology: Topology,
    weights: NDArray[np.float64],
    is_home: NDArray[np.bool_],
    count: int = VIEWPOINTS,
) -> tuple[int, ...]:
    """Draw networks abroad at equal steps of weight, country after country.

    So the mean over them stands for the world's addresses, not for whoever feeds a collector. No
    chance is in it: networks stand by country, the heaviest first, and each step takes one. A
    network that holds several steps is drawn once.
    """
    abroad = np.flatnonzero(~is_home & (weights > 0))
    if not len(abroad):
        return ()
    order = abroad[np.lexsort((topology.asns[abroad], -weights[abroad], topology.country[abroad]))]
    held = np.cumsum(weights[order])
    steps = (np.arange(count) + 0.5) * held[-1] / count
    drawn = np.unique(order[np.searchsorted(held, steps)])
    return tuple(int(asn) for asn in topology.asns[drawn])
