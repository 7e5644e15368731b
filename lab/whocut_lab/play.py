"""Play scenarios: put one on, measure from its vantages, take it off."""

import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography import x509
from msgspec import Struct

from whocut.probe.control import ControlServer
from whocut.probe.endpoint import Timeouts
from whocut.probe.navigation import Client
from whocut.probe.resolution import Resolver
from whocut.probe.web_connectivity import Vantage, measure
from whocut_lab.authorities import Authorities
from whocut_lab.enclosure import SCRATCH
from whocut_lab.network import EmulatedInternet, probe_of
from whocut_lab.scenario import Scenario
from whocut_lab.site_plan import draw_word, place_sites
from whocut_lab.stage import Stage
from whocut_lab.stage_dns import put_on_dns
from whocut_lab.stage_path import CONTROL_PORT, put_on_path
from whocut_lab.stage_web import put_on_web
from whocut_lab.topology import NetworkKind, Topology, draw_addresses, prefix_table

__all__ = ["Lab", "Play"]

# Virtual links have no latency, so that waiting long shows nothing more. The second SYN goes out
# after one second: a connect that needs it must still be in time.
_TIMEOUTS = Timeouts(connect_s=1.6, handshake_s=1.6, exchange_s=2.5)
_DNS_TIMEOUT_S = 1.0
_DNS_ATTEMPTS = 2
_CONTROL_TIMEOUT_S = 12.0


class Play(Struct, frozen=True):
    """One measurement of one scenario from one vantage."""

    scenario_id: str
    vantage: str
    measurement: dict[str, Any]
    seconds: float


class Lab:
    """An emulated internet of one seed, ready to play."""

    def __init__(self, topology: Topology, seed: int, leaf_age_days: int = 30) -> None:
        began = time.monotonic()
        self.seed = seed
        self.topology = topology
        self.plan = draw_addresses(topology, seed)
        self.prefix_table = prefix_table(topology, self.plan)
        self.authorities = Authorities(leaf_age_days=leaf_age_days)
        self.internet = EmulatedInternet(topology, self.plan)
        self._dice = random.Random(f"plays {seed}")  # noqa: S311 - repeatable, not secret
        self._asns = {n.id: n.asn for n in topology.network}
        self._start_control()
        self.build_seconds = time.monotonic() - began

    def asn_of(self, address: str) -> int:
        """Name the AS of an address; 0 outside the lab."""
        return self._asns.get(self.plan.locate(address) or "", 0)

    def draw_word(self) -> str:
        """Draw a name that no scenario says, for sites that keep it over several plays."""
        return draw_word(self._dice)

    def _client(self, network: str) -> Client:
        resolver = Resolver(
            str(self.plan.resolver(network)), timeout_s=_DNS_TIMEOUT_S, attempts=_DNS_ATTEMPTS
        )
        anchors: tuple[x509.Certificate, ...] = (self.authorities.root,)
        return Client(resolver, anchors, _TIMEOUTS, self.asn_of)

    def _start_control(self) -> None:
        control = self.topology.of_kind(NetworkKind.CONTROL)[0].id
        self._control = (str(self.plan.probe(control)), CONTROL_PORT)

        def start() -> None:
            ControlServer(self._control, self._client(control)).start()

        self.internet.nodes[control].call(start)

    def vantage(self, network_id: str, scenario: Scenario) -> Vantage:
        """Describe the probe of an access network."""
        network = self.topology.by_id(network_id)
        return Vantage(
            probe_cc=network.country,
            probe_asn=network.asn,
            probe_network_name=network.name,
            client=self._client(network_id),
            control=self._control,
            control_timeout_s=_CONTROL_TIMEOUT_S,
            annotations={
                "origin": "whocut-lab",
                "scenario": scenario.id,
                "vantage": network_id,
                "seed": str(self.seed),
            },
        )

    def stage(self, scenario: Scenario) -> Stage:
        """Prepare a scenario with fresh names and addresses; ``running`` puts it in force."""
        placed = place_sites(scenario, self.topology, self.plan, self._dice)
        folder = SCRATCH / f"play.{self._dice.getrandbits(48):012x}"
        folder.mkdir()
        stage = Stage(self.internet, self.authorities, scenario, placed, folder)
        put_on_dns(stage)
        put_on_web(stage)
        put_on_path(stage)
        return stage

    def play(self, scenario: Scenario) -> list[Play]:
        """Measure one scenario from all its vantages at once."""
        stage = self.stage(scenario)
        with stage.running():
            began = time.monotonic()
            url = stage.site("target").url
            started = [
                (
                    network,
                    self.internet.nodes[probe_of(network)].submit(
                        measure, url, self.vantage(network, scenario)
                    ),
                )
                for network in scenario.vantages
            ]
            found = [(network, future.result()) for network, future in started]
            spent = time.monotonic() - began
        return [Play(scenario.id, network, record, spent) for network, record in found]

    def play_all(self, scenarios: Sequence[Scenario]) -> Iterator[list[Play]]:
        """Play scenarios in an order that the seed shuffles."""
        shuffled = list(scenarios)
        self._dice.shuffle(shuffled)
        for scenario in shuffled:
            yield self.play(scenario)
