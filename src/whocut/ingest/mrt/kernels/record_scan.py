"""Read records from bytes at hand until they, or the room for routes, run out."""

# ruff: noqa: PLR0911, PLR0917 - kernels take arrays by place and leave by many doors

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from whocut.ingest.mrt.kernels.bgp4mp_scan import scan_bgp4mp, scan_mrtd_bgp
from whocut.ingest.mrt.kernels.columns import (
    FRAME_BYTES,
    LEGACY_FORM,
    MALFORMED_RECORD,
    N_ASNS,
    N_PATHS,
    N_ROWS,
    N_STATES,
    SESSION_RESET,
    SKIP_BYTES,
    TRAILING_BYTES,
    UNKNOWN_SUBTYPE,
    UNKNOWN_TYPE,
    Columns,
    PeerStore,
)
from whocut.ingest.mrt.kernels.compiled import (
    FULL,
    MALFORMED,
    PEERS_FULL,
    RESET,
    Bytes,
    Longs,
    cached,
    compiled,
    inlined,
    u16,
    u32,
)
from whocut.ingest.mrt.kernels.table_scan import (
    scan_peer_index_table,
    scan_rib,
    scan_table_dump,
    table_dump_frame,
)

__all__ = ["Scratch", "new_scratch", "scan_records", "sources_digest"]

# Why the scan stopped.
NEEDS_BYTES, BATCH_FULL, TOO_MANY_PEERS, TOO_LONG, SKIPS = range(5)

_HEADER_BYTES = 12
_UNCOUNTED_BYTES = 4


class Scratch(NamedTuple):
    """Numbers that outlive a call: state, counts of findings, the peer table, working places."""

    state: Longs
    counts: Longs
    before: Longs
    table: Longs
    found: Longs


@compiled
def _scan_records(
    buf: Bytes,
    at: int,
    end: int,
    is_last: bool,
    most_bytes: int,
    columns: Columns,
    peers: PeerStore,
    scratch: Scratch,
) -> tuple[int, int]:
    """Read from ``at``; gives where the first record not read begins, and why it was not."""
    state, counts, before = scratch.state, scratch.counts, scratch.before
    while end - at >= _HEADER_BYTES:
        kind, subtype, length = u16(buf, at + 4), u16(buf, at + 6), u32(buf, at + 8)
        body = at + _HEADER_BYTES
        if kind not in (5, 12, 13, 16, 17):
            state[SKIP_BYTES] = _HEADER_BYTES + length
            if length > end - body:
                return at, SKIPS
            counts[UNKNOWN_TYPE] += 1
            at = body + length
            continue
        if length > most_bytes:
            state[FRAME_BYTES] = length
            return at, TOO_LONG
        if length > end - body:
            return at, NEEDS_BYTES
        entries = 1
        if kind == 12 and 1 <= subtype <= 4:
            if length + _UNCOUNTED_BYTES > end - body and not is_last:
                return at, NEEDS_BYTES
            length, entries = table_dump_frame(buf, body, end, length, subtype)
        rows, paths, asns, states = state[N_ROWS], state[N_PATHS], state[N_ASNS], state[N_STATES]
        _copy(counts, before)
        stop = _scan_body(
            buf, body, body + length, u32(buf, at), kind, subtype, entries, columns, peers, scratch
        )
        if stop < 0:
            reached = min(max(state[N_ROWS], rows) + 1, len(columns.kind))
            if stop in (MALFORMED, FULL, PEERS_FULL, RESET):
                # Rows half written leave addresses that the next rows must not inherit.
                _clear(columns.address, rows, reached)
                state[N_ROWS], state[N_PATHS] = rows, paths
                state[N_ASNS], state[N_STATES] = asns, states
            if stop in (FULL, PEERS_FULL):
                _copy(before, counts)
                return at, BATCH_FULL if stop == FULL else TOO_MANY_PEERS
            counts[MALFORMED_RECORD if stop == MALFORMED else SESSION_RESET] += 1
        elif stop < body + length:
            counts[TRAILING_BYTES] += 1
        at = body + length
    return at, NEEDS_BYTES


@inlined
def _copy(source: Longs, target: Longs) -> None:
    for k in range(len(source)):
        target[k] = source[k]


@compiled
def _clear(addresses: Bytes, start: int, stop: int) -> None:
    for n in range(start, stop):
        for k in range(16):
            addresses[n, k] = 0


@compiled
def _scan_body(
    buf: Bytes,
    at: int,
    end: int,
    time: int,
    kind: int,
    subtype: int,
    entries: int,
    columns: Columns,
    peers: PeerStore,
    scratch: Scratch,
) -> int:
    """Read one record's body; gives where its fields end, or why it cannot be read."""
    state, counts, found = scratch.state, scratch.counts, scratch.found
    if kind == 13:
        if subtype == 1:
            return scan_peer_index_table(buf, at, end, peers, scratch.table, state)
        if 2 <= subtype <= 12 and subtype != 7:
            return scan_rib(
                buf, at, end, time, subtype, columns, scratch.table, state, counts, found
            )
    elif kind == 12:
        if 1 <= subtype <= 4:
            if entries > 1:
                counts[LEGACY_FORM] += 1
            return scan_table_dump(
                buf, at, end, time, subtype, entries, columns, peers, state, counts, found
            )
    elif kind == 5:
        if subtype in (1, 3):
            return scan_mrtd_bgp(buf, at, end, time, subtype, columns, peers, state, counts, found)
        if subtype in (0, 5, 6, 7):
            return end
    elif subtype <= 11 and subtype != 3:
        microsecond = 0
        if kind == 17:
            if end - at < 4:
                return MALFORMED
            microsecond = u32(buf, at)
            at += 4
        return scan_bgp4mp(
            buf, at, end, time, microsecond, subtype, columns, peers, state, counts, found
        )
    counts[UNKNOWN_SUBTYPE] += 1
    return end


def new_scratch(state: Longs, findings: int, found_places: int) -> Scratch:
    """Make the working places of a reading."""
    return Scratch(
        state,
        np.zeros(findings, np.int64),
        np.zeros(findings, np.int64),
        np.zeros(1 << 16, np.int64),
        np.zeros(found_places, np.int64),
    )


def sources_digest() -> str:
    """Digest all that is compiled into a scan, so that no cache outlives a change of it."""
    digest = sha256()
    room = Path(__file__).parent
    for source in sorted([*room.glob("*.py"), *(room.parent / "attributes").glob("*.py")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _bind(sources: str) -> Callable[..., tuple[int, int]]:
    """Compile the scan with the digest enclosed: numba looks kept code up by what is enclosed."""

    @cached
    def scan_records(
        buf: Bytes,
        at: int,
        end: int,
        is_last: bool,
        most_bytes: int,
        columns: Columns,
        peers: PeerStore,
        scratch: Scratch,
    ) -> tuple[int, int]:
        if len(sources) == 0:
            return at, NEEDS_BYTES
        return _scan_records(buf, at, end, is_last, most_bytes, columns, peers, scratch)

    return scan_records


scan_records = _bind(sources_digest())
"""Read from ``at``; gives where the first record not read begins, and why it was not."""
