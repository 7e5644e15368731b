"""How much address space a prefix stands for, when more specific ones stand beside it."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

import numpy as np
from numpy.typing import NDArray

__all__ = ["own_addresses"]

_Network = IPv4Network | IPv6Network


def own_addresses(prefixes: Sequence[str]) -> NDArray[np.float64]:
    """Count the IPv4 addresses of each prefix without those of its more specifics; 0 for IPv6.

    An address belongs to the longest prefix that holds it, as a router would have it.
    """
    networks: list[tuple[int, int, int]] = []
    for number, text in enumerate(prefixes):
        network: _Network = ip_network(text, strict=False)
        if network.version == 4:
            networks.append((int(network.network_address), network.prefixlen, number))
    own = np.zeros(len(prefixes))
    above: list[tuple[int, int]] = []  # the prefixes that hold the next one: end, number
    for begin, length, number in sorted(networks):
        size = 1 << (32 - length)
        while above and above[-1][0] <= begin:
            above.pop()
        own[number] = size
        if above:
            own[above[-1][1]] -= size
        above.append((begin + size, number))
    return own
