"""Number the peers: the same address and AS number have one number throughout a file."""

# ruff: noqa: PLR0917 - kernels take arrays by place and leave by many doors

from whocut.ingest.mrt.kernels.columns import N_PEERS, PeerStore
from whocut.ingest.mrt.kernels.compiled import PEERS_FULL, Bytes, Longs, cached, compiled, u8

__all__ = ["number_peer", "rehash_peers"]


@compiled
def _hash(buf: Bytes, at: int, size: int, asn: int) -> int:
    mixed = asn * 0x9E3779B1
    for k in range(size):
        mixed = (mixed ^ u8(buf, at + k)) * 0x01000193
        mixed &= 0x7FFFFFFFFFFF
    return mixed ^ (mixed >> 17)


@compiled
def number_peer(buf: Bytes, at: int, afi: int, asn: int, peers: PeerStore, state: Longs) -> int:
    """Give the number of the peer whose address is at ``at``; PEERS_FULL if it is one too many."""
    size = 4 if afi == 1 else 16
    mask = len(peers.slots) - 1
    slot = _hash(buf, at, size, asn) & mask
    while peers.slots[slot] >= 0:
        found = int(peers.slots[slot])
        if peers.asn[found] == asn and peers.afi[found] == afi:
            is_same = True
            for k in range(size):
                if peers.address[found, k] != buf[at + k]:
                    is_same = False
                    break
            if is_same:
                return found
        slot = (slot + 1) & mask
    number = int(state[N_PEERS])
    if number >= len(peers.asn):
        return PEERS_FULL
    peers.asn[number] = asn
    peers.afi[number] = afi
    for k in range(size):
        peers.address[number, k] = buf[at + k]
    peers.slots[slot] = number
    state[N_PEERS] = number + 1
    return number


@cached
def rehash_peers(peers: PeerStore, count: int) -> None:
    """Fill the slots anew after the store has grown."""
    mask = len(peers.slots) - 1
    for number in range(count):
        size = 4 if peers.afi[number] == 1 else 16
        slot = _hash(peers.address[number], 0, size, int(peers.asn[number])) & mask
        while peers.slots[slot] >= 0:
            slot = (slot + 1) & mask
        peers.slots[slot] = number
