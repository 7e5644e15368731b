"""Addresses that no public service can have (data/reference/bogons.toml, an RFC a row)."""

import hashlib
import ipaddress
import tomllib
from functools import cache, lru_cache

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["BogonBlock", "bogon_block", "bogon_table_digest", "is_bogon", "load_bogons"]

_IPV4_BITS = 32


class BogonBlock(Struct, frozen=True, forbid_unknown_fields=True):
    """One reserved block."""

    prefix: str
    name: str
    rfc: str
    embeds: int | None = None
    """Bits that lead an inner IPv4 address, which is then judged in the block's stead."""


class _Table(Struct, forbid_unknown_fields=True):
    block: list[BogonBlock]


class _Block(Struct, frozen=True):
    first: int
    last: int
    bits: int
    row: BogonBlock


@cache
def load_bogons() -> tuple[BogonBlock, ...]:
    """Load the shipped table.

    Raises: DamagedDataError if it is broken or a prefix is none.
    """
    path = shipped_path("reference", "bogons.toml")
    try:
        rows = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Table).block
        for row in rows:
            ipaddress.ip_network(row.prefix)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    return tuple(rows)


def bogon_table_digest() -> str:
    """Digest the table as it ships."""
    return hashlib.sha256(shipped_path("reference", "bogons.toml").read_bytes()).hexdigest()


@cache
def _blocks(ip_version: int) -> tuple[_Block, ...]:
    networks = ((ipaddress.ip_network(row.prefix), row) for row in load_bogons())
    return tuple(
        _Block(int(net[0]), int(net[-1]), net.max_prefixlen, row)
        for net, row in networks
        if net.version == ip_version
    )


@lru_cache(maxsize=65536)
def bogon_block(ip: str) -> BogonBlock | None:
    """Find the reserved block an address lies in; ``None`` for public ones and for no address."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return None
    return _find(int(address), address.version)


def _find(address: int, ip_version: int) -> BogonBlock | None:
    for block in _blocks(ip_version):
        if block.first <= address <= block.last:
            if block.row.embeds is None:
                return block.row
            below = block.bits - block.row.embeds - _IPV4_BITS
            return _find((address >> below) & (2**_IPV4_BITS - 1), 4)
    return None


def is_bogon(ip: str) -> bool:
    """Tell whether no public service can have this address."""
    return bogon_block(ip) is not None
