"""Readable readers of the same formats, line by line: what the compiled scans are held against."""

import ipaddress
import re

LINK = re.compile(rb"(0|[1-9]\d{0,9})\|(0|[1-9]\d{0,9})\|(-1|0|1|2)(?:\|[!-{}~]+)?\r?")
RESERVED = (
    range(1),
    range(23456, 23457),
    range(64496, 65552),
    range(4_200_000_000, 2**32),
)
PREFIX = re.compile(
    rb"((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3})[\t/](0|[1-9]\d?)\t"
    rb"(\{?(?:0|[1-9]\d{0,9})\}?(?:[_,]\{?(?:0|[1-9]\d{0,9})\}?)*)\r?"
)


class RefusedError(Exception):
    """The line that is not of the format, from 1."""


def is_reserved(asn: int) -> bool:
    return any(asn in numbers for numbers in RESERVED)


def read_links(text: bytes) -> dict[tuple[int, int], str]:
    """Give each pair (lower, higher) ``peers``, ``lower``/``higher`` (provides) or ``siblings``."""
    said: dict[tuple[int, int], set[str]] = {}
    lines = text.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if line.startswith(b"#"):
            continue
        parts = LINK.fullmatch(line)
        if parts is None:
            raise RefusedError(number)
        first, second, relation = (int(part) for part in parts.groups())
        if max(first, second) >= 2**32 or first == second:
            raise RefusedError(number)
        if is_reserved(first) or is_reserved(second):
            continue
        low, high = sorted((first, second))
        if relation == -1:
            word = "lower" if first < second else "higher"
        else:
            word = "siblings" if relation else "peers"
        said.setdefault((low, high), set()).add(word)
    return {pair: words.pop() for pair, words in said.items() if len(words) == 1}


def as_pairs(found) -> dict[tuple[int, int], str]:
    """Give Relationships the same form."""
    pairs = {}
    for provider, customer in zip(found.provider.tolist(), found.customer.tolist(), strict=True):
        word = "lower" if provider < customer else "higher"
        pairs[min(provider, customer), max(provider, customer)] = word
    for low, high in zip(found.peer_a.tolist(), found.peer_b.tolist(), strict=True):
        pairs[low, high] = "peers"
    for low, high in zip(found.sibling_a.tolist(), found.sibling_b.tolist(), strict=True):
        pairs[low, high] = "siblings"
    return pairs


def read_prefixes(text: bytes) -> dict[tuple[int, int], set[int]]:
    """Give each IPv4 prefix (start, length) its origins, as they are said."""
    found: dict[tuple[int, int], set[int]] = {}
    lines = text.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if line.startswith((b"#", b";")):
            continue
        parts = PREFIX.fullmatch(line)
        if parts is None:
            raise RefusedError(number)
        origins = {int(word) for word in re.findall(rb"\d+", parts[3])}
        try:
            network = ipaddress.IPv4Network(f"{parts[1].decode()}/{parts[2].decode()}")
        except ValueError:
            raise RefusedError(number) from None
        if max(origins) >= 2**32:
            raise RefusedError(number)
        key = int(network.network_address), network.prefixlen
        found.setdefault(key, set()).update(origins)
    return found


def weigh(prefixes: dict[tuple[int, int], set[int]]) -> dict[int, float]:
    """Count addresses one by one; only for small networks."""
    holder: dict[int, tuple[int, set[int]]] = {}
    for (start, length), origins in prefixes.items():
        for address in range(start, start + 2 ** (32 - length)):
            if address not in holder or holder[address][0] < length:
                holder[address] = (length, origins)
    weights: dict[int, float] = {}
    for _, origins in holder.values():
        for origin in origins:
            weights[origin] = weights.get(origin, 0.0) + 1 / len(origins)
    return weights
