"""Scenario files: what is switched on, what is true, and what one measurement can show of it."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from whocut.model.errors import InputError, UsageError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome
from whocut_lab import actions
from whocut_lab.actions import Action
from whocut_lab.pages import page_names
from whocut_lab.topology import NetworkKind, Topology

__all__ = [
    "SCENARIO_FORMAT",
    "Expectation",
    "Scenario",
    "Site",
    "Truth",
    "load_scenario",
    "load_scenarios",
    "sources_of",
]

SCENARIO_FORMAT = 1
_SHIPPED = Path(__file__).with_name("scenarios")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_PLACE = re.compile(
    r"(bogon|loopback|nowhere|block_page|site)(?::([A-Za-z0-9_.]+))?\Z|(\d{1,3}(?:\.\d{1,3}){3})\Z"
)
EVERYONE = "everyone"


class Site(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One web site and how it is served to everybody."""

    scheme: Literal["http", "https"] = "https"
    host: str = ""
    """Empty: a name is drawn. Else a name under ``.example``."""
    path: str = "/"
    served_by: Annotated[tuple[str, ...], Meta(min_length=1)] = ("origin",)
    addresses: Annotated[int, Meta(ge=1, le=8)] = 1
    """In each network that serves it."""
    page: str = "shop"
    body_bytes: Annotated[int, Meta(ge=0, le=2_000_000)] = 6_000
    """At least so long is the page; padding is added."""
    status: Annotated[int, Meta(ge=200, le=599)] = 200
    headers: dict[str, str] = {}


class Truth(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What really happens."""

    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind


class Expectation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one measurement can show: a right verdict says this and claims no more."""

    outcome: Outcome
    layer: Layer
    mechanism: str
    """The verdict's mechanism is this node or below it."""
    locus: Locus
    """The verdict's locus is this or ``unknown``."""
    unknowable: str = ""


class _ByVantage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    truth: Truth | None = None
    single_vantage: Expectation | None = None


class Scenario(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One scenario file."""

    format: int
    id: str
    title: str
    truth: Truth
    single_vantage: Expectation
    description: str = ""
    is_negative_control: bool = False
    vantages: Annotated[tuple[str, ...], Meta(min_length=1)] = ("isp_a", "isp_b")
    site: dict[str, Site] = msgspec.field(default_factory=lambda: {"target": Site()})
    action: tuple[Action, ...] = ()
    per_vantage: dict[str, _ByVantage] = {}

    def truth_at(self, vantage: str) -> Truth:
        """Say what really happens to one vantage."""
        own = self.per_vantage.get(vantage)
        return own.truth if own and own.truth else self.truth

    def expected_at(self, vantage: str) -> Expectation:
        """Say what one measurement from a vantage can show."""
        own = self.per_vantage.get(vantage)
        return own.single_vantage if own and own.single_vantage else self.single_vantage


def sources_of(names: Sequence[str], topology: Topology) -> tuple[str, ...]:
    """Turn source names (network ids, country codes, ``everyone``) into network ids.

    Raises: KeyError naming the first that is neither.
    """
    found: list[str] = []
    for name in names:
        if name == EVERYONE:
            chosen = [n.id for n in topology.network]
        else:
            chosen = [n.id for n in topology.network if name in (n.id, n.country)]
        if not chosen:
            raise KeyError(name)
        found += [network for network in chosen if network not in found]
    return tuple(found)


def _mechanisms() -> frozenset[str]:
    """Name every node of the taxonomy, inner ones included."""
    with shipped_path("taxonomy", "mechanisms.toml").open("rb") as file:
        leaves = [entry["id"].split(".") for entry in tomllib.load(file)["mechanism"]]
    return frozenset(".".join(leaf[:n]) for leaf in leaves for n in range(1, len(leaf) + 1))


class _Check:
    """Checks beyond types: names that must exist, and what must come together."""

    def __init__(self, scenario: Scenario, topology: Topology, source: str) -> None:
        self.scenario, self.topology, self.source = scenario, topology, source
        self.routers = {
            n.id
            for n in topology.network
            if n.kind in (NetworkKind.ACCESS, NetworkKind.BORDER, NetworkKind.TRANSIT)
        }
        self.access = {n.id for n in topology.of_kind(NetworkKind.ACCESS)}
        self.servers = {
            n.id for n in topology.network if n.kind in (NetworkKind.ORIGIN, NetworkKind.EDGE)
        }
        self.page_hosts = self.access | {n.id for n in topology.of_kind(NetworkKind.BORDER)}

    def fail(self, field: str, reason: str) -> InputError:
        return InputError(reason, source=self.source, field=field)

    def one_of(self, field: str, name: str, allowed: set[str]) -> None:
        if name not in allowed:
            raise self.fail(field, f"{name!r} is none of {', '.join(sorted(allowed))}")

    def run(self) -> None:
        scenario = self.scenario
        if scenario.format != SCENARIO_FORMAT:
            raise self.fail("format", f"this program reads format {SCENARIO_FORMAT}")
        if not _ID.match(scenario.id):
            raise self.fail("id", "an id is lower-case words joined by hyphens")
        for vantage in scenario.vantages:
            self.one_of("vantages", vantage, self.access)
        if "target" not in scenario.site:
            raise self.fail("site", "the site that is measured is named target")
        for vantage in scenario.per_vantage:
            self.one_of("per_vantage", vantage, set(scenario.vantages))
        for key, site in scenario.site.items():
            self.site(f"site.{key}", site)
        for position, action in enumerate(scenario.action):
            self.action(f"action[{position}]", action)
        self.words()

    def site(self, field: str, site: Site) -> None:
        for network in site.served_by:
            self.one_of(f"{field}.served_by", network, self.servers)
        if site.host and not site.host.endswith(".example"):
            raise self.fail(f"{field}.host", "a host ends in .example (RFC 2606)")
        if not site.path.startswith("/"):
            raise self.fail(f"{field}.path", "a path begins with /")
        self.one_of(f"{field}.page", site.page, page_names())

    def words(self) -> None:
        known = _mechanisms()
        for vantage in ("", *self.scenario.per_vantage):
            where = f"per_vantage.{vantage}." if vantage else ""
            truth = self.scenario.truth_at(vantage)
            self.one_of(f"{where}truth.mechanism", truth.mechanism, set(known))
            expected = self.scenario.expected_at(vantage)
            self.one_of(f"{where}single_vantage.mechanism", expected.mechanism, set(known))

    def action(self, field: str, action: Action) -> None:
        self.one_of(f"{field}.site", action.site, set(self.scenario.site))
        if sources := getattr(action, "sources", None):
            try:
                sources_of(sources, self.topology)
            except KeyError as error:
                names = f"network id, country code or {EVERYONE!r}"
                raise self.fail(f"{field}.for", f"{error.args[0]!r} is no {names}") from error
        self.place(field, action)
        if isinstance(action, actions.ServerRespond | actions.BlockPage):
            self.page(field, action)
        if isinstance(action, actions.DnsAuthoritative | actions.DnsResolver | actions.PathDns):
            self.answer(field, action)
        if isinstance(action, actions.PathRedirect):
            self.address(f"{field}.to", action.to)
        if isinstance(action, actions.PathBlock):
            self.match(field, action)

    def place(self, field: str, action: Action) -> None:
        where = f"{field}.at"
        at = getattr(action, "at", ())
        if isinstance(at, str):
            self.one_of(where, at, self.routers)
            return
        allowed = {
            actions.BlockPage: self.page_hosts,
            actions.DnsResolver: self.access | {"control"},
            actions.VantageOffline: self.access,
        }.get(type(action), set(self.scenario.site[action.site].served_by) | {"origin"})
        for network in at:
            self.one_of(where, network, allowed)

    def page(self, field: str, action: actions.ServerRespond | actions.BlockPage) -> None:
        if action.page and action.body is not None:
            raise self.fail(f"{field}.body", "a page or a body, not both")
        if action.page:
            self.one_of(f"{field}.page", action.page, page_names())

    def answer(
        self,
        field: str,
        action: actions.DnsAuthoritative | actions.DnsResolver | actions.PathDns,
    ) -> None:
        if (action.answer is actions.Answer.ADDRESSES) != bool(action.addresses):
            raise self.fail(
                f"{field}.addresses", "addresses are given exactly when the answer is addresses"
            )
        for address in action.addresses:
            self.address(f"{field}.addresses", address)

    def address(self, field: str, address: str) -> None:
        found = _PLACE.match(address)
        if not found:
            raise self.fail(
                field,
                f"{address!r} is neither an IPv4 address nor bogon, loopback, nowhere:NETWORK, "
                "block_page:NETWORK or site:SITE.NETWORK.NUMBER",
            )
        word, argument = found.group(1), found.group(2) or ""
        if word == "block_page":
            self.one_of(field, argument, self.page_hosts)
        elif word == "nowhere":
            self.one_of(field, argument, {n.id for n in self.topology.network})
        elif word == "site":
            key, _, rest = argument.partition(".")
            network, _, number = rest.partition(".")
            self.one_of(field, key, set(self.scenario.site))
            site = self.scenario.site[key]
            if network:
                self.one_of(field, network, set(site.served_by))
            if number:
                self.one_of(field, number, {str(n + 1) for n in range(site.addresses)})

    def match(self, field: str, action: actions.PathBlock) -> None:
        is_cleartext = action.match in (actions.Match.HOST, actions.Match.PATH)
        if is_cleartext and self.scenario.site[action.site].scheme != "http":
            raise self.fail(f"{field}.match", "a path or Host header is seen in cleartext only")


def load_scenario(path: Path, topology: Topology) -> Scenario:
    """Read and check one scenario file.

    Raises: InputError naming file and field.
    """
    try:
        scenario = msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        reason, _, at = str(error).partition(" - at `$")
        raise InputError(
            reason, source=str(path), field=at.strip("`").lstrip(".") or None
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", source=str(path), offset=error.start) from error
    _Check(scenario, topology, str(path)).run()
    return scenario


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder of scenarios")
        yield from sorted(folder.glob("*.toml"))


def load_scenarios(
    topology: Topology, folders: Sequence[Path] = (), wanted: Sequence[str] = ()
) -> tuple[Scenario, ...]:
    """Read the scenarios that ship, or those of ``folders``; ``wanted`` picks by id.

    Raises: InputError for a file that is wrong or an id that comes twice, UsageError for an id that
    is not there.
    """
    found: dict[str, Scenario] = {}
    for path in _files(folders or (_SHIPPED,)):
        scenario = load_scenario(path, topology)
        if scenario.id in found:
            raise InputError(f"{scenario.id!r} is taken", source=str(path), field="id")
        found[scenario.id] = scenario
    for scenario_id in wanted:
        if scenario_id not in found:
            raise UsageError(f"there is no scenario {scenario_id!r}; whocut lab list names all")
    return tuple(s for s in found.values() if not wanted or s.id in wanted)
