"""Put one scenario on: daemons, rules and shapers, and take all of it off again."""

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from whocut_lab.authorities import Authorities
from whocut_lab.daemons.process import Daemon
from whocut_lab.network import EmulatedInternet, host_of
from whocut_lab.node import Node
from whocut_lab.packet_filter import PacketFilter, prefix_set
from whocut_lab.scenario import Scenario, sources_of
from whocut_lab.site_plan import PlacedSite, PlacedSites
from whocut_lab.topology import NetworkKind

__all__ = ["Stage", "Stoppable"]

_FIRST_PORT = 20_000
_ports = itertools.count(_FIRST_PORT)


class Stoppable(Protocol):
    """Something that runs while a scenario is on."""

    def stop(self) -> None:
        """End it."""
        ...


class Stage:
    """What the parts of one scenario share while they are put on."""

    def __init__(
        self,
        internet: EmulatedInternet,
        authorities: Authorities,
        scenario: Scenario,
        placed: PlacedSites,
        folder: Path,
    ) -> None:
        self.internet, self.authorities = internet, authorities
        self.scenario, self.placed, self.folder = scenario, placed, folder
        self.topology, self.plan = internet.topology, internet.plan
        self.filter = PacketFilter()
        self.daemons: list[Daemon] = []
        self.others: list[Stoppable] = []
        self.shaped: list[tuple[str, str]] = []

    def node(self, name: str) -> Node:
        """Find a host of the emulated internet."""
        return self.internet.nodes[name]

    def next_port(self) -> int:
        """Give a port that no earlier scenario of this run used."""
        return next(_ports)

    def sources(self, names: Sequence[str]) -> str:
        """Write source names as a set of prefixes."""
        return prefix_set(self.plan.prefixes[n] for n in sources_of(names, self.topology))

    def networks(self, names: Sequence[str]) -> tuple[str, ...]:
        """Turn source names into network ids."""
        return sources_of(names, self.topology)

    def site(self, key: str) -> PlacedSite:
        """Find a site of this play."""
        return self.placed.sites[key]

    def side_host(self, network: str) -> str:
        """Name the node of a network's resolver and block page."""
        kind = self.topology.by_id(network).kind
        is_beside = kind in (NetworkKind.ACCESS, NetworkKind.BORDER)
        return host_of(network) if is_beside else network

    def resolve_places(self, places: Sequence[str]) -> tuple[str, ...]:
        """Turn place names (``bogon``, ``block_page:border``, an address) into addresses."""
        return tuple(itertools.chain.from_iterable(map(self._place, places)))

    def _place(self, place: str) -> tuple[str, ...]:
        word, _, argument = place.partition(":")
        match word:
            case "bogon":
                return (self.placed.bogon,)
            case "loopback":
                return ("127.0.0.1",)
            case "nowhere":
                return (str(self.plan.nowhere(argument)),)
            case "block_page":
                return (str(self.plan.block_page(argument)),)
            case "site":
                key, _, rest = argument.partition(".")
                network, _, number = rest.partition(".")
                site = self.site(key)
                found = site.addresses[network] if network else site.front
                return (found[int(number) - 1],) if number else found
            case _:
                return (place,)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Wait for the daemons, apply the rules, and undo everything at the end."""
        try:
            for daemon in self.daemons:
                daemon.wait_ready()
            # Only now: a rule against everyone would also keep us from seeing that a server is up.
            self.filter.apply(self.internet.nodes)
            yield
        finally:
            self.filter.clear(self.internet.nodes)
            for node, device in self.shaped:
                self.node(node).run(["tc", "qdisc", "del", "dev", device, "root"])
            for running in (*self.others, *self.daemons):
                running.stop()
            shutil.rmtree(self.folder, ignore_errors=True)
