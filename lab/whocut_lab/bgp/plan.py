"""Which networks there are, who sells transit to whom, and what is planted; all drawn by a seed."""

import random
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

__all__ = ["Act", "Change", "Link", "Network", "Plan", "Role", "Tie", "draw_plan"]

COUNTRY = "XA"
"""The country that the backbone leaves."""
_ELSEWHERE = ("XB", "XC")
_N_PREFIXES = (4, 7)
_FILTERED_N = 8
_ALONE = 5
_PREPENDING = 0.25
_WITH_IPV6 = 0.33
_COLLECTOR_ASNS = (64_501, 64_502, 64_503)


class Role(StrEnum):
    """What a network is in the plan."""

    BACKBONE = "backbone"
    REGIONAL = "regional"
    CUSTOMER = "customer"
    COLLECTOR = "collector"


class Tie(StrEnum):
    """How the first network of a link stands to the second."""

    PROVIDER = "provider"
    PEER = "peer"
    FEED = "feed"
    """The second is a collector that is told everything and tells nothing."""


class Network(Struct, frozen=True):
    """One autonomous system: one router."""

    name: str
    number: int
    asn: int
    country: str
    role: Role
    prefixes: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where its router is on the fabric."""
        return f"10.0.0.{self.number + 1}"

    @property
    def address6(self) -> str:
        """The same in IPv6."""
        return f"fd00::{self.number + 1:x}"


class Link(Struct, frozen=True):
    """One BGP session."""

    upper: str
    lower: str
    tie: Tie
    is_up: bool = True
    """False: configured, and not switched on before a change does it."""
    prepends: int = 0
    """How often the lower network puts its own number in front again, to be chosen less."""


class Act(StrEnum):
    """What is planted."""

    EXIT = "exit"
    """The backbone ends sessions with half of its customers in the country."""
    FILTER = "filter"
    """The backbone no longer takes some of one customer's prefixes."""
    LEAK = "leak"
    """A customer tells its provider what it heard from a peer."""
    FULL_LEAK = "full_leak"
    """A customer tells one provider all that it heard from another."""
    RENUMBER = "renumber"
    """A customer's other AS takes its prefixes and sessions over."""
    VANTAGE_LOST = "vantage_lost"
    """A collector's peer ends its session with the collector."""
    FLAP = "flap"
    """A session ends and comes back."""
    QUIET = "quiet"
    """Nothing is done."""
    MOVE = "move"
    """A customer takes another provider, then ends its session."""
    MOVE_BELOW = "move_below"
    """A customer's customer goes elsewhere."""
    NOISE = "noise"
    """Sessions far from the customers are reset and return at once."""
    TURN = "turn"
    """A network that feeds a collector leaves, and sees the backbone's customers by others."""
    DEATH = "death"
    """A customer loses all its sessions at once."""


CONTROLS = frozenset({Act.QUIET, Act.MOVE, Act.MOVE_BELOW, Act.NOISE, Act.TURN, Act.DEATH})
"""What no carrier did: it must not be told as a cut."""


class Change(Struct, frozen=True):
    """One planted change."""

    act: Act
    networks: tuple[str, ...] = ()
    """Those whose tie with the backbone is at stake."""
    off: tuple[tuple[str, str], ...] = ()
    """Sessions that end: by whom, with whom."""
    on: tuple[tuple[str, str], ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    """Sessions over which a network tells all that it knows: by whom, to whom."""
    prefixes: tuple[str, ...] = ()
    lasts_s: float = 0.0
    """Zero: it stays."""


class Plan(Struct, frozen=True):
    """One emulated routing system, and what happens in it, in order."""

    seed: int
    networks: dict[str, Network]
    links: tuple[Link, ...]
    backbone: str
    changes: tuple[Change, ...]

    def links_of(self, name: str) -> Iterator[Link]:
        """Go through the sessions of one network."""
        return (link for link in self.links if name in (link.upper, link.lower))


class _Drawing:
    """A plan while it is drawn."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"routes {seed}")  # noqa: S311 - repeatable, not secret
        self.networks: dict[str, Network] = {}
        self.links: list[Link] = []
        self.changes: list[Change] = []
        self._asns = self.dice.sample(range(1_000, 60_000), 60)
        # Some numbers of more than two bytes: both ways of writing a path are met.
        self._asns[::5] = [200_000 + asn for asn in self._asns[::5]]
        self._blocks = self.dice.sample(range(256), 200)

    def add(
        self, name: str, country: str, role: Role, n_prefixes: int = 0, asn: int | None = None
    ) -> str:
        number = len(self.networks)
        block = self._blocks[number]
        prefixes = tuple(f"20.{block}.{third}.0/24" for third in range(n_prefixes))
        # A documentation prefix: a third of those with prefixes of their own have IPv6, too.
        if n_prefixes and self.dice.random() < _WITH_IPV6:
            prefixes += (f"2001:db8:{block:x}::/48",)
        asn = self._asns[number] if asn is None else asn
        self.networks[name] = Network(name, number, asn, country, role, prefixes)
        return name

    def customer(
        self, name: str, country: str, *providers: str, n_prefixes: int | None = None
    ) -> str:
        if n_prefixes is None:
            n_prefixes = self.dice.randint(*_N_PREFIXES)
        self.add(name, country, Role.CUSTOMER, n_prefixes)
        for provider in providers:
            # Traffic is steered by putting one's own number in front more than once.
            is_less_liked = len(providers) > 1 and self.dice.random() < _PREPENDING
            self.link(provider, name, prepends=self.dice.randint(1, 2) if is_less_liked else 0)
        return name

    def link(
        self,
        upper: str,
        lower: str,
        tie: Tie = Tie.PROVIDER,
        *,
        is_up: bool = True,
        prepends: int = 0,
    ) -> tuple[str, str]:
        self.links.append(Link(upper, lower, tie, is_up, prepends))
        return upper, lower

    def other(self) -> str:
        """Pick a provider that is not the backbone at stake."""
        return self.dice.choice(["bb2", "bb3", "reg1", "reg2"])


def draw_plan(seed: int) -> Plan:
    """Draw networks, sessions and changes; the same seed draws the same ones."""
    drawing = _Drawing(seed)
    _draw_carriers(drawing)
    _draw_vantages(drawing)
    for plant in (
        _plant_exit, _plant_filter, _plant_leak, _plant_full_leak, _plant_renumbering,
        _plant_flap, _plant_move, _plant_move_below, _plant_noise, _plant_turn, _plant_death,
        _plant_lost_vantage,
    ):  # fmt: skip
        drawing.changes.append(plant(drawing))
    drawing.changes.append(Change(Act.QUIET))
    drawing.dice.shuffle(drawing.changes)
    return Plan(seed, drawing.networks, tuple(drawing.links), "bb1", tuple(drawing.changes))


def _draw_carriers(drawing: _Drawing) -> None:
    for name in ("bb1", "bb2", "bb3"):
        drawing.add(name, drawing.dice.choice(_ELSEWHERE), Role.BACKBONE, 1)
    for upper, lower in (("bb1", "bb2"), ("bb1", "bb3"), ("bb2", "bb3")):
        drawing.link(upper, lower, Tie.PEER)
    for name, providers in (("reg1", ("bb2",)), ("reg2", ("bb2", "bb3"))):
        drawing.add(name, drawing.dice.choice(_ELSEWHERE), Role.REGIONAL, 2)
        for provider in providers:
            drawing.link(provider, name)
    if drawing.dice.random() < 0.5:
        drawing.link("reg1", "reg2", Tie.PEER)


def _draw_vantages(drawing: _Drawing) -> None:
    """Two or three collectors, each with full feeds of its own; some networks feed two."""
    dice = drawing.dice
    drawing.customer("eye1", "XB", "bb1")
    drawing.customer("eye2", "XC", "bb1", "reg1")
    drawing.customer("eye3", "XB", "bb3")
    collectors = [
        drawing.add(f"rc{number:02}", "", Role.COLLECTOR, asn=_COLLECTOR_ASNS[number])
        for number in range(dice.randint(2, 3))
    ]
    feeders = ["eye1", "eye2", "eye3", dice.choice(["bb2", "bb3"]), dice.choice(["reg1", "reg2"])]
    if dice.random() < 0.5:
        feeders.append("bb1")
    dice.shuffle(feeders)
    for number, feeder in enumerate(feeders):
        drawing.link(feeder, collectors[number % len(collectors)], Tie.FEED)
    for feeder in dice.sample(feeders, 2):
        place = (feeders.index(feeder) + 1) % len(collectors)
        drawing.link(feeder, collectors[place], Tie.FEED)


def _plant_exit(drawing: _Drawing) -> Change:
    """Six customers in the country, two elsewhere as the control; three of the six are cut."""
    dice = drawing.dice
    at_home = []
    for number in range(6):
        # The last has no other provider: when it is cut, nobody sees it any more.
        n_others = 0 if number == _ALONE else dice.randint(1, 2)
        others = dice.sample(["bb2", "bb3", "reg1", "reg2"], n_others)
        at_home.append(drawing.customer(f"xa{number}", COUNTRY, "bb1", *others))
    for number in range(2):
        drawing.customer(f"xo{number}", dice.choice(_ELSEWHERE), "bb1", drawing.other())
    drawing.customer("xsub", COUNTRY, at_home[0])
    ended = tuple(dice.sample(at_home, 3))
    return Change(Act.EXIT, ended, off=tuple(("bb1", name) for name in ended))


def _plant_filter(drawing: _Drawing) -> Change:
    name = drawing.customer("filt", COUNTRY, "bb1", drawing.other(), n_prefixes=_FILTERED_N)
    prefixes = [prefix for prefix in drawing.networks[name].prefixes if "." in prefix]
    taken = drawing.dice.sample(prefixes, drawing.dice.randint(2, _FILTERED_N - 2))
    return Change(Act.FILTER, (name,), prefixes=tuple(sorted(taken)))


def _plant_leak(drawing: _Drawing) -> Change:
    """A customer of the backbone tells it what it heard from a peer of its own."""
    drawing.customer("leaker", "XB", "bb1")
    drawing.customer("victim", "XC", drawing.dice.choice(["bb2", "bb3"]))
    drawing.link("leaker", "victim", Tie.PEER)
    return Change(Act.LEAK, ("leaker",), told=(("leaker", "bb1"),), lasts_s=_lasting(drawing))


def _plant_full_leak(drawing: _Drawing) -> Change:
    """A customer of two backbones tells the first all that it heard from the second."""
    drawing.customer("hose", drawing.dice.choice(["XA", "XB"]), "bb1", "reg1")
    return Change(Act.FULL_LEAK, ("hose",), told=(("hose", "bb1"),), lasts_s=_lasting(drawing))


def _plant_renumbering(drawing: _Drawing) -> Change:
    other = drawing.other()
    old = drawing.customer("old", COUNTRY, "bb1", other)
    new = drawing.add("new", COUNTRY, Role.CUSTOMER)
    prefixes = drawing.networks[old].prefixes
    drawing.networks[new] = Network(
        new,
        drawing.networks[new].number,
        drawing.networks[new].asn,
        COUNTRY,
        Role.CUSTOMER,
        prefixes,
    )
    off = tuple((provider, old) for provider in ("bb1", other))
    on = tuple(drawing.link(provider, new, is_up=False) for provider in ("bb1", other))
    return Change(Act.RENUMBER, (old,), off=off, on=on)


def _plant_lost_vantage(drawing: _Drawing) -> Change:
    feeds = [link for link in drawing.links if link.tie is Tie.FEED]
    # One that feeds a single collector; two that see the backbone's customers best stay.
    counted = [link.upper for link in feeds]
    kept = ("eye1", "turner")
    lone = [link for link in feeds if counted.count(link.upper) == 1 and link.upper not in kept]
    lost = drawing.dice.choice(lone)
    return Change(Act.VANTAGE_LOST, (lost.upper,), off=((lost.upper, lost.lower),))


def _plant_flap(drawing: _Drawing) -> Change:
    name = drawing.customer("flap", drawing.dice.choice(["XA", "XB"]), "bb1", drawing.other())
    return Change(Act.FLAP, (name,), off=(("bb1", name),), lasts_s=_lasting(drawing))


def _plant_move(drawing: _Drawing) -> Change:
    """The new session stands first; then the customer ends the old one."""
    name = drawing.customer("mover", COUNTRY, "bb1")
    to = drawing.other()
    drawing.link(to, name, is_up=False)
    return Change(Act.MOVE, (name,), off=((name, "bb1"),), on=((to, name),))


def _plant_move_below(drawing: _Drawing) -> Change:
    """The customer stays; one of its customers goes, and takes its prefixes along."""
    drawing.customer("shell", COUNTRY, "bb1", drawing.other())
    drawing.customer("core", COUNTRY, "shell")
    to = drawing.other()
    drawing.link(to, "core", is_up=False)
    return Change(Act.MOVE_BELOW, ("shell",), off=(("core", "shell"),), on=((to, "core"),))


def _plant_noise(drawing: _Drawing) -> Change:
    far = [("bb2", "bb3"), ("bb2", "reg1"), ("bb3", "reg2"), ("bb3", "eye3")]
    return Change(Act.NOISE, off=tuple(drawing.dice.sample(far, 2)), lasts_s=0.3)


def _plant_turn(drawing: _Drawing) -> Change:
    """A network that feeds a collector leaves a customer of the backbone, which stays one."""
    drawing.customer("mid", drawing.dice.choice(["XA", "XB"]), "bb1")
    drawing.customer("turner", "XC", "mid", "reg2", n_prefixes=0)
    collector = drawing.dice.choice([n for n in drawing.networks if n.startswith("rc")])
    drawing.link("turner", collector, Tie.FEED)
    return Change(Act.TURN, ("mid",), off=(("turner", "mid"),))


def _plant_death(drawing: _Drawing) -> Change:
    other = drawing.other()
    name = drawing.customer("dead", COUNTRY, "bb1", other)
    return Change(Act.DEATH, (name,), off=((name, "bb1"), (name, other)))


def _lasting(drawing: _Drawing) -> float:
    return drawing.dice.uniform(4.0, 6.0)
