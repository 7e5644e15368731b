"""The routers: a namespace and a BIRD each, on one shared medium, as at an exchange point."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec.structs import replace

from whocut_lab.bgp.bird import Policy, ask, configuration, session_name
from whocut_lab.bgp.plan import Plan, Role
from whocut_lab.daemons.process import Daemon
from whocut_lab.node import Node

__all__ = ["Fabric"]

_MEDIUM = "medium"
_COUNT = re.compile(r"(\d+) of \d+ routes for")


def _off_at_first(plan: Plan, name: str) -> frozenset[str]:
    links = plan.links_of(name)
    return frozenset(link.lower for link in links if link.upper == name and not link.is_up)


class Fabric:
    """Running routers of one plan; ``folder`` holds their files, ``out`` the dumps."""

    def __init__(self, plan: Plan, folder: Path, out: Path) -> None:
        self.plan, self._folder, self._out = plan, folder, out
        self._medium = Node(_MEDIUM)
        self._medium.configure_links(
            [
                f"link add {_MEDIUM} type bridge forward_delay 0 stp_state 0",
                f"link set {_MEDIUM} up",
            ]
        )
        self._policies = {name: Policy(off=_off_at_first(plan, name)) for name in plan.networks}
        self._nodes = {name: Node(name) for name in plan.networks}
        for name in plan.networks:
            self._attach(name)
        self._routers: Mapping[str, Daemon] = {name: self._start(name) for name in plan.networks}
        for router in self._routers.values():
            router.wait_ready()

    def _attach(self, name: str) -> None:
        node = self._nodes[name]
        self._medium.configure_links(
            [
                f"link add {name} type veth peer name {_MEDIUM} netns {node.thread_id}",
                f"link set {name} master {_MEDIUM}",
                f"link set {name} up",
            ]
        )
        network = self.plan.networks[name]
        node.configure_links(
            [
                "link set lo up",
                f"addr add {network.address}/16 dev {_MEDIUM}",
                f"addr add {network.address6}/64 dev {_MEDIUM} nodad",
                f"link set {_MEDIUM} up",
            ]
        )

    def _control(self, name: str) -> Path:
        return self._folder / f"{name}.control"

    def _configure(self, name: str) -> Path:
        file = self._folder / f"{name}.conf"
        text = configuration(self.plan, name, self._out, self._policies[name])
        file.write_text(text)
        return file

    def _start(self, name: str) -> Daemon:
        control = self._control(name)
        command = ["bird", "-f", "-c", str(self._configure(name)), "-s", str(control)]
        return Daemon(self._nodes[name], command, self._folder / f"{name}.log", control.exists)

    def ask(self, name: str, command: str) -> str:
        """Give one command to one router."""
        return ask(self._control(name), command)

    def switch(self, name: str, neighbour: str, *, is_on: bool) -> None:
        """Begin or end a session, from one side."""
        off = self._policies[name].off
        off = off - {neighbour} if is_on else off | {neighbour}
        self._policies[name] = replace(self._policies[name], off=off)
        self.ask(name, f"{'enable' if is_on else 'disable'} {session_name(neighbour)}")

    def set_policy(
        self,
        name: str,
        refused: Mapping[str, tuple[str, ...]] | None = None,
        told_all: Collection[str] = (),
    ) -> None:
        """Change what a router takes and tells; its sessions stay."""
        self._policies[name] = replace(
            self._policies[name], refused=dict(refused or {}), told_all=frozenset(told_all)
        )
        self.ask(name, f'configure "{self._configure(name)}"')

    def n_established(self) -> int:
        """Count sessions that stand, each from both of its ends."""
        return sum(self.ask(name, "show protocols").count("Established") for name in self._nodes)

    def n_routes(self) -> int:
        """Count the routes that the collectors hold."""
        found = (self.ask(name, "show route count") for name in self.collectors())
        return sum(int(count) for answer in found for count in _COUNT.findall(answer))

    def collectors(self) -> list[str]:
        """Name the collectors."""
        return [n.name for n in self.plan.networks.values() if n.role is Role.COLLECTOR]

    def dump(self, label: str) -> None:
        """Have every collector write its table."""
        for name in self.collectors():
            file = self._out / f"rib.{label}.{name}.%N.mrt"
            self.ask(name, f'mrt dump table "master*" to "{file}" where source = RTS_BGP')

    def stop(self) -> None:
        """End the routers; what they wrote stays."""
        # Collectors first: what the others withdraw while they end happened to nobody.
        for name in (*self.collectors(), *self._routers):
            self._routers[name].stop()
