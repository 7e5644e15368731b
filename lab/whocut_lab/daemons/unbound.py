"""Recursive resolvers: Unbound, from the lab's own root, with the lies an ISP tells."""

from collections.abc import Sequence
from pathlib import Path

from whocut_lab.actions import Answer
from whocut_lab.daemons.process import Daemon, answers_dns
from whocut_lab.node import Node

__all__ = ["local_rules", "start_unbound"]


def local_rules(
    host: str, answer: Answer, addresses: Sequence[str], failing_server: int
) -> list[str]:
    """Write the lines that make a resolver lie about one name.

    ``failing_server`` is a port on the resolver's loopback where a server fails for every name.
    """
    zone = f'"{host}."'
    match answer:
        case Answer.ADDRESSES:
            return [f"  local-zone: {zone} redirect"] + [
                f'  local-data: "{host}. 60 IN A {address}"' for address in addresses
            ]
        case Answer.NXDOMAIN:
            return [f"  local-zone: {zone} always_nxdomain"]
        case Answer.NO_ANSWER:
            return [f"  local-zone: {zone} always_nodata"]
        case Answer.REFUSED:
            return [f"  local-zone: {zone} always_refuse"]
        case Answer.DROP:
            return [f"  local-zone: {zone} always_deny"]
        case Answer.SERVFAIL:
            # Asked of a server that fails, the resolver fails at once.
            forwarder = f"  forward-addr: 127.0.0.1@{failing_server}"
            return ["forward-zone:", f"  name: {zone}", forwarder]


def start_unbound(
    node: Node, folder: Path, address: str, root_server: str, rules: Sequence[str]
) -> Daemon:
    """Serve recursion at an address of a node."""
    folder.mkdir(parents=True)
    hints = folder / "root.hints"
    hints.write_text(
        f". 3600 IN NS a.root-servers.example.\na.root-servers.example. 3600 IN A {root_server}\n"
    )
    server_lines = [line for line in rules if line.startswith("  local-")]
    other_lines = [line for line in rules if line not in server_lines]
    config = folder / "unbound.conf"
    lines = [
        "server:",
        '  username: ""',
        '  chroot: ""',
        f'  directory: "{folder}"',
        '  pidfile: ""',
        "  use-syslog: no",
        '  logfile: ""',
        "  do-daemonize: no",
        "  do-ip6: no",
        "  num-threads: 1",
        "  msg-cache-size: 1m",
        "  rrset-cache-size: 1m",
        "  outgoing-range: 64",
        '  module-config: "iterator"',
        "  do-not-query-localhost: no",
        '  local-zone: "example." nodefault',
        f"  interface: {address}",
        f"  outgoing-interface: {address}",
        "  access-control: 0.0.0.0/0 allow",
        f'  root-hints: "{hints}"',
        *server_lines,
        *other_lines,
        "remote-control:",
        "  control-enable: no",
    ]
    config.write_text("\n".join(lines) + "\n")
    return Daemon(
        node,
        ["unbound", "-d", "-c", str(config)],
        folder / "log",
        lambda: answers_dns(address, 53),
    )
