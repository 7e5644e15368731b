"""BIRD: what a router is told in its configuration, and what it is asked while it runs."""

import socket
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from whocut_lab.bgp.plan import Link, Network, Plan, Role, Tie
from whocut_lab.node import CommandError

__all__ = ["Policy", "ask", "configuration", "session_name"]

_PREFERENCE = {"customer": 200, "peer": 150, "provider": 100}
_FAMILIES = {"ipv4": ".", "ipv6": ":"}
"""Channels of a session, and what a prefix of theirs is known by."""
_ANSWER_LIMIT_S = 5.0
_ENDS_ANSWER = 4
"""An answer ends with a line of four digits and a space; a dash instead says that more comes."""
_FAILED = ("8", "9")


class Policy(Struct, frozen=True):
    """What is other than usual at one router."""

    refused: dict[str, tuple[str, ...]] = {}
    """Prefixes that it does not take, by neighbour."""
    told_all: frozenset[str] = frozenset()
    """Neighbours that it tells everything."""
    off: frozenset[str] = frozenset()
    """Neighbours with which it holds no session; a new configuration would else begin them anew."""


def session_name(neighbour: str) -> str:
    """Name the protocol of a session."""
    return f"to_{neighbour}"


def configuration(plan: Plan, name: str, folder: Path, policy: Policy) -> str:
    """Write the configuration of one router."""
    return "\n".join(_lines(plan, plan.networks[name], folder, policy)) + "\n"


def _lines(plan: Plan, own: Network, folder: Path, policy: Policy) -> Iterator[str]:
    yield "log stderr { warning, error, fatal, bug };"
    yield f"router id {own.address};"
    yield "attribute int learned_from;"  # 1 customer, 2 peer, 3 provider; own routes have none
    if own.role is Role.COLLECTOR:
        yield f'mrtdump "{folder}/updates.{own.name}.mrt";'
        yield "mrtdump protocols { states, messages };"
    yield "protocol device { scan time 600; }"
    for family, mark in _FAMILIES.items():
        prefixes = [prefix for prefix in own.prefixes if mark in prefix]
        if prefixes:
            yield f"protocol static own_{family} {{ {family};"
            yield from (f"  route {prefix} blackhole;" for prefix in prefixes)
            yield "}"
    for link in plan.links_of(own.name):
        yield from _session(plan, own, link, policy)


def _session(plan: Plan, own: Network, link: Link, policy: Policy) -> Iterator[str]:
    is_upper = own.name == link.upper
    other = plan.networks[link.lower if is_upper else link.upper]
    yield f"protocol bgp {session_name(other.name)} {{"
    yield "  disabled;" if other.name in policy.off else ""
    yield f"  local {own.address} as {own.asn};"
    yield f"  neighbor {other.address} as {other.asn};"
    yield "  connect delay time 1; connect retry time 1; error wait time 1, 1;"
    yield "  hold time 60; graceful restart off; long lived graceful restart off;"
    for family in _FAMILIES:
        hop = "next hop self;" if family == "ipv4" else f"next hop address {own.address6};"
        taken = _import(link, other, is_upper=is_upper, policy=policy, family=family)
        told = _export(link, own, other, is_upper=is_upper, policy=policy)
        yield f"  {family} {{ {hop}"
        yield f"    import filter {{ {taken} }};"
        yield f"    export filter {{ {told} }};"
        yield "  };"
    yield "}"


def _import(link: Link, other: Network, *, is_upper: bool, policy: Policy, family: str) -> str:
    if link.tie is Tie.FEED:
        return "reject;" if is_upper else "accept;"
    kinds = ("customer", "provider") if is_upper else ("provider", "customer")
    kind = "peer" if link.tie is Tie.PEER else kinds[0]
    number = list(_PREFERENCE).index(kind) + 1
    asked = policy.refused.get(other.name, ())
    refused = [prefix for prefix in asked if _FAMILIES[family] in prefix]
    test = f"if net ~ [ {', '.join(refused)} ] then reject; " if refused else ""
    return f"{test}learned_from = {number}; bgp_local_pref = {_PREFERENCE[kind]}; accept;"


def _export(link: Link, own: Network, other: Network, *, is_upper: bool, policy: Policy) -> str:
    if link.tie is Tie.FEED:
        return "accept;" if is_upper else "reject;"
    if other.name in policy.told_all:
        return "accept;"
    if is_upper and link.tie is Tie.PROVIDER:
        return "accept;"
    prepends = "" if is_upper else f"bgp_path.prepend({own.asn}); " * link.prepends
    # Nobody carries traffic between two that it is paid by neither for.
    return f"if defined(learned_from) && learned_from > 1 then reject; {prepends}accept;"


def ask(control: Path, command: str) -> str:
    """Give one command to a running router.

    Raises: CommandError with BIRD's own words if it refuses.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_ANSWER_LIMIT_S)
        asking.connect(str(control))
        with asking.makefile("rw", encoding="ascii") as lines:
            _answer(lines)
            lines.write(f"{command}\n")
            lines.flush()
            answer = _answer(lines)
    if answer.startswith(_FAILED):
        raise CommandError(f"{control.stem}: {command}: {answer}")
    return answer


def _answer(lines: Iterator[str]) -> str:
    said = []
    for line in lines:
        said.append(line)
        if line[:_ENDS_ANSWER].isdigit() and line[_ENDS_ANSWER : _ENDS_ANSWER + 1] == " ":
            break
    return "".join(said)
