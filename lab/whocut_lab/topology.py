"""Which networks there are, how they hang together, and which addresses a run gives them."""

import random
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import msgspec
from msgspec import Struct

from whocut.model.errors import InputError

__all__ = [
    "AddressPlan",
    "Network",
    "NetworkKind",
    "Topology",
    "draw_addresses",
    "load_topology",
    "prefix_table",
]

TOPOLOGY_PATH = Path(__file__).with_name("topology.toml")
_PREFIX_LENGTH = 22


class NetworkKind(StrEnum):
    """What a network is for; each kind has its own hosts."""

    ACCESS = "access"
    """An ISP: router, probe, and one host for its resolver and its block page."""
    BORDER = "border"
    """All traffic of one country passes its router; beside it the state's block page."""
    TRANSIT = "transit"
    ORIGIN = "origin"
    EDGE = "edge"
    REGISTRY = "registry"
    """Authoritative DNS: the root, the top level, and the names of the sites."""
    CONTROL = "control"
    """The control vantage and its resolver."""


class Network(Struct, frozen=True, forbid_unknown_fields=True):
    """One autonomous system of the emulated internet."""

    id: str
    kind: NetworkKind
    country: str
    asn: int
    name: str
    uplink: str = ""


class Topology(Struct, frozen=True, forbid_unknown_fields=True):
    """All networks, as the topology file names them."""

    format: int
    address_pools: tuple[str, ...]
    network: tuple[Network, ...]

    def of_kind(self, kind: NetworkKind) -> tuple[Network, ...]:
        """Pick the networks of one kind, in file order."""
        return tuple(n for n in self.network if n.kind is kind)

    def by_id(self, network_id: str) -> Network:
        """Find a network by id.

        Raises: KeyError if there is none.
        """
        for network in self.network:
            if network.id == network_id:
                return network
        raise KeyError(network_id)


def load_topology(path: Path = TOPOLOGY_PATH) -> Topology:
    """Read and check a topology file.

    Raises: InputError naming the file and the field.
    """
    try:
        topology = msgspec.toml.decode(path.read_bytes(), type=Topology)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InputError(str(error), source=str(path)) from error
    known = {n.id for n in topology.network}
    if len(known) != len(topology.network):
        raise InputError("two networks share an id", source=str(path), field="network.id")
    roots = [n.id for n in topology.network if not n.uplink]
    if len(roots) != 1:
        raise InputError(
            f"one network has no uplink, not {len(roots)}", source=str(path), field="network.uplink"
        )
    for network in topology.network:
        if network.uplink and network.uplink not in known:
            raise InputError(
                f"{network.id} hangs on {network.uplink}, which is not there",
                source=str(path),
                field="network.uplink",
            )
    return topology


class AddressPlan(Struct, frozen=True):
    """The addresses of one run. A /22 a network, cut in four /24s.

    Shapes: ``prefixes`` is keyed by network id.
    """

    prefixes: dict[str, IPv4Network]

    def quarter(self, network: str, number: int) -> IPv4Network:
        """Cut one /24 out of a network's prefix.

        0 holds router and probe, 1 the resolver, 2 the block page, 3 is nobody's.
        """
        return list(self.prefixes[network].subnets(new_prefix=24))[number]

    def router(self, network: str) -> IPv4Address:
        """Address of the network's router, or of its only host."""
        return self.quarter(network, 0)[1]

    def probe(self, network: str) -> IPv4Address:
        """Address of the measuring host in an access network or at the control."""
        return self.quarter(network, 0)[20]

    def resolver(self, network: str) -> IPv4Address:
        """Address of the recursive resolver."""
        return self.quarter(network, 1)[53]

    def block_page(self, network: str) -> IPv4Address:
        """Address of the block page server of an ISP or of the border."""
        return self.quarter(network, 2)[80]

    def nowhere(self, network: str) -> IPv4Address:
        """Give an address of the network where nobody answers."""
        return self.quarter(network, 3)[13]

    def root_server(self, network: str) -> IPv4Address:
        """Address of the DNS root."""
        return self.quarter(network, 0)[53]

    def locate(self, address: str) -> str | None:
        """Name the network that an address belongs to."""
        ip = IPv4Address(address)
        return next((name for name, prefix in self.prefixes.items() if ip in prefix), None)


def draw_addresses(topology: Topology, seed: int) -> AddressPlan:
    """Draw one prefix a network from the pools; the same seed draws the same ones."""
    dice = random.Random(f"addresses {seed}")  # noqa: S311 - repeatable, not secret
    pools = [IPv4Network(pool) for pool in topology.address_pools]
    taken: dict[str, IPv4Network] = {}
    for network in topology.network:
        while True:
            pool = dice.choice(pools)
            steps = 1 << (_PREFIX_LENGTH - pool.prefixlen)
            base = int(pool.network_address) + (dice.randrange(steps) << (32 - _PREFIX_LENGTH))
            prefix = IPv4Network((base, _PREFIX_LENGTH))
            if prefix not in taken.values():
                taken[network.id] = prefix
                break
    return AddressPlan(taken)


def prefix_table(topology: Topology, plan: AddressPlan) -> str:
    """Write the prefixes in the format of CAIDA's routeviews-prefix2as: prefix, length, AS."""
    rows = sorted(
        (plan.prefixes[n.id].network_address, plan.prefixes[n.id].prefixlen, n.asn)
        for n in topology.network
    )
    return "".join(f"{address}\t{length}\t{asn}\n" for address, length, asn in rows)
