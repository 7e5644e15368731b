"""Build the emulated internet: one namespace a host, virtual links, static routes."""

from collections.abc import Iterator

from whocut_lab.node import Node
from whocut_lab.topology import AddressPlan, Network, NetworkKind, Topology

__all__ = ["EmulatedInternet", "host_of", "probe_of"]

_SERVERS = (
    NetworkKind.ORIGIN,
    NetworkKind.EDGE,
    NetworkKind.REGISTRY,
    NetworkKind.CONTROL,
)
"""Networks that are one host: it answers for every address of its prefix."""


def probe_of(network: str) -> str:
    """Name the host that measures from an access network."""
    return f"probe_{network.removeprefix('isp_')}"


def host_of(network: str) -> str:
    """Name the host beside a router that serves its resolver and its block page."""
    return f"host_{network.removeprefix('isp_')}"


def _step(line: str) -> int:
    return ("link", "addr", "route").index(line.split(maxsplit=1)[0])


class EmulatedInternet:
    """The hosts of one run, linked and routed; nothing listens yet.

    Links are unnumbered: a host's own address sits on it as a /32 and its neighbour is reached
    on-link, so that a run needs no transfer networks and every address has an AS.
    """

    def __init__(self, topology: Topology, plan: AddressPlan) -> None:
        self.topology = topology
        self.plan = plan
        self.nodes: dict[str, Node] = {name: Node(name) for name in self._hosts()}
        self._lines: dict[str, list[str]] = {name: ["link set lo up"] for name in self.nodes}
        for network in topology.network:
            self._address(network)
        for network in topology.network:
            self._link_network(network)
        self._route_all()
        # Both ends of a link must exist before either side is addressed.
        for name, neighbour in self._links:
            self._join(name, neighbour)
        for name, lines in self._lines.items():
            # The kernel wants links before addresses before routes; sorting is stable.
            self.nodes[name].configure_links(sorted(lines, key=_step))
        for network in topology.network:
            if network.kind not in _SERVERS:
                self.nodes[network.id].set_forwarding()

    def _hosts(self) -> Iterator[str]:
        self._links: list[tuple[str, str]] = []
        for network in self.topology.network:
            yield network.id
            if network.uplink:
                self._links.append((network.id, network.uplink))
            if network.kind is NetworkKind.ACCESS:
                self._links.append((probe_of(network.id), network.id))
                yield probe_of(network.id)
            if network.kind in (NetworkKind.ACCESS, NetworkKind.BORDER):
                self._links.append((host_of(network.id), network.id))
                yield host_of(network.id)

    def _join(self, name: str, neighbour: str) -> None:
        """Lay one link: the interface at either end is named after the other."""
        peer = self.nodes[neighbour].thread_id
        self.nodes[name].configure_links(
            [f"link add {neighbour} type veth peer name {name} netns {peer}"]
        )

    def _address(self, network: Network) -> None:
        plan, lines = self.plan, self._lines[network.id]
        lines.append(f"addr add {plan.router(network.id)}/32 dev lo")
        if network.kind in _SERVERS:
            lines.append(f"route add local {plan.prefixes[network.id]} dev lo")

    def _link_network(self, network: Network) -> None:
        """Attach the hosts of one network to its router."""
        plan, name = self.plan, network.id
        router = plan.router(name)
        attached: list[tuple[str, list[str]]] = []
        if network.kind is NetworkKind.ACCESS:
            attached.append((probe_of(name), [f"{plan.probe(name)}/32"]))
        if network.kind in (NetworkKind.ACCESS, NetworkKind.BORDER):
            shared = [str(plan.quarter(name, 1)), str(plan.quarter(name, 2))]
            attached.append((host_of(name), shared))
        for host, prefixes in attached:
            source = plan.probe(name) if host == probe_of(name) else plan.resolver(name)
            self._lines[host] += [
                f"link set {name} up",
                f"addr add {source}/32 dev {name}",
                *(f"route add local {prefix} dev lo" for prefix in prefixes if "/24" in prefix),
                f"route add default via {router} dev {name} onlink src {source}",
            ]
            self._lines[name] += [
                f"link set {host} up",
                *(f"route add {prefix} dev {host} src {router}" for prefix in prefixes),
            ]

    def _route_all(self) -> None:
        """Give every router a default route up and a route to each network below it."""
        plan = self.plan
        for network in self.topology.network:
            if not network.uplink:
                continue
            parent, own = plan.router(network.uplink), plan.router(network.id)
            self._lines[network.id] += [
                f"link set {network.uplink} up",
                f"route add default via {parent} dev {network.uplink} onlink src {own}",
            ]
            self._lines[network.uplink].append(f"link set {network.id} up")
            below, above = network.id, network.uplink
            while above:
                via = plan.router(below)
                self._lines[above].append(
                    f"route add {plan.prefixes[network.id]} via {via} dev {below} onlink"
                )
                below, above = above, self.topology.by_id(above).uplink
