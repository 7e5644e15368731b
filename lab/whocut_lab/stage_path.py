"""What happens between a client and a site: at routers, at a probe's own uplink, at the control."""

from whocut_lab.actions import (
    ControlBlind,
    ControlUnreachable,
    Match,
    PathBlock,
    PathMethod,
    PathRedirect,
    PathStall,
    PathThrottle,
    ThrottleMethod,
    VantageOffline,
)
from whocut_lab.network import probe_of
from whocut_lab.packet_filter import payload_match, prefix_set
from whocut_lab.stage import Stage
from whocut_lab.topology import NetworkKind
from whocut_lab.wire_shape import host_place, path_place, server_name_place

__all__ = ["CONTROL_PORT", "put_on_path"]

CONTROL_PORT = 80
_VERDICTS = {
    PathMethod.DROP: "drop",
    PathMethod.RESET: "reject with tcp reset",
    PathMethod.UNREACHABLE: "reject with icmp type host-unreachable",
}


def put_on_path(stage: Stage) -> None:
    """Add every rule and shaper of a scenario that acts between hosts."""
    for action in stage.scenario.action:
        match action:
            case PathBlock():
                _block(stage, action)
            case PathStall():
                _stall(stage, action)
            case PathThrottle():
                _throttle(stage, action)
            case PathRedirect():
                _redirect(stage, action)
            case VantageOffline():
                for network in action.at:
                    rule = f"ip saddr {stage.plan.probe(network)} drop"
                    stage.filter.add(network, "forward", rule)
            case ControlUnreachable():
                control = stage.topology.of_kind(NetworkKind.CONTROL)[0].id
                rule = (
                    f"ip saddr {stage.sources(action.sources)} "
                    f"ip daddr {stage.plan.probe(control)} reject with icmp type host-unreachable"
                )
                stage.filter.add(control, "input", rule)
            case ControlBlind():
                control = stage.topology.of_kind(NetworkKind.CONTROL)[0].id
                front = prefix_set(stage.site(action.site).front)
                stage.filter.add(control, "output", f"ip daddr {front} drop")


def _block(stage: Stage, action: PathBlock) -> None:
    site = stage.site(action.site)
    parts = [f"ip saddr {stage.sources(action.sources)}"]
    if action.match is Match.ADDRESS:
        parts.append(f"ip daddr {prefix_set(site.front)}")
    ports = action.ports or ((443,) if action.match is Match.SNI else (80, 443))
    parts.append(f"tcp dport {prefix_set(ports)}")
    match action.match:
        case Match.SNI:
            parts.append(payload_match(*server_name_place(site.host)))
        case Match.HOST:
            parts.append(payload_match(*host_place(site.url, site.host)))
        case Match.PATH:
            parts.append(payload_match(*path_place(site.url, site.site.path)))
    stage.filter.add(action.at, "forward", " ".join([*parts, _VERDICTS[action.method]]))


def _answers(stage: Stage, key: str, sources: tuple[str, ...]) -> str:
    """Match packets from a site to clients."""
    front = prefix_set(stage.site(key).front)
    return f"ip saddr {front} ip daddr {stage.sources(sources)}"


def _stall(stage: Stage, action: PathStall) -> None:
    rule = f"ct reply bytes > {action.after_bytes} drop"
    stage.filter.add(action.at, "forward", f"{_answers(stage, action.site, action.sources)} {rule}")


def _throttle(stage: Stage, action: PathThrottle) -> None:
    if action.method is ThrottleMethod.POLICE:
        rule = (
            f"limit rate over {action.bytes_per_s} bytes/second "
            f"burst {action.burst_bytes} bytes drop"
        )
        stage.filter.add(
            action.at, "forward", f"{_answers(stage, action.site, action.sources)} {rule}"
        )
        return
    for device in _devices_toward(stage, action.at, stage.networks(action.sources)):
        rate = ["rate", f"{action.bytes_per_s * 8}bit", "burst", str(action.burst_bytes)]
        stage.node(action.at).run(
            ["tc", "qdisc", "replace", "dev", device, "root", "tbf", *rate, "latency", "800ms"]
        )
        stage.shaped.append((action.at, device))


def _devices_toward(stage: Stage, router: str, networks: tuple[str, ...]) -> list[str]:
    """Name a router's links that lead down to networks."""
    found: list[str] = []
    for network in networks:
        if network == router and stage.topology.by_id(router).kind is NetworkKind.ACCESS:
            found.append(probe_of(router))
        step = network
        while step and stage.topology.by_id(step).uplink != router:
            step = stage.topology.by_id(step).uplink
        if step:
            found.append(step)
    return list(dict.fromkeys(found))


def _redirect(stage: Stage, action: PathRedirect) -> None:
    front = prefix_set(stage.site(action.site).front)
    target = stage.resolve_places([action.to])[0]
    rule = (
        f"ip saddr {stage.sources(action.sources)} ip daddr {front} "
        f"tcp dport {prefix_set(action.ports)} dnat to {target}"
    )
    stage.filter.add(action.at, "prerouting", rule)
