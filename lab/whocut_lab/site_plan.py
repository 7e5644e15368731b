"""The sites of one play: their names, addresses, chains and pages, drawn by the run's dice."""

import random
from ipaddress import IPv4Address
from pathlib import Path

from msgspec import Struct

from whocut_lab.pages import fill, pad, render_page
from whocut_lab.scenario import Scenario, Site
from whocut_lab.topology import AddressPlan, NetworkKind, Topology

__all__ = ["PlacedSite", "PlacedSites", "draw_word", "place_sites"]

_FIRST = tuple((Path(__file__).with_name("words") / "first.txt").read_text().split())
_SECOND = tuple((Path(__file__).with_name("words") / "second.txt").read_text().split())


class PlacedSite(Struct, frozen=True):
    """One site of a play."""

    key: str
    site: Site
    host: str
    addresses: dict[str, tuple[str, ...]]
    """By serving network."""

    @property
    def zone(self) -> str:
        """Registrable domain of the host."""
        return ".".join(self.host.split(".")[-2:])

    @property
    def url(self) -> str:
        """What the probe is asked to measure."""
        return f"{self.site.scheme}://{self.host}{self.site.path}"

    @property
    def front(self) -> tuple[str, ...]:
        """Every address that the name has."""
        return tuple(ip for addresses in self.addresses.values() for ip in addresses)


class PlacedSites(Struct, frozen=True):
    """All sites of a play."""

    sites: dict[str, PlacedSite]
    origins: dict[str, str]
    """By site key: where an edge fetches it."""
    name_servers: dict[str, str]
    """By zone."""
    bogon: str
    fields: dict[str, str]
    """What pages can name."""

    def zones(self) -> dict[str, list[PlacedSite]]:
        """Group the sites by zone."""
        found: dict[str, list[PlacedSite]] = {}
        for site in self.sites.values():
            found.setdefault(site.zone, []).append(site)
        return found

    def page(self, placed: PlacedSite) -> bytes:
        """Write the page that everybody gets."""
        return render_page(
            placed.site.page, {**self.fields, "host": placed.host}, placed.site.body_bytes
        )

    def answer(self, placed: PlacedSite, page: str, body: str | None) -> bytes:
        """Write the page that an action shows."""
        fields = {**self.fields, "host": placed.host}
        if body is not None:
            return pad(fill(body, fields), 0)
        return render_page(page, fields) if page else b""


def _spread(dice: random.Random, plan: AddressPlan, network: str, count: int) -> tuple[str, ...]:
    """Draw addresses of a network, away from its infrastructure."""
    first = int(plan.quarter(network, 1).network_address)
    return tuple(str(IPv4Address(first + n)) for n in dice.sample(range(1, 3 * 256 - 1), count))


def draw_word(dice: random.Random) -> str:
    """Draw a name for a site."""
    return f"{dice.choice(_FIRST)}-{dice.choice(_SECOND)}-{dice.randrange(1000)}"


def place_sites(
    scenario: Scenario, topology: Topology, plan: AddressPlan, dice: random.Random
) -> PlacedSites:
    """Draw what a scenario leaves open."""
    sites: dict[str, PlacedSite] = {}
    origins: dict[str, str] = {}
    for key, site in scenario.site.items():
        word = draw_word(dice)
        host = site.host or f"www.{word}.example"
        addresses = {n: _spread(dice, plan, n, site.addresses) for n in site.served_by}
        sites[key] = PlacedSite(key, site, host, addresses)
        is_edged = any(topology.by_id(n).kind is NetworkKind.EDGE for n in site.served_by)
        if is_edged and "origin" not in addresses:
            origins[key] = _spread(dice, plan, "origin", 1)[0]
        elif is_edged:
            origins[key] = addresses["origin"][0]
    registry = topology.of_kind(NetworkKind.REGISTRY)[0].id
    zones = list(dict.fromkeys(site.zone for site in sites.values()))
    servers = dict(zip(zones, _spread(dice, plan, registry, len(zones)), strict=True))
    bogon = f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"
    fields = {
        "country": "Exampleland",
        "country_code": "XA",
        "client": str(plan.probe("isp_a")),
        "ray": f"{dice.getrandbits(64):016x}",
        **{f"site.{key}.host": placed.host for key, placed in sites.items()},
        **{f"site.{key}.url": placed.url for key, placed in sites.items()},
    }
    return PlacedSites(sites, origins, servers, bogon, fields)
