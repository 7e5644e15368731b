"""TABLE_DUMP and TABLE_DUMP_V2 in compiled code (table_dump, table_dump_v2)."""

# ruff: noqa: PLR0911, PLR0912, PLR0915, PLR0917 - kernels take arrays by place and leave by many doors

from whocut.ingest.mrt.kernels.attribute_scan import HAS_PATH, IS_WITHDRAW, ORIGIN, scan_attributes
from whocut.ingest.mrt.kernels.columns import (
    N_ASNS,
    N_PATHS,
    N_ROWS,
    TABLE_PEERS,
    TREAT_AS_WITHDRAW,
    UNKNOWN_PEER,
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

__all__ = ["put_table_row", "scan_peer_index_table", "scan_rib", "scan_table_dump"]
__all__ += ["table_dump_frame"]

_UNCOUNTED_BYTES = 4
_B = ord("B")


@compiled
def put_table_row(
    columns: Columns,
    state: Longs,
    found: Longs,
    stop: int,
    time: int,
    originated: int,
    peer: int,
    afi: int,
    safi: int,
    length: int,
    path_id: int,
) -> int:
    """Write one row, its address apart, and keep its path; gives the row, or FULL."""
    n = state[N_ROWS]
    if n >= len(columns.kind):
        return FULL
    path = -1
    if found[HAS_PATH]:
        path = state[N_PATHS]
        if path + 1 >= len(columns.path_start):
            return FULL
        columns.path_start[path + 1] = stop
        state[N_PATHS] = path + 1
        state[N_ASNS] = stop
    columns.time[n] = time
    columns.microsecond[n] = 0
    columns.originated[n] = originated
    columns.peer[n] = peer
    columns.afi[n] = afi
    columns.safi[n] = safi
    columns.length[n] = length
    columns.path[n] = path
    columns.origin[n] = found[ORIGIN]
    columns.kind[n] = _B
    columns.path_id[n] = path_id
    columns.is_local[n] = 0
    state[N_ROWS] = n + 1
    return int(n)


@compiled
def scan_peer_index_table(
    buf: Bytes, at: int, end: int, peers: PeerStore, table: Longs, state: Longs
) -> int:
    """Read a PEER_INDEX_TABLE: checked whole first, so that a broken one changes nothing."""
    if end - at < 8 or u16(buf, at + 4) + 8 > end - at:
        return MALFORMED
    at += 6 + u16(buf, at + 4)
    count = u16(buf, at)
    at += 2
    first = at
    for _ in range(count):
        if at >= end:
            return MALFORMED
        kind = u8(buf, at)
        at += 5 + (16 if kind & 1 else 4) + (4 if kind & 2 else 2)
        if at > end:
            return MALFORMED
    stop = at
    at = first
    for index in range(count):
        kind = u8(buf, at)
        afi = 2 if kind & 1 else 1
        after = at + 5 + (16 if afi == 2 else 4)
        asn = u32(buf, after) if kind & 2 else u16(buf, after)
        number = number_peer(buf, at + 5, afi, asn, peers, state)
        if number == PEERS_FULL:
            return PEERS_FULL
        table[index] = number
        at = after + (4 if kind & 2 else 2)
    state[TABLE_PEERS] = count
    return stop


@compiled
def scan_rib(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    subtype: int,
    columns: Columns,
    table: Longs,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read one RIB record; gives where it ends, or why it cannot be read."""
    is_generic = subtype in (6, 12)
    is_add_path = subtype >= 8
    if end - at < (7 if is_generic else 5):
        return MALFORMED
    at += 4
    if is_generic:
        if not (buf[at] == 0 and 1 <= buf[at + 1] <= 2 and 1 <= buf[at + 2] <= 2):
            counts[UNSUPPORTED_FAMILY] += 1
            return end
        afi, safi = u8(buf, at + 1), u8(buf, at + 2)
        at += 3
    else:
        place = subtype - (8 if is_add_path else 2)
        afi, safi = 1 + (place >> 1), 1 + (place & 1)
    if at >= end:
        return MALFORMED
    length = u8(buf, at)
    if length > (32 if afi == 1 else 128) or at + 3 + ((length + 7) >> 3) > end:
        return MALFORMED
    prefix_at = at + 1
    at = prefix_at + ((length + 7) >> 3)
    count = u16(buf, at)
    at += 2
    head = 12 if is_add_path else 8
    times, microseconds, originated = columns.time, columns.microsecond, columns.originated
    peer, afis, safis, lengths = columns.peer, columns.afi, columns.safi, columns.length
    addresses, paths, origins, kinds = columns.address, columns.path, columns.origin, columns.kind
    path_ids, is_local, starts = columns.path_id, columns.is_local, columns.path_start
    asns, segments = columns.path_asns, columns.path_segments
    n, n_paths, n_asns = state[N_ROWS], state[N_PATHS], state[N_ASNS]
    if n + count > len(kinds):
        return FULL
    for _ in range(count):
        if end - at < head:
            return MALFORMED
        index = u16(buf, at)
        stop = at + head + u16(buf, at + head - 2)
        if stop > end:
            return MALFORMED
        if index >= state[TABLE_PEERS]:
            counts[UNKNOWN_PEER] += 1
            at = stop
            continue
        last = scan_attributes(
            buf,
            at + head,
            stop,
            4,
            True,
            is_add_path,
            found,
            counts,
            asns,
            segments,
            n_asns,
        )
        if last < 0:
            return last
        if found[IS_WITHDRAW]:
            counts[TREAT_AS_WITHDRAW] += 1
            at = stop
            continue
        if found[HAS_PATH]:
            # There are never more paths than rows, so that there is room.
            paths[n] = n_paths
            n_paths += 1
            starts[n_paths] = last
            n_asns = last
        else:
            paths[n] = -1
        times[n] = time
        microseconds[n] = 0
        originated[n] = u32(buf, at + 2)
        peer[n] = table[index]
        afis[n] = afi
        safis[n] = safi
        lengths[n] = length
        write_address(buf, prefix_at, length, addresses, n)
        origins[n] = found[ORIGIN]
        kinds[n] = _B
        path_ids[n] = u32(buf, at + 6) if is_add_path else 0
        is_local[n] = 0
        n += 1
        state[N_ROWS] = n
        at = stop
    state[N_PATHS], state[N_ASNS] = n_paths, n_asns
    return at


@compiled
def table_dump_frame(buf: Bytes, at: int, end: int, length: int, subtype: int) -> tuple[int, int]:
    """Say how long a TABLE_DUMP record truly is, and how many entries it holds.

    The rule stands in table_dump.table_dump_bytes; ``at`` is where the body begins.
    """
    size = 4 if subtype & 1 else 16
    fixed = 2 * size + 6 + (2 if subtype <= 2 else 4)
    available = min(end - at, length + _UNCOUNTED_BYTES)
    place, count = 4, 0
    while place < length and place + fixed + 2 <= available and buf[at + place + size + 1] == 1:
        step = fixed + 2 + u16(buf, at + place + fixed)
        if place + step > available:
            break
        place += step
        count += 1
        if place in (length, length + _UNCOUNTED_BYTES):
            return place, count
    return length, 1


@compiled
def scan_table_dump(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    subtype: int,
    entries: int,
    columns: Columns,
    peers: PeerStore,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read the entries of one record; gives where they end, or why they cannot be read."""
    afi = 1 if subtype & 1 else 2
    size = 4 if afi == 1 else 16
    asn_bytes = 2 if subtype <= 2 else 4
    fixed = 2 * size + 6 + asn_bytes
    if end - at < 4:
        return MALFORMED
    at += 4
    for _ in range(entries):
        if end - at < fixed + 2:
            return MALFORMED
        stop = at + fixed + 2 + u16(buf, at + fixed)
        length = u8(buf, at + size)
        if stop > end or length > size * 8:
            return MALFORMED
        peer_at = at + size + 6
        asn_at = peer_at + size
        asn = u16(buf, asn_at) if asn_bytes == 2 else u32(buf, asn_at)
        last = scan_attributes(
            buf,
            at + fixed + 2,
            stop,
            asn_bytes,
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
        else:
            peer = number_peer(buf, peer_at, afi, asn, peers, state)
            if peer < 0:
                return PEERS_FULL
            n = put_table_row(
                columns, state, found, last, time, u32(buf, at + size + 2), peer, afi, 1, length, 0
            )
            if n < 0:
                return FULL
            write_address(buf, at, length, columns.address, n)
        at = stop
    return at
