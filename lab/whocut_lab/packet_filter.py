"""The packet filter rules of a scenario, node by node."""

from collections.abc import Iterable, Sequence

from whocut_lab.node import Node

__all__ = ["PacketFilter", "payload_match", "prefix_set"]

_PAYLOAD_STEP_BYTES = 16
"""What one raw payload expression of nftables compares at most."""
_HOOKS = {
    "prerouting": "type nat hook prerouting priority dstnat",
    "input": "type filter hook input priority filter",
    "output": "type filter hook output priority filter",
    "forward": "type filter hook forward priority filter",
}
_CHAINS = {
    "prerouting": "before_routing",
    "input": "incoming",
    "output": "outgoing",
    "forward": "passing",
}


def prefix_set(prefixes: Iterable[object]) -> str:
    """Write a set of addresses or prefixes."""
    return "{ " + ", ".join(str(prefix) for prefix in prefixes) + " }"


def payload_match(offset_bytes: int, wanted: bytes) -> str:
    """Match bytes at a place in what TCP carries."""
    parts = []
    for start in range(0, len(wanted), _PAYLOAD_STEP_BYTES):
        piece = wanted[start : start + _PAYLOAD_STEP_BYTES]
        parts.append(f"@ih,{(offset_bytes + start) * 8},{len(piece) * 8} 0x{piece.hex()}")
    return " ".join(parts)


class PacketFilter:
    """Collects rules and applies them; what was there before goes."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, list[str]]] = {}

    def add(self, node: str, hook: str, rule: str) -> None:
        """Add a rule to a node's hook, after those added before."""
        self._rules.setdefault(node, {}).setdefault(hook, []).append(rule)

    def nodes(self) -> Sequence[str]:
        """Name the nodes that have rules."""
        return list(self._rules)

    def apply(self, nodes: dict[str, Node]) -> None:
        """Put the rules in force."""
        for name, hooks in self._rules.items():
            lines = ["flush ruleset", "table ip lab {"]
            for hook, rules in hooks.items():
                lines += [f" chain {_CHAINS[hook]} {{", f"  {_HOOKS[hook]};"]
                lines += [f"  {rule}" for rule in rules] + [" }"]
            nodes[name].run(["nft", "-f", "-"], "\n".join([*lines, "}"]) + "\n")

    def clear(self, nodes: dict[str, Node]) -> None:
        """Take every rule away."""
        for name in self._rules:
            nodes[name].run(["nft", "flush", "ruleset"])
