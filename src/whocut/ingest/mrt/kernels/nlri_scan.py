"""Lists of prefixes in compiled code: checked whole first, so that none is given in part."""

# ruff: noqa: PLR0917 - kernels take arrays by place and leave by many doors

from whocut.ingest.mrt.kernels.columns import Columns, Shared
from whocut.ingest.mrt.kernels.compiled import FULL, Bytes, compiled, inlined, u8, u32

__all__ = ["are_prefixes_whole", "put_prefixes", "write_address"]


@compiled
def are_prefixes_whole(buf: Bytes, at: int, end: int, afi: int, is_add_path: bool) -> bool:
    """Say whether prefixes fill the list (RFC 7606 section 5.3)."""
    most = 32 if afi == 1 else 128
    while at < end:
        if is_add_path:
            if end - at < 5:
                return False
            at += 4
        length = u8(buf, at)
        size = (length + 7) >> 3
        if length > most or size > end - at - 1:
            return False
        at += 1 + size
    return True


@inlined
def write_address(buf: Bytes, at: int, length: int, addresses: Bytes, n: int) -> None:
    """Write the bytes of a prefix, bits beyond its length cleared, into a row of zeros."""
    size = (length + 7) >> 3
    for k in range(size):
        addresses[n, k] = buf[at + k]
    spare = size * 8 - length
    if spare:
        addresses[n, size - 1] = (u8(buf, at + size - 1) >> spare) << spare


@compiled
def put_prefixes(
    buf: Bytes,
    at: int,
    end: int,
    afi: int,
    safi: int,
    is_add_path: bool,
    columns: Columns,
    n: int,
    shared: Shared,
) -> int:
    """Write one row for each prefix of a whole list; gives the next free row, or FULL."""
    room = len(columns.kind)
    while at < end:
        if n >= room:
            return FULL
        path_id = 0
        if is_add_path:
            path_id = u32(buf, at)
            at += 4
        length = u8(buf, at)
        write_address(buf, at + 1, length, columns.address, n)
        columns.time[n] = shared.time
        columns.microsecond[n] = shared.microsecond
        columns.originated[n] = 0
        columns.peer[n] = shared.peer
        columns.afi[n] = afi
        columns.safi[n] = safi
        columns.length[n] = length
        columns.path[n] = shared.path
        columns.origin[n] = shared.origin
        columns.kind[n] = shared.kind
        columns.path_id[n] = path_id
        columns.is_local[n] = shared.is_local
        n += 1
        at += 1 + ((length + 7) >> 3)
    return n
