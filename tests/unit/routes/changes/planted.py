"""A small world with known changes, written as files of relationships and organisations.

Twelve countries of forty networks each, six global providers with customers in all of them and two
domestic ones a country; one link in a hundred ends each month for no reason of note, of a network
at most one.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from whocut.ingest.topology import read_organisations, read_relationships
from whocut.routes.changes import Panel, build_panel

COUNTRIES = ("AA", "BB", "CC", "DD", "EE", "FF", "GG", "HH", "II", "JJ", "KK", "LL")
GLOBAL = (100, 200, 300, 400, 500, 600)
MONTHS = tuple(f"2021{month:02}01" for month in range(1, 13))
_CUSTOMERS = 40

Links = set[tuple[int, int]]


def networks_of(country: str) -> list[int]:
    """The customers of a country."""
    base = 10_000 + 1_000 * COUNTRIES.index(country)
    return list(range(base, base + _CUSTOMERS))


def domestic_of(country: str) -> tuple[int, int]:
    """The domestic providers of a country."""
    base = 10_000 + 1_000 * COUNTRIES.index(country)
    return base + 900, base + 901


@dataclass
class World:
    """Links by month, and peers by month; a test changes them from a month on."""

    links: dict[str, Links]
    peers: dict[str, Links] = field(default_factory=dict)
    siblings: dict[int, int] = field(default_factory=dict)
    """Network to the network whose organisation it shares."""

    def from_month(self, month: str, change: Callable[[Links], None]) -> None:
        """Change the links of a month and all that follow."""
        for each in MONTHS:
            if each >= month:
                change(self.links[each])

    def customers(self, provider: int, country: str, month: str) -> list[int]:
        """A provider's customers in a country."""
        own = set(networks_of(country))
        return sorted(b for a, b in self.links[month] if a == provider and b in own)

    def drop(self, provider: int, customers: Iterable[int], month: str) -> None:
        """End links from a month on."""
        gone = {(provider, customer) for customer in customers}
        self.from_month(month, lambda links: links.difference_update(gone))

    def add(self, provider: int, customers: Iterable[int], month: str) -> None:
        """Begin links in a month."""
        new = {(provider, customer) for customer in customers}
        self.from_month(month, lambda links: links.update(new))


def make_world(seed: int) -> World:
    """Draw a world in which nothing of note happens."""
    rng = random.Random(seed)
    links: Links = set()
    for country in COUNTRIES:
        for network in networks_of(country):
            links.update((p, network) for p in rng.sample(domestic_of(country), 1))
            links.update((p, network) for p in rng.sample(GLOBAL, 3))
        links.update((rng.choice(GLOBAL), domestic) for domestic in domestic_of(country))
    world = World({})
    for month in MONTHS:
        ended = [link for link in sorted(links) if rng.random() <= 0.01]
        for provider, customer in ended:
            # Whoever has one provider left vanishes with it, which is another reason than planted.
            if sum(each == customer for _, each in links) > 3:
                links.discard((provider, customer))
        world.links[month] = set(links)
    return world


def write_world(world: World, folder: Path, serial: int = 1) -> tuple[list[Path], Path]:
    """Write the files that CAIDA would."""
    paths = []
    end = "|bgp" if serial == 2 else ""
    for month, links in world.links.items():
        lines = [f"# source:topology|BGP|{month}|ripe|rrc00"]
        peers = world.peers.get(month, set()) | {(700, 701)}
        lines += [f"{a}|{b}|-1{end}" for a, b in sorted(links)]
        lines += [f"{a}|{b}|0{end}" for a, b in sorted(peers)]
        name = "as-rel2" if serial == 2 else "as-rel"
        path = folder / f"{month}.{name}.txt"
        path.write_text("\n".join(lines) + "\n")
        paths.append(path)
    return paths, _write_organisations(world, folder)


def _write_organisations(world: World, folder: Path) -> Path:
    place = dict.fromkeys((*GLOBAL, 700, 701), "US")
    for country in COUNTRIES:
        place.update(dict.fromkeys((*networks_of(country), *domestic_of(country)), country))
    place.update({new: place[old] for new, old in world.siblings.items()})
    lines = ["# format:org_id|changed|org_name|country|source"]
    lines += [f"O{asn}|20200101|Network {asn}|{cc}|TEST" for asn, cc in sorted(place.items())]
    lines.append("# format:aut|changed|aut_name|org_id|opaque_id|source")
    lines += [
        f"{asn}|20200101|AS{asn}|O{world.siblings.get(asn, asn)}|x|TEST" for asn in sorted(place)
    ]
    path = folder / "20210101.as-org2info.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def panel_of(world: World, folder: Path, serial: int = 1) -> Panel:
    """Write a world, and read it as whocut does."""
    paths, organisations = write_world(world, folder, serial)
    return build_panel([read_relationships(p) for p in paths], read_organisations(organisations))
