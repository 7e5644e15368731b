"""BGP4MP and MRTd's BGP in compiled code (bgp4mp, mrtd_bgp)."""

# ruff: noqa: PLR0911, PLR0912, PLR0917 - kernels take arrays by place and leave by many doors

import numpy as np

from whocut.ingest.mrt.kernels.attribute_scan import IS_WITHDRAW, scan_attributes
from whocut.ingest.mrt.kernels.columns import (
    LEGACY_FORM,
    N_ASNS,
    N_ROWS,
    N_STATES,
    TREAT_AS_WITHDRAW,
    UNKNOWN_SUBTYPE,
    UNSUPPORTED_FAMILY,
    Columns,
    PeerStore,
)
from whocut.ingest.mrt.kernels.compiled import (
    FULL,
    MALFORMED,
    PEERS_FULL,
    Bytes,
    Longs,
    compiled,
    u8,
    u16,
    u32,
)
from whocut.ingest.mrt.kernels.nlri_scan import write_address
from whocut.ingest.mrt.kernels.peer_scan import number_peer
from whocut.ingest.mrt.kernels.table_scan import put_table_row
from whocut.ingest.mrt.kernels.update_scan import scan_update

__all__ = ["scan_bgp4mp", "scan_mrtd_bgp"]

_NO_ADDRESS = np.zeros(4, np.uint8)
_HEADER_BYTES = 19
_UPDATE = 2


@compiled
def _put_state(
    columns: Columns, state: Longs, time: int, microsecond: int, peer: int, old: int, new: int
) -> int:
    n = state[N_STATES]
    if n >= len(columns.state_peer):
        return FULL
    columns.state_time[n] = time
    columns.state_microsecond[n] = microsecond
    columns.state_peer[n] = peer
    columns.state_old[n] = old
    columns.state_new[n] = new
    columns.state_row[n] = state[N_ROWS]
    state[N_STATES] = n + 1
    return 0


@compiled
def scan_mrtd_bgp(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    subtype: int,
    columns: Columns,
    peers: PeerStore,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read an UPDATE or a change of state; gives where it ends, or why it cannot be read."""
    is_state = subtype == 3
    if end - at < (10 if is_state else 12):
        return MALFORMED
    peer = number_peer(buf, at + 2, 1, u16(buf, at), peers, state)
    if peer < 0:
        return PEERS_FULL
    if is_state:
        status = _put_state(columns, state, time, 0, peer, u16(buf, at + 6), u16(buf, at + 8))
        return at + 10 if status == 0 else status
    status = scan_update(
        buf, at + 12, end, 2, False, time, 0, peer, 0, columns, state, counts, found
    )
    return end if status == 0 else status


@compiled
def scan_bgp4mp(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    microsecond: int,
    subtype: int,
    columns: Columns,
    peers: PeerStore,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read one record; gives where it ends, or why it cannot be read."""
    is_as4 = subtype in (4, 5, 7, 9, 11)
    asn_bytes = 4 if is_as4 else 2
    if subtype == 0 and end - at == 8:
        counts[LEGACY_FORM] += 1
        peer = number_peer(_NO_ADDRESS, 0, 1, u16(buf, at), peers, state)
        if peer < 0:
            return PEERS_FULL
        status = _put_state(
            columns, state, time, microsecond, peer, u16(buf, at + 4), u16(buf, at + 6)
        )
        return end if status == 0 else status
    if end - at < 2 * asn_bytes + 4:
        return MALFORMED
    asn = u32(buf, at) if is_as4 else u16(buf, at)
    afi = u16(buf, at + 2 * asn_bytes + 2)
    at += 2 * asn_bytes + 4
    if afi not in (1, 2):
        counts[UNSUPPORTED_FAMILY] += 1
        return end
    size = 4 if afi == 1 else 16
    if end - at < 2 * size:
        return MALFORMED
    peer_at = at
    at += 2 * size
    if subtype in (0, 5):
        if end - at < 4:
            return MALFORMED
        peer = number_peer(buf, peer_at, afi, asn, peers, state)
        if peer < 0:
            return PEERS_FULL
        status = _put_state(columns, state, time, microsecond, peer, u16(buf, at), u16(buf, at + 2))
        return at + 4 if status == 0 else status
    if subtype == 2:
        return _scan_entry(
            buf, at, end, time, peer_at, afi, asn, columns, peers, state, counts, found
        )
    if end - at < _HEADER_BYTES:
        return MALFORMED
    for k in range(16):
        if buf[at + k] != 0xFF:
            return MALFORMED
    length = u16(buf, at + 16)
    kind = u8(buf, at + 18)
    if length < _HEADER_BYTES or length > end - at:
        return MALFORMED
    if kind != _UPDATE:
        if kind not in (1, 3, 4, 5, 128):
            counts[UNKNOWN_SUBTYPE] += 1
        return at + length
    peer = number_peer(buf, peer_at, afi, asn, peers, state)
    if peer < 0:
        return PEERS_FULL
    is_local = subtype in (6, 7, 10, 11)
    status = scan_update(
        buf,
        at + _HEADER_BYTES,
        at + length,
        asn_bytes,
        subtype >= 8,
        time,
        microsecond,
        peer,
        1 if is_local else 0,
        columns,
        state,
        counts,
        found,
    )
    return at + length if status == 0 else status


@compiled
def _scan_entry(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    peer_at: int,
    peer_afi: int,
    asn: int,
    columns: Columns,
    peers: PeerStore,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read BGP4MP_ENTRY (RFC 6396 section B.2.4)."""
    if end - at < 11:
        return MALFORMED
    originated = u32(buf, at + 4)
    at += 8
    if not (buf[at] == 0 and 1 <= buf[at + 1] <= 2 and 1 <= buf[at + 2] <= 2):
        counts[UNSUPPORTED_FAMILY] += 1
        return end
    afi, safi = u8(buf, at + 1), u8(buf, at + 2)
    at += 3
    if at >= end:
        return MALFORMED
    at += 1 + u8(buf, at)
    if at >= end:
        return MALFORMED
    length = u8(buf, at)
    prefix_at = at + 1
    at = prefix_at + ((length + 7) >> 3)
    if length > (32 if afi == 1 else 128) or end - at < 2:
        return MALFORMED
    stop = at + 2 + u16(buf, at)
    if stop > end:
        return MALFORMED
    last = scan_attributes(
        buf,
        at + 2,
        stop,
        2,
        True,
        False,
        found,
        counts,
        columns.path_asns,
        columns.path_segments,
        state[N_ASNS],
    )
    if last < 0:
        return last
    if found[IS_WITHDRAW]:
        counts[TREAT_AS_WITHDRAW] += 1
        return stop
    peer = number_peer(buf, peer_at, peer_afi, asn, peers, state)
    if peer < 0:
        return PEERS_FULL
    n = put_table_row(columns, state, found, last, time, originated, peer, afi, safi, length, 0)
    if n < 0:
        return FULL
    write_address(buf, prefix_at, length, columns.address, n)
    return stop
