"""The names of a scenario: registry, name servers and their views, resolvers, forgers."""

from whocut_lab.actions import Answer, DnsAuthoritative, DnsResolver, PathDns
from whocut_lab.daemons.dns_forger import DnsForger
from whocut_lab.daemons.nsd import Zone, start_nsd
from whocut_lab.daemons.unbound import local_rules, start_unbound
from whocut_lab.packet_filter import payload_match, prefix_set
from whocut_lab.site_plan import PlacedSite
from whocut_lab.stage import Stage
from whocut_lab.topology import NetworkKind

__all__ = ["put_on_dns"]

_TOP_LEVEL = "example"
_QNAME_OFFSET_BYTES = 12
"""Of the first question's name in a DNS message (RFC 1035 section 4.1.1)."""
_View = tuple[tuple[str, Answer, tuple[str, ...]], ...]
"""What a group of resolvers hears: site key, answer, addresses."""


def put_on_dns(stage: Stage) -> None:
    """Start everything that answers about names."""
    _start_registry(stage)
    _start_name_servers(stage)
    _start_resolvers(stage)
    for action in stage.scenario.action:
        if isinstance(action, PathDns):
            _lead_questions_astray(stage, action)


def _registry(stage: Stage) -> str:
    return stage.topology.of_kind(NetworkKind.REGISTRY)[0].id


def _start_registry(stage: Stage) -> None:
    """Serve the root and the top level, which delegates each site's zone."""
    root = str(stage.plan.root_server(_registry(stage)))
    delegations = [f"@ IN NS a.root-servers.{_TOP_LEVEL}.", f"a.root-servers IN A {root}"]
    for zone, server in stage.placed.name_servers.items():
        delegations += [f"{zone}. IN NS ns.{zone}.", f"ns.{zone}. IN A {server}"]
    own = [f"@ IN NS a.root-servers.{_TOP_LEVEL}.", f"{_TOP_LEVEL}. IN NS ns.{_TOP_LEVEL}."]
    own += [f"ns.{_TOP_LEVEL}. IN A {root}", f"a.root-servers.{_TOP_LEVEL}. IN A {root}"]
    zones = [Zone("", tuple(own)), Zone(_TOP_LEVEL, tuple(delegations))]
    registry = _registry(stage)
    folder = stage.folder / "registry"
    stage.daemons.append(start_nsd(stage.node(registry), folder, [root], zones))


def _views(stage: Stage) -> dict[_View, list[str]]:
    """Group the networks that ask by what they hear."""
    rules = [a for a in stage.scenario.action if isinstance(a, DnsAuthoritative)]
    views: dict[_View, list[str]] = {}
    for network in stage.topology.network:
        heard: list[tuple[str, Answer, tuple[str, ...]]] = []
        for key, placed in stage.placed.sites.items():
            answer, addresses = Answer.ADDRESSES, placed.front
            for rule in rules:
                if rule.site == key and network.id in stage.networks(rule.sources):
                    answer, addresses = rule.answer, stage.resolve_places(rule.addresses)
                    break
            heard.append((key, answer, addresses))
        views.setdefault(tuple(heard), []).append(network.id)
    return views


def _records(server: str, zone: str, heard: _View, sites: dict[str, PlacedSite]) -> Zone | None:
    """Write a zone as one view has it; ``None`` where the server refuses for it."""
    lines = ["@ IN NS ns", f"ns IN A {server}"]
    for key, answer, addresses in heard:
        host = sites[key].host
        if sites[key].zone != zone:
            continue
        if answer is Answer.SERVFAIL:
            return Zone(zone, None)
        if answer is Answer.REFUSED:
            return None
        if answer is Answer.NO_ANSWER:
            lines.append(f'{host}. IN TXT "no address"')
        lines += [f"{host}. IN A {ip}" for ip in addresses if answer is Answer.ADDRESSES]
    return Zone(zone, tuple(lines))


def _start_name_servers(stage: Stage) -> None:
    registry, placed = _registry(stage), stage.placed
    servers = list(placed.name_servers.values())
    for number, (heard, networks) in enumerate(_views(stage).items()):
        port = 53 if number == 0 else stage.next_port()
        zones = [
            _records(server, zone, heard, placed.sites)
            for zone, server in placed.name_servers.items()
        ]
        folder = stage.folder / f"names.{number}"
        kept = [zone for zone in zones if zone is not None]
        stage.daemons.append(start_nsd(stage.node(registry), folder, servers, kept, port))
        prefixes = prefix_set(stage.plan.prefixes[n] for n in networks)
        asking = f"ip saddr {prefixes} ip daddr {prefix_set(servers)}"
        if number > 0:
            for protocol in ("udp", "tcp"):
                rule = f"{asking} {protocol} dport 53 dnat to :{port}"
                stage.filter.add(registry, "prerouting", rule)
        for key, answer, _ in heard:
            if answer is Answer.DROP:
                server = placed.name_servers[placed.sites[key].zone]
                rule = f"ip saddr {prefixes} ip daddr {server} drop"
                stage.filter.add(registry, "input", rule)


def _start_resolvers(stage: Stage) -> None:
    root = str(stage.plan.root_server(_registry(stage)))
    kinds = (NetworkKind.ACCESS, NetworkKind.CONTROL)
    for network in stage.topology.network:
        is_used = network.kind is NetworkKind.CONTROL or network.id in stage.scenario.vantages
        if network.kind not in kinds or not is_used:
            continue
        rules: list[str] = []
        node = stage.node(stage.side_host(network.id))
        for action in stage.scenario.action:
            if not isinstance(action, DnsResolver) or network.id not in action.at:
                continue
            port = stage.next_port()
            if action.answer is Answer.SERVFAIL:
                here = ("127.0.0.1", port)
                stage.others.append(node.call(DnsForger, here, Answer.SERVFAIL, ()))
            host = stage.site(action.site).host
            addresses = stage.resolve_places(action.addresses)
            rules += local_rules(host, action.answer, addresses, port)
        address = str(stage.plan.resolver(network.id))
        folder = stage.folder / f"resolver.{network.id}"
        stage.daemons.append(start_unbound(node, folder, address, root, rules))


def _wire_name(host: str) -> bytes:
    labels = host.encode().split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _lead_questions_astray(stage: Stage, action: PathDns) -> None:
    """Answer questions for the site's name at a router, as if its servers did."""
    name = payload_match(_QNAME_OFFSET_BYTES, _wire_name(stage.site(action.site).host))
    asking = f"ip saddr {stage.sources(action.sources)} udp dport 53 {name}"
    if action.answer is Answer.DROP:
        stage.filter.add(action.at, "forward", f"{asking} drop")
        return
    port = stage.next_port()
    addresses = stage.resolve_places(action.addresses)
    node = stage.node(action.at)
    router = str(stage.plan.router(action.at))
    stage.others.append(node.call(DnsForger, (router, port), action.answer, addresses))
    # Every datagram of a flow takes the way of its first: a resolver asks each question from a
    # port of its own, so that only this name's questions are led astray.
    stage.filter.add(action.at, "prerouting", f"{asking} dnat to {router}:{port}")
