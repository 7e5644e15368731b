"""The servers of a scenario: origins, edges, block pages, and those that misbehave."""

from collections.abc import Iterator

from whocut_lab.actions import (
    BlockPage,
    HttpBehaviour,
    ServerCertificateAction,
    ServerHttp,
    ServerRedirect,
    ServerRespond,
    ServerTcp,
    ServerTls,
    TcpBehaviour,
    TlsBehaviour,
)
from whocut_lab.authorities import CertificateKind, ServerCertificate
from whocut_lab.daemons.nginx import PageRule, RedirectRule, VirtualHost, start_nginx
from whocut_lab.daemons.odd_server import Oddity, OddServer
from whocut_lab.packet_filter import prefix_set
from whocut_lab.pages import fill
from whocut_lab.site_plan import PlacedSite
from whocut_lab.stage import Stage
from whocut_lab.topology import NetworkKind

__all__ = ["put_on_web"]

_TCP_VERDICTS = {
    TcpBehaviour.DROP: "drop",
    TcpBehaviour.REFUSE: "reject with tcp reset",
    TcpBehaviour.UNREACHABLE: "reject with icmp type host-unreachable",
}
_SERVER_NAMES = {NetworkKind.ORIGIN: "nginx", NetworkKind.EDGE: "lattice"}


def put_on_web(stage: Stage) -> None:
    """Start every web server of a scenario."""
    networks = {n for site in stage.placed.sites.values() for n in site.addresses}
    if stage.placed.origins:
        networks.add("origin")
    for network in sorted(networks):
        hosts = list(_virtual_hosts(stage, network))
        if hosts:
            _start(stage, network, network, hosts)
    for action in stage.scenario.action:
        match action:
            case BlockPage():
                _start_block_pages(stage, action)
            case ServerTcp():
                _refuse_connects(stage, action)
            case ServerTls() | ServerHttp():
                _misbehave(stage, action)


def _start(stage: Stage, node: str, network: str, hosts: list[VirtualHost]) -> None:
    prefixes = {str(p): n for n, p in stage.plan.prefixes.items()}
    edges = [str(stage.plan.prefixes[n.id]) for n in stage.topology.of_kind(NetworkKind.EDGE)]
    trusted = edges if stage.topology.by_id(network).kind is NetworkKind.ORIGIN else []
    folder = stage.folder / f"web.{node}.{stage.next_port()}"
    stage.daemons.append(start_nginx(stage.node(node), folder, hosts, prefixes, trusted))


def _places(
    action: ServerRespond | ServerRedirect | ServerCertificateAction, site: PlacedSite
) -> tuple[str, ...]:
    """Where an action on a site acts: where it says, else everywhere the name leads."""
    return action.at or tuple(site.addresses)


def _rules(stage: Stage, placed: PlacedSite, network: str) -> Iterator[PageRule | RedirectRule]:
    for action in stage.scenario.action:
        if not isinstance(action, ServerRespond | ServerRedirect) or action.site != placed.key:
            continue
        if network not in _places(action, placed):
            continue
        networks = stage.networks(action.sources)
        if isinstance(action, ServerRedirect):
            fields = {**stage.placed.fields, "host": placed.host}
            yield RedirectRule(networks, action.path, action.status, fill(action.to, fields))
            continue
        body = stage.placed.answer(placed, action.page, action.body)
        headers = {k: fill(v, stage.placed.fields) for k, v in action.headers.items()}
        yield PageRule(networks, action.path, action.status, body, action.content_type, headers)


def _certificate(stage: Stage, placed: PlacedSite, network: str) -> ServerCertificate:
    kind = CertificateKind.VALID
    for action in stage.scenario.action:
        if isinstance(action, ServerCertificateAction) and action.site == placed.key:
            kind = action.certificate if network in _places(action, placed) else kind
    return stage.authorities.issue(placed.host, kind)


def _virtual_hosts(stage: Stage, network: str) -> Iterator[VirtualHost]:
    kind = stage.topology.by_id(network).kind
    for key, placed in stage.placed.sites.items():
        addresses = list(placed.addresses.get(network, ()))
        origin = stage.placed.origins.get(key, "")
        if network == "origin" and origin and origin not in addresses:
            addresses.append(origin)
        if not addresses:
            continue
        site = placed.site
        page = PageRule(
            (),
            "/",
            site.status,
            stage.placed.page(placed),
            "text/html; charset=utf-8",
            {"Server": _SERVER_NAMES[kind], **site.headers},
        )
        yield VirtualHost(
            placed.host,
            tuple(addresses),
            _certificate(stage, placed, network),
            page,
            tuple(_rules(stage, placed, network)),
            origin if kind is NetworkKind.EDGE else "",
        )


def _start_block_pages(stage: Stage, action: BlockPage) -> None:
    placed = stage.site(action.site)
    headers = {k: fill(v, stage.placed.fields) for k, v in action.headers.items()}
    page = PageRule(
        (),
        "/",
        action.status,
        stage.placed.answer(placed, action.page, action.body),
        action.content_type,
        headers,
    )
    chain = stage.authorities.issue(placed.host, action.certificate)
    for network in action.at:
        address = str(stage.plan.block_page(network))
        host = VirtualHost("", (address,), chain, page)
        _start(stage, stage.side_host(network), network, [host])


def _sites_at(stage: Stage, key: str, at: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each server network an action concerns, with the site's addresses there."""
    placed = stage.site(key)
    for network in at or tuple(placed.addresses):
        addresses = placed.addresses.get(network)
        if addresses is None and network == "origin" and key in stage.placed.origins:
            addresses = (stage.placed.origins[key],)
        if addresses:
            yield network, addresses


def _refuse_connects(stage: Stage, action: ServerTcp) -> None:
    for network, addresses in _sites_at(stage, action.site, action.at):
        rule = (
            f"ip saddr {stage.sources(action.sources)} ip daddr {prefix_set(addresses)} "
            f"tcp dport {prefix_set(action.ports)} {_TCP_VERDICTS[action.behaviour]}"
        )
        stage.filter.add(network, "input", rule)


def _misbehave(stage: Stage, action: ServerTls | ServerHttp) -> None:
    placed = stage.site(action.site)
    body = stage.placed.page(placed)
    for network, addresses in _sites_at(stage, action.site, action.at):
        ports = [443] if isinstance(action, ServerTls) else [80, 443]
        for port in ports:
            certificate = _certificate(stage, placed, network) if port == 443 else None
            own = stage.next_port()
            oddity = _oddity(action, certificate, body)
            node = stage.node(network)
            stage.others.append(node.call(OddServer, own, oddity, stage.folder / "odd"))
            rule = (
                f"ip saddr {stage.sources(action.sources)} ip daddr {prefix_set(addresses)} "
                f"tcp dport {port} dnat to :{own}"
            )
            stage.filter.add(network, "prerouting", rule)


def _oddity(
    action: ServerTls | ServerHttp, certificate: ServerCertificate | None, body: bytes
) -> Oddity:
    behaviour: TlsBehaviour | HttpBehaviour = action.behaviour
    if isinstance(action, ServerHttp):
        return Oddity(behaviour, certificate, body, action.after_bytes, action.bytes_per_s)
    return Oddity(behaviour, None, body, 0, 1)
