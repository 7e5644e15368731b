"""BGP UPDATE in compiled code (update)."""

# ruff: noqa: PLR0911, PLR0912, PLR0917 - kernels take arrays by place and leave by many doors

from whocut.ingest.mrt.kernels.attribute_scan import (
    HAS_NEXT_HOP,
    HAS_PATH,
    HAS_REACH,
    IS_WITHDRAW,
    NO_ORIGIN,
    ORIGIN,
    REACH_AFI,
    REACH_AT,
    REACH_END,
    REACH_SAFI,
    UNREACH_AFI,
    UNREACH_AT,
    UNREACH_END,
    UNREACH_SAFI,
    scan_attributes,
)
from whocut.ingest.mrt.kernels.columns import (
    N_ASNS,
    N_PATHS,
    N_ROWS,
    TREAT_AS_WITHDRAW,
    Columns,
    Shared,
)
from whocut.ingest.mrt.kernels.compiled import FULL, RESET, Bytes, Longs, compiled, u16
from whocut.ingest.mrt.kernels.nlri_scan import are_prefixes_whole, put_prefixes

__all__ = ["scan_update"]

_A, _W = ord("A"), ord("W")


@compiled
def scan_update(
    buf: Bytes,
    at: int,
    end: int,
    asn_bytes: int,
    is_add_path: bool,
    time: int,
    microsecond: int,
    peer: int,
    is_local: int,
    columns: Columns,
    state: Longs,
    counts: Longs,
    found: Longs,
) -> int:
    """Read what follows the header; gives 0, or FULL, or RESET."""
    if end - at < 2 or u16(buf, at) > end - at - 2:
        return RESET
    gone_at, gone_end = at + 2, at + 2 + u16(buf, at)
    if not are_prefixes_whole(buf, gone_at, gone_end, 1, is_add_path):
        return RESET
    at = gone_end
    if end - at < 2 or u16(buf, at) > end - at - 2:
        return RESET
    nlri_at = at + 2 + u16(buf, at)
    last = scan_attributes(
        buf,
        at + 2,
        nlri_at,
        asn_bytes,
        False,
        is_add_path,
        found,
        counts,
        columns.path_asns,
        columns.path_segments,
        state[N_ASNS],
    )
    if last < 0:
        return last
    if not are_prefixes_whole(buf, nlri_at, end, 1, is_add_path):
        return RESET
    has_nlri = nlri_at < end
    is_announcing = has_nlri or (found[HAS_REACH] and found[REACH_AT] < found[REACH_END])
    lacks = found[ORIGIN] == NO_ORIGIN or not found[HAS_PATH]
    lacks = lacks or (has_nlri and not found[HAS_NEXT_HOP])
    is_withdraw = is_announcing and (found[IS_WITHDRAW] != 0 or lacks)
    path = -1
    if is_withdraw:
        counts[TREAT_AS_WITHDRAW] += 1
    elif is_announcing:
        path = state[N_PATHS]
        if path + 1 >= len(columns.path_start):
            return FULL
        columns.path_start[path + 1] = last
        state[N_PATHS] = path + 1
        state[N_ASNS] = last
    gone = Shared(time, microsecond, peer, -1, NO_ORIGIN, _W, is_local)
    news = gone
    if not is_withdraw:
        news = Shared(time, microsecond, peer, path, found[ORIGIN], _A, is_local)
    n = put_prefixes(buf, gone_at, gone_end, 1, 1, is_add_path, columns, state[N_ROWS], gone)
    if n >= 0:
        n = put_prefixes(
            buf,
            found[UNREACH_AT],
            found[UNREACH_END],
            found[UNREACH_AFI],
            found[UNREACH_SAFI],
            is_add_path,
            columns,
            n,
            gone,
        )
    if n >= 0:
        n = put_prefixes(buf, nlri_at, end, 1, 1, is_add_path, columns, n, news)
    if n >= 0:
        n = put_prefixes(
            buf,
            found[REACH_AT],
            found[REACH_END],
            found[REACH_AFI],
            found[REACH_SAFI],
            is_add_path,
            columns,
            n,
            news,
        )
    if n < 0:
        return FULL
    state[N_ROWS] = n
    return 0
