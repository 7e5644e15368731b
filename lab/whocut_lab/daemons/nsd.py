"""Authoritative name servers: NSD, one instance a view of the names."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from whocut_lab.daemons.process import Daemon, answers_dns
from whocut_lab.node import Node

__all__ = ["Zone", "start_nsd"]


class Zone(Struct, frozen=True):
    """One zone; without records the server fails for it (SERVFAIL)."""

    name: str
    """Without the last dot; empty for the root."""
    records: tuple[str, ...] | None


def _zone_text(zone: Zone) -> str:
    origin = f"{zone.name}."
    dot = "." if zone.name else ""
    primary = f"ns.{zone.name}{dot}" if zone.name else "a.root-servers.example."
    head = f"$ORIGIN {origin}\n$TTL 60\n@ IN SOA {primary} hostmaster.example. 1 600 60 600 60\n"
    return head + "\n".join(zone.records or ()) + "\n"


def start_nsd(
    node: Node, folder: Path, addresses: Sequence[str], zones: Sequence[Zone], port: int = 53
) -> Daemon:
    """Serve zones on addresses of a node."""
    folder.mkdir(parents=True)
    settings: Mapping[str, str] = {
        "zonesdir": str(folder),
        "pidfile": "",
        "xfrdfile": str(folder / "xfrd.state"),
        "zonelistfile": str(folder / "zone.list"),
        "xfrdir": str(folder),
        "username": "",
        "database": "",
    }
    lines = ["server:", "  server-count: 1", "  hide-version: yes", f"  port: {port}"]
    lines += [f"  ip-address: {address}" for address in addresses]
    lines += [f'  {name}: "{value}"' for name, value in settings.items()]
    lines += ["remote-control:", "  control-enable: no"]
    for number, zone in enumerate(zones):
        file = folder / f"{number}.zone"
        if zone.records is not None:
            file.write_text(_zone_text(zone))
        lines += ["zone:", f'  name: "{zone.name or "."}"', f'  zonefile: "{file}"']
    config = folder / "nsd.conf"
    config.write_text("\n".join(lines) + "\n")
    return Daemon(
        node,
        ["nsd", "-d", "-c", str(config)],
        folder / "log",
        lambda: answers_dns(addresses[0], port),
    )
